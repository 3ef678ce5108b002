//! The tag's bytes by the clock: a comparison that ends at the first byte that
//! differs.
//!
//! The flawed assumption: a refusal says no and nothing more. If tags are
//! compared byte by byte, the refusal comes the later, the more bytes are right,
//! and whoever can ask often enough finds one byte after the other. Over a
//! network that takes much patience; in one process the difference can be shown
//! in a second. Bitten: PyPI python-jose (CVE-2016-7036).
//!
//! She measures at her own token, whose right tag she knows: with its first byte
//! changed, and with its last. In random order, thousands of times, and a
//! difference counts only if three measurements in a row find it (`timing`), and
//! for whoever runs this in a child only if further children find it as well.
//! PASETO demands the constant-time comparison in its specification; a signature
//! is verified by computing with public values, and there is nothing to compare
//! with.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenlab_harness::decode;
use tokenlab_record::catalogue::AttackClass;
use tokenlab_record::stats::SplitMix64;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme};
use crate::timing::{Comparison, LEAST_EFFECT, THRESHOLD, compare};
use crate::weakness::Weakness;

pub(super) struct HmacTiming;

static PROFILE: AttackProfile = AttackProfile {
    id: "hmac-timing",
    title: "Authentication tag compared byte by byte",
    assumption: "A refusal says no, and nothing more.",
    class: AttackClass::Cryptography,
    given: &[Given::Answers],
    isolated: true,
    breaks: &[Weakness::EarlyExitCompare],
    references: &[
        (
            "RFC 7518 §3.2",
            "The computed tag is compared with the received one; that time must not tell how far they agree is implied.",
        ),
        (
            "RFC 7516 §11.5",
            "Refusals of a decryption are to be told apart neither by their words nor by their time.",
        ),
        (
            "PASETO, Version4, Decrypt step 8",
            "The tags are compared in constant time.",
        ),
        (
            "CVE-2016-7036",
            "PyPI python-jose before 1.3.2 compares with ==, fixed in 1.3.2.",
        ),
        (
            "Reparaz, Balasch, Verbauwhede, 2017",
            "dudect: two classes of input in random order, cropped times, Welch's t.",
        ),
    ],
    lesson: include_str!("../../lessons/hmac-timing.md"),
};

/// A difference counts if that many measurements in a row find it.
const REPETITIONS: usize = 3;

/// Questions of each kind in one measurement, and how long it may take. What
/// answers slowly is asked less often, and less is seen of it.
const QUESTIONS: usize = 10_000;
const PATIENCE: Duration = Duration::from_millis(150);

/// Answers that are thrown away: caches, branch predictors, lazy tables.
const WARM_UP: usize = 200;

impl Attack for HmacTiming {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let tag = match view.scheme() {
            Scheme::Jwt(algorithm) if algorithm.is_shared() => Tag::last_of(view.bare_sample(), 2, None),
            Scheme::Jwe(alg, _) if !alg.is_public() => Tag::last_of(view.bare_sample(), 4, None),
            Scheme::Paseto(_, Purpose::Local) => Tag::last_of(view.bare_sample(), 2, Some(paseto_tag(view))),
            Scheme::Session(_) => {
                return Err(nothing_to_compare(
                    view,
                    "the id of a session is looked up, and carries no tag that could be compared",
                ));
            }
            _ => {
                return Err(nothing_to_compare(
                    view,
                    "a signature is verified by computing with public values: there is nothing secret to compare it with",
                ));
            }
        };
        let tag = tag.ok_or_else(|| CannotForge::Failed("her own token has no tag".into()))?;
        measure(view, &tag, notes)
    }
}

/// Asks until it is sure that there is no difference, or sure that there is.
fn measure(
    view: &AttackerView<'_>,
    tag: &Tag<'_>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let mut random = SplitMix64::new(0x7A6_5C4D);
    let mut found = Vec::new();
    let mut leaks = true;
    for _ in 0..REPETITIONS {
        let compared = repetition(view, tag, &mut random)?;
        found.push(in_words(compared));
        leaks = compared.is_some_and(|compared| compared.is_leak());
        if !leaks {
            break;
        }
    }
    notes.step(
        "Sends her own token with the first byte of its tag changed, and with the last, in random order, and takes the time:",
        format!(
            "{}\nA leak is more than {LEAST_EFFECT} ns and {THRESHOLD} standard errors, {REPETITIONS} times in a row.",
            found.join("\n")
        ),
    );
    let first = Forgery::new("first-byte-wrong", tag.changed(Which::First, 1)).to_be_believed();
    let last = Forgery::new("last-byte-wrong", tag.changed(Which::Last, 1)).to_be_believed();
    Ok(if leaks {
        let told = format!(
            "how many bytes of a tag are right, by the time of the refusal; with the last byte wrong instead of the \
             first: {}",
            found.join("; ")
        );
        vec![first, last.with_leak(told)]
    } else {
        vec![first, last]
    })
}

/// One measurement: as many questions of both kinds as fit into the patience.
fn repetition(
    view: &AttackerView<'_>,
    tag: &Tag<'_>,
    random: &mut SplitMix64,
) -> Result<Option<Comparison>, CannotForge> {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    // One buffer for all questions of a measurement, so that none lies better in
    // memory, and another one for the next.
    let mut question = String::with_capacity(view.bare_sample().len() * 2 + random.below(1 << 12));
    let mut asked = 0;
    let started = Instant::now();
    while asked < WARM_UP + 2 * QUESTIONS && (asked < WARM_UP || started.elapsed() < PATIENCE) {
        let which = random
            .choose(&[Which::First, Which::Last])
            .unwrap_or(Which::First);
        // Any wrong byte will do; always the same would be a pattern.
        let flip = u8::try_from(1 + random.below(255)).unwrap_or(1);
        question.clear();
        question.push_str(&tag.changed(which, flip));
        let elapsed = view.ask(&question)?.elapsed;
        asked += 1;
        if asked > WARM_UP {
            let nanoseconds = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
            match which {
                Which::First => first.push(nanoseconds),
                Which::Last => last.push(nanoseconds),
            }
        }
    }
    Ok(compare(&first, &last))
}

fn in_words(compared: Option<Comparison>) -> String {
    compared.map_or_else(
        || "too few answers in the time that there was".to_owned(),
        |Comparison { kept, difference, t }| {
            format!(
                "{difference:+.1} ns, {t:+.1} standard errors, of {} and {} answers",
                kept[0], kept[1]
            )
        },
    )
}

/// Which byte of the tag is wrong.
#[derive(Clone, Copy)]
enum Which {
    First,
    Last,
}

/// A token around the part in which its tag is.
struct Tag<'a> {
    before: &'a str,
    bytes: Vec<u8>,
    after: &'a str,
    first: usize,
}

impl<'a> Tag<'a> {
    /// The tag in that part of a token: all of it, or so many bytes at its end.
    fn last_of(token: &'a str, part: usize, length: Option<usize>) -> Option<Self> {
        let text = token.split('.').nth(part)?;
        let start: usize = token.split('.').take(part).map(|part| part.len() + 1).sum();
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let first = bytes.len().checked_sub(length.unwrap_or(bytes.len()))?;
        (first + 1 < bytes.len()).then_some(Self {
            before: token.get(..start)?,
            after: token.get(start + text.len()..)?,
            bytes,
            first,
        })
    }

    /// The token with some bits of one byte of its tag changed.
    fn changed(&self, which: Which, flip: u8) -> String {
        let mut bytes = self.bytes.clone();
        let place = match which {
            Which::First => self.first,
            Which::Last => bytes.len() - 1,
        };
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= flip;
        }
        [self.before, &URL_SAFE_NO_PAD.encode(bytes), self.after].concat()
    }
}

/// How long the tag at the end of her own token is.
fn paseto_tag(view: &AttackerView<'_>) -> usize {
    let parts = decode::decode(view.bare_sample()).parts;
    let tag = parts.iter().find(|part| part.name == "tag");
    tag.map_or(0, |tag| tag.bytes.len())
}

/// The nearest thing: her own token with a letter changed, which is refused, in
/// whatever time. The letter stands where a tag would; of an id at its beginning,
/// since not every store looks at all of it.
fn nothing_to_compare(view: &AttackerView<'_>, why: &str) -> CannotForge {
    let sample = view.bare_sample();
    let (variant, place, how) = match view.scheme() {
        Scheme::Session(_) => (
            "id-changed",
            0,
            "a letter of the id is changed, since it has no tag",
        ),
        _ => (
            "end-changed",
            sample.len().saturating_sub(8),
            "the end of the token is changed, where a tag would stand",
        ),
    };
    let (kept, end) = sample.split_at_checked(place).unwrap_or_default();
    let other = if end.starts_with('A') { 'B' } else { 'A' };
    let rest = end.get(1..).unwrap_or_default();
    let token = format!("{kept}{other}{rest}");
    CannotForge::Inexpressible {
        why: why.into(),
        tried: vec![Forgery::analogue(variant, token, how).to_be_believed()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mint;

    #[test]
    fn a_change_is_in_the_tag_and_nowhere_else() {
        let token = format!("aaa.bbb.{}.ccc", mint::part([0; 8]));
        let tag = Tag::last_of(&token, 2, Some(4)).unwrap();
        for (which, place) in [(Which::First, 4), (Which::Last, 7)] {
            let mut wanted = [0; 8];
            wanted[place] = 0x81;
            assert_eq!(
                tag.changed(which, 0x81),
                format!("aaa.bbb.{}.ccc", mint::part(wanted))
            );
        }
        assert_eq!(tag.changed(Which::Last, 0), token);
        assert!(Tag::last_of("a.b.", 2, None).is_none());
        assert!(Tag::last_of("a.b", 2, None).is_none());
    }
}
