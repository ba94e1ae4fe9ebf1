//! The house's own register of companies.

use idp::domain::company::{Company, CompanyStatus, Cvr, Signer, Signs};
use idp::domain::cpr::Cpr;

use crate::house::{House, NOW};

fn company(status: CompanyStatus) -> (Cvr, Company) {
    let signer = Signer {
        cpr: Cpr::parse("610180-1234").expect("a substitute number"),
        how: Signs::Jointly,
    };
    let company = Company {
        name: "Ødegård ApS".into(),
        address: Some("Vejen 2".into()),
        status,
        signers: vec![signer],
    };
    (Cvr::parse("00000019").expect("a substitute number"), company)
}

pub fn round_trip(house: &House) {
    let (cvr, before) = company(CompanyStatus::Active);
    let (_, after) = company(CompanyStatus::Bankrupt);
    house.act(move |tx| {
        assert_eq!(tx.companies().find(&cvr)?, None);
        assert!(tx.companies().put(&cvr, &before, NOW)?);
        assert!(!tx.companies().put(&cvr, &before, NOW)?, "the same as before");
        assert_eq!(tx.companies().find(&cvr)?, Some(before.clone()));
        assert!(tx.companies().put(&cvr, &after, NOW)?);
        assert_eq!(tx.companies().find(&cvr)?, Some(after.clone()));
        Ok(())
    });
}

/// Many imports at once: all are done, and one entry is there.
pub fn written_at_once(house: &House) {
    let (cvr, entry) = company(CompanyStatus::Active);
    let results = house.at_once({
        let (cvr, entry) = (cvr.clone(), entry.clone());
        move |tx| tx.companies().put(&cvr, &entry, NOW)
    });
    assert!(results.iter().all(Result::is_ok));
    assert!(results.iter().any(|result| matches!(result, Ok(true))));
    assert_eq!(house.act(move |tx| tx.companies().find(&cvr)), Some(entry));
}
