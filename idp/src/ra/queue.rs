//! The print queue behind the API: a printer takes a batch, fetches each letter while it is printed and not posted, and says that it was posted.
//! Owns the shapes; what may be shown, and that it is recorded, is the print run's (`letters::run`).

use std::sync::Arc;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

use super::call::Officer;
use super::wanted::{Done, Hearing, Need, Wanted};
use crate::ctx::Ctx;
use crate::domain::officer::Act;
use crate::domain::refusal::{Code, Refusal};
use crate::letters::run::{self, Item, Pdf, What, is_at, printed, shown_again};
use crate::storage::{Halt, Tx};

/// The most letters of one batch.
const MOST: u16 = 200;

/// What a batch holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
// By a name of its own: the documents of `proofing` are a `Kind` too.
#[schema(as = BatchKind)]
pub(super) enum Kind {
    /// Key cards.
    Cards,
    /// Activation passwords.
    Passwords,
}

/// A batch is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchWish {
    what: Kind,
    /// The most letters, 1 to 200.
    #[schema(minimum = 1, maximum = 200)]
    limit: u16,
}

/// A letter, by what it brings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LetterWish {
    what: Kind,
    /// Its name in the batch.
    id: String,
}

/// Letters that were handed to the post.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PostedWish {
    what: Kind,
    /// Their names in the batch.
    #[schema(max_items = 200)]
    ids: Vec<String>,
}

/// A batch that was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BatchView {
    /// Letters that are this batch's: each is fetched by its name.
    letters: Vec<String>,
    /// Letters that cannot be made and still wait.
    unprintable: Vec<UnprintableView>,
}

/// A letter that cannot be made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct UnprintableView {
    /// What it would have brought.
    id: String,
    /// Why not.
    reason: String,
}

/// A letter.
#[derive(Serialize, ToSchema)]
pub(super) struct LetterView {
    /// Its name in the batch.
    id: String,
    /// The PDF in base64.
    #[schema(value_type = String)]
    #[serde(serialize_with = "base64")]
    pdf: Arc<Pdf>,
}

/// How many were noted as posted; the others were posted before, never printed, or are not printed by this RA.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PostedView {
    /// So many.
    posted: usize,
}

impl Kind {
    const fn what(self) -> What {
        match self {
            Self::Cards => What::Cards,
            Self::Passwords => What::Passwords,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Cards => "cards",
            Self::Passwords => "passwords",
        }
    }

    fn item(self, id: &str) -> Result<Item, Code> {
        Item::parse(self.what(), id).ok_or(Code::RaNotFound)
    }
}

impl Wanted for BatchWish {
    const ACT: Act = Act::Print;
    type View = BatchView;

    fn needs(&self) -> Need {
        if (1..=MOST).contains(&self.limit) {
            Need::Batch(self.what.what(), usize::from(self.limit))
        } else {
            Need::Nothing
        }
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<BatchView>, Halt> {
        take(tx, ctx, hearing, self)
    }
}

impl Wanted for LetterWish {
    const ACT: Act = Act::Print;
    const ONCE: bool = false;
    type View = LetterView;

    fn needs(&self) -> Need {
        self.what.item(&self.id).map_or(Need::Nothing, Need::Letter)
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<LetterView>, Halt> {
        show(tx, ctx, hearing, self)
    }
}

impl Wanted for PostedWish {
    const ACT: Act = Act::Print;
    type View = PostedView;

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<PostedView>, Halt> {
        posted(tx, ctx, hearing.officer, self)
    }
}

/// Written as it is encoded: no copy of the letter is left in between.
fn base64<S: Serializer>(pdf: &Pdf, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(pdf, &STANDARD))
}

fn as_printer(officer: &Officer) -> run::Officer {
    run::Officer {
        name: officer.full_name(),
        reason: officer.reason.as_str().to_owned(),
    }
}

/// Takes a batch: what was made is marked, unless somebody else was faster.
fn take(tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, wish: &BatchWish) -> Result<Done<BatchView>, Halt> {
    if wish.needs() == Need::Nothing {
        return Err(Refusal::new(Code::RequestMalformed).at("limit").into());
    }
    let marked = printed(tx, ctx, &as_printer(hearing.officer), &hearing.facts.made)?;
    let unprintable = hearing.facts.unprintable.iter().map(|left| UnprintableView {
        id: left.item.to_string(),
        reason: left.reason.clone(),
    });
    Ok(Done {
        detail: format!("{}: {}", wish.what.word(), marked.len()),
        body: BatchView {
            letters: marked.iter().map(ToString::to_string).collect(),
            unprintable: unprintable.collect(),
        },
        about: None,
    })
}

/// Shows a letter of a batch, while it was not posted; each time is recorded.
fn show(tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, wish: &LetterWish) -> Result<Done<LetterView>, Halt> {
    let item = wish.what.item(&wish.id)?;
    let pdf = hearing.facts.letter.as_ref().ok_or(Code::RaNotFound)?;
    let who = shown_again(tx, ctx, &as_printer(hearing.officer), &item)?;
    let who = who.ok_or(Code::RaNotFound)?;
    Ok(Done {
        body: LetterView {
            id: item.to_string(),
            pdf: Arc::clone(pdf),
        },
        about: Some(who),
        detail: format!("{}: shown", wish.what.word()),
    })
}

/// Notes that letters were handed to the post, by whoever prints for it: nothing of them is shown again.
fn posted(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, wish: &PostedWish) -> Result<Done<PostedView>, Halt> {
    if wish.ids.len() > usize::from(MOST) {
        return Err(Refusal::new(Code::RequestMalformed).at("ids").into());
    }
    let (name, desk, mut posted) = (officer.full_name(), officer.prints_at(), 0);
    for id in &wish.ids {
        let item = wish.what.item(id)?;
        // What waits at a desk is handed over there, to its holder; and whoever prints for a desk has nothing of the post's.
        if desk.is_some() || !is_at(tx, &item, None)? {
            continue;
        }
        posted += usize::from(run::posted(tx, ctx, &name, &item)?);
    }
    Ok(Done {
        body: PostedView { posted },
        about: None,
        detail: format!("{}: {posted} posted", wish.what.word()),
    })
}
