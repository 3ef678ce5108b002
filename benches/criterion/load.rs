//! What does it cost to turn stored key material into a service?

use tokenlab_record::measurement::Model;

#[path = "shared.rs"]
mod shared;

fn main() {
    shared::bench(Model::Load, &["typical"]);
}
