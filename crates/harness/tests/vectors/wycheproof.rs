//! Wycheproof's JOSE vectors, which no registry package carries.

use tokenlab_harness::vectors::wycheproof;

use crate::{assert_reviewed, vectors};

#[test]
fn every_jose_contender_says_what_wycheproof_says_or_why_not() {
    if let Some(folder) = vectors("wycheproof") {
        assert_reviewed(&wycheproof::run(&folder).unwrap());
    }
}
