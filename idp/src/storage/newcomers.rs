//! Whole people at once: a person with eID, user-IDs, password, card and public number, many in one act. Sealed outside of any
//! transaction, so that several threads can do it; written table by table, each in the order of its key.

use diesel::prelude::*;

use super::dialect::insert_rows;
use super::people::PersonStatus;
use super::schema::{aliases, cards, cprs, eid_banks, eids, passwords, people, pids};
use super::{AliasKind, Bank, Halt, NewEid, NewPerson, Tx};
use crate::domain::keycard::{Card, CardState};
use crate::domain::pid::Pid;
use crate::domain::refusal::Code;
use crate::entropy::Entropy;
use crate::vault::card::CardSecret;
use crate::vault::{Lookup, Place, Sealed, Vault};

/// A person with everything that lets them log in.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// The person.
    pub person: NewPerson,
    /// Their eID.
    pub eid: NewEid,
    /// Linked banks.
    pub banks: Vec<Bank>,
    /// User-IDs in the form in which names are compared.
    pub names: Vec<(AliasKind, String)>,
    /// The vault's verifier of the password.
    pub verifier: Vec<u8>,
    /// The card.
    pub card: Card,
    /// What its entries derive from.
    pub secret: CardSecret,
    /// How they derive.
    pub scheme: u8,
    /// The public number.
    pub pid: Option<Pid>,
}

/// A newcomer as rows, sealed and ready to be written.
#[derive(Debug)]
pub struct SealedNewcomer {
    person: PersonRow,
    cpr: Option<CprRow>,
    eid: EidRow,
    banks: Vec<BankRow>,
    aliases: Vec<AliasRow>,
    password: PasswordRow,
    card: CardRow,
    pid: Option<PidRow>,
    /// Why the CPR number may not be used in production, and in a demo.
    refused: [Option<Code>; 2],
}

macro_rules! rows {
    ($($name:ident of $table:ident { $($column:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Debug, Insertable)]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        struct $name { $($column: $type),* }
    )*};
}

rows! {
    PersonRow of people {
        id: Vec<u8>, name: Vec<u8>, address: Option<Vec<u8>>, protected: bool, birth_date: Option<String>,
        email: Option<Vec<u8>>, phone: Option<Vec<u8>>, status: &'static str, created_at: i64,
    }
    CprRow of cprs { hash: Vec<u8>, person: Vec<u8>, sealed: Vec<u8>, current: bool, added_at: i64 }
    PidRow of pids { person: Vec<u8>, pid: String, created_at: i64 }
    EidRow of eids {
        id: Vec<u8>, number: String, person: Vec<u8>, status: &'static str, is_public: bool, issuer: String, epoch: i32,
        created_at: i64,
    }
    BankRow of eid_banks { eid: Vec<u8>, bank: String, customer_ref: Option<String>, linked_at: i64 }
    AliasRow of aliases { hash: Vec<u8>, eid: Vec<u8>, kind: &'static str, sealed: Vec<u8>, created_at: i64 }
    PasswordRow of passwords {
        eid: Vec<u8>, verifier: Vec<u8>, four_digits: bool, blocked: bool, set_at: i64, version: i64,
    }
    CardRow of cards {
        number: String, eid: Vec<u8>, secret: Option<Vec<u8>>, scheme: i32, used: Vec<u8>, pending: Option<i32>,
        wrong_in_a_row: i32, state: &'static str, version: i64, ordered_at: i64, activated_at: Option<i64>,
        expires_at: Option<i64>,
    }
}

impl SealedNewcomer {
    /// Seals a newcomer. Takes no connection.
    #[must_use]
    pub fn new(newcomer: &Newcomer, vault: &Vault, rng: &Entropy) -> Self {
        let Newcomer { person, eid, .. } = newcomer;
        let (person_id, eid_id, now) = (
            person.id.bytes().to_vec(),
            eid.id.bytes().to_vec(),
            person.created_at.micros(),
        );
        let seal = |column, row: &[u8], value: &str| vault.seal(Place { column, row }, value.as_bytes(), rng);
        let of_person = |column, value: &Option<String>| value.as_ref().map(|text| seal(column, &person_id, text));
        let cpr = person.cpr.as_ref().map(|cpr| {
            let hash = vault.lookup(Lookup::Cpr, cpr.digits().as_bytes());
            CprRow {
                sealed: seal(Sealed::Cprs, &hash, cpr.digits()),
                hash: hash.to_vec(),
                person: person_id.clone(),
                current: true,
                added_at: now,
            }
        });
        let aliases = newcomer.names.iter().map(|(kind, name)| {
            let hash = vault.lookup(Lookup::UserId, name.as_bytes());
            AliasRow {
                sealed: seal(Sealed::Aliases, &hash, name),
                hash: hash.to_vec(),
                eid: eid_id.clone(),
                kind: kind.as_str(),
                created_at: now,
            }
        });
        let banks = newcomer.banks.iter().map(|bank| BankRow {
            eid: eid_id.clone(),
            bank: bank.bank.clone(),
            customer_ref: bank.customer_ref.clone(),
            linked_at: now,
        });
        SealedNewcomer {
            refused: [false, true].map(|demo| person.cpr.as_ref()?.for_mode(demo).err()),
            cpr,
            aliases: aliases.collect(),
            banks: banks.collect(),
            password: PasswordRow {
                eid: eid_id.clone(),
                verifier: newcomer.verifier.clone(),
                four_digits: false,
                blocked: false,
                set_at: now,
                version: 1,
            },
            card: card(newcomer, &eid_id, now, vault, rng),
            pid: newcomer.pid.as_ref().map(|pid| PidRow {
                person: person_id.clone(),
                pid: pid.as_str().to_owned(),
                created_at: now,
            }),
            eid: EidRow {
                id: eid_id.clone(),
                number: eid.number.as_str().to_owned(),
                person: person_id.clone(),
                status: eid.status.as_str(),
                is_public: eid.public,
                issuer: eid.issuer.clone(),
                epoch: 1,
                created_at: eid.created_at.micros(),
            },
            person: PersonRow {
                name: seal(Sealed::PeopleName, &person_id, &person.name),
                address: of_person(Sealed::PeopleAddress, &person.address),
                email: of_person(Sealed::PeopleEmail, &person.email),
                phone: of_person(Sealed::PeoplePhone, &person.phone),
                protected: person.protected,
                birth_date: person.birth_date.map(|date| date.to_string()),
                status: PersonStatus::Active.as_str(),
                created_at: now,
                id: person_id.clone(),
            },
        }
    }
}

fn card(newcomer: &Newcomer, eid: &[u8], now: i64, vault: &Vault, rng: &Entropy) -> CardRow {
    let (card, number) = (&newcomer.card, newcomer.card.number.as_str());
    let place = Place {
        column: Sealed::CardsSecret,
        row: number.as_bytes(),
    };
    CardRow {
        number: number.to_owned(),
        eid: eid.to_vec(),
        secret: Some(vault.seal(place, newcomer.secret.bytes(), rng)),
        scheme: i32::from(newcomer.scheme),
        used: card.used.bytes().to_vec(),
        pending: card.pending.map(|position| i32::from(position.get())),
        wrong_in_a_row: i32::from(card.wrong_in_a_row),
        state: card.state.as_str(),
        version: 1,
        ordered_at: now,
        activated_at: (card.state == CardState::Active).then_some(now),
        expires_at: card.expires_at.map(crate::domain::time::Time::micros),
    }
}

/// Newcomers.
pub struct Newcomers<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Newcomers<'_, '_> {
    /// Readies this process for a crowd: more memory for pages, fewer and larger checkpoints. Nothing on PostgreSQL.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn expect_a_crowd(&mut self) -> Result<(), Halt> {
        Ok(super::dialect::expect_a_crowd(self.0.db)?)
    }

    /// Whether one of a newcomer's numbers is somebody's already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn is_taken(&mut self, newcomer: &SealedNewcomer) -> Result<bool, Halt> {
        use diesel::dsl::exists;
        let db = &mut *self.0.db;
        if let Some(cpr) = &newcomer.cpr
            && diesel::select(exists(cprs::table.find(&cpr.hash))).get_result::<bool>(db)?
        {
            return Ok(true);
        }
        for alias in &newcomer.aliases {
            if diesel::select(exists(aliases::table.find(&alias.hash))).get_result::<bool>(db)? {
                return Ok(true);
            }
        }
        if let Some(pid) = &newcomer.pid
            && diesel::select(exists(pids::table.filter(pids::pid.eq(&pid.pid)))).get_result::<bool>(db)?
        {
            return Ok(true);
        }
        Ok(diesel::select(exists(cards::table.find(&newcomer.card.number))).get_result::<bool>(db)?)
    }

    /// Writes all of them down.
    ///
    /// # Errors
    /// When the database does not answer, or a CPR number is one for a demo in production or the other way round; `Halt::Again` when
    /// a number is somebody's already.
    pub fn insert(&mut self, newcomers: &[&SealedNewcomer]) -> Result<(), Halt> {
        let mode = usize::from(self.0.demo);
        if let Some(code) = newcomers.iter().find_map(|one| one.refused[mode]) {
            return Err(code.into());
        }
        let db = &mut *self.0.db;
        let all = || newcomers.iter().copied();
        let mut cprs: Vec<_> = all().filter_map(|one| one.cpr.as_ref()).collect();
        let mut aliases: Vec<_> = all().flat_map(|one| &one.aliases).collect();
        cprs.sort_unstable_by(|one, other| one.hash.cmp(&other.hash));
        aliases.sort_unstable_by(|one, other| one.hash.cmp(&other.hash));
        insert_rows!(db, people, all().map(|one| &one.person));
        insert_rows!(db, cprs, cprs.into_iter());
        insert_rows!(db, eids, all().map(|one| &one.eid));
        insert_rows!(db, eid_banks, all().flat_map(|one| &one.banks));
        insert_rows!(db, aliases, aliases.into_iter());
        insert_rows!(db, passwords, all().map(|one| &one.password));
        insert_rows!(db, cards, all().map(|one| &one.card));
        insert_rows!(db, pids, all().filter_map(|one| one.pid.as_ref()));
        Ok(())
    }
}
