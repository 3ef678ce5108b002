//! The crate `jsonwebtoken` 9.3.1 as it was published, with its bug.
//!
//! The last release of the ninth series, on `ring`. A `nbf` that is text is
//! overlooked; so is an `exp`, and since `exp` is required, it is refused for
//! being absent (CVE-2026-25537). The release that mends it is 10.3.0.

use super::issuer::Issuer;
use super::old_jsonwebtoken::{self, verify_with};
use crate::target::Target;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    old_jsonwebtoken::target(issuer, "jsonwebtoken-9-3-1", "9.3.1", verify)
}

verify_with!(jsonwebtoken_9_3_1);
