//! A PostgreSQL in trouble: commits that lose their race, deadlocks, a server that hangs. What was not kept is never answered as
//! if it were, nobody waits for ever, and nobody has to restart anything.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use idp::domain::time::Span;
use idp::storage::{Durability, Halt, Store, StoreSettings, Tx};

use crate::house::{self, House, NOW};

/// The database takes every statement, and refuses each commit as having lost its race.
#[test]
fn an_act_whose_every_commit_loses_its_race_is_not_answered_as_kept() {
    let house = house::postgres();
    house.run(
        "CREATE FUNCTION loses() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$; \
         CREATE CONSTRAINT TRIGGER loses AFTER INSERT ON replays DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION loses()",
    );
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let answer = house.store.transact_blocking("story", Durability::Full, move |tx| {
        counted.fetch_add(1, Ordering::SeqCst);
        takes(tx, "always")
    });
    assert!(matches!(answer, Err(Halt::Unavailable)), "{answer:?}");
    assert!(runs.load(Ordering::SeqCst) > 1, "it was tried again");
    house.run("DROP TRIGGER loses ON replays");
    assert!(house.act(|tx| takes(tx, "always")), "nothing of it was kept");
}

fn takes(tx: &mut Tx<'_>, token: &str) -> Result<bool, Halt> {
    tx.replays().take("party", token, NOW + Span::minutes(5), NOW)
}

/// Two acts want the same two marks in opposite orders.
#[test]
fn a_deadlock_is_run_again() {
    let house = house::postgres();
    let barrier = Arc::new(Barrier::new(2));
    let threads: Vec<_> = [["a", "b"], ["b", "a"]]
        .into_iter()
        .map(|order| {
            let (store, barrier) = (house.store.clone(), Arc::clone(&barrier));
            thread::spawn(move || {
                let mut first = true;
                store.transact_blocking("story", Durability::Full, move |tx| {
                    let one = takes(tx, order[0])?;
                    if std::mem::take(&mut first) {
                        barrier.wait();
                    }
                    Ok((one, takes(tx, order[1])?))
                })
            })
        })
        .collect();
    let mut answers: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic").expect("answered"))
        .collect();
    answers.sort_unstable();
    assert_eq!(answers, [(false, false), (true, true)], "one had both, the other none");
}

/// Hands bytes between a port of ours and PostgreSQL's socket; swallows them when told to, as a machine does that has hung.
struct Way {
    port: u16,
    swallows: Arc<AtomicBool>,
    ends: Arc<Mutex<Vec<(TcpStream, UnixStream)>>>,
}

impl Way {
    fn to(house: &House) -> Way {
        let folder = house.url.split("host=").nth(1).and_then(|rest| rest.split('&').next());
        let socket = format!("{}/.s.PGSQL.5432", folder.expect("a folder"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let way = Way {
            port: listener.local_addr().expect("an address").port(),
            swallows: Arc::default(),
            ends: Arc::default(),
        };
        let (swallows, ends) = (Arc::clone(&way.swallows), Arc::clone(&way.ends));
        thread::spawn(move || {
            while let Ok((near, _)) = listener.accept() {
                let far = UnixStream::connect(&socket).expect("PostgreSQL");
                let copy = (near.try_clone().expect("near"), far.try_clone().expect("far"));
                ends.lock().expect("ends").push(copy);
                let (near2, far2) = (near.try_clone().expect("near"), far.try_clone().expect("far"));
                carry(near, far, Arc::clone(&swallows));
                carry(far2, near2, Arc::clone(&swallows));
            }
        });
        way
    }

    /// The machine is back: what was under way is lost, what comes now is carried.
    fn heals(&self) {
        self.swallows.store(false, Ordering::SeqCst);
        for (near, far) in self.ends.lock().expect("ends").drain(..) {
            // Either may be closed already.
            let _closed = near.shutdown(std::net::Shutdown::Both);
            let _closed = far.shutdown(std::net::Shutdown::Both);
        }
    }
}

fn carry(mut from: impl Read + Send + 'static, mut to: impl Write + Send + 'static, swallows: Arc<AtomicBool>) {
    thread::spawn(move || {
        let mut bytes = [0; 8_192];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if !swallows.load(Ordering::SeqCst) && to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
    });
}

#[test]
fn a_database_that_hangs_holds_nobody_and_is_found_again() {
    let house = house::postgres();
    let way = Way::to(&house);
    let settings = StoreSettings {
        connections: 2,
        deadline: Duration::from_millis(300),
        ..StoreSettings::new(format!("postgres://idp@127.0.0.1:{}/{}", way.port, house.name()))
    };
    let store = Store::open(&settings, house.vault.clone(), house.rng.clone()).expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let asks = |token: &'static str| {
        let act = store.transact("story", Durability::Full, move |tx| takes(tx, token));
        // The bound is there to fail instead of hanging; it says nothing about speed.
        runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), act).await })
    };
    assert!(asks("before").expect("answered").expect("kept"));
    way.swallows.store(true, Ordering::SeqCst);
    for token in ["one", "two", "three", "four"] {
        let answer = asks(token).expect("nobody waits for ever");
        assert!(matches!(answer, Err(Halt::Unavailable)), "{answer:?}");
    }
    way.heals();
    let recovers = (0..300).any(|_| {
        thread::sleep(Duration::from_millis(100));
        asks("after").expect("answered").is_ok()
    });
    assert!(recovers, "it does not find the database again");
}
