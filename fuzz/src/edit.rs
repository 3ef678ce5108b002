//! Honest tokens with edits: input that knows what a token is made of.
//!
//! Bytes that a fuzzer changes at random rarely stay base64url of JSON, so they
//! stop at the first parser. Here bytes are a list of edits instead (by the crate
//! `arbitrary`), and each edit does what somebody without the issuer's keys can do
//! with a token and an editor: cut, paste, retype a claim, rename an algorithm,
//! sign with a key of one's own or with one that is published.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Map, Value};
use sha2::{Sha256, Sha384, Sha512};
use tokenlab_harness::claims::TimeFormat;
use tokenlab_harness::{Contender, KeyRing, Policy, PublicKeys};
use tokenlab_record::catalogue::Family;

use crate::issued::{self, RING};

/// The tokens that edits begin with and paste from.
pub struct Pool {
    tokens: Vec<(Family, String)>,
}

impl Pool {
    /// The issued tokens of the contenders for which `driven` holds, and one of each
    /// contender that somebody else issued, whose keys are others.
    #[must_use]
    pub fn of(driven: fn(&dyn Contender) -> bool) -> Self {
        let honest = issued::all().iter().filter_map(|issued| {
            let issuer = issued.issuer().filter(|issuer| driven(*issuer))?;
            Some((issuer.card().family, issued.token.clone()))
        });
        // An RSA key takes long to make under a sanitizer.
        let foreign = issued::fuzzed().filter(|contender| {
            let takes_rsa = ["jwt.RS", "jwt.PS", "jwe.RSA", "paseto.v1.public"];
            driven(*contender)
                && !takes_rsa
                    .iter()
                    .any(|rsa| contender.card().scheme.starts_with(rsa))
        });
        let foreign = foreign.filter_map(|contender| {
            let service = contender.load(&SOMEBODY_ELSES, &Policy::lab()).ok()?;
            let claims = issued::claims(issued::CORPORA[0])?;
            Some((contender.card().family, service.issue(&claims).ok()?))
        });
        Self {
            tokens: honest.chain(foreign).collect(),
        }
    }

    fn token(&self, number: u16) -> Option<&(Family, String)> {
        let at = usize::from(number).checked_rem(self.tokens.len())?;
        self.tokens.get(at)
    }
}

/// A token of a pool, and what is done to it.
#[derive(Clone, Debug, Arbitrary)]
pub struct Edited {
    token: u16,
    edits: Vec<Edit>,
}

impl Edited {
    /// What `data` says.
    #[must_use]
    pub fn of(data: &[u8]) -> Option<Self> {
        Self::arbitrary_take_rest(Unstructured::new(data)).ok()
    }

    /// The family of the token that it begins with, and the text that it ends with.
    #[must_use]
    pub fn text(&self, pool: &Pool) -> Option<(Family, String)> {
        let (family, token) = pool.token(self.token)?;
        let mut segments: Vec<String> = token.split('.').map(str::to_owned).collect();
        for edit in &self.edits {
            edit.make(&mut segments, pool);
            if segments.iter().map(String::len).sum::<usize>() > LONGEST {
                return None;
            }
        }
        Some((*family, segments.join(".")))
    }
}

#[derive(Clone, Debug, Arbitrary)]
enum Edit {
    /// Two segments change places.
    Swap(u8, u8),
    /// A segment is gone, with its dot.
    Drop(u8),
    /// A segment is empty.
    Empty(u8),
    /// A segment stands there twice.
    Repeat(u8),
    /// A segment of another token takes the place of one.
    Paste { over: u8, token: u16, segment: u8 },
    /// Bits of what a segment encodes.
    Flip { segment: u8, at: u16, bits: u8 },
    /// Another writing of the same bytes, or of nearly the same.
    Respell { segment: u8, spelling: Spelling },
    /// A word that stands in the place of a version or purpose.
    Word { segment: u8, word: Word },
    /// A member of a JSON object, set or made.
    Member { segment: u8, name: Name, value: Retyped },
    /// Such a member, taken away.
    Without { segment: u8, name: Name },
    /// Another algorithm in the header of a JOSE token.
    Algorithm(Algorithm),
    /// The first two segments under an HMAC, and the header says so.
    Sign { hash: Hash, key: HmacKey },
}

impl Edit {
    fn make(&self, segments: &mut Vec<String>, pool: &Pool) {
        let count = segments.len();
        if count == 0 {
            return;
        }
        let place = |number: u8| usize::from(number) % count;
        match self {
            Self::Swap(one, other) => segments.swap(place(*one), place(*other)),
            Self::Drop(at) => {
                segments.remove(place(*at));
            }
            Self::Repeat(at) => {
                let at = place(*at);
                if let Some(segment) = segments.get(at).cloned() {
                    segments.insert(at, segment);
                }
            }
            Self::Paste { over, token, segment } => {
                let donor = pool.token(*token).map_or("", |(_, token)| token.as_str());
                let donor: Vec<&str> = donor.split('.').collect();
                let pasted = donor.get(usize::from(*segment) % donor.len().max(1));
                replace(segments, place(*over), |_| pasted.map(|text| (*text).to_owned()));
            }
            Self::Empty(at) => replace(segments, place(*at), |_| Some(String::new())),
            Self::Flip { segment, at, bits } => replace(segments, place(*segment), |text| {
                let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
                let at = usize::from(*at).checked_rem(bytes.len())?;
                *bytes.get_mut(at)? ^= bits;
                Some(URL_SAFE_NO_PAD.encode(bytes))
            }),
            Self::Respell { segment, spelling } => {
                replace(segments, place(*segment), |text| Some(spelling.of(text)));
            }
            Self::Word { segment, word } => {
                replace(segments, place(*segment), |_| Some(word.text().to_owned()));
            }
            Self::Member { segment, name, value } => {
                change_object(segments, place(*segment), |members| {
                    members.insert(name.text().to_owned(), value.json());
                });
            }
            Self::Without { segment, name } => {
                change_object(segments, place(*segment), |members| {
                    members.remove(name.text());
                });
            }
            Self::Algorithm(algorithm) => rename(segments, algorithm.text()),
            Self::Sign { hash, key } => {
                rename(segments, hash.algorithm());
                let signed = segments.get(..2).map(|signed| signed.join("."));
                if let Some(tag) = signed.and_then(|signed| hash.tag(&key.bytes(), signed.as_bytes())) {
                    segments.truncate(2);
                    segments.push(tag);
                }
            }
        }
    }
}

/// Names another algorithm in the first segment.
fn rename(segments: &mut [String], algorithm: &str) {
    change_object(segments, 0, |members| {
        members.insert("alg".to_owned(), algorithm.into());
    });
}

fn replace(segments: &mut [String], at: usize, change: impl FnOnce(&str) -> Option<String>) {
    if let Some(segment) = segments.get_mut(at)
        && let Some(changed) = change(segment)
    {
        *segment = changed;
    }
}

/// Changes the JSON object that a segment begins with. What follows it stays: a
/// PASETO carries its signature there.
fn change_object(segments: &mut [String], at: usize, change: impl FnOnce(&mut Map<String, Value>)) {
    replace(segments, at, |text| {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut objects = serde_json::Deserializer::from_slice(&bytes).into_iter::<Map<String, Value>>();
        let mut members = objects.next()?.ok()?;
        let rest = bytes.get(objects.byte_offset()..)?;
        change(&mut members);
        let written = Value::Object(members).to_string();
        Some(URL_SAFE_NO_PAD.encode([written.as_bytes(), rest].concat()))
    });
}

#[derive(Clone, Copy, Debug, Arbitrary)]
enum Spelling {
    Padded,
    OtherLastLetter(u8),
    StandardAlphabet,
    LineBreak,
    Lowercase,
}

impl Spelling {
    fn of(self, text: &str) -> String {
        match self {
            Self::Padded => format!("{text}{}", "=".repeat(text.len().wrapping_neg() % 4)),
            // Up to four bits of the last letter belong to no byte.
            Self::OtherLastLetter(number) => {
                let mut letters: Vec<char> = text.chars().collect();
                if let Some(last) = letters.last_mut()
                    && let Some(other) = ALPHABET.chars().nth(usize::from(number) % ALPHABET.len())
                {
                    *last = other;
                }
                letters.into_iter().collect()
            }
            Self::StandardAlphabet => {
                let bytes = URL_SAFE_NO_PAD.decode(text);
                bytes.map_or_else(|_| text.to_owned(), |bytes| STANDARD.encode(bytes))
            }
            Self::LineBreak => format!("{text}\n"),
            Self::Lowercase => text.to_ascii_lowercase(),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($word:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Arbitrary)]
        enum $name { $($word),+ }

        impl $name {
            const fn text(self) -> &'static str {
                match self { $(Self::$word => $text),+ }
            }
        }
    };
}

words! {
    /// What stands in front of a PASETO.
    Word {
        V1 = "v1", V2 = "v2", V3 = "v3", V4 = "v4", V5 = "v5",
        Local = "local", Public = "public", Secret = "secret",
    }
}

words! {
    /// What a verifier may take for an algorithm.
    Algorithm {
        None = "none", NoneInOtherLetters = "nOnE", Hs256 = "HS256", Hs384 = "HS384", Hs512 = "HS512",
        Rs256 = "RS256", Ps256 = "PS256", Es256 = "ES256", EdDsa = "EdDSA", Dir = "dir",
    }
}

words! {
    /// What headers, footers and payloads have members for.
    Name {
        Alg = "alg", Enc = "enc", Typ = "typ", Cty = "cty", Kid = "kid", Jwk = "jwk", Jku = "jku",
        Crit = "crit", B64 = "b64", Zip = "zip", P2c = "p2c", Epk = "epk",
        Iss = "iss", Sub = "sub", Aud = "aud", Exp = "exp", Nbf = "nbf", Iat = "iat", Jti = "jti",
        Role = "role",
    }
}

words! {
    /// What is written for a type, a subject or a time.
    Text {
        Jwt = "JWT", At = "at+jwt",
        Admin = "admin", Nothing = "", Time = "2100-01-01T00:00:00Z", Number = "4102444800",
        Issuer = "https://issuer.example", Api = "api.example",
    }
}

/// A value, of the type that belongs there or of another.
#[derive(Clone, Copy, Debug, Arbitrary)]
enum Retyped {
    Null,
    Bool(bool),
    Number(i32),
    Huge,
    Fraction,
    Text(Text),
    List(Text, Text),
    Object(Text),
}

impl Retyped {
    fn json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => value.into(),
            Self::Number(value) => value.into(),
            Self::Huge => u64::MAX.into(),
            Self::Fraction => 4_102_444_800.5_f64.into(),
            Self::Text(text) => text.text().into(),
            Self::List(one, other) => vec![one.text(), other.text()].into(),
            Self::Object(text) => Map::from_iter([("kty".to_owned(), text.text().into())]).into(),
        }
    }
}

#[derive(Clone, Copy, Debug, Arbitrary)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    const fn algorithm(self) -> &'static str {
        match self {
            Self::Sha256 => "HS256",
            Self::Sha384 => "HS384",
            Self::Sha512 => "HS512",
        }
    }

    /// HMAC as the third segment of a JWS.
    fn tag(self, key: &[u8], input: &[u8]) -> Option<String> {
        fn hmac<M: Mac + hmac::digest::KeyInit>(key: &[u8], input: &[u8]) -> Option<String> {
            let mut mac = <M as Mac>::new_from_slice(key).ok()?;
            mac.update(input);
            Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
        }
        match self {
            Self::Sha256 => hmac::<Hmac<Sha256>>(key, input),
            Self::Sha384 => hmac::<Hmac<Sha384>>(key, input),
            Self::Sha512 => hmac::<Hmac<Sha512>>(key, input),
        }
    }
}

/// A key that somebody without the issuer's secrets has.
#[derive(Clone, Copy, Debug, Arbitrary)]
enum HmacKey {
    Empty,
    Zeros,
    Own,
    RsaPem,
    RsaPkcs1Pem,
    P256Pem,
    P384Point,
    Ed25519Pem,
    Ed25519Bytes,
}

impl HmacKey {
    fn bytes(self) -> Vec<u8> {
        static PUBLIC: LazyLock<PublicKeys> = LazyLock::new(|| RING.public());
        match self {
            Self::Empty => Vec::new(),
            Self::Zeros => vec![0; 32],
            Self::Own => SOMEBODY_ELSES.symmetric::<32>("a key of her own").to_vec(),
            Self::RsaPem => PUBLIC.rsa_pem.clone().into_bytes(),
            Self::RsaPkcs1Pem => PUBLIC.rsa_pkcs1_pem.clone().into_bytes(),
            Self::P256Pem => PUBLIC.p256_pem.clone().into_bytes(),
            Self::P384Point => PUBLIC.p384_compressed.to_vec(),
            Self::Ed25519Pem => PUBLIC.ed25519_pem.clone().into_bytes(),
            Self::Ed25519Bytes => PUBLIC.ed25519.to_vec(),
        }
    }
}

/// The keys of whoever makes the tokens that are not the issuer's.
static SOMEBODY_ELSES: KeyRing = KeyRing::from_seed(0x6d61_6c6c_6f72);

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What an issuer might write: claims of a corpus, with members set and retyped, under
/// a header with members of its own.
#[derive(Clone, Debug, Arbitrary)]
pub struct Claims {
    corpus: u8,
    header: Vec<(Name, Retyped)>,
    payload: Vec<(Name, Retyped)>,
    /// Whether what is set replaces what is there, or stands beside it.
    replaces: bool,
}

impl Claims {
    /// What `data` says.
    #[must_use]
    pub fn of(data: &[u8]) -> Option<Self> {
        Self::arbitrary_take_rest(Unstructured::new(data)).ok()
    }

    /// The header with that algorithm, as JSON.
    #[must_use]
    pub fn header(&self, algorithm: &str) -> String {
        let mut members = vec![("alg".to_owned(), Value::from(algorithm))];
        members.extend(
            self.header
                .iter()
                .map(|(name, value)| (name.text().to_owned(), value.json())),
        );
        written(&members)
    }

    /// The payload with times in the form `F`, as JSON.
    #[must_use]
    pub fn payload<F: TimeFormat>(&self) -> String {
        let corpora = issued::CORPORA;
        let corpus = corpora.get(usize::from(self.corpus) % corpora.len());
        let claims = corpus.and_then(|corpus| issued::claims(corpus)?.to_json::<F>().ok());
        let claims: Map<String, Value> = claims
            .and_then(|claims| serde_json::from_str(&claims).ok())
            .unwrap_or_default();
        let is_set = |name: &str| self.payload.iter().any(|(set, _)| set.text() == name);
        let mut members: Vec<(String, Value)> = claims
            .into_iter()
            .filter(|(name, _)| !(self.replaces && is_set(name)))
            .collect();
        members.extend(
            self.payload
                .iter()
                .map(|(name, value)| (name.text().to_owned(), value.json())),
        );
        written(&members)
    }
}

/// A JSON object of these members, one of a name or several.
fn written(members: &[(String, Value)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Bytes that edits may make of a token: more would only be slow.
const LONGEST: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use tokenlab_harness::claims::NumericDate;

    use super::*;

    fn pool() -> Pool {
        Pool::of(|contender| {
            contender.card().library == "jsonwebtoken" && contender.card().algorithm == "HS256"
        })
    }

    fn edited(edits: Vec<Edit>) -> Vec<String> {
        let (_, text) = Edited { token: 0, edits }.text(&pool()).unwrap();
        text.split('.').map(str::to_owned).collect()
    }

    fn decoded(segment: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
    }

    #[test]
    fn without_an_edit_it_is_an_issued_token() {
        let text = edited(Vec::new()).join(".");
        assert!(issued::all().iter().any(|issued| issued.token == text));
    }

    #[test]
    fn segments_change_places_and_come_and_go() {
        let honest = edited(Vec::new());
        let honest: Vec<&str> = honest.iter().map(String::as_str).collect();
        let [header, payload, signature] = honest.as_slice() else {
            panic!("{honest:?}")
        };
        assert_eq!(edited(vec![Edit::Swap(0, 4)]), [*payload, header, signature]);
        assert_eq!(edited(vec![Edit::Drop(2)]), [*header, payload]);
        assert_eq!(
            edited(vec![Edit::Repeat(0)]),
            [*header, header, payload, signature]
        );
        assert_eq!(edited(vec![Edit::Empty(2)]), [*header, payload, ""]);
        let nothing_left = vec![
            Edit::Drop(0),
            Edit::Drop(0),
            Edit::Drop(0),
            Edit::Drop(0),
            Edit::Swap(1, 2),
        ];
        assert_eq!(edited(nothing_left), [""]);
    }

    #[test]
    fn members_are_set_and_taken_away_and_what_follows_the_object_stays() {
        let name = Name::Alg;
        let member = Edit::Member {
            segment: 0,
            name,
            value: Retyped::Text(Text::Admin),
        };
        assert_eq!(decoded(&edited(vec![member])[0])["alg"], "admin");
        let algorithm = Edit::Algorithm(Algorithm::None);
        assert_eq!(decoded(&edited(vec![algorithm])[0])["alg"], "none");
        let without = Edit::Without { segment: 0, name };
        assert_eq!(decoded(&edited(vec![without])[0]).get("alg"), None);

        let mut segments = vec![URL_SAFE_NO_PAD.encode(b"{\"sub\":\"alice\"}\xff\x00")];
        change_object(&mut segments, 0, |members| {
            members.insert("sub".into(), "admin".into());
        });
        assert_eq!(
            URL_SAFE_NO_PAD.decode(&segments[0]).unwrap(),
            b"{\"sub\":\"admin\"}\xff\x00"
        );
    }

    #[test]
    fn whoever_has_the_key_signs_as_the_issuer_does() {
        let honest = edited(Vec::new());
        let key = RING.key("jwt.HS256").unwrap();
        let input = honest[..2].join(".");
        let tag = Hash::Sha256.tag(key.secret().unwrap(), input.as_bytes());
        assert_eq!(tag.as_ref(), Some(&honest[2]));
        let signed = edited(vec![Edit::Sign {
            hash: Hash::Sha256,
            key: HmacKey::Own,
        }]);
        assert_eq!(signed[1], honest[1]);
        assert_ne!(signed[2], honest[2]);
    }

    #[test]
    fn what_is_set_replaces_what_is_there_or_stands_beside_it() {
        let claims = |replaces| Claims {
            corpus: 0,
            header: vec![(Name::Typ, Retyped::Null)],
            payload: vec![(Name::Exp, Retyped::Bool(true))],
            replaces,
        };
        assert_eq!(claims(true).header("HS256"), r#"{"alg":"HS256","typ":null}"#);
        let replaced = claims(true).payload::<NumericDate>();
        assert_eq!(replaced.matches("\"exp\":").count(), 1, "{replaced}");
        let beside = claims(false).payload::<NumericDate>();
        assert_eq!(beside.matches("\"exp\":").count(), 2, "{beside}");
    }

    #[test]
    fn another_spelling_says_the_same() {
        let bytes = [0xfb, 0xef, 0xff, 0x01];
        let text = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(Spelling::Padded.of(&text), format!("{text}=="));
        assert_eq!(Spelling::StandardAlphabet.of(&text), STANDARD.encode(bytes));
        assert_eq!(Spelling::OtherLastLetter(1).of("AA"), "AB");
    }
}
