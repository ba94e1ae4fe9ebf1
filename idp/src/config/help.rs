//! `[help]`: who helps, where and when. Owns its keys and those of one contact; the written form of hours is the law's
//! (`domain::hours`).

use serde::Deserialize;
use url::Url;

use super::reader::section;
use crate::domain::hours::{Day, Special, Weekly};

/// One contact.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What people know it by, in Danish.
    pub name_da: String,
    /// In English.
    pub name_en: String,
    /// What it helps with, in Danish.
    #[serde(default)]
    pub about_da: Option<String>,
    /// In English.
    #[serde(default)]
    pub about_en: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
    /// On the web.
    #[serde(default)]
    pub url: Option<Url>,
    /// Weekly hours, in Danish time: `mon-thu 08:00-20:00`.
    #[serde(default)]
    pub weekly: Vec<Weekly>,
    /// Days with hours of their own: `12-24 closed`, `2026-12-31 08:00-12:00`.
    #[serde(default)]
    pub special: Vec<Special>,
}

section! {
    /// `[help]`
    pub struct Help {
        keys {
            /// Who helps; without any, the support of `[web]`.
            contacts: Vec<Contact> = Vec::new();
            /// Days on which nobody is there: `2026-12-25`, or `12-25` for every year.
            holidays: Vec<Day> = Vec::new();
        }
    }
}
