//! What the holder of a capability does to it, and what comes of that.

use tokenlab_harness::{Attenuation, IssueError, TokenService};
use tokenlab_record::measurement::Model;

/// Blocks of a token in the models that verify more than one.
const fn blocks(model: Model) -> usize {
    match model {
        Model::VerifyThreeBlocks => 3,
        Model::VerifyTenBlocks => 10,
        _ => 1,
    }
}

/// One operation of a model in which a holder makes another token of `token`.
///
/// # Errors
/// As [`Attenuation`]'s, or if the tokens of `service` are no capabilities.
pub(crate) fn attenuate(model: Model, service: &dyn TokenService, token: &str) -> Result<String, IssueError> {
    let holder = holder(service)?;
    match model {
        Model::Attenuate => holder.attenuate(token),
        Model::AttenuateThirdParty => holder.attenuate_by_third_party(token),
        _ => holder.seal(token),
    }
}

/// These tokens, with as many blocks as `model` says: each narrowed until it
/// has them.
///
/// # Errors
/// In words, if one can't be narrowed or is refused afterwards.
pub(crate) fn of_blocks(
    model: Model,
    service: &dyn TokenService,
    tokens: &[String],
) -> Result<Vec<String>, String> {
    let holder = holder(service).map_err(|error| error.to_string())?;
    let narrowed = tokens.iter().map(|token| {
        let mut token = token.clone();
        for _ in 1..blocks(model) {
            token = holder.attenuate(&token)?;
        }
        Ok(token)
    });
    let narrowed: Vec<String> = narrowed
        .collect::<Result<_, IssueError>>()
        .map_err(|error| error.to_string())?;
    match narrowed.first().map(|token| service.verify(token)) {
        Some(Err(rejection)) => Err(format!("does not accept a narrowed token: {rejection}")),
        _ => Ok(narrowed),
    }
}

/// Whether `made` is what `model` makes of `token`: another text, which can be
/// narrowed further unless it was sealed.
pub(crate) fn is_right(model: Model, service: &dyn TokenService, token: &str, made: &str) -> bool {
    let narrowed_further = holder(service).and_then(|holder| holder.attenuate(made));
    made != token && narrowed_further.is_err() == matches!(model, Model::Seal)
}

fn holder(service: &dyn TokenService) -> Result<&dyn Attenuation, IssueError> {
    service
        .attenuation()
        .ok_or_else(|| IssueError::new("only the holder of a capability can narrow it"))
}
