//! The crate `jsonwebtoken` 10.2.0 as it was published, with its bug.
//!
//! The last release with the bug of CVE-2026-25537, on RustCrypto: the same as
//! `jsonwebtoken-9-3-1` after everything around it was rewritten.

use super::issuer::Issuer;
use super::old_jsonwebtoken::{self, verify_with};
use crate::target::Target;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    old_jsonwebtoken::target(issuer, "jsonwebtoken-10-2-0", "10.2.0", verify)
}

verify_with!(jsonwebtoken_10_2_0);
