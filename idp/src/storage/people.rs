//! People: what is known of a person, sealed; found by the keyed hash of a CPR number, never by its digits.

mod registered;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::dialect::on;
use super::row::{id16, shown};
use super::schema::{cprs, people, pids, subjects};
use super::{Halt, Tx};
use crate::domain::contact::{Email, Phone};
use crate::domain::cpr::Cpr;
use crate::domain::id::PersonId;
use crate::domain::locale::Locale;
use crate::domain::pid::Pid;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Lookup, Place, Sealed};

/// Whether a person is alive and reachable, as the register last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonStatus {
    /// Nothing stands against an eID.
    Active,
    /// Dead or disappeared: every eID of theirs is refused.
    Ended,
}

impl PersonStatus {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonStatus::Active => "active",
            PersonStatus::Ended => "ended",
        }
    }

    /// The status a stored word means.
    pub fn parse(word: &str) -> Option<PersonStatus> {
        [PersonStatus::Active, PersonStatus::Ended]
            .into_iter()
            .find(|s| s.as_str() == word)
    }
}

/// A person to be written down.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Our id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Lines of the postal address.
    pub address: Option<String>,
    /// Name and address protection.
    pub protected: bool,
    /// Born on; known also for a person without CPR number.
    pub birth_date: Option<NaiveDate>,
    /// CPR number, if any.
    pub cpr: Option<Cpr>,
    /// E-mail for notices.
    pub email: Option<String>,
    /// Mobile number, as typed when it was given.
    pub phone: Option<String>,
    /// Now.
    pub created_at: Time,
}

/// A person as stored, opened.
#[derive(Debug, Clone)]
pub struct Person {
    /// Our id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Lines of the postal address.
    pub address: Option<String>,
    /// Name and address protection.
    pub protected: bool,
    /// Born on.
    pub birth_date: Option<NaiveDate>,
    /// The CPR number in force.
    pub cpr: Option<Cpr>,
    /// E-mail.
    pub email: Option<String>,
    /// Mobile number.
    pub phone: Option<String>,
    /// Alive and reachable.
    pub status: PersonStatus,
    /// The language that they are written to in.
    pub language: Locale,
}

/// Which of a person's sealed texts are opened; the others stay closed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Texts {
    /// Full name.
    pub name: bool,
    /// Lines of the postal address.
    pub address: bool,
    /// E-mail.
    pub email: bool,
    /// Mobile number.
    pub phone: bool,
}

/// What a party may be told of a person: the texts that were asked for, and what is not sealed.
#[derive(Debug, Clone)]
pub struct Told {
    /// Full name.
    pub name: Option<String>,
    /// Lines of the postal address.
    pub address: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Mobile number.
    pub phone: Option<String>,
    /// Name and address protection.
    pub protected: bool,
    /// Born on.
    pub birth_date: Option<NaiveDate>,
    /// The public number.
    pub pid: Option<Pid>,
    /// The name in the sector, if the person has been there.
    pub sub: Option<String>,
}

/// People.
pub struct People<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    Vec<u8>,
    Vec<u8>,
    Option<Vec<u8>>,
    bool,
    Option<String>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    String,
    i64,
    String,
);

impl People<'_, '_> {
    /// Writes a person down.
    ///
    /// # Errors
    /// When the database does not answer, or the CPR number belongs to somebody else already.
    pub fn insert(&mut self, person: &NewPerson) -> Result<(), Halt> {
        let row = person.id.bytes();
        let seal = |column, value: Option<&String>| {
            value.map(|v| self.0.vault.seal(Place { column, row: &row }, v.as_bytes(), self.0.rng))
        };
        let (name, address) = (
            seal(Sealed::PeopleName, Some(&person.name)),
            seal(Sealed::PeopleAddress, person.address.as_ref()),
        );
        let (email, phone) = (
            seal(Sealed::PeopleEmail, person.email.as_ref()),
            seal(Sealed::PeoplePhone, person.phone.as_ref()),
        );
        diesel::insert_into(people::table)
            .values((
                people::id.eq(row.to_vec()),
                people::name.eq(name.unwrap_or_default()),
                people::address.eq(address),
                people::protected.eq(person.protected),
                people::birth_date.eq(person.birth_date.map(|d| d.to_string())),
                people::email.eq(email),
                people::phone.eq(phone),
                people::status.eq(PersonStatus::Active.as_str()),
                people::created_at.eq(person.created_at.micros()),
            ))
            .execute(self.0.db)?;
        match &person.cpr {
            Some(cpr) => self.add_cpr(person.id, cpr, person.created_at),
            None => Ok(()),
        }
    }

    /// Adds a CPR number to a person: the one in force from now on. Older ones still find the person.
    ///
    /// # Errors
    /// When the database does not answer, the number belongs to somebody else already, or it is a number for a demo in production
    /// or the other way round.
    pub fn add_cpr(&mut self, person: PersonId, cpr: &Cpr, now: Time) -> Result<(), Halt> {
        let cpr = cpr.for_mode(self.0.demo)?;
        let hash = self.0.vault.lookup(Lookup::Cpr, cpr.digits().as_bytes());
        let sealed = self.0.vault.seal(
            Place {
                column: Sealed::Cprs,
                row: &hash,
            },
            cpr.digits().as_bytes(),
            self.0.rng,
        );
        diesel::update(cprs::table.filter(cprs::person.eq(person.bytes().to_vec())))
            .set(cprs::current.eq(false))
            .execute(self.0.db)?;
        diesel::insert_into(cprs::table)
            .values((
                cprs::hash.eq(hash.to_vec()),
                cprs::person.eq(person.bytes().to_vec()),
                cprs::sealed.eq(sealed),
                cprs::current.eq(true),
                cprs::added_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Notes what the register says of a person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_status(&mut self, id: PersonId, status: PersonStatus) -> Result<(), Halt> {
        diesel::update(people::table.find(id.bytes().to_vec()))
            .set(people::status.eq(status.as_str()))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Notes the language that a person is written to in from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_language(&mut self, id: PersonId, language: Locale) -> Result<(), Halt> {
        diesel::update(people::table.find(id.bytes().to_vec()))
            .set(people::language.eq(language.as_str()))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Writes down the e-mail address at which a person can be reached from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_email(&mut self, id: PersonId, email: Option<&Email>) -> Result<(), Halt> {
        let sealed = self.seal_contact(id, Sealed::PeopleEmail, email.map(Email::as_str));
        diesel::update(people::table.find(id.bytes().to_vec()))
            .set(people::email.eq(sealed))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Writes down the mobile number likewise.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_phone(&mut self, id: PersonId, phone: Option<&Phone>) -> Result<(), Halt> {
        let sealed = self.seal_contact(id, Sealed::PeoplePhone, phone.map(Phone::as_str));
        diesel::update(people::table.find(id.bytes().to_vec()))
            .set(people::phone.eq(sealed))
            .execute(self.0.db)?;
        Ok(())
    }

    fn seal_contact(&self, id: PersonId, column: Sealed, value: Option<&str>) -> Option<Vec<u8>> {
        let row = id.bytes();
        let place = Place { column, row: &row };
        value.map(|text| self.0.vault.seal(place, text.as_bytes(), self.0.rng))
    }

    /// Every CPR number that a person has or had, oldest first, and whether it is the one in force.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn cprs(&mut self, id: PersonId) -> Result<Vec<(Cpr, bool)>, Halt> {
        let rows = cprs::table
            .filter(cprs::person.eq(id.bytes().to_vec()))
            .order(cprs::added_at)
            .select((cprs::hash, cprs::sealed, cprs::current))
            .load::<(Vec<u8>, Vec<u8>, bool)>(self.0.db)?;
        rows.into_iter()
            .map(|(hash, sealed, current)| Ok((self.open_cpr(id, &hash, &sealed)?, current)))
            .collect()
    }

    /// Who has, or had, this CPR number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn by_cpr(&mut self, cpr: &Cpr) -> Result<Option<PersonId>, Halt> {
        let hash = self.0.vault.lookup(Lookup::Cpr, cpr.digits().as_bytes());
        let found = cprs::table
            .find(hash.to_vec())
            .select(cprs::person)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        Ok(found
            .map(|id| id16(&id, "cprs", "person").map(PersonId::from_bytes))
            .transpose()?)
    }

    /// One person, opened.
    ///
    /// # Errors
    /// When the database does not answer, the row is corrupt, or the person is not there (a fault: ids come from us).
    pub fn find(&mut self, id: PersonId) -> Result<Person, Halt> {
        let stored = people::table
            .find(id.bytes().to_vec())
            .first::<Stored>(self.0.db)
            .optional()?;
        let (_, name, address, protected, birth_date, email, phone, status, _, language) =
            stored.ok_or_else(|| Fault::bare(format!("no person {id}")))?;
        Ok(Person {
            id,
            name: self.open(id, Sealed::PeopleName, Some(name))?.unwrap_or_default(),
            address: self.open(id, Sealed::PeopleAddress, address)?,
            protected,
            birth_date: date(id, birth_date)?,
            email: self.open(id, Sealed::PeopleEmail, email)?,
            phone: self.open(id, Sealed::PeoplePhone, phone)?,
            status: PersonStatus::parse(&status).ok_or_else(|| Fault::corrupt("people", "status", id))?,
            language: Locale::parse(&language).ok_or_else(|| Fault::corrupt("people", "language", id))?,
            cpr: self.cpr(id)?,
        })
    }

    /// What a party of `sector` may be told of a person, in one statement; only the wanted texts are opened.
    ///
    /// # Errors
    /// As [`People::find`].
    pub fn told(&mut self, id: PersonId, sector: &str, wanted: Texts) -> Result<Told, Halt> {
        let there = subjects::person
            .eq(people::id)
            .and(subjects::sector.eq(sector.to_owned()));
        let stored = on!(self.0.db, |db| people::table
            .left_join(subjects::table.on(there))
            .left_join(pids::table.on(pids::person.eq(people::id)))
            .filter(people::id.eq(id.bytes().to_vec()))
            .select((people::all_columns, subjects::sub.nullable(), pids::pid.nullable()))
            .first::<(Stored, Option<String>, Option<String>)>(db))
        .optional()?;
        let (stored, sub, pid) = stored.ok_or_else(|| Fault::bare(format!("no person {id}")))?;
        let (_, name, address, protected, birth_date, email, phone, ..) = stored;
        let pid = pid.map(|text| Pid::parse(&text).ok_or_else(|| Fault::corrupt("pids", "pid", id)));
        Ok(Told {
            name: self.open(id, Sealed::PeopleName, Some(name).filter(|_| wanted.name))?,
            address: self.open(id, Sealed::PeopleAddress, address.filter(|_| wanted.address))?,
            email: self.open(id, Sealed::PeopleEmail, email.filter(|_| wanted.email))?,
            phone: self.open(id, Sealed::PeoplePhone, phone.filter(|_| wanted.phone))?,
            protected,
            birth_date: date(id, birth_date)?,
            pid: pid.transpose()?,
            sub,
        })
    }

    fn open(&self, id: PersonId, column: Sealed, sealed: Option<Vec<u8>>) -> Result<Option<String>, Fault> {
        let Some(sealed) = sealed else { return Ok(None) };
        let (row, name) = (id.bytes(), column.names().1);
        let plain = self.0.vault.open(Place { column, row: &row }, &sealed);
        let plain = plain.map_err(|e| Fault::new(format!("people.{name} of {id} does not open"), e))?;
        String::from_utf8(plain.to_vec())
            .map(Some)
            .map_err(|_| Fault::corrupt("people", name, id))
    }

    /// The CPR number in force.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn cpr(&mut self, id: PersonId) -> Result<Option<Cpr>, Halt> {
        let stored = cprs::table
            .filter(cprs::person.eq(id.bytes().to_vec()).and(cprs::current.eq(true)))
            .select((cprs::hash, cprs::sealed))
            .first::<(Vec<u8>, Vec<u8>)>(self.0.db)
            .optional()?;
        let Some((hash, sealed)) = stored else { return Ok(None) };
        Ok(Some(self.open_cpr(id, &hash, &sealed)?))
    }

    fn open_cpr(&self, id: PersonId, hash: &[u8], sealed: &[u8]) -> Result<Cpr, Fault> {
        let place = Place {
            column: Sealed::Cprs,
            row: hash,
        };
        let plain = self.0.vault.open(place, sealed);
        let plain = plain.map_err(|e| Fault::new(format!("cprs.sealed of {} does not open", shown(&id.bytes())), e))?;
        let digits = std::str::from_utf8(&plain).map_err(|_| Fault::corrupt("cprs", "sealed", id))?;
        Cpr::parse(digits).map_err(|_| Fault::corrupt("cprs", "sealed", id))
    }
}

fn date(id: PersonId, stored: Option<String>) -> Result<Option<NaiveDate>, Fault> {
    stored
        .map(|text| text.parse().map_err(|_| Fault::corrupt("people", "birth_date", id)))
        .transpose()
}
