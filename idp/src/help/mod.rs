//! Help for everybody, logged in or not: what to do about a lost card, a forgotten password, a forgotten user-ID or trouble, whom
//! to ask and when they are there, and the way without an eID (M62–M65).
//!
//! Owns what is told of contacts and whether they are open now. Never looks at who asks, and never tells a user-ID.

pub mod http;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::config::help::Contact;
use crate::config::{Help as Settings, Web};
use crate::domain::denmark;
use crate::domain::hours::{Range, Schedule, Weekly};
use crate::domain::locale::Locale;
use crate::domain::time::Time;

/// Special days are told of so far ahead.
const AHEAD_DAYS: u64 = 60;

/// Who helps. Clones are cheap enough for one a worker.
#[derive(Debug, Clone)]
pub struct Help {
    contacts: Vec<(Contact, Schedule)>,
}

/// A contact as it is at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// What people know it by.
    pub name: String,
    /// What it helps with.
    pub about: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// On the web.
    pub url: Option<String>,
    /// Whether somebody is there now; nothing where no hours are known.
    pub open: Option<bool>,
    /// When it closes today, of an open one.
    pub closes: Option<NaiveTime>,
    /// When it opens next, of a closed one.
    pub opens: Option<NaiveDateTime>,
    /// The week.
    pub week: Vec<Weekly>,
    /// Special days and holidays to come.
    pub ahead: Vec<(NaiveDate, Vec<Range>)>,
}

impl Help {
    /// The contacts of `[help]`; without any, the support of `[web]`.
    #[must_use]
    pub fn new(settings: &Settings, web: &Web) -> Self {
        let mut contacts = settings.contacts.clone();
        if contacts.is_empty() && (web.support_phone.is_some() || web.support_url.is_some()) {
            contacts.push(Contact {
                name_da: "Support".to_owned(),
                name_en: "Support".to_owned(),
                about_da: None,
                about_en: None,
                phone: web.support_phone.clone(),
                email: None,
                url: web.support_url.clone(),
                weekly: Vec::new(),
                special: Vec::new(),
            });
        }
        let with_hours = |contact: Contact| {
            let schedule = Schedule {
                weekly: contact.weekly.clone(),
                special: contact.special.clone(),
                holidays: settings.holidays.clone(),
            };
            (contact, schedule)
        };
        Self {
            contacts: contacts.into_iter().map(with_hours).collect(),
        }
    }

    /// All contacts, as they are now.
    #[must_use]
    pub fn desks(&self, now: Time, locale: Locale) -> Vec<Desk> {
        let clock = denmark::clock(now);
        self.contacts
            .iter()
            .map(|(contact, schedule)| desk(contact, schedule, clock, locale))
            .collect()
    }
}

fn desk(contact: &Contact, schedule: &Schedule, clock: NaiveDateTime, locale: Locale) -> Desk {
    let (name, about) = match locale {
        Locale::Da => (&contact.name_da, &contact.about_da),
        Locale::En => (&contact.name_en, &contact.about_en),
    };
    let open = schedule.is_known().then(|| schedule.is_open(clock));
    let ahead = if schedule.is_known() {
        schedule.ahead(clock.date(), AHEAD_DAYS)
    } else {
        Vec::new()
    };
    Desk {
        name: name.clone(),
        about: about.clone(),
        phone: contact.phone.clone(),
        email: contact.email.clone(),
        url: contact.url.as_ref().map(ToString::to_string),
        open,
        closes: schedule.closes(clock),
        opens: schedule.opens(clock).filter(|_| open == Some(false)),
        week: schedule.weekly.clone(),
        ahead,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use chrono::DateTime;

    use super::*;
    use crate::domain::hours::Day;

    fn help() -> Help {
        let contact: Contact = toml::from_str(
            "name_da = \"Støtte\"\nname_en = \"Support\"\nabout_en = \"All of it\"\nphone = \"12 34 56 78\"\n\
             weekly = [\"mon-thu 08:00-20:00\", \"fri 08:00-16:00\"]\nspecial = [\"12-24 closed\", \"12-31 08:00-12:00\"]",
        )
        .unwrap();
        let settings = Settings {
            contacts: vec![contact],
            holidays: vec![Day::parse("2027-03-29").unwrap()],
        };
        Help::new(&settings, &Web::default())
    }

    fn desk_at(utc: &str, locale: Locale) -> Desk {
        let moment = Time::from_secs(DateTime::parse_from_rfc3339(utc).unwrap().timestamp());
        help().desks(moment, locale).remove(0)
    }

    #[test]
    fn a_contact_is_open_by_the_clock_on_the_wall_in_denmark() {
        let table = [
            // Winter: one hour ahead of UTC. Summer: two.
            ("2026-11-23T06:59:00Z", false),
            ("2026-11-23T07:00:00Z", true),
            ("2026-11-23T19:00:00Z", false),
            ("2026-06-22T05:59:00Z", false),
            ("2026-06-22T06:00:00Z", true),
            // The last Monday before summer time, and Easter Monday, the first day after it began.
            ("2027-03-22T07:00:00Z", true),
            ("2027-03-29T07:00:00Z", false),
            ("2027-03-30T06:00:00Z", true),
            ("2026-12-24T10:00:00Z", false),
            ("2026-12-31T10:00:00Z", true),
            ("2026-12-31T11:00:00Z", false),
        ];
        for (utc, open) in table {
            let desk = desk_at(utc, Locale::Da);
            assert_eq!(desk.open, Some(open), "{utc}");
            assert_eq!(desk.closes.is_some(), open, "{utc}");
            assert_eq!(desk.opens.is_some(), !open, "{utc}");
        }
        let closed = desk_at("2026-12-23T20:00:00Z", Locale::En);
        assert_eq!(closed.opens.unwrap().to_string(), "2026-12-25 08:00:00");
        assert_eq!(
            (closed.name.as_str(), closed.about.as_deref()),
            ("Support", Some("All of it"))
        );
        assert_eq!(closed.ahead.len(), 2, "24 and 31 December");
    }

    #[test]
    fn without_contacts_it_is_the_support_of_the_pages() {
        let web = Web {
            support_phone: Some("80 30 70 50".to_owned()),
            ..Web::default()
        };
        let desk = Help::new(&Settings::default(), &web)
            .desks(Time::from_secs(0), Locale::Da)
            .remove(0);
        assert_eq!((desk.open, desk.phone.as_deref()), (None, Some("80 30 70 50")));
        assert!(
            Help::new(&Settings::default(), &Web::default())
                .desks(Time::from_secs(0), Locale::Da)
                .is_empty()
        );
    }
}
