//! Claims as facts of the authority block, and back, without loss.
//!
//! | claim | fact |
//! |---|---|
//! | `iss`, `sub`, `jti` | `issuer("...")`, `subject("...")`, `token_id("...")` |
//! | `aud` | `audience(["...", "..."])`, an array, because a set has no order |
//! | `exp`, `nbf`, `iat` | `expires(2000000000)`, `not_before(...)`, `issued_at(...)` |
//! | any other | `claim("name", "JSON text of the value")` |
//!
//! Times are seconds since 1970 as integers: a Datalog date cannot be before
//! 1970, and nothing can be added to one, which a leeway needs. Other claims
//! are JSON text, because Datalog has no floats and no integers beyond 64 bits
//! with sign.
//!
//! One caveat: the library says of a block with an array that it is version 3
//! of Datalog, and arrays came with version 6. It reads such a block itself;
//! a reader that knows version 3 alone will not.
//!
//! A fact of these names and lengths is a claim or an error: of the wrong
//! type, or beside another of its name, it is refused. A fact of another
//! length has another predicate, as Datalog has it, and so is no claim at all.

use biscuit_auth::builder::{BlockBuilder, Fact, Rule, Term};
use biscuit_auth::{Authorizer, error};
use serde_json::Value;

use super::authorizer::{Stage, rejection};
use crate::claims::{ClaimSet, RegisteredClaim};
use crate::rejection::{RejectReason, Rejection};

/// Name of the facts that hold a registered claim.
pub(super) const fn predicate(claim: RegisteredClaim) -> &'static str {
    match claim {
        RegisteredClaim::Iss => "issuer",
        RegisteredClaim::Sub => "subject",
        RegisteredClaim::Aud => "audience",
        RegisteredClaim::Exp => "expires",
        RegisteredClaim::Nbf => "not_before",
        RegisteredClaim::Iat => "issued_at",
        RegisteredClaim::Jti => "token_id",
    }
}

/// Name of the facts that hold the application's own claims.
const CUSTOM: &str = "claim";

/// The authority block that says `claims`.
pub(super) fn write(claims: &ClaimSet) -> serde_json::Result<BlockBuilder> {
    let mut facts = Vec::with_capacity(RegisteredClaim::ALL.len() + claims.custom.as_map().len());
    let text = |text: &String| Term::Str(text.clone());
    let audience = || Term::Array(claims.aud.iter().map(text).collect());
    for claim in RegisteredClaim::ALL {
        let term = match claim {
            RegisteredClaim::Iss => claims.iss.as_ref().map(text),
            RegisteredClaim::Sub => claims.sub.as_ref().map(text),
            RegisteredClaim::Aud => (!claims.aud.is_empty()).then(audience),
            RegisteredClaim::Exp => claims.exp.map(Term::Integer),
            RegisteredClaim::Nbf => claims.nbf.map(Term::Integer),
            RegisteredClaim::Iat => claims.iat.map(Term::Integer),
            RegisteredClaim::Jti => claims.jti.as_ref().map(text),
        };
        facts.extend(term.map(|term| Fact::new(predicate(claim).to_owned(), vec![term])));
    }
    for (name, value) in claims.custom.as_map() {
        let json = serde_json::to_string(value)?;
        let terms = vec![Term::Str(name.clone()), Term::Str(json)];
        facts.push(Fact::new(CUSTOM.to_owned(), terms));
    }
    Ok(BlockBuilder {
        facts,
        ..BlockBuilder::default()
    })
}

/// Claims, and how many facts said them.
pub(super) struct Read {
    pub(super) claims: ClaimSet,
    pub(super) facts: usize,
}

/// Queries for the facts, parsed once.
pub(super) struct Reader {
    registered: Vec<(RegisteredClaim, Rule)>,
    custom: Rule,
}

impl Reader {
    pub(super) fn new() -> Result<Self, error::Token> {
        let registered = RegisteredClaim::ALL.into_iter().map(|claim| {
            let source = format!("found($value) <- {}($value)", predicate(claim));
            Ok((claim, Rule::try_from(source.as_str())?))
        });
        let custom = format!("found($name, $value) <- {CUSTOM}($name, $value)");
        Ok(Self {
            registered: registered.collect::<Result<_, error::Token>>()?,
            custom: Rule::try_from(custom.as_str())?,
        })
    }

    /// Reads the claims from the authority block: a query trusts that and the
    /// authorizer's own facts, no other block.
    pub(super) fn read(&self, authorizer: &mut Authorizer) -> Result<Read, Rejection> {
        let mut find = |rule: &Rule| -> Result<Vec<Fact>, Rejection> {
            let found = authorizer.query(rule.clone());
            found.map_err(|error| rejection(&error, Stage::Authorizing(&[])))
        };
        let mut claims = ClaimSet::default();
        let mut facts = 0;
        for (claim, rule) in &self.registered {
            let mut found = find(rule)?.into_iter();
            let Some(fact) = found.next() else { continue };
            if found.next().is_some() {
                return Err(invalid(format!("{} occurs twice", predicate(*claim))));
            }
            facts += 1;
            let mut terms = fact.predicate.terms.into_iter();
            set(&mut claims, *claim, terms.next())
                .ok_or_else(|| invalid(format!("{} is of the wrong type", predicate(*claim))))?;
        }
        for fact in find(&self.custom)? {
            facts += 1;
            add_custom(&mut claims, fact)?;
        }
        Ok(Read { claims, facts })
    }
}

/// Sets a registered claim. `None` if the term is of another type than the claim's.
fn set(claims: &mut ClaimSet, claim: RegisteredClaim, term: Option<Term>) -> Option<()> {
    match (claim, term?) {
        (RegisteredClaim::Iss, Term::Str(text)) => claims.iss = Some(text),
        (RegisteredClaim::Sub, Term::Str(text)) => claims.sub = Some(text),
        (RegisteredClaim::Jti, Term::Str(text)) => claims.jti = Some(text),
        (RegisteredClaim::Exp, Term::Integer(seconds)) => claims.exp = Some(seconds),
        (RegisteredClaim::Nbf, Term::Integer(seconds)) => claims.nbf = Some(seconds),
        (RegisteredClaim::Iat, Term::Integer(seconds)) => claims.iat = Some(seconds),
        (RegisteredClaim::Aud, Term::Array(several)) => {
            let several = several.into_iter().map(|one| match one {
                Term::Str(text) => Some(text),
                _ => None,
            });
            claims.aud = several.collect::<Option<_>>()?;
        }
        _ => return None,
    }
    Some(())
}

fn add_custom(claims: &mut ClaimSet, fact: Fact) -> Result<(), Rejection> {
    let mut terms = fact.predicate.terms.into_iter();
    let (Some(Term::Str(name)), Some(Term::Str(json))) = (terms.next(), terms.next()) else {
        return Err(invalid(
            "a claim has a name and JSON text, both strings".to_owned(),
        ));
    };
    let value: Value =
        serde_json::from_str(&json).map_err(|error| invalid(format!("claim {name}: {error}")))?;
    if claims.custom.as_map().contains_key(&name) {
        return Err(invalid(format!("claim {name} occurs twice")));
    }
    let registered = format!("claim {name} is written as a fact of its own");
    if claims.custom.insert(name, value) {
        Ok(())
    } else {
        Err(invalid(registered))
    }
}

fn invalid(detail: String) -> Rejection {
    Rejection::new(RejectReason::InvalidClaims, detail)
}
