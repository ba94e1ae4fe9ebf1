//! The job that asks registers about accepted orders, one at a time. Owns that none is done twice, lost or let through: a register that does not
//! answer delays, and whoever waited for too long is told.

use super::form::Details;
use super::orders::{DAY, Orders, Placed, document};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::delivery::{Address, Notice, Paper, Recipient, message_to, notice, paper, paper_to};
use crate::domain::consent::VERSION;
use crate::domain::denmark;
use crate::domain::eid::EidStatus;
use crate::domain::party::OWN;
use crate::domain::proofing::{Channel, Evidence};
use crate::domain::refusal::Code;
use crate::domain::register::Entry;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::issuing::{Application, Person, Where, issue};
use crate::registers::{Checked, Unreachable};
use crate::storage::{Durability, Halt, OnlineOrder, Tx};

/// Orders that one round does at most.
const AT_ONCE: usize = 200;
/// Whoever takes up an order has so long for it; then it is due again.
const CLAIM: Span = Span::minutes(5);
/// The first pause after a register did not answer; each later one is twice as long.
const PAUSE: Span = Span::secs(15);
/// The longest.
const LONGEST: Span = Span::minutes(30);

/// What registers say.
type Answers = (Option<Entry>, Checked);

impl Orders {
    /// One round: erases what waited for too long, then does what is due. It ends early where a register does not answer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn round(&self, ctx: &Ctx) -> Result<(), Halt> {
        let (act_ctx, before, demo) = (ctx.clone(), ctx.now - self.keep, self.demo);
        self.store
            .transact("order.lapse", Durability::Full, move |tx| {
                lapse(tx, &act_ctx, before, demo)
            })
            .await?;
        for _ in 0..AT_ONCE {
            let (now, most) = (ctx.now, self.checks_per_person);
            let taken = self
                .store
                .transact("order.claim", Durability::Soft, move |tx| claim(tx, now, most))
                .await?;
            let goes_on = match taken {
                Claimed::None => return Ok(()),
                Claimed::Later => true,
                Claimed::Order(order) => self.take(ctx, *order).await?,
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One order; `false` where a register did not answer.
    async fn take(&self, ctx: &Ctx, order: OnlineOrder) -> Result<bool, Halt> {
        let (placed, details) = read(&order, ctx, self.demo)?;
        let (key, placed_at, ctx) = (order.key, order.placed_at, ctx.clone());
        let Ok(answers) = self.ask(&details, denmark::date(ctx.now)).await else {
            let due = ctx.now + pause(order.tries);
            self.store
                .transact("order.later", Durability::Soft, move |tx| {
                    tx.online_orders().later(&key, due).map(drop)
                })
                .await?;
            return Ok(false);
        };
        let rules = self.rules;
        self.store
            .transact("order.conclude", Durability::Full, move |tx| {
                if !tx.online_orders().checked(&key, ctx.now)? {
                    return Ok(());
                }
                let wish = Wish {
                    details: &details,
                    placed: &placed,
                    placed_at,
                };
                match tx.attempt(|tx| wish.decide(tx, &ctx, &answers, &rules))? {
                    Ok(()) => Ok(()),
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
        asked.await.unwrap_or(Err(Unreachable))
    }
}

/// What was taken up.
enum Claimed {
    /// Nothing is due.
    None,
    /// One that waits: enough documents of its person were checked today.
    Later,
    /// This one.
    Order(Box<OnlineOrder>),
}

fn claim(tx: &mut Tx<'_>, now: Time, most: usize) -> Result<Claimed, Halt> {
    let Some(order) = tx.online_orders().due(now, 1)?.pop() else {
        return Ok(Claimed::None);
    };
    let checks = tx.online_orders().checks(&order.cpr, now - DAY)?;
    if let Some(first) = checks.first().filter(|_| checks.len() >= most) {
        tx.online_orders().claim(&order, *first + DAY)?;
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
    let placed: Placed =
        serde_json::from_slice(&order.details).map_err(|error| Fault::new("an order cannot be read", error))?;
    let office = std::slice::from_ref(&placed.typed.office);
    let details = placed.typed.judge(demo, office, denmark::date(ctx.now));
    let details = details.map_err(|_| Fault::bare("an order that was accepted is not good any more"))?;
    Ok((placed, details))
}

/// Orders that no register has answered about: erased, and told of where an address was given.
fn lapse(tx: &mut Tx<'_>, ctx: &Ctx, before: Time, demo: bool) -> Result<(), Halt> {
    for order in tx.online_orders().placed_before(before, 100)? {
        if !tx.online_orders().forget(&order.key)? {
            continue;
        }
        let (placed, details) = read(&order, ctx, demo)?;
        let mail = details.email.map(|email| Address::Mail(email.as_str().to_owned()));
        let mobile = details.mobile.map(|phone| Address::Mobile(phone.as_str().to_owned()));
        for to in mail.into_iter().chain(mobile) {
            let told = Notice::OrderLapsed {
                placed: order.placed_at,
            };
            message_to(tx, ctx, to, placed.language, told)?;
        }
        let event = Event::OrderEnded {
            how: "lapsed",
            document: details.document.as_str(),
        };
        record(tx, ctx, &event)?;
    }
    Ok(())
}

/// An order whose registers have answered.
struct Wish<'a> {
    details: &'a Details,
    placed: &'a Placed,
    placed_at: Time,
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
        let application = self.details.application(
            (entry, self.placed.language),
            (self.placed.version == VERSION).then_some(self.placed_at),
            false,
        );
        issue(tx, ctx, &application, rules).map(drop)
    }

    /// Why nothing was issued is told by a letter to the registered address alone: whoever ordered may be somebody else.
    fn refused(&self, tx: &mut Tx<'_>, ctx: &Ctx, entry: Option<&Entry>, code: Code) -> Result<(), Halt> {
        record(
            tx,
            ctx,
            &Event::OrderEnded {
                how: code.as_str(),
                document: self.details.document.as_str(),
            },
        )?;
        // One letter a day to one person, whatever is ordered in their name.
        let hash = tx.online_orders().hash(&self.details.cpr);
        let name: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let key = format!("order:{name}:{}", denmark::date(ctx.now));
        if code == Code::OrderHasEid {
            return self.has_one(tx, ctx, &key);
        }
        let Some(entry) = entry.filter(|_| code != Code::ProofingPersonEnded) else {
            return Ok(());
        };
        let Some(address) = entry.address.clone().filter(|address| !address.trim().is_empty()) else {
            return Ok(());
        };
        let to = Recipient {
            name: entry.name.clone(),
            address,
            language: self.placed.language,
        };
        paper_to(tx, ctx, to, Paper::OrderRefused { because: code }, &key)
    }

    /// The holder learns that somebody has ordered, and nobody else that there is one.
    fn has_one(&self, tx: &mut Tx<'_>, ctx: &Ctx, key: &str) -> Result<(), Halt> {
        let Some(person) = tx.people().by_cpr(&self.details.cpr)? else {
            return Ok(());
        };
        let all = tx.eids().of_person(person)?;
        let Some(eid) = all.into_iter().find(|eid| eid.status != EidStatus::Closed) else {
            return Ok(());
        };
        let who = crate::audit::Who { person, eid: eid.id };
        notice(tx, ctx, who, Notice::OrderedAgain)?;
        paper(tx, ctx, who, Paper::OrderedAgain, key)
    }
}

impl Details {
    /// As an application for an eID: the document's number was confirmed. With `another`, beside one that is there.
    #[must_use]
    pub fn application<'a>(
        &'a self,
        (entry, language): (&'a Entry, crate::domain::locale::Locale),
        consents: Option<Time>,
        another: bool,
    ) -> Application<'a> {
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
            contact: (self.email.clone(), self.mobile.clone()),
            language,
            at: self.office.as_deref().map_or(Where::Post, Where::PickUp),
            shown: format!("{{\"number_of\":\"{}\"}}", document(self)),
        }
    }
}
