//! A web site of the attacker's that somebody at the lab fills by hand: what is published
//! here is found by every verifier that follows addresses, at [`HOST`].
//!
//! It exists in this process alone, as all of the [web](super::web) does. Who fetched what
//! is counted, so that an attacker sees her server-side request arrive.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The site's name.
pub const HOST: &str = "attacker.lab";

/// Most documents that are kept.
pub const MOST_DOCUMENTS: usize = 1000;

/// Most bytes of a document.
pub const MOST_BYTES: usize = 16 * 1024;

/// A document and how often it was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// What is in it.
    pub content: Vec<u8>,
    /// How often a verifier has fetched it.
    pub fetched: u64,
}

/// Why a document is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotPublished {
    /// More than [`MOST_BYTES`].
    #[error("a document here has at most 16 KiB")]
    TooLong,
    /// [`MOST_DOCUMENTS`] are there.
    #[error("there are {MOST_DOCUMENTS} documents already; one that exists can be replaced")]
    Full,
}

static DOCUMENTS: Mutex<BTreeMap<String, Document>> = Mutex::new(BTreeMap::new());

fn documents() -> MutexGuard<'static, BTreeMap<String, Document>> {
    DOCUMENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Publishes a document at a path, which begins with a slash, in place of what was there.
///
/// # Errors
/// [`NotPublished`].
pub fn publish(path: &str, content: Vec<u8>) -> Result<(), NotPublished> {
    if content.len() > MOST_BYTES {
        return Err(NotPublished::TooLong);
    }
    let mut documents = documents();
    if documents.len() >= MOST_DOCUMENTS && !documents.contains_key(path) {
        return Err(NotPublished::Full);
    }
    documents.insert(path.to_owned(), Document { content, fetched: 0 });
    Ok(())
}

/// The documents below a path, by path.
#[must_use]
pub fn below(folder: &str) -> BTreeMap<String, Document> {
    documents()
        .iter()
        .filter(|(path, _)| path.starts_with(folder))
        .map(|(path, document)| (path.clone(), document.clone()))
        .collect()
}

/// What a verifier finds at a path.
pub(super) fn fetch(path: &str) -> Option<Vec<u8>> {
    let mut documents = documents();
    let document = documents.get_mut(path)?;
    document.fetched += 1;
    Some(document.content.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_fetched_and_counted() {
        publish("/test-of-own-site/keys", b"{}".to_vec()).unwrap();
        assert_eq!(fetch("/test-of-own-site/keys").as_deref(), Some(&b"{}"[..]));
        assert_eq!(fetch("/test-of-own-site/other"), None);
        let found = below("/test-of-own-site/");
        let fetched: Vec<u64> = found.values().map(|document| document.fetched).collect();
        assert_eq!(fetched, [1]);
        let long = vec![0; MOST_BYTES + 1];
        assert_eq!(
            publish("/test-of-own-site/long", long),
            Err(NotPublished::TooLong)
        );
        // A site that is full takes another version of what it has, and nothing new.
        for number in 1..MOST_DOCUMENTS {
            publish(&format!("/test-of-own-site/{number}"), vec![0; MOST_BYTES]).unwrap();
        }
        let one_more = publish("/test-of-own-site/one-more", Vec::new());
        assert_eq!(one_more, Err(NotPublished::Full));
        publish("/test-of-own-site/keys", b"{\"keys\":[]}".to_vec()).unwrap();
        let replaced = below("/test-of-own-site/keys").into_values().next().unwrap();
        assert_eq!((replaced.content.len(), replaced.fetched), (11, 0));
    }
}
