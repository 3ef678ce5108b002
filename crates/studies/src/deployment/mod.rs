//! A service as it is run: processes of their own behind a balancer, with a store beside
//! them, on loopback and until it is dropped.
//!
//! * [`service`]: what a process of the service does.
//! * [`node`]: such a process, seen from the study.
//! * [`denylist`]: where a node looks up what was called back.
//! * [`balancer`]: HAProxy before them.
//! * [`store`]: where sessions are kept that every node knows.
//! * [`kind`]: the kinds of deployment that studies compare.
//! * [`processor`]: what a process has taken of a processor.

pub mod balancer;
pub mod denylist;
pub mod kind;
pub mod node;
pub mod processor;
pub mod service;
pub mod store;

use std::net::SocketAddr;
use std::time::Duration;

use balancer::{Balancer, Routing};
use kind::Keeper;
use node::{Node, NodeProgram};
use processor::Spent;
use service::Settings;
use store::SharedStore;
use tokenlab_harness::again;
use ureq::{Agent, RequestBuilder};

use crate::load::Tally;
use crate::loopback::client;
use crate::study::StudyError;

/// How long nodes and balancer may take until all of them are used.
const USED_WITHIN: Duration = Duration::from_secs(10);

/// How long somebody's connection may have the port of a node that is started again.
const FREE_WITHIN: Duration = Duration::from_secs(5);

/// How long a request of this side may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What is deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// What every node does.
    pub settings: Settings,
    /// Where requests go.
    pub routing: Routing,
    /// What is kept beside the nodes, and where.
    pub keeper: Keeper,
    /// By how many seconds the clock of each node is fast; as many as there are nodes.
    pub clocks_s: Vec<i64>,
}

/// Nodes behind a balancer.
pub struct Deployment {
    program: NodeProgram,
    layout: Layout,
    nodes: Vec<Option<Node>>,
    addresses: Vec<SocketAddr>,
    balancer: Balancer,
    store: Option<SharedStore>,
    client: Agent,
}

/// Somebody who has logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// What the service gave them.
    pub token: String,
    /// What the balancer gave them, to find their node again.
    pub cookie: Option<String>,
}

impl User {
    /// A request of theirs, for [`crate::load`].
    #[must_use]
    pub fn head(&self) -> String {
        let cookie = self.cookie.as_ref();
        let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
        let token = &self.token;
        format!("GET / HTTP/1.1\r\nHost: lab\r\nAuthorization: Bearer {token}\r\n{cookie}\r\n")
    }
}

impl Deployment {
    /// Starts everything, and waits until the balancer uses every node that is sound.
    ///
    /// # Errors
    /// [`StudyError::Service`] if something does not start.
    pub fn start(program: &NodeProgram, layout: Layout) -> Result<Self, StudyError> {
        let store = SharedStore::start(layout.keeper)?;
        let nodes: Vec<Node> = (0..layout.clocks_s.len())
            .map(|place| start_node(program, &layout, store.as_ref(), place, 0))
            .collect::<Result<_, _>>()?;
        let addresses: Vec<SocketAddr> = nodes.iter().map(Node::address).collect();
        let deployment = Self {
            program: program.clone(),
            balancer: Balancer::start(&addresses, layout.routing)?,
            nodes: nodes.into_iter().map(Some).collect(),
            addresses,
            layout,
            store,
            client: client(ANSWER_WITHIN),
        };
        deployment.wait_until_used(deployment.sound_nodes())?;
        Ok(deployment)
    }

    /// How many nodes serve when all of them run: those whose clock is right, if they check it.
    #[must_use]
    pub fn sound_nodes(&self) -> usize {
        let checks = self.layout.settings.checks_clock;
        let clocks = self.layout.clocks_s.iter();
        clocks.filter(|fast_s| !checks || **fast_s == 0).count()
    }

    /// Where the balancer listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.balancer.address()
    }

    /// Where each node listens.
    #[must_use]
    pub fn nodes(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What is kept beside the nodes, to be broken and mended.
    pub const fn store_mut(&mut self) -> Option<&mut SharedStore> {
        self.store.as_mut()
    }

    /// Kills a node, as by `kill -9`.
    pub fn kill(&mut self, place: usize) {
        if let Some(node) = self.nodes.get_mut(place) {
            *node = None;
        }
    }

    /// Starts a node again where it was.
    ///
    /// # Errors
    /// [`StudyError::Service`] if it does not start.
    pub fn revive(&mut self, place: usize) -> Result<(), StudyError> {
        let port = self.addresses.get(place).map_or(0, SocketAddr::port);
        let node = again::until(FREE_WITHIN, Duration::from_millis(100), || {
            start_node(&self.program, &self.layout, self.store.as_ref(), place, port)
        })?;
        if let Some(gone) = self.nodes.get_mut(place) {
            *gone = Some(node);
        }
        Ok(())
    }

    /// Waits until the balancer uses as many nodes.
    ///
    /// # Errors
    /// [`StudyError::Service`] if it does not.
    pub fn wait_until_used(&self, nodes: usize) -> Result<(), StudyError> {
        again::until(USED_WITHIN, Duration::from_millis(10), || {
            let used = self.balancer.nodes_in_use()?;
            if used == nodes {
                return Ok(());
            }
            Err(StudyError::Service(format!(
                "the balancer uses {used} nodes and not {nodes} after {USED_WITHIN:?}"
            )))
        })
    }

    /// Logs somebody in for `lives` seconds, at the balancer or at one of the nodes.
    ///
    /// # Errors
    /// [`StudyError::Service`] if the service does not acknowledge it.
    pub fn log_in(&self, at: SocketAddr, lives: i64) -> Result<User, StudyError> {
        log_in(&self.client, at, lives)
    }

    /// Logs somebody out, at the balancer.
    ///
    /// # Errors
    /// [`StudyError::Service`] if the service does not acknowledge it.
    pub fn log_out(&self, user: &User) -> Result<(), StudyError> {
        let request = self.client.post(format!("http://{}/logout", self.address()));
        with(request, user).send_empty().map_err(failed)?;
        Ok(())
    }

    /// Asks the balancer as a user.
    ///
    /// # Errors
    /// [`StudyError::Service`] if there is no answer.
    pub fn ask(&self, user: &User) -> Result<Tally, StudyError> {
        let request = self.client.get(format!("http://{}/", self.address()));
        let mut tally = Tally::default();
        match with(request, user).call() {
            Ok(_) => tally.let_in = 1,
            Err(ureq::Error::StatusCode(401)) => tally.refused = 1,
            Err(ureq::Error::StatusCode(_)) => tally.failed = 1,
            Err(error) => return Err(failed(error)),
        }
        Ok(tally)
    }

    /// Processor time so far; `None` where the system does not tell.
    #[must_use]
    pub fn spent(&self) -> Option<Spent> {
        let nodes = self.nodes.iter().flatten();
        Some(Spent {
            nodes: nodes
                .map(|node| processor::spent_ns(node.process_id()))
                .sum::<Option<u64>>()?,
            balancer: processor::spent_ns(self.balancer.process_id())?,
            store: store::spent_ns(self.store.as_ref())?,
        })
    }
}

/// Logs somebody in for `lives` seconds.
///
/// # Errors
/// [`StudyError::Service`] if nobody acknowledges it.
pub fn log_in(client: &Agent, at: SocketAddr, lives: i64) -> Result<User, StudyError> {
    let mut answer = client
        .post(format!("http://{at}/login/{lives}"))
        .send_empty()
        .map_err(failed)?;
    let cookie = answer
        .headers()
        .get("set-cookie")
        .and_then(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned));
    let token = answer.body_mut().read_to_string().map_err(failed)?;
    Ok(User { token, cookie })
}

fn with<B>(request: RequestBuilder<B>, user: &User) -> RequestBuilder<B> {
    let request = request.header("Authorization", format!("Bearer {}", user.token));
    match &user.cookie {
        Some(cookie) => request.header("Cookie", cookie),
        None => request,
    }
}

fn start_node(
    program: &NodeProgram,
    layout: &Layout,
    store: Option<&SharedStore>,
    place: usize,
    port: u16,
) -> Result<Node, StudyError> {
    let settings = Settings {
        port,
        ..layout.settings.clone()
    };
    let clock_s = layout.clocks_s.get(place).copied().unwrap_or_default();
    Node::start(program, &settings, store, clock_s)
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn failed(error: ureq::Error) -> StudyError {
    StudyError::Service(error.to_string())
}
