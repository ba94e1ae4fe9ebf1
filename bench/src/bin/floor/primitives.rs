//! The primitives: Argon2id at the product's default cost with memory that is used again, RSA and P-256 signatures with a key
//! that was parsed once.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;

use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256};

/// What an ID token's signed part is long.
const MESSAGE: [u8; 600] = [0x61; 600];

/// Each of them, by name.
pub fn all(seconds: f64) -> Result<BTreeMap<String, f64>> {
    let mut floors = BTreeMap::new();
    floors.insert("argon2id".to_owned(), argon2id(seconds)?);
    for (name, size) in [("rsa2048", KeySize::Rsa2048), ("rsa3072", KeySize::Rsa3072)] {
        floors.insert(name.to_owned(), rsa(size, seconds)?);
    }
    floors.insert("p256".to_owned(), p256(seconds)?);
    Ok(floors)
}

/// Runs `act` for so many CPU-seconds; how often a CPU-second had room for it.
fn rate(seconds: f64, mut act: impl FnMut() -> Result<()>) -> Result<f64> {
    act()?;
    let (begun, mut count) = (cpu()?, 0_u32);
    loop {
        act()?;
        count += 1;
        // The clock is a file: not asked each time.
        if count.is_multiple_of(8) {
            let used = cpu()? - begun;
            if used >= seconds {
                return Ok(f64::from(count) / used);
            }
        }
    }
}

/// CPU-seconds of this thread.
fn cpu() -> Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split_whitespace().next().context("schedstat")?.parse()?;
    Ok(nanoseconds / 1e9)
}

fn argon2id(seconds: f64) -> Result<f64> {
    let params = Params::new(19_456, 2, 1, Some(32)).map_err(|error| anyhow!("{error}"))?;
    let mut memory = vec![Block::default(); params.block_count()];
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    rate(seconds, || {
        let mut out = [0; 32];
        hasher
            .hash_password_into_with_memory(b"demo-12345678", &[7; 16], &mut out, &mut memory)
            .map_err(|error| anyhow!("{error}"))?;
        black_box(out);
        Ok(())
    })
}

fn rsa(size: KeySize, seconds: f64) -> Result<f64> {
    let key = KeyPair::generate(size)?;
    let rng = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    rate(seconds, || {
        key.sign(&RSA_PKCS1_SHA256, &rng, &MESSAGE, &mut signature)?;
        black_box(&signature);
        Ok(())
    })
}

fn p256(seconds: f64) -> Result<f64> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let rng = SystemRandom::new();
    rate(seconds, || {
        black_box(key.sign(&rng, &MESSAGE)?);
        Ok(())
    })
}
