//! The demo people as programs and people read them: the fields of the demo's JSON, and a short table. Never shows anybody who
//! is not invented: the store it reads was made as a demo.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::cast::{CAST, Role};
use super::device;
use super::register;
use crate::credentials::keycard::print::Sheet;
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::denmark;
use crate::domain::eid::{EidNumber, Scope, age_group};
use crate::domain::factor::Factor;
use crate::domain::id::EidId;
use crate::domain::keycard::Card;
use crate::domain::pid::Pid;
use crate::domain::user_id::Typed;
use crate::fault::Fault;
use crate::hex::hex;
use crate::storage::{Halt, Newcomer, Tx};
use crate::vault::card::{self, CardSecret};

/// Everybody of the cast who was seeded, in its order.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn people(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Value>, Halt> {
    let mut all = Vec::with_capacity(CAST.len());
    for role in &CAST {
        let typed = Typed::parse(role.user_id).map_err(|code| Fault::bare(format!("demo user-ID: {code}")))?;
        if let Some(eid) = tx.aliases().eid(typed.as_str())? {
            all.push(known(tx, ctx, eid, role)?);
        }
    }
    Ok(all)
}

fn known(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, role: &Role) -> Result<Value, Halt> {
    let secrets = Secrets {
        user_id: Some(role.user_id.to_owned()),
        password: role.activation.is_none().then(|| role.password()),
        activation_password: role.activation.map(str::to_owned),
        codes: true,
    };
    let mut shown = person(tx, ctx, eid, secrets)?;
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("documents".to_owned(), Value::Array(register::shown(role.user_id)));
    }
    Ok(shown)
}

/// What is known of a person that no row tells.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The user-ID to show; the eID number where none was chosen.
    pub user_id: Option<String>,
    /// The password in the clear.
    pub password: Option<String>,
    /// The activation password, of whoever is not activated yet.
    pub activation_password: Option<String>,
    /// Show the codes of the cards.
    pub codes: bool,
}

/// A person as a line of JSON has them.
#[derive(Serialize)]
struct Shown<'a> {
    user_id: &'a str,
    eid_number: &'a EidNumber,
    cpr: Option<&'a str>,
    name: &'a str,
    address: Option<&'a str>,
    protected: bool,
    email: Option<&'a str>,
    mobile: Option<&'a str>,
    scope: Vec<&'static str>,
    banks: Vec<&'a str>,
    password: Option<&'a str>,
    activation_password: Option<&'a str>,
    pid: Option<&'a Pid>,
    age_group: Option<&'static str>,
    status: &'static str,
    keycards: Vec<Value>,
    tokens: Vec<Value>,
    apps: Vec<Value>,
}

/// One person with eID and cards.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn person(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, secrets: Secrets) -> Result<Value, Halt> {
    let eid = tx.eids().find(eid)?;
    let person = tx.people().find(eid.person)?;
    let banks = tx.eids().banks(eid.id)?;
    let pid = tx.pids().find(eid.person)?;
    let cards = tx.cards().of_eid(eid.id)?;
    let shown = Shown {
        user_id: secrets.user_id.as_deref().unwrap_or(eid.number.as_str()),
        eid_number: &eid.number,
        cpr: person.cpr.as_ref().map(Cpr::digits),
        name: &person.name,
        address: person.address.as_deref(),
        protected: person.protected,
        email: person.email.as_deref(),
        mobile: person.phone.as_deref(),
        scope: Scope { public: eid.public }.words(!banks.is_empty()),
        banks: banks.iter().map(|bank| bank.bank.as_str()).collect(),
        password: secrets.password.as_deref(),
        activation_password: secrets.activation_password.as_deref(),
        pid: pid.as_ref(),
        age_group: person
            .birth_date
            .map(|birth| age_group(birth, denmark::date(ctx.now)).as_str()),
        status: eid.status.as_str(),
        keycards: cards
            .iter()
            .map(|row| keycard(&row.card, row.secret.as_ref(), row.scheme, secrets.codes))
            .collect(),
        tokens: tokens(tx, eid.id, secrets.codes)?,
        apps: apps(tx, eid.id, secrets.codes)?,
    };
    let shown = serde_json::to_value(shown).map_err(|error| Fault::new("a person could not be shown", error))?;
    Ok(shown)
}

/// Somebody who is about to be written, as the line of JSON that [`person`] will give.
#[must_use]
pub fn newcomer(newcomer: &Newcomer, ctx: &Ctx, secrets: Secrets) -> String {
    let Newcomer { person, eid, .. } = newcomer;
    let shown = Shown {
        user_id: secrets.user_id.as_deref().unwrap_or(eid.number.as_str()),
        eid_number: &eid.number,
        cpr: person.cpr.as_ref().map(Cpr::digits),
        name: &person.name,
        address: person.address.as_deref(),
        protected: person.protected,
        email: person.email.as_deref(),
        mobile: person.phone.as_deref(),
        scope: Scope { public: eid.public }.words(!newcomer.banks.is_empty()),
        banks: newcomer.banks.iter().map(|bank| bank.bank.as_str()).collect(),
        password: secrets.password.as_deref(),
        activation_password: secrets.activation_password.as_deref(),
        pid: newcomer.pid.as_ref(),
        age_group: person
            .birth_date
            .map(|birth| age_group(birth, denmark::date(ctx.now)).as_str()),
        status: eid.status.as_str(),
        keycards: vec![keycard(
            &newcomer.card,
            Some(&newcomer.secret),
            newcomer.scheme,
            secrets.codes,
        )],
        tokens: Vec::new(),
        apps: Vec::new(),
    };
    // Only a map with keys that are no text, or a writer that fails, is an error here: neither is.
    serde_json::to_string(&shown).unwrap_or_default()
}

/// Code tokens, with the seed and the press of the button that comes next where codes are shown.
fn tokens(tx: &mut Tx<'_>, eid: EidId, codes: bool) -> Result<Vec<Value>, Halt> {
    let mut shown = Vec::new();
    for held in tx.authenticators().of_eid(eid)? {
        let Some(token) = tx.code_tokens().find(held.id)? else {
            continue;
        };
        let seed = token.seed.filter(|_| codes);
        let seed = seed.map(|seed| hex(seed.bytes()));
        shown.push(json!({
            "serial": token.serial, "type": token.scheme.kind(), "status": token.state.as_str(),
            "digits": token.scheme.digits, "seed": seed, "next": token.counter.next,
        }));
    }
    Ok(shown)
}

/// Devices with a code app, with the demo's key where codes are shown.
fn apps(tx: &mut Tx<'_>, eid: EidId, codes: bool) -> Result<Vec<Value>, Halt> {
    let held = tx.authenticators().of_eid(eid)?;
    let apps = held.into_iter().filter(|held| held.factor == Factor::App);
    let shown = apps.map(|app| {
        let key = codes.then_some(device::PRIVATE_KEY);
        json!({ "id": app.id, "name": app.name, "status": app.state.as_str(), "private_key": key })
    });
    Ok(shown.collect())
}

fn keycard(card: &Card, secret: Option<&CardSecret>, scheme: u8, codes: bool) -> Value {
    let mut shown = Map::new();
    shown.insert("number".into(), card.number.as_str().into());
    shown.insert("status".into(), card.state.as_str().into());
    shown.insert("left".into(), card.used.left().into());
    if codes {
        let codes = secret
            .and_then(|secret| on_card(card, secret, scheme))
            .map(|sheet| sheet.codes())
            .unwrap_or_default();
        shown.insert("codes".into(), Value::Object(codes));
    }
    Value::Object(shown)
}

fn on_card(card: &Card, secret: &CardSecret, scheme: u8) -> Option<Sheet> {
    let entries = card::entries(secret, scheme);
    Sheet::new(card.number.clone(), &entries.index, &entries.code)
}

/// The log-ins as a table for the terminal.
#[must_use]
pub fn table(people: &[Value]) -> String {
    let text = |person: &Value, key: &str| person.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
    let line = |cells: [&str; 6]| {
        let [user_id, password, cpr, card, group, about] = cells;
        format!("  {user_id:<9}{password:<15}{cpr:<12}{card:<12}{group:<7}{about}")
            .trim_end()
            .to_owned()
            + "\n"
    };
    let mut out = line(["user-ID", "password", "CPR", "key card", "age", "status, scope"]);
    for person in people {
        let words: Vec<&str> = person["scope"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let card = person["keycards"]
            .get(0)
            .map_or_else(|| "-".to_owned(), |card| text(card, "number"));
        let about = format!("{}, {}", text(person, "status"), words.join(" + "));
        let cells = ["user_id", "password", "cpr"].map(|key| text(person, key));
        out += &line([
            &cells[0],
            &cells[1],
            &cells[2],
            &card,
            &text(person, "age_group"),
            &about,
        ]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_a_person() {
        let anna = json!({"user_id": "anna", "password": "anna-demo-1", "cpr": null, "scope": ["netbank", "public"],
            "status": "active", "age_group": "adult", "keycards": [{"number": "A123456789"}]});
        let table = table(&[anna]);
        assert_eq!(table.lines().count(), 2);
        assert!(
            table.contains("anna     anna-demo-1    -           A123456789  adult  active, netbank + public"),
            "{table}"
        );
    }
}
