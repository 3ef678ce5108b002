//! The layers of the workspace, enforced: a dependency that the table below
//! does not allow fails this test, whoever adds it.
//!
//! Read from `cargo metadata`, which sees what the manifests say, renamed
//! packages under their real names included. What each layer is for stands in
//! the root `Cargo.toml`, beside the members.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use tokenlab_harness::contenders;

/// A member, its layer, and the members it may depend on.
struct Layer {
    number: &'static str,
    member: &'static str,
    may_use: &'static [&'static str],
}

/// Every member, lower layers first. A row may only use rows above it, so the
/// graph has no cycle.
const LAYERS: &[Layer] = &[
    Layer {
        number: "0",
        member: "tokenlab-record",
        may_use: &[],
    },
    Layer {
        number: "1",
        member: "tokenlab-harness",
        may_use: &["tokenlab-record"],
    },
    Layer {
        number: "1'",
        member: "tokenlab-report",
        may_use: &["tokenlab-record"],
    },
    Layer {
        number: "2",
        member: "tokenlab-attacks",
        may_use: &["tokenlab-record", "tokenlab-harness"],
    },
    Layer {
        number: "2'",
        member: "tokenlab-benches",
        may_use: &["tokenlab-record", "tokenlab-harness"],
    },
    Layer {
        number: "2'",
        member: "tokenlab-fuzz",
        may_use: &["tokenlab-record", "tokenlab-harness", "tokenlab-attacks"],
    },
    Layer {
        number: "2'",
        member: "tokenlab-lab",
        may_use: &[
            "tokenlab-record",
            "tokenlab-harness",
            "tokenlab-report",
            "tokenlab-attacks",
        ],
    },
    Layer {
        number: "2'",
        member: "tokenlab-studies",
        may_use: &["tokenlab-record", "tokenlab-harness", "tokenlab-attacks"],
    },
    Layer {
        number: "3",
        member: "tokenlab",
        may_use: &[
            "tokenlab-record",
            "tokenlab-harness",
            "tokenlab-report",
            "tokenlab-attacks",
            "tokenlab-benches",
            "tokenlab-fuzz",
            "tokenlab-lab",
            "tokenlab-studies",
        ],
    },
];

/// The one layer that is read in ten years: what it links beside itself.
const RECORD_MAY_LINK: &[&str] = &["serde", "serde_json"];

/// The layers that may name a token library; all others see contenders and targets.
const KNOW_TOKEN_LIBRARIES: &[&str] = &["tokenlab-harness", "tokenlab-attacks"];

/// One dependency, as a manifest states it.
#[derive(Clone, Debug)]
struct Edge {
    from: String,
    to: String,
    kind: DependencyKind,
    with_features: bool,
}

impl Edge {
    fn new(from: &str, to: &str, kind: DependencyKind) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            kind,
            with_features: false,
        }
    }
}

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap()
}

fn edges(metadata: &Metadata) -> Vec<Edge> {
    let stated = metadata.packages.iter().flat_map(|package| {
        package.dependencies.iter().map(|dependency| Edge {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            kind: dependency.kind,
            with_features: dependency.uses_default_features || !dependency.features.is_empty(),
        })
    });
    stated.collect()
}

/// What is forbidden about `edge`, as a sentence; `None` if nothing is.
fn violation(edge: &Edge) -> Option<String> {
    let Edge {
        from,
        to,
        kind,
        with_features,
    } = edge;
    let Some(layer) = LAYERS.iter().find(|layer| layer.member == from) else {
        return Some(format!("{from} has no layer: give it a row in this test"));
    };
    if LAYERS.iter().any(|other| other.member == to) {
        if !layer.may_use.contains(&to.as_str()) {
            return Some(format!("{from} (layer {}) must not depend on {to}", layer.number));
        }
        if from == "tokenlab-fuzz" && *with_features {
            return Some(format!(
                "{from} must take {to} without its features: they compile C, which hides coverage"
            ));
        }
    }
    if from == "tokenlab-record"
        && *kind != DependencyKind::Development
        && !RECORD_MAY_LINK.contains(&to.as_str())
    {
        return Some(format!("{from} links serde alone, not {to}"));
    }
    let is_token_library = contenders::all()
        .iter()
        .any(|contender| contender.card().library == *to);
    if is_token_library && !KNOW_TOKEN_LIBRARIES.contains(&from.as_str()) {
        return Some(format!(
            "{from} must not name {to}: use a contender of tokenlab-harness"
        ));
    }
    if to == "criterion" && (from != "tokenlab-benches" || *kind != DependencyKind::Development) {
        return Some(format!(
            "{from} must not name criterion: it is a dev-dependency of tokenlab-benches alone"
        ));
    }
    if to == "libfuzzer-sys" && from != "tokenlab-fuzz" {
        return Some(format!(
            "{from} must not name libfuzzer-sys: tokenlab-fuzz alone does"
        ));
    }
    None
}

#[test]
fn no_manifest_names_a_dependency_of_another_layer() {
    let edges = edges(&workspace());
    let forbidden: Vec<String> = edges.iter().filter_map(violation).collect();
    assert!(forbidden.is_empty(), "{forbidden:#?}");
    let ours = |name: &str| LAYERS.iter().any(|layer| layer.member == name);
    let seen = edges.iter().filter(|edge| ours(&edge.from) && ours(&edge.to));
    assert!(seen.count() >= LAYERS.len(), "cargo metadata shows too few edges");
}

#[test]
fn every_member_has_a_layer_and_every_layer_a_member() {
    let metadata = workspace();
    let members: BTreeSet<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let layers: BTreeSet<&str> = LAYERS.iter().map(|layer| layer.member).collect();
    assert_eq!(members, layers, "members on the left, layers on the right");
}

#[test]
fn a_layer_uses_only_layers_above_it_in_the_table() {
    for (at, layer) in LAYERS.iter().enumerate() {
        for used in layer.may_use {
            let above = LAYERS.iter().take(at).any(|other| other.member == *used);
            assert!(above, "{} may use {used}, which comes later", layer.member);
        }
    }
}

#[test]
fn libfuzzer_is_linked_under_cfg_fuzzing_alone() {
    let metadata = workspace();
    let fuzz = metadata
        .packages
        .iter()
        .find(|package| package.name == "tokenlab-fuzz")
        .unwrap();
    let libfuzzer: Vec<Option<String>> = fuzz
        .dependencies
        .iter()
        .filter(|dependency| dependency.name == "libfuzzer-sys")
        .map(|dependency| dependency.target.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(libfuzzer, [Some("cfg(fuzzing)".to_owned())]);
}

#[test]
fn a_forbidden_edge_is_found_and_its_neighbour_is_not() {
    use DependencyKind::{Build, Development, Normal};
    for (forbidden, allowed, about) in [
        (
            Edge::new("tokenlab-report", "tokenlab-harness", Normal),
            Edge::new("tokenlab-report", "tokenlab-record", Normal),
            "must not depend on tokenlab-harness",
        ),
        (
            Edge::new("tokenlab-harness", "tokenlab-attacks", Development),
            Edge::new("tokenlab-attacks", "tokenlab-harness", Normal),
            "must not depend on tokenlab-attacks",
        ),
        (
            Edge::new("tokenlab-record", "jiff", Normal),
            Edge::new("tokenlab-record", "proptest", Development),
            "links serde alone",
        ),
        (
            Edge::new("tokenlab-benches", "jsonwebtoken", Normal),
            Edge::new("tokenlab-attacks", "jsonwebtoken", Normal),
            "must not name jsonwebtoken",
        ),
        (
            Edge::new("tokenlab-fuzz", "pasetors", Build),
            Edge::new("tokenlab-harness", "pasetors", Normal),
            "must not name pasetors",
        ),
        (
            Edge::new("tokenlab-benches", "criterion", Normal),
            Edge::new("tokenlab-benches", "criterion", Development),
            "dev-dependency of tokenlab-benches",
        ),
        (
            Edge::new("tokenlab", "criterion", Development),
            Edge::new("tokenlab", "clap", Normal),
            "dev-dependency of tokenlab-benches",
        ),
        (
            Edge::new("tokenlab", "libfuzzer-sys", Normal),
            Edge::new("tokenlab-fuzz", "libfuzzer-sys", Normal),
            "tokenlab-fuzz alone",
        ),
        (
            Edge {
                with_features: true,
                ..Edge::new("tokenlab-fuzz", "tokenlab-harness", Normal)
            },
            Edge::new("tokenlab-fuzz", "tokenlab-harness", Normal),
            "without its features",
        ),
        (
            Edge::new("tokenlab-newcomer", "serde", Normal),
            Edge::new("tokenlab-report", "maud", Normal),
            "has no layer",
        ),
    ] {
        let found = violation(&forbidden).unwrap_or_default();
        assert!(found.contains(about), "{forbidden:?}: {found:?}");
        assert_eq!(violation(&allowed), None, "{allowed:?}");
    }
}
