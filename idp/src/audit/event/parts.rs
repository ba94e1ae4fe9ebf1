//! Each event as the row that is written of it: kinds are stable words, and so are the names in a body.

use serde_json::{Value, json};

use super::{Event, Parts, Who};

impl Event {
    /// The stable word of the kind, and the rest of the row.
    pub(in crate::audit) fn parts(&self) -> Parts {
        let parts = |kind, who: Option<Who>, party: Option<&String>, body: Value| Parts {
            kind,
            who,
            party: party.cloned(),
            body,
        };
        match self {
            Event::LoggedIn {
                who,
                party,
                level,
                methods,
                session,
                stepped_up,
                failed_before,
            } => parts(
                "login.completed",
                Some(*who),
                Some(party),
                json!({
                    "level": level.as_str(), "methods": methods.iter().map(|m| m.as_str()).collect::<Vec<_>>(),
                    "session": session, "stepped_up": stepped_up, "failed_before": failed_before,
                }),
            ),
            Event::Entered {
                who,
                party,
                level,
                session,
            } => parts(
                "login.entered",
                Some(*who),
                Some(party),
                json!({ "level": level.as_str(), "session": session }),
            ),
            Event::Refused { who, party, code } => parts(
                "login.refused",
                Some(*who),
                Some(party),
                json!({ "code": code.as_str() }),
            ),
            Event::LaneClosed { who, known, until } => parts(
                "lane.closed",
                Some(*who),
                None,
                json!({ "known": known, "until": until.rfc3339() }),
            ),
            Event::StrangersShut { who } => parts("lane.shut", Some(*who), None, json!({})),
            Event::StrangersTrying { who, failed } => {
                parts("lane.notice", Some(*who), None, json!({ "failed": failed }))
            }
            Event::LaneReopened { who, officer, reason } => parts(
                "lane.reopened",
                Some(*who),
                None,
                json!({ "officer": officer, "reason": reason }),
            ),
            Event::PasswordBlocked { who, code } => {
                parts("password.blocked", Some(*who), None, json!({ "code": code.as_str() }))
            }
            Event::PasswordChanged { who } => parts("password.changed", Some(*who), None, json!({})),
            Event::CardBlocked { who, card, cause } => parts(
                "keycard.blocked",
                Some(*who),
                None,
                json!({ "card": card, "cause": cause }),
            ),
            Event::UserIdChanged { who, how } => parts("user_id.changed", Some(*who), None, json!({ "how": how })),
            Event::UserIdTaken { who } => parts("user_id.taken", Some(*who), None, json!({})),
            Event::ContactChanged { who, email, phone } => parts(
                "contact.changed",
                Some(*who),
                None,
                json!({ "email": email, "phone": phone }),
            ),
            Event::ContactAsked { who, email, phone } => parts(
                "contact.asked",
                Some(*who),
                None,
                json!({ "email": email, "phone": phone }),
            ),
            Event::ContactCodeWrong { who } => parts("contact.code_wrong", Some(*who), None, json!({})),
            Event::AccessWithdrawn { who, party, grant } => {
                parts("access.withdrawn", Some(*who), Some(party), json!({ "grant": grant }))
            }
            Event::ConsentSaid {
                who,
                party,
                claims,
                yes,
                remembered,
            } => parts(
                "consent.said",
                Some(*who),
                Some(party),
                json!({ "claims": claims, "yes": yes, "remembered": remembered }),
            ),
            Event::ConsentWithdrawn { who, party } => parts("consent.withdrawn", Some(*who), Some(party), json!({})),
            Event::DataExported { who } => parts("data.exported", Some(*who), None, json!({})),
            Event::CardUsedUp { who, card } => parts("keycard.used_up", Some(*who), None, json!({ "card": card })),
            Event::CardOrdered { who, card } => parts("keycard.ordered", Some(*who), None, json!({ "card": card })),
            Event::CardActivated { who, card, replaced } => parts(
                "keycard.activated",
                Some(*who),
                None,
                json!({ "card": card, "replaced": replaced }),
            ),
            Event::CardPosted { who, card, officer } => parts(
                "keycard.posted",
                Some(*who),
                None,
                json!({ "card": card, "officer": officer }),
            ),
            Event::CardExpired { who, card } => parts("keycard.expired", Some(*who), None, json!({ "card": card })),
            Event::CardWishChanged {
                who,
                reorder_at,
                large_print,
            } => parts(
                "keycard.wish",
                Some(*who),
                None,
                json!({ "reorder_at": reorder_at, "large_print": large_print }),
            ),
            Event::ActivationOrdered { who, by } => parts("activation.ordered", Some(*who), None, json!({ "by": by })),
            Event::ActivationPrinted { who, officer, reason } => parts(
                "activation.printed",
                Some(*who),
                None,
                json!({ "officer": officer, "reason": reason }),
            ),
            Event::ActivationPosted { who, officer } => {
                parts("activation.posted", Some(*who), None, json!({ "officer": officer }))
            }
            Event::ActivationClosed { who } => parts("activation.closed", Some(*who), None, json!({})),
            Event::ActivationVoid { who } => parts("activation.void", Some(*who), None, json!({})),
            Event::PasswordChosen { who, rules } => {
                parts("password.chosen", Some(*who), None, json!({ "rules": rules }))
            }
            Event::CardPrinted {
                who,
                card,
                officer,
                reason,
            } => parts(
                "keycard.printed",
                Some(*who),
                None,
                json!({ "card": card, "officer": officer, "reason": reason }),
            ),
            Event::FactorChanged {
                who,
                factor,
                which,
                to,
                how,
            } => parts(
                "factor.changed",
                Some(*who),
                None,
                json!({ "factor": factor.as_str(), "which": which, "to": to, "how": how }),
            ),
            Event::CertificateIssued {
                who,
                serial,
                how,
                until,
            } => parts(
                "certificate.issued",
                Some(*who),
                None,
                json!({ "serial": serial.to_string(), "how": how, "until": until.rfc3339() }),
            ),
            Event::CertificateRevoked { who, serial, reason } => parts(
                "certificate.revoked",
                Some(*who),
                None,
                json!({ "serial": serial.to_string(), "reason": reason.as_str() }),
            ),
            Event::CertificateExpired { who, serial } => parts(
                "certificate.expired",
                Some(*who),
                None,
                json!({ "serial": serial.to_string() }),
            ),
            Event::PersonChanged { who, to } => parts("person.changed", Some(*who), None, json!({ "to": to })),
            Event::CaChanged { ca, to } => parts("ca.changed", None, None, json!({ "ca": ca, "to": to })),
            Event::CaListed { ca, number, entries } => parts(
                "ca.listed",
                None,
                None,
                json!({ "ca": ca, "number": number, "entries": entries }),
            ),
            Event::FactorUsual { who, factor } => {
                parts("factor.usual", Some(*who), None, json!({ "factor": factor.as_str() }))
            }
            Event::VoiceCalled { who, party } => parts("voice.called", Some(*who), Some(party), json!({})),
            Event::AppAsked { who, party } => parts("app.asked", Some(*who), Some(party), json!({})),
            Event::AppAnswered {
                who,
                app,
                party,
                answer,
            } => parts(
                "app.answered",
                Some(*who),
                Some(party),
                json!({ "app": app, "answer": answer }),
            ),
            Event::TokensImported { officer, tokens } => parts(
                "token.imported",
                None,
                None,
                json!({ "officer": officer, "tokens": tokens }),
            ),
            Event::TokenOrdered { who, price_oere } => {
                parts("token.ordered", Some(*who), None, json!({ "price_oere": price_oere }))
            }
            Event::TokenOrderEnded { who } => parts("token.order_ended", Some(*who), None, json!({})),
            Event::TokenAssigned {
                who,
                token,
                officer,
                reason,
            } => parts(
                "token.assigned",
                Some(*who),
                None,
                json!({ "token": token, "officer": officer, "reason": reason }),
            ),
            Event::SessionEnded { who, session, cause } => parts(
                "session.ended",
                Some(*who),
                None,
                json!({ "session": session, "cause": cause }),
            ),
            Event::SessionLeft { who, party, session } => {
                parts("session.left", Some(*who), Some(party), json!({ "session": session }))
            }
            Event::TokensGiven { who, party, grant, how } => {
                parts("tokens.given", *who, Some(party), json!({ "grant": grant, "how": how }))
            }
            Event::TokenReused {
                who,
                party,
                grant,
                what,
            } => parts(
                "tokens.reused",
                Some(*who),
                Some(party),
                json!({ "grant": grant, "what": what }),
            ),
            Event::TokenRevoked { party, grant } => {
                parts("tokens.revoked", None, Some(party), json!({ "grant": grant }))
            }
            Event::PidAsked {
                who,
                party,
                question,
                status,
            } => parts(
                "pid.asked",
                *who,
                Some(party),
                json!({ "question": question, "status": status }),
            ),
            Event::EidChanged { who, from, to, reason } => parts(
                "eid.changed",
                Some(*who),
                None,
                json!({ "from": from, "to": to, "reason": reason }),
            ),
            Event::EidIssued {
                who,
                channel,
                ra,
                officer,
                level,
                hand_over,
            } => parts(
                "eid.issued",
                Some(*who),
                None,
                json!({
                    "channel": channel, "ra": ra, "officer": officer, "level": level.as_str(), "hand_over": hand_over,
                }),
            ),
            Event::OrderPlaced { order, document } => parts(
                "order.placed",
                None,
                None,
                json!({ "order": order, "document": document }),
            ),
            Event::OrderEnded { order, how, document } => parts(
                "order.ended",
                None,
                None,
                json!({ "order": order, "how": how, "document": document }),
            ),
            Event::DocumentChecked { who, document, outcome } => parts(
                "document.checked",
                Some(*who),
                None,
                json!({ "document": document, "outcome": outcome }),
            ),
            Event::BulkIssued {
                ra,
                officer,
                reason,
                batch,
                lines,
            } => parts(
                "eid.bulk",
                None,
                Some(ra),
                json!({ "officer": officer, "reason": reason, "batch": batch, "lines": lines }),
            ),
            Event::PublicUseBegun { who, channel, consents } => parts(
                "eid.public",
                Some(*who),
                None,
                json!({ "channel": channel, "consents": consents }),
            ),
            Event::EidHardware { who, on } => parts("eid.hardware", Some(*who), None, json!({ "on": on })),
            Event::BankLinked { who, bank } => parts("eid.linked", Some(*who), None, json!({ "bank": bank })),
            Event::OfficerActed {
                who,
                ra,
                officer,
                role,
                reason,
                act,
                detail,
                outcome,
            } => parts(
                "officer.acted",
                *who,
                Some(ra),
                json!({
                    "officer": officer, "role": role.as_str(), "reason": reason, "act": act.as_str(), "detail": detail,
                    "outcome": outcome,
                }),
            ),
            Event::RegisterImported {
                officer,
                people,
                changed,
                documents,
            } => parts(
                "register.imported",
                None,
                None,
                json!({ "officer": officer, "people": people, "changed": changed, "documents": documents }),
            ),
            Event::CompaniesImported {
                officer,
                companies,
                changed,
            } => parts(
                "register.companies_imported",
                None,
                None,
                json!({ "officer": officer, "companies": companies, "changed": changed }),
            ),
            Event::PasswordOpened { who, officer, reason } => parts(
                "password.opened",
                Some(*who),
                None,
                json!({ "officer": officer, "reason": reason }),
            ),
            Event::KeysRotated { kids, withdrawn } => parts(
                "keys.rotated",
                None,
                None,
                json!({ "kids": kids, "withdrawn": withdrawn }),
            ),
            Event::DataKeyBegun { generation } => {
                parts("data_key.begun", None, None, json!({ "generation": generation }))
            }
            Event::DataKeyMoved { generation, values } => parts(
                "data_key.moved",
                None,
                None,
                json!({ "generation": generation, "values": values }),
            ),
            Event::LettersRetried { letters } => parts("outbox.retried", None, None, json!({ "letters": letters })),
            Event::DemoSeeded { people } => parts("demo.seeded", None, None, json!({ "people": people })),
        }
    }
}
