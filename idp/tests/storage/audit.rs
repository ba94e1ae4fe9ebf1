//! The trail under the hands of whoever controls the database.

use idp::audit::{Event, Finding, Who, record, seal_round, verify};
use idp::ctx::Ctx;
use idp::domain::refusal::Code;
use idp::entropy::Entropy;

use crate::house::{House, NOW};

/// Three sealed rows and one that waits.
fn trail(house: &House) {
    idp::vault::install_crypto();
    let keys = house
        .vault
        .rotate_keys(Vec::new(), "test", NOW, false, &house.rng)
        .expect("keys");
    house.vault.load_keys(keys.rows).expect("keys load");
    let (person, eid) = house.person();
    for n in 0..4 {
        if n == 3 {
            let (store, vault, ctx) = (
                house.store.clone(),
                house.vault.clone(),
                Ctx::system(NOW, &Entropy::system()),
            );
            let seal = seal_round(&store, &vault, &ctx, [1; 16]);
            assert_eq!(actix_web::rt::System::new().block_on(seal).expect("sealed"), 3);
        }
        let ctx = house.ctx();
        let who = Who { person, eid };
        house.act(move |tx| {
            record(
                tx,
                &ctx,
                &Event::Refused {
                    who,
                    party: "skat".into(),
                    code: Code::Oces001,
                },
            )
        });
    }
    assert!(findings(house).is_empty(), "untouched");
}

fn findings(house: &House) -> Vec<Finding> {
    house.act(|tx| verify(tx, None)).findings
}

const ONE: &str = "(SELECT id FROM audit_rows WHERE id NOT IN (SELECT id FROM audit_pending) ORDER BY id LIMIT 1)";

pub fn edited(house: &House) {
    trail(house);
    house.run(&format!("UPDATE audit_rows SET party = 'shop' WHERE id = {ONE}"));
    assert!(matches!(findings(house)[..], [Finding::Edited(_)]));
}

pub fn edited_before_it_was_sealed(house: &House) {
    trail(house);
    house.run("UPDATE audit_rows SET kind = 'login.completed' WHERE id IN (SELECT id FROM audit_pending)");
    assert!(
        matches!(findings(house)[..], [Finding::Edited(_)]),
        "a forged row shows at once"
    );
}

pub fn removed(house: &House) {
    trail(house);
    house.run(&format!("DELETE FROM audit_rows WHERE id = {ONE}"));
    assert!(matches!(findings(house)[..], [Finding::Removed { segment: 1, .. }]));
}

pub fn inserted(house: &House) {
    trail(house);
    // Even a row whose MAC fits: taken out of the queue, it is in no segment.
    house.run("DELETE FROM audit_pending");
    assert!(matches!(findings(house)[..], [Finding::Inserted(_)]));
}

pub fn segment_rewritten(house: &House) {
    trail(house);
    house.run("UPDATE audit_segments SET sealed_at = sealed_at + 1000000");
    assert!(matches!(findings(house)[..], [Finding::Signature(1)]));
}

pub fn segment_removed(house: &House) {
    trail(house);
    let heads: Vec<_> = house
        .act(|tx| tx.audit().segments(0, 10))
        .iter()
        .map(idp::audit::Head::of)
        .collect();
    house.run("DELETE FROM audit_segments");
    assert_eq!(findings(house).len(), 3, "its rows hang in the air");
    let with_heads = house.act(move |tx| verify(tx, Some(&heads))).findings;
    assert!(with_heads.contains(&Finding::Head(1)));
}
