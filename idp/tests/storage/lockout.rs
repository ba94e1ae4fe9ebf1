//! Many at once try passwords of one eID: the lane lets in no more than its limit, whatever the database.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use idp::credentials::password::{Attempt, Settled, Sources, Verdict, reserve, settle};
use idp::ctx::{Agent, Caller, Ctx};
use idp::domain::id::EidId;
use idp::domain::user_id::Typed;
use idp::storage::{AliasKind, Durability, Halt, LaneId, Store, Tx};
use idp::vault::Vault;
use idp::vault::password::{HashMemory, Params, make};
use zeroize::Zeroizing;

use crate::house::{House, NOW};

const CHEAP: Params = Params {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

/// Somebody at an address of their own.
#[derive(Clone)]
struct Stranger {
    store: Store,
    vault: Vault,
    sources: Arc<Sources>,
    ctx: Ctx,
}

impl Stranger {
    fn at(house: &House, sources: &Arc<Sources>, number: u32) -> Stranger {
        let source = IpAddr::V4(Ipv4Addr::from_bits(0xC633_6400 + number));
        let caller = Caller {
            source: Some(source),
            agent: Agent::Browser,
            certificate: None,
        };
        Stranger {
            store: house.store.clone(),
            vault: house.vault.clone(),
            sources: Arc::clone(sources),
            ctx: Ctx { caller, ..house.ctx() },
        }
    }

    /// Until it is answered: whoever lost every race, or was shed, tries once more.
    fn act<T: Send + 'static>(
        &self,
        durability: Durability,
        act: impl Fn(&mut Tx<'_>) -> Result<T, Halt> + Send + Sync + Clone + 'static,
    ) -> T {
        loop {
            let act = act.clone();
            match self.store.transact_blocking("story", durability, move |tx| act(tx)) {
                Ok(answer) => return answer,
                Err(Halt::Unavailable) => thread::sleep(Duration::from_millis(5)),
                Err(halt) => panic!("{halt:?}"),
            }
        }
    }

    /// Whether the password is accepted.
    fn types(&self, password: &'static str) -> bool {
        let (ctx, sources) = (self.ctx.clone(), Arc::clone(&self.sources));
        let check = self.act(Durability::Soft, move |tx| {
            let attempt = Attempt {
                user_id: Typed::parse("anna").ok(),
                password: Zeroizing::new(password.as_bytes().to_vec()),
                four_digits: false,
                devices: Vec::new(),
            };
            reserve(tx, &ctx, &sources, &CHEAP, &attempt)
        });
        let proof = Arc::new(check.run(&self.vault, &mut HashMemory::new()));
        for durability in [Durability::Soft, Durability::Full] {
            let (ctx, sources, proof) = (self.ctx.clone(), Arc::clone(&self.sources), Arc::clone(&proof));
            let settled = self.act(durability, move |tx| {
                settle(tx, &ctx, &sources, &proof, durability == Durability::Full)
            });
            if let Settled::Verdict(verdict) = settled {
                return matches!(verdict, Verdict::Accepted(_));
            }
        }
        panic!("a durable settling asked for a durable one");
    }
}

fn anna(house: &House) -> EidId {
    let (_, eid) = house.person();
    let made = make(
        &house.vault,
        (b"noegle-1234x", false),
        house.rng.bytes(),
        CHEAP,
        &mut HashMemory::new(),
    );
    let verifier = made.expect("a verifier").to_bytes();
    house.act(move |tx| {
        tx.aliases().insert("anna", eid, AliasKind::Chosen, NOW)?;
        tx.passwords().set(eid, &verifier, false, NOW)
    });
    eid
}

/// A wrong try that was verified is counted, so the count says how many were.
fn verified(house: &House, eid: EidId) -> u32 {
    house
        .act(move |tx| tx.lanes().find(LaneId::Strangers(eid)))
        .0
        .since_reset
}

pub fn at_once(house: &House) {
    let eid = anna(house);
    let sources = Arc::new(Sources::default());
    let strangers: Vec<_> = (0..64)
        .map(|number| {
            let stranger = Stranger::at(house, &sources, number);
            thread::spawn(move || (0..3).any(|_| stranger.types("wrong-1234x")))
        })
        .collect();
    for stranger in strangers {
        assert!(!stranger.join().expect("no panic"));
    }
    assert!((1..=5).contains(&verified(house, eid)), "{}", verified(house, eid));
    for number in 64..72 {
        assert!(!Stranger::at(house, &sources, number).types("wrong-1234x"));
    }
    assert_eq!(
        verified(house, eid),
        5,
        "five close the lane, and none is looked at after"
    );
    assert!(!Stranger::at(house, &sources, 99).types("noegle-1234x"), "closed");
}
