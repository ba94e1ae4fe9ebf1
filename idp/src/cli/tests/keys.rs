//! `idp keys`: rotation of the signing keys and of the key of stored values.

use super::{Desk, ctx};
use crate::app::{Progress, begin_generation, reseal_some};
use crate::ctx::Ctx;
use crate::domain::time::Span;
use crate::vault::signing::KeyState;
use crate::vault::{Generations, generation_of};

#[test]
fn keys_wait_for_their_days_unless_told_otherwise() {
    let desk = Desk::new(true);
    let keys = || desk.house().store.read_blocking("test", |tx| tx.keys().all()).unwrap();
    let before = keys().len();
    assert_eq!(before, 8, "four purposes, an active and a next key each");
    desk.says(&["keys", "rotate"]).unwrap();
    assert_eq!(keys().len(), before, "nothing was due");
    desk.says(&["keys", "rotate", "--now"]).unwrap();
    assert_eq!(keys().len(), before + 4, "four made, four retired");
    for key in keys() {
        let is_retired = key.state == KeyState::Retired;
        assert_eq!(
            key.sealed.is_empty(),
            is_retired,
            "only what may sign keeps its private half"
        );
    }
    desk.says(&["keys", "list"]).unwrap();
}

#[test]
fn stored_values_move_to_a_new_generation_and_everybody_can_still_be_read() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    let before = desk.people();
    desk.says(&["keys", "rotate", "--data"]).unwrap();
    assert!(desk.says(&["keys", "rotate", "--data"]).unwrap_err().contains("--wait"));
    desk.says(&["keys", "list"]).unwrap();
    desk.says(&["keys", "list", "--format", "json"]).unwrap();
    assert_eq!(desk.people(), before, "readers open both generations");

    // What a running server does, a minute at a time.
    let house = desk.house();
    assert_eq!(house.vault.generations(), Generations { oldest: 1, current: 2 });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let some = |minutes: i64| {
        let ctx = Ctx::system(ctx(&house).now + Span::minutes(minutes), &house.rng);
        runtime
            .block_on(reseal_some(&house.store, &house.vault, &ctx, [1; 16]))
            .unwrap()
    };
    assert!(matches!(some(0), Progress::Moving(values) if values > 50));
    assert!(matches!(some(1), Progress::Settling(_)));
    assert_eq!(some(3), Progress::Done(2));
    assert_eq!(desk.people(), before);
    let keys = house.store.read_blocking("test", |tx| tx.keys().all()).unwrap();
    assert!(keys.iter().all(|key| generation_of(&key.sealed) == Some(2)));
    desk.says(&["audit", "verify"]).unwrap();

    // A later one is carried out by the command itself, where no server runs.
    let past = Ctx::system(ctx(&house).now - Span::hours(1), &house.rng);
    assert_eq!(begin_generation(&house.store, &house.vault, &past).unwrap(), Some(3));
    desk.says(&["keys", "rotate", "--data", "--wait"]).unwrap();
    assert_eq!(desk.people(), before);
    assert_eq!(desk.house().vault.generations(), Generations { oldest: 3, current: 3 });
}
