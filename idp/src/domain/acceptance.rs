//! Where an eID is accepted. Owns the rule between holder and place, and who may extend a netbank-only eID. Never knows a
//! party's file: the caller says which kind of place it is.
//!
//! | place | accepted | refused with |
//! |---|---|---|
//! | our own pages | every active eID | – |
//! | a bank | linked to that bank, public or not | AUTH003 |
//! | any other service | public, 15 or more, with CPR | OCES004 (cannot), OCES006 (was public), OCES003 (another eID is), OCES001 (may extend) |

use super::eid::{EidStatus, PUBLIC_AGE};
use super::refusal::Code;

/// What the rule looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Dead or disappeared, as the register last said.
    pub person_ended: bool,
    /// Status of the eID.
    pub status: EidStatus,
    /// Is the eID public?
    pub public: bool,
    /// Had the eID a certificate that was revoked or has ended?
    pub was_public: bool,
    /// Has the same person another eID that is public?
    pub another_public: bool,
    /// Whole years today, when the birth date is known.
    pub age: Option<u8>,
    /// Has the person a CPR number?
    pub has_cpr: bool,
    /// Ids of the banks linked to the eID.
    pub banks: Vec<String>,
}

/// What kind of place asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Our own pages: self-service, extension, blocking.
    Own,
    /// A bank's netbank, by the bank's id.
    Bank(String),
    /// Every other party, public or private.
    Service,
}

/// May a netbank-only eID become public?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extend {
    /// Yes: the way is shown.
    MayExtend,
    /// No: under 15, or no CPR number.
    Cannot,
}

impl Extend {
    /// The refusal that a netbank-only eID gets at a service.
    const fn code(self, holder: &Holder) -> Code {
        match self {
            Self::Cannot => Code::Oces004,
            Self::MayExtend if holder.was_public => Code::Oces006,
            Self::MayExtend if holder.another_public => Code::Oces003,
            Self::MayExtend => Code::Oces001,
        }
    }
}

/// Public use asks for a CPR number and 15 years (M30).
#[must_use]
pub fn extend(age: Option<u8>, has_cpr: bool) -> Extend {
    let too_young = age.is_some_and(|age| age < PUBLIC_AGE);
    if has_cpr && !too_young {
        Extend::MayExtend
    } else {
        Extend::Cannot
    }
}

/// Judges; asked again at every issue, so that what changed since the log-in counts.
///
/// # Errors
/// AUTH008 not activated, AUTH001 blocked or closed or its holder dead or disappeared, AUTH003 not this bank's, OCES001, OCES003, OCES004 or
/// OCES006 netbank-only.
pub fn accepted(holder: &Holder, place: &Place) -> Result<(), Code> {
    if holder.person_ended {
        return Err(Code::Auth001);
    }
    match holder.status {
        EidStatus::Active => {}
        EidStatus::Ordered => return Err(Code::Auth008),
        EidStatus::Blocked | EidStatus::Closed => return Err(Code::Auth001),
    }
    match place {
        Place::Own => Ok(()),
        Place::Bank(bank) if holder.banks.contains(bank) => Ok(()),
        Place::Bank(_) => Err(Code::Auth003),
        Place::Service => match extend(holder.age, holder.has_cpr) {
            Extend::MayExtend if holder.public => Ok(()),
            refused => Err(refused.code(holder)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holder(public: bool, age: u8, has_cpr: bool, bank: Option<&str>) -> Holder {
        Holder {
            person_ended: false,
            status: EidStatus::Active,
            public,
            was_public: false,
            another_public: false,
            age: Some(age),
            has_cpr,
            banks: bank.map(Into::into).into_iter().collect(),
        }
    }

    #[test]
    fn the_demo_people() {
        let a = Place::Bank("a".into());
        let b = Place::Bank("b".into());
        let table = [
            (
                "anna",
                holder(true, 41, true, Some("a")),
                Ok(()),
                Ok(()),
                Err(Code::Auth003),
            ),
            (
                "bo",
                holder(false, 35, true, Some("a")),
                Err(Code::Oces001),
                Ok(()),
                Err(Code::Auth003),
            ),
            (
                "clara",
                holder(true, 16, true, Some("a")),
                Ok(()),
                Ok(()),
                Err(Code::Auth003),
            ),
            (
                "dines",
                holder(false, 13, true, Some("a")),
                Err(Code::Oces004),
                Ok(()),
                Err(Code::Auth003),
            ),
            (
                "hanne",
                holder(true, 50, true, None),
                Ok(()),
                Err(Code::Auth003),
                Err(Code::Auth003),
            ),
            (
                "nora",
                holder(false, 30, false, Some("a")),
                Err(Code::Oces004),
                Ok(()),
                Err(Code::Auth003),
            ),
        ];
        for (name, holder, service, bank, other_bank) in table {
            assert_eq!(accepted(&holder, &Place::Service), service, "{name}");
            assert_eq!(accepted(&holder, &a), bank, "{name}");
            assert_eq!(accepted(&holder, &b), other_bank, "{name}");
            assert_eq!(accepted(&holder, &Place::Own), Ok(()), "{name}");
        }
    }

    #[test]
    fn whoever_lost_a_certificate_or_has_another_eid_is_told_so() {
        let bo = holder(false, 35, true, Some("a"));
        let table = [
            (false, false, Code::Oces001),
            (false, true, Code::Oces003),
            (true, false, Code::Oces006),
            (true, true, Code::Oces006),
        ];
        for (was_public, another_public, code) in table {
            let bo = Holder {
                was_public,
                another_public,
                ..bo.clone()
            };
            assert_eq!(accepted(&bo, &Place::Service), Err(code));
            assert_eq!(
                accepted(&bo, &Place::Bank("a".into())),
                Ok(()),
                "a bank needs no certificate"
            );
            let child = Holder { age: Some(14), ..bo };
            assert_eq!(accepted(&child, &Place::Service), Err(Code::Oces004));
        }
    }

    #[test]
    fn fifteen_is_the_border() {
        assert_eq!(extend(Some(14), true), Extend::Cannot);
        assert_eq!(extend(Some(15), true), Extend::MayExtend);
    }

    fn any_holder() -> impl Strategy<Value = Holder> {
        (
            any::<[bool; 3]>(),
            0_usize..4,
            any::<bool>(),
            any::<Option<u8>>(),
            any::<bool>(),
            prop::collection::vec("[ab]", 0..3),
        )
            .prop_map(
                |([person_ended, was_public, another_public], status, public, age, has_cpr, banks)| Holder {
                    person_ended,
                    was_public,
                    another_public,
                    status: EidStatus::ALL[status],
                    public,
                    age,
                    has_cpr,
                    banks,
                },
            )
    }

    proptest! {
        #[test]
        fn nothing_but_an_active_eid_of_a_living_person_is_accepted_anywhere(holder in any_holder()) {
            for place in [Place::Own, Place::Service, Place::Bank("a".into())] {
                if holder.person_ended {
                    prop_assert_eq!(accepted(&holder, &place), Err(Code::Auth001));
                } else if holder.status != EidStatus::Active {
                    prop_assert!(accepted(&holder, &place).is_err());
                }
            }
        }

        #[test]
        fn a_bank_sees_its_own_customers_only(holder in any_holder(), public: bool) {
            let holder = Holder { public, person_ended: false, status: EidStatus::Active, ..holder };
            let linked = holder.banks.iter().any(|bank| bank == "a");
            prop_assert_eq!(accepted(&holder, &Place::Bank("a".into())).is_ok(), linked);
        }

        #[test]
        fn no_child_and_nobody_without_cpr_at_a_service(holder in any_holder()) {
            if accepted(&holder, &Place::Service).is_ok() {
                prop_assert!(holder.public && holder.has_cpr && holder.age.is_none_or(|age| age >= 15));
            }
        }
    }
}
