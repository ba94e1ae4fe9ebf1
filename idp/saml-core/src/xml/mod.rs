//! XML in and out: [`Doc`] and [`El`] read strictly, [`Elem`] writes. Nothing else in the product touches XML text.

mod prescan;
mod reader;
mod writer;

pub use reader::{Doc, El, Limits, XmlError};
pub use writer::{Elem, WriteError};
