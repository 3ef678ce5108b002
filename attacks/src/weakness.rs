//! The weaknesses that attacks break and targets have: the one vocabulary from
//! which expected outcomes follow.
//!
//! A weakness is named for the assumption that fails and not for the format,
//! because the same mistake can be made around a JWT and around a PASETO.

use std::panic::Location;

use tokenlab_record::transcript::{CheckResult, Expected, Stage, TraceEntry};

use crate::ecdsa::Curve;
use crate::scheme::Scheme;
use crate::trace::entry;

/// What a weakness gives to whoever finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// A token is believed that should not be.
    Belief,
    /// One token costs more than it should.
    Cost,
    /// The verifier crashes.
    Crash,
    /// The answers, or the time they take, tell a secret.
    Leak,
}

impl Effect {
    /// The outcome that it lets one expect.
    #[must_use]
    pub const fn expected(self) -> Expected {
        match self {
            Self::Belief => Expected::Accepted,
            Self::Cost => Expected::Exhausted,
            Self::Crash => Expected::Panicked,
            Self::Leak => Expected::Leaked,
        }
    }
}

/// Defines the weaknesses: a line each, with its stable name, its effect, and
/// what it comes to in one sentence.
macro_rules! weaknesses {
    ($($variant:ident = $id:literal, $effect:ident, $sentence:literal;)+) => {
        /// A mistake in a verifier, or a limit of its format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Weakness {
            $(#[doc = $sentence] $variant,)+
        }

        impl Weakness {
            /// Every weakness, in report order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Stable name for cards and files.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// What it comes to, in one sentence.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$variant => $sentence,)+
                }
            }

            /// What it gives to whoever finds it.
            #[must_use]
            pub const fn effect(self) -> Effect {
                match self {
                    $(Self::$variant => Effect::$effect,)+
                }
            }
        }
    };
}

weaknesses! {
    // algorithm and key selection
    UnsecuredAccepted = "unsecured-accepted", Belief, "A token that says it has no signature is believed.";
    NoneBlockList = "none-block-list", Belief, "One spelling of `none` is refused, but another place in the verifier ignores case.";
    UntypedKey = "untyped-key", Belief, "The key is a string of bytes, and the token chooses the algorithm that uses it.";
    PublicKeyBlockList = "public-key-block-list", Belief, "A secret that looks like a public key is refused, and the same key spelled otherwise does not look like one.";
    JwkAsSecret = "jwk-as-secret", Belief, "A published key that names no algorithm takes the token's, and its text becomes the secret.";
    KeyOfAnyIssuer = "key-of-any-issuer", Belief, "The keys of all issuers lie side by side, and any of them verifies a token that names another.";
    // signature not really checked
    DecodedOnly = "decoded-only", Belief, "The claims are read, and the signature is not verified.";
    NullSignature = "null-signature", Belief, "A signature of no bytes counts as one that matches.";
    BlankSecret = "blank-secret", Belief, "The place of a key is there before anybody has put a key into it.";
    KidMissFailsOpen = "kid-miss-fail-open", Belief, "A name that no key has leads to a blank key and not to a refusal.";
    // key material taken from the token
    KidInSql = "kid-in-sql", Belief, "The name that is looked up, a key's or a session's, becomes part of an SQL statement.";
    KidAsPath = "kid-as-path", Belief, "The key's name becomes part of a path before anything is verified.";
    EmbeddedKey = "embedded-key", Belief, "The token brings the key along that verifies it.";
    JkuFollowed = "jku-followed", Belief, "The key is fetched from the address that the token names.";
    JkuPrefixList = "jku-prefix-list", Belief, "The key is fetched from any address that begins like the issuer's.";
    // parsing and format
    UncheckedLength = "unchecked-length", Crash, "A token is cut into its parts before its length is looked at, and a short one crashes the verifier.";
    TwoParsers = "two-parsers", Belief, "One parser verifies the token and another one reads it.";
    NoSignatureDemanded = "no-signature-demanded", Belief, "Every signature of a list is verified, and the list may be empty.";
    LastMemberWins = "last-member-wins", Belief, "Of two claims with one name the last is believed, and another reader believes the first.";
    CritIgnored = "crit-ignored", Belief, "An extension that must be understood is passed over.";
    LenientBase64 = "lenient-base64", Belief, "One token can be written in several ways, and is known by its text.";
    UnsignedEnvelope = "unsigned-envelope", Belief, "What is around the signed parts can be written otherwise, and the token is the same.";
    MistypedClaimSkipped = "mistyped-claim-skipped", Belief, "A claim of the wrong type is taken for one that is not there.";
    ArrayPayload = "array-payload", Belief, "No claim is found in what is no object, and none is held against anything.";
    // cryptography
    SignatureRangeUnchecked = "signature-range-unchecked", Belief, "Numbers are taken for an ECDSA signature that can be none: zero, or the order of the curve.";
    GuessableSecret = "guessable-secret", Belief, "The shared secret is a word that others know, or follows from one.";
    MalleableSignature = "malleable-signature", Belief, "Of every ECDSA signature there is a second, which anyone can write.";
    TwoSignatureEncodings = "two-signature-encodings", Belief, "The same signature is taken in more than one encoding.";
    // encryption
    PaddingOracle = "padding-oracle", Leak, "The answers say whether what was decrypted had the right form.";
    NoKeyCommitment = "no-key-commitment", Belief, "A token can be authentic under many keys, so that one question tries them all.";
    DecryptionForVerification = "decryption-for-verification", Belief, "Where a signed token is expected, one that decrypts is believed.";
    UnsignedInside = "unsigned-inside", Belief, "What is inside an encrypted token is believed although nobody signed it.";
    UnlimitedDepth = "unlimited-depth", Crash, "A parser calls itself as often as the token nests.";
    // cryptography
    EarlyExitCompare = "early-exit-compare", Leak, "Tags are compared to the first byte that differs.";
    // encryption
    UnlimitedIterations = "unlimited-iterations", Cost, "A password is stretched in as many rounds as the token asks for.";
    UnlimitedInflation = "unlimited-inflation", Cost, "What was compressed is inflated, however long it becomes.";
    EncryptionAsAuthentication = "encryption-as-authentication", Belief, "Everybody can encrypt to a public key, and whatever decrypts is believed.";
    // claims, use and life
    BearerToken = "bearer-token", Belief, "Whoever holds the token is taken for whom it was issued to.";
    NoRevocation = "no-revocation", Belief, "Nobody asks whether the token was called back.";
    ExpiryOptional = "expiry-optional", Belief, "A token without an expiry never expires, and is believed.";
    AudienceUnchecked = "audience-unchecked", Belief, "Nobody asks for whom the token was issued.";
    AudienceOptional = "audience-optional", Belief, "A token that names no audience is believed everywhere.";
    KindUnchecked = "kind-unchecked", Belief, "Nobody asks what the token is for.";
    IssuerPartlyCompared = "issuer-partly-compared", Belief, "An issuer's name that resembles the expected one is taken for it.";
    PartialCacheKey = "partial-cache-key", Belief, "What was verified is remembered under a part of the token.";
    SessionFixed = "session-fixed", Belief, "The session keeps its id when somebody logs in.";
    GuessableId = "guessable-id", Belief, "The session's id follows from the time and from what others got.";
    // native to PASETO, Biscuit or sessions
    OldVersionAccepted = "old-version-accepted", Belief, "The version or algorithm from before a migration is still accepted, and so is its key.";
    PurposeUntypedKey = "purpose-untyped-key", Belief, "The key is 32 bytes, and the token's header says whether they decrypt or verify.";
    FooterUnauthenticated = "footer-unauthenticated", Belief, "What the footer says is believed, though the signature or tag does not cover it.";
    ImplicitAssertionDropped = "implicit-assertion-dropped", Belief, "The issuer's library does not bind the implicit assertion to the token.";
    SharedKeyTable = "shared-key-table", Belief, "A third party signs numbers of keys, and the holder of the token says which key has which number.";
    FooterNotCompared = "footer-not-compared", Belief, "The footer that the caller expects is not compared with the token's.";
}

impl Weakness {
    /// Whether a verifier of the format has it however well it is made, unless
    /// something is built around it.
    #[must_use]
    pub fn is_inherent(self) -> bool {
        self.remedy().is_some()
    }

    /// Whether it lies in how tokens are made: then no verifier sees it in a
    /// token, and another issuer is the fix.
    #[must_use]
    pub const fn is_of_issuer(self) -> bool {
        matches!(self, Self::ImplicitAssertionDropped)
    }

    /// What would have to be built around a verifier to mend an inherent
    /// weakness: the name of a check that nobody here makes, and its demand. The
    /// place is this one, since no verifier's source lacks it.
    #[must_use]
    pub fn remedy(self) -> Option<TraceEntry> {
        let (id, demand, place) = match self {
            Self::BearerToken => (
                "proof-of-possession",
                "whoever sends the token proves that it was issued to them",
                Location::caller(),
            ),
            Self::NoRevocation => (
                "revocation-check",
                "the token has not been called back",
                Location::caller(),
            ),
            Self::MalleableSignature => (
                "revocation-by-id",
                "lists of tokens go by jti and not by the text",
                Location::caller(),
            ),
            Self::UnsignedEnvelope => (
                "identity-by-signature",
                "a list of tokens knows them by their signatures, and not by their text",
                Location::caller(),
            ),
            Self::KindUnchecked => (
                "token-kind",
                "the token is of the kind that is shown here",
                Location::caller(),
            ),
            _ => return None,
        };
        Some(entry(id, Stage::Application, CheckResult::Absent, demand, place))
    }

    /// What every verifier of that scheme has, unless it mends it.
    #[must_use]
    pub fn inherent_to(scheme: Scheme) -> Vec<Self> {
        let mut inherent = vec![Self::BearerToken, Self::KindUnchecked];
        if !matches!(scheme, Scheme::Session(_)) {
            inherent.push(Self::NoRevocation);
        }
        if Curve::of(scheme).is_some() {
            inherent.push(Self::MalleableSignature);
        }
        if scheme == Scheme::Biscuit {
            inherent.push(Self::UnsignedEnvelope);
        }
        inherent
    }
}
