//! What an attacker needs beside an account of her own.
//!
//! Most attacks of the catalogue start from one honest token and what the
//! issuer publishes. Others presuppose something: a theft, a server that answers
//! as often as one likes, an issuer that can be made to sign something odd. An
//! attack says so on its card, and [`AttackerView`](crate::AttackerView) gives
//! nothing that the card does not say.

/// One thing more in the attacker's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A token of the victim's.
    StolenToken,
    /// A token of her own, kept after she logged out.
    TokenAfterLogout,
    /// The issuer's signature on something odd; in one sentence, how she comes
    /// by it.
    IssuerSigns(&'static str),
    /// A tenancy: the verifier serves her own issuer too, and knows its key.
    Tenancy,
    /// The secret that the issuer used before it moved to its present version or
    /// algorithm, and that has leaked since.
    RetiredKey,
    /// The signature of a third party, which signs for whoever asks, on
    /// conditions.
    ThirdParty,
    /// Answers: she may ask the target about tokens, and sees whether each is
    /// believed and what it says.
    Answers,
    /// A login of the victim's, in a browser in which she has planted something.
    VictimLogsIn,
}

impl Given {
    /// The same in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::StolenToken => "A token of the victim's, copied from a log, a wire or a browser.",
            Self::TokenAfterLogout => "A token of her own that she kept when she logged out.",
            Self::IssuerSigns(how) => how,
            Self::Tenancy => {
                "A tenancy: her own key is registered with the verifier, for tokens of her own issuer."
            }
            Self::RetiredKey => {
                "The secret that the issuer used before it moved to its present version or algorithm, and that \
                 has leaked since."
            }
            Self::ThirdParty => {
                "The signature of a third party, which signs for whoever asks, on conditions."
            }
            Self::Answers => "The target's answers to as many tokens as she likes.",
            Self::VictimLogsIn => {
                "A login of the victim's, in a browser in which she planted something by a link or from a sibling domain."
            }
        }
    }

    /// Whether both are the same kind of help, whatever the sentence.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}
