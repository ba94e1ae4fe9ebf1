//! The strict reader: parses once into a tree that owns its text, and hands out [`El`], a cheap view of one element.
//! Names are always compared with their namespace; text is all of an element's text or an error, never a first part.

use std::collections::HashSet;

use uppsala::{Document, NodeId, NodeKind, Parser};

use super::prescan;
use crate::ns;

/// How much of a document is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Greatest length in bytes.
    pub bytes: usize,
    /// Greatest depth of elements.
    pub depth: u32,
    /// Attributes and namespace declarations of one element.
    pub attributes_per_element: usize,
    /// Attributes and namespace declarations of the whole document.
    pub attributes: usize,
    /// Whether comments and processing instructions are let through (never inside text that is read). Only for files
    /// of the operator's own.
    pub comments: bool,
}

impl Limits {
    /// A protocol message of at most `bytes` bytes (the product's default is 64 KiB).
    pub const fn message(bytes: usize) -> Self {
        Self {
            bytes,
            depth: 64,
            attributes_per_element: 64,
            attributes: 2_048,
            comments: false,
        }
    }

    /// Metadata that the operator put into a file: bigger, and comments are normal.
    pub const fn metadata_file() -> Self {
        Self {
            bytes: 1_048_576,
            depth: 64,
            attributes_per_element: 64,
            attributes: 16_384,
            comments: true,
        }
    }
}

/// Why a text is not a document for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Longer than [`Limits::bytes`].
    #[error("the document is too large")]
    TooLarge,
    /// Not UTF-8, or declared as something else.
    #[error("the document is not UTF-8")]
    Encoding,
    /// A document type declaration.
    #[error("a document type declaration is refused")]
    Dtd,
    /// A comment or a CDATA section in a protocol message.
    #[error("comments and CDATA sections are refused")]
    CommentOrCdata,
    /// A processing instruction in a protocol message.
    #[error("processing instructions are refused")]
    Instruction,
    /// More attributes than anybody needs.
    #[error("too many attributes")]
    TooManyAttributes,
    /// The parser says no.
    #[error("the document is not well-formed")]
    NotWellFormed,
    /// Two elements carry the same identifier.
    #[error("two elements carry the same ID")]
    DuplicateId,
    /// A namespace name that is not an absolute URI (canonical form is undefined for it).
    #[error("a relative namespace name is refused")]
    RelativeNamespace,
    /// Elements or comments where text was expected.
    #[error("text was expected")]
    NotText,
    /// More than one child where one is allowed.
    #[error("an element occurs more than once")]
    Repeated,
}

/// A parsed document together with the text it came from.
#[derive(Debug)]
pub struct Doc {
    tree: Document<'static>,
    source: String,
    root: NodeId,
}

impl Doc {
    /// Reads bytes: UTF-8, then [`Doc::parse`].
    ///
    /// # Errors
    /// See [`XmlError`].
    pub fn parse_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, XmlError> {
        if bytes.len() > limits.bytes {
            return Err(XmlError::TooLarge);
        }
        Self::parse(std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)?, limits)
    }

    /// Reads text strictly.
    ///
    /// # Errors
    /// See [`XmlError`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, XmlError> {
        if text.len() > limits.bytes {
            return Err(XmlError::TooLarge);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        prescan::check(text, limits)?;
        let parser = Parser::new()
            .with_forbid_dtd(true)
            .with_forbid_entities(true)
            .with_max_depth(limits.depth);
        let source = text.to_owned();
        let tree = parser
            .parse(&source)
            .map_err(|_| XmlError::NotWellFormed)?
            .into_static();
        let root = tree.document_element().ok_or(XmlError::NotWellFormed)?;
        let doc = Self { tree, source, root };
        doc.check_nodes(limits)?;
        Ok(doc)
    }

    /// One walk over the tree for what the characters alone could not show.
    fn check_nodes(&self, limits: &Limits) -> Result<(), XmlError> {
        let mut ids = HashSet::new();
        for node in self.tree.descendants(self.tree.root()) {
            match self.tree.node_kind(node) {
                Some(NodeKind::Element(element)) => {
                    let relative = |uri: &str| !uri.is_empty() && !uri.contains(':');
                    if element.namespace_declarations.iter().any(|(_, uri)| relative(uri)) {
                        return Err(XmlError::RelativeNamespace);
                    }
                    for attribute in &element.attributes {
                        let name = &*attribute.name.local_name;
                        if matches!(name, "ID" | "Id" | "id" | "AssertionID") && !ids.insert(&*attribute.value) {
                            return Err(XmlError::DuplicateId);
                        }
                    }
                }
                Some(NodeKind::Comment(_) | NodeKind::CData(_)) if !limits.comments => {
                    return Err(XmlError::CommentOrCdata);
                }
                Some(NodeKind::ProcessingInstruction(_)) if !limits.comments => {
                    return Err(XmlError::Instruction);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The document element.
    pub fn root(&self) -> El<'_> {
        El {
            doc: self,
            node: self.root,
        }
    }

    /// The text that was parsed.
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn tree(&self) -> &Document<'static> {
        &self.tree
    }

    pub(crate) fn el(&self, node: NodeId) -> Option<El<'_>> {
        self.tree.element(node).map(|_| El { doc: self, node })
    }
}

/// One element of a [`Doc`].
#[derive(Clone, Copy)]
pub struct El<'d> {
    doc: &'d Doc,
    node: NodeId,
}

impl std::fmt::Debug for El<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}>", self.local())
    }
}

impl<'d> El<'d> {
    pub(crate) fn node(self) -> NodeId {
        self.node
    }

    pub(crate) fn doc(self) -> &'d Doc {
        self.doc
    }

    /// The local name.
    pub fn local(self) -> &'d str {
        self.doc
            .tree
            .element(self.node)
            .map_or("", |element| &*element.name.local_name)
    }

    /// The namespace name, empty for none.
    pub fn namespace(self) -> &'d str {
        self.doc
            .tree
            .element(self.node)
            .and_then(|element| element.name.namespace_uri.as_deref())
            .unwrap_or("")
    }

    /// Whether this is that element.
    pub fn is(self, namespace: &str, local: &str) -> bool {
        self.local() == local && self.namespace() == namespace
    }

    /// An attribute that is in no namespace.
    pub fn attr(self, local: &str) -> Option<&'d str> {
        let element = self.doc.tree.element(self.node)?;
        let plain = |a: &&uppsala::Attribute<'static>| {
            a.name.namespace_uri.is_none() && a.name.prefix.is_none() && *a.name.local_name == *local
        };
        element.attributes.iter().find(plain).map(|a| &*a.value)
    }

    /// An attribute of a namespace.
    pub fn attr_ns(self, namespace: &str, local: &str) -> Option<&'d str> {
        self.doc.tree.element(self.node)?.get_attribute_ns(namespace, local)
    }

    /// Child elements in document order.
    pub fn children(self) -> impl Iterator<Item = El<'d>> {
        let doc = self.doc;
        doc.tree.children_iter(self.node).filter_map(move |node| doc.el(node))
    }

    /// All child elements of that name.
    pub fn all(self, namespace: &'d str, local: &'d str) -> impl Iterator<Item = El<'d>> {
        self.children().filter(move |child| child.is(namespace, local))
    }

    /// The child element of that name, if there is one.
    ///
    /// # Errors
    /// [`XmlError::Repeated`] when there are several.
    pub fn one(self, namespace: &str, local: &str) -> Result<Option<El<'d>>, XmlError> {
        let mut found = None;
        for child in self.children().filter(|child| child.is(namespace, local)) {
            if found.replace(child).is_some() {
                return Err(XmlError::Repeated);
            }
        }
        Ok(found)
    }

    /// Every element below this one, itself excluded.
    pub fn descendants(self) -> impl Iterator<Item = El<'d>> {
        let doc = self.doc;
        doc.tree
            .descendants(self.node)
            .into_iter()
            .filter(move |n| *n != self.node)
            .filter_map(move |n| doc.el(n))
    }

    /// The whole text of this element.
    ///
    /// # Errors
    /// [`XmlError::NotText`] when it holds anything but text: a truncated name is worse than none.
    pub fn text(self) -> Result<String, XmlError> {
        let mut text = String::new();
        for child in self.doc.tree.children_iter(self.node) {
            match self.doc.tree.node_kind(child) {
                Some(NodeKind::Text(part)) => text.push_str(part),
                _ => return Err(XmlError::NotText),
            }
        }
        Ok(text)
    }

    /// This element as text, for showing; not for reading values out of.
    pub(crate) fn xml(self) -> String {
        self.doc.tree.node_to_xml(self.node)
    }

    /// The element that holds this one.
    pub fn parent(self) -> Option<El<'d>> {
        self.doc.tree.parent(self.node).and_then(|node| self.doc.el(node))
    }

    /// The value of `ID`.
    pub fn id(self) -> Option<&'d str> {
        self.attr("ID")
    }

    /// Whether this element belongs to SAML, XML signature or XML encryption (which foreign content never may).
    pub(crate) fn is_ours(self) -> bool {
        [ns::SAML, ns::SAMLP, ns::DS, ns::XENC, ns::XENC11].contains(&self.namespace())
    }
}
