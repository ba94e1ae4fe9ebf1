//! The key card as a PDF: three panels of credit-card size, one above the other, to be folded. Owns the layout and its tags
//! (PDF/UA-1: a screen reader reads each panel as a table). Never says who may print.

use std::num::NonZeroU16;
use std::ops::Range;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree};
use krilla::text::{Font, TextDirection};

use super::print::Sheet;
use crate::domain::keycard::COLUMNS;
use crate::fault::Fault;

pub(crate) const SANS: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans.ttf");
pub(crate) const MONO: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSansMono.ttf");

/// ISO/IEC 7810 ID-1 (85.60 × 53.98 mm) in points.
const WIDTH: f32 = 242.65;
const PANEL: f32 = 153.0;
const MARGIN: f32 = 10.0;
const ROW: f32 = 9.9;
const COLUMN: f32 = (WIDTH - 2.0 * MARGIN) / 4.0;
const CODE_AT: f32 = 21.0;
const SIZE: f32 = 7.2;
const SMALL: f32 = 4.6;

/// Draws cards; keeps the parsed fonts, so that many cards cost little.
pub struct Press {
    sans: Font,
    mono: Font,
}

impl Press {
    /// Loads the two fonts that the product carries.
    ///
    /// # Errors
    /// A fault when a font file is damaged.
    pub fn new() -> Result<Self, Fault> {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.into(), 0).ok_or_else(|| Fault::bare("a font of the key card is damaged"))
        };
        Ok(Self {
            sans: font(SANS)?,
            mono: font(MONO)?,
        })
    }

    /// Draws the three panels with their left upper corner at the surface's origin; their tags, in reading order.
    pub(crate) fn panels(&self, surface: &mut Surface<'_>, sheet: &Sheet, issuer: &str) -> Vec<TagGroup> {
        let press = self;
        Draw { press, surface }.sheet(sheet, issuer)
    }

    /// One card as a PDF file; `issuer` is the operator's name, printed at the top.
    ///
    /// # Errors
    /// A fault when the name holds a character that the font lacks.
    pub fn card(&self, sheet: &Sheet, issuer: &str) -> Result<Vec<u8>, Fault> {
        let mut document = Document::new_with(settings()?);
        document.set_metadata(
            Metadata::new()
                .title(format!("Nøglekort / Key card {}", sheet.number()))
                .language("da".to_owned())
                .creator(issuer.to_owned()),
        );
        let size = PageSettings::from_wh(WIDTH, PANEL * 3.0).ok_or_else(|| Fault::bare("key card page size"))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        let mut tree = TagTree::new().with_lang(Some("da".to_owned()));
        for group in self.panels(&mut surface, sheet, issuer) {
            tree.push(group);
        }
        surface.finish();
        page.finish();
        document.set_tag_tree(tree);
        document.set_outline(outline(sheet));
        document
            .finish()
            .map_err(|error| Fault::bare(format!("key card PDF: {error:?}")))
    }
}

/// Tagged PDF for everybody (PDF/UA-1).
pub(crate) fn settings() -> Result<SerializeSettings, Fault> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| Fault::bare("PDF/UA-1 is not available"))?;
    Ok(SerializeSettings {
        configuration,
        enable_tagging: true,
        xmp_metadata: true,
        ..SerializeSettings::default()
    })
}

/// One entry, since PDF/UA asks for an outline: the card itself.
fn outline(sheet: &Sheet) -> Outline {
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(
        format!("Nøglekort / Key card {}", sheet.number()),
        top,
    ));
    outline
}

struct Draw<'a, 'b> {
    press: &'a Press,
    surface: &'a mut Surface<'b>,
}

#[derive(Clone, Copy)]
enum Face {
    Label,
    Digits,
}

impl Draw<'_, '_> {
    fn sheet(&mut self, sheet: &Sheet, issuer: &str) -> Vec<TagGroup> {
        let mut tree = vec![self.head(sheet, issuer), self.advice()];
        for (nth, rows) in Sheet::panels().into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "0, 1 or 2")]
            let top = PANEL * nth as f32;
            let below_head = if nth == 0 { 33.0 } else { 10.5 };
            tree.push(self.panel(sheet, rows, top + below_head));
            if nth > 0 {
                self.fold(top);
            }
        }
        tree
    }

    fn head(&mut self, sheet: &Sheet, issuer: &str) -> TagGroup {
        let title = format!("Nøglekortnummer / Card number: {}", sheet.number());
        let mut heading = TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(title)));
        heading.push(self.text(Face::Label, 6.5, (MARGIN, 14.0), &format!("{issuer} "), None));
        heading.push(self.text(Face::Label, 4.8, (112.0, 14.0), "Nøglekortnummer / Card no. ", None));
        heading.push(self.text(Face::Digits, 7.4, (190.0, 14.0), sheet.number().as_str(), None));
        heading
    }

    fn advice(&mut self) -> TagGroup {
        let mut paragraph = TagGroup::new(Tag::P);
        let danish =
            "Kortet er personligt. Kopiér eller fotografér det ikke, og giv aldrig mere end én nøgle ad gangen. ";
        let english =
            "This card is personal. Never copy or photograph it; nobody may ask for more than one code at a time.";
        paragraph.push(self.text(Face::Label, 3.9, (MARGIN, 20.0), danish, Some("da")));
        paragraph.push(self.text(Face::Label, 3.9, (MARGIN, 25.0), english, Some("en")));
        paragraph
    }

    fn panel(&mut self, sheet: &Sheet, rows: Range<usize>, top: f32) -> TagGroup {
        let mut head = TagGroup::new(Tag::TR);
        for column in 0..COLUMNS {
            head.push(self.heading(column, 0.0, top, "Nr./No. "));
            head.push(self.heading(column, CODE_AT, top, "Nøgle/Code "));
        }
        let mut body = TagGroup::new(Tag::TBody);
        for (line, row) in rows.enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "below 13")]
            let y = top + 9.5 + ROW * line as f32;
            body.push(self.row(sheet, row, y));
        }
        let summary = "Nøgle nr. til venstre, nøgle til højre / number on the left, code on the right";
        let mut table = TagGroup::new(Tag::Table.with_summary(Some(summary.to_owned())));
        table.push(TagGroup::with_children(Tag::THead, vec![head.into()]));
        table.push(body);
        table
    }

    fn heading(&mut self, column: usize, right: f32, y: f32, label: &str) -> TagGroup {
        let mut cell = TagGroup::new(Tag::TH(TableHeaderScope::Column));
        cell.push(self.text(Face::Label, SMALL, (left_of(column) + right, y), label, None));
        cell
    }

    fn row(&mut self, sheet: &Sheet, row: usize, y: f32) -> TagGroup {
        let mut line = TagGroup::new(Tag::TR);
        for column in 0..COLUMNS {
            let Some((index, code)) = sheet.at(row, column) else {
                continue;
            };
            let mut number = TagGroup::new(Tag::TH(TableHeaderScope::Row));
            number.push(self.text(
                Face::Digits,
                SIZE - 1.0,
                (left_of(column), y),
                &format!("{index} "),
                None,
            ));
            let mut value = TagGroup::new(Tag::TD);
            value.push(self.text(
                Face::Digits,
                SIZE,
                (left_of(column) + CODE_AT, y),
                &format!("{code} "),
                None,
            ));
            line.push(number);
            line.push(value);
        }
        line
    }

    fn text(
        &mut self,
        face: Face,
        size: f32,
        at: (f32, f32),
        text: &str,
        lang: Option<&str>,
    ) -> krilla::tagging::Identifier {
        let font = match face {
            Face::Label => self.press.sans.clone(),
            Face::Digits => self.press.mono.clone(),
        };
        let span = SpanTag::empty().with_lang(lang);
        let identifier = self.surface.start_tagged(ContentTag::Span(span));
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill {
            paint: luma::Color::black().into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::default(),
        }));
        self.surface.draw_text(
            Point::from_xy(at.0, at.1),
            font,
            size,
            text,
            false,
            TextDirection::LeftToRight,
        );
        self.surface.end_tagged();
        identifier
    }

    /// The dashed line between two panels; no part of what is read.
    fn fold(&mut self, y: f32) {
        let mut line = PathBuilder::new();
        line.move_to(0.0, y);
        line.line_to(WIDTH, y);
        let Some(line) = line.finish() else { return };
        self.surface
            .start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        self.surface.set_fill(None);
        let dash = Some(StrokeDash {
            array: vec![3.0, 3.0],
            offset: 0.0,
        });
        self.surface.set_stroke(Some(Stroke {
            paint: luma::Color::new(150).into(),
            width: 0.4,
            dash,
            ..Stroke::default()
        }));
        self.surface.draw_path(&line);
        self.surface.end_tagged();
    }
}

fn left_of(column: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "0 to 3")]
    let column = column as f32;
    MARGIN + COLUMN * column
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::credentials::keycard::print::sample;

    #[test]
    fn a_card_is_a_small_tagged_pdf() {
        let press = Press::new().unwrap();
        let pdf = press.card(&sample().unwrap(), "Nøgle Demo").unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        assert!((5_000..120_000).contains(&pdf.len()), "{}", pdf.len());
        if let Ok(path) = std::env::var("KEYCARD_PDF") {
            std::fs::write(path, &pdf).unwrap();
        }
    }

    #[test]
    fn a_name_the_font_cannot_write_is_a_fault_not_a_panic() {
        assert!(
            Press::new()
                .unwrap()
                .card(&sample().unwrap(), "\u{4e2d}\u{10ffff}")
                .is_err()
        );
    }
}
