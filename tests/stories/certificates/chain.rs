//! Whole chains with both lists, as `openssl verify -crl_check_all` takes them: the demo's, and one of an operator's own root that revokes its
//! issuing CA.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use acceptance::{Database, House};

use super::{fetched, kept, list, opens, openssl, registers, word};

/// A certificate, its CA's and the root's.
pub struct Chain {
    pub own: PathBuf,
    pub issuing: PathBuf,
    pub root: PathBuf,
}

impl Chain {
    /// `openssl verify` with the lists of the CA and of its root, wherever the certificates say that they are.
    async fn verify(&self, house: &House, base: &str) -> String {
        let (_, text) = openssl(&["x509", "-in", word(&self.issuing), "-noout", "-text"]);
        let told = |end: &str| {
            let mut words = text.split_whitespace().filter_map(|word| word.strip_prefix("URI:"));
            words
                .find(|word| word.ends_with(end))
                .unwrap_or_else(|| panic!("{text}"))
        };
        let root = kept(house, "told.cer", &fetched(house, told(".cer")).await);
        let (_, same) = openssl(&["x509", "-inform", "DER", "-in", word(&root)]);
        assert_eq!(same, std::fs::read_to_string(&self.root).expect("a root"));
        let (_, above) = list(house, told(".crl").trim_end_matches(".crl")).await;
        let above = kept(house, "above.pem", above.as_bytes());
        let (below, _) = list(house, base).await;
        let words = ["verify", "-x509_strict", "-crl_check_all", "-CAfile", word(&self.root)];
        let lists = ["-CRLfile", word(&above), "-CRLfile", word(&below)];
        let whose = ["-untrusted", word(&self.issuing), word(&self.own)];
        openssl(&[&words[..], &lists, &whose].concat()).1
    }

    pub async fn passes(&self, house: &House, base: &str) {
        let said = self.verify(house, base).await;
        assert_eq!(said.trim(), format!("{}: OK", word(&self.own)));
    }
}

/// A root of the operator's own, as docs/operations/ca.md walks through it, and what becomes of what its CA issued when the root revokes it.
pub async fn a_root_revokes_an_issuing_ca(database: Database) {
    let house = House::on(database).await;
    let file = |name: &str| house.folder().join(name);
    let (key, root, request) = (file("root.key"), file("root.pem"), file("ca.csr"));
    let (issuing, first, second) = (file("ca.pem"), file("1.crl"), file("2.crl"));
    let address = house.issuer();
    let idp = |words: &[&str]| house.idp_says(&[&["ca"], words].concat());
    let who = ["--name", "Story", "--organisation", "Story"];
    idp(&[
        &["root"],
        &who[..],
        &["--key", word(&key), "--certificate", word(&root)],
    ]
    .concat());
    let who = ["--name", "Story I", "--organisation", "Story"];
    let said = idp(&[&["request"], &who[..], &["--out", word(&request)]].concat());
    let id = said.split_whitespace().next().expect("an id").to_owned();
    let signs = ["--root-key", word(&key), "--root-certificate", word(&root)];
    let of = [
        "--request",
        word(&request),
        "--address",
        &address,
        "--out",
        word(&issuing),
    ];
    idp(&[&["sign"], &signs[..], &of].concat());
    idp(&[&["root-list"], &signs[..], &["--out", word(&first)]].concat());
    idp(&[
        "install",
        "--certificate",
        word(&issuing),
        "--root-certificate",
        word(&root),
    ]);
    idp(&["publish-list", "--list", word(&first)]);

    // Running servers know it within half a minute; whoever renews has a certificate of the new CA.
    let base = format!("{}/ca/{id}", house.issuer());
    waits_for(&house, &format!("{base}.crl")).await;
    let gitte = house.citizen("gitte");
    let page = opens(&house, &gitte, "/self-service/certificate").await;
    registers(
        &house,
        gitte.person.cpr.as_deref().expect("a CPR number"),
        "Gitte Nytnavn Holm",
    );
    gitte.browser.submit(&page, &[("action", "renew")]).await;
    let own = opens(&house, &gitte, "/self-service/certificate/own.pem").await;
    let own = kept(&house, "own.pem", own.body.as_bytes());
    let chain = Chain {
        own,
        issuing: issuing.clone(),
        root: root.clone(),
    };
    chain.passes(&house, &base).await;

    let revokes = [
        "--before",
        word(&first),
        "--revoke",
        word(&issuing),
        "--reason",
        "compromised",
    ];
    idp(&[&["root-list"], &signs[..], &revokes, &["--out", word(&second)]].concat());
    let said = idp(&["publish-list", "--list", word(&second)]);
    assert!(
        said.contains(&format!("{id} stands in it and issues no more")),
        "{said}"
    );
    let begun = Instant::now();
    loop {
        let said = chain.verify(&house, &base).await;
        if said.contains("certificate revoked") {
            assert!(
                said.contains("at 1 depth"),
                "the issuing CA, not what it issued: {said}"
            );
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "not within a minute: {said}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Until it is there: a minute at most.
async fn waits_for(house: &House, address: &str) {
    let (client, begun) = (house.client().build().expect("a client"), Instant::now());
    while !client
        .get(address)
        .send()
        .await
        .expect("an answer")
        .status()
        .is_success()
    {
        assert!(begun.elapsed() < Duration::from_secs(60), "{address}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
