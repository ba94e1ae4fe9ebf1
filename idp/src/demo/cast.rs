//! The demo people that stories and tests know by name. Owns who they are; their numbers and cards are drawn when they are
//! written down.

use super::identity::Sex;
use crate::domain::assurance::Level;

/// One of the known people.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// The chosen user-ID; the password is `<user-ID>-demo-1`.
    pub user_id: &'static str,
    /// Full name.
    pub name: &'static str,
    /// As the CPR number tells.
    pub sex: Sex,
    /// Age on the day of seeding.
    pub age: u32,
    /// Has a CPR number.
    pub cpr: bool,
    /// Protected name and address.
    pub protected: bool,
    /// May be used outside netbank.
    pub public: bool,
    /// Who issued the eID.
    pub issuer: &'static str,
    /// Linked banks, with what the bank calls its customer.
    pub banks: &'static [(&'static str, &'static str)],
    /// The eID is blocked.
    pub blocked: bool,
    /// The certificate was revoked, so that the eID is public no more.
    pub revoked: bool,
    /// Codes left on the card.
    pub codes_left: u32,
    /// Not activated yet: the activation password, which came by post as the card did.
    pub activation: Option<&'static str>,
    /// Has a code token in use.
    pub token: bool,
    /// Has a code app in use.
    pub app: bool,
    /// How sure it was who they are when they got the eID, where that was written down.
    pub identity: Option<Level>,
}

const ANYBODY: Role = Role {
    user_id: "",
    name: "",
    sex: Sex::Female,
    age: 40,
    cpr: true,
    protected: false,
    public: true,
    issuer: "netbank",
    banks: &[],
    blocked: false,
    revoked: false,
    codes_left: 148,
    activation: None,
    token: false,
    app: false,
    identity: None,
};

/// Everybody whose state can be expressed so far.
pub const CAST: [Role; 13] = [
    Role {
        user_id: "anna",
        name: "Anna Demosen",
        age: 41,
        banks: &[("netbank", "K10000001")],
        ..ANYBODY
    },
    Role {
        user_id: "bo",
        name: "Bo Prøvesen",
        sex: Sex::Male,
        age: 35,
        public: false,
        banks: &[("netbank", "K10000002")],
        ..ANYBODY
    },
    Role {
        user_id: "clara",
        name: "Clara Demosen",
        age: 16,
        banks: &[("netbank", "K10000003")],
        ..ANYBODY
    },
    Role {
        user_id: "dines",
        name: "Dines Demosen",
        sex: Sex::Male,
        age: 13,
        public: false,
        banks: &[("netbank", "K10000004")],
        ..ANYBODY
    },
    Role {
        user_id: "erik",
        name: "Erik Skjult Ægidius",
        sex: Sex::Male,
        age: 52,
        protected: true,
        banks: &[("netbank", "K10000005")],
        ..ANYBODY
    },
    Role {
        user_id: "frida",
        name: "Frida Spærret Østergård",
        age: 29,
        blocked: true,
        ..ANYBODY
    },
    Role {
        user_id: "gitte",
        name: "Gitte Ansat Møller",
        age: 47,
        banks: &[("netbank", "K10000007")],
        token: true,
        ..ANYBODY
    },
    Role {
        user_id: "hanne",
        name: "Hanne Borgerdatter",
        age: 63,
        issuer: "borgerservice",
        app: true,
        ..ANYBODY
    },
    Role {
        user_id: "karl",
        name: "Karl Åge Kodemand",
        sex: Sex::Male,
        age: 71,
        banks: &[("netbank", "K10000009")],
        codes_left: 21,
        ..ANYBODY
    },
    Role {
        user_id: "nora",
        name: "Nora Nilsson",
        age: 33,
        cpr: false,
        public: false,
        banks: &[("netbank", "K10000010")],
        ..ANYBODY
    },
    Role {
        user_id: "ida",
        name: "Ida Ny Holm",
        age: 22,
        banks: &[("netbank", "K10000011")],
        activation: Some("482913"),
        ..ANYBODY
    },
    Role {
        user_id: "jens",
        name: "Jens Tilbagetrukket Krogh",
        sex: Sex::Male,
        age: 38,
        banks: &[("netbank", "K10000012")],
        revoked: true,
        ..ANYBODY
    },
    Role {
        user_id: "otto",
        name: "Otto Overført Lund",
        sex: Sex::Male,
        age: 58,
        banks: &[("netbank", "K10000013")],
        identity: Some(Level::Low),
        ..ANYBODY
    },
];

impl Role {
    /// The password that docs/demo.md tells.
    #[must_use]
    pub fn password(&self) -> String {
        format!("{}-demo-1", self.user_id)
    }

    /// The e-mail address, on a name that is nobody's (RFC 2606).
    #[must_use]
    pub fn email(&self) -> String {
        format!("{}@demo.example", self.user_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_without_cpr_or_under_fifteen_is_public() {
        for role in CAST {
            assert!(!role.public || (role.cpr && role.age >= 15), "{}", role.user_id);
            assert!(
                role.public || !role.banks.is_empty(),
                "{} would be accepted nowhere",
                role.user_id
            );
        }
    }

    #[test]
    fn customer_numbers_and_names_are_one_persons() {
        for (at, role) in CAST.iter().enumerate() {
            for other in &CAST[at + 1..] {
                assert_ne!(role.user_id, other.user_id);
                assert!(role.banks.is_empty() || role.banks != other.banks);
            }
        }
    }
}
