//! The lab's own verifiers: the hardened ones, and each with one check removed.
//!
//! Two properties. A hardened model believes what was issued and nothing else,
//! as every verifier here. And it never believes what the same verifier with one
//! check less refuses: a check that lets more in than its absence is none.
//!
//! `TOKENLAB_PLANT` puts a bug into one layer of these verifiers, to see whether
//! fuzzing finds it: see [`Plant`]. `just fuzz-planted` does so for all of them.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tokenlab_attacks::Outcome;
use tokenlab_attacks::model::jws::{self, Jws};
use tokenlab_attacks::model::paseto;
use tokenlab_attacks::model::payload::{self, PAYLOAD_OBJECT};
use tokenlab_attacks::model::{Check, Parsed, Verifier as Model};
use tokenlab_attacks::scheme::Purpose;
use tokenlab_harness::contenders;
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use crate::edit::{Edited, Pool};
use crate::issued::{self, RING};
use crate::plant::Plant;
use crate::seeds::Seed;
use crate::verifier::Verifier;
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "models",
    summary: "the lab's hardened verifiers and what one check less makes of them, edits of honest tokens",
    crash_means: "a hardened verifier of this lab believes a forgery, or what a weaker one refuses",
    dictionary: None,
    body,
    token,
    seeds,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static MODELS: LazyLock<Vec<Box<dyn Twins>>> = LazyLock::new(|| models(Plant::wanted()));
    let mut reach = Reach::Refused;
    if let Some(text) = token(data) {
        for model in MODELS.iter() {
            reach = reach.max(model.examine(&text)?);
        }
    }
    Ok(reach)
}

fn token(data: &[u8]) -> Option<String> {
    static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::of(|issuer| judged(issuer.id().as_str())));
    let (_, text) = Edited::of(data)?.text(&POOL)?;
    Some(text)
}

/// Whether a model here takes the tokens of that contender.
fn judged(contender: &str) -> bool {
    [HS256, ES256, V4_PUBLIC].contains(&contender)
}

/// The contenders whose tokens the models take.
const HS256: &str = "jsonwebtoken/HS256+rustcrypto";
const ES256: &str = "jsonwebtoken/ES256+rustcrypto";
const V4_PUBLIC: &str = "pasetors/v4.public";

/// Every model, with a bug in that layer if there is to be one.
fn models(plant: Option<Plant>) -> Vec<Box<dyn Twins>> {
    let public_pem = RING.public().p256_pem.into_bytes();
    let hs256 = jws::verifier("HS256", jws::configured_key(issued::secret("jwt.HS256")));
    let es256 = jws::verifier("ES256", jws::configured_key(public_pem));
    let v4_public = paseto::verifier(
        &[Purpose::Public],
        paseto::configured_key(RING.public().ed25519.to_vec()),
    );
    let (hs256, es256) = match plant {
        Some(Plant::Encoding) => (hs256.replacing(jws::STRICT_ENCODING, lenient_encoding()), es256),
        Some(Plant::Header) => (hs256.without(jws::ALGORITHM_ALLOW_LIST), es256),
        Some(Plant::Key) => (hs256, es256.replacing(jws::ALGORITHM_ALLOW_LIST, any_but_none())),
        Some(Plant::Signature) => (hs256.replacing(jws::SIGNATURE, as_far_as_it_goes()), es256),
        Some(Plant::Json) | None => (hs256, es256),
    };
    let of =
        |contender: &str| contenders::named(contender).and_then(|contender| Verifier::load(contender).ok());
    [
        of(HS256).map(|issued| twins(issued, hs256, JWS_CHECKS)),
        of(ES256).map(|issued| twins(issued, es256, JWS_CHECKS)),
        of(V4_PUBLIC).map(|issued| twins(issued, v4_public, PASETO_CHECKS)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The checks that are taken away one at a time.
const JWS_CHECKS: &[&str] = &[
    jws::STRICT_ENCODING,
    jws::ALGORITHM_ALLOW_LIST,
    jws::CRITICAL_EXTENSIONS,
    jws::SIGNATURE,
    PAYLOAD_OBJECT,
    payload::UNIQUE_MEMBERS,
    payload::CLAIM_TYPES,
    jws::CLAIMS_POLICY,
];
const PASETO_CHECKS: &[&str] = &[
    paseto::SIGNATURE_OR_TAG,
    PAYLOAD_OBJECT,
    payload::UNIQUE_MEMBERS,
    payload::CLAIM_TYPES,
    jws::CLAIMS_POLICY,
];

/// A hardened model and what one check less makes of it.
trait Twins: Send + Sync {
    fn examine(&self, text: &str) -> Result<Reach, Finding>;
}

struct Models<P> {
    /// The contender of the same key, which knows what was issued.
    issued: Verifier,
    hardened: Model<P>,
    /// Each with the check that it lacks.
    naive: Vec<(&'static str, Model<P>)>,
    /// What all of them believe: honest tokens come often.
    believed: Mutex<HashSet<String>>,
}

fn twins<P: Parsed>(issued: Verifier, hardened: Model<P>, checks: &[&'static str]) -> Box<dyn Twins> {
    Box::new(Models {
        issued,
        naive: checks
            .iter()
            .map(|check| (*check, hardened.clone().without(check)))
            .collect(),
        hardened,
        believed: Mutex::default(),
    })
}

impl<P: Parsed> Twins for Models<P> {
    fn examine(&self, text: &str) -> Result<Reach, Finding> {
        let believed = answer(&self.hardened, text);
        let believes = believed.is_ok();
        let reach = self.issued.judge(text, believed)?;
        let is_new = |text| {
            self.believed
                .lock()
                .is_ok_and(|mut believed| believed.insert(text))
        };
        if believes && is_new(text.to_owned()) {
            let stricter = self.naive.iter().find(|(_, naive)| answer(naive, text).is_err());
            if let Some((check, _)) = stricter {
                return Err(Finding::Stricter {
                    check,
                    token: text.to_owned(),
                });
            }
        }
        Ok(reach)
    }
}

/// What a model says, as a contender would.
pub(crate) fn answer<P: Parsed>(model: &Model<P>, text: &str) -> Result<ClaimSet, Rejection> {
    match model.decide(text).outcome {
        Outcome::Believed(claims) => Ok(claims),
        Outcome::Rejected(rejection) => Err(rejection),
        other => Err(Rejection::new(RejectReason::Internal, format!("{other:?}"))),
    }
}

/// Planted in the encoding: padding and unused bits are passed over.
fn lenient_encoding() -> Check<Jws> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    Check::new(
        "lenient-encoding",
        Stage::Encoding,
        "every part is some base64url",
        |jws: &mut Jws| {
            jws.decode_by(|part| LENIENT.decode(part).ok());
            Ok(())
        },
    )
}

/// Planted in the choice of the key: whatever the header names works with it.
fn any_but_none() -> Check<Jws> {
    Check::new(
        "not-unsecured",
        Stage::Header,
        "alg is not none",
        |jws: &mut Jws| {
            if jws.alg().eq_ignore_ascii_case("none") {
                return Err(Rejection::new(RejectReason::WrongScheme, "alg is none"));
            }
            Ok(())
        },
    )
}

/// Planted in the signature: of a signature of no bytes, none differs.
fn as_far_as_it_goes() -> Check<Jws> {
    Check::new(
        "signature-as-far-as-it-goes",
        Stage::Signature,
        "every byte that the signature has is right",
        |jws: &mut Jws| {
            if jws.signature().is_empty() {
                return Ok(());
            }
            jws::verify(jws)
        },
    )
}

/// An honest token of each model, and edits.
fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("seed-first-token", "", Reach::Accepted),
        Seed::new(
            "seed-many-edits",
            "Edit, and edit again, and again; then look.",
            Reach::Refused,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, Mac};
    use sha2::Sha256;

    use super::*;

    fn honest(contender: &str) -> &'static str {
        let mut issued = issued::all().iter();
        &issued.find(|issued| issued.contender == contender).unwrap().token
    }

    #[test]
    fn a_check_that_lets_more_in_than_its_absence_is_a_finding() {
        let verifier = Verifier::load(contenders::named(HS256).unwrap()).unwrap();
        let sound = jws::verifier("HS256", jws::configured_key(issued::secret("jwt.HS256")));
        let odd = Models {
            issued: verifier,
            naive: vec![("key", jws::verifier("HS256", jws::configured_key(vec![0; 32])))],
            hardened: sound,
            believed: Mutex::default(),
        };
        assert!(matches!(
            odd.examine(honest(HS256)),
            Err(Finding::Stricter { check: "key", .. })
        ));
    }

    #[test]
    fn the_checks_that_are_taken_away_are_there() {
        let jws = jws::verifier("HS256", jws::configured_key(Vec::new()));
        let paseto = paseto::verifier(&[Purpose::Public], paseto::configured_key(Vec::new()));
        for (checks, trace) in [
            (JWS_CHECKS, jws.decide("").trace),
            (PASETO_CHECKS, paseto.decide("").trace),
        ] {
            for check in checks {
                assert!(trace.iter().any(|entry| entry.id == *check), "{check}");
            }
        }
    }

    /// Each plant opens what a hardened model keeps shut, and nothing opens without.
    #[test]
    fn each_plant_lets_its_forgery_in() {
        let hs256 = honest(HS256);
        let unsigned = hs256.rsplit_once('.').unwrap().0;
        let payload = hs256.split('.').nth(1).unwrap();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let confused = {
            let input = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#));
            let mut mac = Hmac::<Sha256>::new_from_slice(RING.public().p256_pem.as_bytes()).unwrap();
            mac.update(input.as_bytes());
            format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
        };
        for (plant, forgery) in [
            (Plant::Encoding, format!("{hs256}=")),
            (Plant::Header, format!("{none}.{payload}.")),
            (Plant::Key, confused),
            (Plant::Signature, format!("{unsigned}.")),
        ] {
            let examine = |plant| -> Vec<_> {
                let models = models(plant);
                models.iter().map(|model| model.examine(&forgery)).collect()
            };
            assert!(
                examine(Some(plant))
                    .iter()
                    .any(|outcome| matches!(outcome, Err(Finding::Forgery { .. }))),
                "{plant:?}"
            );
            assert!(
                examine(None).iter().all(|outcome| *outcome == Ok(Reach::Refused)),
                "{plant:?}"
            );
        }
    }
}
