//! Many at once, and the same twice.

use acceptance::browser::query;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Page, Plan};
use tokio::task::JoinSet;

use crate::both::on_both;

on_both!(thirty_two_answers_to_one_code, the_finishing_post_sent_twice);

const MANY: usize = 32;

async fn thirty_two_answers_to_one_code(database: Database) {
    let plan = Plan::on(database)
        .without_services()
        .set("login.flood.address_per_minute", 10_000);
    let house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let mut ready = Vec::new();
    for _ in 0..MANY {
        let anna = house.citizen("anna");
        let asked = lab.asks("openid pid", &[]);
        let page = anna.browser.get(asked.url.as_str()).await;
        let page = anna.types_password(&page).await;
        page.must_be_step("code");
        ready.push((anna, page, asked));
    }
    let shown = ready[0].1.challenge();
    assert!(
        ready.iter().all(|(_, page, _)| page.challenge() == shown),
        "open log-ins of one card show one index"
    );

    let counted = ["sessions", "flows_done", "grants", "participants"];
    let before: Vec<String> = counted
        .iter()
        .map(|table| house.asks(&format!("select count(*) from {table}")))
        .collect();
    let mut answers = JoinSet::new();
    for (anna, page, asked) in ready {
        let code = anna.person.code(&shown).to_owned();
        answers.spawn(async move {
            let answer = anna.browser.submit_once(&page, &[("code", &code)]).await;
            (anna, answer, asked)
        });
    }
    let answers = answers.join_all().await;
    let (arrived, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, page, _)| page.redirect().is_some());
    assert_eq!(arrived.len(), 1, "{} log-ins came of one code", arrived.len());
    // And nothing else came of it that nobody was told of.
    let after: Vec<String> = counted
        .iter()
        .map(|table| house.asks(&format!("select count(*) from {table}")))
        .collect();
    assert_eq!(
        (before, after),
        (vec!["0".to_owned(); counted.len()], vec!["1".to_owned(); counted.len()]),
        "{counted:?}"
    );
    let (_, page, asked) = &arrived[0];
    let code = query(&lab.answered(page), "code").unwrap();
    let (status, tokens) = lab.exchanges(&code, asked).await;
    assert!(status.is_success(), "{status} {tokens}");

    for (_, page, _) in &refused {
        assert_eq!(page.refusals(), ["code.used"], "{page:#}");
        assert_ne!(page.challenge(), shown);
    }
    // Nobody is locked out, and only one code is gone: all are shown the same next one, and the first of them may use it.
    let next = refused[0].1.challenge();
    assert!(refused.iter().all(|(_, page, _)| page.challenge() == next));
    let (anna, page, _) = &refused[0];
    assert!(finishes(anna, page).await.redirect().is_some());
    house.citizen("anna").enters(&lab).await;
}

async fn the_finishing_post_sent_twice(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    let asked = lab.asks("openid pid", &[]);
    let page = anna.browser.get(asked.url.as_str()).await;
    let page = anna.types_password(&page).await;
    let shown = page.challenge();

    let (one, other) = tokio::join!(finishes(&anna, &page), finishes(&anna, &page));
    let again = finishes(&anna, &page).await;
    let mut codes: Vec<String> = Vec::new();
    for answer in [&one, &other, &again] {
        codes.push(query(&lab.answered(answer), "code").unwrap_or_else(|| panic!("no code: {answer:#}")));
    }
    let (status, tokens) = lab.exchanges(&codes[2], &asked).await;
    assert!(status.is_success(), "the user must arrive: {status} {tokens}");
    for earlier in codes.iter().filter(|code| **code != codes[2]) {
        let (status, _) = lab.exchanges(earlier, &asked).await;
        assert!(status.is_client_error(), "an earlier continuation still serves");
    }

    // One burnt code: exactly the next index is shown to the next log-in, and it is another one.
    let later = house.citizen("anna");
    let page = later.browser.get(lab.asks("openid", &[]).url.as_str()).await;
    let page = later.types_password(&page).await;
    assert_ne!(page.challenge(), shown);
    assert!(finishes(&later, &page).await.redirect().is_some());
}

async fn finishes(citizen: &Citizen, page: &Page) -> Page {
    let code = citizen.person.code(&page.challenge()).to_owned();
    citizen.browser.submit_once(page, &[("code", &code)]).await
}

/// A verb of this room: a whole log-in at a relying party, tokens and all.
trait Enters {
    async fn enters(&self, lab: &Lab);
}

impl Enters for Citizen {
    async fn enters(&self, lab: &Lab) {
        let (code, asked) = lab.receives(self, "openid pid").await;
        let (status, tokens) = lab.exchanges(&code, &asked).await;
        assert!(status.is_success(), "{status} {tokens}");
    }
}
