//! What a page of ours may do in a browser (Content Security Policy 3). Owns the one place where a policy is written.

use super::origin_of;

/// The policy of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Csp {
    /// No script; forms go to us and on to these origins (browsers hold the whole chain of redirects to it).
    Page {
        /// Verified origins beyond our own.
        form_to: Vec<String>,
    },
    /// A page that asks for a passkey: one file of ours is its script.
    Passkey {
        /// Verified origins beyond our own.
        form_to: Vec<String>,
    },
    /// The page that posts an answer on: one line of script, known by its nonce. It holds nothing typed, so its form may go
    /// anywhere.
    AutoSubmit {
        /// Fresh for each page.
        nonce: String,
    },
    /// Not a page: nothing may be loaded, run or framed.
    Data,
}

impl Csp {
    /// A page whose forms stay here.
    #[must_use]
    pub const fn own() -> Self {
        Self::Page { form_to: Vec::new() }
    }

    /// The header's value.
    #[must_use]
    pub fn header(&self) -> String {
        const PAGE: &str =
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        match self {
            Self::Page { form_to } | Self::Passkey { form_to } => {
                let mut origins: Vec<String> = form_to.iter().filter_map(|url| origin_of(url)).collect();
                origins.sort();
                origins.dedup();
                let mut policy = format!("{PAGE}; form-action 'self'");
                for origin in origins {
                    policy.push(' ');
                    policy.push_str(&origin);
                }
                if matches!(self, Self::Passkey { .. }) {
                    policy.push_str("; script-src 'self'");
                }
                policy
            }
            Self::AutoSubmit { nonce } => format!("{PAGE}; script-src 'nonce-{nonce}'"),
            Self::Data => "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_kinds_of_page_have_script() {
        let page = Csp::Page {
            form_to: vec!["https://skat.example/saml/acs?x=1;script-src *".into(), "junk".into()],
        };
        assert!(
            page.header().ends_with("form-action 'self' https://skat.example"),
            "{}",
            page.header()
        );
        for csp in [page, Csp::own(), Csp::Data] {
            assert!(!csp.header().contains("script-src"), "{}", csp.header());
            assert!(csp.header().starts_with("default-src 'none'"));
        }
        let passkey = Csp::Passkey {
            form_to: vec!["https://skat.example/acs".into()],
        };
        let policy = passkey.header();
        assert!(
            policy.ends_with("form-action 'self' https://skat.example; script-src 'self'"),
            "{policy}"
        );
        let auto = Csp::AutoSubmit { nonce: "abc".into() }.header();
        assert!(auto.ends_with("script-src 'nonce-abc'") && !auto.contains("form-action"));
    }
}
