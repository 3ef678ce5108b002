//! What does it cost to refuse a token whose signature was altered?

use tokenlab_record::measurement::Model;

#[path = "shared.rs"]
mod shared;

fn main() {
    shared::bench(Model::RejectSignature, &["typical"]);
}
