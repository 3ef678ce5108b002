//! The web as far as a server of the lab reaches it: addresses and what is
//! found there, in this process and without a socket.
//!
//! An address is resolved as a client resolves it (RFC 3986 §3): what stands
//! before an `@` is no host, the last label decides whose site it is, a redirect
//! is followed, `data:` brings its content along, and `file:` and the network
//! behind the server answer as they do when nobody forbids it. What a verifier
//! may fetch is the business of its checks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokenlab_harness::{RejectReason, Rejection};

use super::own_site;
use crate::attacker::{OWN_DOMAIN, OWN_UPLOAD};

/// What is found where.
#[derive(Clone, Debug)]
pub struct Web {
    /// The key set that the issuer publishes.
    pub issuers: Vec<u8>,
    /// What an outsider has put everywhere she can put something.
    pub outsiders: Vec<u8>,
}

impl Web {
    /// What is found at `url`.
    ///
    /// # Errors
    /// `unknown-key`, with the address, if there is nothing.
    pub fn fetch(&self, url: &str) -> Result<Vec<u8>, Rejection> {
        self.found(url)
            .ok_or_else(|| Rejection::new(RejectReason::UnknownKey, format!("fetched {url}: nothing there")))
    }

    fn found(&self, url: &str) -> Option<Vec<u8>> {
        let (scheme, rest) = url.split_once(':')?;
        if scheme == "data" {
            let (_, content) = rest.split_once(";base64,")?;
            return STANDARD.decode(content).ok();
        }
        let rest = rest.strip_prefix("//")?;
        let (authority, path) = rest.split_at(rest.find('/')?);
        let host = authority.rsplit('@').next().unwrap_or_default();
        match (scheme, host) {
            ("file", "") => (path == OWN_UPLOAD).then(|| self.outsiders.clone()),
            ("https", ISSUER) => match path.strip_prefix(REDIRECT) {
                Some(elsewhere) => self.found(elsewhere),
                None => (path == KEY_SET_PATH).then(|| self.issuers.clone()),
            },
            ("http", "169.254.169.254") => Some(CREDENTIALS.to_vec()),
            ("https", host) if is_within(host, OWN_DOMAIN) => Some(self.outsiders.clone()),
            ("http" | "https", own_site::HOST) => own_site::fetch(path),
            _ => None,
        }
    }
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Where the issuer publishes its keys.
pub const KEY_SET: &str = "https://issuer.example/.well-known/jwks.json";

/// What the addresses of the issuer's site begin with, as a careless list has it.
pub const SITE: &str = "https://issuer.example";

const ISSUER: &str = "issuer.example";
const KEY_SET_PATH: &str = "/.well-known/jwks.json";
/// The issuer's site sends its readers on to whatever address follows this.
const REDIRECT: &str = "/login?next=";
/// What a cloud tells every process of the server, and nobody else.
const CREDENTIALS: &[u8] = br#"{"Code":"Success","AccessKeyId":"lab","SecretAccessKey":"of the lab"}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_where_a_client_would_go() {
        let web = Web {
            issuers: b"issuer's".to_vec(),
            outsiders: b"hers".to_vec(),
        };
        for (url, found) in [
            (KEY_SET, Some("issuer's")),
            ("https://mallory.example/keys", Some("hers")),
            ("https://issuer.example.mallory.example/keys", Some("hers")),
            ("https://issuer.example@mallory.example/keys", Some("hers")),
            (
                "https://issuer.example/login?next=https://mallory.example/keys",
                Some("hers"),
            ),
            ("data:application/json;base64,aGVycw==", Some("hers")),
            ("file:///srv/uploads/mallory.png", Some("hers")),
            ("https://notmallory.example/keys", None),
            ("https://issuer.example/elsewhere", None),
            ("file:///etc/passwd", None),
            ("https:", None),
            ("", None),
        ] {
            let fetched = web.fetch(url).ok();
            assert_eq!(fetched.as_deref(), found.map(str::as_bytes), "{url}");
        }
        assert!(web.fetch("http://169.254.169.254/latest/").is_ok());
    }
}
