//! Passwords: who may change what over which version.

use idp::storage::BlockCause;

use crate::house::{House, NOW};

pub fn round_trip(house: &House) {
    let (_, eid) = house.person();
    assert!(house.act(move |tx| tx.passwords().find(eid)).is_none());
    let first = house.act(move |tx| {
        tx.passwords().set(eid, b"first", true, NOW)?;
        tx.passwords().find(eid)
    });
    let first = first.expect("a password");
    assert_eq!(
        (first.verifier.as_slice(), first.four_digits),
        (b"first".as_slice(), true)
    );
    assert!(!first.blocked && first.cause.is_none());
    let (once, twice, blocked) = house.act(move |tx| {
        let once = tx.passwords().block(eid, BlockCause::Tries)?;
        let twice = tx.passwords().block(eid, BlockCause::Holder)?;
        Ok((once, twice, tx.passwords().find(eid)?))
    });
    assert!(once && !twice, "it is blocked once");
    let blocked = blocked.expect("a password");
    assert_eq!((blocked.blocked, blocked.cause), (true, Some(BlockCause::Tries)));
    let second = house.act(move |tx| {
        tx.passwords().set(eid, b"second", false, NOW)?;
        tx.passwords().find(eid)
    });
    let second = second.expect("a password");
    assert!(!second.blocked && second.cause.is_none() && !second.four_digits);
    assert!(first.version < blocked.version && blocked.version < second.version);
}

pub fn renewed_over_the_version_read(house: &House) {
    let (_, eid) = house.person();
    let version = house.act(move |tx| {
        tx.passwords().set(eid, b"cheap", false, NOW)?;
        Ok(tx.passwords().find(eid)?.expect("a password").version)
    });
    assert!(house.act(move |tx| tx.passwords().renew(eid, version, b"dear")));
    let renewed = house.act(move |tx| tx.passwords().find(eid)).expect("a password");
    assert_eq!(
        (renewed.verifier.as_slice(), renewed.version),
        (b"dear".as_slice(), version)
    );
    house.act(move |tx| tx.passwords().set(eid, b"another", false, NOW));
    assert!(!house.act(move |tx| tx.passwords().renew(eid, version, b"late")));
    let kept = house.act(move |tx| tx.passwords().find(eid)).expect("a password");
    assert_eq!(kept.verifier, b"another");
}
