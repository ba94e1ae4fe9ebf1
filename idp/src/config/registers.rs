//! `[registers]`: where the registers of others answer. Owns the keys and the rule that binds them.

use std::path::PathBuf;

use super::{
    Settings, is_loopback,
    reader::{Reader, section},
    values::{Millis, Seconds},
};

section! {
    /// `[registers]`: a register without an address is a table of the house's own, filled by `idp register import`.
    pub struct RegistersSection {
        sections {
            /// The civil register.
            cpr: Register;
            /// Passports and driving licences.
            documents: Register;
            /// Companies.
            companies: Register;
        }
    }
}

section! {
    /// `[registers.cpr]` and its siblings.
    pub struct Register {
        keys {
            /// Where it answers; questions are posted to paths below.
            url: Option<url::Url> = None;
            /// What we show it: PEM chain, own certificate first.
            certificate: Option<PathBuf> = None;
            /// The certificate's private key: PEM.
            key: Option<PathBuf> = None;
            /// The only authority that is believed for its certificate: PEM; none is those of the system.
            ca: Option<PathBuf> = None;
            /// An answer is waited for so long, a place in line included.
            patience_ms: Millis = Millis(3_000);
            /// Questions at a time, from this node.
            at_once: usize = 8;
            /// An answer is good for so long; 0 asks each time.
            cache_seconds: Seconds = Seconds(600);
            /// Answers that are remembered at a time.
            cache_entries: usize = 10_000;
            /// After so many failures in a row it is left alone.
            failures: u32 = 5;
            /// It is left alone for so long; then one question tries.
            pause_seconds: Seconds = Seconds(30);
        }
    }
}

/// What people's numbers are sent to is known, and knows us.
pub(super) fn registers_are_whole(settings: &Settings, reader: &mut Reader) {
    let RegistersSection {
        cpr,
        documents,
        companies,
    } = &settings.registers;
    for (name, register) in [("cpr", cpr), ("documents", documents), ("companies", companies)] {
        let Some(url) = &register.url else { continue };
        let named = |key: &str| format!("registers.{name}.{key}");
        let (plain, here) = (url.scheme() != "https", is_loopback(url));
        if plain && !here {
            reader.problem(&named("url"), "must be https: plain http is for this machine only");
        }
        if register.certificate.is_some() != register.key.is_some() {
            reader.problem(&named("key"), "certificate and key go together");
        }
        if register.certificate.is_none() && !here {
            reader.problem(
                &named("certificate"),
                "missing: a register off this machine is asked under mutual TLS",
            );
        }
        for (key, value) in [("at_once", register.at_once), ("failures", register.failures as usize)] {
            if !(1..=1_000).contains(&value) {
                reader.problem(&named(key), "must be 1 to 1000");
            }
        }
        if !(100..=30_000).contains(&register.patience_ms.0) {
            reader.problem(&named("patience_ms"), "must be 100 to 30000");
        }
        if register.cache_seconds.0 > 86_400 {
            reader.problem(
                &named("cache_seconds"),
                "a day at most: people move, and documents are drawn in",
            );
        }
        for (key, file) in [
            ("certificate", &register.certificate),
            ("key", &register.key),
            ("ca", &register.ca),
        ] {
            if let Some(file) = file.as_ref().filter(|file| !file.is_file()) {
                reader.problem(&named(key), format!("there is no file {}", file.display()));
            }
        }
    }
}
