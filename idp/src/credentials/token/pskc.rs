//! What a maker of tokens delivers: a PSKC file (RFC 6030) with serial numbers and seeds, in the plain form or under a pre-shared key
//! (§6.1). Read by the strict reader; one entry that is not sound refuses the whole file, so that a delivery is never half in stock.
//!
//! A signature over the file is not looked at: a delivery is trusted by the way it came and by the MAC of each value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use saml_core::ns::{DS, XENC};
use saml_core::xml::{Doc, El, Limits, XmlError};
use zeroize::Zeroizing;

use crate::domain::otp::{Algorithm, Moves, Scheme};
use crate::vault::otp::Seed;
use crate::vault::transport::{TransportKey, TransportMac, is_authentic};

const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
const HOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:hotp";
const TOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:totp";
/// A delivery of some ten thousand tokens.
const LIMITS: Limits = Limits {
    bytes: 16 * 1_048_576,
    depth: 32,
    attributes_per_element: 32,
    attributes: 262_144,
    comments: true,
};
/// The longest serial number.
const SERIAL: usize = 40;

/// A token as delivered.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The number printed on it.
    pub serial: String,
    /// How it makes its codes.
    pub scheme: Scheme,
    /// What it makes them from.
    pub seed: Seed,
    /// The first moving factor that it has not used.
    pub counter: u64,
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PskcError {
    /// Not XML that we read.
    #[error("{0}")]
    Xml(#[from] XmlError),
    /// Not a PSKC file of version 1.0, or one without tokens.
    #[error("no PSKC file (RFC 6030) of version 1.0 with at least one token")]
    NotPskc,
    /// One entry is not sound.
    #[error("token {0}: {1}")]
    Token(String, &'static str),
    /// The way its values are encrypted.
    #[error("{0}")]
    Encryption(&'static str),
}

/// Reads a delivery; `key` opens the values of one that came under a pre-shared key.
///
/// # Errors
/// [`PskcError`] with the token that is not sound.
pub fn read(bytes: &[u8], key: Option<&TransportKey>) -> Result<Vec<Delivered>, PskcError> {
    let doc = Doc::parse_bytes(bytes, &LIMITS)?;
    let root = doc.root();
    if !root.is(PSKC, "KeyContainer") || root.attr("Version") != Some("1.0") {
        return Err(PskcError::NotPskc);
    }
    let lock = Lock::read(root, key)?;
    let mut delivered = Vec::new();
    for package in root.all(PSKC, "KeyPackage") {
        delivered.push(token(package, &lock)?);
    }
    let mut serials: Vec<_> = delivered.iter().map(|token| token.serial.as_str()).collect();
    serials.sort_unstable();
    if let Some(twice) = serials.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(PskcError::Token(twice[0].to_owned(), "stands twice in the file"));
    }
    if delivered.is_empty() {
        return Err(PskcError::NotPskc);
    }
    Ok(delivered)
}

/// What opens encrypted values.
enum Lock<'a> {
    Plain,
    PreShared {
        key: &'a TransportKey,
        mac: TransportMac,
        mac_key: Zeroizing<Vec<u8>>,
    },
}

impl<'a> Lock<'a> {
    fn read(root: El<'_>, key: Option<&'a TransportKey>) -> Result<Lock<'a>, PskcError> {
        let Some(named) = root.one(PSKC, "EncryptionKey")? else {
            return Ok(Lock::Plain);
        };
        if named.one(DS, "KeyName")?.is_none() {
            return Err(PskcError::Encryption(
                "the values are encrypted in another way than with a pre-shared key",
            ));
        }
        let key = key.ok_or(PskcError::Encryption(
            "the values are encrypted: the pre-shared key is needed",
        ))?;
        let missing =
            PskcError::Encryption("no MACMethod with a MACKey: AES-CBC alone protects nothing (RFC 6030 §6.2)");
        let method = root.one(PSKC, "MACMethod")?.ok_or_else(|| missing.clone())?;
        let mac = match method.attr("Algorithm") {
            Some("http://www.w3.org/2000/09/xmldsig#hmac-sha1") => TransportMac::Sha1,
            Some("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256") => TransportMac::Sha256,
            _ => return Err(PskcError::Encryption("an unknown MAC algorithm")),
        };
        let sealed = encrypted(method.one(PSKC, "MACKey")?.ok_or(missing)?, key)?;
        let mac_key = key.open(&sealed).ok_or(PskcError::Encryption(
            "the MAC key does not open: another pre-shared key?",
        ))?;
        Ok(Lock::PreShared { key, mac, mac_key })
    }
}

/// The bytes of an encrypted value whose algorithm fits the key.
fn encrypted(value: El<'_>, key: &TransportKey) -> Result<Vec<u8>, PskcError> {
    let method = value
        .one(XENC, "EncryptionMethod")?
        .and_then(|method| method.attr("Algorithm"));
    let fits = match method {
        Some("http://www.w3.org/2001/04/xmlenc#aes128-cbc") => key.bits() == 128,
        Some("http://www.w3.org/2001/04/xmlenc#aes256-cbc") => key.bits() == 256,
        _ => false,
    };
    if !fits {
        return Err(PskcError::Encryption(
            "encrypted with something else than AES-CBC under a key of the given length",
        ));
    }
    let data = match value.one(XENC, "CipherData")? {
        Some(data) => data.one(XENC, "CipherValue")?,
        None => None,
    };
    let data = data.ok_or(PskcError::Encryption("an encrypted value without CipherValue"))?;
    base64(&data.text()?).ok_or(PskcError::Encryption("a CipherValue that is not base64"))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    STANDARD.decode(text).ok()
}

fn text(parent: El<'_>, name: &str) -> Result<Option<String>, XmlError> {
    let text = parent.one(PSKC, name)?.map(El::text).transpose()?;
    Ok(text.map(|text| text.trim().to_owned()))
}

fn token(package: El<'_>, lock: &Lock<'_>) -> Result<Delivered, PskcError> {
    let info = package.one(PSKC, "DeviceInfo")?;
    let serial = info.map(|info| text(info, "SerialNo")).transpose()?.flatten();
    let serial = serial.unwrap_or_default();
    let wrong = |reason| PskcError::Token(serial.clone(), reason);
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if serial.is_empty() || serial.len() > SERIAL || !serial.chars().all(word) {
        return Err(wrong("needs a SerialNo of letters, digits and hyphens"));
    }
    let key = package.one(PSKC, "Key")?.ok_or_else(|| wrong("has no Key"))?;
    let data = key.one(PSKC, "Data")?.ok_or_else(|| wrong("has no Data"))?;
    let scheme = scheme(key, data, &wrong)?;
    let secret = data.one(PSKC, "Secret")?.ok_or_else(|| wrong("has no Secret"))?;
    let seed = secret_of(secret, lock, &wrong)?;
    let counter = match scheme.moves {
        Moves::ByPress => number(data, "Counter")?.ok_or_else(|| wrong("has no Counter"))?,
        Moves::ByTime { .. } => 0,
    };
    Ok(Delivered {
        seed: Seed::from_bytes(&seed).ok_or_else(|| wrong("needs a seed of 128 bits or more"))?,
        serial,
        scheme,
        counter,
    })
}

fn scheme(key: El<'_>, data: El<'_>, wrong: &dyn Fn(&'static str) -> PskcError) -> Result<Scheme, PskcError> {
    let parameters = key.one(PSKC, "AlgorithmParameters")?;
    let suite = parameters.map(|all| text(all, "Suite")).transpose()?.flatten();
    let algorithm = match suite.as_deref() {
        None | Some("HMAC-SHA1" | "HMAC-SHA-1" | "SHA1") => Algorithm::Sha1,
        Some("HMAC-SHA256" | "HMAC-SHA-256" | "SHA256") => Algorithm::Sha256,
        Some("HMAC-SHA512" | "HMAC-SHA-512" | "SHA512") => Algorithm::Sha512,
        Some(_) => return Err(wrong("has an unknown Suite")),
    };
    let format = match parameters {
        Some(all) => all.one(PSKC, "ResponseFormat")?,
        None => None,
    };
    let format = format.ok_or_else(|| wrong("has no ResponseFormat"))?;
    if format.attr("Encoding") != Some("DECIMAL") || format.attr("CheckDigits").is_some_and(|check| check != "false") {
        return Err(wrong("shows something else than plain digits"));
    }
    let digits = format.attr("Length").and_then(|length| length.parse().ok());
    let moves = match key.attr("Algorithm") {
        Some(HOTP) => Moves::ByPress,
        Some(TOTP) => {
            if number(data, "Time")?.is_some_and(|begin| begin != 0) {
                return Err(wrong("does not count time from 1970"));
            }
            let step = number(data, "TimeInterval")?.unwrap_or(30);
            Moves::ByTime {
                step: u32::try_from(step).unwrap_or(0),
            }
        }
        _ => return Err(wrong("is neither HOTP nor TOTP")),
    };
    let scheme = Scheme {
        algorithm,
        digits: digits.unwrap_or(0),
        moves,
    };
    if scheme.is_sound() {
        Ok(scheme)
    } else {
        Err(wrong("needs six to eight digits and a step of 15 to 120 seconds"))
    }
}

/// A number in the plain form.
fn number(data: El<'_>, name: &str) -> Result<Option<u64>, PskcError> {
    let plain = match data.one(PSKC, name)? {
        Some(value) => text(value, "PlainValue")?,
        None => None,
    };
    plain
        .map(|plain| {
            plain
                .parse()
                .map_err(|_| PskcError::Encryption("a number that cannot be read"))
        })
        .transpose()
}

fn secret_of(
    secret: El<'_>,
    lock: &Lock<'_>,
    wrong: &dyn Fn(&'static str) -> PskcError,
) -> Result<Zeroizing<Vec<u8>>, PskcError> {
    match (lock, secret.one(PSKC, "EncryptedValue")?) {
        (Lock::PreShared { key, mac, mac_key }, Some(value)) => {
            let sealed = encrypted(value, key)?;
            let tag = text(secret, "ValueMAC")?.and_then(|tag| base64(&tag));
            let tag = tag.ok_or_else(|| wrong("has no ValueMAC"))?;
            if !is_authentic(*mac, mac_key, &sealed, &tag) {
                return Err(wrong("its ValueMAC does not fit: changed on its way?"));
            }
            key.open(&sealed).ok_or_else(|| wrong("its seed does not open"))
        }
        (Lock::Plain, None) => {
            let plain = text(secret, "PlainValue")?.map(Zeroizing::new);
            let plain = plain.and_then(|plain| base64(&plain));
            plain.map(Zeroizing::new).ok_or_else(|| wrong("its seed is not base64"))
        }
        _ => Err(wrong("its seed is in another form than the file says")),
    }
}
