//! What does it cost to issue a token? The key is loaded.

use tokenlab_record::measurement::Model;

#[path = "shared.rs"]
mod shared;

fn main() {
    shared::bench(Model::Issue, &["tiny", "typical", "large"]);
}
