//! Invented reasons of refusals, and invented allocations.

use tokenlab_record::measurement::{
    ALLOCATION_COUNT_SCHEMA, Allocated, AllocationCount, Model, REFUSAL_SCHEMA, Refusal,
};
use tokenlab_record::run::RunRecord;

use super::RUN;

/// Adds both for every contender of the record.
pub(super) fn add(record: &mut RunRecord) {
    for (index, card) in (0_u64..).zip(&record.catalogue.contenders) {
        for model in Model::REFUSALS {
            record.refusals.push(Refusal {
                schema: REFUSAL_SCHEMA.into(),
                run: RUN.into(),
                contender: card.id.clone(),
                model,
                reason: "invented".into(),
                detail: format!("Invented words about {}", model.slug()),
            });
        }
        for (model, corpus) in [
            (Model::Verify, "typical"),
            (Model::Verify, "8-kib"),
            (Model::Issue, "typical"),
            (Model::RejectSignature, "typical"),
            (Model::Load, "typical"),
        ] {
            let is_long = corpus == "8-kib";
            let least = Allocated {
                blocks: 20 + index,
                bytes: if is_long { 30_000 } else { 2_000 } + 31 * index,
                peak_bytes: if is_long { 12_000 } else { 1_200 } + 7 * index,
            };
            // One contender draws random numbers.
            let more = u64::from(index == 3 && model == Model::Issue);
            record.allocations.push(AllocationCount {
                schema: ALLOCATION_COUNT_SCHEMA.into(),
                run: RUN.into(),
                contender: card.id.clone(),
                class: card.class,
                model,
                corpus: corpus.into(),
                token_bytes: if is_long { 8_000 } else { 500 },
                operations: 8,
                least,
                most: Allocated {
                    blocks: least.blocks + more,
                    ..least
                },
            });
        }
    }
}
