//! `idp token`: deliveries into the stock, what waits to be sent, and to whom a token goes. Owns that whoever does it is named; a token is
//! sent when it is paid, which the operator's own shop knows.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use zeroize::Zeroizing;

use super::words::{AssignToken, Format, ImportTokens, TokenCommand};
use super::{Cli, Failure, open, print};
use crate::audit::Who;
use crate::credentials::token::{assign, import, pskc};
use crate::domain::authenticator::State;
use crate::domain::eid::EidNumber;
use crate::domain::refusal::Code;
use crate::storage::{Durability, Halt};
use crate::vault::transport::TransportKey;

/// The longest list that is printed.
const LIST: i64 = 100_000;

/// Does what it says.
pub(super) fn run(cli: &Cli, command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Import(wish) => deliver(cli, wish),
        TokenCommand::Assign(wish) => send(cli, wish),
        TokenCommand::List { state, format } => list(cli, state, *format),
        TokenCommand::Orders { format } => orders(cli, *format),
    }
}

fn deliver(cli: &Cli, wish: &ImportTokens) -> Result<(), Failure> {
    let officer = wish.officer.to_string();
    let unread = |path: &Path, error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    let file = Zeroizing::new(std::fs::read(&wish.file).map_err(|error| unread(&wish.file, error))?);
    let key = match &wish.key_path {
        None => None,
        Some(path) => {
            let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| unread(path, error))?);
            let key = transport_key(&text).ok_or_else(|| {
                Failure::new(format!(
                    "{}: no key of 128 or 256 bits in hex or base64",
                    path.display()
                ))
            })?;
            Some(key)
        }
    };
    let delivered = pskc::read(&file, key.as_ref())
        .map_err(|error| Failure::new(format!("{}: {error}; nothing was taken", wish.file.display())))?;
    let house = open::house(cli)?;
    let (ctx, count) = (open::ctx(&house), delivered.len());
    let new = house
        .store
        .transact_blocking("token.import", Durability::Full, move |tx| {
            import(tx, &ctx, &delivered, &officer)
        })?;
    print(&format!("{new} of {count} tokens are new in stock"))
}

fn transport_key(text: &str) -> Option<TransportKey> {
    let text = text.trim();
    let hex = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = if hex {
        let pairs = (0..text.len()).step_by(2).map(|at| text.get(at..at + 2));
        pairs
            .map(|pair| u8::from_str_radix(pair?, 16).ok())
            .collect::<Option<Vec<u8>>>()?
    } else {
        STANDARD.decode(text).ok()?
    };
    TransportKey::from_bytes(&Zeroizing::new(bytes))
}

fn send(cli: &Cli, wish: &AssignToken) -> Result<(), Failure> {
    let by = wish.by.clone();
    let number = EidNumber::parse(&wish.number)
        .ok_or_else(|| Failure::new(format!("{:?} is no eID number: nine digits", wish.number)))?;
    let serial = wish.serial.clone();
    let house = open::house(cli)?;
    let ctx = open::ctx(&house);
    let found = house
        .store
        .transact_blocking("token.assign", Durability::Full, move |tx| {
            let Some(eid) = tx.eids().by_number(&number)? else {
                return Ok(false);
            };
            let who = Who {
                person: eid.person,
                eid: eid.id,
            };
            assign(tx, &ctx, who, &serial, by.officer.as_str(), by.reason.as_str())?;
            Ok(true)
        });
    match found {
        Ok(true) => print("the token is theirs; it is put into use with a code of their key card"),
        Ok(false) => Err(Failure::new("there is no such eID")),
        Err(Halt::Refused(refusal)) => Err(Failure::new(match refusal.code {
            Code::TokenNotFound => "token.not_found: no token with that number is in the house".into(),
            Code::TokenState => "token.state: the token is not in stock".into(),
            Code::EidState => "eid.state: the eID is not in use".into(),
            Code::TokenInUse => "token.in_use: this eID has a token that is in use or on its way".into(),
            _ => format!("refused: {refusal}"),
        })),
        Err(halt) => Err(halt.into()),
    }
}

fn list(cli: &Cli, state: &str, format: Format) -> Result<(), Failure> {
    let state = State::parse(state).ok_or_else(|| {
        let known: Vec<_> = State::ALL.iter().map(|state| state.as_str()).collect();
        Failure::new(format!("{state:?} is none of {}", known.join(", ")))
    })?;
    let house = open::house(cli)?;
    let tokens = house
        .store
        .read_blocking("token.list", move |tx| tx.code_tokens().in_state(state, LIST))?;
    match format {
        Format::Json => {
            let all: Vec<_> = tokens
                .iter()
                .map(|token| json!({"serial": token.serial, "type": token.scheme.kind(), "status": token.state.as_str()}))
                .collect();
            print(&serde_json::Value::from(all).to_string())
        }
        Format::Text => {
            let lines: String = tokens
                .iter()
                .map(|token| format!("{:<24}{}\n", token.serial, token.scheme.word()))
                .collect();
            print(&format!("{lines}{} tokens: {}", tokens.len(), state.as_str()))
        }
    }
}

fn orders(cli: &Cli, format: Format) -> Result<(), Failure> {
    let house = open::house(cli)?;
    let orders = house.store.read_blocking("token.orders", |tx| {
        let mut shown = Vec::new();
        for order in tx.code_tokens().orders(LIST)? {
            shown.push((tx.eids().find(order.eid)?.number, order));
        }
        Ok(shown)
    })?;
    match format {
        Format::Json => {
            let all: Vec<_> = orders
                .iter()
                .map(|(number, order)| {
                    json!({
                        "eid_number": number, "price_oere": order.price_oere, "ordered_at": order.ordered_at.rfc3339(),
                    })
                })
                .collect();
            print(&serde_json::Value::from(all).to_string())
        }
        Format::Text => {
            let lines: String = orders
                .iter()
                .map(|(number, order)| {
                    let (kroner, oere) = (order.price_oere / 100, order.price_oere % 100);
                    format!("{number}  {kroner}.{oere:02} kr.  {}\n", order.ordered_at.rfc3339())
                })
                .collect();
            print(&format!("{lines}{} orders wait", orders.len()))
        }
    }
}
