//! How eIDs were issued, and the consents that were given with it.

use diesel::prelude::*;

use super::schema::{given_consents, issues};
use super::{Halt, Tx};
use crate::domain::assurance::Level;
use crate::domain::consent::Consent;
use crate::domain::id::EidId;
use crate::domain::proofing::Channel;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

/// How an eID was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The eID.
    pub eid: EidId,
    /// Where.
    pub channel: Channel,
    /// The RA and its officer.
    pub by: (String, String),
    /// The level of identity assurance that was reached.
    pub level: Level,
    /// How it was to be handed over, by its word.
    pub hand_over: String,
    /// What was shown, as JSON.
    pub shown: String,
    /// When.
    pub issued_at: Time,
}

/// A consent that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenConsent {
    /// To what.
    pub consent: Consent,
    /// The version of its text.
    pub version: String,
    /// Through which channel: one of `proofing::Channel`, or `self_service`.
    pub channel: String,
    /// When.
    pub given_at: Time,
}

/// How eIDs were issued.
pub struct Issues<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Issues<'_, '_> {
    /// Writes it down.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, issue: &Issue) -> Result<(), Halt> {
        let row = issue.eid.bytes();
        let shown = self.0.vault.seal(place(&row), issue.shown.as_bytes(), self.0.rng);
        diesel::insert_into(issues::table)
            .values((
                issues::eid.eq(row.to_vec()),
                issues::channel.eq(issue.channel.as_str()),
                issues::ra.eq(&issue.by.0),
                issues::officer.eq(&issue.by.1),
                issues::level.eq(issue.level.as_str()),
                issues::hand_over.eq(&issue.hand_over),
                issues::shown.eq(shown),
                issues::issued_at.eq(issue.issued_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// How an eID was issued; nothing of one that was there before this was kept.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, eid: EidId) -> Result<Option<Issue>, Halt> {
        let row = eid.bytes();
        let stored = issues::table
            .find(row.to_vec())
            .first::<(Vec<u8>, String, String, String, String, String, Vec<u8>, i64)>(self.0.db)
            .optional()?;
        let Some((_, channel, ra, officer, level, hand_over, shown, at)) = stored else {
            return Ok(None);
        };
        let corrupt = |column| Fault::corrupt("issues", column, eid);
        let plain = self.0.vault.open(place(&row), &shown);
        let plain = plain.map_err(|error| Fault::new("issues.shown does not open", error))?;
        Ok(Some(Issue {
            eid,
            channel: Channel::parse(&channel).ok_or_else(|| corrupt("channel"))?,
            by: (ra, officer),
            level: Level::parse(&level).ok_or_else(|| corrupt("level"))?,
            hand_over,
            shown: String::from_utf8(plain.to_vec()).map_err(|_| corrupt("shown"))?,
            issued_at: Time::from_micros(at),
        }))
    }

    /// Notes a consent that was given; the ones before stay.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn consent(&mut self, eid: EidId, given: &GivenConsent) -> Result<(), Halt> {
        diesel::insert_into(given_consents::table)
            .values((
                given_consents::eid.eq(eid.bytes().to_vec()),
                given_consents::consent.eq(given.consent.as_str()),
                given_consents::given_at.eq(given.given_at.micros()),
                given_consents::version.eq(&given.version),
                given_consents::channel.eq(&given.channel),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// When a consent was last given for one of these eIDs through one of these channels.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn last_consent(&mut self, eids: &[EidId], channels: &[&str]) -> Result<Option<Time>, Halt> {
        let ids: Vec<Vec<u8>> = eids.iter().map(|eid| eid.bytes().to_vec()).collect();
        let latest = given_consents::table
            .filter(given_consents::eid.eq_any(ids))
            .filter(given_consents::channel.eq_any(channels))
            .select(diesel::dsl::max(given_consents::given_at))
            .get_result::<Option<i64>>(self.0.db)?;
        Ok(latest.map(Time::from_micros))
    }

    /// The consents that were given for an eID, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn consents(&mut self, eid: EidId) -> Result<Vec<GivenConsent>, Halt> {
        let rows = given_consents::table
            .filter(given_consents::eid.eq(eid.bytes().to_vec()))
            .order((given_consents::given_at, given_consents::consent))
            .select((
                given_consents::consent,
                given_consents::version,
                given_consents::channel,
                given_consents::given_at,
            ))
            .load::<(String, String, String, i64)>(self.0.db)?;
        let rows = rows.into_iter().map(|(consent, version, channel, at)| {
            Ok(GivenConsent {
                consent: Consent::parse(&consent).ok_or_else(|| Fault::corrupt("given_consents", "consent", eid))?,
                version,
                channel,
                given_at: Time::from_micros(at),
            })
        });
        rows.collect()
    }
}

fn place(row: &[u8; 16]) -> Place<'_> {
    Place {
        column: Sealed::IssuesShown,
        row,
    }
}
