//! What commands do about secrets: keys that are withdrawn, lanes that are opened, files that nobody else reads.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::vault::signing::{KeyPurpose, KeyState};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_key_is_withdrawn_by_its_id_and_an_audit_key_never() {
    let desk = Desk::new(true);
    let keys = || desk.house().store.read_blocking("test", |tx| tx.keys().all()).unwrap();
    let signs = |purpose| {
        keys()
            .into_iter()
            .find(|row| row.purpose == purpose && row.state == KeyState::Active)
            .unwrap()
            .kid
    };
    let stolen = signs(KeyPurpose::Saml);
    desk.says(&["keys", "withdraw", &stolen]).unwrap();
    let row = keys().into_iter().find(|row| row.kid == stolen).unwrap();
    assert_eq!(row.state, KeyState::Retired);
    assert!(row.sealed.is_empty() && !row.is_published(Clock::system().now()));
    assert_ne!(signs(KeyPurpose::Saml), stolen);
    for kid in [signs(KeyPurpose::Audit).as_str(), "unknown", "--b9dCypAs1BWtVK", "-x"] {
        assert!(
            desk.says(&["keys", "withdraw", kid])
                .unwrap_err()
                .contains("no key of ours")
        );
    }
    desk.says(&["keys", "list"]).unwrap();
}

#[test]
fn an_officer_opens_a_lane_and_it_is_recorded() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    let number = person(&desk.people(), "anna")["eid_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let reopen = |number: &str, officer: &str, reason: &str| {
        desk.says(&["lane", "reopen", number, "--officer", officer, "--reason", reason])
    };
    let why = "showed a passport";
    assert!(reopen("12", "O-17", why).unwrap_err().contains("no eID number"));
    assert!(reopen("123456789", "O-17", why).unwrap_err().contains("no such eID"));
    for (officer, reason, named) in [
        (" ", why, "--officer"),
        ("O 17", why, "--officer"),
        ("O-17", " ", "--reason"),
        ("O-17", "0101701234 showed a passport", "--reason"),
    ] {
        let told = reopen(&number, officer, reason).unwrap_err();
        assert!(told.contains(named) && told.contains("must be"), "{told}");
    }
    reopen(&number, "O-17", "showed a passport").unwrap();
    let out = desk.path("trail");
    desk.says(&["audit", "export", "--out", out.to_str().unwrap()]).unwrap();
    let trail = fs::read_to_string(out).unwrap();
    assert!(trail.contains("lane.reopened") && trail.contains("O-17"));
}

#[test]
fn what_commands_write_is_for_the_services_own_eyes() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    let card = person(&desk.people(), "anna")["keycards"][0]["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let at = |name| desk.path(name).display().to_string();
    // One that was there with a looser mode is closed before anything is written into it.
    fs::write(desk.path("crowd"), b"old").unwrap();
    fs::set_permissions(desk.path("crowd"), Permissions::from_mode(0o644)).unwrap();
    desk.says(&["keycard", "print", &card, "--format", "text", "--out", &at("card")])
        .unwrap();
    desk.says(&["demo", "generate", "--people", "3", "--codes", "--out", &at("crowd")])
        .unwrap();
    desk.says(&["backup", &at("copy")]).unwrap();
    desk.says(&["audit", "export", "--out", &at("trail")]).unwrap();
    for name in ["card", "crowd", "copy", "trail", "var/idp.db", "var/master.key"] {
        assert_eq!(mode(&desk.path(name)), 0o600, "{name}");
    }
    let house = desk.house();
    house.store.read_blocking("test", |tx| tx.keys().all()).unwrap();
    for entry in fs::read_dir(desk.path("var")).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("idp.db") {
            assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.path());
        }
    }
    for entry in fs::read_dir(desk.path("var/cards")).unwrap().flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.path());
    }
    fs::set_permissions(desk.path("copy"), Permissions::from_mode(0o644)).unwrap();
    desk.says(&["restore", &at("copy"), "--replace"]).unwrap();
    assert_eq!(mode(&desk.path("var/idp.db")), 0o600, "whatever the copy's mode was");
}
