//! What stands in docker-compose.yml and the Dockerfile, as far as it can be seen without an engine: who may reach what, with which
//! rights; and `idp` with the very environment of the compose file, in a network namespace of its own, reached over the compose
//! network's subnet.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::network::Network;
use acceptance::program::{Program, binary, output, root, run};
use acceptance::{Database, House, Plan};
use serde_json::{Value, json};

fn environment(name: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("config/docker").join(name)).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='));
    lines.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The compose file with its anchors resolved, as docker-compose's own reader has it.
fn compose() -> Value {
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let file = root().join("docker-compose.yml");
    let text = run(Command::new("/usr/bin/python3").args(["-c", script]).arg(file));
    serde_json::from_str(&text).unwrap()
}

/// Those that we build.
const OURS: [&str; 3] = ["idp", "seed", "sp-demo"];

#[test]
fn only_this_machine_reaches_it_and_nobody_the_database() {
    let compose = compose();
    let subnet = &environment("idp.env")["IDP__SERVER__TRUSTED_PROXIES"];
    assert_eq!(
        compose["networks"]["house"]["ipam"]["config"],
        json!([{ "subnet": subnet }])
    );
    let mut published = BTreeMap::new();
    for (name, service) in compose["services"].as_object().unwrap() {
        for open in ["expose", "privileged", "devices", "pid", "ipc", "user", "cap_add"] {
            assert!(service[open].is_null(), "{name}: {open}");
        }
        if let Some(mode) = service["network_mode"].as_str() {
            assert_eq!(
                (name.as_str(), mode),
                ("sp-demo", "service:idp"),
                "the machine's own network is nobody's"
            );
        }
        for port in service["ports"].as_array().into_iter().flatten() {
            published
                .entry(name.as_str())
                .or_insert_with(Vec::new)
                .push(port.clone());
        }
    }
    // Port by port: an address that is missing would be every address of the machine.
    let expected = vec![json!("127.0.0.1:8080:8080"), json!("127.0.0.1:8081:8081")];
    assert_eq!(published, BTreeMap::from([("idp", expected)]));
    let mut names: Vec<_> = compose["services"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.retain(|name| !OURS.contains(name));
    assert_eq!(names, ["postgres"], "nothing else stands beside it");
}

#[test]
fn what_we_build_may_write_nowhere_but_in_its_own_folder() {
    let compose = compose();
    for name in OURS {
        let service = &compose["services"][name];
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], json!(["no-new-privileges:true"]), "{name}");
        assert_eq!(service["tmpfs"], json!(["/tmp"]), "{name}");
        let volumes = if name == "sp-demo" {
            Value::Null
        } else {
            json!(["idp:/var/lib/noegle"])
        };
        assert_eq!(service["volumes"], volumes, "{name}");
        let target = if name == "sp-demo" { "sp-demo" } else { "idp" };
        assert_eq!(service["build"], json!({ "context": ".", "target": target }), "{name}");
    }
    // Nobody is served before what they need is there.
    let waits = |name: &str| compose["services"][name]["depends_on"].clone();
    assert_eq!(waits("seed"), json!({ "postgres": { "condition": "service_healthy" } }));
    assert_eq!(
        waits("idp"),
        json!({ "seed": { "condition": "service_completed_successfully" } })
    );
    assert_eq!(waits("sp-demo"), json!({ "idp": { "condition": "service_healthy" } }));
    assert!(compose["services"]["postgres"]["healthcheck"]["test"].is_array());
}

/// The instructions of each stage of the Dockerfile, with those of the stage that it is built on before its own.
fn stages() -> BTreeMap<String, Vec<(String, String)>> {
    let text = fs::read_to_string(root().join("Dockerfile"))
        .unwrap()
        .replace("\\\n", " ");
    let (mut stages, mut current) = (BTreeMap::<String, Vec<_>>::new(), String::new());
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (word, rest) = line.split_once(' ').unwrap();
        if word == "FROM" {
            let (from, name) = rest.split_once(" AS ").expect("a named stage");
            name.clone_into(&mut current);
            let before = stages.get(from).cloned().unwrap_or_default();
            stages.insert(current.clone(), before);
        }
        stages
            .get_mut(&current)
            .unwrap()
            .push((word.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    stages
}

#[test]
fn the_images_run_as_a_number_that_is_not_root_and_say_how_they_are() {
    let stages = stages();
    let mut images: Vec<_> = stages.keys().map(String::as_str).collect();
    images.retain(|name| !["build", "base"].contains(name));
    assert_eq!(images, ["idp", "sp-demo"]);
    for (name, port, path) in [("idp", "8082", "/health/ready"), ("sp-demo", "8081", "/health")] {
        let all = |word: &str| {
            stages[name]
                .iter()
                .filter(|(known, _)| known == word)
                .map(|(_, rest)| rest.as_str())
                .collect::<Vec<_>>()
        };
        let users = all("USER");
        let number: u32 = users
            .last()
            .expect("a user")
            .parse()
            .expect("a number: a cluster looks nothing up");
        assert!(number >= 10_000, "{name} runs as {number}");
        let after = stages[name].iter().skip_while(|(word, _)| word != "USER");
        assert!(
            !after.clone().any(|(word, _)| word == "RUN" || word == "ADD"),
            "{name}: nothing is made after the last user"
        );
        let checks = all("HEALTHCHECK");
        let asked = format!("CMD [\"healthy\", \"{port}\", \"{path}\"]");
        assert!(checks.len() == 1 && checks[0].ends_with(&asked), "{name}: {checks:?}");
        assert!(
            all("COPY").contains(&"scripts/healthy.sh /usr/local/bin/healthy"),
            "{name}"
        );
        assert!(
            all("COPY").iter().all(|copied| !copied.contains("--chown")),
            "{name}: the programs are not its own to change"
        );
        assert!(
            all("RUN").iter().any(|made| made.contains("--shell /usr/sbin/nologin")),
            "{name}"
        );
    }
}

/// What the images ask of themselves tells well from ill.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_health_check_of_the_images_tells_well_from_ill() {
    let mut house = House::on(Database::Sqlite).await;
    let port = |url: String| url.rsplit(':').next().unwrap().to_owned();
    let (management, services) = (port(house.management()), port(house.service("borger").origin));
    let healthy = |port: &str, path: &str| {
        output(
            Command::new("bash")
                .arg(root().join("scripts/healthy.sh"))
                .args([port, path]),
        )
        .status
        .success()
    };
    assert!(healthy(&management, "/health/ready") && healthy(&services, "/health"));
    assert!(!healthy(&management, "/nowhere"), "an answer that is not 200");
    house.evict().killed();
    assert!(!healthy(&management, "/health/ready"), "nobody answers");
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
    run(seed.args(["demo", "seed"]));

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
