//! What the vault and the law cost, each beside the bare primitive of the same library.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::hint::black_box;

use argon2::{Algorithm, Argon2, Block, Version};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256};
use bench::ratio::{over, table};
use criterion::{Criterion, Throughput, criterion_group};
use idp::domain::acceptance::{Holder, Place, accepted};
use idp::domain::assurance::{Level, Method, authenticator, overall};
use idp::domain::eid::EidStatus;
use idp::domain::keycard::{self, Card, CardNumber, CardState, Used};
use idp::domain::lanes::{self, Counter, LaneKind};
use idp::domain::password::Password;
use idp::domain::time::Time;
use idp::domain::user_id::Typed;
use idp::entropy::Entropy;
use idp::vault::card::{self, CardSecret, SCHEME};
use idp::vault::password::{HashMemory, Params, make, verify};
use idp::vault::signing::{Alg, TYP_JWT};
use idp::vault::{Lookup, MasterKey, Vault};
use serde_json::json;

const NOW: Time = Time::from_secs(1_795_348_800);
const MESSAGE: [u8; 600] = [0x61; 600];

fn vault(rng: &Entropy) -> Vault {
    let vault = Vault::new(&MasterKey::generate(rng), [7; 16]);
    let keys = vault.rotate_keys(Vec::new(), "bench", NOW, true, rng).unwrap();
    vault.load_keys(keys.rows).unwrap();
    vault
}

fn password(c: &mut Criterion) {
    let rng = Entropy::seeded(1);
    let (vault, params) = (vault(&rng), Params::default());
    let mut memory = HashMemory::new();
    let verifier = make(&vault, (b"demo-12345678", false), rng.bytes(), params, &mut memory).unwrap();
    let mut group = c.benchmark_group("argon2id");
    group.sample_size(30);
    group.bench_function("verify", |b| {
        b.iter(|| assert!(verify(&vault, &verifier, b"demo-12345678", &mut memory)));
    });
    let bare = argon2::Params::new(params.memory_kib, params.passes, params.lanes, Some(32)).unwrap();
    let mut blocks = vec![Block::default(); bare.block_count()];
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, bare);
    group.bench_function("bare", |b| {
        b.iter(|| {
            let mut out = [0; 32];
            hasher
                .hash_password_into_with_memory(b"demo-12345678", &[7; 16], &mut out, &mut blocks)
                .unwrap();
            black_box(out);
        });
    });
    group.finish();
}

fn signing(c: &mut Criterion) {
    let rng = Entropy::seeded(2);
    let vault = vault(&rng);
    let claims = json!({ "data": "x".repeat(420) });
    let mut group = c.benchmark_group("signing");
    for (name, alg) in [("jwt-rs256", Alg::Rs256), ("jwt-es256", Alg::Es256)] {
        group.bench_function(name, |b| b.iter(|| vault.sign_jwt(alg, TYP_JWT, &claims, NOW).unwrap()));
    }
    let system = SystemRandom::new();
    for (name, size) in [("rsa2048", KeySize::Rsa2048), ("rsa3072", KeySize::Rsa3072)] {
        let key = KeyPair::generate(size).unwrap();
        let mut signature = vec![0; key.public_modulus_len()];
        group.bench_function(name, |b| {
            b.iter(|| key.sign(&RSA_PKCS1_SHA256, &system, &MESSAGE, &mut signature).unwrap());
        });
    }
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    group.bench_function("p256", |b| b.iter(|| key.sign(&system, &MESSAGE).unwrap()));
    group.finish();
}

fn card_codes(c: &mut Criterion) {
    let rng = Entropy::seeded(3);
    let secret = CardSecret::generate(&rng);
    let position = keycard::first_pending(&mut |bound| rng.below(bound));
    let typed = card::entries(&secret, SCHEME).code[usize::from(position.get())];
    let mut group = c.benchmark_group("card");
    group.throughput(Throughput::Elements(1));
    group.bench_function("check", |b| {
        b.iter(|| assert!(card::matches(&secret, SCHEME, position, &typed)));
    });
    group.bench_function("challenge", |b| b.iter(|| card::index_at(&secret, SCHEME, position)));
    group.bench_function("whole-card", |b| b.iter(|| card::entries(&secret, SCHEME)));
    group.bench_function("hmac-key-and-sign", |b| {
        b.iter(|| {
            ring::hmac::sign(
                &ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.bytes()),
                b"nogle card code 1 7 0",
            )
        });
    });
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.bytes());
    group.bench_function("hmac", |b| {
        b.iter(|| ring::hmac::sign(&key, b"nogle card index 1 0000"))
    });
    group.finish();
}

/// Everything the law is asked in one log-in with a card, without a database and without keys.
fn ceremony(c: &mut Criterion) {
    let rng = Entropy::seeded(4);
    let vault = vault(&rng);
    let used = Used::new();
    let card = Card {
        number: CardNumber::from_random(rng.below_u64(keycard::NUMBERS)),
        state: CardState::Active,
        used,
        pending: keycard::next_pending(&used, &mut |bound| rng.below(bound)),
        wrong_in_a_row: 0,
        expires_at: Some(NOW + keycard::VALID_FOR),
    };
    let holder = Holder {
        status: EidStatus::Active,
        public: true,
        was_public: false,
        another_public: false,
        age: Some(41),
        has_cpr: true,
        person_ended: false,
        banks: vec!["netbank".into()],
    };
    let mut group = c.benchmark_group("ceremony");
    group.bench_function("law", |b| {
        b.iter(|| {
            let typed = Typed::parse(black_box("123456789")).unwrap();
            let password = Password::typed("demo-12345678".to_owned()).unwrap();
            let counter = lanes::reserve(Counter::default(), NOW);
            let gate = lanes::gate(&counter, LaneKind::Known, NOW);
            let counter = lanes::settle_right(counter, NOW, NOW);
            accepted(&holder, &Place::Service).unwrap();
            let shown = keycard::challenge(&card, NOW).unwrap();
            let answer = keycard::answer(&card, shown, true, NOW, &mut |bound| rng.below(bound));
            let level = overall(
                Level::Substantial,
                authenticator(&[Method::Password, Method::Keycard]),
                Level::Substantial,
            );
            black_box((typed, password, counter, gate, answer, level))
        });
    });
    group.bench_function("look-up", |b| b.iter(|| vault.lookup(Lookup::UserId, b"123456789")));
    group.finish();
}

criterion_group!(all, password, signing, card_codes, ceremony);

fn main() {
    all();
    Criterion::default().configure_from_args().final_summary();
    println!(
        "{}",
        table(&[
            over("argon2id/verify", "argon2id/bare"),
            over("signing/jwt-rs256", "signing/rsa2048"),
            over("signing/jwt-es256", "signing/p256"),
            over("card/check", "card/hmac-key-and-sign"),
            over("card/challenge", "card/hmac"),
            over("card/whole-card", "card/hmac"),
            over("ceremony/law", "argon2id/bare"),
            over("ceremony/look-up", "card/hmac"),
        ])
    );
}
