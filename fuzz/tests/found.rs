//! Inputs that were found, and promoted by `tokenlab fuzz promote`: none is a
//! finding any more.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::fs;
use std::path::Path;

use tokenlab_fuzz::explain::judge;
use tokenlab_fuzz::targets;

#[test]
fn what_was_found_is_found_no_more() {
    let mut replayed = 0;
    for target in targets() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(target.name);
        for entry in fs::read_dir(corpus).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.starts_with("found-") {
                let outcome = judge(target, &fs::read(&path).unwrap());
                assert!(outcome.is_ok(), "{}: {outcome:?}", path.display());
                replayed += 1;
            }
        }
    }
    assert!(replayed > 0, "the inputs that were found are gone");
}
