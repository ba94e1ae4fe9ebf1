//! The writer: a tree of [`Elem`] becomes text. Names come from the program, values are escaped, and a character that
//! XML cannot carry is an error, so that nothing a person or a service chose can become markup.

use uppsala::XmlWriter;

use crate::ns;

/// Why a tree cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A value holds a character that XML 1.0 does not allow.
    #[error("a value holds a character that XML cannot carry")]
    Character,
}

/// An element to be written; `name` is `prefix:local` with a prefix of [`ns::PREFIXES`].
#[derive(Debug, Clone)]
pub struct Elem {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    declared: Vec<&'static str>,
    content: Vec<Content>,
}

#[derive(Debug, Clone)]
enum Content {
    Elem(Elem),
    Text(String),
}

impl Elem {
    /// An empty element.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            declared: Vec::new(),
            content: Vec::new(),
        }
    }

    /// Sets an attribute.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Sets an attribute when there is a value.
    #[must_use]
    pub fn attr_opt(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Declares a prefix here although no name uses it (for `xsi:type` values).
    #[must_use]
    pub fn declare(mut self, prefix: &'static str) -> Self {
        self.declared.push(prefix);
        self
    }

    /// Appends a child element.
    #[must_use]
    pub fn child(mut self, child: Elem) -> Self {
        self.content.push(Content::Elem(child));
        self
    }

    /// Appends a child element when there is one.
    #[must_use]
    pub fn child_opt(self, child: Option<Elem>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Appends child elements.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Elem>) -> Self {
        self.content.extend(children.into_iter().map(Content::Elem));
        self
    }

    /// Appends text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.content.push(Content::Text(text.into()));
        self
    }

    /// Puts `child` behind the first child element (the place of a signature: right after the issuer).
    pub(crate) fn insert_second(&mut self, child: Elem) {
        let at = usize::from(!self.content.is_empty());
        self.content.insert(at, Content::Elem(child));
    }

    /// The text of the tree, without an XML declaration.
    ///
    /// # Errors
    /// [`WriteError::Character`].
    pub fn write(&self) -> Result<String, WriteError> {
        let mut out = XmlWriter::with_capacity(2_048);
        self.write_to(&mut out, &mut Vec::new())?;
        Ok(out.into_string())
    }

    fn write_to(&self, out: &mut XmlWriter, scope: &mut Vec<&'static str>) -> Result<(), WriteError> {
        let outer = scope.len();
        let mut attributes: Vec<(String, &str)> = Vec::with_capacity(self.attributes.len() + 1);
        let used = std::iter::once(self.name).chain(self.attributes.iter().map(|(name, _)| *name));
        let used = used.filter_map(|name| name.split_once(':').map(|(prefix, _)| prefix));
        for prefix in used.chain(self.declared.iter().copied()) {
            if prefix != "xml" && !scope.contains(&prefix) {
                scope.push(prefix);
                attributes.push((format!("xmlns:{prefix}"), ns::of_prefix(prefix)));
            }
        }
        for (name, value) in &self.attributes {
            attributes.push(((*name).to_owned(), allowed(value)?));
        }
        let pairs = attributes.iter().map(|(name, value)| (name.as_str(), *value));
        if self.content.is_empty() {
            out.empty_element_with(self.name, pairs);
        } else {
            out.start_element_with(self.name, pairs);
            for content in &self.content {
                match content {
                    Content::Elem(child) => child.write_to(out, scope)?,
                    Content::Text(text) => out.text(allowed(text)?),
                }
            }
            out.end_element(self.name);
        }
        scope.truncate(outer);
        Ok(())
    }
}

/// XML 1.0 `Char`: everything but the control characters (tab, line feed, carriage return are fine), U+FFFE and U+FFFF.
fn allowed(value: &str) -> Result<&str, WriteError> {
    let fine = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        c if c < ' ' => false,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    };
    if value.chars().all(fine) {
        Ok(value)
    } else {
        Err(WriteError::Character)
    }
}
