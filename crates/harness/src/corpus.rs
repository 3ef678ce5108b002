//! Claim corpora: what the tokens of a run say.
//!
//! Five shapes of claims that services really issue, from the least that a
//! policy allows to a payload that strains a cookie. Each corpus is a family
//! of claim sets: member `index` has a subject and an identifier of its own
//! and the same length as all others, so that a pool of tokens can be rotated
//! without changing the work.

use serde_json::{Value, json};

use crate::claims::ClaimSet;
use crate::policy::Policy;

/// A named shape of claims.
#[derive(Clone, Copy, Debug)]
pub struct Corpus {
    /// Stable name.
    pub name: &'static str,
    /// What it stands for, in one sentence.
    pub summary: &'static str,
    custom: fn() -> Vec<(&'static str, Value)>,
    minimal: bool,
}

impl Corpus {
    /// Claims of member `index` (below 1,000,000), issued at `now`, valid for
    /// ten years and for [`Policy::lab`].
    #[must_use]
    pub fn claims(&self, index: u32, now: i64) -> ClaimSet {
        const TEN_YEARS_S: i64 = 10 * 365 * 24 * 3600;
        let policy = Policy::lab();
        let mut claims = ClaimSet {
            iss: Some(policy.issuer),
            sub: Some(format!("user-{index:06}")),
            aud: vec![policy.audience],
            exp: Some(now + TEN_YEARS_S),
            ..ClaimSet::default()
        };
        if !self.minimal {
            claims.iat = Some(now);
            claims.nbf = Some(now);
            claims.jti = Some(format!("5d1c9e3a-8f0b-4c27-9a64-0000{index:08}"));
        }
        for (name, value) in (self.custom)() {
            let registered = !claims.custom.insert(name, value);
            debug_assert!(!registered, "corpus {} names {name}", self.name);
        }
        claims
    }

    /// The corpus of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CORPORA.iter().find(|corpus| corpus.name == name)
    }
}

/// Every corpus, in report order.
pub const CORPORA: &[Corpus] = &[
    Corpus {
        name: "tiny",
        summary: "the least the policy allows: iss, sub, aud, exp",
        custom: Vec::new,
        minimal: true,
    },
    Corpus {
        name: "typical",
        summary: "an access token: registered claims, scope, roles, client, tenant",
        custom: typical,
        minimal: false,
    },
    Corpus {
        name: "large",
        summary: "an access token that carries 42 permissions, near the limit of a cookie",
        custom: large,
        minimal: false,
    },
    Corpus {
        name: "unicode",
        summary: "names outside ASCII, emoji and escapes in keys and values",
        custom: unicode,
        minimal: false,
    },
    Corpus {
        name: "nested",
        summary: "objects and arrays eight levels deep",
        custom: nested,
        minimal: false,
    },
];

fn typical() -> Vec<(&'static str, Value)> {
    vec![
        ("scope", json!("read:orders write:orders")),
        ("roles", json!(["customer", "beta"])),
        ("client_id", json!("web-storefront")),
        ("tenant", json!("acme-europe")),
    ]
}

fn large() -> Vec<(&'static str, Value)> {
    let permissions: Vec<Value> = (0..42)
        .map(|n| {
            json!({
                "resource": format!("orders/region-{n:02}/warehouse"),
                "actions": ["read", "list", "export"],
                "limit": 1000 + n,
            })
        })
        .collect();
    vec![
        ("scope", json!("permissions")),
        ("permissions", Value::Array(permissions)),
    ]
}

fn unicode() -> Vec<(&'static str, Value)> {
    vec![
        ("name", json!("Zoë Đặng-Müller 李小龍 Иванова")),
        ("città", json!("São Paulo \u{1F3D9}\u{FE0F}")),
        (
            "greeting",
            json!("\u{0645}\u{0631}\u{062D}\u{0628}\u{0627} \"quoted\" \\ \u{0007}\t"),
        ),
    ]
}

fn nested() -> Vec<(&'static str, Value)> {
    let tree = (0..7).fold(
        json!({"leaf": [true, null, -1.5]}),
        |inner, depth| json!({"depth": depth, "next": [inner]}),
    );
    vec![("tree", tree)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::NumericDate;

    #[test]
    fn corpora_have_the_sizes_they_claim() {
        let bytes = |name: &str| {
            let corpus = Corpus::named(name).unwrap();
            corpus
                .claims(0, 1_800_000_000)
                .to_json::<NumericDate>()
                .unwrap()
                .len()
        };
        for (name, low, high) in [("tiny", 80, 120), ("typical", 250, 350), ("large", 3700, 4400)] {
            assert!(
                (low..=high).contains(&bytes(name)),
                "{name} is {} bytes",
                bytes(name)
            );
        }
    }

    #[test]
    fn members_differ_and_have_one_length() {
        for corpus in CORPORA {
            let json = |index| {
                corpus
                    .claims(index, 1_800_000_000)
                    .to_json::<NumericDate>()
                    .unwrap()
            };
            assert_ne!(json(0), json(999_999), "{}", corpus.name);
            assert_eq!(json(0).len(), json(999_999).len(), "{}", corpus.name);
        }
    }

    #[test]
    fn the_lab_policy_accepts_every_corpus() {
        for corpus in CORPORA {
            let claims = corpus.claims(0, 1_800_000_000);
            assert_eq!(
                Policy::lab().check(&claims, 1_800_000_000),
                Ok(()),
                "{}",
                corpus.name
            );
        }
    }
}
