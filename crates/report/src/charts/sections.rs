//! The sections of the page, in report order, each with a figure for every
//! class that has something to show.

use tokenlab_record::catalogue::Class;
use tokenlab_record::floors::above_floors;
use tokenlab_record::format_tax::comparisons;
use tokenlab_record::measurement::{Group, Model};

use super::absent::{Asked, sentences};
use super::{
    Section, TWINS, allocations, floor_stack, forest, format_tax, growth, ranking, ranking_text, refusals,
    roofline, token_bytes,
};
use crate::view::{View, capitalised};

/// Every section. The last one is the A/A control, which the page shows with
/// the noise.
pub(crate) fn sections(view: &View<'_>) -> Vec<Section> {
    let mut sections: Vec<Section> = Model::RANKED
        .into_iter()
        .filter_map(|model| ranked(view, model))
        .collect();
    sections.push(refusing(view));
    sections.push(Section {
        anchor: "allocations",
        title: "Allocations".to_owned(),
        lead: "What does an operation ask of the allocator?",
        figures: allocations::figures(view),
        absent: view
            .record
            .allocations
            .is_empty()
            .then(|| "No chart here: this run counted no allocations.".to_owned()),
    });
    sections.push(format_taxes(view));
    sections.push(floors(view));
    sections.push(Section {
        anchor: "token-bytes",
        title: "Token length".to_owned(),
        lead: "How long is a token for the same claims, and what fills it?",
        figures: token_bytes::figures(view),
        absent: view
            .record
            .tokens
            .is_empty()
            .then(|| "No chart here: this run recorded no token lengths.".to_owned()),
    });
    sections.push(growing(view));
    sections.push(Section {
        anchor: "second-instrument",
        title: "A second instrument".to_owned(),
        lead: "Does criterion, which measures in another way, see the same times?",
        figures: vec![forest::agreement(view)],
        absent: None,
    });
    sections.push(Section {
        anchor: TWINS,
        title: "The A/A control".to_owned(),
        lead: "A contender is measured against itself under a hidden second name. Whatever differs there \
               is error.",
        figures: vec![forest::twins(view)],
        absent: None,
    });
    sections
}

/// The rankings of one model. `None` if it is a question for classes of which
/// this run has nobody.
fn ranked(view: &View<'_>, model: Model) -> Option<Section> {
    let figures: Vec<_> = Class::ALL
        .into_iter()
        .filter_map(|class| ranking::figure(view, model, class))
        .collect();
    let applies = |class: Class| model.applies_to(class);
    let is_for_all = Class::ALL.into_iter().all(applies);
    let has_takers = Class::ALL
        .into_iter()
        .any(|class| applies(class) && view.contenders_of(class) > 0);
    if figures.is_empty() && !is_for_all && !has_takers {
        return None;
    }
    Some(Section {
        anchor: model.slug(),
        title: capitalised(model.title()),
        lead: ranking_text::lead(model),
        absent: sentences(
            view,
            &figures,
            &Asked {
                applies: &applies,
                planned: &|group: &Group| group.model == model,
                otherwise: "planned, and not measured",
            },
        ),
        figures,
    })
}

fn refusing(view: &View<'_>) -> Section {
    let figures = refusals::figures(view);
    Section {
        anchor: "refusals",
        title: "What refusing costs".to_owned(),
        lead: "Who does how much work before saying no?",
        absent: sentences(
            view,
            &figures,
            &Asked {
                applies: &|_| true,
                planned: &|group: &Group| Model::REFUSALS.contains(&group.model),
                otherwise: "this run measured no refusal beside an acceptance",
            },
        ),
        figures,
    }
}

/// What the clock covers where the least work is known.
const WITH_FLOORS: [Model; 2] = [Model::Verify, Model::Issue];

fn format_taxes(view: &View<'_>) -> Section {
    let comparisons = view
        .reference_corpus(Model::Verify)
        .map(|corpus| comparisons(view.record, view.analysis, corpus))
        .unwrap_or_default();
    Section {
        anchor: "format-tax",
        title: "The format tax".to_owned(),
        lead: "Which part of a difference between JWT and PASETO is format, which library, which backend?",
        figures: WITH_FLOORS
            .into_iter()
            .map(|model| format_tax::figure(view, model, &comparisons))
            .collect(),
        absent: None,
    }
}

fn floors(view: &View<'_>) -> Section {
    let above = above_floors(view.record);
    let mut figures = Vec::new();
    for class in Class::ALL {
        for model in WITH_FLOORS {
            let of_group: Vec<_> = above
                .iter()
                .filter(|above| above.group.model == model && above.group.class == class)
                .collect();
            if !of_group.is_empty() {
                figures.push(roofline::figure(view, model, class, &of_group));
                figures.push(floor_stack::figure(view, model, class, &of_group));
            }
        }
    }
    Section {
        anchor: "floors",
        title: "Floors".to_owned(),
        lead: "How far is each contender from the least work that any correct program must do?",
        absent: sentences(
            view,
            &figures,
            &Asked {
                applies: &|_| true,
                planned: &|group: &Group| WITH_FLOORS.contains(&group.model),
                otherwise: "this run timed no floors beside contenders of this class",
            },
        ),
        figures,
    }
}

fn growing(view: &View<'_>) -> Section {
    let figures = growth::figures(view);
    Section {
        anchor: "growth",
        title: "Growth with the claims".to_owned(),
        lead: "What do longer claims cost?",
        absent: sentences(
            view,
            &figures,
            &Asked {
                applies: &|_| true,
                planned: &|group: &Group| growth::MODELS.contains(&group.model),
                otherwise: "this run did not measure it on two lengths of claims",
            },
        ),
        figures,
    }
}
