//! What keeps a server that is vulnerable on purpose to its own machine.
//!
//! The sockets are on loopback ([`crate::serve`]); this is about the browser, which
//! carries every site that its user visits onto the same loopback. A page elsewhere
//! must neither read the lab nor act in it:
//!
//! * a `Host` that is none of the lab's own is refused, so that a name which has been
//!   pointed at 127.0.0.1 (DNS rebinding) leads nowhere;
//! * what another site starts is refused (`Sec-Fetch-Site`, `Origin`), but for opening
//!   a page in a window of its own;
//! * no `Access-Control-Allow-*` header exists here;
//! * pages may load this site's style sheet and send its forms, and nothing else.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What pages of the lab may do.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
                      form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The same for pages that the report draws, which bring their style along.
const REPORT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
                             base-uri 'none'; frame-ancestors 'none'";

/// Where pages of the report are.
pub(crate) const REPORT: &str = "/attacks/";

/// Refuses what does not come from this machine's own user, and says how pages are
/// to be treated.
pub async fn guard(request: Request, next: Next) -> Response {
    let refusal = foreign_host(request.headers(), request.uri())
        .or_else(|| cross_site(request.method(), request.headers()));
    let is_report = request.uri().path().starts_with(REPORT);
    let mut response = match refusal {
        Some(sentence) => (StatusCode::FORBIDDEN, sentence).into_response(),
        None => next.run(request).await,
    };
    let policy = if is_report { REPORT_POLICY } else { POLICY };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Under `no-referrer` a browser sends its own forms with `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Why this host is none of the lab's; `None` if it is one.
fn foreign_host(headers: &HeaderMap, uri: &Uri) -> Option<&'static str> {
    // A proxy's absolute address counts before the header (RFC 9112 §3.2.2).
    let given = uri
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| headers.get(HOST)?.to_str().ok());
    let one = headers.get_all(HOST).iter().count() <= 1;
    if one && given.is_some_and(is_own) {
        return None;
    }
    Some(
        "this lab answers to 127.0.0.1, localhost, *.localhost and lab.test only: any other name may be a page \
         elsewhere that has been pointed at your machine (DNS rebinding)\n",
    )
}

/// Whether a host, with or without a port, is this machine by a name that nobody
/// else can give it.
fn is_own(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    ["127.0.0.1", "[::1]", "localhost", "lab.test"].contains(&name.as_str()) || name.ends_with(".localhost")
}

/// Why this request is another site's doing; `None` if it is not.
fn cross_site(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let opens_a_page = method == Method::GET
        && of("sec-fetch-mode") == Some("navigate")
        && of("sec-fetch-dest") == Some("document");
    let foreign_fetch = matches!(of("sec-fetch-site"), Some("cross-site" | "same-site"));
    let foreign_origin = of(ORIGIN.as_str()).is_some_and(|origin| {
        let host = origin.strip_prefix("http://").unwrap_or_default();
        !is_own(host)
    });
    if (foreign_fetch && !opens_a_page) || foreign_origin {
        return Some("another site has started this request; open the lab's own pages instead\n");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_others_can_point_here_are_foreign() {
        for host in [
            "127.0.0.1:7878",
            "localhost",
            "LOCALHOST:80",
            "attacker.localhost:7878",
            "lab.test:1",
            "[::1]:7878",
        ] {
            assert!(is_own(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:7878",
            "notlocalhost",
            "lab.test.evil.example",
            "0.0.0.0:7878",
            "127.0.0.1:80@evil.example",
        ] {
            assert!(!is_own(host), "{host}");
        }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn another_site_may_open_a_page_and_nothing_else() {
        let opens = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        assert_eq!(cross_site(&Method::GET, &headers(&opens)), None);
        assert!(cross_site(&Method::POST, &headers(&opens)).is_some());
        for pairs in [
            vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors")],
            vec![("sec-fetch-site", "same-site")],
            vec![
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
            ],
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
        ] {
            assert!(cross_site(&Method::GET, &headers(&pairs)).is_some(), "{pairs:?}");
        }
        for pairs in [
            vec![],
            vec![("sec-fetch-site", "same-origin")],
            vec![("origin", "http://127.0.0.1:7878")],
        ] {
            assert_eq!(cross_site(&Method::POST, &headers(&pairs)), None, "{pairs:?}");
        }
    }

    #[test]
    fn a_request_with_two_hosts_is_foreign() {
        let mut two = headers(&[("host", "localhost")]);
        two.append(HOST, HeaderValue::from_static("evil.example"));
        assert!(foreign_host(&two, &Uri::from_static("/")).is_some());
        let absolute = Uri::from_static("http://evil.example/");
        assert!(foreign_host(&headers(&[("host", "localhost")]), &absolute).is_some());
        assert!(foreign_host(&HeaderMap::new(), &Uri::from_static("/")).is_some());
    }
}
