//! As much of HTML as the stories read: tags, attributes, forms, text. No tree: the pages are ours and well-formed.

/// One opening tag and the text up to its closing tag.
#[derive(Clone, Debug)]
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The markup between this tag and its closing tag (empty for void elements).
    inner: String,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The text inside, tags removed, spaces collapsed.
    pub fn text(&self) -> String {
        text(&self.inner)
    }
}

/// A form as a browser would send it.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub method: String,
    /// Named fields with their values, without the buttons.
    pub fields: Vec<(String, String)>,
    /// Named submit buttons with their values.
    pub buttons: Vec<(String, String)>,
}

/// Every element of a kind, in the order of the document.
pub fn elements(html: &str, name: &str) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = html[at..].find('<').map(|offset| at + offset) {
        let Some(end) = tag_end(html, begin) else { break };
        let inside = &html[begin + 1..end];
        at = end + 1;
        let tag = inside
            .split(|c: char| c.is_ascii_whitespace() || c == '/')
            .next()
            .unwrap_or_default();
        if tag.eq_ignore_ascii_case(name) {
            let rest = &html[at..];
            let close = format!("</{name}");
            let inner = if is_void(name) {
                ""
            } else {
                &rest[..rest.find(&close).unwrap_or(rest.len())]
            };
            found.push(Element {
                name: name.to_owned(),
                attributes: attributes(&inside[tag.len()..]),
                inner: inner.to_owned(),
            });
        }
    }
    found
}

/// Every element that carries the attribute with that value, whatever its name.
pub fn with_attribute(html: &str, attribute: &str, value: &str) -> Vec<Element> {
    let names = [
        "div", "p", "section", "span", "ul", "li", "main", "output", "a", "button", "pre", "code", "dd", "td",
    ];
    names
        .iter()
        .flat_map(|name| elements(html, name))
        .filter(|element| element.attribute(attribute) == Some(value))
        .collect()
}

/// Every form of the page.
pub fn forms(html: &str) -> Vec<Form> {
    elements(html, "form").iter().map(form).collect()
}

fn form(element: &Element) -> Form {
    let mut form = Form {
        action: element.attribute("action").unwrap_or_default().to_owned(),
        method: element.attribute("method").unwrap_or("get").to_ascii_lowercase(),
        fields: Vec::new(),
        buttons: Vec::new(),
    };
    for input in elements(&element.inner, "input") {
        let Some(name) = input.attribute("name") else { continue };
        let pair = (name.to_owned(), input.attribute("value").unwrap_or_default().to_owned());
        match input.attribute("type").unwrap_or("text") {
            "submit" | "image" | "button" => form.buttons.push(pair),
            "checkbox" | "radio" if input.attribute("checked").is_none() => {}
            _ => form.fields.push(pair),
        }
    }
    for area in elements(&element.inner, "textarea") {
        if let Some(name) = area.attribute("name") {
            form.fields.push((name.to_owned(), unescape(&area.inner)));
        }
    }
    for button in elements(&element.inner, "button") {
        if let Some(name) = button.attribute("name") {
            form.buttons.push((
                name.to_owned(),
                button.attribute("value").unwrap_or_default().to_owned(),
            ));
        }
    }
    form
}

/// The readable text of some markup.
pub fn text(html: &str) -> String {
    let mut plain = String::new();
    let mut at = 0;
    while at < html.len() {
        match html[at..].find('<') {
            Some(offset) => {
                plain.push_str(&html[at..at + offset]);
                plain.push(' ');
                at = tag_end(html, at + offset).map_or(html.len(), |end| end + 1);
            }
            None => {
                plain.push_str(&html[at..]);
                break;
            }
        }
    }
    unescape(&plain).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The `>` of a tag, skipping quoted attribute values.
fn tag_end(html: &str, begin: usize) -> Option<usize> {
    let mut quote = None;
    for (offset, byte) in html.as_bytes()[begin..].iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(begin + offset),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

fn attributes(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = source.trim_start();
    while !rest.is_empty() && rest != "/" {
        let name_end = rest
            .find(|c: char| c == '=' || c == '/' || c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        rest = rest[name_end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let (raw, left) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            value = unescape(raw);
            rest = left;
        }
        if !name.is_empty() {
            found.push((name, value));
        }
        rest = rest.trim_start().trim_start_matches('/').trim_start();
    }
    found
}

fn is_void(name: &str) -> bool {
    matches!(name, "input" | "br" | "img" | "meta" | "link" | "hr")
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find('&') {
        plain.push_str(&rest[..begin]);
        rest = &rest[begin..];
        let Some(end) = rest.find(';').filter(|end| *end < 10) else {
            plain.push('&');
            rest = &rest[1..];
            continue;
        };
        match entity(&rest[1..end]) {
            Some(letter) => plain.push(letter),
            None => plain.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<main data-step="code"><form method="post" action="/login/1?a=1&amp;b=2"><input type=hidden name="csrf"
        value="x&#34;y"><label for=code>Kode</label> <input name="code" id="code"/><input type="checkbox" name="no">
        <button id="submit">Videre</button><button name="action" value="cancel">Fortryd</button></form>
        <output id="challenge" data-index="0063" data-card="A123456789">#<b>0063</b></output>
        <p role="alert" data-code="login.failed">Forkert &gt; kode</p></main>"#;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let form = forms(PAGE).remove(0);
        assert_eq!(form.action, "/login/1?a=1&b=2");
        assert_eq!(
            form.fields,
            [("csrf".into(), "x\"y".into()), ("code".into(), String::new())]
        );
        assert_eq!(form.buttons, [("action".to_owned(), "cancel".to_owned())]);
    }

    #[test]
    fn attributes_and_text_are_found() {
        assert_eq!(elements(PAGE, "output")[0].attribute("data-index"), Some("0063"));
        assert_eq!(elements(PAGE, "output")[0].text(), "# 0063");
        assert_eq!(with_attribute(PAGE, "role", "alert")[0].text(), "Forkert > kode");
    }
}
