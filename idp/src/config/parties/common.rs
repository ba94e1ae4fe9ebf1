//! What the rules of a party share: addresses, lists, files beside the party file.

use std::{fs, path::Path};

use url::Url;

use super::types::Logo;
use crate::config::{
    reader::Reader,
    values::{Origin, is_loopback},
};
use crate::hex::hex;

/// Where a party file stands, and how strict the house is.
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) demo: bool,
    /// Of a demo: the folder of the keys that it has made for its registration authorities.
    pub(super) keys: Option<&'a Path>,
}

/// https, or http on this machine in a demo; no user, no fragment, no backslash.
pub(super) fn address(key: &str, text: &str, place: &Place<'_>, reader: &mut Reader) -> Option<Url> {
    let reason = match Url::parse(text) {
        Err(error) => format!("not an address: {error}"),
        Ok(url) if text.contains('\\') || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            format!(
                "{} holds a backslash, a space or a character beyond ASCII",
                url.host_str().unwrap_or_default()
            )
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() || text.contains('@') => {
            "must name no user".to_owned()
        }
        Ok(url) if url.fragment().is_some() => "must have no fragment".to_owned(),
        Ok(url) if text.contains('*') => format!("{}: no wildcards", url.host_str().unwrap_or_default()),
        Ok(url) if url.scheme() == "https" && url.has_host() => return Some(url),
        Ok(url) if url.scheme() == "http" && is_loopback(&url) && place.demo => return Some(url),
        Ok(_) => "must be https (plain http: on this machine, in a demo)".to_owned(),
    };
    reader.problem(key, format!("{text:?}: {reason}"));
    None
}

pub(super) fn origins(key: &str, texts: &[String], place: &Place<'_>, reader: &mut Reader) -> Vec<String> {
    let mut origins = Vec::new();
    for text in texts {
        match Origin::parse(text) {
            Ok(origin) if origin.is_https() || (place.demo && origin.is_loopback()) => {
                origins.push(origin.as_str().to_owned());
            }
            Ok(_) => reader.problem(key, format!("{text:?}: must be https")),
            Err(reason) => reader.problem(key, format!("{text:?}: {reason}")),
        }
    }
    origins
}

pub(super) fn once<T: PartialEq>(key: &str, items: &[T], reader: &mut Reader) {
    let repeated = items
        .iter()
        .enumerate()
        .any(|(at, item)| items.iter().take(at).any(|before| before == item));
    if repeated {
        reader.problem(key, "an entry stands twice");
    }
}

/// Paths in a party file are seen from that file.
pub(super) fn resolve(path: &Path, place: &Place<'_>) -> std::path::PathBuf {
    place.path.parent().unwrap_or(Path::new("")).join(path)
}

pub(super) fn beside(path: &Path, key: &str, place: &Place<'_>, reader: &mut Reader) -> Option<String> {
    /// A federation's whole metadata would be an operator's slip.
    const MOST: u64 = 1_048_576;
    let path = resolve(path, place);
    let read = fs::metadata(&path).and_then(|about| {
        if about.len() > MOST {
            return Err(std::io::Error::other("larger than 1 MiB"));
        }
        fs::read_to_string(&path)
    });
    read.map_err(|error| reader.problem(key, format!("{} cannot be read: {error}", path.display())))
        .ok()
}

/// A picture for the public directory: SVG or PNG, small enough to be kept in memory.
pub(super) fn picture(path: &Path, place: &Place<'_>, reader: &mut Reader) -> Option<Logo> {
    const MOST: u64 = 65_536;
    let path = resolve(path, place);
    let media = match path.extension().and_then(|kind| kind.to_str()) {
        Some("svg") => Some("image/svg+xml"),
        Some("png") => Some("image/png"),
        _ => None,
    };
    let Some(media) = media else {
        reader.problem("logo", format!("{}: must be an .svg or a .png", path.display()));
        return None;
    };
    let read = fs::metadata(&path).and_then(|about| {
        if about.len() > MOST {
            return Err(std::io::Error::other("larger than 64 KiB"));
        }
        fs::read(&path)
    });
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) => {
            reader.problem("logo", format!("{} cannot be read: {error}", path.display()));
            return None;
        }
    };
    let is_one = match media {
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        _ => std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg")),
    };
    if !is_one {
        reader.problem("logo", format!("{} is not what its name says", path.display()));
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    let mark = hex(&digest.as_ref()[..6]);
    Some(Logo {
        media,
        bytes: bytes.into(),
        mark,
    })
}

pub(super) fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
