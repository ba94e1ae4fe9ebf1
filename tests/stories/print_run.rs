//! The print run by hand: an officer takes what waits by the command line, the paper carries the codes that open, the manifest says
//! what lies in the folder and no more, and what was taken is shown once.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance::people::Card;
use acceptance::program::run;
use acceptance::{Citizen, Database, House, Plan};
use serde_json::Value;

use crate::both::on_both;

on_both!(
    a_card_is_printed_posted_and_put_into_use,
    an_activation_password_is_printed_and_serves_once
);

async fn without_a_print_shop(database: Database) -> House {
    House::start(Plan::on(database).set("demo.posts", false)).await
}

/// A batch as the officer holds it.
struct Batch {
    folder: PathBuf,
    manifest: Value,
}

impl Batch {
    fn take(house: &House, what: &str) -> Self {
        let out = house.folder().join("print");
        let arguments = [
            "print",
            "batch",
            what,
            "--officer",
            "Olga",
            "--reason",
            "the day's run",
            "--out",
        ];
        let said = house.idp_says(&[&arguments[..], &[out.to_str().unwrap()]].concat());
        let (count, path) = said.trim().split_once(" letters: ").unwrap_or_else(|| panic!("{said}"));
        let manifest: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let batch = Self {
            folder: Path::new(path).parent().unwrap().to_path_buf(),
            manifest,
        };
        assert_eq!(batch.letters().len().to_string(), count, "{said}");
        batch.holds_what_it_says(what);
        batch
    }

    fn letters(&self) -> &Vec<Value> {
        self.manifest["letters"].as_array().unwrap()
    }

    /// File by file, each for the service's own eyes.
    fn holds_what_it_says(&self, what: &str) {
        assert_eq!(
            (&self.manifest["what"], &self.manifest["officer"]),
            (&what.into(), &"Olga".into())
        );
        assert!(
            self.manifest["printed_at"]
                .as_str()
                .is_some_and(|time| time.ends_with('Z')),
            "{}",
            self.manifest
        );
        let mut named: Vec<String> = self
            .letters()
            .iter()
            .map(|one| one["file"].as_str().unwrap().to_owned())
            .collect();
        named.push("manifest.json".to_owned());
        let entries = fs::read_dir(&self.folder).unwrap().map(Result::unwrap);
        let mut there = Vec::new();
        for entry in entries {
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o077,
                0,
                "{:?} is for everybody",
                entry.path()
            );
            there.push(entry.file_name().into_string().unwrap());
        }
        named.sort();
        there.sort();
        assert_eq!(named, there);
    }

    fn text(&self, nth: usize) -> String {
        let file = self.folder.join(self.letters()[nth]["file"].as_str().unwrap());
        run(Command::new("pdftotext")
            .args(["-layout", "-enc", "UTF-8"])
            .arg(file)
            .arg("-"))
    }

    fn posted(&self, house: &House) -> String {
        let manifest = self.folder.join("manifest.json");
        let said = house.idp_says(&["print", "posted", manifest.to_str().unwrap(), "--officer", "Olga"]);
        said.trim().to_owned()
    }
}

/// The pairs of an index (four digits) and a code (six) as they stand on the paper.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let is = |word: &str, digits: usize| word.len() == digits && word.bytes().all(|byte| byte.is_ascii_digit());
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.windows(2).filter(|pair| is(pair[0], 4) && is(pair[1], 6));
    pairs.map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

/// Karl has 21 codes left: his log-in orders the next card.
async fn a_card_is_printed_posted_and_put_into_use(database: Database) {
    let house = without_a_print_shop(database).await;
    let mut karl = house.citizen("karl");
    karl.logs_in_at(&house.service("borger")).await;
    let nobody = [
        "print",
        "batch",
        "cards",
        "--officer",
        " ",
        "--reason",
        "x",
        "--out",
        "print",
    ];
    let (code, _, reason) = house.idp_tries(&nobody);
    assert_eq!(code, 2, "nobody prints without a name: {reason}");
    assert!(!house.folder().join("print").exists(), "and nothing was taken");

    let batch = Batch::take(&house, "cards");
    assert_eq!(batch.letters().len(), 1, "{}", batch.manifest);
    let number = batch.letters()[0]["id"].as_str().unwrap().to_owned();
    assert_ne!(number, karl.person.keycards[0].number);
    let text = batch.text(0);
    let name = karl.person.name.clone().unwrap();
    assert!(text.contains(&number) && text.contains(&name), "{text}");
    assert!(
        !text.contains(&karl.person.eid_number),
        "the eID's number never stands beside a card: {text}"
    );
    let codes = pairs(&text);
    assert_eq!(codes.len(), 148, "{text}");
    let whole = batch.manifest.to_string();
    for secret in [&name, &karl.person.eid_number].into_iter().chain(codes.values()) {
        assert!(!whole.contains(secret.as_str()), "{secret}: {whole}");
    }

    // A second run takes nothing, and shows nothing again.
    assert!(Batch::take(&house, "cards").letters().is_empty());
    assert_eq!(batch.posted(&house), "posted: 1 of 1");
    assert_eq!(batch.posted(&house), "posted: 0 of 1", "posted once");
    assert!(Batch::take(&house, "cards").letters().is_empty());

    // What stands on the paper opens.
    let page = karl
        .browser
        .get(&format!("{}/self-service/cards/activate", house.issuer()))
        .await;
    let page = if page.step() == "credentials" {
        passes(&karl, &page).await
    } else {
        page
    };
    let challenge = page.challenge();
    assert_eq!(challenge.card, number, "{page:#}");
    let page = karl.browser.submit(&page, &[("code", &codes[&challenge.index])]).await;
    assert!(page.text().contains("taget i brug"), "{page:#}");
    karl.person.keycards = vec![Card {
        number: number.clone(),
        status: "active".into(),
        codes,
    }];
    karl.browser = house.browser();
    let me = karl.logs_in_at(&house.service("skat")).await;
    assert_eq!(me["verified"], true, "{me}");
    assert_eq!(
        house.asks("select count(*) from audit_rows where kind = 'keycard.printed'"),
        "1"
    );
    assert_eq!(
        house.asks("select count(*) from audit_rows where kind = 'keycard.posted'"),
        "1"
    );
}

/// The log-in that self-service asks for, back to the page that was asked for.
async fn passes(citizen: &Citizen, page: &acceptance::Page) -> acceptance::Page {
    let page = citizen.types_password(page).await;
    citizen.answers(&page).await
}

async fn an_activation_password_is_printed_and_serves_once(database: Database) {
    let house = without_a_print_shop(database).await;
    let mut anna = house.citizen("anna");
    let order = anna.browser.get(&format!("{}/activate/order", house.issuer())).await;
    let card = anna.person.keycards[0].number.clone();
    let page = anna
        .browser
        .submit(&order, &[("user_id", "anna"), ("card_number", &card)])
        .await;
    page.must_be_step("ordered");

    let batch = Batch::take(&house, "passwords");
    assert_eq!(batch.letters().len(), 1, "{}", batch.manifest);
    let text = batch.text(0);
    let words: Vec<&str> = text.split_whitespace().collect();
    let three = |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let found: Vec<String> = words
        .windows(2)
        .filter(|pair| three(pair[0]) && three(pair[1]))
        .map(|pair| pair.concat())
        .collect();
    let [password] = &found[..] else {
        panic!("which is it? {found:?}\n{text}");
    };
    assert!(
        !text.contains(&anna.person.eid_number) && !text.contains(&card),
        "{text}"
    );
    assert!(!batch.manifest.to_string().contains(password.as_str()));
    assert!(
        Batch::take(&house, "passwords").letters().is_empty(),
        "a second run shows nothing again"
    );
    assert_eq!(batch.posted(&house), "posted: 1 of 1");
    assert_eq!(batch.posted(&house), "posted: 0 of 1");

    let page = anna.browser.get(&format!("{}/activate", house.issuer())).await;
    let typed = [("user_id", "anna"), ("activation_password", password.as_str())];
    let page = anna.browser.submit(&page, &typed).await;
    let page = if page.step() == "terms" {
        anna.browser.submit(&page, &[("accept_terms", "yes")]).await
    } else {
        page
    };
    page.must_be_step("choose");
    let chosen = [
        ("password", "kat7hund"),
        ("password_again", "kat7hund"),
        ("user_id", ""),
    ];
    let page = anna.browser.submit(&page, &chosen).await;
    anna.answers(&page).await.must_be_step("done");
    anna.person.password = Some("kat7hund".into());
    anna.browser = house.browser();
    anna.logs_in_at(&house.service("borger")).await;
    let again = house.browser();
    let page = again.get(&format!("{}/activate", house.issuer())).await;
    let page = again.submit(&page, &typed).await;
    assert_eq!(page.refusals(), ["activation.failed"], "it is used up: {page:#}");
}
