//! The crate `josekit` 0.8.4 as it was published, on OpenSSL, with its bug.
//!
//! Under a password the library does as many rounds of PBKDF2 as the header asks for. Since 0.8.5
//! it refuses more than 1,000,000 (josekit issue 29). Algorithms, extensions and
//! the lengths of the parts are looked at before the key is used, as around its
//! current release, so that nothing but the rounds makes the difference.

use std::cell::Cell;
use std::panic::Location;

use josekit_0_8_4::jwe::{JweContext, JweDecrypter, JweHeader, PBES2_HS512_A256KW};
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::Issuer;
use super::jwe_password;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::model::jwe_password::{ALG, ITERATION_LIMIT};
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let key = issuer.key(jwe_password::SCHEME);
    let password = key.secret().unwrap_or_default().to_vec();
    Box::new(Josekit {
        profile: TargetProfile {
            id: "josekit-0-8-4".into(),
            kind: TargetKind::Historic,
            scheme: jwe_password::SCHEME,
            summary: "josekit 0.8.4, which does as many rounds as p2c asks for".into(),
            own: &[Weakness::UnlimitedIterations],
            mends: &[],
            provenance: "crate josekit 0.8.4, issue 29, fixed in 0.8.5".into(),
            hardened: Some("josekit/PBES2-HS512+A256KW+A256GCM"),
        },
        exposure: jwe_password::exposure_under(issuer, password.clone()),
        password,
        missing_at: Location::caller(),
    })
}

struct Josekit {
    profile: TargetProfile,
    exposure: Exposure,
    password: Vec<u8>,
    missing_at: &'static Location<'static>,
}

impl Josekit {
    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let reject = |reason, detail: &str| Rejection::new(reason, detail.to_owned());
        let parts: Vec<usize> = token.split('.').map(str::len).collect();
        let [_, key, iv, _, tag] = parts.as_slice() else {
            return Err(reject(RejectReason::Malformed, "there are not five parts"));
        };
        let lengths = (*key, *iv, *tag);
        let decrypter = PBES2_HS512_A256KW
            .decrypter_from_bytes(&self.password)
            .map_err(|error| reject(RejectReason::Internal, &error.to_string()))?;
        let refused = Cell::new(Some(RejectReason::Encoding));
        let decrypted = JweContext::new().deserialize_compact_with_selector(token, |header| {
            refused.set(admit(header, lengths));
            Ok(refused.get().is_none().then_some(&decrypter as &dyn JweDecrypter))
        });
        let (payload, _) = decrypted.map_err(|error| {
            let reason = refused.get().unwrap_or(RejectReason::BadSignature);
            reject(reason, &error.to_string())
        })?;
        let claims = ClaimSet::from_json::<NumericDate>(&payload)
            .map_err(|error| reject(RejectReason::InvalidClaims, &error.to_string()))?;
        Policy::lab().check_now(&claims)?;
        Ok(claims)
    }
}

/// Why a token with that header may not meet the key; `None` if it may.
fn admit(header: &JweHeader, lengths: (usize, usize, usize)) -> Option<RejectReason> {
    /// Of 40, 12 and 16 bytes as base64url.
    const LENGTHS: (usize, usize, usize) = (54, 16, 22);
    let scheme = (header.algorithm(), header.content_encryption());
    if scheme != (Some(ALG), Some("A256GCM")) || header.claim("crit").is_some() {
        return Some(RejectReason::WrongScheme);
    }
    if header.claim("zip").is_some() || lengths != LENGTHS {
        return Some(RejectReason::Malformed);
    }
    None
}

impl Target for Josekit {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let answered = self.verify(token);
        let trace = vec![
            entry(
                ITERATION_LIMIT,
                Stage::Header,
                CheckResult::Absent,
                "p2c asks for no more rounds than a limit",
                self.missing_at,
            ),
            answer("josekit 0.8.4", &answered),
        ];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}
