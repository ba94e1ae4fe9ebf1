//! An officer looks a company up, and whether the person at the desk may sign for it. Owns how much is told: never who else may, since the register
//! knows them by their CPR numbers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::in_whose_history;
use super::wanted::{Done, Hearing, Need, Wanted};
use crate::ctx::Ctx;
use crate::domain::company::{Company, CompanyStatus, Cvr, Signs};
use crate::domain::cpr::Cpr;
use crate::domain::officer::Act;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Halt, Tx};
use crate::vault::Lookup;

/// A company is sought.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanyWish {
    /// Its CVR number: eight digits.
    #[schema(example = "00000019")]
    cvr: String,
    /// Whether this person, by their CPR number, may sign for it.
    #[schema(example = "610180-1234")]
    cpr: Option<String>,
}

/// A company, as far as an officer needs it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CompanyView {
    /// Its CVR number.
    cvr: String,
    /// Its registered name.
    name: String,
    /// Lines of the registered address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// Whether it is there.
    status: CompanyStatus,
    /// So many may sign for it alone.
    sign_alone: usize,
    /// So many may sign for it together with others.
    sign_jointly: usize,
    /// How the person who was asked about signs for it: `alone`, `jointly` or `no`.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'static str>,
}

impl Wanted for CompanyWish {
    const ACT: Act = Act::Company;
    const ONCE: bool = false;
    type View = CompanyView;

    fn needs(&self) -> Need {
        // A question that will be refused asks nobody.
        match self.read() {
            Ok((cvr, _)) => Need::Company(cvr),
            Err(_) => Need::Nothing,
        }
    }

    fn answer(&self, tx: &mut Tx<'_>, _ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<CompanyView>, Halt> {
        let (cvr, cpr) = self.read()?;
        cvr.for_mode(hearing.rules.demo)
            .map_err(|code| Refusal::new(code).at("cvr"))?;
        let own = hearing.officer.own;
        if let Some(cpr) = &cpr
            && own.is_some()
            && tx.people().by_cpr(cpr)? == own
        {
            return Err(Code::RaOwnCase.into());
        }
        let company = hearing.facts.company.as_ref().ok_or(Code::RaNotFound)?;
        let person = cpr.as_ref().map(|cpr| word(company.signs(cpr)));
        let about = match &cpr {
            Some(cpr) => in_whose_history(tx, cpr)?,
            None => None,
        };
        let detail = match (person, &cpr) {
            (Some(word), Some(cpr)) if about.is_none() => {
                // Who has no eID has no history in which it would stand that somebody asked.
                let mark = tx.vault().mark(Lookup::Cpr, cpr.digits().as_bytes());
                format!("{cvr}: {word}, person {mark}")
            }
            (Some(word), _) => format!("{cvr}: {word}"),
            (None, _) => cvr.to_string(),
        };
        Ok(Done {
            detail,
            body: view(&cvr, company, person),
            about,
        })
    }
}

impl CompanyWish {
    fn read(&self) -> Result<(Cvr, Option<Cpr>), Refusal> {
        let cvr = Cvr::parse(&self.cvr).map_err(|code| Refusal::new(code).at("cvr"))?;
        let cpr = self.cpr.as_deref().map(Cpr::parse).transpose();
        Ok((cvr, cpr.map_err(|code| Refusal::new(code).at("cpr"))?))
    }
}

const fn word(signs: Option<Signs>) -> &'static str {
    match signs {
        Some(Signs::Alone) => "alone",
        Some(Signs::Jointly) => "jointly",
        None => "no",
    }
}

fn view(cvr: &Cvr, company: &Company, person: Option<&'static str>) -> CompanyView {
    let sign = |how: Signs| {
        company
            .signers
            .iter()
            .filter(|signer| company.signs(&signer.cpr) == Some(how))
            .count()
    };
    CompanyView {
        cvr: cvr.to_string(),
        name: company.name.clone(),
        address: company.address.clone(),
        status: company.status,
        sign_alone: sign(Signs::Alone),
        sign_jointly: sign(Signs::Jointly),
        person,
    }
}
