//! What of a person one party learns: what it asked for, of what it is registered for, of what may be told.

use super::demand::{Claim, Released};
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::denmark;
use crate::domain::eid::{AgeGroup, age_group};
use crate::domain::party::PartyKind;
use crate::pid;
use crate::storage::{Eid, Halt, Texts, Tx};

/// What stands in place of a protected name at private parties and banks (the marker that brokers in Denmark use).
pub const PROTECTED_NAME: &str = "NAVNE- OG ADRESSEBESKYTTET";

/// The pairwise name and the released data.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn release(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, asks: &[Claim], eid: &Eid) -> Result<Released, Halt> {
    let asked = |claim: Claim| asks.contains(&claim) && party.may_know(claim);
    let wanted = Texts {
        name: asked(Claim::Name),
        address: asked(Claim::Address),
        email: asked(Claim::Email),
        phone: asked(Claim::Phone),
    };
    let cpr = if asked(Claim::Cpr) {
        tx.people().cpr(eid.person)?.map(|cpr| cpr.digits().to_owned())
    } else {
        None
    };
    let person = tx.people().told(eid.person, &party.sector, wanted)?;
    let told_of_protected = party.kind == PartyKind::Public;
    let hidden = person.protected && !told_of_protected;
    let customer_ref = match &party.bank {
        Some(bank) => tx
            .eids()
            .banks(eid.id)?
            .into_iter()
            .find(|b| &b.bank == bank)
            .and_then(|b| b.customer_ref),
        None => None,
    };
    let sub = match person.sub {
        Some(sub) => sub,
        None => tx.subjects().sub(eid.person, &party.sector, ctx.now)?,
    };
    Ok(Released {
        sub,
        pid: pid::shown_by(eid, person.pid).filter(|_| asked(Claim::Pid)),
        name: person
            .name
            .map(|name| if hidden { PROTECTED_NAME.to_string() } else { name }),
        protected: person.protected,
        email: person.email,
        address: person.address.filter(|_| !person.protected),
        phone: person.phone,
        birth_date: person.birth_date.filter(|_| asked(Claim::Birthdate)),
        youth: person
            .birth_date
            .is_some_and(|born| age_group(born, denmark::date(ctx.now)) == AgeGroup::Youth),
        customer_ref,
        cpr,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::config::parties::Parties;
    use crate::domain::cpr::Cpr;
    use crate::domain::eid::{EidNumber, EidStatus};
    use crate::domain::id::{EidId, PersonId};
    use crate::domain::pid::Pid;
    use crate::storage::{Bank, NewEid, NewPerson};
    use crate::testing::House;

    const EVERYTHING: [Claim; 7] = [
        Claim::Pid,
        Claim::Name,
        Claim::Email,
        Claim::Address,
        Claim::Phone,
        Claim::Birthdate,
        Claim::AgeGroup,
    ];

    fn party(id: &str) -> Arc<Party> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties");
        let parties = Parties::load_dir(&dir, true).expect("the demo's parties");
        Arc::clone(parties.get(id).expect("a party"))
    }

    /// Somebody with everything that could be told, linked to two banks that know them by different names.
    fn erik(house: &House, protected: bool, birth_date: &str) -> Eid {
        let ctx = house.ctx();
        let person = PersonId::from_uuid(house.rng.uuid_v7(ctx.now));
        let id = EidId::from_uuid(house.rng.uuid_v7(ctx.now));
        let birth_date = birth_date.parse().ok();
        let (serial, pid) = (house.rng.below(4_000), house.rng.below_u64(1_000_000_000_000));
        house.act(move |tx| {
            tx.people().insert(&NewPerson {
                id: person,
                name: "Erik Eriksen".into(),
                address: Some("Vejen 1, 9000 Aalborg".into()),
                protected,
                birth_date,
                cpr: Cpr::parse(&format!("610180{serial:04}")).ok(),
                email: Some("erik@example.dk".into()),
                phone: Some("80307050".into()),
                created_at: ctx.now,
            })?;
            tx.pids().insert(person, &Pid::from_random(pid), ctx.now)?;
            tx.eids().insert(&NewEid {
                id,
                number: EidNumber::from_random(pid),
                person,
                status: EidStatus::Active,
                public: true,
                issuer: "bank".into(),
                created_at: ctx.now,
            })?;
            for (bank, name) in [("netbank", "K-17"), ("netbank-b", "4711")] {
                let bank = Bank {
                    bank: bank.into(),
                    customer_ref: Some(name.into()),
                };
                tx.eids().link_bank(id, &bank, ctx.now)?;
            }
            tx.eids().find(id)
        })
    }

    fn told(house: &House, party: &Arc<Party>, asks: &[Claim], eid: &Eid) -> Released {
        let (ctx, party, asks, eid) = (house.ctx(), Arc::clone(party), asks.to_vec(), eid.clone());
        house.act(move |tx| release(tx, &ctx, &party, &asks, &eid))
    }

    #[test]
    fn only_what_was_asked_for_of_what_is_registered_is_told() {
        let house = House::new();
        let eid = erik(&house, false, "1980-01-01");
        let borger = told(&house, &party("borger"), &EVERYTHING, &eid);
        assert_eq!(borger.name.as_deref(), Some("Erik Eriksen"));
        assert!(borger.pid.is_some() && borger.email.is_some() && borger.phone.is_some());
        assert!(borger.address.is_some() && borger.birth_date.is_some());
        let nothing = told(&house, &party("borger"), &[], &eid);
        assert!(!nothing.sub.is_empty());
        assert_eq!(
            (nothing.pid, nothing.name, nothing.email, nothing.phone),
            (None, None, None, None)
        );
        assert_eq!(
            (nothing.address, nothing.birth_date, nothing.customer_ref),
            (None, None, None)
        );
        let shop = told(&house, &party("shop"), &EVERYTHING, &eid);
        assert!(shop.name.is_some() && shop.email.is_some());
        assert_eq!(
            (shop.pid, shop.phone, shop.address, shop.birth_date),
            (None, None, None, None),
            "the shop is not registered for them"
        );
        assert_ne!(shop.sub, borger.sub);
    }

    #[test]
    fn a_protected_name_is_for_public_parties_and_a_protected_address_for_nobody() {
        let house = House::new();
        let eid = erik(&house, true, "1980-01-01");
        for (id, name) in [
            ("borger", "Erik Eriksen"),
            ("shop", PROTECTED_NAME),
            ("netbank", PROTECTED_NAME),
        ] {
            let told = told(&house, &party(id), &EVERYTHING, &eid);
            assert_eq!(told.name.as_deref(), Some(name), "{id}");
            assert!(told.protected && told.address.is_none(), "{id}");
        }
    }

    #[test]
    fn a_bank_hears_its_own_name_for_the_customer_and_no_other_party_any() {
        let house = House::new();
        let eid = erik(&house, false, "1980-01-01");
        for (id, expected) in [
            ("netbank", Some("K-17")),
            ("netbank-b", Some("4711")),
            ("borger", None),
            ("shop", None),
        ] {
            let told = told(&house, &party(id), &EVERYTHING, &eid);
            assert_eq!(told.customer_ref.as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn a_netbank_only_eid_has_no_pid_to_tell_and_youth_is_marked() {
        let house = House::new();
        let public = erik(&house, false, "2010-01-01");
        let netbank_only = Eid {
            public: false,
            ..public.clone()
        };
        let borger = party("borger");
        assert!(told(&house, &borger, &EVERYTHING, &public).pid.is_some());
        assert!(told(&house, &borger, &EVERYTHING, &netbank_only).pid.is_none());
        assert!(told(&house, &borger, &[], &public).youth);
        let adult = erik(&house, false, "1980-01-01");
        assert!(!told(&house, &borger, &[], &adult).youth);
    }
}
