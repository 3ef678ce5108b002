//! A verifier that is an HTTP endpoint on this machine.
//!
//! Nothing of the lab leaves the machine: the host is an address or `localhost`,
//! every address of it must be a loopback one, and what is connected to is that
//! address and not the name. No proxy is used and no redirect followed.

use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use serde_json::Value;
use tokenlab_attacks::outside::{Reply, Verifier, excerpt};
use tokenlab_harness::exchange::line::LINE_BYTES_MAX;
use tokenlab_harness::exchange::{Request, claims};
use ureq::http::{HeaderValue, Uri};
use ureq::{Agent, Body};

use super::seconds;
use crate::output::Failure;

/// How long it may take to be connected within this machine.
const CONNECTING: Duration = Duration::from_secs(2);

/// A verifier behind `Authorization: Bearer`.
pub(super) struct Endpoint {
    url: String,
    /// The URL with the address that was found in the place of the host.
    by_address: String,
    /// Host and port as the user wrote them.
    authority: String,
    timeout: Duration,
    agent: Agent,
}

impl Endpoint {
    /// Finds the endpoint and knocks.
    ///
    /// # Errors
    /// [`Failure`] if the URL is not one on this machine, or nobody listens.
    pub(super) fn reach(url: &str, timeout: Duration) -> Result<Self, Failure> {
        let place = Place::of(url).map_err(|problem| {
            Failure::usage(format!(
                "--against-http takes a URL on this machine, such as http://127.0.0.1:8080/me: {problem}"
            ))
        })?;
        let connected = place
            .addresses
            .iter()
            .find(|address| TcpStream::connect_timeout(address, CONNECTING).is_ok())
            .ok_or_else(|| {
                Failure::environment(format!(
                    "nobody listens at {url}; start the server, with the key that `tokenlab attack keys` prints"
                ))
            })?;
        let agent = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .max_idle_connections(0)
            .output_buffer_size(2 * LINE_BYTES_MAX) // the request's head is written in one piece
            .user_agent("tokenlab")
            .build()
            .into();
        Ok(Self {
            url: url.to_owned(),
            by_address: format!("http://{connected}{}", place.path),
            authority: place.authority,
            timeout,
            agent,
        })
    }

    fn judge(&self, status: u16, body: &mut Body) -> Reply {
        let body = body.with_config().limit(LINE_BYTES_MAX as u64).read_to_vec();
        let body = match body {
            Ok(body) => body,
            Err(error) => return self.broken(error),
        };
        let words = excerpt(&String::from_utf8_lossy(&body));
        match status {
            200..=299 => Reply::Believed(claims::object(&body).ok().filter(|members| {
                // Only a subject says whom the server believes the token to be of.
                members.get("sub").is_some_and(Value::is_string)
            })),
            // 431 is a header that it does not read because of its length (RFC 6585 §5).
            401 | 403 | 431 => Reply::Refused(format!("HTTP {status} {words}")),
            300..=399 => Reply::Unclear(format!(
                "it answered with HTTP {status}, and no redirect is followed"
            )),
            _ => Reply::Unclear(format!(
                "it answered with HTTP {status}, which is neither 2xx nor 401 nor 403: {words}"
            )),
        }
    }

    /// An answer that did not come, or not to its end.
    fn broken(&self, error: ureq::Error) -> Reply {
        match error {
            ureq::Error::Timeout(_) => {
                Reply::Exhausted(format!("no answer within {}", seconds(self.timeout)))
            }
            ureq::Error::BodyExceedsLimit(limit) => {
                Reply::Unclear(format!("it answered with more than {limit} bytes"))
            }
            ureq::Error::Io(error) => Reply::Crashed(format!("the connection broke: {error}")),
            ureq::Error::ConnectionFailed => Reply::Crashed("nobody listens there any more".into()),
            other => Reply::Unclear(format!(
                "it answered what is no HTTP: {}",
                excerpt(&other.to_string())
            )),
        }
    }
}

impl Verifier for Endpoint {
    fn name(&self) -> &str {
        &self.url
    }

    fn verify(&self, line: Request) -> Reply {
        let Ok(bearer) = HeaderValue::from_str(&format!("Bearer {}", line.token)) else {
            return Reply::Refused("no HTTP header can carry such a token".into());
        };
        let sent = self
            .agent
            .get(&self.by_address)
            .header("Host", &self.authority)
            .header("Authorization", bearer)
            .call();
        match sent {
            Ok(mut response) => self.judge(response.status().as_u16(), response.body_mut()),
            Err(error) => self.broken(error),
        }
    }

    fn holds_policy(&self) -> bool {
        true
    }
}

/// Where a URL leads.
#[derive(Debug)]
struct Place {
    authority: String,
    addresses: Vec<SocketAddr>,
    path: String,
}

impl Place {
    /// Reads a URL; in words, why it is none on this machine.
    fn of(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{url:?}: {error}"))?;
        if uri.scheme_str() != Some("http") {
            return Err(format!("{url:?} does not begin with http://"));
        }
        let authority = uri.authority().ok_or("it names no host")?;
        if authority.as_str().contains('@') {
            return Err("it holds a user name, which is not sent".into());
        }
        let port = uri.port_u16().unwrap_or(80);
        let host = authority.host().trim_matches(['[', ']']);
        let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) if host.eq_ignore_ascii_case("localhost") => (host, port)
                .to_socket_addrs()
                .map_err(|error| format!("{host} has no address: {error}"))?
                .collect(),
            Err(_) => return Err(format!("{host:?} is neither an address nor localhost")),
        };
        match addresses.iter().find(|address| !is_loopback(address.ip())) {
            Some(elsewhere) => Err(format!(
                "{} is no loopback address, and nothing is sent elsewhere",
                elsewhere.ip()
            )),
            None => Ok(Self {
                authority: authority.to_string(),
                addresses,
                path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            }),
        }
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_on_this_machine_are_taken() {
        for (url, address) in [
            ("http://127.0.0.1:8080/me?x=1", "127.0.0.1:8080"),
            ("http://127.3.2.1", "127.3.2.1:80"),
            ("http://[::1]:8080", "[::1]:8080"),
            ("http://[::ffff:127.0.0.1]:81/", "[::ffff:127.0.0.1]:81"),
        ] {
            let place = Place::of(url).unwrap();
            assert_eq!(place.addresses, [address.parse().unwrap()], "{url}");
        }
        let place = Place::of("http://LOCALHOST:9/").unwrap();
        assert!(!place.addresses.is_empty());
        for (url, named) in [
            ("https://127.0.0.1/", "http://"),
            ("127.0.0.1:8080", "http://"),
            ("http://10.0.0.1/", "10.0.0.1 is no loopback"),
            ("http://0.0.0.0:80/", "no loopback"),
            ("http://[::]:80/", "no loopback"),
            ("http://[::ffff:8.8.8.8]/", "no loopback"),
            ("http://example.com/", "neither an address nor localhost"),
            (
                "http://localhost.example.com/",
                "neither an address nor localhost",
            ),
            ("http://127.0.0.1@example.com/", "user name"),
            ("http://2130706433/", "neither"),
            ("http:///x", ""),
            ("", ""),
        ] {
            let problem = Place::of(url).map(|place| place.authority).unwrap_err();
            assert!(problem.contains(named), "{url}: {problem}");
        }
    }

    #[test]
    fn the_path_is_kept_with_its_query() {
        assert_eq!(Place::of("http://127.0.0.1/a?b=c").unwrap().path, "/a?b=c");
        assert_eq!(Place::of("http://127.0.0.1").unwrap().path, "/");
    }
}
