//! A disk that is full: 503 until there is room again, and nothing half done.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use acceptance::network::as_root;
use acceptance::postgres::Cluster;
use acceptance::program::{output, run};
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Plan};

use super::load::{End, audit_holds, busy, log_in};

/// A file system of so many megabytes; gone when dropped.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn of(megabytes: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("disk-").tempdir_in("/tmp").unwrap();
        let size = format!("size={megabytes}m,mode=1777");
        run(as_root("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path()));
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room there is.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = File::create(&path).unwrap();
        for piece in [65_536, 4_096, 1] {
            let bytes = vec![0; piece];
            while file.write_all(&bytes).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(output(as_root("umount").arg("--lazy").arg(self.path())));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_sqlite_nothing_is_half_done_and_room_is_all_it_needs() {
    let disk = SmallDisk::of(24);
    let heads = disk.path().join("heads.jsonl");
    let plan = busy(Plan::on(Database::Sqlite))
        .on_database_at(format!("sqlite:{}/house.db", disk.path().display()))
        .set("audit.heads", heads.display());
    let house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let (anna, bo) = (house.citizen("anna"), house.citizen("gitte"));
    let asked = lab.asks("openid", &[]);
    let page = anna.types_password(&anna.browser.get(asked.url.as_str()).await).await;
    page.must_be_step("code");
    let shown = page.challenge();
    let code = anna.person.code(&shown).to_owned();

    let filler = disk.fill();
    for _ in 0..3 {
        let answer = anna.browser.submit_once(&page, &[("code", &code)]).await;
        assert_eq!(answer.status, 503, "{answer:#}");
        assert!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
    }
    // What needs no room is answered as ever, and a new log-in is turned away politely.
    assert!(house.document("/.well-known/openid-configuration").await.is_object());
    let begun = bo.browser.get(lab.asks("openid", &[]).url.as_str()).await;
    begun.must_be_step("credentials");
    let answer = bo.types_password(&begun).await;
    assert_eq!(answer.status, 503, "{answer:#}");

    fs::remove_file(filler).unwrap();
    let sent = anna.browser.submit_once(&page, &[("code", &code)]).await;
    lab.answered(&sent);
    assert!(enters(&bo, &lab).await);
    let later = house.citizen("anna");
    let page = later
        .types_password(&later.browser.get(lab.asks("openid", &[]).url.as_str()).await)
        .await;
    assert_ne!(page.challenge(), shown, "a burnt entry is asked for again");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    audit_holds(&house);
    let (status, said, errors) = house.idp_tries(&["audit", "verify", "--heads", heads.to_str().unwrap()]);
    assert_eq!(status, 0, "{said}{errors}");
}

async fn enters(citizen: &Citizen, lab: &Lab) -> bool {
    let page = citizen
        .types_password(&citizen.browser.get(lab.asks("openid", &[]).url.as_str()).await)
        .await;
    let code = citizen.person.code(&page.challenge()).to_owned();
    citizen
        .browser
        .submit_once(&page, &[("code", &code)])
        .await
        .redirect()
        .is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_postgres_it_is_503_until_there_is_room() {
    let disk = SmallDisk::of(160);
    let cluster = Cluster::start_on(disk.path());
    let plan = busy(Plan::on(Database::Postgres)).on_database_at(cluster.database());
    let house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    let gitte = house.citizen("gitte");

    let filler = disk.fill();
    let (mut burnt, mut refused) = (Vec::new(), 0);
    // Pages that are there already still take a few.
    for number in 0..100 {
        let citizen = if number % 2 == 0 { &anna } else { &gitte };
        match log_in(citizen, &lab).await {
            End::Answered((challenge, ..)) => burnt.push(challenge),
            End::Unknown => refused += 1,
        }
        if refused >= 4 {
            break;
        }
    }
    assert!(
        refused >= 4,
        "{} log-ins went through on a full disk, {refused} did not",
        burnt.len()
    );

    fs::remove_file(filler).unwrap();
    let begun = std::time::Instant::now();
    loop {
        if let End::Answered((challenge, ..)) = log_in(&anna, &lab).await {
            assert!(!burnt.contains(&challenge), "a burnt entry is asked for again");
            break;
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(30),
            "it does not recover"
        );
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    audit_holds(&house);
}
