//! What can be refused by looking at the characters, before any parser runs: declarations (`<!`), instructions (`<?`),
//! crowds of attributes. Cheap and linear, so that hostile input never reaches code that is neither.

use super::{Limits, XmlError};

/// Refuses everything that a protocol message never holds.
///
/// In well-formed XML a raw `<` occurs only at the start of markup, so `<!` is a DOCTYPE, a comment or a CDATA section
/// and `<?` an instruction, wherever they stand. An XML declaration is let through in the first place only.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), XmlError> {
    let body = after_declaration(text)?;
    if !limits.comments {
        if body.contains("<!DOCTYPE") {
            return Err(XmlError::Dtd);
        }
        if body.contains("<!") {
            return Err(XmlError::CommentOrCdata);
        }
        if body.contains("<?") {
            return Err(XmlError::Instruction);
        }
    }
    attribute_crowds(body, limits)
}

/// Skips one XML declaration; its encoding must be UTF-8, because that is what the text was decoded from.
fn after_declaration(text: &str) -> Result<&str, XmlError> {
    let Some(rest) = text
        .strip_prefix("<?xml")
        .filter(|rest| rest.starts_with([' ', '\t', '\r', '\n']))
    else {
        return Ok(text);
    };
    let (declaration, body) = rest.split_once("?>").ok_or(XmlError::NotWellFormed)?;
    if let Some((_, encoding)) = declaration.split_once("encoding") {
        let encoding = encoding.trim_start().trim_start_matches('=').trim_start();
        let encoding = encoding.trim_start_matches(['"', '\'']);
        let utf8 = encoding.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("utf-8"));
        if !utf8 {
            return Err(XmlError::Encoding);
        }
    }
    Ok(body)
}

/// Counts quoted values tag by tag; the parser's own check for duplicate attributes is quadratic.
fn attribute_crowds(body: &str, limits: &Limits) -> Result<(), XmlError> {
    let mut quote = None;
    let mut inside = false;
    let mut here = 0usize;
    let mut total = 0usize;
    for byte in body.bytes() {
        match (quote, byte) {
            (Some(open), b) if b == open => quote = None,
            (Some(_), _) => {}
            (None, b'<') => {
                inside = true;
                here = 0;
            }
            (None, b'>') => inside = false,
            (None, b'"' | b'\'') if inside => {
                quote = Some(byte);
                here += 1;
                total += 1;
                if here > limits.attributes_per_element || total > limits.attributes {
                    return Err(XmlError::TooManyAttributes);
                }
            }
            (None, _) => {}
        }
    }
    Ok(())
}
