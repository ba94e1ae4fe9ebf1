//! The PID service's questions, each one act: who asks is judged, tries are counted before anything is compared, and every answer is
//! on record, where the citizen sees it.

use subtle::ConstantTimeEq;

use crate::audit::{Event, Who, record};
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::id::PersonId;
use crate::domain::pid::Pid;
use crate::domain::pid_service::{Question, Status, TRIES, WITHIN, Way, is_recent, judge};
use crate::storage::{Halt, Tx};

/// A question about one person.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose number.
    pub pid: Pid,
    /// The CPR number to be compared; without one it is asked for.
    pub cpr: Option<Cpr>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it is told.
    pub status: Status,
    /// What was asked for.
    pub cpr: Option<Cpr>,
}

/// Answers a service.
///
/// # Errors
/// When the database does not answer or a row is corrupt; lost races for a try make the act run again.
pub fn answer(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, asked: &Asked) -> Result<Answer, Halt> {
    let question = if asked.cpr.is_some() {
        Question::Match
    } else {
        Question::LookUp
    };
    let person = tx.pids().person(&asked.pid)?;
    let (status, logged_in) = match judge(party.kind, party.pid_service, question) {
        Err(status) => (Some(status), None),
        Ok(Way::Free) => (None, None),
        Ok(Way::Counted) => counted(tx, ctx, party, person)?,
    };
    // Whatever the answer, whoever was asked about sees it.
    let who = match (logged_in, person) {
        (None, Some(person)) => of(tx, person)?,
        (logged_in, _) => logged_in,
    };
    let answer = match (status, person) {
        (Some(status), _) => Answer { status, cpr: None },
        (None, None) => Answer {
            status: Status::NoPid,
            cpr: None,
        },
        (None, Some(person)) => told(tx, person, asked.cpr.as_ref())?,
    };
    let event = Event::PidAsked {
        who,
        party: party.id.clone(),
        question: question.as_str(),
        status: answer.status.name(),
    };
    record(tx, ctx, &event)?;
    Ok(answer)
}

/// Takes one of the tries of the person's log-in at the service. Whoever has not just logged in there is answered as one whom nobody knows.
fn counted(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    party: &Party,
    person: Option<PersonId>,
) -> Result<(Option<Status>, Option<Who>), Halt> {
    let not_there = (Some(Status::NotAuthorizedForServiceLookup), None);
    let Some(person) = person else { return Ok(not_there) };
    let eids: Vec<_> = tx.eids().of_person(person)?.iter().map(|eid| eid.id).collect();
    let entered = tx.sessions().last_entered(&eids, &party.id, ctx.now - WITHIN)?;
    let Some(entered) = entered.filter(|entered| is_recent(entered.at, ctx.now)) else {
        return Ok(not_there);
    };
    let who = Some(Who {
        person,
        eid: entered.eid,
    });
    let (of_log_in, until) = (
        format!("pid:{}:{}", entered.sid, entered.at.micros()),
        entered.at + WITHIN,
    );
    for one in 1..=TRIES {
        if tx.replays().take(&of_log_in, &one.to_string(), until, ctx.now)? {
            return Ok((None, who));
        }
    }
    Ok((Some(Status::BruteForce), who))
}

/// The comparison looks at every CPR number that the person has ever had; what is told is the one of now.
fn told(tx: &mut Tx<'_>, person: PersonId, typed: Option<&Cpr>) -> Result<Answer, Halt> {
    let known = tx.people().cprs(person)?;
    let Some(typed) = typed else {
        let current = known.into_iter().find_map(|(cpr, current)| current.then_some(cpr));
        let status = if current.is_some() { Status::Ok } else { Status::NoMatch };
        return Ok(Answer { status, cpr: current });
    };
    let equal = |(cpr, _): &(Cpr, bool)| bool::from(cpr.digits().as_bytes().ct_eq(typed.digits().as_bytes()));
    let status = if known.iter().any(equal) {
        Status::Ok
    } else {
        Status::NoMatch
    };
    Ok(Answer { status, cpr: None })
}

/// The eID in whose history it stands: the first public one.
fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Who>, Halt> {
    let all = tx.eids().of_person(person)?;
    let one = all.iter().find(|eid| eid.public).or_else(|| all.first());
    Ok(one.map(|eid| Who { person, eid: eid.id }))
}
