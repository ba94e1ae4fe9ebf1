//! What a client may ask to be told, in words; owns their order and what each word means.

use crate::config::parties::Claim;

/// The words that are offered.
pub const OFFERED: [&str; 8] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "pid",
    "cpr",
    "offline_access",
];

/// The words that a service may ask for itself, with nobody logged in: the officers' API, the PID service.
const FOR_ITSELF: [&str; 2] = ["ra", "pid_service"];

/// Granted words: each offered, registered for the client, once, in our order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Vec<&'static str>);

impl Scope {
    /// What of `asked` is offered and among `registered`; other words are ignored (OpenID Connect Core §3.1.2.1).
    #[must_use]
    pub fn granted(asked: &str, registered: &[String]) -> Self {
        let asked: Vec<&str> = asked.split(' ').collect();
        let good = |word: &&'static str| asked.contains(word) && registered.iter().any(|one| one == *word);
        Self(OFFERED.into_iter().filter(good).collect())
    }

    /// What a service gets for itself, with nobody logged in: all that it asks for, or nothing where it asks for anything else.
    #[must_use]
    pub fn for_itself(asked: Option<&str>, registered: &[String]) -> Option<Self> {
        let asked: Vec<&str> = asked
            .unwrap_or_default()
            .split(' ')
            .filter(|word| !word.is_empty())
            .collect();
        let good = |word: &&str| FOR_ITSELF.contains(word) && registered.iter().any(|one| one == word);
        if !asked.iter().all(good) {
            return None;
        }
        let granted = FOR_ITSELF.into_iter().filter(|word| asked.contains(word));
        Some(Self(granted.collect()))
    }

    /// Reads stored words.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        let words: Vec<&str> = text.split(' ').collect();
        Self(OFFERED.into_iter().filter(|word| words.contains(word)).collect())
    }

    /// The part of this scope that `asked` names; nothing when it names more than this.
    #[must_use]
    pub fn narrowed(&self, asked: &str) -> Option<Self> {
        let words: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
        if !words.iter().all(|word| self.has(word)) {
            return None;
        }
        Some(Self(
            self.0.iter().copied().filter(|word| words.contains(word)).collect(),
        ))
    }

    /// Whether `word` was granted.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.0.contains(&word)
    }

    /// The words, apart by a space.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.join(" ")
    }

    /// The data behind the words; the party file says which of them this party may know.
    #[must_use]
    pub fn asks(&self) -> Vec<Claim> {
        self.0.iter().flat_map(|word| meant(word)).copied().collect()
    }

    /// Without the words behind which there is anything that the person would not let the client know.
    #[must_use]
    pub fn without(&self, withheld: &[Claim]) -> Self {
        let left = |word: &&&'static str| !meant(word).iter().any(|claim| withheld.contains(claim));
        Self(self.0.iter().filter(left).copied().collect())
    }
}

/// The data behind a word.
fn meant(word: &str) -> &'static [Claim] {
    match word {
        "profile" => &[Claim::Name, Claim::Birthdate],
        "email" => &[Claim::Email],
        "address" => &[Claim::Address],
        "phone" => &[Claim::Phone],
        "pid" => &[Claim::Pid],
        "cpr" => &[Claim::Cpr],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn all() -> Vec<String> {
        OFFERED.map(str::to_owned).to_vec()
    }

    #[test]
    fn only_offered_and_registered_words_are_granted_in_our_order() {
        assert_eq!(
            Scope::granted("cpr pid openid pid nonsense", &all()).text(),
            "openid pid cpr"
        );
        assert_eq!(Scope::granted("openid email", &["openid".into()]).text(), "openid");
        assert_eq!(Scope::granted("", &all()).text(), "");
    }

    #[test]
    fn a_service_gets_for_itself_only_what_is_for_it() {
        let ra = ["ra".to_owned()];
        assert_eq!(Scope::for_itself(Some("ra"), &ra).unwrap().text(), "ra");
        assert_eq!(Scope::for_itself(None, &ra).unwrap().text(), "");
        assert_eq!(Scope::for_itself(Some("ra openid"), &ra), None);
        assert_eq!(Scope::for_itself(Some("ra"), &all()), None);
        assert_eq!(Scope::for_itself(Some("openid"), &all()), None);
    }

    #[test]
    fn a_word_goes_with_any_of_its_data() {
        let granted = Scope::granted("openid profile email pid cpr", &all());
        assert_eq!(granted.without(&[]).text(), granted.text());
        assert_eq!(granted.without(&[Claim::Name]).text(), "openid email pid cpr");
        let both = [Claim::Name, Claim::Email, Claim::Cpr];
        assert_eq!(granted.without(&both).text(), "openid pid");
    }

    #[test]
    fn a_refresh_may_narrow_and_never_widen() {
        let granted = Scope::granted("openid email", &all());
        assert_eq!(granted.narrowed("email").unwrap().text(), "email");
        assert_eq!(granted.narrowed("openid pid"), None);
        assert_eq!(Scope::stored(&granted.text()), granted);
    }
}
