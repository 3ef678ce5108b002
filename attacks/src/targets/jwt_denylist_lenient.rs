//! A JWT verifier with a list of texts that were called back, and a decoder
//! that reads one signature in many writings.
//!
//! Models PyJWT before 2.14.0 (CVE-2026-102269) and jsrsasign before 10.5.25
//! (CVE-2022-25898) under such a list: what is no letter of base64url is passed
//! over, and so are bits that no byte needs. Another writing of the token that
//! was called back is another text.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_denylist;
use crate::card::TargetProfile;
use crate::model::denylist::Denylist;
use crate::model::jws::{Jws, STRICT_ENCODING};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let lenient_encoding = Check::new(
        "lenient-encoding",
        Stage::Encoding,
        "every part is base64url, apart from what is none",
        |jws: &mut Jws| {
            jws.decode_by(decode);
            Ok(())
        },
    );
    let list = Denylist::default();
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-denylist-lenient".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_denylist::SCHEME,
            summary: "a verifier with a list of texts that were called back and a lenient decoder".into(),
            own: &[Weakness::LenientBase64],
            mends: &[Weakness::NoRevocation],
            provenance: "model of CVE-2026-102269 (PyPI PyJWT before 2.14.0)".into(),
            hardened: Some(jwt_denylist::ID),
        },
        exposure: jwt_denylist::exposure(issuer, &list),
        verifier: jwt_denylist::verifier(issuer, &list).replacing(STRICT_ENCODING, lenient_encoding),
    })
}

fn decode(part: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let letters: String = part
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    LENIENT.decode(letters).ok()
}
