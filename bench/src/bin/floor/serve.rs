//! The web framework, one worker, as the product sets it up: with bytes that lie ready, or with one access token read by its key
//! before each answer, on the worker itself, the shortest way there is.

use std::cell::RefCell;

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use diesel::prelude::*;

/// What is served.
#[derive(Args, Clone)]
pub struct Wish {
    kind: Kind,
    /// On 127.0.0.1.
    #[arg(long)]
    port: u16,
    /// The database, for `point`.
    #[arg(long)]
    url: Option<String>,
    /// The key of the row, in hex.
    #[arg(long)]
    hash: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Static,
    Point,
}

diesel::table! {
    access_tokens (hash) {
        hash -> Binary,
        party -> Text,
        scope -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

#[derive(diesel::MultiConnection)]
enum Db {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

thread_local! {
    static DB: RefCell<Option<Db>> = const { RefCell::new(None) };
}

/// Serves until it is ended.
pub fn run(wish: Wish) -> Result<()> {
    actix_web::rt::System::new().block_on(serve(wish))
}

async fn serve(wish: Wish) -> Result<()> {
    let body = web::Bytes::from(vec![b'x'; 2_500]);
    let hash = hex(wish.hash.as_deref().unwrap_or_default())?;
    let (kind, url, port) = (wish.kind, wish.url.unwrap_or_default(), wish.port);
    if matches!(kind, Kind::Point) {
        drop(open(&url)?);
    }
    let server = HttpServer::new(move || {
        let (body, hash, url) = (body.clone(), hash.clone(), url.clone());
        let app = App::new();
        match kind {
            Kind::Static => app.route(
                "/",
                web::get().to(move || {
                    let body = body.clone();
                    async move { HttpResponse::Ok().content_type("application/json").body(body) }
                }),
            ),
            Kind::Point => app.route(
                "/",
                web::get().to(move || {
                    let answer = point(&url, &hash);
                    async move { answer }
                }),
            ),
        }
    });
    server.workers(1).bind(("127.0.0.1", port))?.run().await?;
    Ok(())
}

fn open(url: &str) -> Result<Db> {
    Ok(match url.strip_prefix("sqlite:") {
        Some(path) => Db::Sqlite(SqliteConnection::establish(path)?),
        None => Db::Postgres(PgConnection::establish(url)?),
    })
}

fn point(url: &str, key: &[u8]) -> HttpResponse {
    let read = || -> Result<(String, i64)> {
        DB.with_borrow_mut(|slot| {
            if slot.is_none() {
                *slot = Some(open(url)?);
            }
            let db = slot.as_mut().context("just opened")?;
            Ok(access_tokens::table
                .find(key)
                .select((access_tokens::scope, access_tokens::expires_at))
                .first(db)?)
        })
    };
    match read() {
        Ok((scope, exp)) => HttpResponse::Ok().json(serde_json::json!({ "active": true, "scope": scope, "exp": exp })),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

fn hex(text: &str) -> Result<Vec<u8>> {
    (0..text.len() / 2)
        .map(|at| Ok(u8::from_str_radix(&text[at * 2..at * 2 + 2], 16)?))
        .collect()
}
