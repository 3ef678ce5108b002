//! What the replay makes of targets and attacks that misbehave, with puppets
//! in their place: a wrong row must never count as an agreement.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokenlab_attacks::card::{AttackProfile, TargetProfile};
use tokenlab_attacks::desk::Closed;
use tokenlab_attacks::target::Exposure;
use tokenlab_attacks::{
    Attack, AttackerView, Budget, CannotForge, Decision, Forgery, Notebook, Outcome, Scheme, Target,
    Weakness, replay,
};
use tokenlab_harness::{ClaimSet, KeyRing, PublicKeys, RejectReason, Rejection};
use tokenlab_record::catalogue::{AttackClass, TargetKind};
use tokenlab_record::transcript::{Expected, Verdict};

/// A target that does whatever the test says.
struct Puppet {
    profile: TargetProfile,
    exposure: Exposure,
    act: fn() -> Outcome,
}

impl Puppet {
    fn new(weaknesses: &'static [Weakness], act: fn() -> Outcome) -> Self {
        static PUBLIC: OnceLock<Arc<PublicKeys>> = OnceLock::new();
        let scheme = Scheme::Jwt(tokenlab_attacks::scheme::JwsAlgorithm::Hs256);
        Self {
            profile: TargetProfile {
                id: "puppet".into(),
                kind: TargetKind::Flawed,
                scheme,
                summary: String::new(),
                own: weaknesses,
                mends: &[],
                provenance: String::new(),
                hardened: None,
            },
            exposure: Exposure {
                scheme,
                sample_token: "a.b.c".into(),
                sample_claims: claims_of("mallory"),
                public_key: None,
                issuer: Arc::clone(PUBLIC.get_or_init(|| Arc::new(KeyRing::from_seed(1).public()))),
                desk: Arc::new(Closed),
            },
            act,
        }
    }
}

impl Target for Puppet {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, _token: &str) -> Decision {
        Decision::new((self.act)(), Vec::new())
    }
}

/// An attack that forges whatever the test says.
struct Plan(fn() -> Result<Vec<Forgery>, CannotForge>);

impl Attack for Plan {
    fn profile(&self) -> &'static AttackProfile {
        static PROFILE: AttackProfile = AttackProfile {
            id: "plan",
            title: "",
            assumption: "",
            class: AttackClass::Algorithm,
            given: &[],
            isolated: false,
            breaks: &[Weakness::UntypedKey],
            references: &[],
            lesson: "",
        };
        &PROFILE
    }

    fn forge(&self, _view: &AttackerView<'_>, _notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        (self.0)()
    }
}

fn claims_of(sub: &str) -> ClaimSet {
    ClaimSet {
        sub: Some(sub.into()),
        ..ClaimSet::default()
    }
}

fn forged() -> Result<Vec<Forgery>, CannotForge> {
    Ok(vec![Forgery::new("only", "x.y.z".into())])
}

fn inexpressible() -> Result<Vec<Forgery>, CannotForge> {
    Err(CannotForge::Inexpressible {
        why: "there is no place for it".into(),
        tried: vec![Forgery::analogue("nearest", "x.y.z".into(), "as near as can be")],
    })
}

fn believe_the_victim() -> Outcome {
    Outcome::Believed(claims_of("admin"))
}

fn believe_the_attacker() -> Outcome {
    Outcome::Believed(claims_of("mallory"))
}

fn refuse() -> Outcome {
    Outcome::Rejected(Rejection::new(RejectReason::BadSignature, "no"))
}

fn fail() -> Outcome {
    Outcome::Rejected(Rejection::new(RejectReason::Internal, "out of order"))
}

#[allow(clippy::panic)] // a target that crashes is what it stands for
fn crash() -> Outcome {
    panic!("index {} out of range", 3)
}

/// Kind of the verdict, what was expected, and whether they agree.
fn cell(
    plan: fn() -> Result<Vec<Forgery>, CannotForge>,
    weaknesses: &'static [Weakness],
    act: fn() -> Outcome,
) -> (&'static str, Expected, bool) {
    let replay = replay::cell(&Plan(plan), &Puppet::new(weaknesses, act));
    for transcript in &replay.transcripts {
        assert_eq!(transcript.agrees, replay.cell.agrees);
        assert_eq!(transcript.expected, replay.cell.expected);
    }
    (
        replay.cell.verdict.kind(),
        replay.cell.expected,
        replay.cell.agrees,
    )
}

const WEAK: &[Weakness] = &[Weakness::UntypedKey];
const WEAK_ELSEWHERE: &[Weakness] = &[Weakness::KidInSql];

#[test]
fn an_outcome_agrees_only_with_what_the_weaknesses_say() {
    assert_eq!(
        cell(forged, WEAK, believe_the_victim),
        ("accepted", Expected::Accepted, true)
    );
    assert_eq!(
        cell(forged, WEAK, refuse),
        ("rejected", Expected::Accepted, false)
    );
    for sound in [&[], WEAK_ELSEWHERE] {
        assert_eq!(
            cell(forged, sound, refuse),
            ("rejected", Expected::Rejected, true)
        );
        assert_eq!(
            cell(forged, sound, believe_the_victim),
            ("accepted", Expected::Rejected, false)
        );
    }
}

#[test]
fn belief_in_anybody_but_the_victim_is_no_success() {
    assert_eq!(
        cell(forged, WEAK, believe_the_attacker),
        ("accepted", Expected::Accepted, false)
    );
}

#[test]
fn a_target_that_is_out_of_order_has_not_held() {
    assert_eq!(cell(forged, &[], fail), ("rejected", Expected::Rejected, false));
    assert_eq!(cell(forged, &[], crash), ("panicked", Expected::Rejected, false));
}

#[test]
fn what_has_no_place_is_inapplicable_unless_its_nearest_form_gets_through() {
    assert_eq!(
        cell(inexpressible, &[], refuse),
        ("inapplicable", Expected::Inapplicable, true)
    );
    assert_eq!(
        cell(inexpressible, &[], believe_the_victim),
        ("accepted", Expected::Inapplicable, false)
    );
    assert_eq!(
        cell(inexpressible, WEAK, refuse),
        ("inapplicable", Expected::Accepted, false)
    );
}

#[test]
fn a_forging_that_failed_proves_nothing() {
    let failed = || Err(CannotForge::Failed("no key".into()));
    assert_eq!(
        cell(failed, &[], refuse),
        ("inapplicable", Expected::Rejected, false)
    );
    let nothing = || Ok(Vec::new());
    assert_eq!(
        cell(nothing, &[], refuse),
        ("inapplicable", Expected::Rejected, false)
    );
}

#[test]
fn a_panic_is_a_verdict_with_its_message() {
    let replay = replay::cell(&Plan(forged), &Puppet::new(&[], crash));
    assert_eq!(
        replay.cell.verdict,
        Verdict::Panicked {
            detail: "index 3 out of range".into()
        }
    );
}

#[test]
fn a_spent_budget_is_an_outcome_and_a_kept_one_is_not() {
    let puppet = Puppet::new(&[], refuse);
    let target: &dyn Target = &puppet;
    let nothing_left = Budget {
        wall: Duration::ZERO,
        ..Budget::default()
    };
    assert!(matches!(
        target.submit("", nothing_left).outcome,
        Outcome::Exhausted(_)
    ));
    assert_eq!(target.submit("", Budget::default()).outcome, refuse());
}
