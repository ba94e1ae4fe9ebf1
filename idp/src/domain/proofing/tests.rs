//! The table of proofing, row by row, and what follows from it.
#![expect(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

const RULES: Rules = Rules {
    edition: Edition::Late,
    vouched_on_the_spot: false,
};
const ADULT: Applicant = Applicant {
    age: 40,
    registration: Registration::Resident,
    guardian: false,
    short_stay: false,
    protected: false,
};
const NOBODY: Vouched = Vouched {
    questions: false,
    witness: false,
};
const QUESTIONS: Vouched = Vouched {
    questions: true,
    witness: false,
};
const WITNESS: Vouched = Vouched {
    questions: false,
    witness: true,
};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).unwrap()
}

/// Valid, with the CPR number on it, issued last month.
fn seen(kind: Kind) -> Seen {
    Seen {
        kind,
        shows_cpr: true,
        issued: NaiveDate::from_ymd_opt(2026, 10, 28),
        valid_to: NaiveDate::from_ymd_opt(2030, 1, 1),
        confirmed: false,
    }
}

fn without_cpr(kind: Kind) -> Seen {
    Seen {
        shows_cpr: false,
        ..seen(kind)
    }
}

fn together(edition: Edition, seen: &[Seen]) -> Result<Shown, Code> {
    accepted_together(edition, seen, today())
}

fn at_the_counter(applicant: Applicant, seen: &[Seen], vouched: Vouched) -> Result<Allowed, Code> {
    judge(
        Channel::CitizenService,
        &applicant,
        Evidence::Documents(seen),
        vouched,
        &RULES,
        today(),
    )
}

const PHOTO: Shown = Shown::Photo { confirmed: false };
const ADULTS: Scope = Scope::Public { youth: false };

#[test]
fn each_row_stands_once_and_is_found_by_its_word() {
    for row in &ROWS {
        assert_eq!(ROWS.iter().filter(|other| other.kind == row.kind).count(), 1);
        assert_eq!(Kind::parse(row.word), Some(row.kind));
        assert_eq!(row.kind.row(), row);
        assert_eq!(serde_json::to_value(row.kind).unwrap(), row.word, "one word everywhere");
    }
    assert_eq!(Kind::parse("library_card"), None);
}

/// Kind, alone in the early edition, alone in the late one, in the late one with the health card.
#[test]
fn each_row_by_itself() {
    use Code::{
        ProofingDocumentNotAccepted as NotListed, ProofingHealthCard as HealthCard, ProofingPapersAlike as Alike,
        ProofingSecondPaper as Second,
    };
    type Told = Result<Shown, Code>;
    let papers: Told = Ok(Shown::Papers);
    let photo: Told = Ok(PHOTO);
    let table: [(Kind, Told, Told, Told); 20] = [
        (Kind::DanishPassport, photo, photo, photo),
        (Kind::ForeignPassport, photo, Err(HealthCard), photo),
        (
            Kind::ProvisionalPassport,
            Err(NotListed),
            Err(NotListed),
            Err(NotListed),
        ),
        (Kind::DanishDrivingLicence, photo, photo, photo),
        (Kind::EeaDrivingLicence, photo, Err(HealthCard), photo),
        (
            Kind::GreenlandOrFaroeDrivingLicence,
            Err(NotListed),
            Err(HealthCard),
            photo,
        ),
        (Kind::DigitalDrivingLicence, Err(NotListed), photo, photo),
        (Kind::MopedLicence, Err(NotListed), photo, photo),
        (Kind::ResidencePermit, photo, photo, photo),
        (Kind::PoliceId, photo, photo, photo),
        (Kind::BankIdCard, photo, photo, photo),
        (Kind::NationalIdCard, Err(NotListed), photo, photo),
        (Kind::NatoPassport, photo, photo, photo),
        (Kind::MilitaryId, photo, photo, photo),
        (Kind::HealthCard, Err(Second), Err(Second), Err(Alike)),
        (Kind::BaptismCertificate, Err(Second), Err(Second), papers),
        (Kind::NameCertificate, Err(Second), Err(Second), papers),
        (Kind::BirthAndNameCertificate, Err(Second), Err(Second), papers),
        (Kind::TaxStatement, Err(Second), Err(Second), papers),
        (Kind::BenefitProof, Err(Second), Err(Second), papers),
    ];
    assert!(table.iter().map(|(kind, ..)| *kind).eq(ROWS.iter().map(|row| row.kind)));
    for (kind, early, late, with_card) in table {
        assert_eq!(together(Edition::Early, &[seen(kind)]), early, "{kind:?} early");
        assert_eq!(together(Edition::Late, &[seen(kind)]), late, "{kind:?} late");
        let both = [seen(kind), seen(Kind::HealthCard)];
        assert_eq!(
            together(Edition::Late, &both),
            with_card,
            "{kind:?} with the health card"
        );
    }
}

#[test]
fn what_is_shown_must_be_valid_and_name_the_person() {
    let expired = Seen {
        valid_to: NaiveDate::from_ymd_opt(2026, 11, 27),
        ..seen(Kind::DanishPassport)
    };
    assert_eq!(together(Edition::Late, &[expired]), Err(Code::ProofingDocumentExpired));
    let last_day = Seen {
        valid_to: Some(today()),
        ..expired
    };
    assert_eq!(together(Edition::Late, &[last_day]), Ok(PHOTO));
    // Its last day is told, unless its register says that it is valid.
    for row in &ROWS {
        let undated = Seen {
            valid_to: None,
            ..seen(row.kind)
        };
        let told = together(Edition::Late, &[undated, seen(Kind::HealthCard)]);
        assert_eq!(told == Err(Code::ProofingLastDay), row.ends, "{:?}", row.kind);
        assert!(!row.ends || row.worth != Worth::Nothing);
    }
    let confirmed = Seen {
        valid_to: None,
        confirmed: true,
        ..expired
    };
    assert_eq!(
        together(Edition::Late, &[confirmed]),
        Ok(Shown::Photo { confirmed: true })
    );
    // An expired passport does not spoil a valid licence.
    assert_eq!(
        together(Edition::Late, &[expired, seen(Kind::DanishDrivingLicence)]),
        Ok(PHOTO)
    );
    let nameless = without_cpr(Kind::NationalIdCard);
    assert_eq!(together(Edition::Late, &[nameless]), Err(Code::ProofingCprNotShown));
    assert_eq!(together(Edition::Late, &[nameless, seen(Kind::HealthCard)]), Ok(PHOTO));
    assert_eq!(together(Edition::Late, &[]), Err(Code::ProofingDocuments));
}

#[test]
fn two_papers_are_of_different_kinds_one_of_them_an_anchor_one_with_the_number() {
    let tax = without_cpr(Kind::TaxStatement);
    let table = [
        (
            vec![seen(Kind::TaxStatement), seen(Kind::BenefitProof)],
            Err(Code::ProofingPaperAnchor),
        ),
        (
            vec![seen(Kind::NameCertificate), seen(Kind::NameCertificate)],
            Err(Code::ProofingPapersAlike),
        ),
        (
            vec![without_cpr(Kind::BaptismCertificate), tax],
            Err(Code::ProofingCprNotShown),
        ),
        (vec![seen(Kind::BaptismCertificate), tax], Ok(Shown::Papers)),
        (vec![seen(Kind::HealthCard), tax], Ok(Shown::Papers)),
        (
            vec![seen(Kind::NameCertificate), seen(Kind::BaptismCertificate)],
            Ok(Shown::Papers),
        ),
    ];
    for (papers, told) in table {
        assert_eq!(together(Edition::Late, &papers), told, "{papers:?}");
        assert_eq!(together(Edition::Early, &papers), told, "{papers:?}");
    }
    for (kind, day, told) in [
        (Kind::BenefitProof, (2026, 8, 28), Ok(Shown::Papers)),
        (Kind::BenefitProof, (2026, 8, 27), Err(Code::ProofingDocumentTooOld)),
        (Kind::BenefitProof, (2026, 11, 29), Err(Code::ProofingDocumentTooOld)),
        (Kind::TaxStatement, (2025, 5, 28), Ok(Shown::Papers)),
        (Kind::TaxStatement, (2025, 5, 27), Err(Code::ProofingDocumentTooOld)),
    ] {
        let paper = Seen {
            issued: NaiveDate::from_ymd_opt(day.0, day.1, day.2),
            ..seen(kind)
        };
        assert_eq!(
            together(Edition::Late, &[paper, seen(Kind::HealthCard)]),
            told,
            "{kind:?} {day:?}"
        );
        let undated = Seen { issued: None, ..paper };
        let told = together(Edition::Late, &[undated, seen(Kind::HealthCard)]);
        assert_eq!(told, Err(Code::ProofingDocumentTooOld), "{kind:?} without a date");
    }
}

#[test]
fn at_the_counter_the_hand_over_follows_what_was_shown() {
    let passport = [seen(Kind::DanishPassport)];
    let confirmed = [Seen {
        confirmed: true,
        ..passport[0]
    }];
    let papers = [seen(Kind::HealthCard), seen(Kind::TaxStatement)];
    let table = [
        (&passport[..], NOBODY, HandOver::OnTheSpot, Level::Substantial),
        (&confirmed[..], NOBODY, HandOver::OnTheSpot, Level::High),
        (&papers[..], NOBODY, HandOver::BothPosted, Level::Substantial),
        (&papers[..], QUESTIONS, HandOver::CardPosted, Level::Substantial),
        (&papers[..], WITNESS, HandOver::CardPosted, Level::Substantial),
    ];
    for (shown, vouched, hand_over, level) in table {
        let allowed = Allowed {
            scope: ADULTS,
            hand_over,
            level,
        };
        assert_eq!(at_the_counter(ADULT, shown, vouched), Ok(allowed), "{vouched:?}");
    }
    let strict = Rules {
        vouched_on_the_spot: true,
        ..RULES
    };
    for (vouched, hand_over) in [(NOBODY, HandOver::BothPosted), (QUESTIONS, HandOver::OnTheSpot)] {
        let told = judge(
            Channel::CitizenService,
            &ADULT,
            Evidence::Documents(&passport),
            vouched,
            &strict,
            today(),
        );
        assert_eq!(told.unwrap().hand_over, hand_over);
    }
}

#[test]
fn who_has_been_here_a_short_time_brings_a_witness() {
    let newcomer = Applicant {
        short_stay: true,
        ..ADULT
    };
    let shown = [seen(Kind::ForeignPassport), seen(Kind::HealthCard)];
    for vouched in [NOBODY, QUESTIONS] {
        assert_eq!(at_the_counter(newcomer, &shown, vouched), Err(Code::ProofingWitness));
    }
    assert_eq!(
        at_the_counter(newcomer, &shown, WITNESS).unwrap().hand_over,
        HandOver::OnTheSpot
    );
}

#[test]
fn who_has_a_guardian_brings_them_and_a_witness_is_none_for_the_protected() {
    let passport = [seen(Kind::DanishPassport)];
    let papers = [seen(Kind::HealthCard), seen(Kind::TaxStatement)];
    let ward = Applicant {
        guardian: true,
        ..ADULT
    };
    assert_eq!(at_the_counter(ward, &passport, QUESTIONS), Err(Code::ProofingGuardian));
    assert_eq!(
        at_the_counter(ward, &passport, WITNESS).unwrap().hand_over,
        HandOver::OnTheSpot
    );
    let hidden = Applicant {
        protected: true,
        ..ADULT
    };
    for (who, shown, vouched, hand_over) in [
        (hidden, &passport[..], NOBODY, HandOver::OnTheSpot),
        (hidden, &papers[..], WITNESS, HandOver::BothPosted),
        (hidden, &papers[..], QUESTIONS, HandOver::CardPosted),
        (
            Applicant {
                short_stay: true,
                ..hidden
            },
            &passport[..],
            WITNESS,
            HandOver::BothPosted,
        ),
    ] {
        assert_eq!(at_the_counter(who, shown, vouched).unwrap().hand_over, hand_over);
    }
}

#[test]
fn age_and_registration_decide_on_public_use() {
    let passport = [seen(Kind::DanishPassport)];
    for (age, told) in [
        (14, Err(Code::ProofingTooYoung)),
        (15, Ok(Scope::Public { youth: true })),
        (17, Ok(Scope::Public { youth: true })),
        (18, Ok(ADULTS)),
    ] {
        let who = Applicant { age, ..ADULT };
        assert_eq!(
            at_the_counter(who, &passport, NOBODY).map(|allowed| allowed.scope),
            told,
            "{age}"
        );
    }
    for (registration, code) in [
        (Registration::None, Code::ProofingNoCpr),
        (Registration::Pending, Code::ProofingResidencePending),
        (Registration::Ended, Code::ProofingPersonEnded),
    ] {
        let who = Applicant { registration, ..ADULT };
        assert_eq!(at_the_counter(who, &passport, NOBODY), Err(code));
    }
}

#[test]
fn a_bank_gives_netbank_to_whoever_cannot_have_more() {
    let at_bank = |applicant: Applicant, public: bool| {
        let agreement = Evidence::Agreement { public, from_age: 13 };
        judge(Channel::Bank, &applicant, agreement, NOBODY, &RULES, today()).map(|allowed| allowed.scope)
    };
    let child = Applicant { age: 13, ..ADULT };
    let stranger = Applicant {
        registration: Registration::None,
        ..ADULT
    };
    assert_eq!(at_bank(ADULT, true), Ok(ADULTS));
    assert_eq!(at_bank(ADULT, false), Ok(Scope::NetbankByChoice));
    assert_eq!(at_bank(child, true), Ok(Scope::Netbank(Code::ProofingTooYoung)));
    assert_eq!(at_bank(stranger, true), Ok(Scope::Netbank(Code::ProofingNoCpr)));
    assert_eq!(
        at_bank(Applicant { age: 12, ..ADULT }, false),
        Err(Code::ProofingTooYoung)
    );
}

#[test]
fn online_nobody_is_handed_anything() {
    let orders = |applicant: Applicant| {
        judge(
            Channel::Online,
            &applicant,
            Evidence::ConfirmedNumber,
            NOBODY,
            &RULES,
            today(),
        )
    };
    assert_eq!(orders(ADULT).unwrap().hand_over, HandOver::BothPosted);
    let abroad = Applicant {
        registration: Registration::Abroad,
        ..ADULT
    };
    assert_eq!(orders(abroad).unwrap().hand_over, HandOver::PickUp);
    for who in [
        Applicant {
            guardian: true,
            ..ADULT
        },
        Applicant {
            short_stay: true,
            ..ADULT
        },
    ] {
        assert_eq!(orders(who), Err(Code::ProofingInPerson));
    }
    let documents = [seen(Kind::DanishPassport)];
    let shown = judge(
        Channel::Online,
        &ADULT,
        Evidence::Documents(&documents),
        NOBODY,
        &RULES,
        today(),
    );
    assert_eq!(shown, Err(Code::ProofingDocuments), "nobody has seen them");
    let number = judge(
        Channel::CitizenService,
        &ADULT,
        Evidence::ConfirmedNumber,
        NOBODY,
        &RULES,
        today(),
    );
    assert_eq!(number, Err(Code::ProofingDocuments), "a number is no document");
}

#[test]
fn a_holder_begins_public_use_alone_where_whoever_orders_online_may() {
    let with = |change: fn(&mut Applicant)| {
        let mut who = ADULT;
        change(&mut who);
        by_holder(&who)
    };
    assert_eq!(with(|_| {}), Ok(()));
    assert_eq!(with(|who| who.registration = Registration::Abroad), Ok(()));
    assert_eq!(with(|who| who.guardian = true), Err(Code::ProofingInPerson));
    assert_eq!(with(|who| who.short_stay = true), Err(Code::ProofingInPerson));
    assert_eq!(with(|who| who.age = 14), Err(Code::ProofingTooYoung));
    let ended = with(|who| who.registration = Registration::Ended);
    assert_eq!(ended, Err(Code::ProofingPersonEnded));
}

#[test]
fn public_use_begins_at_a_desk_for_as_much_as_a_password_over_the_counter() {
    let begins = |channel, seen: &[Seen], vouched, rules: &Rules| {
        let evidence = if channel == Channel::Bank {
            Evidence::Agreement {
                public: true,
                from_age: 13,
            }
        } else {
            Evidence::Documents(seen)
        };
        at_desk(channel, &ADULT, evidence, vouched, rules, today())
    };
    let strict = Rules {
        vouched_on_the_spot: true,
        ..RULES
    };
    let (passport, papers) = (
        [seen(Kind::DanishPassport)],
        [seen(Kind::HealthCard), seen(Kind::TaxStatement)],
    );
    let centre = Channel::CitizenService;
    let table = [
        (centre, &passport[..], NOBODY, &RULES, Ok(())),
        (centre, &passport[..], NOBODY, &strict, Err(Code::RaProof)),
        (centre, &passport[..], QUESTIONS, &strict, Ok(())),
        (centre, &papers[..], NOBODY, &RULES, Err(Code::RaProof)),
        (centre, &papers[..], QUESTIONS, &RULES, Ok(())),
        (centre, &[][..], QUESTIONS, &RULES, Err(Code::ProofingDocuments)),
        (Channel::Bank, &[][..], NOBODY, &strict, Ok(())),
    ];
    for (channel, seen, vouched, rules, told) in table {
        assert_eq!(begins(channel, seen, vouched, rules), told, "{channel:?} {vouched:?}");
    }
}

#[test]
fn who_can_order_online_is_not_visited() {
    let visits = |seen: &[Seen]| {
        let evidence = Evidence::Documents(seen);
        judge(Channel::HomeVisit, &ADULT, evidence, QUESTIONS, &RULES, today())
    };
    for kind in [
        Kind::DanishPassport,
        Kind::DanishDrivingLicence,
        Kind::DigitalDrivingLicence,
    ] {
        assert_eq!(visits(&[seen(kind)]), Err(Code::ProofingHomeVisit), "{kind:?}");
    }
    assert_eq!(visits(&[seen(Kind::PoliceId)]).unwrap().hand_over, HandOver::OnTheSpot);
    let papers = [seen(Kind::HealthCard), seen(Kind::TaxStatement)];
    assert_eq!(visits(&papers).unwrap().hand_over, HandOver::CardPosted);
}

#[test]
fn a_representation_takes_documents_with_a_photo_only() {
    let at = |seen: &[Seen]| {
        let who = Applicant {
            registration: Registration::Abroad,
            ..ADULT
        };
        judge(
            Channel::Representation,
            &who,
            Evidence::Documents(seen),
            QUESTIONS,
            &RULES,
            today(),
        )
    };
    assert_eq!(
        at(&[seen(Kind::DanishPassport)]).unwrap().hand_over,
        HandOver::OnTheSpot
    );
    let papers = [seen(Kind::HealthCard), seen(Kind::TaxStatement)];
    assert_eq!(at(&papers), Err(Code::ProofingDocuments));
}

fn any_seen() -> impl Strategy<Value = Seen> {
    let day = (0_i64..4_000).prop_map(|back| today() - chrono::Duration::days(back - 1_000));
    (
        0..ROWS.len(),
        any::<bool>(),
        proptest::option::of(day.clone()),
        proptest::option::of(day),
        any::<bool>(),
    )
        .prop_map(|(row, shows_cpr, issued, valid_to, confirmed)| Seen {
            kind: ROWS[row].kind,
            shows_cpr,
            issued,
            valid_to,
            confirmed,
        })
}

proptest! {
    /// Whatever is laid on the counter: without a photo nothing is handed over on the spot, nothing suffices without the CPR number,
    /// and one thing more never makes it worse.
    #[test]
    fn no_heap_of_papers_is_a_photo(heap in proptest::collection::vec(any_seen(), 0..6), more in any_seen()) {
        let told = at_the_counter(ADULT, &heap, QUESTIONS);
        let has_photo = heap.iter().any(|one| one.kind.row().worth == Worth::Photo);
        if let Ok(allowed) = told {
            prop_assert!(has_photo || allowed.hand_over == HandOver::CardPosted);
            prop_assert!(heap.iter().any(|one| one.shows_cpr));
            let mut larger = heap.clone();
            larger.push(more);
            prop_assert!(at_the_counter(ADULT, &larger, QUESTIONS).is_ok());
            // In whatever order it is laid down.
            let turned: Vec<_> = heap.iter().rev().copied().collect();
            prop_assert_eq!(at_the_counter(ADULT, &turned, QUESTIONS), told);
        }
    }
}
