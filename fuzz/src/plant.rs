//! Bugs that are planted on purpose, one in each layer of a verifier: whether
//! fuzzing finds them says what it is worth where it finds nothing.

use std::env;

/// The environment variable that plants one.
pub const VARIABLE: &str = "TOKENLAB_PLANT";

/// Where a bug is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// A token has many writings in base64url.
    Encoding,
    /// A claim of the wrong type counts as absent.
    Json,
    /// The header says which algorithm, and may say none.
    Header,
    /// A public key serves as the secret of an HMAC.
    Key,
    /// A signature of no bytes matches.
    Signature,
}

impl Plant {
    /// Every layer, from the outside in.
    pub const ALL: [Self; 5] = [
        Self::Encoding,
        Self::Json,
        Self::Header,
        Self::Key,
        Self::Signature,
    ];

    /// Its name in `TOKENLAB_PLANT`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Json => "json",
            Self::Header => "header",
            Self::Key => "key",
            Self::Signature => "signature",
        }
    }

    /// The target that should find it.
    #[must_use]
    pub const fn target(self) -> &'static str {
        match self {
            Self::Json => "diff_claims",
            Self::Encoding | Self::Header | Self::Key | Self::Signature => "models",
        }
    }

    /// What `TOKENLAB_PLANT` asks for; `None` if it is not set.
    ///
    /// # Panics
    /// If it names no layer: fuzzing would go on without a bug.
    #[must_use]
    pub fn wanted() -> Option<Self> {
        let name = env::var(VARIABLE).ok()?;
        let plant = Self::ALL.into_iter().find(|plant| plant.name() == name);
        #[allow(clippy::panic)] // see above
        Some(plant.unwrap_or_else(|| {
            panic!("{VARIABLE} is {name:?}, want encoding, json, header, key or signature")
        }))
    }
}
