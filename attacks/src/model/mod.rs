//! Verifiers of our own: ordered lists of named checks over a parsed token.
//!
//! A flawed model is the hardened one with exactly one check removed or
//! replaced. Because both are the same list, the trace, the deciding line, the
//! fix and the proof that a check matters all follow from it: nothing is told
//! twice.
//!
//! * [`check`]: checks, verifiers, and [`ModelTarget`].
//! * [`jws`], [`jwe`], [`paseto`] and `session`: the parsed tokens, and the
//!   checks that all models of a family share; [`payload`]: what is read from the
//!   payloads of all of them.
//! * [`compact`]: the parts that signed and encrypted tokens of JOSE have in
//!   common.
//! * [`es256`] and [`rsa15`]: the steps of ECDSA and of RSAES-PKCS1-v1_5, each a
//!   check of its own; [`jose`]: a token that may be signed or encrypted;
//!   [`serialized`]: a JWS in whichever serialization; [`v2_local`]: an old
//!   version of PASETO.
//! * `possession`: a signed token with a proof of its holder's beside it.
//! * [`claims`]: less than the lab's policy; [`cache`]: what was verified before;
//!   [`store`]: sessions with what there is to know of each.
//! * [`named_key`]: keys found by name, `key_table` in SQL, [`key_folder`] in
//!   files, [`key_list`] in memory; [`key_entropy`] looks at what was found;
//!   [`jwk`] and [`web`]: keys that the token brings along or points at.
//! * [`jwe_password`], [`json_reader`] and [`tag_compare`]: what can be made to
//!   cost too much, or takes a telling time.
//! * `denylist`: tokens that were called back.
//! * [`federation`]: Datalog for Biscuits that a third party confirms.

pub mod cache;
pub mod check;
pub mod claims;
pub mod compact;
#[cfg(feature = "targets")]
pub mod denylist;
pub mod es256;
pub mod federation;
pub mod jose;
pub mod json_reader;
pub mod jwe;
pub mod jwe_password;
pub mod jwk;
pub mod jws;
pub mod key_entropy;
pub mod key_folder;
pub mod key_list;
#[cfg(feature = "targets")]
pub mod key_table;
pub mod named_key;
pub mod own_site;
pub mod paseto;
pub mod payload;
#[cfg(feature = "targets")]
pub mod possession;
pub mod rsa15;
pub mod serialized;
#[cfg(feature = "targets")]
pub mod session;
pub mod store;
pub mod tag_compare;
pub mod v2_local;
pub mod web;

pub use check::{Check, ModelTarget, Parsed, Verifier};
