//! What stands in docker-compose.yml, as far as it can be seen without an engine: `idp` with the very environment of the
//! compose file, in a network namespace of its own, reached over the compose network's subnet.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use acceptance::network::Network;
use acceptance::program::{Program, binary, root};
use acceptance::{Database, House, Plan};

fn environment(name: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("config/docker").join(name)).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='));
    lines.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_subnet_is_the_same_in_the_compose_file_and_the_environment() {
    let compose = fs::read_to_string(root().join("docker-compose.yml")).unwrap();
    let subnet = &environment("idp.env")["IDP__SERVER__TRUSTED_PROXIES"];
    assert!(compose.contains(&format!("subnet: {subnet}\n")), "{subnet}");
    let ports: Vec<&str> = compose
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("- \"") && line.contains(":80"))
        .collect();
    assert_eq!(
        ports,
        ["- \"127.0.0.1:8080:8080\"", "- \"127.0.0.1:8081:8081\""],
        "only this machine reaches it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idp_answers_over_the_subnet_of_the_compose_network() {
    let house = House::built(Plan::on(Database::Postgres).without_services());
    let environment = environment("idp.env");
    let subnet = environment["IDP__SERVER__TRUSTED_PROXIES"]
        .trim_end_matches(".0/24")
        .to_owned();
    let network = Network::new(&subnet);
    let mut command = network.inside(&binary("idp"));
    command
        .current_dir(house.folder())
        .arg("--config")
        .arg(root().join("config/demo/idp.toml"));
    command.envs(&environment);
    // What the volumes and the other containers would be.
    let here = |name: &str| house.folder().join(name).display().to_string();
    command.env("IDP__STORAGE__URL", house.storage_url());
    command
        .env("IDP__VAULT__MASTER_KEY_PATH", here("master.key"))
        .env("IDP__DEMO__DIR", here("demo"));
    command.env("IDP__AUDIT__HEADS", here("audit-heads"));
    command.env("IDP__PARTIES__DIR", root().join("config/demo/parties"));
    let mut seed = network.inside(&binary("idp"));
    seed.current_dir(house.folder())
        .arg("--config")
        .arg(root().join("config/demo/idp.toml"));
    seed.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
    acceptance::program::run(seed.args(["demo", "seed"]));

    command.arg("serve");
    let mut program = Program::start("idp", command, house.folder());
    let begun = Instant::now();
    let discovery: serde_json::Value = loop {
        match network.get(8080, "localhost:8080", "/.well-known/openid-configuration") {
            Some((200, body)) => break serde_json::from_str(&body).unwrap(),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        assert!(
            program.ended().is_none() && begun.elapsed() < Duration::from_secs(30),
            "{}",
            program.log()
        );
    };
    assert_eq!(
        discovery["issuer"], "http://localhost:8080",
        "the issuer is what it is configured to be, not what was asked"
    );
    let management = network.get(8082, "localhost:8082", "/health/live");
    assert_eq!(management, None, "the management listener is for the container alone");
    assert!(
        program.stopped(Duration::from_secs(20)).success(),
        "a stop in good order"
    );
}
