//! What is measured, in order: how each scenario is driven, what it aims at and what bounds it.

/// How it is driven.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// `wrk`: one request again and again.
    Wrk(Ask),
    /// A scenario of `load`.
    Load(&'static str),
}

/// What `wrk` asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Discovery,
    Jwks,
    Metadata,
    ClientCredentials,
    Introspect,
    Userinfo,
}

/// What an operation cannot be cheaper than.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// The web framework, giving bytes that lie ready.
    Static,
    /// The web framework and one row read by its key.
    Point,
    /// One signature.
    Sign(&'static str),
    /// One Argon2id and one RSA signature.
    LogIn,
}

/// One scenario.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub title: &'static str,
    pub drive: Drive,
    /// The client that asks.
    pub client: &'static str,
    /// Requests of one operation.
    pub requests: u32,
    /// Connections of the closed loop.
    pub connections: u32,
    /// Also at 70 % of what the closed loop reached, at a fixed rate.
    pub open: bool,
    /// Operations per second of the server's CPU that we want; `Share` of the floor where that is the aim.
    pub target: Target,
    pub floor: Floor,
}

/// What is aimed at.
#[derive(Clone, Copy, PartialEq)]
pub enum Target {
    None,
    /// Operations per CPU-second.
    Rate(f64),
    /// A share of the floor.
    Share(f64),
    /// Both.
    Both(f64, f64),
}

const RSA: &str = "rsa2048";
const P256: &str = "p256";

const fn page(name: &'static str, title: &'static str, ask: Ask) -> Scenario {
    Scenario {
        name,
        title,
        drive: Drive::Wrk(ask),
        client: "rs256",
        requests: 1,
        connections: 32,
        open: false,
        target: Target::Both(60_000.0, 0.9),
        floor: Floor::Static,
    }
}

const fn tokens(
    name: &'static str,
    title: &'static str,
    drive: Drive,
    client: &'static str,
    target: Target,
    floor: Floor,
) -> Scenario {
    Scenario {
        name,
        title,
        drive,
        client,
        requests: 1,
        connections: 32,
        open: false,
        target,
        floor,
    }
}

/// All of them.
pub const SCENARIOS: &[Scenario] = &[
    page("discovery", "discovery document", Ask::Discovery),
    page("jwks", "key set", Ask::Jwks),
    page("saml-metadata", "SAML metadata", Ask::Metadata),
    Scenario {
        open: true,
        ..tokens(
            "client-rs256",
            "client credentials, JWT, RS256",
            Drive::Wrk(Ask::ClientCredentials),
            "client-rs256",
            Target::Rate(3_800.0),
            Floor::Sign(RSA),
        )
    },
    tokens(
        "client-es256",
        "client credentials, JWT, ES256",
        Drive::Wrk(Ask::ClientCredentials),
        "client-es256",
        Target::None,
        Floor::Sign(P256),
    ),
    Scenario {
        open: true,
        ..tokens(
            "introspect",
            "introspection, read from the database at each call",
            Drive::Wrk(Ask::Introspect),
            "resource",
            Target::Rate(20_000.0),
            Floor::Point,
        )
    },
    tokens(
        "userinfo",
        "userinfo, read from the database at each call",
        Drive::Wrk(Ask::Userinfo),
        "rs256",
        Target::None,
        Floor::Point,
    ),
    Scenario {
        requests: 2,
        open: true,
        ..tokens(
            "sso-rs256",
            "code flow on a session, RS256",
            Drive::Load("sso"),
            "rs256",
            Target::Rate(1_800.0),
            Floor::Sign(RSA),
        )
    },
    Scenario {
        requests: 2,
        ..tokens(
            "sso-es256",
            "code flow on a session, ES256",
            Drive::Load("sso"),
            "es256",
            Target::Rate(3_000.0),
            Floor::Sign(P256),
        )
    },
    Scenario {
        open: true,
        ..tokens(
            "refresh-rs256",
            "refresh with rotation, one ID token, RS256",
            Drive::Load("refresh"),
            "refresh-rs256",
            Target::Rate(2_500.0),
            Floor::Sign(RSA),
        )
    },
    tokens(
        "refresh-es256",
        "refresh with rotation, one ID token, ES256",
        Drive::Load("refresh"),
        "refresh-es256",
        Target::None,
        Floor::Sign(P256),
    ),
    tokens(
        "saml",
        "SAML Response on a session, one signature",
        Drive::Load("saml"),
        "rs256",
        Target::Rate(2_300.0),
        Floor::Sign("rsa3072"),
    ),
    Scenario {
        requests: 5,
        connections: 8,
        open: true,
        ..tokens(
            "login",
            "full log-in: Argon2id, card code, exchange RS256",
            Drive::Load("login"),
            "rs256",
            Target::Share(0.9),
            Floor::LogIn,
        )
    },
];

/// A scenario by its name; the name of an open loop is the closed one's with `-open`.
pub fn named(name: &str) -> Option<&'static Scenario> {
    let name = name.strip_suffix("-open").unwrap_or(name);
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}
