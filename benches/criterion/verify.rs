//! What does it cost to verify a token? The key is loaded, the claims are checked.

use tokenlab_record::measurement::Model;

#[path = "shared.rs"]
mod shared;

fn main() {
    shared::bench(Model::Verify, &["tiny", "typical", "large"]);
}
