//! `make demo` as whoever follows the README has it: the project's own script, but for its ports, with programs that are built. What
//! it prints is all that is known of the addresses and the log-ins.

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::program::{Program, binary, output, root, run};
use acceptance::{Citizen, Database, House, Plan};
use serde_json::{Value, json};

/// The project's folder as far as the script looks at it.
struct Demo {
    // Before the house: it needs the folder.
    left: Left,
    house: House,
}

/// What the script leaves if it is ended otherwise than it should be: the two programs run in sessions of their own.
struct Left(PathBuf);

impl Left {
    fn pid(&self, name: &str) -> Option<String> {
        let pid = fs::read_to_string(self.0.join(format!("{name}.pid")))
            .ok()?
            .trim()
            .to_owned();
        is_running(&pid, name).then_some(pid)
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        for pid in ["sp-demo", "idp"].iter().filter_map(|name| self.pid(name)) {
            drop(Command::new("kill").args(["-KILL", &pid]).status());
        }
    }
}

/// Lives, and is what it should be; nobody may have fetched what is left of one that has ended.
fn is_running(pid: &str, name: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let says = |key: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .unwrap_or_default()
            .trim()
    };
    says("Name:") == name && !says("State:").starts_with('Z')
}

impl Demo {
    fn furnished() -> Self {
        let house = House::built(Plan::on(Database::Sqlite));
        let folder = house.folder().to_path_buf();
        for part in ["scripts", "bin", "target/debug"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        let port = |url: String| url.rsplit(':').next().unwrap().to_owned();
        let script = fs::read_to_string(root().join("scripts/demo.sh")).unwrap();
        let script = script
            .replace("8080", &house.port().to_string())
            .replace("8081", &port(house.service("borger").origin))
            .replace("8082", &port(house.management()));
        fs::write(folder.join("scripts/demo.sh"), script).unwrap();
        for name in ["idp", "sp-demo"] {
            symlink(binary(name), folder.join("target/debug").join(name)).unwrap();
        }
        // Everything is built: whoever is asked to build has nothing to do, and notes that it was asked.
        let cargo = folder.join("bin/cargo");
        fs::write(
            &cargo,
            format!("#!/bin/sh\necho \"$*\" >>'{}'\n", folder.join("asked").display()),
        )
        .unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        let left = Left(folder.join("var/demo"));
        Self { left, house }
    }

    fn folder(&self) -> &Path {
        self.house.folder()
    }

    fn script(&self) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("bash");
        command
            .arg(self.folder().join("scripts/demo.sh"))
            .current_dir("/")
            .env("PATH", format!("{}:{path}", self.folder().join("bin").display()))
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("DEMO_DETACH");
        command
    }

    /// Waits until the script has said this.
    async fn says(&self, script: &mut Program, last: &str) -> String {
        let begun = Instant::now();
        while !script.log().contains(last) {
            assert!(
                script.ended().is_none() && begun.elapsed() < Duration::from_secs(60),
                "{}",
                script.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        script.log()
    }

    /// Everything has ended, and nobody listens any more.
    fn is_over(&self, pids: &[String; 2]) -> bool {
        let ports = [
            self.house.port(),
            self.house
                .service("borger")
                .origin
                .rsplit(':')
                .next()
                .unwrap()
                .parse()
                .unwrap(),
        ];
        let is_open = |port: &u16| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok();
        !is_running(&pids[0], "idp") && !is_running(&pids[1], "sp-demo") && !ports.iter().any(is_open)
    }

    fn pids(&self) -> [String; 2] {
        ["idp", "sp-demo"].map(|name| self.left.pid(name).unwrap_or_else(|| panic!("{name} does not run")))
    }
}

/// What stands in the printed table for a user-ID, with the codes of the card from the folder that the script names.
fn printed(demo: &Demo, said: &str, user_id: &str) -> Citizen {
    let row = said
        .lines()
        .find(|line| line.split_whitespace().next() == Some(user_id));
    let cells: Vec<&str> = row
        .unwrap_or_else(|| panic!("no {user_id}: {said}"))
        .split_whitespace()
        .collect();
    let (password, card) = (cells[1], cells[3]);
    let place = said
        .split("key card under ")
        .nth(1)
        .and_then(|rest| rest.split(';').next())
        .unwrap();
    let file = demo.folder().join(place).join(format!("cards/{user_id}-{card}.json"));
    let codes: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let person = json!({
        "user_id": user_id, "password": password, "eid_number": user_id, "status": "active",
        "keycards": [{ "number": card, "status": "active", "codes": codes["codes"] }],
    });
    Citizen {
        person: serde_json::from_value(person).unwrap(),
        browser: demo.house.browser(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_starts_by_its_script_and_ends_with_it() {
    let demo = Demo::furnished();
    let mut script = Program::start("demo", demo.script(), demo.folder());
    let said = demo.says(&mut script, "Ctrl-C stops both.").await;
    let asked = fs::read_to_string(demo.folder().join("asked")).unwrap();
    assert_eq!(asked, "build --bins --quiet --locked --package idp --package sp-demo\n");

    // Every address that is printed answers.
    let addresses: Vec<&str> = said
        .split_whitespace()
        .filter(|word| word.starts_with("http://"))
        .collect();
    assert_eq!(addresses.len(), 5, "{said}");
    let client = demo.house.client().build().unwrap();
    for address in &addresses {
        let answer = client.get(*address).send().await.unwrap();
        assert!(answer.status().is_success(), "{address}: {}", answer.status());
    }
    assert!(
        addresses.contains(&format!("{}/", demo.house.issuer()).as_str()),
        "{addresses:?}"
    );

    // Whoever is printed logs in with what is printed, over both protocols.
    for service in ["borger", "skat"] {
        let anna = printed(&demo, &said, "anna");
        let me = anna.logs_in_at(&demo.house.service(service)).await;
        assert_eq!(me["verified"], true, "{me}");
    }
    // The other way to the codes, word for word.
    let anna = printed(&demo, &said, "anna");
    let card = &anna.person.keycards[0];
    let line = said
        .split("also: ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .unwrap();
    let words: Vec<String> = line
        .split_whitespace()
        .map(|word| word.replace("NUMBER", &card.number))
        .collect();
    let shown = run(Command::new(demo.folder().join(&words[0]))
        .args(&words[1..])
        .current_dir(demo.folder()));
    assert!(
        card.codes
            .values()
            .all(|code| shown.split_whitespace().any(|word| word == code)),
        "{shown}"
    );

    // A second one beside it is refused, and ends nothing. Where the tests have built everything it takes that, and says no option twice.
    let pids = demo.pids();
    let built = fs::read_to_string(root().join("scripts/test.sh")).unwrap();
    let built = built.split("\nwhole=(").nth(1).and_then(|rest| rest.split(')').next());
    let built = built.unwrap();
    fs::write(demo.folder().join("target/debug/.built-with"), format!("{built}\n")).unwrap();
    let second = output(&mut demo.script());
    let asked = fs::read_to_string(demo.folder().join("asked")).unwrap();
    let last = asked.lines().last().unwrap();
    assert_eq!(last, format!("build --bins --quiet {built}"));
    let options: Vec<_> = last.split(' ').filter(|word| word.starts_with("--")).collect();
    let once: BTreeSet<_> = options.iter().collect();
    assert_eq!(once.len(), options.len(), "{last}");
    assert_eq!(second.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("idp runs already"),
        "{second:?}"
    );
    assert_eq!(demo.pids(), pids);

    assert_eq!(script.stopped(Duration::from_secs(20)).code(), Some(0));
    assert!(demo.is_over(&pids), "{pids:?}");
    assert_eq!(
        fs::read_dir(&demo.left.0)
            .unwrap()
            .filter(|one| is_pid_file(one.as_ref().unwrap()))
            .count(),
        0
    );
}

fn is_pid_file(entry: &fs::DirEntry) -> bool {
    entry.path().extension().is_some_and(|end| end == "pid")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn detached_it_returns_and_is_stopped_by_what_it_prints() {
    let demo = Demo::furnished();
    let done = output(demo.script().env("DEMO_DETACH", "1"));
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let pids = demo.pids();
    let anna = printed(&demo, &said, "anna");
    anna.logs_in_at(&demo.house.service("borger")).await;
    let stop = said
        .split("Stop them with: ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .unwrap();
    run(Command::new("sh").args(["-c", stop]).current_dir(demo.folder()));
    let begun = Instant::now();
    while !demo.is_over(&pids) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{pids:?} run on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
