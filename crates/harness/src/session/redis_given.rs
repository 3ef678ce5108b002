//! A Redis that is there already: `TOKENLAB_REDIS` names it, and sessions are kept
//! in it instead of in a server that tokenlab starts.
//!
//! One URL is a server, `redis://:password@127.0.0.1:6379/`, several with commas
//! between are servers of one cluster; Valkey does as well as Redis. Only loopback
//! is taken, because nothing here may reach out of the machine; what runs elsewhere
//! can be brought near by a tunnel (`ssh -L`).

use std::env;

use ::redis::{ConnectionAddr, IntoConnectionInfo};

use super::StoreError;
use super::redis::RedisStore;

/// The variable that names it.
pub const VARIABLE: &str = "TOKENLAB_REDIS";

/// What the variable names; `None` without it.
#[must_use]
pub fn given() -> Option<String> {
    env::var(VARIABLE).ok().filter(|urls| !urls.trim().is_empty())
}

/// Connects to the server or the cluster of `urls`, as the variable has them.
///
/// # Errors
/// [`StoreError`] if one is no URL or not on loopback, and as of
/// [`RedisStore::connect`] and [`RedisStore::connect_cluster`].
pub fn connect(urls: &str, namespace: &str) -> Result<RedisStore, StoreError> {
    let urls: Vec<String> = urls.split(',').map(|url| url.trim().to_owned()).collect();
    for url in &urls {
        near(url)?;
    }
    match urls.as_slice() {
        [url] => RedisStore::connect(url, namespace),
        urls => RedisStore::connect_cluster(urls, namespace),
    }
}

fn near(url: &str) -> Result<(), StoreError> {
    let info = url.into_connection_info().map_err(|error| {
        StoreError::new(
            VARIABLE,
            format!("{error}; it wants redis://:password@127.0.0.1:6379/, of a cluster several with commas between"),
        )
    })?;
    let is_near = match info.addr() {
        ConnectionAddr::Tcp(host, _) => ["127.0.0.1", "::1", "localhost"].contains(&host.as_str()),
        ConnectionAddr::Unix(_) => true,
        _ => false,
    };
    if is_near {
        return Ok(());
    }
    Err(StoreError::new(
        VARIABLE,
        format!(
            "{} is not on loopback, and nothing here reaches further; bring it near with ssh -L",
            info.addr()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_on_loopback_or_no_url_is_refused_before_anybody_is_asked() {
        for (urls, why) in [
            ("redis://192.0.2.1:6379/", "192.0.2.1:6379 is not on loopback"),
            (
                "redis://127.0.0.1:1/,redis://example.org/",
                "example.org:6379 is not on loopback",
            ),
            ("127.0.0.1:6379", "it wants redis://"),
            ("", "it wants redis://"),
        ] {
            let error = connect(urls, "test").err().unwrap().to_string();
            assert!(error.contains(VARIABLE) && error.contains(why), "{urls}: {error}");
        }
        let nobody = connect("redis://localhost:1/", "test").err().unwrap();
        assert!(nobody.to_string().contains("Redis at localhost:1"), "{nobody}");
    }
}
