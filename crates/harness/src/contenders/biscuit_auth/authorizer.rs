//! The policy as Datalog, and the library's errors in the shared vocabulary.
//!
//! Every demand of [`Policy`] is one check of the authorizer, in the order of
//! [`Policy::check`]; the number of the first check that fails is the reason.
//! Checks of an authorizer see its own facts and those of the authority block
//! (Biscuit specification, Scoping): a fact that a holder appends changes none
//! of them. The authorizer further states what is being done, `operation("read")`,
//! and when, `time(...)`, for the checks that the token itself carries.

use std::collections::HashMap;
use std::time::Duration;

use biscuit_auth::builder::{AuthorizerBuilder, Fact, Term};
use biscuit_auth::{AuthorizerLimits, error};

use super::facts::predicate;
use crate::claims::RegisteredClaim;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// How much Datalog a token may make a verifier run, since a holder can append
/// rules. Facts and iterations are the library's defaults. Its millisecond is
/// not: it refuses honest tokens whenever another process has the processor,
/// and a refusal that depends on the load is none that can be tested.
pub(super) fn limits() -> AuthorizerLimits {
    AuthorizerLimits {
        max_facts: 1000,
        max_iterations: 100,
        max_time: Duration::from_secs(1),
    }
}

/// The lab's authorizer, parsed once; [`LabAuthorizer::at`] adds the time.
pub(super) struct LabAuthorizer {
    builder: AuthorizerBuilder,
    reasons: Vec<RejectReason>,
    leeway_s: i64,
}

impl LabAuthorizer {
    /// An authorizer that demands what `policy` does.
    pub(super) fn new(policy: &Policy) -> Result<Self, error::Token> {
        let mut code = String::new();
        let mut reasons = Vec::new();
        let mut demand = |check: &str, reason| {
            code.push_str(check);
            code.push_str(";\n");
            reasons.push(reason);
        };
        for claim in &policy.required {
            let check = match claim {
                RegisteredClaim::Aud => "check if audience($aud), $aud.length() > 0".to_owned(),
                _ => format!("check if {}($value)", predicate(*claim)),
            };
            demand(&check, RejectReason::MissingClaim(*claim));
        }
        demand(
            "reject if expires($exp), past($now), $exp <= $now",
            RejectReason::Expired,
        );
        demand(
            "reject if not_before($nbf), future($now), $nbf > $now",
            RejectReason::NotYetValid,
        );
        demand(
            "reject if issuer($iss), $iss != {issuer}",
            RejectReason::WrongIssuer,
        );
        demand(
            "reject if audience($aud), $aud.length() > 0, !$aud.contains({audience})",
            RejectReason::WrongAudience,
        );
        let parameters = HashMap::from([
            ("issuer".to_owned(), Term::Str(policy.issuer.clone())),
            ("audience".to_owned(), Term::Str(policy.audience.clone())),
        ]);
        Ok(Self {
            builder: permissive()?.code_with_params(code, parameters, HashMap::new())?,
            reasons,
            leeway_s: i64::from(policy.leeway_s),
        })
    }

    /// The authorizer at time `now`, seconds since 1970. The leeway is in two
    /// facts of its own, past and future, and `time` is what the clock says.
    pub(super) fn at(&self, now: i64) -> Result<AuthorizerBuilder, error::Token> {
        let integer = |name: &str, value| Fact::new(name.to_owned(), vec![Term::Integer(value)]);
        at(self.builder.clone(), now)?
            .fact(integer("past", now.saturating_sub(self.leeway_s)))?
            .fact(integer("future", now.saturating_add(self.leeway_s)))
    }

    /// Why a token is refused, by the number of the check that fails.
    pub(super) fn reasons(&self) -> &[RejectReason] {
        &self.reasons
    }
}

/// An authorizer that demands nothing of its own: what is left are the checks
/// that the token carries.
pub(super) fn permissive() -> Result<AuthorizerBuilder, error::Token> {
    AuthorizerBuilder::new()
        .set_limits(limits())
        .code(r#"operation("read"); allow if true;"#)
}

/// `builder`, told the time.
pub(super) fn at(builder: AuthorizerBuilder, now: i64) -> Result<AuthorizerBuilder, error::Token> {
    let now = Term::Date(u64::try_from(now).unwrap_or(0));
    builder.fact(Fact::new("time".to_owned(), vec![now]))
}

/// How far a token has come.
#[derive(Clone, Copy)]
pub(super) enum Stage<'a> {
    /// Up to its signatures.
    Opening,
    /// It is authentic. The authorizer's checks stand for these reasons.
    Authorizing(&'a [RejectReason]),
}

/// The library's errors in the shared vocabulary. It says of a malformed
/// envelope and of an authentic block that makes no sense the same; `stage`
/// tells them apart.
pub(super) fn rejection(error: &error::Token, stage: Stage<'_>) -> Rejection {
    let reason = match (error, stage) {
        (error::Token::Base64(_), _) => RejectReason::Encoding,
        (error::Token::Format(format), Stage::Opening) => opening(format),
        (error::Token::Format(error::Format::Version { .. }), _) => RejectReason::WrongScheme,
        (error::Token::Format(_) | error::Token::ConversionError(_), _) => RejectReason::InvalidClaims,
        (error::Token::FailedLogic(logic), Stage::Authorizing(reasons)) => authorizing(logic, reasons),
        (error::Token::RunLimit(_), _) => RejectReason::Oversized,
        (error::Token::Execution(_), _) => RejectReason::Unauthorized,
        _ => RejectReason::Internal,
    };
    Rejection::new(reason, words(error))
}

const fn opening(error: &error::Format) -> RejectReason {
    match error {
        error::Format::Signature(_) | error::Format::SealedSignature => RejectReason::BadSignature,
        error::Format::UnknownPublicKey => RejectReason::UnknownKey,
        error::Format::DeserializationError(_)
        | error::Format::EmptyKeys
        | error::Format::InvalidKeySize(_)
        | error::Format::InvalidKey(_)
        | error::Format::InvalidSignatureSize(_)
        | error::Format::SignatureDeserializationError(_)
        | error::Format::BlockSignatureDeserializationError(_) => RejectReason::Malformed,
        // Blocks are read after their signatures were verified.
        error::Format::BlockDeserializationError(_)
        | error::Format::SymbolTableOverlap
        | error::Format::PublicKeyTableOverlap
        | error::Format::ExistingPublicKey(_)
        | error::Format::UnknownSymbol(_) => RejectReason::InvalidClaims,
        _ => RejectReason::Internal,
    }
}

fn authorizing(error: &error::Logic, reasons: &[RejectReason]) -> RejectReason {
    let (error::Logic::Unauthorized { checks, .. } | error::Logic::NoMatchingPolicy { checks }) = error
    else {
        return match error {
            error::Logic::InvalidBlockRule(..) => RejectReason::InvalidClaims,
            _ => RejectReason::Internal,
        };
    };
    match checks.first() {
        Some(error::FailedCheck::Authorizer(check)) => usize::try_from(check.check_id)
            .ok()
            .and_then(|number| reasons.get(number))
            .copied()
            .unwrap_or(RejectReason::Unauthorized),
        _ => RejectReason::Unauthorized,
    }
}

/// What the library says, down to the cause, which its own messages leave out.
pub(super) fn words(error: &error::Token) -> String {
    match error {
        error::Token::Format(cause) => match cause {
            error::Format::Signature(error::Signature::InvalidSignature(text))
            | error::Format::DeserializationError(text)
            | error::Format::BlockDeserializationError(text)
            | error::Format::InvalidKey(text)
            | error::Format::BlockSignatureDeserializationError(text) => format!("{cause}: {text}"),
            _ => cause.to_string(),
        },
        error::Token::RunLimit(cause) => format!("{error}: {cause}"),
        error::Token::AppendOnSealed | error::Token::AlreadySealed => {
            "the token is sealed, nothing can be appended".to_owned()
        }
        _ => error.to_string(),
    }
}
