//! Somebody in the middle of a house and its PostgreSQL: a socket that passes everything on, slowly, not at all, or never
//! again. Runs on the test's runtime and ends with it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use crate::postgres::Cluster;

/// What is done with what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Everything passes.
    Pass,
    /// Every piece takes so long.
    Slow(Duration),
    /// Nothing passes, and nobody is told: a cable that was pulled.
    Hold,
    /// Every connection is cut, and new ones are too: a server that is gone.
    Cut,
    /// The next durable commit reaches the server, and its answer gets lost with the connection; then everything passes.
    LoseTheAnswer,
}

/// The one in the middle.
#[derive(Clone)]
pub struct Middle {
    folder: Arc<tempfile::TempDir>,
    mood: watch::Sender<Mood>,
    /// Durable commits whose answer was lost.
    lost: Arc<Mutex<usize>>,
}

const SOCKET: &str = ".s.PGSQL.5432";

impl Middle {
    /// Stands before the cluster from now on.
    pub fn before(cluster: &Cluster) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("middle-")
            .tempdir_in("/tmp")
            .expect("folder");
        let (mood, _) = watch::channel(Mood::Pass);
        let middle = Self {
            folder: Arc::new(folder),
            mood,
            lost: Arc::default(),
        };
        let socket = UnixListener::bind(middle.folder.path().join(SOCKET)).expect("socket");
        let (here, server) = (middle.clone(), cluster.folder().join(SOCKET));
        tokio::spawn(async move {
            while let Ok((house, _)) = socket.accept().await {
                let (here, server) = (here.clone(), server.clone());
                tokio::spawn(async move { here.carry(house, server).await });
            }
        });
        middle
    }

    /// The cluster's address, by way of us.
    pub fn url(&self, cluster: &Cluster, direct: &str) -> String {
        let (direct_host, our_host) = (
            cluster.folder().display().to_string(),
            self.folder.path().display().to_string(),
        );
        direct.replace(&direct_host, &our_host)
    }

    pub fn is(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// How many answers were lost on purpose.
    pub fn lost(&self) -> usize {
        *self.lost.lock().expect("lost")
    }

    async fn carry(self, house: UnixStream, server: PathBuf) -> Option<()> {
        if *self.mood.borrow() == Mood::Cut {
            return None;
        }
        let server = UnixStream::connect(server).await.ok()?;
        let ((from_house, to_house), (from_server, to_server)) = (house.into_split(), server.into_split());
        let (durable, losing) = (Arc::new(Mutex::new(false)), watch::channel(false).0);
        tokio::select! {
            () = self.clone().questions(from_house, to_server, durable, losing.clone()) => {}
            () = self.answers(from_server, to_house, losing.subscribe()) => {}
        }
        None
    }

    async fn questions(
        self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        durable: Arc<Mutex<bool>>,
        losing: watch::Sender<bool>,
    ) {
        let mut mood = self.mood.subscribe();
        let mut buffer = vec![0; 65_536];
        loop {
            let read = tokio::select! {
                read = from.read(&mut buffer) => read,
                _ = mood.wait_for(|mood| *mood == Mood::Cut) => return,
            };
            let Ok(length @ 1..) = read else { return };
            let piece = &buffer[..length];
            let says = |word: &str| piece.windows(word.len()).any(|window| window == word.as_bytes());
            if says("synchronous_commit TO on") {
                *durable.lock().expect("durable") = true;
            } else if says("synchronous_commit TO off") {
                *durable.lock().expect("durable") = false;
            }
            if *self.mood.borrow() == Mood::LoseTheAnswer && says("COMMIT") && *durable.lock().expect("durable") {
                losing.send_replace(true);
                self.is(Mood::Pass);
            }
            if !self.passes(&mut mood).await || to.write_all(piece).await.is_err() {
                return;
            }
        }
    }

    async fn answers(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, losing: watch::Receiver<bool>) {
        let mut mood = self.mood.subscribe();
        let mut buffer = vec![0; 65_536];
        loop {
            let read = tokio::select! {
                read = from.read(&mut buffer) => read,
                _ = mood.wait_for(|mood| *mood == Mood::Cut) => return,
            };
            let Ok(length @ 1..) = read else { return };
            if *losing.borrow() {
                // The server has said that it is done; nobody will ever hear it.
                *self.lost.lock().expect("lost") += 1;
                return;
            }
            if !self.passes(&mut mood).await || to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    }

    /// Waits for as long as the mood is; false when the connection is to end.
    async fn passes(&self, mood: &mut watch::Receiver<Mood>) -> bool {
        let now = *mood.borrow_and_update();
        match now {
            Mood::Slow(delay) => tokio::time::sleep(delay).await,
            Mood::Hold => drop(mood.wait_for(|mood| *mood != Mood::Hold).await),
            Mood::Pass | Mood::Cut | Mood::LoseTheAnswer => {}
        }
        *mood.borrow() != Mood::Cut
    }
}
