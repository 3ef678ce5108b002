//! The token exchange format: tokens that travel between implementations.
//!
//! One JSON object a line, a token with the key that verifies it, and one
//! answer a line. The scheme comes from the line alone, never from the token:
//! it decides which contenders are asked and which key is wanted, so that a
//! key of another kind is refused by name before any cryptography.
//!
//! [`line`](mod@line) has the two wire types, [`Verifier`] answers a line, [`mint`](mint())
//! makes one. Reading keys is [`Key::from_exchange`]; one file a form.

pub mod claims;
mod form;
pub mod key;
pub mod line;
mod mint;
pub mod paserk;
mod text;
mod verify;
mod wanted;

mod jwk;
mod paserk_key;
mod pem;
mod raw;

pub use form::KeyError;
pub use key::{Key, MlDsa, PrivateKey, PublicKey};
pub use line::{Answer, Request, Verdict};
pub use mint::{MintError, mint};
pub use text::bytes_of_hexadecimal;
pub use verify::Verifier;
pub use wanted::{Kind, Length, Wanted};
