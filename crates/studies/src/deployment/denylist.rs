//! Where a node looks up whether a token was called back: tokens say of themselves that they
//! are valid, so somebody has to say that they are not.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use fastbloom::BloomFilter;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokenlab_harness::session::redis::RedisStore;
use tokenlab_harness::session::{Digest, NEVER, Session, Store, redis_given};
use ureq::Agent;

use crate::loopback::{Service, client};
use crate::study::StudyError;

/// Seed of the published filter, which publisher and nodes agree on.
const SEED: u128 = 0x4445_4e59;

/// Bits of the published filter: 16 KiB, for some thousand tokens.
const BITS: usize = 1 << 17;

/// Hashes of each token in it.
const HASHES: u32 = 7;

/// How long publisher and nodes wait for each other.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Where tokens that were called back are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denylist {
    /// Nowhere: a token is good until it expires.
    #[default]
    Nowhere,
    /// In the memory of the node that was told.
    Node,
    /// In the Redis that `TOKENLAB_REDIS` names.
    Redis,
    /// In a Bloom filter that the issuer publishes.
    Published {
        /// Where.
        url: String,
        /// How often a node fetches it, milliseconds.
        every_ms: u64,
    },
}

/// A denylist as a node has it.
pub(super) enum Lookup {
    Nowhere,
    Node(Mutex<HashSet<Digest>>),
    Redis(RedisStore),
    Published {
        url: String,
        client: Agent,
        fetched: Arc<RwLock<BloomFilter>>,
    },
}

impl Lookup {
    /// Connects to what keeps the list, and has it before anybody is served.
    pub(super) fn open(denylist: &Denylist) -> Result<Self, StudyError> {
        Ok(match denylist {
            Denylist::Nowhere => Self::Nowhere,
            Denylist::Node => Self::Node(Mutex::default()),
            Denylist::Redis => {
                let urls = redis_given::given().unwrap_or_default();
                Self::Redis(redis_given::connect(&urls, "revoked")?)
            }
            Denylist::Published { url, every_ms } => {
                let client = client(ANSWER_WITHIN);
                let fetched = Arc::new(RwLock::new(fetch(&client, url)?));
                keep_fetching(&client, url, Duration::from_millis(*every_ms), &fetched);
                Self::Published {
                    url: url.clone(),
                    client,
                    fetched,
                }
            }
        })
    }

    /// Whether a token was called back, as far as this node knows.
    pub(super) fn is_revoked(&self, token: &str) -> Result<bool, StudyError> {
        // Where nobody keeps a list, a request is not to cost a hash.
        Ok(match self {
            Self::Nowhere => false,
            Self::Node(set) => set
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&digest(token)),
            Self::Redis(store) => store.get(&digest(token))?.is_some(),
            Self::Published { fetched, .. } => fetched
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&digest(token)),
        })
    }

    /// Calls a token back; whether there is anything to be told.
    pub(super) fn revoke(&self, token: &str) -> Result<bool, StudyError> {
        let digest = digest(token);
        match self {
            Self::Nowhere => return Ok(false),
            Self::Node(set) => {
                set.lock().unwrap_or_else(PoisonError::into_inner).insert(digest);
            }
            Self::Redis(store) => store.insert(&digest, &entry())?,
            Self::Published { url, client, .. } => {
                client.post(url).send(digest.as_slice()).map_err(unheard)?;
            }
        }
        Ok(true)
    }
}

/// What a store keeps of a token that was called back: that it is there.
pub(crate) const fn entry() -> Session {
    Session {
        ends_at: NEVER,
        claims: Vec::new(),
    }
}

fn digest(token: &str) -> Digest {
    Sha256::digest(token).into()
}

fn filter(bits: Vec<u64>) -> BloomFilter {
    BloomFilter::from_vec(bits).seed(&SEED).hashes(HASHES)
}

fn fetch(client: &Agent, url: &str) -> Result<BloomFilter, StudyError> {
    let mut answer = client.get(url).call().map_err(unheard)?;
    let bytes = answer.body_mut().read_to_vec().map_err(unheard)?;
    let words = bytes.as_chunks::<8>().0.iter().copied();
    let words: Vec<u64> = words.map(u64::from_le_bytes).collect();
    if words.len() * 64 == BITS {
        Ok(filter(words))
    } else {
        Err(StudyError::Service(format!(
            "{url} published {} bytes and no list",
            bytes.len()
        )))
    }
}

/// Fetches the list again and again as long as somebody has it; while the publisher is away,
/// the last one counts.
fn keep_fetching(client: &Agent, url: &str, every: Duration, fetched: &Arc<RwLock<BloomFilter>>) {
    let (client, url, fetched) = (client.clone(), url.to_owned(), Arc::downgrade(fetched));
    thread::spawn(move || {
        loop {
            thread::sleep(every);
            let Some(fetched) = fetched.upgrade() else { return };
            if let Ok(newer) = fetch(&client, &url) {
                *fetched.write().unwrap_or_else(PoisonError::into_inner) = newer;
            }
        }
    });
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn unheard(error: ureq::Error) -> StudyError {
    StudyError::Service(format!("the publisher of the list: {error}"))
}

/// The issuer's list on loopback, for nodes to fetch and to add to.
pub struct Publisher(Service);

impl Publisher {
    /// Publishes an empty list.
    ///
    /// # Errors
    /// [`StudyError::Service`] if there is no port or no thread.
    pub fn start() -> Result<Self, StudyError> {
        let list = Arc::new(RwLock::new(filter(vec![0; BITS / 64])));
        let site = Router::new().route("/", get(publish).post(add)).with_state(list);
        Ok(Self(Service::start(site)?))
    }

    /// Where the list is.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url("/")
    }
}

type Published = Arc<RwLock<BloomFilter>>;

async fn publish(State(list): State<Published>) -> Vec<u8> {
    let list = list.read().unwrap_or_else(PoisonError::into_inner);
    list.iter().flat_map(u64::to_le_bytes).collect()
}

async fn add(State(list): State<Published>, body: Bytes) -> StatusCode {
    match <Digest>::try_from(body.as_ref()) {
        Ok(digest) => {
            list.write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(&digest);
            StatusCode::OK
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_list_reaches_whoever_fetches_it_and_no_other_token_is_on_it() {
        let publisher = Publisher::start().unwrap();
        let denylist = Denylist::Published {
            url: publisher.url(),
            every_ms: 20,
        };
        let [one, other] = [0, 1].map(|_| Lookup::open(&denylist).unwrap());
        assert!(one.revoke("token").unwrap());
        let start = std::time::Instant::now();
        while !(one.is_revoked("token").unwrap() && other.is_revoked("token").unwrap()) {
            assert!(start.elapsed() < Duration::from_secs(5), "nobody has heard of it");
            thread::sleep(Duration::from_millis(5));
        }
        assert!(!other.is_revoked("another").unwrap());
        // Who comes later has it at once, and while the publisher is away the last one counts.
        let late = Lookup::open(&denylist).unwrap();
        drop(publisher);
        assert!(late.is_revoked("token").unwrap());
        assert!(late.revoke("another").is_err());
        assert!(Lookup::open(&denylist).is_err());
    }

    #[test]
    fn a_list_of_a_node_is_its_own_and_nowhere_keeps_nothing() {
        let [one, other] = [0, 1].map(|_| Lookup::open(&Denylist::Node).unwrap());
        assert!(one.revoke("token").unwrap());
        assert!(one.is_revoked("token").unwrap() && !other.is_revoked("token").unwrap());
        let nowhere = Lookup::open(&Denylist::Nowhere).unwrap();
        assert!(!nowhere.revoke("token").unwrap() && !nowhere.is_revoked("token").unwrap());
    }
}
