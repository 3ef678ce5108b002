//! Who offers what: wire schemes by libraries, from the cards alone.
//!
//! Nobody keeps this table. It is computed from the catalogue of a run for the
//! page and from the registry for the command line, so that it says what one
//! build can do: a library behind a feature that is off has no column.

use serde::Serialize;

use crate::catalogue::{Class, ContenderCard, ContenderId, Family};

/// Schemes by libraries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// The columns, in the order of the cards.
    pub libraries: Vec<Library>,
    /// The rows: by family, then class, then in the order of the cards.
    pub schemes: Vec<Scheme>,
}

/// A library, at every version of it that takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Library {
    /// As its users say it.
    pub name: String,
    /// Exact package versions; several where no single one has every scheme.
    pub versions: Vec<String>,
}

/// A wire scheme and who offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scheme {
    /// Its name, `jwt.EdDSA`.
    pub id: String,
    /// The kind of credential.
    pub family: Family,
    /// What is promised.
    pub class: Class,
    /// One a contender, in the order of the cards.
    pub offers: Vec<Offer>,
}

/// One contender of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Who.
    pub contender: ContenderId,
    /// Name of its library.
    pub library: String,
    /// Exact package version.
    pub version: String,
    /// What does the cryptography, without the primitive.
    pub backend: String,
}

impl Support {
    /// Computes the matrix of these cards.
    #[must_use]
    pub fn of<'a>(cards: impl IntoIterator<Item = &'a ContenderCard>) -> Self {
        let mut libraries: Vec<Library> = Vec::new();
        let mut schemes: Vec<Scheme> = Vec::new();
        for card in cards {
            let known = libraries.iter_mut().find(|library| library.name == card.library);
            match known {
                Some(library) if library.versions.contains(&card.library_version) => {}
                Some(library) => library.versions.push(card.library_version.clone()),
                None => libraries.push(Library {
                    name: card.library.clone(),
                    versions: vec![card.library_version.clone()],
                }),
            }
            let offer = Offer {
                contender: card.id.clone(),
                library: card.library.clone(),
                version: card.library_version.clone(),
                backend: backend(card),
            };
            match schemes.iter_mut().find(|scheme| scheme.id == card.scheme) {
                Some(scheme) => scheme.offers.push(offer),
                None => schemes.push(Scheme {
                    id: card.scheme.clone(),
                    family: card.family,
                    class: card.class,
                    offers: vec![offer],
                }),
            }
        }
        let place = |scheme: &Scheme| {
            (
                Family::ALL.iter().position(|family| *family == scheme.family),
                Class::ALL.iter().position(|class| *class == scheme.class),
            )
        };
        schemes.sort_by_key(place);
        Self { libraries, schemes }
    }
}

impl Scheme {
    /// What a reader finds where this scheme meets `library`: the backends, the
    /// version where the library has several, or [`NOT_OFFERED`].
    #[must_use]
    pub fn cell(&self, library: &Library) -> String {
        let mut offers: Vec<String> = Vec::new();
        for offer in self.offers.iter().filter(|offer| offer.library == library.name) {
            let mut text = match offer.backend.as_str() {
                "" => "yes".to_owned(),
                backend => backend.to_owned(),
            };
            if library.versions.len() > 1 {
                text = format!("{text}, at {}", offer.version);
            }
            if !offers.contains(&text) {
                offers.push(text);
            }
        }
        if offers.is_empty() {
            NOT_OFFERED.to_owned()
        } else {
            offers.join("; ")
        }
    }
}

/// Stands where a library lacks a scheme.
pub const NOT_OFFERED: &str = "—";

/// The backend of a card without the primitive that stands behind it in brackets.
fn backend(card: &ContenderCard) -> String {
    let name = card
        .backend
        .split_once(" (")
        .map_or(card.backend.as_str(), |(name, _)| name);
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Primitive;

    fn card(id: &str, family: Family, class: Class, version: &str, backend: &str) -> ContenderCard {
        let (library, algorithm) = id.split_once('/').expect("an id");
        let algorithm = algorithm.split('+').next().expect("an algorithm");
        ContenderCard {
            id: ContenderId::new(id),
            family,
            class,
            scheme: format!("{}.{algorithm}", family.scheme_prefix()),
            algorithm: algorithm.into(),
            library: library.into(),
            package: library.into(),
            library_version: version.into(),
            backend: backend.into(),
            primitive: Primitive::default(),
            footnote: None,
        }
    }

    #[test]
    fn rows_follow_families_and_classes_and_cells_say_who_offers_what() {
        let cards = [
            card(
                "p/v4.local",
                Family::Paseto,
                Class::Aead,
                "2.0.0",
                "orion (BLAKE2b)",
            ),
            card(
                "p/v4.public",
                Family::Paseto,
                Class::Signature128,
                "1.0.0",
                "dalek",
            ),
            card("j/HS256+a", Family::Jwt, Class::Mac, "11.1.0", "a (HMAC)"),
            card("j/HS256+b", Family::Jwt, Class::Mac, "11.1.0", "b (HMAC)"),
            card("k/HS256", Family::Jwt, Class::Mac, "0.1.0", ""),
            card(
                "k/EdDSA",
                Family::Jwt,
                Class::Signature128,
                "0.1.0",
                "a (Ed25519)",
            ),
        ];
        let support = Support::of(&cards);
        let schemes: Vec<&str> = support.schemes.iter().map(|scheme| scheme.id.as_str()).collect();
        assert_eq!(
            schemes,
            ["jwt.EdDSA", "jwt.HS256", "paseto.v4.public", "paseto.v4.local"]
        );
        let cells = |scheme: usize| -> Vec<String> {
            let libraries = support.libraries.iter();
            libraries
                .map(|library| support.schemes[scheme].cell(library))
                .collect()
        };
        assert_eq!(cells(0), ["—", "—", "a"]);
        assert_eq!(cells(1), ["—", "a; b", "yes"]);
        assert_eq!(
            cells(2),
            ["dalek, at 1.0.0", "—", "—"],
            "a library with two versions"
        );
        assert_eq!(cells(3), ["orion, at 2.0.0", "—", "—"]);
        assert_eq!(support.libraries[0].versions, ["2.0.0", "1.0.0"]);
    }
}
