//! Two nodes of one house on one PostgreSQL, and who stands before them: each connection goes to the other node than the one
//! before it, or all of them to the node that a story names.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};

use crate::house::{Database, House, Plan};
use crate::program::{Program, free_port};

const NOBODY: usize = usize::MAX;

/// One of the two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    One,
    Other,
}

/// The house with its two nodes. What people and services know of it is the balancer's address.
pub struct Twins {
    pub house: House,
    second: Program,
    second_management: String,
    turns: Arc<Turns>,
}

struct Turns {
    nodes: [SocketAddr; 2],
    next: AtomicUsize,
    only: AtomicUsize,
    served: [AtomicUsize; 2],
}

impl Twins {
    /// `change` has the last word on the plan.
    pub async fn start(change: impl FnOnce(Plan) -> Plan) -> Self {
        Self::furnished(change, |_| {}).await
    }

    /// The same; `furnish` changes the configuration's files before anything runs.
    pub async fn furnished(change: impl FnOnce(Plan) -> Plan, furnish: impl FnOnce(&House)) -> Self {
        let nodes = [free_port(), free_port()].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let plan = change(Plan::on(Database::Postgres).each_request_anew()).set("server.listen", nodes[0]);
        let mut house = House::built(plan);
        furnish(&house);
        let turns = Arc::new(Turns {
            nodes,
            next: AtomicUsize::new(0),
            only: AtomicUsize::new(0),
            served: [AtomicUsize::new(0), AtomicUsize::new(0)],
        });
        let known_as = house.issuer();
        let port = known_as.rsplit(':').next().and_then(|port| port.parse().ok());
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, port.expect("a port"))).await;
        tokio::spawn(Arc::clone(&turns).serve(door.expect("the balancer's port")));
        house.seed();
        // The second is there before any service asks for anything.
        house.idp_opens().await;
        let management = free_port();
        let mut command = house.idp();
        command
            .arg("serve")
            .env("IDP__SERVER__LISTEN", nodes[1].to_string())
            .env("IDP__SERVER__MANAGEMENT_LISTEN", format!("127.0.0.1:{management}"));
        let mut second = Program::start("idp-2", command, house.folder());
        let second_management = format!("http://127.0.0.1:{management}");
        let client = house.client().build().expect("client");
        second
            .ready_at(&client, &format!("{second_management}/health/ready"))
            .await;
        house.services_open().await;
        turns.only.store(NOBODY, Ordering::SeqCst);
        Self {
            house,
            second,
            second_management,
            turns,
        }
    }

    /// From now on every connection goes to this node.
    pub fn turn_to(&self, node: Node) {
        self.turns.only.store(node as usize, Ordering::SeqCst);
    }

    /// From now on every connection goes to the other node than the one before.
    pub fn alternate(&self) {
        self.turns.only.store(NOBODY, Ordering::SeqCst);
    }

    /// Connections that each node has had.
    pub fn served(&self) -> [usize; 2] {
        [0, 1].map(|node: usize| self.turns.served[node].load(Ordering::SeqCst))
    }

    /// The node's own address, past the balancer.
    pub fn address(&self, node: Node) -> String {
        format!("http://{}", self.turns.nodes[node as usize])
    }

    /// The management address of a node.
    pub fn management(&self, node: Node) -> String {
        match node {
            Node::One => self.house.management(),
            Node::Other => self.second_management.clone(),
        }
    }

    /// A signal to one of the nodes.
    pub fn signal(&mut self, node: Node, signal: &str) {
        match node {
            Node::One => self.house.running().signal(signal),
            Node::Other => self.second.signal(signal),
        }
    }
}

impl Turns {
    async fn serve(self: Arc<Self>, door: TcpListener) {
        while let Ok((mut from, _)) = door.accept().await {
            let node = match self.only.load(Ordering::SeqCst) {
                NOBODY => self.next.fetch_add(1, Ordering::SeqCst) % 2,
                node => node,
            };
            self.served[node].fetch_add(1, Ordering::SeqCst);
            let to = self.nodes[node];
            tokio::spawn(async move {
                if let Ok(mut to) = TcpStream::connect(to).await {
                    // Whichever end hangs up first: the other one sees it.
                    let _ended = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                }
            });
        }
    }
}
