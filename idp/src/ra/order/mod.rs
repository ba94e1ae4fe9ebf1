//! An officer issues an eID (M30–M37, M41): what was seen, who vouches, how it is handed over. Owns the shape of the call and what its caller is
//! told; what is allowed is the law's, what is made is `issuing`'s. Never tells a number that the officer does not need.

mod read;
mod told;
mod wish;

pub(super) use read::{Asked, Found, channel, evidence, named};
pub(super) use told::IssuedView;
pub(super) use wish::{ConsentsWish, DocumentWish, IssueWish};

use super::ask::{about_number, use_up};
use super::wanted::{Done, Hearing, Need, Wanted};
use crate::ctx::Ctx;
use crate::domain::officer::Act;
use crate::domain::proofing::Channel;
use crate::domain::refusal::{Code, Refusal};
use crate::issuing::{Application, Rules, Where, issue};
use crate::storage::{Bank, Halt, Tx};
use read::Read;
use wish::Deliver;

impl Wanted for IssueWish {
    const ACT: Act = Act::Issue;
    type View = IssuedView;

    fn needs(&self) -> Need {
        Read::of(self).map_or(Need::Nothing, |read| Need::Order(Box::new(read.asks())))
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<IssuedView>, Halt> {
        let (read, officer) = (Read::of(self)?, hearing.officer);
        let ra = officer.ra.ra.as_ref().ok_or(Code::RaRole)?;
        let found = hearing.facts.order.as_ref().ok_or(Code::RequestMalformed)?;
        let channel = read::channel(ra, self.home_visit)?;
        let person = read.person(channel, found)?;
        if let Some(cpr) = person.cpr() {
            // Nobody issues an eID to themselves, nor vouches for somebody as their witness and their officer.
            if officer.own.is_some() && tx.people().by_cpr(cpr)? == officer.own {
                return Err(Code::RaOwnCase.into());
            }
        }
        if let Some(cpr) = &read.witness
            && officer.own.is_some()
            && tx.people().by_cpr(cpr)? == officer.own
        {
            return Err(Refusal::new(Code::ProofingWitnessUnfit).at("witness").into());
        }
        let questions = match (&self.round, person.cpr()) {
            (Some(round), Some(cpr)) => {
                let about = about_number(tx, cpr)?;
                use_up(tx, ctx, officer, about, round)?;
                true
            }
            (Some(_), None) => return Err(Refusal::new(Code::RaProof).at("round").into()),
            (None, _) => false,
        };
        let seen = read.seen(found)?;
        let name = officer.id.to_string();
        let application = Application {
            channel,
            by: (&officer.ra.id, &name),
            person,
            evidence: read::evidence(ra, channel, self.public, &seen),
            questions,
            witness: read.witness(found)?,
            consents: self
                .rules
                .as_ref()
                .is_some_and(ConsentsWish::all_given)
                .then_some(ctx.now),
            another: self.another,
            hardware: self.on == wish::On::Hardware,
            bank: ra.bank.clone().map(|bank| Bank {
                bank,
                customer_ref: read.customer_ref.clone(),
            }),
            contact: (read.email.clone(), read.phone.clone()),
            language: self.language.unwrap_or(ctx.locale),
            at: self.at(ra.prints_for_its_desk(), &officer.ra.id, found)?,
            shown: self.written_down(questions)?,
        };
        let rules = Rules {
            proofing: hearing.rules.proofing,
            activation: self.password(hearing.rules.activation, channel)?,
        };
        let issued = issue(tx, ctx, &application, &rules)?;
        let sub = match &hearing.facts.sector {
            Some(sector) => Some(tx.subjects().sub(issued.who.person, sector, ctx.now)?),
            None => None,
        };
        Ok(Done {
            detail: format!("{}: {}", channel.as_str(), issued.allowed.hand_over.as_str()),
            about: Some(issued.who),
            body: told::view(tx, ctx, (&issued, channel), sub)?,
        })
    }
}

impl IssueWish {
    /// Over which counter, or by post.
    fn at<'a>(&'a self, prints: bool, own: &'a str, found: &Found) -> Result<Where<'a>, Refusal> {
        match &self.deliver {
            None if prints => Ok(Where::Desk(own)),
            Some(Deliver::Desk) if prints => Ok(Where::Desk(own)),
            None | Some(Deliver::Post) => Ok(Where::Post),
            Some(Deliver::Office(office)) if found.office => Ok(Where::PickUp(office)),
            Some(Deliver::Desk | Deliver::Office(_)) => Err(Refusal::new(Code::OrderDelivery).at("deliver")),
        }
    }

    /// By text message only where a bank knows the number of its customer.
    fn password(
        &self,
        rules: crate::credentials::activation::Rules,
        channel: Channel,
    ) -> Result<crate::credentials::activation::Rules, Refusal> {
        use crate::credentials::activation::{By, Rules};
        match (self.password_by_text_message, channel) {
            (true, Channel::Bank) => Ok(Rules {
                by: By::TextMessage,
                ..rules
            }),
            (true, _) => Err(Refusal::new(Code::OrderDelivery).at("password_by_text_message")),
            (false, _) => Ok(Rules {
                by: By::Letter,
                ..rules
            }),
        }
    }
}
