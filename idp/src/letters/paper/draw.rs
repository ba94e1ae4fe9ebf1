//! What was set, drawn on pages of a PDF, each piece with its tag.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::color::luma;
use krilla::geom::Point;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree};
use krilla::text::TextDirection;

use super::{Cell, Face, Faces, HEIGHT, Item, Line, Pages, WIDTH};
use crate::fault::Fault;

impl Pages<'_> {
    /// Draws them; `beside` adds to the first page what is set elsewhere (a card).
    pub(in crate::letters) fn draw(
        self,
        document: &mut Document,
        language: &str,
        mut beside: impl FnMut(&mut Surface<'_>) -> Vec<TagGroup>,
    ) -> Result<TagTree, Fault> {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Fault::bare("the page size of letters"))?;
        for (nth, items) in self.items.into_iter().enumerate() {
            let mut page = document.start_page_with(size.clone());
            let mut surface = page.surface();
            for item in items {
                tree.push(draw(self.faces, &mut surface, item));
            }
            if nth == 0 {
                for group in beside(&mut surface) {
                    tree.push(group);
                }
            }
            surface.finish();
            page.finish();
        }
        Ok(tree)
    }
}

fn draw(faces: &Faces, surface: &mut Surface<'_>, item: Item) -> TagGroup {
    let mut tagged = |lines: Vec<Line>, mut group: TagGroup| {
        for line in lines {
            group.push(write(faces, surface, &line));
        }
        group
    };
    match item {
        Item::Heading(title, lines) => tagged(lines, TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(title)))),
        Item::Paragraph(lines) => tagged(lines, TagGroup::new(Tag::P)),
        Item::Table(rows) => {
            let mut table = TagGroup::new(Tag::Table);
            for row in rows {
                let mut line = TagGroup::new(Tag::TR);
                for (cell, text) in row {
                    let group = match cell {
                        Cell::ColumnHead => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
                        Cell::RowHead => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
                        Cell::Value => TagGroup::new(Tag::TD),
                    };
                    line.push(tagged(vec![text], group));
                }
                table.push(line);
            }
            table
        }
    }
}

fn write(faces: &Faces, surface: &mut Surface<'_>, line: &Line) -> Identifier {
    let font = match line.face {
        Face::Sans => faces.sans.clone(),
        Face::Mono => faces.mono.clone(),
    };
    let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: luma::Color::black().into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }));
    let at = Point::from_xy(line.at.0, line.at.1);
    surface.draw_text(at, font, line.size, &line.text, false, TextDirection::LeftToRight);
    surface.end_tagged();
    identifier
}
