//! The key ceremony as an operator walks through it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::Desk;
use crate::certificates::pem;
use crate::storage::CaState;

const WHO: [&str; 4] = ["--name", "Example CA", "--organisation", "Example"];

impl Desk {
    /// `idp ca …`, where words that end in a file of the desk are told by its name.
    fn ca(&self, words: &[&str]) -> Result<(), String> {
        let told: Vec<String> = words
            .iter()
            .map(|word| match word.strip_prefix('@') {
                Some(file) => self.path(file).display().to_string(),
                None => (*word).to_owned(),
            })
            .collect();
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        self.says(&[&["ca"], &told[..]].concat())
    }

    fn root(&self, name: &str) -> Result<(), String> {
        let (key, certificate) = (format!("@{name}.key"), format!("@{name}.pem"));
        self.ca(&[&["root"], &WHO[..], &["--key", &key, "--certificate", &certificate]].concat())
    }
}

const SIGN: [&str; 9] = [
    "sign",
    "--request",
    "@ca.csr",
    "--root-key",
    "@root.key",
    "--root-certificate",
    "@root.pem",
    "--address",
    "http://pki.example.dk/",
];
const INSTALL: [&str; 5] = ["install", "--certificate", "@ca.pem", "--root-certificate", "@root.pem"];

#[test]
fn a_root_signs_what_the_house_asked_for_and_the_house_issues() {
    let desk = Desk::new(false);
    desk.root("root").unwrap();
    let mode = desk.path("root.key").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        desk.root("root").unwrap_err().contains("exists"),
        "no key is written over"
    );

    desk.says(&["migrate"]).unwrap();
    assert!(desk.ca(&INSTALL).is_err(), "there is no certificate yet");
    let asks = ["--address", "http://pki.example.dk/", "--out", "@ca.csr"];
    desk.ca(&[&["request"], &WHO[..], &asks].concat()).unwrap();
    desk.ca(&[&SIGN[..], &["--out", "@ca.pem"]].concat()).unwrap();
    let now = |desk: &Desk| {
        let house = desk.house();
        crate::certificates::load(&house.store, &house.vault).unwrap();
        house.vault.issuing_ca(house.clock.now())
    };
    assert!(now(&desk).is_none());
    desk.ca(&INSTALL).unwrap();
    let ca = now(&desk).unwrap();
    assert_eq!(
        (ca.address.as_str(), ca.policy.as_str()),
        ("http://pki.example.dk", "1.2.208.169.1.1.1.1")
    );
    assert!(desk.ca(&INSTALL).unwrap_err().contains("idp ca request"), "once");
    desk.ca(&["list", "--format", "json"]).unwrap();

    // The next one: the first retires.
    desk.ca(&[&["request"], &WHO[..], &["--out", "@ca.csr"]].concat())
        .unwrap();
    desk.ca(&[&SIGN[..], &["--out", "@ca.pem"]].concat()).unwrap();
    desk.ca(&INSTALL).unwrap();
    let house = desk.house();
    let rows = house.store.read_blocking("test", |tx| tx.issuing_cas().all()).unwrap();
    let states: Vec<_> = rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [CaState::Retired, CaState::Active]);
    assert_eq!(rows[1].address, "http://localhost:8080");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let desk = Desk::new(false);
    desk.says(&["migrate"]).unwrap();
    desk.root("root").unwrap();
    desk.root("other").unwrap();
    desk.ca(&[&["request"], &WHO[..], &["--out", "@ca.csr"]].concat())
        .unwrap();
    let signs = |request: &str, root: &str| {
        let files = [
            "sign",
            "--request",
            request,
            "--root-key",
            "@root.key",
            "--root-certificate",
            root,
        ];
        desk.ca(&[&files[..], &["--address", "http://pki.example.dk", "--out", "@ca.pem"]].concat())
    };
    let refused = signs("@ca.csr", "@other.pem").unwrap_err();
    assert!(refused.contains("do not belong together"), "{refused}");
    let refused = signs("@root.pem", "@root.pem").unwrap_err();
    assert!(refused.contains("CERTIFICATE REQUEST"), "{refused}");
    desk.ca(&[&SIGN[..], &["--out", "@ca.pem"]].concat()).unwrap();
    let wrong = [
        "install",
        "--certificate",
        "@ca.pem",
        "--root-certificate",
        "@other.pem",
    ];
    assert!(desk.ca(&wrong).unwrap_err().contains("not signed by this root"));
    let itself = [
        "install",
        "--certificate",
        "@root.pem",
        "--root-certificate",
        "@root.pem",
    ];
    assert!(desk.ca(&itself).unwrap_err().contains("not for the key"));
    for (word, bad) in [("--country", "Denmark"), ("--policy", "one"), ("--address", "ftp://x")] {
        let words = [&["request"], &WHO[..], &["--out", "@x.csr", word, bad]].concat();
        assert!(desk.ca(&words).is_err(), "{bad}");
    }
    fs::write(desk.path("junk"), pem::text(pem::CERTIFICATE, b"junk").as_bytes()).unwrap();
    let junk = ["install", "--certificate", "@junk", "--root-certificate", "@root.pem"];
    assert!(desk.ca(&junk).is_err());
}

const LIST: [&str; 5] = [
    "root-list",
    "--root-key",
    "@root.key",
    "--root-certificate",
    "@root.pem",
];

#[test]
fn a_root_revokes_what_it_signed_and_the_house_says_so() {
    let desk = Desk::new(false);
    desk.says(&["migrate"]).unwrap();
    desk.root("root").unwrap();
    desk.root("other").unwrap();
    let publishes = |list: &str| desk.ca(&["publish-list", "--list", list]);
    let makes = |words: &[&str]| desk.ca(&[&LIST[..], words].concat());
    makes(&["--out", "@1.crl"]).unwrap();
    assert!(publishes("@1.crl").unwrap_err().contains("no CA of the house"));
    desk.ca(&[&["request"], &WHO[..], &["--out", "@ca.csr"]].concat())
        .unwrap();
    desk.ca(&[&SIGN[..], &["--out", "@ca.pem"]].concat()).unwrap();
    desk.ca(&INSTALL).unwrap();
    publishes("@1.crl").unwrap();
    assert!(publishes("@1.crl").unwrap_err().contains("this number"), "once");

    // Not without a reason, not what others signed, not the root itself.
    let revoke = ["--before", "@1.crl", "--revoke", "@ca.pem"];
    assert!(makes(&[&revoke[..], &["--out", "@2.crl"]].concat()).is_err());
    for (file, part) in [
        ("@root.pem", "below this root"),
        ("@other.pem", "below this root"),
        ("@ca.csr", "CERTIFICATE"),
    ] {
        let words = ["--revoke", file, "--reason", "compromised", "--out", "@x.crl"];
        let refused = makes(&words).unwrap_err();
        assert!(refused.contains(part), "{refused}");
    }
    makes(&[&revoke[..], &["--reason", "compromised", "--out", "@2.crl"]].concat()).unwrap();
    publishes("@2.crl").unwrap();
    let house = desk.house();
    let rows = house.store.read_blocking("test", |tx| tx.issuing_cas().all()).unwrap();
    assert_eq!(rows[0].state, CaState::Retired, "it issues no more");
    assert!(
        publishes("@1.crl").unwrap_err().contains("a later one"),
        "nothing is taken back"
    );

    // Renewed: what was revoked stays so, and is not written twice.
    let again = [
        "--before", "@2.crl", "--revoke", "@ca.pem", "--reason", "ceased", "--days", "30", "--out", "@3.crl",
    ];
    makes(&again).unwrap();
    publishes("@3.crl").unwrap();
    let root = house
        .store
        .read_blocking("test", |tx| tx.root_lists().all())
        .unwrap()
        .remove(0);
    let days = (root.ends_at.secs() - house.clock.now().secs()) / 86_400;
    assert!(root.number == 3 && (29..=30).contains(&days), "{root:?}");
    let list = house
        .store
        .read_blocking("test", move |tx| tx.root_lists().find(&root.root))
        .unwrap()
        .unwrap();
    let (_, list) = x509_parser::parse_x509_crl(&list.der).unwrap();
    let lines: Vec<_> = list.iter_revoked_certificates().collect();
    assert!(
        lines.len() == 1 && lines[0].reason_code().unwrap().1.0 == 2,
        "cACompromise"
    );

    // Another root's list, and one that was changed.
    let words = [
        "root-list",
        "--root-key",
        "@other.key",
        "--root-certificate",
        "@other.pem",
        "--out",
        "@o.crl",
    ];
    desk.ca(&words).unwrap();
    assert!(publishes("@o.crl").unwrap_err().contains("not signed by this root"));
    assert!(
        makes(&["--before", "@o.crl", "--out", "@x.crl"])
            .unwrap_err()
            .contains("not signed")
    );
    fs::write(desk.path("changed"), {
        let mut der = pem::der(pem::LIST, &fs::read(desk.path("3.crl")).unwrap())
            .unwrap()
            .to_vec();
        *der.last_mut().unwrap() ^= 1;
        der
    })
    .unwrap();
    assert!(publishes("@changed").unwrap_err().contains("not signed"));
}
