//! A password that somebody wishes to have: what it is judged beside, read in one place, and the judgement. Never stores it.

use zeroize::Zeroizing;

use crate::domain::cpr::Cpr;
use crate::domain::eid::EidNumber;
use crate::domain::password::{Context, Form, Law, Password, check_rules};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::user_id::Chosen;
use crate::storage::{AliasKind, Eid, Halt, Tx};

/// What a password of this eID may not repeat.
pub struct Beside {
    cpr: Option<Cpr>,
    number: EidNumber,
    names: Vec<String>,
}

/// One that may be had.
pub struct Wished {
    /// The bytes to make a verifier of.
    pub secret: Zeroizing<Vec<u8>>,
    /// Its form.
    pub form: Form,
}

impl Beside {
    /// Reads it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn of(tx: &mut Tx<'_>, eid: &Eid) -> Result<Self, Halt> {
        let names = tx.aliases().of_eid(eid.id)?;
        let chosen = names.into_iter().filter(|(kind, _)| *kind == AliasKind::Chosen);
        Ok(Self {
            cpr: tx.people().cpr(eid.person)?,
            number: eid.number.clone(),
            names: chosen.map(|(_, name)| name).collect(),
        })
    }

    /// And a user-ID that is chosen with it.
    #[must_use]
    pub fn and(mut self, name: Option<&Chosen>) -> Self {
        self.names.extend(name.map(|name| name.as_str().to_owned()));
        self
    }

    /// Judges what was typed twice, in fields of these names.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn judge(
        &self,
        law: Law,
        (new, again): (&Zeroizing<String>, &Zeroizing<String>),
        fields: [&'static str; 2],
    ) -> Result<Wished, Vec<Refusal>> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let context = Context {
            law,
            cpr: self.cpr.as_ref(),
            number: &self.number,
            user_ids: &names,
        };
        let judged = Password::typed(new.to_string()).and_then(|password| {
            Ok(Wished {
                form: check_rules(&password, &context)?,
                secret: Zeroizing::new(password.canonical().to_vec()),
            })
        });
        let differs = (!new.is_empty() && new != again).then(|| Refusal::new(Code::PasswordDiffers).at(fields[1]));
        match judged {
            Ok(wished) if differs.is_none() => Ok(wished),
            Ok(_) => Err(differs.into_iter().collect()),
            Err(code) => Err([Some(Refusal::new(code).at(fields[0])), differs]
                .into_iter()
                .flatten()
                .collect()),
        }
    }
}
