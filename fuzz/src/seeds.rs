//! What fuzzing starts from: honest tokens, their named other writings, tokens
//! that are almost honest, and every forgery of the attack catalogue.
//!
//! Seeds follow from [`crate::issued`] and the catalogue. They are committed
//! under `corpus/<target>/seed-*`, and a test compares the files with these
//! functions.

use tokenlab_harness::claims::TimeFormat;
use tokenlab_harness::malleability::Malleability;
use tokenlab_harness::{Contender, tamper};

use crate::issued::{self, Issued};
use crate::{Reach, forgeries};

/// One committed input, and how far it must come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// File name, `seed-HS256-tiny-honest`.
    pub name: String,
    /// Contents.
    pub text: String,
    /// How far it comes.
    pub reach: Reach,
}

impl Seed {
    /// An input of this name.
    pub fn new(name: impl Into<String>, text: impl Into<String>, reach: Reach) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            reach,
        }
    }
}

/// Seeds of a target that drives the contenders for which `driven` holds: all
/// tokens that they issued, the smallest of each spoilt in several ways, and
/// what the attack catalogue forges from those.
#[must_use]
pub fn of_contenders(driven: fn(&dyn Contender) -> bool) -> Vec<Seed> {
    let mut seeds = Vec::new();
    let mut smallest = Vec::new();
    for issued in issued_by(driven) {
        let Some(issuer) = issued.issuer() else {
            continue;
        };
        let card = issuer.card();
        let stem = format!("seed-{}-{}", card.algorithm, issued.corpus);
        let token = &issued.token;
        seeds.push(Seed::new(format!("{stem}-honest"), token, Reach::Accepted));
        if issued.corpus != issued::CORPORA[0] {
            continue;
        }
        smallest.push(issued);
        for malleability in Malleability::ALL {
            if let Some(twin) = malleability.twin(card, token) {
                let name = format!("{stem}-{}", malleability.id());
                seeds.push(Seed::new(name, twin, Reach::Accepted));
            }
        }
        for (change, text) in [
            ("payload-changed", tamper::payload(token)),
            ("signature-changed", tamper::signature(token)),
            ("first-half", token.get(..token.len() / 2).map(str::to_owned)),
            (
                "last-part-gone",
                token.rsplit_once('.').map(|(head, _)| format!("{head}.")),
            ),
            ("footer-added", Some(format!("{token}.Zm9vdGVy"))),
        ] {
            seeds.extend(text.map(|text| Seed::new(format!("{stem}-{change}"), text, Reach::Refused)));
        }
    }
    seeds.extend(forgeries::of(&smallest));
    seeds
}

/// Seeds of the decoder: one token of every scheme, and the shapes of broken
/// text that it has words for.
#[must_use]
pub fn of_decoder() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for issued in issued::all() {
        let Some(issuer) = issued.issuer() else {
            continue;
        };
        let name = format!("seed-{}", issuer.card().scheme);
        let is_new = seeds.iter().all(|seed| seed.name != name);
        if is_new && issued.corpus == issued::CORPORA[0] {
            seeds.push(Seed::new(name, &issued.token, Reach::Accepted));
        }
    }
    for (name, text, reach) in [
        (
            "seed-jwe",
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
            Reach::Accepted,
        ),
        ("seed-jws-unsigned", "eyJhbGciOiJub25lIn0.e30.", Reach::Accepted),
        (
            "seed-jws-padded",
            "eyJhbGciOiJIUzI1NiJ9.e30=.AAAA",
            Reach::Refused,
        ),
        (
            "seed-jws-standard-alphabet",
            "eyJhbGciOiJIUzI1NiJ9.e30.+/+/",
            Reach::Refused,
        ),
        (
            "seed-jws-trailing-bits",
            "eyJhbGciOiJIUzI1NiJ9.e31.AAAA",
            Reach::Refused,
        ),
        ("seed-paseto-short", "v4.local.AAAA.Zm9vdGVy", Reach::Refused),
        (
            "seed-paseto-unknown-version",
            "v9.public.AAAA.AAAA",
            Reach::Refused,
        ),
        ("seed-dots", "......", Reach::Refused),
        ("seed-not-ascii", "ключ.😀.=", Reach::Refused),
        ("seed-empty", "", Reach::Refused),
    ] {
        seeds.push(Seed::new(name, text, reach));
    }
    seeds
}

/// Seeds of a target that signs payloads of its own: claims that pass, and some
/// that should not, with times in the form `F`.
#[must_use]
pub fn of_payloads<F: TimeFormat>() -> Vec<Seed> {
    let claims = |corpus: &str| issued::claims(corpus).and_then(|claims| claims.to_json::<F>().ok());
    let honest = issued::CORPORA.iter().filter_map(|corpus| {
        Some(Seed::new(
            format!("seed-{corpus}"),
            claims(corpus)?,
            Reach::Accepted,
        ))
    });
    let odd = [
        ("seed-null", "null"),
        (
            "seed-array",
            r#"["https://issuer.example",null,["api.example"],4102444800]"#,
        ),
        ("seed-nothing", ""),
        ("seed-no-claims", "{}"),
        (
            "seed-issuer-null",
            r#"{"iss":null,"aud":"api.example","exp":4102444800}"#,
        ),
        (
            "seed-audience-of-numbers",
            r#"{"iss":"https://issuer.example","aud":[1],"exp":4102444800}"#,
        ),
        (
            "seed-expiry-twice",
            r#"{"iss":"https://issuer.example","aud":"api.example","exp":0,"exp":4102444800}"#,
        ),
        (
            "seed-expiry-as-text",
            r#"{"iss":"https://issuer.example","aud":"api.example","exp":"never"}"#,
        ),
    ];
    let odd = odd.map(|(name, text)| Seed::new(name, text, Reach::Refused));
    honest.chain(odd).collect()
}

fn issued_by(driven: fn(&dyn Contender) -> bool) -> impl Iterator<Item = &'static Issued> {
    issued::all()
        .iter()
        .filter(move |issued| issued.issuer().is_some_and(&driven))
}
