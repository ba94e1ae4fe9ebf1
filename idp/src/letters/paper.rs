//! Setting text on A4: lines, paragraphs, tables, pages, each with its tag (PDF/UA-1). Owns where things stand; never what they say.

mod draw;

use krilla::text::Font;

use crate::credentials::keycard::pdf::{MONO, SANS};
use crate::fault::Fault;

pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
/// Below it nothing stands.
const BOTTOM: f32 = HEIGHT - 57.0;

/// Sizes in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub body: f32,
    pub title: f32,
    pub digits: f32,
    /// Pairs beside each other in a table of codes.
    pub columns: usize,
}

impl Style {
    pub(super) const ORDINARY: Style = Style {
        body: 10.5,
        title: 16.0,
        digits: 15.0,
        columns: 4,
    };
    /// Nothing below 18 points.
    pub(super) const LARGE: Style = Style {
        body: 18.0,
        title: 24.0,
        digits: 22.0,
        columns: 3,
    };

    fn lead(&self) -> f32 {
        self.body * 1.42
    }
}

/// Where running text stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    pub left: f32,
    pub width: f32,
    pub top: f32,
}

impl Region {
    /// Below address and date, over the whole width.
    pub(super) const LETTER: Region = Region {
        left: 71.0,
        width: WIDTH - 142.0,
        top: 262.0,
    };
}

/// A part of a letter.
pub(super) enum Part {
    /// What the envelope's window shows.
    Address(Vec<String>),
    /// Place of the date: the right side, above the text.
    Date(String),
    /// The one heading.
    Title(String),
    /// A paragraph.
    Text(String),
    /// A line of label and value, the value in digits that cannot be mistaken.
    Fact(String, String),
    /// Rows of a card: number and code.
    Pairs {
        heads: [String; 2],
        pairs: Vec<(String, String)>,
    },
}

/// Two faces and their measures.
pub(super) struct Faces {
    sans: Font,
    mono: Font,
    measure: ttf_parser::Face<'static>,
}

#[derive(Clone, Copy)]
enum Face {
    Sans,
    Mono,
}

/// A mono digit is this wide, in parts of its size (DejaVu Sans Mono).
const MONO_ADVANCE: f32 = 0.602;

impl Faces {
    pub(super) fn load() -> Result<Self, Fault> {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.into(), 0).ok_or_else(|| Fault::bare("a font of the letters is damaged"))
        };
        Ok(Self {
            sans: font(SANS)?,
            mono: font(MONO)?,
            measure: ttf_parser::Face::parse(SANS, 0).map_err(|error| Fault::new("a font of the letters", error))?,
        })
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let units = f32::from(self.measure.units_per_em());
        let advance = |c| {
            let glyph = self.measure.glyph_index(c).unwrap_or_default();
            f32::from(self.measure.glyph_hor_advance(glyph).unwrap_or_default())
        };
        text.chars().map(advance).sum::<f32>() / units * size
    }

    /// The lines of a text within a width.
    fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if !line.is_empty() && self.width(&longer, size) > width {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            } else {
                line = longer;
            }
        }
        lines.push(line);
        lines
    }
}

/// A piece of text at its place.
struct Line {
    at: (f32, f32),
    size: f32,
    face: Face,
    text: String,
}

/// What is tagged together.
enum Item {
    Heading(String, Vec<Line>),
    Paragraph(Vec<Line>),
    /// Cells; those of the first row, or the first of each pair, are headings.
    Table(Vec<Vec<(Cell, Line)>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    ColumnHead,
    RowHead,
    Value,
}

/// Sets parts on pages.
pub(super) struct Setter<'a> {
    faces: &'a Faces,
    style: Style,
    region: Region,
    y: f32,
    pages: Vec<Vec<Item>>,
}

impl<'a> Setter<'a> {
    pub(super) fn new(faces: &'a Faces, style: Style, region: Region) -> Self {
        Self {
            faces,
            style,
            region,
            y: region.top,
            pages: vec![Vec::new()],
        }
    }

    pub(super) fn set(mut self, parts: &[Part]) -> Pages<'a> {
        for part in parts {
            match part {
                Part::Address(lines) => self.address(lines),
                Part::Date(date) => self.date(date),
                Part::Title(title) => self.title(title),
                Part::Text(text) => self.text(text),
                Part::Fact(label, value) => self.fact(label, value),
                Part::Pairs { heads, pairs } => self.pairs(heads, pairs),
            }
        }
        Pages {
            faces: self.faces,
            items: self.pages,
        }
    }

    fn put(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.push(item);
        }
    }

    /// A new page where so much does not fit on this one.
    fn make_room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.pages.push(Vec::new());
            self.y = 90.0;
            self.region = Region {
                left: Region::LETTER.left,
                width: Region::LETTER.width,
                top: self.y,
            };
        }
    }

    fn lines(&self, lines: Vec<String>, (left, top): (f32, f32), size: f32, lead: f32) -> Vec<Line> {
        let mut y = top;
        lines
            .into_iter()
            .map(|text| {
                let line = Line {
                    at: (left, y),
                    size,
                    face: Face::Sans,
                    text: format!("{text} "),
                };
                y += lead;
                line
            })
            .collect()
    }

    fn address(&mut self, lines: &[String]) {
        let (size, lead) = (self.style.body.max(11.0), self.style.lead().max(15.0));
        let lines = self.lines(lines.to_vec(), (Region::LETTER.left, 128.0), size, lead);
        self.put(Item::Paragraph(lines));
    }

    fn date(&mut self, date: &str) {
        let size = self.style.body;
        let left = WIDTH - Region::LETTER.left - self.faces.width(date, size);
        let lines = self.lines(vec![date.to_owned()], (left, 232.0), size, 0.0);
        self.put(Item::Paragraph(lines));
    }

    fn title(&mut self, title: &str) {
        let (size, lead) = (self.style.title, self.style.title * 1.25);
        let wrapped = self.faces.wrap(title, size, self.region.width);
        self.y += size;
        let height = wrapped.len();
        let lines = self.lines(wrapped, (self.region.left, self.y), size, lead);
        self.y += lead * count(height) + self.style.body * 0.3;
        self.put(Item::Heading(title.to_owned(), lines));
    }

    fn text(&mut self, text: &str) {
        let (size, lead) = (self.style.body, self.style.lead());
        let wrapped = self.faces.wrap(text, size, self.region.width);
        let height = lead * count(wrapped.len());
        self.make_room(height);
        let lines = self.lines(wrapped, (self.region.left, self.y), size, lead);
        self.y += height + size * 0.6;
        self.put(Item::Paragraph(lines));
    }

    fn fact(&mut self, label: &str, value: &str) {
        let (size, digits) = (self.style.body, self.style.digits);
        self.make_room(digits * 2.0 + size);
        self.y += size * 0.4;
        let label_line = Line {
            at: (self.region.left, self.y),
            size,
            face: Face::Sans,
            text: format!("{label} "),
        };
        self.y += digits * 1.35;
        let value_line = Line {
            at: (self.region.left, self.y),
            size: digits,
            face: Face::Mono,
            text: format!("{value} "),
        };
        self.y += digits * 0.6 + self.style.lead();
        self.put(Item::Table(vec![vec![
            (Cell::RowHead, label_line),
            (Cell::Value, value_line),
        ]]));
    }

    /// Pairs run down the columns of each page.
    fn pairs(&mut self, heads: &[String; 2], pairs: &[(String, String)]) {
        let (digits, row) = (self.style.digits, self.style.digits * 1.5);
        let column = self.region.width / count(self.style.columns);
        let code_at = digits * MONO_ADVANCE * 5.0;
        let mut rest = pairs;
        while !rest.is_empty() {
            self.make_room(row * 6.0);
            let fit = ((BOTTOM - self.y - row * 1.5) / row).floor().max(1.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "some tens of rows"
            )]
            let rows = (fit as usize).min(rest.len().div_ceil(self.style.columns));
            let (now, later) = rest.split_at((rows * self.style.columns).min(rest.len()));
            let mut table = vec![self.heads(heads, column, code_at)];
            self.y += row * 1.2;
            for nth in 0..rows {
                let line = (0..self.style.columns).filter_map(|at| Some((at, now.get(at * rows + nth)?)));
                let mut cells = Vec::new();
                for (at, (index, code)) in line {
                    let left = self.region.left + column * count(at);
                    cells.push((Cell::RowHead, self.digits(index, left)));
                    cells.push((Cell::Value, self.digits(code, left + code_at)));
                }
                table.push(cells);
                self.y += row;
            }
            self.put(Item::Table(table));
            rest = later;
        }
    }

    fn heads(&self, heads: &[String; 2], column: f32, code_at: f32) -> Vec<(Cell, Line)> {
        let size = self.style.body;
        let head = |text: &String, left: f32| Line {
            at: (left, self.y),
            size,
            face: Face::Sans,
            text: format!("{text} "),
        };
        let columns = (0..self.style.columns).map(|at| self.region.left + column * count(at));
        columns
            .flat_map(|left| {
                [
                    (Cell::ColumnHead, head(&heads[0], left)),
                    (Cell::ColumnHead, head(&heads[1], left + code_at)),
                ]
            })
            .collect()
    }

    fn digits(&self, text: &str, left: f32) -> Line {
        Line {
            at: (left, self.y),
            size: self.style.digits,
            face: Face::Mono,
            text: format!("{text} "),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "some tens")]
fn count(number: usize) -> f32 {
    number as f32
}

/// Pages that are set, to be drawn.
pub(super) struct Pages<'a> {
    faces: &'a Faces,
    items: Vec<Vec<Item>>,
}
