//! The corpora as plain tests: every input that the fuzzer has kept, and every one that once brought something down.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

#[test]
fn every_kept_input_passes() {
    for (name, target) in fuzz_targets::ALL {
        let mut inputs: Vec<PathBuf> = fs::read_dir(fuzz().join("corpus").join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        inputs.sort();
        assert!(inputs.len() >= 3, "the corpus of {name} is empty");
        for input in inputs {
            // Told on failure only; the panic itself does not say which input it was.
            eprintln!("{}", input.display());
            target(&fs::read(&input).unwrap());
        }
    }
}

#[test]
fn every_target_is_fuzzed_and_has_its_corpus() {
    let names: BTreeSet<String> = fuzz_targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    let listed = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(fuzz().join(folder)).unwrap();
        entries
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    };
    assert_eq!(listed("fuzz_targets"), names);
    assert_eq!(listed("corpus"), names);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let binaries = manifest
        .lines()
        .filter(|line| line.starts_with("path = \"fuzz_targets/"))
        .count();
    assert_eq!(binaries, names.len());
}

/// Without these two the promise that only signed messages are believed would be about nothing.
#[test]
fn the_signed_seeds_are_believed() {
    fuzz_targets::run("authn_request", fuzz_targets::SIGNED_XML);
    fuzz_targets::run("redirect_query", fuzz_targets::SIGNED_QUERY);
    assert!(fuzz_targets::signed_seeds_are_genuine());
}

/// And without these nothing of a passkey would be looked at beyond its first line.
#[test]
fn the_seeds_of_a_passkey_hold() {
    assert!(fuzz_targets::passkey_seeds_are_genuine());
}

/// Kept small: what brings coverage, not what a night of fuzzing heaps up.
#[test]
fn the_corpora_are_small() {
    let mut bytes = 0;
    for (name, _) in fuzz_targets::ALL {
        let folder = fuzz().join("corpus").join(name);
        let entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
        assert!(entries.len() <= 600, "{name} has {} inputs", entries.len());
        bytes += entries.iter().map(|entry| entry.metadata().unwrap().len()).sum::<u64>();
    }
    assert!(bytes < 3 * 1024 * 1024, "{bytes} bytes");
}
