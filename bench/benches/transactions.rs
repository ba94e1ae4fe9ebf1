//! One transaction of each hot kind, through the store and its repositories as the acts use them, on SQLite and on PostgreSQL;
//! each beside a bare transaction of diesel that writes (or reads) one row as durably.
#![expect(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

use acceptance::postgres;
use bench::ratio::{over, table};
use criterion::{BatchSize, Criterion, criterion_group};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use idp::audit::{Event, Who, record};
use idp::credentials::keycard::{Verdict, answer, ask, new_card};
use idp::ctx::Ctx;
use idp::domain::assurance::{Level, Method};
use idp::domain::eid::{EidNumber, EidStatus};
use idp::domain::id::{DeviceId, EidId, FlowId, GrantId, PersonId, SessionId};
use idp::domain::keycard::CardState;
use idp::domain::lanes;
use idp::domain::time::{Span, Time};
use idp::entropy::Entropy;
use idp::storage::{
    AccessToken, AliasKind, Device, DoneFlow, Durability, Halt, LaneId, NewEid, NewGrant, NewPerson, NewSession,
    Participant, Store, StoreSettings, Tx,
};
use idp::vault::card::{CardSecret, entries};
use idp::vault::{MasterKey, Vault};

const NOW: Time = Time::from_secs(1_795_348_800);

struct House {
    store: Store,
    url: String,
    rng: Entropy,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

#[derive(Clone, Copy)]
struct Anna {
    person: PersonId,
    eid: EidId,
    session: SessionId,
}

impl House {
    fn on(database: &str) -> Self {
        let folder = tempfile::tempdir_in(".").unwrap();
        let url = match database {
            "sqlite" => format!("sqlite:{}", folder.path().join("idp.db").display()),
            _ => postgres::shared().database(),
        };
        let rng = Entropy::system();
        Store::migrate(&url, true, &rng).unwrap();
        let id = Store::inspect(&url).unwrap().database_id.unwrap();
        let vault = Vault::new(&MasterKey::generate(&rng), id);
        let store = Store::open(&StoreSettings::new(&url), vault, rng.clone()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self {
            store,
            url,
            rng,
            runtime,
            _folder: folder,
        }
    }

    fn ctx(&self) -> Ctx {
        Ctx::system(NOW, &self.rng)
    }

    fn act<T: Send + 'static>(
        &self,
        durability: Durability,
        act: impl FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
    ) -> T {
        self.runtime
            .block_on(self.store.transact("bench", durability, act))
            .unwrap()
    }

    fn read<T: Send + 'static>(&self, act: impl FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static) -> T {
        self.runtime.block_on(self.store.read("bench", act)).unwrap()
    }

    /// A person with an eID and a session.
    fn anna(&self) -> Anna {
        let anna = Anna {
            person: PersonId::from_uuid(self.rng.uuid_v7(NOW)),
            eid: EidId::from_uuid(self.rng.uuid_v7(NOW)),
            session: SessionId::from_uuid(self.rng.uuid_v7(NOW)),
        };
        let (rng, number) = (
            self.rng.clone(),
            EidNumber::from_random(self.rng.below_u64(1_000_000_000)),
        );
        self.act(Durability::Full, move |tx| {
            tx.people().insert(&NewPerson {
                id: anna.person,
                name: "Åse Ærlig".into(),
                address: None,
                protected: false,
                birth_date: None,
                cpr: None,
                email: None,
                phone: None,
                created_at: NOW,
            })?;
            tx.eids().insert(&NewEid {
                id: anna.eid,
                number: number.clone(),
                person: anna.person,
                status: EidStatus::Active,
                public: true,
                issuer: "bank".into(),
                created_at: NOW,
            })?;
            tx.aliases().insert(number.as_str(), anna.eid, AliasKind::Number, NOW)?;
            tx.sessions().insert(&session(anna, anna.session, &rng))
        });
        anna
    }

    fn new_card(&self, anna: Anna) -> CardSecret {
        let ctx = self.ctx();
        self.act(Durability::Full, move |tx| {
            new_card(tx, &ctx, anna.eid, CardState::Active)
        })
        .1
    }

    /// A grant with a code and a refresh family.
    fn grant(&self, anna: Anna) -> (GrantId, [u8; 32]) {
        let (id, code) = (GrantId::from_uuid(self.rng.uuid_v7(NOW)), self.rng.bytes::<32>());
        self.act(Durability::Soft, move |tx| {
            tx.grants().insert(&NewGrant {
                id,
                party: "bench".into(),
                person: anna.person,
                eid: anna.eid,
                session: anna.session,
                sid: "sid".into(),
                scope: "openid pid".into(),
                detail: vec![7; 200],
                code_hash: Some(code),
                code_expires_at: Some(NOW + Span::secs(60)),
                offline: false,
                expires_at: NOW + Span::days(180),
                created_at: NOW,
            })?;
            tx.grants().begin_refresh(id, &code, NOW + Span::days(30))
        });
        (id, code)
    }
}

fn who(anna: Anna) -> Who {
    Who {
        person: anna.person,
        eid: anna.eid,
    }
}

fn session(anna: Anna, id: SessionId, rng: &Entropy) -> NewSession {
    NewSession {
        id,
        token_hash: rng.bytes(),
        person: anna.person,
        eid: anna.eid,
        sso: Some("public".into()),
        party: None,
        level: Level::Substantial,
        methods: vec![Method::Password, Method::Keycard],
        at: NOW,
        expires_at: NOW + Span::hours(8),
    }
}

fn token(tx: &mut Tx<'_>, ctx: &Ctx, grant: GrantId) -> Result<[u8; 32], Halt> {
    let hash = ctx.rng.bytes();
    tx.tokens().insert(&AccessToken {
        hash,
        grant: Some(grant),
        party: "bench".into(),
        scope: "openid pid".into(),
        created_at: NOW,
        expires_at: NOW + Span::minutes(10),
        revoked_at: None,
        bound_to: None,
    })?;
    Ok(hash)
}

fn given(anna: Anna, grant: GrantId) -> Event {
    Event::TokensGiven {
        who: Some(who(anna)),
        party: "bench".into(),
        grant: grant.to_string(),
        how: "bench",
    }
}

/// Burns a code, opens a session, lets a party in, remembers the device, records the event.
fn finish(tx: &mut Tx<'_>, ctx: &Ctx, anna: Anna, secret: &CardSecret) -> Result<(), Halt> {
    let asked = ask(tx, ctx, anna.eid)?;
    let code = entries(secret, 1).code[usize::from(asked.position.get())];
    let verdict = answer(tx, ctx, who(anna), &asked, &code)?;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    let id = SessionId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    tx.sessions().insert(&session(anna, id, &ctx.rng))?;
    join(tx, ctx, id)?;
    tx.devices().remember(
        &Device {
            id: DeviceId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
            eid: anna.eid,
            epoch: 1,
            expires_at: NOW + Span::days(180),
        },
        10,
        NOW,
    )?;
    tx.eids().hold(anna.eid, 1, Some(NOW))?;
    tx.flows().insert(&DoneFlow {
        flow: FlowId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
        browser: ctx.rng.bytes(),
        session: id,
        result: vec![7; 600],
        done_at: NOW,
    })?;
    record(tx, ctx, &given(anna, GrantId::from_bytes([0; 16])))
}

fn join(tx: &mut Tx<'_>, ctx: &Ctx, session: SessionId) -> Result<Participant, Halt> {
    let participant = Participant {
        sid: ctx.rng.token(),
        session,
        party: "bench".into(),
        protocol: "oidc".into(),
        sub: "sub".into(),
        detail: Vec::new(),
        back_channel: false,
        joined_at: NOW,
        entered_at: NOW,
        ended_at: None,
    };
    tx.sessions().join(&participant, NOW)
}

fn store(c: &mut Criterion, database: &'static str) {
    let house = House::on(database);
    let anna = house.anna();
    let mut group = c.benchmark_group(database);
    group.sample_size(30);
    group.bench_function("count-an-attempt", |b| {
        b.iter(|| {
            house.act(Durability::Soft, move |tx| {
                let lane = LaneId::Strangers(anna.eid);
                let (counter, version) = tx.lanes().find(lane)?;
                let counter = lanes::reserve(lanes::release(counter, NOW, NOW), NOW);
                tx.lanes().save(lane, &counter, version)
            });
        });
    });
    // A card has 148 codes and is followed by the next: each iteration burns the first of a new one.
    group.bench_function("finish-a-log-in", |b| {
        b.iter_batched(
            || {
                let anna = house.anna();
                (anna, house.new_card(anna))
            },
            |(anna, secret)| {
                let ctx = house.ctx();
                house.act(Durability::Full, move |tx| finish(tx, &ctx, anna, &secret));
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("exchange-a-code", |b| {
        b.iter_batched(
            || house.grant(anna),
            |(grant, code)| {
                let ctx = house.ctx();
                house.act(Durability::Full, move |tx| {
                    tx.grants().by_code(&code)?;
                    assert!(tx.grants().use_code(grant, NOW)?);
                    token(tx, &ctx, grant)?;
                    record(tx, &ctx, &given(anna, grant))
                });
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("refresh", |b| {
        b.iter_batched(
            || house.grant(anna).0,
            |grant| {
                let ctx = house.ctx();
                house.act(Durability::Full, move |tx| {
                    tx.grants().find(grant)?;
                    assert!(tx.grants().rotate(grant, 1, NOW, NOW + Span::days(30))?);
                    token(tx, &ctx, grant)?;
                    record(tx, &ctx, &given(anna, grant))
                });
            },
            BatchSize::PerIteration,
        );
    });
    let (grant, _) = house.grant(anna);
    let ctx = house.ctx();
    let hash = house.act(Durability::Full, move |tx| token(tx, &ctx, grant));
    group.bench_function("look-a-token-up", |b| {
        b.iter(|| {
            house.read(move |tx| {
                tx.tokens().find(&hash)?;
                tx.grants().find(grant)?;
                tx.sessions().find(anna.session)?;
                tx.eids().find(anna.eid)
            })
        });
    });
    bare(&mut group, &house.url);
    group.finish();
}

diesel::table! {
    bench_floor (id) {
        id -> BigInt,
        data -> Binary,
    }
}

#[derive(diesel::MultiConnection)]
enum Db {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

fn bare(group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>, url: &str) {
    let (mut db, begin, blob) = match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut db = SqliteConnection::establish(path).unwrap();
            db.batch_execute("PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000")
                .unwrap();
            (Db::Sqlite(db), "BEGIN IMMEDIATE", "BLOB")
        }
        None => (Db::Postgres(PgConnection::establish(url).unwrap()), "BEGIN", "BYTEA"),
    };
    db.batch_execute(&format!(
        "CREATE TABLE bench_floor (id BIGINT PRIMARY KEY, data {blob} NOT NULL)"
    ))
    .unwrap();
    let mut next = 0_i64;
    group.bench_function("bare-durable-insert", |b| {
        b.iter(|| {
            next += 1;
            db.batch_execute(begin).unwrap();
            diesel::insert_into(bench_floor::table)
                .values((bench_floor::id.eq(next), bench_floor::data.eq(vec![7; 150])))
                .execute(&mut db)
                .unwrap();
            db.batch_execute("COMMIT").unwrap();
        });
    });
    group.bench_function("bare-point-read", |b| {
        b.iter(|| -> (i64, Vec<u8>) { bench_floor::table.find(1_i64).first(&mut db).unwrap() });
    });
}

fn sqlite(c: &mut Criterion) {
    store(c, "sqlite");
}

fn on_postgres(c: &mut Criterion) {
    store(c, "postgres");
}

criterion_group!(all, sqlite, on_postgres);

fn main() {
    all();
    Criterion::default().configure_from_args().final_summary();
    println!(
        "{}",
        table(&[
            over("sqlite/finish-a-log-in", "sqlite/bare-durable-insert"),
            over("sqlite/exchange-a-code", "sqlite/bare-durable-insert"),
            over("sqlite/refresh", "sqlite/bare-durable-insert"),
            over("sqlite/count-an-attempt", "sqlite/bare-durable-insert"),
            over("sqlite/look-a-token-up", "sqlite/bare-point-read"),
            over("postgres/finish-a-log-in", "postgres/bare-durable-insert"),
            over("postgres/exchange-a-code", "postgres/bare-durable-insert"),
            over("postgres/refresh", "postgres/bare-durable-insert"),
            over("postgres/count-an-attempt", "postgres/bare-durable-insert"),
            over("postgres/look-a-token-up", "postgres/bare-point-read"),
        ])
    );
}
