//! What a verifier is given to refuse, and the reasons that are right.
//!
//! Every input is an honest token, or was one until one thing was changed
//! ([`tokenlab_harness::tamper`]). Those that no pool holds (expired, of
//! another scheme, of 64 KiB and 1 MiB) are issued where they are needed,
//! because megabytes of tokens would be slow to hand to every launch.

use serde_json::Value;
use tokenlab_harness::{
    ClaimSet, Contender, Corpus, KeyRing, Policy, RejectReason, Rejection, TokenService, contenders, policy,
    tamper,
};
use tokenlab_record::catalogue::{ContenderCard, Family};
use tokenlab_record::measurement::Model;

use crate::capability;

/// Distinct tokens of those that are issued here. Fewer than in a pool: an RSA
/// signature takes a millisecond, and every launch makes them anew.
const ISSUED: u32 = 16;

/// Distinct tokens of 64 KiB and more, which no cache keeps for long anyway.
const ISSUED_LONG: u32 = 2;

/// Claims as JSON of this length make a token just under 64 KiB in every
/// scheme but the post-quantum ones, whose signatures alone are up to 6,170
/// bytes of text: base64url makes 64,853 bytes of the claims, and RSA-2048,
/// which adds most of the others, 380 more.
pub const LONG_CLAIMS_BYTES: usize = 48_640;

/// Claims as JSON of this length make a token just under 1 MiB.
pub const HUGE_CLAIMS_BYTES: usize = 16 * LONG_CLAIMS_BYTES;

/// Claims as JSON of this length make a token just under 8 KiB.
pub const EIGHT_KIB_CLAIMS_BYTES: usize = 5_800;

/// Tokens that a model puts in the place of the pool's honest ones.
#[derive(Debug, Default)]
pub struct Special {
    /// The tokens.
    pub tokens: Vec<String>,
    /// Their claims, where they are to be accepted.
    pub claims: Vec<ClaimSet>,
}

/// What `model` gives to the verifier of `contender`, loaded as `service`,
/// made from these honest tokens. Nothing for a model that takes the pool as
/// it is.
///
/// # Errors
/// In words, if a token can't be made or is judged otherwise than the model
/// says: what is wrong is not timed.
pub fn special(
    model: Model,
    contender: &dyn Contender,
    service: &dyn TokenService,
    ring: &KeyRing,
    honest: &[String],
) -> Result<Special, String> {
    let card = contender.card();
    let tampered = |tamper: fn(&str) -> Option<String>, tokens: &[String]| {
        let tampered: Option<Vec<String>> = tokens.iter().map(|token| tamper(token)).collect();
        tampered.ok_or_else(|| "a token has no place to tamper with".to_owned())
    };
    let refused = |tokens| {
        Ok(Special {
            tokens,
            claims: Vec::new(),
        })
    };
    match model {
        Model::RejectSignature => refused(tampered(tamper::signature, honest)?),
        Model::RejectMissingPart => refused(tampered(tamper::without_last_part, honest)?),
        Model::RejectHeader => refused(tampered(tamper::header, honest)?),
        Model::RejectEncoding => refused(tampered(tamper::payload_encoding, honest)?),
        Model::RejectVersion => refused(foreign(card, ring, |other| same_purpose(card, other))?),
        Model::RejectPurpose => refused(foreign(card, ring, |other| !same_purpose(card, other))?),
        Model::RejectExpired => refused(issue(service, &expired()?)?),
        Model::VerifyLong | Model::VerifyHuge => {
            let claims = padded(ISSUED_LONG, claims_bytes(model))?;
            let tokens = issue(service, &claims)?;
            match tokens.first().map(|token| service.verify(token)) {
                Some(Err(rejection)) => Err(format!("does not accept a token of that size: {rejection}")),
                _ => Ok(Special { tokens, claims }),
            }
        }
        Model::RejectLong | Model::RejectHuge => {
            let claims = padded(ISSUED_LONG, claims_bytes(model))?;
            refused(tampered(tamper::signature, &issue(service, &claims)?)?)
        }
        Model::VerifyThreeBlocks | Model::VerifyTenBlocks => Ok(Special {
            tokens: capability::of_blocks(model, service, honest)?,
            claims: Vec::new(),
        }),
        _ => Ok(Special::default()),
    }
}

/// Whether `rejection` is for a reason that is right in `model` for a
/// contender of this family.
#[must_use]
pub fn is_right(model: Model, family: Family, rejection: &Rejection) -> bool {
    let right: &[RejectReason] = match (model, family) {
        // An altered id is another id, and no session goes by it.
        (Model::RejectSignature, Family::Session) => &[RejectReason::UnknownKey],
        (Model::RejectSignature, _) => &[RejectReason::BadSignature],
        // A library may refuse to read that much, and is right to.
        (Model::RejectLong | Model::RejectHuge, _) => &[RejectReason::BadSignature, RejectReason::Oversized],
        (Model::RejectMissingPart, _) => &[RejectReason::Malformed],
        (Model::RejectHeader, Family::Paseto) => &[RejectReason::Malformed],
        (Model::RejectHeader, _) => &[RejectReason::Encoding],
        (Model::RejectVersion | Model::RejectPurpose, _) => &[RejectReason::WrongScheme],
        // A ciphertext is decoded before anything is known of it.
        (Model::RejectEncoding, Family::Paseto | Family::Jwe) => &[RejectReason::Encoding],
        // A JWS is signed over its encoded text (RFC 7515 §5.2), which was
        // changed; a verifier may also decode that text first.
        (Model::RejectEncoding, _) => &[RejectReason::BadSignature, RejectReason::Encoding],
        (Model::RejectExpired, _) => &[RejectReason::Expired],
        _ => &[],
    };
    right.contains(&rejection.reason)
}

/// Typical claims whose JSON is `bytes` long by one long claim, which is the
/// least that JSON can be asked to read at that length.
///
/// # Errors
/// In words, if the corpus is unknown or its claims are longer than that.
pub fn padded(count: u32, bytes: usize) -> Result<Vec<ClaimSet>, String> {
    typical(count, policy::now())?
        .into_iter()
        .map(|mut claims| {
            claims.custom.insert("padding", Value::from(""));
            let length = claims
                .to_json::<tokenlab_harness::claims::NumericDate>()
                .map_err(|error| error.to_string())?
                .len();
            let missing = bytes
                .checked_sub(length)
                .ok_or_else(|| format!("the claims are longer than {bytes} bytes"))?;
            claims.custom.insert("padding", Value::from("x".repeat(missing)));
            Ok(claims)
        })
        .collect()
}

const fn claims_bytes(model: Model) -> usize {
    match model {
        Model::VerifyHuge | Model::RejectHuge => HUGE_CLAIMS_BYTES,
        _ => LONG_CLAIMS_BYTES,
    }
}

fn expired() -> Result<Vec<ClaimSet>, String> {
    const HOUR_S: i64 = 3600;
    let now = policy::now();
    let mut expired = typical(ISSUED, now - 2 * HOUR_S)?;
    for claims in &mut expired {
        claims.exp = Some(now - HOUR_S);
    }
    Ok(expired)
}

fn typical(count: u32, issued_at: i64) -> Result<Vec<ClaimSet>, String> {
    let corpus = Corpus::named("typical").ok_or_else(|| "this build has no typical claims".to_owned())?;
    Ok((0..count).map(|index| corpus.claims(index, issued_at)).collect())
}

fn issue(service: &dyn TokenService, claims: &[ClaimSet]) -> Result<Vec<String>, String> {
    claims
        .iter()
        .map(|claims| service.issue(claims).map_err(|error| error.to_string()))
        .collect()
}

/// Whether two contenders promise the same kind of thing, at whatever strength.
#[must_use]
pub fn same_purpose(one: &ContenderCard, other: &ContenderCard) -> bool {
    one.class == other.class || one.class.is_signed() && other.class.is_signed()
}

/// Honest tokens of another scheme of the same family: by the last contender
/// of the registry whose card fits.
fn foreign(
    card: &ContenderCard,
    ring: &KeyRing,
    fits: impl Fn(&ContenderCard) -> bool,
) -> Result<Vec<String>, String> {
    let donor = contenders::available()
        .filter(|other| {
            let other = other.card();
            other.family == card.family && other.scheme != card.scheme && fits(other)
        })
        .last()
        .ok_or_else(|| "its family has no other scheme of that kind".to_owned())?;
    let service = donor
        .load(ring, &Policy::lab())
        .map_err(|error| error.to_string())?;
    issue(service.as_ref(), &typical(ISSUED, policy::now())?)
}
