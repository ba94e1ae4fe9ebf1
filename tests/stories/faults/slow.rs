//! A database that is slow, silent, cut off, locked or read-only: 503 meanwhile, never an act that happened twice, and nobody
//! has to restart anything afterwards.

use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::browser::query;
use acceptance::middle::{Middle, Mood};
use acceptance::postgres::Cluster;
use acceptance::program::Conversation;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Page, Plan};
use serde_json::json;

use super::load::{End, audit_holds, busy, log_in, on_record};

/// A house, its database, and who stands between the two.
struct Between {
    cluster: Cluster,
    name: String,
    middle: Middle,
    house: House,
    lab: Lab,
}

impl Between {
    async fn house_and_database() -> Self {
        let cluster = Cluster::start();
        let middle = Middle::before(&cluster);
        let direct = cluster.database();
        let name = direct
            .trim_start_matches("postgres:///")
            .split('?')
            .next()
            .unwrap()
            .to_owned();
        let plan = busy(Plan::on(Database::Postgres))
            .on_database_at(middle.url(&cluster, &direct))
            .set("storage.deadline_ms", 1_000);
        // Commands of the test block its thread: the one in the middle works on another.
        let house = House::start(plan).await;
        let lab = Lab::of(&house).await;
        Self {
            cluster,
            name,
            middle,
            house,
            lab,
        }
    }

    /// A log-in up to the question for the code.
    async fn is_asked(&self, citizen: &Citizen) -> Page {
        let asked = self.lab.asks("openid", &[("prompt", "login")]);
        let page = citizen.browser.get(asked.url.as_str()).await;
        let page = citizen.types_password(&page).await;
        page.must_be_step("code");
        page
    }

    /// Until a whole log-in works again.
    async fn recovers(&self) {
        let begun = Instant::now();
        loop {
            let gitte = self.house.citizen("gitte");
            if let End::Answered(_) = log_in(&gitte, &self.lab).await {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not recover");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

async fn answers(citizen: &Citizen, page: &Page) -> Page {
    let code = citizen.person.code(&page.challenge()).to_owned();
    citizen.browser.submit_once(page, &[("code", &code)]).await
}

fn turned_away(answer: &Page) {
    assert_eq!(answer.status, 503, "{answer:#}");
    assert!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slow_one_makes_log_ins_slow_and_a_silent_one_turns_them_away() {
    let here = Between::house_and_database().await;
    let anna = here.house.citizen("anna");
    here.middle.is(Mood::Slow(Duration::from_millis(5)));
    let page = here.is_asked(&anna).await;
    here.lab.answered(&answers(&anna, &page).await);

    // Held in the middle of a log-in: everybody is answered, and what needs no database is as ever.
    let page = here.is_asked(&anna).await;
    let shown = page.challenge();
    here.middle.is(Mood::Hold);
    turned_away(&answers(&anna, &page).await);
    turned_away(&answers(&anna, &page).await);
    assert!(
        here.house
            .document("/.well-known/openid-configuration")
            .await
            .is_object()
    );
    let client = here.house.client().build().unwrap();
    let ready = client
        .get(format!("{}/health/ready", here.house.management()))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 503);

    here.middle.is(Mood::Pass);
    here.recovers().await;
    // What was held went through afterwards, or was given up; the person sends the form again and arrives either way.
    let begun = Instant::now();
    loop {
        let sent = answers(&anna, &page).await;
        if sent.status != 503 {
            here.lab.answered(&sent);
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{sent:#}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let page = here.is_asked(&here.house.citizen("anna")).await;
    assert_ne!(page.challenge(), shown, "a burnt entry is asked for again");
    audit_holds(&here.house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_that_is_cut_off_comes_back_by_itself() {
    let here = Between::house_and_database().await;
    let anna = here.house.citizen("anna");
    let page = here.is_asked(&anna).await;
    here.middle.is(Mood::Cut);
    turned_away(&answers(&anna, &page).await);
    here.middle.is(Mood::Pass);
    here.recovers().await;
    here.lab.answered(&answers(&anna, &page).await);
}

/// The commit reaches the database and its answer does not reach the house: nobody can know that it was done. The person
/// sends the form once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_whose_answer_is_lost_is_neither_repeated_nor_lost() {
    let here = Between::house_and_database().await;
    let anna = here.house.citizen("anna");
    let page = here.is_asked(&anna).await;
    let shown = page.challenge();
    // Nothing else that commits durably may come between: the sealer rests once it has nothing to seal.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut lost = 0;
    for _ in 0..20 {
        here.middle.is(Mood::LoseTheAnswer);
        let sent = answers(&anna, &page).await;
        if sent.status == 503 {
            lost = here.middle.lost();
            break;
        }
        // The sealer's commit was lost instead.
        assert!(sent.redirect().is_some(), "{sent:#}");
    }
    assert!(lost >= 1, "no answer was lost");
    here.middle.is(Mood::Pass);
    let sent = answers(&anna, &page).await;
    assert!(query(&here.lab.answered(&sent), "code").is_some());
    let next = here.is_asked(&here.house.citizen("anna")).await;
    assert_ne!(next.challenge(), shown, "a burnt entry is asked for again");
    let export = here.house.idp_says(&["audit", "export"]);
    assert_eq!(on_record(&export, "lab"), 1, "one log-in is one log-in");
    audit_holds(&here.house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_only_one_is_no_fault_of_ours() {
    let here = Between::house_and_database().await;
    let anna = here.house.citizen("anna");
    let page = here.is_asked(&anna).await;
    let set = |to: &str| {
        let sql = format!("alter database {} set default_transaction_read_only = {to}", here.name);
        here.cluster.ask("postgres", &sql);
        let others = format!(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{}'",
            here.name
        );
        here.cluster.ask("postgres", &others);
    };
    set("on");
    // The first of them find that their connection has died.
    for _ in 0..12 {
        turned_away(&answers(&anna, &page).await);
    }
    set("off");
    here.recovers().await;
    here.lab.answered(&answers(&anna, &page).await);
    audit_holds(&here.house);
}

/// A backup tool or somebody's shell that holds the write lock of the SQLite file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_one_is_waited_for_and_then_given_up() {
    let house = House::start(busy(Plan::on(Database::Sqlite))).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    let page = anna
        .types_password(&anna.browser.get(lab.asks("openid", &[]).url.as_str()).await)
        .await;
    let shown = page.challenge();
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
        db.execute('begin immediate')\n\
        print('{\"held\": true}', flush=True)\n\
        sys.stdin.readline()\n\
        db.execute('rollback')\n\
        print('{\"held\": false}', flush=True)\n\
        sys.stdin.readline()\n";
    let path = house.storage_url().trim_start_matches("sqlite:").to_owned();
    let mut holder = Conversation::with(Command::new("python3").args(["-c", script, &path]));
    assert_eq!(holder.says(), json!({ "held": true }));
    turned_away(&answers(&anna, &page).await);
    holder.hears("let go");
    assert_eq!(holder.says(), json!({ "held": false }));
    lab.answered(&answers(&anna, &page).await);
    let later = house.citizen("anna");
    let page = later
        .types_password(&later.browser.get(lab.asks("openid", &[]).url.as_str()).await)
        .await;
    assert_ne!(page.challenge(), shown, "a burnt entry is asked for again");
}
