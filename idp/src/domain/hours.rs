//! When somebody can be reached: weekly hours, holidays, special days. Owns their written form and the question “open now?”,
//! asked of the clock on the wall. Never knows what time it is: the caller reads that off the operator's clock, summer time
//! and all.
//!
//! A day is judged by the first of these that speaks of it: a special day with its year, a special day of every year, a
//! holiday (closed), the week.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};
use serde::Deserialize;

/// How far ahead the next opening is looked for.
const AHEAD_DAYS: u64 = 21;
const MIDNIGHT: u16 = 24 * 60;
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// From one time of day to another, in minutes; the end does not belong to it. 24:00 is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    from: u16,
    to: u16,
}

/// A time of day in minutes, as `08:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= MIDNIGHT).then_some(all)
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minutes(from)?, minutes(to)?);
        (from < to).then_some(Self { from, to })
    }

    /// Opens, in minutes after midnight.
    #[must_use]
    pub const fn from(self) -> u16 {
        self.from
    }

    /// Closes, in minutes after midnight; 1440 is midnight.
    #[must_use]
    pub const fn to(self) -> u16 {
        self.to
    }

    const fn holds(self, minute: u16) -> bool {
        self.from <= minute && minute < self.to
    }
}

/// `closed`, or ranges in their order, none touching another.
fn ranges<'a>(words: impl Iterator<Item = &'a str>) -> Option<Vec<Range>> {
    let words: Vec<&str> = words.collect();
    match words.as_slice() {
        [] => None,
        ["closed"] => Some(Vec::new()),
        words => {
            let ranges = words
                .iter()
                .map(|word| Range::parse(word))
                .collect::<Option<Vec<_>>>()?;
            ranges.windows(2).all(|two| two[0].to < two[1].from).then_some(ranges)
        }
    }
}

/// Hours of some days of the week: `mon-thu 08:00-20:00`, `sat 10:00-12:00 13:00-15:00`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Weekly {
    days: Vec<Weekday>,
    ranges: Vec<Range>,
}

impl Weekly {
    /// Reads one line.
    ///
    /// # Errors
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?}: expected days and hours, like \"mon-thu 08:00-20:00\"");
        let mut words = text.split_whitespace();
        let days = words.next().and_then(week_days).ok_or_else(wrong)?;
        let ranges = ranges(words).filter(|ranges| !ranges.is_empty()).ok_or_else(wrong)?;
        Ok(Self { days, ranges })
    }

    /// The days, in the order of the week.
    #[must_use]
    pub fn days(&self) -> &[Weekday] {
        &self.days
    }

    /// Their hours.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }
}

fn week_days(text: &str) -> Option<Vec<Weekday>> {
    let place = |name: &str| WEEKDAYS.iter().position(|(known, _)| *known == name);
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (place(first)?, place(last)?),
        None => (place(text)?, place(text)?),
    };
    (first <= last).then(|| WEEKDAYS[first..=last].iter().map(|(_, day)| *day).collect())
}

/// A day: of one year (`2026-12-24`) or of every year (`12-24`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Day {
    /// Of one year.
    Once(NaiveDate),
    /// Of every year.
    Yearly {
        /// 1 to 12.
        month: u32,
        /// 1 to 31.
        day: u32,
    },
}

impl Day {
    /// Reads one.
    ///
    /// # Errors
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?}: expected a date, like \"2026-12-24\" or, for every year, \"12-24\"");
        if let Some((month, day)) = text.split_once('-').filter(|_| text.len() == 5) {
            let (month, day) = (month.parse().map_err(|_| wrong())?, day.parse().map_err(|_| wrong())?);
            // A leap year has every day there is.
            NaiveDate::from_ymd_opt(2024, month, day).ok_or_else(wrong)?;
            return Ok(Self::Yearly { month, day });
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self::Once)
            .map_err(|_| wrong())
    }

    /// Is it this date?
    #[must_use]
    pub fn is(self, date: NaiveDate) -> bool {
        match self {
            Self::Once(day) => day == date,
            Self::Yearly { month, day } => (date.month(), date.day()) == (month, day),
        }
    }

    /// The next time that it comes, today included.
    #[must_use]
    pub fn next(self, today: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Once(day) => (day >= today).then_some(day),
            Self::Yearly { month, day } => (today.year()..today.year() + 9)
                .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
                .find(|day| *day >= today),
        }
    }
}

/// Hours of a special day: `2026-12-31 08:00-12:00`, `12-24 closed`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Special {
    day: Day,
    ranges: Vec<Range>,
}

impl Special {
    /// Reads one line.
    ///
    /// # Errors
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let day = Day::parse(words.next().unwrap_or_default())?;
        let ranges = ranges(words)
            .ok_or_else(|| format!("{text:?}: expected \"closed\" or hours, like \"08:00-12:00\", after the date"))?;
        Ok(Self { day, ranges })
    }

    /// The day.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.day
    }

    /// Its hours; none: closed.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }
}

macro_rules! from_text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text)
            }
        }
    )*};
}
from_text! { Weekly Day Special }

/// `08:00–20:00`
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        write!(f, "{:02}:{:02}–{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// When one contact can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The week; a day that stands in none of the lines is closed.
    pub weekly: Vec<Weekly>,
    /// Days with hours of their own.
    pub special: Vec<Special>,
    /// Days that are closed unless they are special.
    pub holidays: Vec<Day>,
}

impl Schedule {
    /// Whether hours are known at all.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.weekly.is_empty()
    }

    /// The hours of a date.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> Vec<Range> {
        let mut special: Vec<&Special> = self.special.iter().filter(|special| special.day.is(date)).collect();
        special.sort_by_key(|special| matches!(special.day, Day::Yearly { .. }));
        if let Some(special) = special.first() {
            return special.ranges.clone();
        }
        if self.holidays.iter().any(|day| day.is(date)) {
            return Vec::new();
        }
        let mut ranges: Vec<Range> = self
            .weekly
            .iter()
            .filter(|weekly| weekly.days.contains(&date.weekday()))
            .flat_map(|weekly| weekly.ranges.iter().copied())
            .collect();
        ranges.sort();
        ranges
    }

    /// Whether somebody is there at this time on the clock.
    #[must_use]
    pub fn is_open(&self, at: NaiveDateTime) -> bool {
        self.on(at.date()).iter().any(|range| range.holds(minute_of(at)))
    }

    /// When it closes, of an open one.
    #[must_use]
    pub fn closes(&self, at: NaiveDateTime) -> Option<NaiveTime> {
        let open = self
            .on(at.date())
            .into_iter()
            .find(|range| range.holds(minute_of(at)))?;
        Some(time(open.to))
    }

    /// When it opens next, within three weeks.
    #[must_use]
    pub fn opens(&self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        let today = at.date();
        (0..=AHEAD_DAYS).find_map(|ahead| {
            let date = today.checked_add_days(Days::new(ahead))?;
            let from = self
                .on(date)
                .into_iter()
                .map(|range| range.from)
                .find(|from| date > today || *from > minute_of(at))?;
            Some(date.and_time(time(from)))
        })
    }

    /// The special days and holidays that come within so many days, soonest first, each with its hours.
    #[must_use]
    pub fn ahead(&self, today: NaiveDate, days: u64) -> Vec<(NaiveDate, Vec<Range>)> {
        let last = today.checked_add_days(Days::new(days)).unwrap_or(today);
        let all = self
            .special
            .iter()
            .map(|special| special.day)
            .chain(self.holidays.iter().copied());
        let mut dates: Vec<NaiveDate> = all
            .filter_map(|day| day.next(today))
            .filter(|date| *date <= last)
            .collect();
        dates.sort();
        dates.dedup();
        dates.into_iter().map(|date| (date, self.on(date))).collect()
    }
}

fn minute_of(at: NaiveDateTime) -> u16 {
    u16::try_from(at.hour() * 60 + at.minute()).unwrap_or(MIDNIGHT)
}

/// Midnight at the end of a day is written as the beginning of the next.
fn time(minute: u16) -> NaiveTime {
    NaiveTime::from_hms_opt(u32::from(minute / 60) % 24, u32::from(minute % 60), 0).unwrap_or_default()
}

#[cfg(test)]
mod tests;
