//! The letters: what each says, in the reader's language. Owns which facts stand together: an eID number never beside an activation
//! password, a card never beside either.

use krilla::Document;
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use zeroize::Zeroizing;

use super::paper::{Faces, Part, Region, Setter, Style};
use crate::config::Settings;
use crate::credentials::keycard::pdf::{self, Press};
use crate::credentials::keycard::print::Sheet;
use crate::delivery::OneTime;
use crate::domain::eid::EidNumber;
use crate::domain::keycard::{COLUMNS, ROWS};
use crate::domain::locale::Locale;
use crate::domain::refusal::Code;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::texts::{Say, when};

/// Where the card's panels begin on its letter.
const CARD_AT: (f32, f32) = (57.0, 345.0);
/// Running text beside the card.
const BESIDE_CARD: Region = Region {
    left: 326.0,
    width: 212.0,
    top: 345.0,
};

/// Whom a letter is for.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Full name.
    pub name: String,
    /// Lines of the postal address; without one it is fetched at the counter.
    pub address: Option<String>,
    /// The language they are written to in.
    pub language: Locale,
    /// Their eID is on hardware: a card is for adding the key alone.
    pub on_hardware: bool,
}

/// What a letter brings. Each is a letter of its own.
pub enum Content<'a> {
    /// Welcome, with the eID's number.
    Welcome(&'a EidNumber),
    /// A key card to fold.
    Card(&'a Sheet),
    /// A key card in large print.
    LargeCard(&'a Sheet),
    /// An activation password.
    Activation {
        /// Six digits.
        password: &'a OneTime,
        /// It serves until then.
        until: Time,
    },
    /// The key card in use ends.
    Renewal(Time),
    /// An online order came to nothing, and why.
    OrderRefused(Code),
    /// Somebody ordered in the name of whoever has an eID.
    OrderedAgain,
}

impl Content<'_> {
    /// The stable word of a letter, by which its texts are found.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Welcome(_) => "welcome",
            Self::Card(_) | Self::LargeCard(_) => "card",
            Self::Activation { .. } => "activation",
            Self::Renewal(_) => "renewal",
            Self::OrderRefused(_) => "order-refused",
            Self::OrderedAgain => "ordered-again",
        }
    }
}

/// Makes letters; keeps the parsed fonts, so that many letters cost little.
pub struct Printer {
    faces: Faces,
    press: Press,
    name: String,
    url: String,
    phone: Option<String>,
}

impl Printer {
    /// Loads the fonts that the product carries.
    ///
    /// # Errors
    /// A fault when a font file is damaged.
    pub fn new(settings: &Settings) -> Result<Self, Fault> {
        Ok(Self {
            faces: Faces::load()?,
            press: Press::new()?,
            name: settings.web.name.clone(),
            url: settings.server.public_url.as_str().to_owned(),
            phone: settings.web.support_phone.clone(),
        })
    }

    /// One letter as a tagged PDF, wiped when nobody needs it any longer.
    ///
    /// # Errors
    /// A fault when a name holds a character that the fonts lack.
    pub fn letter(&self, to: &Addressee, at: Time, content: &Content<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let say = Say(to.language);
        let title = say.with(&format!("letter-{}-title", content.word()), "name", &self.name);
        let mut document = Document::new_with(pdf::settings()?);
        document.set_metadata(
            Metadata::new()
                .title(title.clone())
                .language(to.language.as_str().to_owned())
                .creator(self.name.clone()),
        );
        let large = matches!(content, Content::LargeCard(_));
        let style = if large { Style::LARGE } else { Style::ORDINARY };
        let card = match content {
            Content::Card(sheet) => Some(*sheet),
            _ => None,
        };
        let region = card.map_or(Region::LETTER, |_| BESIDE_CARD);
        let pages = Setter::new(&self.faces, style, region).set(&self.parts(to, at, title.clone(), content));
        let tree = pages.draw(&mut document, to.language.as_str(), |surface| {
            let Some(sheet) = card else { return Vec::new() };
            surface.push_transform(&Transform::from_translate(CARD_AT.0, CARD_AT.1));
            let groups = self.press.panels(surface, sheet, &self.name);
            surface.pop();
            groups
        })?;
        document.set_tag_tree(tree);
        let mut outline = Outline::new();
        outline.push_child(OutlineNode::new(
            title,
            XyzDestination::new(0, Point::from_xy(0.0, 0.0)),
        ));
        document.set_outline(outline);
        document
            .finish()
            .map(Zeroizing::new)
            .map_err(|error| Fault::bare(format!("a letter as PDF: {error:?}")))
    }

    fn parts(&self, to: &Addressee, at: Time, title: String, content: &Content<'_>) -> Vec<Part> {
        let say = Say(to.language);
        let mut address = vec![to.name.clone()];
        match &to.address {
            Some(lines) => address.extend(lines.lines().map(str::to_owned)),
            None => address.push(say.say("letter-collect")),
        }
        let mut parts = vec![
            Part::Address(address),
            Part::Date(when::day(at, to.language)),
            Part::Title(title),
        ];
        let text = |key: &str| Part::Text(say.with_all(key, &[("name", &self.name), ("url", &self.url)]));
        let word = content.word();
        let first = if matches!(content, Content::LargeCard(_)) {
            "large-card"
        } else {
            word
        };
        parts.push(text(&format!("letter-{first}-1")));
        match content {
            Content::Welcome(number) => parts.push(Part::Fact(say.say("letter-eid-number"), number.grouped())),
            Content::Activation { password, until } => {
                parts.push(Part::Fact(
                    say.say("letter-activation-password"),
                    grouped(password.expose()),
                ));
                parts.push(Part::Text(say.with(
                    "letter-activation-until",
                    "day",
                    when::day(*until, to.language),
                )));
            }
            Content::Renewal(end) => {
                parts.push(Part::Text(say.with(
                    "letter-renewal-day",
                    "day",
                    when::day(*end, to.language),
                )));
            }
            Content::LargeCard(sheet) => {
                parts.push(Part::Fact(say.say("letter-card-number"), sheet.number().to_string()))
            }
            Content::OrderRefused(because) => {
                let key = because.text_key().replacen("refusal-", "letter-order-because-", 1);
                let said = say.maybe(&key).unwrap_or_else(|| say.say("letter-order-because"));
                parts.push(Part::Text(said));
            }
            Content::Card(_) | Content::OrderedAgain => {}
        }
        parts.extend((2..=5).map_while(|nth| {
            let hardware = to.on_hardware && word == "card" && nth == 2;
            let key = if hardware {
                "letter-card-hardware".to_owned()
            } else {
                format!("letter-{word}-{nth}")
            };
            // A text that is not there says its key.
            let said = say.with_all(&key, &[("name", &self.name), ("url", &self.url)]);
            (said != key).then_some(Part::Text(said))
        }));
        if to.on_hardware && matches!(content, Content::Welcome(_)) {
            parts.push(text("letter-welcome-hardware"));
        }
        parts.push(match &self.phone {
            Some(phone) => Part::Text(say.with("letter-help-phone", "phone", phone)),
            None => text("letter-help"),
        });
        if let Content::LargeCard(sheet) = content {
            parts.push(pairs(say, sheet));
        }
        parts
    }
}

/// All entries in the order of their positions.
fn pairs(say: Say, sheet: &Sheet) -> Part {
    let places = (0..COLUMNS).flat_map(|column| (0..ROWS).map(move |row| (row, column)));
    Part::Pairs {
        heads: [say.say("letter-index"), say.say("code")],
        pairs: places
            .filter_map(|(row, column)| sheet.at(row, column))
            .map(|(index, code)| (index.to_string(), code.to_string()))
            .collect(),
    }
}

/// `123 456`
fn grouped(digits: &str) -> String {
    digits
        .split_at_checked(3)
        .map_or_else(|| digits.to_owned(), |(front, back)| format!("{front} {back}"))
}
