//! What the attacker did, in her own order, to be read aloud on a stage.
//!
//! Steps that all forgeries of an attack have in common are noted once; what
//! makes a variant is noted under its name.

use tokenlab_record::transcript::Step;

/// Collects the steps of one attack against one target.
#[derive(Clone, Debug, Default)]
pub struct Notebook {
    common: Vec<Step>,
    variants: Vec<(String, Step)>,
}

impl Notebook {
    /// Notes a step that every forgery starts with: what was done, as a
    /// sentence, and what came of it (may be empty).
    pub fn step(&mut self, action: impl Into<String>, artefact: impl Into<String>) {
        self.common.push(step(action, artefact));
    }

    /// Notes a step of one variant.
    pub fn variant_step(
        &mut self,
        variant: impl Into<String>,
        action: impl Into<String>,
        artefact: impl Into<String>,
    ) {
        self.variants.push((variant.into(), step(action, artefact)));
    }

    /// Every step on the way to one variant's token.
    #[must_use]
    pub fn steps(&self, variant: &str) -> Vec<Step> {
        let own = self.variants.iter().filter(|(name, _)| name == variant);
        self.common
            .iter()
            .chain(own.map(|(_, step)| step))
            .cloned()
            .collect()
    }
}

fn step(action: impl Into<String>, artefact: impl Into<String>) -> Step {
    Step {
        action: action.into(),
        artefact: artefact.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_has_the_common_steps_and_its_own() {
        let mut notes = Notebook::default();
        notes.step("first", "");
        notes.variant_step("a", "only a", "x");
        notes.variant_step("b", "only b", "y");
        let actions = |variant| {
            notes
                .steps(variant)
                .into_iter()
                .map(|step| step.action)
                .collect::<Vec<_>>()
        };
        assert_eq!(actions("a"), ["first", "only a"]);
        assert_eq!(actions("b"), ["first", "only b"]);
        assert_eq!(actions("c"), ["first"]);
    }
}
