//! Log-out asked for by a service (OpenID Connect RP-Initiated Logout): whose session it is, whether the person is asked
//! first, where they land. The end of a session itself is the session slice's; services of other protocols that are told by
//! redirects are left to those ([`crate::session::Onward`]).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::house::Oidc;
use super::protocol::Params;
use super::protocol::answer::extend;
use crate::config::parties::{OidcClient, Party};
use crate::ctx::Ctx;
use crate::domain::id::SessionId;
use crate::domain::refusal::Code;
use crate::domain::time::{Span, Time};
use crate::login::ResumeKind;
use crate::session::{Cause, end, is_usable, leave};
use crate::storage::{Durability, Halt, Participant, SessionRow, Tx};
use crate::vault::Travel;
use crate::vault::signing::TYP_JWT;

/// A question that was left open for longer is asked anew.
const QUESTION_LIFE: Span = Span::minutes(10);
/// Within so long a request that the browser sends again gets the same way on: the first answer was lost.
const REPEAT: Span = Span::secs(60);
/// The address after the log-out, with `state`: it travels in a cookie while other services are told.
const BACK_BYTES: usize = 1_800;

/// A log-out request as far as it can be believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wish {
    /// Where to go afterwards: a registered address of the client that an ID token of ours names.
    pub back: Option<String>,
    /// The session that this client knows, by `sid`.
    pub sid: Option<String>,
    /// The party that asks.
    pub party: Option<String>,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Next {
    /// The person is asked first.
    Ask {
        /// The question, sealed; comes back with the answer.
        sealed: String,
        /// Everybody who takes part.
        participants: Vec<Participant>,
        /// Where the answer may lead on to.
        back: Option<String>,
    },
    /// It is done, or there was nothing to do.
    Done(Over),
}

/// After a log-out.
#[derive(Debug, Default)]
pub(super) struct Over {
    /// Where to go.
    pub back: Option<String>,
    /// The party that asked.
    pub party: Option<String>,
    /// Groups whose cookie is void.
    pub groups: Vec<String>,
    /// Parties that took part and cannot be told.
    pub unreached: Vec<String>,
    /// Ended sessions in which services of another protocol take part that are told by way of the browser, if at all.
    pub onward: Vec<SessionId>,
}

/// A question on its way.
#[derive(Debug, Serialize, Deserialize)]
struct Question {
    wish: Wish,
    sessions: Vec<SessionId>,
    asked: Time,
}

impl Wish {
    /// Reads the request: an ID token of ours, expired or not, says which client asks; without one nothing that the request
    /// says is believed.
    pub(super) fn read(house: &Oidc, ctx: &Ctx, params: &Params) -> Result<Self, Code> {
        if params.repeated().is_some() {
            return Err(Code::RequestDuplicate);
        }
        let claims = params
            .get("id_token_hint")
            .and_then(|token| house.vault.verify_own_jwt(token, TYP_JWT, ctx.now));
        let Some(claims) = claims.filter(|claims| claims["iss"] == house.issuer.as_str()) else {
            return Ok(Self::default());
        };
        let Some(party) = claims["aud"]
            .as_str()
            .and_then(|id| house.parties.current().by_client(id).cloned())
        else {
            return Ok(Self::default());
        };
        let Some(client) = &party.oidc else {
            return Ok(Self::default());
        };
        if params.get("client_id").is_some_and(|id| id != client.client_id) {
            return Ok(Self::default());
        }
        let back = back(client, params);
        if back.as_ref().is_some_and(|url| url.len() > BACK_BYTES) {
            return Err(Code::RequestTooLarge);
        }
        Ok(Self {
            back,
            sid: sid(&claims),
            party: Some(party.id.clone()),
        })
    }

    /// Whether it is the part of the party that asks; by another protocol it may have another one, which is to be told.
    fn asked_by(&self, participant: &Participant) -> bool {
        self.party.as_ref() == Some(&participant.party) && participant.protocol == ResumeKind::Oidc.as_str()
    }
}

fn sid(claims: &Value) -> Option<String> {
    claims["sid"].as_str().map(str::to_owned)
}

/// Byte by byte among the registered ones, with `state`.
fn back(client: &OidcClient, params: &Params) -> Option<String> {
    let uri = params.get("post_logout_redirect_uri")?;
    let registered = client
        .post_logout_redirect_uris
        .iter()
        .find(|registered| *registered == uri)?;
    let state = params.get("state").map(|state| ("state".to_owned(), state.to_owned()));
    Some(extend(registered, &state.into_iter().collect::<Vec<_>>()))
}

impl Oidc {
    /// Takes a log-out request from a browser that holds these session cookies (by hash).
    pub(super) async fn log_out(&self, ctx: &Ctx, wish: Wish, held: Vec<[u8; 32]>) -> Result<Next, Halt> {
        let (house, ctx) = (self.clone(), ctx.clone());
        self.store
            .transact("oidc.logout", Durability::Full, move |tx| {
                house.log_out_in(tx, &ctx, &wish, &held)
            })
            .await
    }

    fn log_out_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, wish: &Wish, held: &[[u8; 32]]) -> Result<Next, Halt> {
        let held = self.held(tx, held)?;
        if let Some((participant, named)) = self.named(tx, wish)? {
            let alone = named.sso.is_none();
            if alone || held.iter().any(|session| session.id == named.id) {
                return self.end_these(tx, ctx, vec![named.id], wish).map(Next::Done);
            }
            // An ID token alone neither ends nor tells of a session that others share: it ends the service's own part.
            leave(tx, ctx, &participant)?;
        }
        let usable = |session: &SessionRow| is_usable(session, self.numbers.session, ctx.now);
        let sessions: Vec<_> = held.into_iter().filter(usable).collect();
        if sessions.is_empty() {
            return Ok(Next::Done(Over {
                back: wish.back.clone(),
                party: wish.party.clone(),
                ..Over::default()
            }));
        }
        self.ask(tx, ctx, wish, sessions)
    }

    /// The sessions whose cookies the browser brings, ended ones too.
    fn held(&self, tx: &mut Tx<'_>, held: &[[u8; 32]]) -> Result<Vec<SessionRow>, Halt> {
        let mut sessions = Vec::new();
        for token in held {
            sessions.extend(tx.sessions().by_token(token)?);
        }
        Ok(sessions)
    }

    /// The session that the ID token names, ended or not, and the service's part in it.
    fn named(&self, tx: &mut Tx<'_>, wish: &Wish) -> Result<Option<(Participant, SessionRow)>, Halt> {
        let Some(sid) = &wish.sid else { return Ok(None) };
        let Some(participant) = tx.sessions().participant(sid)?.filter(|one| wish.asked_by(one)) else {
            return Ok(None);
        };
        let session = tx.sessions().find(participant.session)?;
        Ok(session.map(|session| (participant, session)))
    }

    fn ask(&self, tx: &mut Tx<'_>, ctx: &Ctx, wish: &Wish, sessions: Vec<SessionRow>) -> Result<Next, Halt> {
        let mut participants = Vec::new();
        for session in &sessions {
            participants.extend(tx.sessions().participants(session.id)?);
        }
        participants.retain(|one| one.ended_at.is_none());
        let question = Question {
            wish: wish.clone(),
            sessions: sessions.into_iter().map(|session| session.id).collect(),
            asked: ctx.now,
        };
        let plain = serde_json::to_vec(&question)
            .map_err(|e| crate::fault::Fault::new("a question could not be written", e))?;
        let sealed = self
            .vault
            .travel_seal(Travel::LogoutQuestion, ctx.now, &plain, &ctx.rng);
        Ok(Next::Ask {
            sealed,
            participants,
            back: wish.back.clone(),
        })
    }

    /// The person has answered the question: yes ends what was asked about, no leaves it all as it is.
    pub(super) async fn answered(&self, ctx: &Ctx, sealed: &str, yes: bool) -> Result<Over, Halt> {
        let plain = self
            .vault
            .travel_open(Travel::LogoutQuestion, ctx.now, sealed)
            .ok_or(Code::LoginCsrf)?;
        let question: Question = serde_json::from_slice(&plain).map_err(|_| Code::LoginCsrf)?;
        if ctx.now >= question.asked + QUESTION_LIFE {
            return Err(Code::LoginExpired.into());
        }
        if !yes {
            return Ok(Over::default());
        }
        let (house, ctx, Question { wish, sessions, .. }) = (self.clone(), ctx.clone(), question);
        self.store
            .transact("oidc.logout", Durability::Full, move |tx| {
                house.end_these(tx, &ctx, sessions.clone(), &wish)
            })
            .await
    }

    fn end_these(&self, tx: &mut Tx<'_>, ctx: &Ctx, sessions: Vec<SessionId>, wish: &Wish) -> Result<Over, Halt> {
        let mut over = Over {
            back: wish.back.clone(),
            party: wish.party.clone(),
            ..Over::default()
        };
        for id in sessions {
            let Some((session, participants)) = ended(tx, ctx, id)? else {
                continue;
            };
            over.groups.extend(session.sso);
            for participant in participants
                .iter()
                .filter(|one| !one.back_channel && !wish.asked_by(one) && one.protocol != ResumeKind::Own.as_str())
            {
                if participant.protocol == ResumeKind::Oidc.as_str() {
                    over.unreached.push(participant.party.clone());
                } else if !over.onward.contains(&id) {
                    over.onward.push(id);
                }
            }
        }
        over.unreached.sort();
        over.unreached.dedup();
        Ok(over)
    }

    /// What people know a party by.
    pub(super) fn name(&self, ctx: &Ctx, party: &str) -> Option<String> {
        self.parties
            .current()
            .get(party)
            .map(|party: &std::sync::Arc<Party>| party.name.get(ctx.locale).to_owned())
    }
}

/// Ends a session, or finds that it has ended just now: then the browser asks again because the first answer was lost, and
/// goes the same way once more. Nothing for a session that ended before.
fn ended(tx: &mut Tx<'_>, ctx: &Ctx, id: SessionId) -> Result<Option<(SessionRow, Vec<Participant>)>, Halt> {
    if let Some(ended) = end(tx, ctx, id, Cause::Logout, &[])? {
        return Ok(Some((ended.session, ended.participants)));
    }
    let lately = |session: &SessionRow| session.ended_at.is_some_and(|at| ctx.now < at + REPEAT);
    let Some(session) = tx.sessions().find(id)?.filter(lately) else {
        return Ok(None);
    };
    Ok(Some((session, tx.sessions().participants(id)?)))
}
