//! The job that asks registers about accepted orders, one at a time. Owns that none is done twice, lost or let through: a register that does not
//! answer delays, and whoever waited for too long is told.

use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};

use super::form::Details;
use super::orders::{DAY, Orders, Placed, document, mark};
use crate::audit::{Event, Who, record};
use crate::clock::Clock;
use crate::ctx::Ctx;
use crate::delivery::{Address, Notice, Paper, Recipient, message_to, notice, paper_to};
use crate::domain::consent::VERSION;
use crate::domain::denmark;
use crate::domain::eid::EidStatus;
use crate::domain::id::EidId;
use crate::domain::locale::Locale;
use crate::domain::party::OWN;
use crate::domain::proofing::{Channel, Evidence};
use crate::domain::refusal::Code;
use crate::domain::register::Entry;
use crate::domain::time::{Span, Time};
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::issuing::{Application, Person, Where, heard, issue};
use crate::registers::{Checked, Unreachable};
use crate::storage::{Durability, Halt, OnlineOrder, Tx};

/// Orders that one round does at most.
const AT_ONCE: usize = 200;
/// Whoever takes up an order has so long for it; then it is due again.
const CLAIM: Span = Span::minutes(5);
/// The first pause after a register did not answer; each later one is twice as long.
const PAUSE: Span = Span::secs(5);
/// The longest.
const LONGEST: Span = Span::minutes(1);
/// The pause after a register had no answer to this question, so that others for the same person have their turn: longer than [`LONGEST`].
const ASIDE: Span = Span::minutes(10);

/// What registers say.
type Answers = (Option<Entry>, Checked);

impl Orders {
    /// One round, of one node at a time: erases what waited for too long, then does what is due. It ends early where a register does not answer,
    /// and begins nothing while no CA issues: an order waits for either.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn round(&self, clock: &Clock, rng: &Entropy) -> Result<(), Halt> {
        let ctx = Ctx::system(clock.now(), rng);
        let (before, demo) = (ctx.now - self.keep, self.demo);
        let act = move |tx: &mut Tx<'_>| lapse(tx, &ctx, before, demo);
        self.store.transact("order.lapse", Durability::Full, act).await?;
        for _ in 0..AT_ONCE {
            // Each by the time at which it is asked about.
            let ctx = Ctx::system(clock.now(), rng);
            let (now, node, most) = (ctx.now, self.node, self.checks_per_person);
            let act = move |tx: &mut Tx<'_>| claim(tx, now, &node, most);
            let claimed = self.store.transact("order.claim", Durability::Soft, act).await?;
            let without_ca = matches!(claimed, Claimed::NoCa);
            if without_ca && !self.without_ca.swap(true, Ordering::Relaxed) {
                log::error!("no CA issues: orders wait until one is installed (`idp ca`)");
            }
            let goes_on = match claimed {
                Claimed::None | Claimed::NoCa => false,
                Claimed::Later => true,
                Claimed::Order(order) => {
                    self.without_ca.store(false, Ordering::Relaxed);
                    self.take(&ctx, *order).await?
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One order; `false` where a register answers nobody.
    async fn take(&self, ctx: &Ctx, order: OnlineOrder) -> Result<bool, Halt> {
        let (placed, details) = match read(&order, ctx, self.demo) {
            Ok(read) => read,
            Err(fault) => {
                // It is looked at again, and erased in the end; the others do not wait for it.
                log::error!("an order is left where it is: {fault}");
                return Ok(true);
            }
        };
        let (which, ctx) = (order.which(), ctx.clone());
        let answers = match self.ask(&details, denmark::date(ctx.now)).await {
            Ok(answers) => answers,
            Err(why) => {
                let one_alone = why == Unreachable::Question;
                let due = ctx.now + if one_alone { ASIDE } else { pause(order.tries) };
                self.store
                    .transact("order.later", Durability::Soft, move |tx| {
                        tx.online_orders().later(which, due).map(drop)
                    })
                    .await?;
                return Ok(one_alone);
            }
        };
        let offices = self.offices(ctx.locale);
        let there = |office: &String| offices.iter().any(|(id, _)| id == office);
        let reached = details.office.as_ref().is_none_or(there);
        let rules = self.rules;
        self.store
            .transact("order.conclude", Durability::Full, move |tx| {
                if !tx.online_orders().checked(which, ctx.now)? {
                    return Ok(());
                }
                if let Some(entry) = &answers.0 {
                    heard(tx, &ctx, &details.cpr, entry)?;
                }
                let wish = Wish {
                    details: &details,
                    placed: &placed,
                    reached,
                };
                match tx.attempt(|tx| wish.decide(tx, &ctx, &answers, &rules))? {
                    Ok(()) => wish.ended(tx, &ctx, "issued"),
                    Err(refusal) => wish.refused(tx, &ctx, answers.0.as_ref(), refusal.code),
                }
            })
            .await?;
        Ok(true)
    }

    async fn ask(&self, details: &Details, today: chrono::NaiveDate) -> Result<Answers, Unreachable> {
        let (registers, details) = (self.registers.clone(), details.clone());
        let asked = tokio::task::spawn_blocking(move || {
            let entry = registers.cpr.entry(&details.cpr)?;
            let checked = registers
                .documents
                .check(&details.cpr, details.document, &details.number, today)?;
            Ok((entry, checked))
        });
        asked.await.unwrap_or(Err(Unreachable::Register))
    }
}

/// What was taken up.
enum Claimed {
    /// Nothing is due.
    None,
    /// One that waits: enough documents of its person were checked today, or an order that was accepted before has its turn first.
    Later,
    /// Something is due, and no CA issues.
    NoCa,
    /// This one.
    Order(Box<OnlineOrder>),
}

fn claim(tx: &mut Tx<'_>, now: Time, node: &[u8; 16], most: usize) -> Result<Claimed, Halt> {
    if !tx.leases().take("order.check", node, now, now + Span::minutes(2))? {
        return Ok(Claimed::None);
    }
    let Some(due) = tx.online_orders().due(now)? else {
        return Ok(Claimed::None);
    };
    if tx.vault().issuing_ca(now).is_none() {
        return Ok(Claimed::NoCa);
    }
    // Whoever ordered first in this person's name has the turn, whichever fell due first, and though a register kept it waiting.
    let Some(order) = tx.online_orders().first_of(&due.cpr, now + LONGEST)? else {
        return Ok(Claimed::None);
    };
    let checks = tx.online_orders().checks(&order.cpr, now - DAY)?;
    if let Some(first) = checks.first().filter(|_| checks.len() >= most) {
        tx.online_orders().claim(&order, *first + DAY)?;
        return Ok(Claimed::Later);
    }
    if order.due_at > now {
        // A register keeps the first waiting: this one waits for as long.
        tx.online_orders().claim(&due, order.due_at)?;
        return Ok(Claimed::Later);
    }
    tx.online_orders().claim(&order, now + CLAIM)?;
    Ok(Claimed::Order(Box::new(order)))
}

fn pause(tries: i32) -> Span {
    let doubled = u32::try_from(tries).unwrap_or(0).min(10);
    Span::secs(PAUSE.as_secs() << doubled).min(LONGEST)
}

/// What was accepted; it was found good then.
fn read(order: &OnlineOrder, ctx: &Ctx, demo: bool) -> Result<(Placed, Details), Fault> {
    let details = order.details.as_ref();
    let details = details.ok_or_else(|| Fault::bare("online_orders.details does not open"))?;
    let placed: Placed =
        serde_json::from_slice(details).map_err(|error| Fault::new("an order cannot be read", error))?;
    let office = std::slice::from_ref(&placed.typed.office);
    let details = placed.typed.judge(demo, office, denmark::date(ctx.now));
    let details = details.map_err(|_| Fault::bare("an order that was accepted is not good any more"))?;
    Ok((placed, details))
}

/// Orders that no register has answered about, or whose turn never came: erased, and told of where an address was given.
fn lapse(tx: &mut Tx<'_>, ctx: &Ctx, before: Time, demo: bool) -> Result<(), Halt> {
    for order in tx.online_orders().placed_before(before, 100)? {
        if !tx.online_orders().forget(order.which())? {
            continue;
        }
        let (placed, details) = match read(&order, ctx, demo) {
            Ok(read) => read,
            Err(fault) => {
                log::error!("an order was erased that nobody can be told of: {fault}");
                continue;
            }
        };
        let mail = details
            .email
            .as_ref()
            .map(|email| Address::Mail(email.as_str().to_owned()));
        let mobile = details
            .mobile
            .as_ref()
            .map(|phone| Address::Mobile(phone.as_str().to_owned()));
        for to in mail.into_iter().chain(mobile) {
            let told = Notice::OrderLapsed {
                placed: order.placed_at,
            };
            message_to(tx, ctx, to, placed.language, told)?;
        }
        let wish = Wish {
            details: &details,
            placed: &placed,
            reached: true,
        };
        wish.ended(tx, ctx, "lapsed")?;
    }
    Ok(())
}

/// An order whose registers have answered.
struct Wish<'a> {
    details: &'a Details,
    placed: &'a Placed,
    /// The office that was chosen serves still.
    reached: bool,
}

impl Wish<'_> {
    fn decide(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        (entry, checked): &Answers,
        rules: &crate::issuing::Rules,
    ) -> Result<(), Halt> {
        let entry = entry.as_ref().ok_or(Code::ProofingUnknownPerson)?;
        match checked {
            Checked::Valid => {}
            Checked::Expired => return Err(Code::ProofingDocumentExpired.into()),
            Checked::NotTheirs | Checked::Void => return Err(Code::DocumentNotConfirmed.into()),
        }
        if !self.reached {
            return Err(Code::OrderDelivery.into());
        }
        let accepted = &self.placed.accepted;
        let application = self.details.application(
            (entry, self.placed.language),
            (accepted.version == VERSION).then_some(accepted.at),
            false,
        );
        issue(tx, ctx, &application, rules).map(drop)
    }

    fn ended(&self, tx: &mut Tx<'_>, ctx: &Ctx, how: &'static str) -> Result<(), Halt> {
        let event = Event::OrderEnded {
            order: mark(tx, &self.details.cpr),
            how,
            document: self.details.document.as_str(),
        };
        record(tx, ctx, &event)
    }

    /// Why nothing was issued is told by a letter to the registered address alone: whoever ordered may be somebody else.
    fn refused(&self, tx: &mut Tx<'_>, ctx: &Ctx, entry: Option<&Entry>, code: Code) -> Result<(), Halt> {
        self.ended(tx, ctx, code.as_str())?;
        let Some(entry) = entry.filter(|_| code != Code::ProofingPersonEnded) else {
            return Ok(());
        };
        let paper = if code == Code::OrderHasEid {
            self.tells_the_holder(tx, ctx)?;
            Paper::OrderedAgain
        } else {
            Paper::OrderRefused { because: code }
        };
        let Some(address) = entry.address.clone().filter(|address| !address.trim().is_empty()) else {
            return Ok(());
        };
        let to = Recipient {
            name: entry.name.clone(),
            address,
            language: self.placed.language,
        };
        // One letter of each kind a day to one person, whatever is ordered in their name.
        let kind = if code == Code::OrderHasEid { "again" } else { "order" };
        let key = format!("{kind}:{}:{}", mark(tx, &self.details.cpr), denmark::date(ctx.now));
        paper_to(tx, ctx, to, paper, &key)
    }

    /// Whoever has an eID hears of it at the addresses that they have confirmed.
    fn tells_the_holder(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Halt> {
        let Some(person) = tx.people().by_cpr(&self.details.cpr)? else {
            return Ok(());
        };
        let all = tx.eids().of_person(person)?;
        let Some(eid) = all.into_iter().find(|eid| eid.status != EidStatus::Closed) else {
            return Ok(());
        };
        notice(tx, ctx, Who { person, eid: eid.id }, Notice::OrderedAgain)
    }
}

impl Details {
    /// As an application for an eID: the document's number was confirmed. With `another`, beside one that is there. The addresses that were typed are
    /// nobody's until its holder confirms them: they are written down as proposed.
    #[must_use]
    pub fn application<'a>(
        &'a self,
        (entry, language): (&'a Entry, Locale),
        consents: Option<Time>,
        another: bool,
    ) -> Application<'a> {
        let proposed = Proposed {
            number_of: document(self),
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
            mobile: self.mobile.as_ref().map(|phone| phone.as_str().to_owned()),
        };
        Application {
            channel: Channel::Online,
            by: (OWN, ""),
            person: Person::Registered { cpr: &self.cpr, entry },
            evidence: Evidence::ConfirmedNumber,
            questions: false,
            witness: None,
            consents,
            another,
            hardware: self.hardware,
            bank: None,
            contact: (None, None),
            language,
            at: self.office.as_deref().map_or(Where::Post, Where::PickUp),
            shown: serde_json::to_string(&proposed).unwrap_or_default(),
        }
    }
}

/// What was typed with an online order, as it is written down with the eID.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Proposed {
    /// The document whose number was confirmed.
    pub number_of: String,
    /// An e-mail address that its holder may want to confirm.
    pub email: Option<String>,
    /// A mobile number that its holder may want to confirm.
    pub mobile: Option<String>,
}

impl Proposed {
    /// Of an eID that was ordered online; nothing of any other.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn of(tx: &mut Tx<'_>, eid: EidId) -> Result<Self, Halt> {
        let issue = tx.issues().find(eid)?.filter(|issue| issue.channel == Channel::Online);
        let proposed = issue.and_then(|issue| serde_json::from_str(&issue.shown).ok());
        Ok(proposed.unwrap_or_default())
    }
}
