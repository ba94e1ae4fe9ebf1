//! A text as a picture that a device reads (QR code, ISO/IEC 18004). Owns the drawing: one path inside the page, so that nothing is loaded
//! and no style is needed. Whoever shows one says the same in words.

use qrcode::{Color, QrCode};

/// Light around the picture that the standard asks for, in modules.
const QUIET: usize = 4;

/// One picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The side, in modules, with what is light around.
    pub side: usize,
    /// Path data: one square for each dark module.
    pub path: String,
}

impl Picture {
    /// Draws a text; nothing where it is too long for a picture.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::new(text).ok()?;
        let width = code.width();
        let modules = code.to_colors();
        let dark = modules.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
        let path = dark
            .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET))
            .collect();
        let side = width + 2 * QUIET;
        Some(Self { side, path })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_text_is_drawn_with_light_around_it() {
        let picture = Picture::of("nogle:bind").unwrap();
        assert_eq!(picture.side, 21 + 8, "the smallest kind");
        assert!(
            picture.path.starts_with("M4 4h1v1h-1z"),
            "the corner that is looked for"
        );
        for at in [3, 25] {
            assert!(!picture.path.contains(&format!("M{at} ")), "{at}");
        }
    }

    #[test]
    fn what_is_too_long_is_no_picture() {
        assert_eq!(Picture::of(&"x".repeat(4_000)), None);
    }
}
