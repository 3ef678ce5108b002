//! The attack catalogue as seeds: every forgery that it makes of the issued
//! tokens, by someone who knows the public keys of [`RING`] and no more.
//!
//! So a fuzzer starts from each published attack, fitted to these very keys,
//! and varies it. An attack that a target's scheme can't express gives its
//! nearest analogues. What a public key lets anyone make is no forgery of the
//! scheme and seeds nothing; nor does what the issuer issued, once stolen, called
//! back or spelled otherwise. Nor do attacks on time and memory: a fuzzer finds its
//! own slow inputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokenlab_attacks::desk::Closed;
use tokenlab_attacks::target::Exposure;
use tokenlab_attacks::weakness::Weakness;
use tokenlab_attacks::{
    Attack, AttackClass, AttackerView, CannotForge, Forgery, Goal, Notebook, Scheme, catalogue,
};

use crate::Reach;
use crate::issued::{self, Issued, RING};
use crate::seeds::Seed;

/// Whether an attack makes seeds: one that starts from an account alone, asks
/// for no process of its own, and builds tokens rather than searching for a
/// secret or for a second signature.
#[must_use]
pub fn seeds_from(attack: &dyn Attack) -> bool {
    let profile = attack.profile();
    profile.given.is_empty() && !profile.isolated && profile.class != AttackClass::Cryptography
}

/// One seed for each attack and variant against what `issued` shows, none of
/// which may ever be accepted.
#[must_use]
pub fn of(issued: &[&Issued]) -> Vec<Seed> {
    let keys = Arc::new(RING.public());
    let exposures: Vec<(bool, Exposure)> = issued
        .iter()
        .filter_map(|issued| {
            let card = issued.issuer()?.card();
            let wire = &card.scheme;
            let exposure = Exposure {
                scheme: Scheme::from_wire(wire)?,
                public_key: RING.key(wire).and_then(|key| key.public()),
                sample_token: issued.token.clone(),
                sample_claims: issued::claims(&issued.corpus)?,
                issuer: Arc::clone(&keys),
                desk: Arc::new(Closed),
            };
            Some((card.class.has_issuer(), exposure))
        })
        .collect();
    let mut seeds = Vec::new();
    for attack in catalogue::all().iter().filter(|attack| seeds_from(**attack)) {
        let mut variants: BTreeMap<String, String> = BTreeMap::new();
        let mut analogues: BTreeMap<String, String> = BTreeMap::new();
        let breaks = attack.profile().breaks;
        for (has_issuer, exposure) in &exposures {
            if !has_issuer && breaks.contains(&Weakness::EncryptionAsAuthentication) {
                continue;
            }
            let collect = |into: &mut BTreeMap<String, String>, forgeries: Vec<Forgery>| {
                let forgeries = forgeries
                    .into_iter()
                    .filter(|forgery| forgery.goal == Goal::Victim && !forgery.token.is_empty());
                for forgery in forgeries {
                    into.entry(forgery.variant).or_insert(forgery.token);
                }
            };
            match attack.forge(&AttackerView::of(exposure), &mut Notebook::default()) {
                Ok(forgeries) => collect(&mut variants, forgeries),
                Err(CannotForge::Inexpressible { tried, .. }) => collect(&mut analogues, tried),
                Err(_) => {}
            }
        }
        for (variant, token) in analogues {
            variants.entry(variant).or_insert(token);
        }
        // Numbered, because the case of letters is the point of some variants
        // and lost on some file systems.
        for (number, (variant, token)) in variants.into_iter().enumerate() {
            seeds.push(Seed {
                name: format!("seed-{}-{number:02}-{}", attack.id(), variant.to_lowercase()),
                text: token,
                reach: Reach::Refused,
            });
        }
    }
    seeds
}
