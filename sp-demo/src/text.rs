//! Every text that people read, in Danish and English side by side.

use actix_web::{HttpRequest, http::header};

use crate::problem::{Problem, Refusal};
use crate::{
    browser,
    session::{Check, Level},
};

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// Danish.
    Da,
    /// English.
    En,
}

impl Locale {
    /// The visitor's choice, else the browser's first language, else Danish.
    pub fn of(request: &HttpRequest) -> Self {
        if let Some(chosen) = request.cookie(browser::LANGUAGE) {
            return Self::parse(chosen.value());
        }
        let header = request.headers().get(header::ACCEPT_LANGUAGE);
        Self::parse(header.and_then(|value| value.to_str().ok()).unwrap_or_default())
    }

    /// Reads a language tag; what is not English is Danish.
    pub fn parse(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("en") {
            Self::En
        } else {
            Self::Da
        }
    }

    /// The language tag.
    pub fn code(self) -> &'static str {
        match self {
            Self::Da => "da",
            Self::En => "en",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Da => Self::En,
            Self::En => Self::Da,
        }
    }

    /// The fixed words of the pages.
    pub fn words(self) -> &'static Words {
        match self {
            Self::Da => &DA,
            Self::En => &EN,
        }
    }

    fn choose(self, danish: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Da => danish,
            Self::En => english,
        }
    }
}

macro_rules! words {
    ($($name:ident: $danish:literal, $english:literal;)*) => {
        /// The fixed words of the pages.
        #[expect(missing_docs, reason = "each field is its own text")]
        pub struct Words { $(pub $name: &'static str),* }
        static DA: Words = Words { $($name: $danish),* };
        static EN: Words = Words { $($name: $english),* };
    };
}

words! {
    skip: "Spring til indholdet", "Skip to content";
    demo: "Demo. Dette er ikke en rigtig tjeneste: skriv aldrig rigtige oplysninger her.",
          "Demo. This is not a real service: never enter real data here.";
    other_language: "English", "Dansk";
    all_services: "Alle demotjenester", "All demo services";
    start_title: "Demotjenester", "Demo services";
    start_text: "Her kan du prøve at logge på, ligesom du ville hos rigtige tjenester. Koden bag dem er skrevet til at blive læst.",
                "Try logging in as you would at real services. The code behind them is written to be read.";
    public: "Offentlig", "Public";
    bank: "Bank", "Bank";
    private: "Privat", "Private";
    home_text: "Log på for at se, hvad tjenesten får at vide om dig, og hvordan den har kontrolleret det.",
               "Log in to see what the service learns about you, and how it checked it.";
    bank_text: "Kontoen kan du se med bruger-id og adgangskode. Overførsler kræver hver gang en nøgle fra nøglekortet.",
               "The account is shown after user-ID and password. Transfers need a code from the key card, every time.";
    log_in: "Log på", "Log in";
    go_on: "Gå videre til log-in-tjenesten", "Go on to the log-in service";
    log_in_substantial: "Log på med niveau Betydelig", "Log in at level Substantial";
    log_in_again: "Log på forfra, selv om du er logget på", "Log in anew, even if you are logged in";
    log_in_passive: "Log på uden at vise en side", "Log in without showing a page";
    log_out: "Log af", "Log out";
    step_up: "Hæv sikringsniveauet", "Raise the level";
    who: "Hvem du er", "Who you are";
    you_are: "Du er logget på", "You are logged in";
    see_who: "Se, hvem du er", "See who you are";
    name: "Navn", "Name";
    pid: "PID", "PID";
    subject: "Dit id hos denne tjeneste", "Your id at this service";
    level: "Sikringsniveau", "Assurance level";
    when: "Senest logget på", "Last logged in";
    protocol: "Protokol", "Protocol";
    not_given: "ikke oplyst", "not given";
    checks: "Kontrolleret, før du blev lukket ind", "Checked before you were let in";
    attributes: "Alt, hvad tjenesten fik at vide", "Everything the service was told";
    attribute: "Oplysning", "Attribute";
    value: "Værdi", "Value";
    decoded: "Beviset i læsbar form", "The evidence in readable form";
    raw: "Beviset, som det blev modtaget", "The evidence as it was received";
    renew: "Forny med refresh token", "Renew with the refresh token";
    renew_text: "Tjenesten har et refresh token og kan hente friske oplysninger, uden at du er til stede.",
                "The service holds a refresh token and can fetch fresh data while you are away.";
    renewed: "Fornyet", "Renewed";
    logged_out: "Du er logget af", "You are logged out";
    logged_out_everywhere: "Du er logget af her og i log-in-tjenesten.", "You are logged out here and at the log-in service.";
    logged_out_here: "Du er logget af her.", "You are logged out here.";
    logged_out_partly: "Du er logget af her, men mindst én anden tjeneste kunne ikke nås. Luk browseren for at være sikker.",
                       "You are logged out here, but at least one other service could not be reached. Close the browser to be safe.";
    logged_out_failed: "Du er logget af her. Log-in-tjenesten bekræftede det ikke; luk browseren for at være sikker.",
                       "You are logged out here. The log-in service did not confirm it; close the browser to be safe.";
    account: "Konto", "Account";
    balance: "Saldo", "Balance";
    transfers: "Overførsler", "Transfers";
    to_transfers: "Gå til overførsler", "Go to transfers";
    transfers_locked: "Overførsler kræver, at du lige har logget på med en nøgle fra nøglekortet.",
                      "Transfers need a log-in with a code from the key card, made just now.";
    transfers_open: "Her ville du overføre penge. Adgangen varer fem minutter.", "Here you would transfer money. Access lasts five minutes.";
    customer: "Kunde", "Customer";
    customer_by_reference: "fundet på det kundenummer, som banken gav log-in-tjenesten, da den tilknyttede dig (customer_ref)",
                           "found by the customer number that the bank gave the log-in service when it linked you (customer_ref)";
    customer_by_subject: "fundet på dit id hos banken (sub), som blev gemt ved dit første besøg",
                         "found by your id at the bank (sub), which was stored at your first visit";
    customer_new: "nyt: banken kendte ikke dit id (sub) og har nu gemt det", "new: the bank did not know your id (sub) and has stored it now";
    problem_title: "Du blev ikke logget på", "You were not logged in";
    not_found_title: "Siden findes ikke", "Page not found";
    not_logged_in_title: "Log på først", "Log in first";
    code: "Kode", "Code";
    app_title: "Nøgleapp", "Code app";
    app_text: "En nøgleapp til demoen. Nøglen bliver lavet her i browseren og forlader den ikke.",
              "A code app for the demo. Its key is made in this browser and never leaves it.";
    app_script: "Nøgleappen kræver JavaScript.", "The code app needs JavaScript.";
    app_handover: "De 16 cifre fra selvbetjeningen", "The 16 digits from self-service";
    app_name: "Navn på enheden", "Name of the device";
    app_bind: "Tilføj enheden", "Add the device";
    app_waits: "Kan bruges fra", "Can be used from";
    app_ready: "Klar. Log på et sted, og vælg nøgleapp.", "Ready. Log in somewhere and choose the code app.";
    app_forget: "Glem denne enhed", "Forget this device";
    app_number: "Tallet på log-in-siden", "The number on the log-in page";
    app_approve: "Godkend", "Approve";
    app_reject: "Afvis – det er ikke mig", "Reject – it is not me";
    app_approved: "Godkendt.", "Approved.";
    app_rejected: "Afvist.", "Rejected.";
    app_login: "Log på hos", "Log in to";
    app_payment: "Godkend betaling hos", "Approve a payment at";
    try_again: "Prøv igen", "Try again";
    back: "Tilbage til", "Back to";
}

/// An assurance level; the standard's own word stands in the evidence.
pub fn level(level: Level, locale: Locale) -> &'static str {
    let danish = match level {
        Level::Low => "Lav",
        Level::Substantial => "Betydelig",
        Level::High => "Høj",
    };
    locale.choose(danish, level.word())
}

/// What was checked, as a sentence.
pub fn check(check: Check, locale: Locale) -> &'static str {
    let (danish, english) = match check {
        Check::Asked => (
            "Svaret hører til et spørgsmål fra denne browser og er kun brugt én gang",
            "The answer belongs to a question from this browser and was used only once",
        ),
        Check::Issuer => (
            "Svaret kommer fra den log-in-tjeneste, der blev spurgt",
            "The answer comes from the log-in service that was asked",
        ),
        Check::Signature => ("Signaturen holder", "The signature holds"),
        Check::Decrypted => (
            "Det var krypteret til denne tjeneste",
            "It was encrypted for this service",
        ),
        Check::Audience => ("Det er lavet til denne tjeneste", "It is made for this service"),
        Check::Time => ("Det gælder nu", "It is valid now"),
        Check::Nonce => ("Nonce passer", "The nonce fits"),
        Check::Pkce => ("Koden blev indløst med PKCE", "The code was exchanged with PKCE"),
        Check::AccessToken => (
            "Access token hører til (at_hash)",
            "The access token belongs to it (at_hash)",
        ),
        Check::Level => (
            "Niveauet er mindst det, der blev bedt om",
            "The level is at least what was asked for",
        ),
        Check::Unseen => ("Det er ikke brugt før", "It was not used before"),
    };
    locale.choose(danish, english)
}

/// What went wrong, as something to act on.
pub fn problem(problem: &Problem, locale: Locale) -> &'static str {
    let (danish, english) = match problem {
        Problem::NotFound => (
            "Der er ingen side på adressen. Måske er den skrevet forkert.",
            "There is nothing at this address. Perhaps it is misspelt.",
        ),
        Problem::Malformed => ("Forespørgslen kunne ikke læses.", "The request could not be read."),
        Problem::NotLoggedIn => ("Du er ikke logget på her.", "You are not logged in here."),
        Problem::Unsolicited => (
            "Svaret hører ikke til et log-in, der er i gang. Måske tog det for lang tid, eller siden blev hentet to gange.",
            "The answer belongs to no log-in under way. Perhaps it took too long, or the page was loaded twice.",
        ),
        Problem::OtherBrowser => (
            "Du begyndte at logge på i en anden browser.",
            "The log-in was begun in another browser.",
        ),
        Problem::Issuer => (
            "Svaret kommer ikke fra den log-in-tjeneste, vi spurgte.",
            "The answer does not come from the log-in service that we asked.",
        ),
        Problem::Evidence(_) => (
            "Svaret fra log-in-tjenesten kunne ikke bekræftes.",
            "The answer of the log-in service could not be verified.",
        ),
        Problem::OtherPerson => (
            "Det var en anden, der loggede på, end den, der var logget på.",
            "Another person logged in than the one who was logged in.",
        ),
        Problem::LevelTooLow => (
            "Du loggede ikke på med det niveau, der kræves her.",
            "The log-in did not reach the level that is needed here.",
        ),
        Problem::Refused(refusal) => return refused(refusal, locale),
        Problem::Unreachable(_) => (
            "Log-in-tjenesten svarer ikke lige nu. Prøv igen om lidt.",
            "The log-in service does not answer right now. Try again in a moment.",
        ),
        Problem::OtherSite => (
            "Det var en anden side, der bad om det. Er det dig, så tryk på knappen.",
            "Another site asked for this. If it was you, press the button.",
        ),
        Problem::Fault(_) => ("Der skete en fejl hos os.", "Something went wrong on our side."),
    };
    locale.choose(danish, english)
}

fn refused(refusal: &Refusal, locale: Locale) -> &'static str {
    let (danish, english) = match refusal.code() {
        "OCES001" => (
            "Dit eID giver kun adgang til netbank. Du kan udvide det til offentlige tjenester i log-in-tjenesten.",
            "Your eID only gives access to netbank. You can extend it to public services at the log-in service.",
        ),
        "OCES002" => (
            "Det er ikke bekræftet sikkert nok, hvem du er. Bestil et eID på almindelig vis.",
            "It has not been confirmed surely enough who you are. Order an eID in the ordinary way.",
        ),
        "OCES003" => (
            "Dette eID giver kun adgang til netbank. Log på med dit andet eID.",
            "This eID only gives access to netbank. Log in with your other eID.",
        ),
        "OCES004" => (
            "Dit eID giver kun adgang til netbank. Borgerservice kan hjælpe dig på en anden måde.",
            "Your eID only gives access to netbank. Citizen service can help you in another way.",
        ),
        "OCES006" => (
            "Dit eID har ikke længere et gyldigt certifikat. Du kan udvide det igen i log-in-tjenesten.",
            "Your eID no longer has a valid certificate. You can extend it again at the log-in service.",
        ),
        "AUTH003" => (
            "Dit eID er ikke knyttet til denne bank. Kontakt banken.",
            "Your eID is not linked to this bank. Contact the bank.",
        ),
        "CAN002" | "login.cancelled" => ("Du afbrød log-in.", "You cancelled the log-in."),
        "login.subject_mismatch" => (
            "Det skal være den samme person, der logger på.",
            "The same person has to log in.",
        ),
        "login_required" | "interaction_required" | "login.passive" | "NoPassive" => {
            ("Du er ikke logget på i forvejen.", "You are not logged in already.")
        }
        "unmet_authentication_requirements" | "login.level_unmet" | "NoAuthnContext" => (
            "Du kan ikke nå det niveau med dit eID.",
            "Your eID cannot reach the level.",
        ),
        "temporarily_unavailable" | "login.busy" => (
            "Log-in-tjenesten har travlt. Prøv igen om lidt.",
            "The log-in service is busy. Try again in a moment.",
        ),
        _ => ("Log-in-tjenesten sagde nej.", "The log-in service said no."),
    };
    locale.choose(danish, english)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_those_of_the_log_in_pages() {
        // docs/glossary.md: one word per concept, on the pages of both programs.
        let texts = include_str!("text.rs").split("#[cfg(test)]").next().unwrap_or_default();
        let texts = texts.to_lowercase();
        for said in ["log på", "log af", "logget på", "logget af", "nøgle fra nøglekortet"] {
            assert!(texts.contains(said), "{said}");
        }
        for unsaid in [
            "log ind",
            "log ud",
            "logge ind",
            "logger ind",
            "logget ind",
            "loggede ind",
            "logget ud",
            "kode fra",
        ] {
            assert!(!texts.contains(unsaid), "{unsaid}");
        }
    }
}
