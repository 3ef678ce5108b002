//! The registries against the disk: files, lessons, ids, and the lines that
//! traces point at.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tokenlab_attacks::desk::{Closed, Desk, Draft};
use tokenlab_attacks::targets::deviations;
use tokenlab_attacks::{Scheme, Weakness, catalogue, replay, targets};
use tokenlab_harness::contenders;
use tokenlab_record::catalogue::{Class, TargetKind};
use tokenlab_record::transcript::CheckResult;

/// Files of `targets/` that are no targets: the registry itself, the issuer
/// behind all of them, the one file that makes many, the list of what is
/// different about some of those, and what two old releases have in common.
const NOT_A_TARGET: [&str; 5] = ["mod", "issuer", "contenders", "deviations", "old-jsonwebtoken"];

/// The one file that only a build with OpenSSL compiles.
const ON_OPENSSL: &str = "josekit-0-8-4";

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Names of the files in a folder with one extension, as ids.
fn ids_on_disk(path: &str, extension: &str) -> BTreeSet<String> {
    let ids: BTreeSet<String> = fs::read_dir(folder(path))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().replace('_', "-"))
        .collect();
    assert!(!ids.is_empty(), "{path} holds no .{extension} file");
    ids
}

fn is_kebab(id: &str) -> bool {
    id.split('-')
        .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

#[test]
fn every_attack_has_a_file_and_a_lesson_and_every_file_an_attack() {
    let registered: BTreeSet<String> = catalogue::all()
        .iter()
        .map(|attack| attack.id().to_owned())
        .collect();
    assert_eq!(registered.len(), catalogue::all().len(), "an id occurs twice");
    let mut files = ids_on_disk("src/catalogue", "rs");
    assert!(files.remove("mod"));
    assert_eq!(registered, files);
    assert_eq!(registered, ids_on_disk("lessons", "md"));
}

#[test]
fn every_target_of_our_own_has_a_file_and_every_file_a_target() {
    let mut files = ids_on_disk("src/targets", "rs");
    for not_a_target in NOT_A_TARGET {
        assert!(files.remove(not_a_target), "{not_a_target}");
    }
    if cfg!(not(feature = "openssl")) {
        assert!(files.remove(ON_OPENSSL), "{ON_OPENSSL}");
    }
    let own: Vec<String> = targets::all()
        .iter()
        .filter(|target| !targets::is_contender(target.as_ref()))
        .map(|target| target.id().to_owned())
        .collect();
    assert_eq!(BTreeSet::from_iter(own.iter().cloned()), files);
    assert_eq!(own.len(), files.len(), "an id occurs twice");
}

#[test]
fn every_weakness_has_a_target() {
    for weakness in Weakness::ALL {
        assert!(
            targets::all()
                .iter()
                .any(|target| target.profile().weaknesses().contains(weakness)),
            "{}",
            weakness.id()
        );
    }
}

#[test]
fn every_contender_that_can_run_is_a_target_with_the_weaknesses_that_are_listed_and_no_other() {
    for contender in contenders::available() {
        let id = contender.id().as_str();
        let target = targets::named(id).unwrap_or_else(|| panic!("{id} is no target"));
        let (profile, card) = (target.profile(), contender.card());
        assert_eq!(profile.scheme.to_string(), card.scheme, "{id}");
        assert_eq!(profile.scheme.family(), card.family, "{id}");
        let of_class: &[_] = match card.class {
            Class::PublicKeyEncryption => &[Weakness::EncryptionAsAuthentication],
            _ => &[],
        };
        let (own, mends) = deviations::of(id).map_or((of_class, &[][..]), |line| (line.own, line.mends));
        assert_eq!((profile.own, profile.mends), (own, mends), "{id}");
        assert!(of_class.iter().all(|weakness| own.contains(weakness)), "{id}");
        let is_sound = profile.kind == TargetKind::Hardened;
        assert_eq!(is_sound, own.is_empty(), "{id}");
        let is_public = matches!(profile.scheme, Scheme::Jwe(alg, _) if alg.is_public());
        assert_eq!(is_public, !of_class.is_empty(), "{id}");
    }
}

#[test]
fn every_line_about_contenders_speaks_of_some_and_says_why() {
    for line in deviations::DEVIATIONS {
        let name = line.contender;
        let covered = contenders::all()
            .iter()
            .filter(|contender| line.covers(contender.id().as_str()));
        let mut covered = covered.peekable();
        assert!(
            covered.peek().is_some() || cfg!(not(feature = "openssl")),
            "{name} is nobody"
        );
        for contender in covered {
            let lines = deviations::DEVIATIONS
                .iter()
                .filter(|line| line.covers(contender.id().as_str()));
            assert_eq!(lines.count(), 1, "{}", contender.id());
        }
        assert!(
            !line.own.is_empty() || !line.mends.is_empty(),
            "{name} is like the others"
        );
        assert!(
            line.mends.iter().all(|weakness| weakness.is_inherent()),
            "{name} mends what it can't have"
        );
        for sentence in [line.reason, line.measured] {
            assert!(sentence.ends_with('.'), "{name}: {sentence:?}");
        }
    }
}

#[test]
fn ids_are_kebab_case() {
    for attack in catalogue::all() {
        assert!(is_kebab(attack.id()), "{}", attack.id());
    }
    for weakness in Weakness::ALL {
        assert!(is_kebab(weakness.id()), "{}", weakness.id());
    }
    for target in targets::all() {
        assert!(
            targets::is_contender(target.as_ref()) || is_kebab(target.id()),
            "{}",
            target.id()
        );
    }
    for wrong in ["", "a_b", "A", "a--b", "-a", "a.b"] {
        assert!(!is_kebab(wrong), "{wrong}");
    }
}

#[test]
fn cards_are_complete_and_name_their_sources() {
    for attack in catalogue::all() {
        let card = attack.card();
        assert!(!card.breaks.is_empty(), "{}", card.id);
        assert!(
            card.references
                .iter()
                .any(|reference| ["RFC ", "draft-", "PASETO ", "Biscuit "]
                    .iter()
                    .any(|rule| reference.label.starts_with(rule))),
            "{}",
            card.id
        );
        for reference in &card.references {
            assert!(reference.note.ends_with('.'), "{}: {}", card.id, reference.label);
        }
    }
    for target in targets::all() {
        let card = target.card();
        assert!(
            !card.summary.is_empty() && !card.provenance.is_empty(),
            "{}",
            card.id
        );
        let hardened = card.kind == TargetKind::Hardened;
        assert_eq!(target.profile().own.is_empty(), hardened, "{}", card.id);
        let inherent = target.profile().weaknesses();
        let mut inherent = inherent
            .iter()
            .filter(|weakness| !target.profile().own.contains(weakness));
        assert!(inherent.all(|weakness| weakness.is_inherent()), "{}", card.id);
    }
}

#[test]
fn lessons_have_every_section_and_every_advisory_of_the_card() {
    const SECTIONS: [&str; 8] = [
        "## Story",
        "## Predict",
        "## The forged token",
        "## Which check stops it",
        "## The fix",
        "## Elsewhere",
        "## History",
        "## Check question",
    ];
    for attack in catalogue::all() {
        let lesson = catalogue::lesson(attack.id()).unwrap();
        let headings: Vec<&str> = lesson.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, SECTIONS, "{}", attack.id());
        let first = lesson.lines().next().unwrap();
        assert_eq!(first, format!("# {} (`{}`)", attack.profile().title, attack.id()));
        assert!(lesson.contains("```diff"), "{}: no fix as a diff", attack.id());
        for counterpart in ["**PASETO", "**Biscuit", "**Server-side session"] {
            assert!(lesson.contains(counterpart), "{}: {counterpart}", attack.id());
        }
        for (label, _) in attack.profile().references {
            if label.starts_with("CVE") {
                assert!(
                    lesson.contains(label),
                    "{}: {label} is not in the lesson",
                    attack.id()
                );
            }
        }
    }
}

#[test]
fn lessons_speak_of_checks_and_targets_that_exist() {
    let mut known: BTreeSet<String> = catalogue::all()
        .iter()
        .map(|attack| attack.id().to_owned())
        .collect();
    known.extend(ids_on_disk("src/targets", "rs"));
    for replay in replay::matrix(|_, _| true) {
        for transcript in replay.transcripts {
            known.extend(transcript.trace.into_iter().map(|entry| entry.id));
            known.insert(transcript.variant);
        }
    }
    for attack in catalogue::all() {
        for quoted in attack.profile().lesson.split('`').skip(1).step_by(2) {
            if is_kebab(quoted) && quoted.contains('-') {
                assert!(known.contains(quoted), "{}: there is no `{quoted}`", attack.id());
            }
        }
    }
}

#[test]
fn traces_point_at_lines_of_this_repository() {
    let root = folder("..");
    let mut places = BTreeSet::new();
    for replay in replay::matrix(|_, _| true) {
        for transcript in &replay.transcripts {
            for entry in &transcript.trace {
                let place = (
                    entry.file.clone(),
                    entry.line,
                    entry.result == CheckResult::Absent,
                );
                if !places.insert((place, transcript.target.clone())) {
                    continue;
                }
                let text = fs::read_to_string(root.join(&entry.file))
                    .unwrap_or_else(|error| panic!("{}: {}: {error}", transcript.target, entry.file));
                let line = text.lines().nth(entry.line as usize - 1);
                assert!(
                    line.is_some_and(|line| !line.trim().is_empty()),
                    "{}: {}:{} is no line of code",
                    transcript.target,
                    entry.file,
                    entry.line
                );
                if entry.result == CheckResult::Absent {
                    if entry.file == "attacks/src/weakness.rs" {
                        continue; // what would have to be built around it
                    }
                    let file = match targets::named(&transcript.target) {
                        Some(target) if targets::is_contender(target) => "contenders".to_owned(),
                        _ => transcript.target.replace('-', "_"),
                    };
                    let own = format!("attacks/src/targets/{file}.rs");
                    assert_eq!(
                        entry.file, own,
                        "a missing check is missing in the target's own file"
                    );
                }
            }
        }
    }
    assert!(!places.is_empty());
}

#[test]
fn no_attack_reaches_for_what_an_issuer_knows() {
    // The type of the view is the wall; these are the ways around it that
    // would compile all the same.
    for id in catalogue::all().iter().map(|attack| attack.id()) {
        let source = source_of("src/catalogue", id);
        for way_around in [
            "targets::",
            "contenders::",
            "from_seed",
            "KeyRing",
            "TokenService",
            "Exposure",
            "desk::Desk",
        ] {
            assert!(!source.contains(way_around), "{id} names {way_around}");
        }
    }
}

fn source_of(path: &str, id: &str) -> String {
    fs::read_to_string(folder(path).join(id.replace('-', "_")).with_extension("rs")).unwrap()
}

#[test]
fn a_card_says_of_a_target_what_its_profile_does() {
    for target in targets::all() {
        let profile = target.profile();
        let card = profile.card();
        let ids: Vec<&str> = profile
            .weaknesses()
            .iter()
            .map(|weakness| weakness.id())
            .collect();
        assert_eq!(card.weaknesses, ids, "{}", card.id);
        assert_eq!(card.id.as_str(), profile.id.as_str());
    }
}

/// Session fixation needs an id that is nobody's yet; a token says who somebody is.
#[test]
fn a_visitor_gets_a_session_and_never_a_token() {
    for target in targets::all() {
        if !matches!(target.profile().scheme, Scheme::Session(_)) {
            let gets = target.exposure().desk.visit();
            assert_eq!(gets, None, "{}", target.profile().id);
        }
    }
    assert_eq!(Closed.visit(), None);
    let said = Closed.issue(&Draft::default()).unwrap_err();
    assert!(said.contains("nobody issues"), "{said}");
}
