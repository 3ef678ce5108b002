//! Short-lived access tokens and the refresh token behind them: how long a thief stays.
//!
//! An authorization server in logical time with real tokens: a JWT by EdDSA for access, an
//! opaque refresh token in a store (RFC 6749 §1.5). With rotation a refresh token is good
//! once, and whoever shows one that was used before ends its whole family, the thief's
//! tokens included (RFC 9700 §4.14.2). Owner and thief come when their access token is
//! over, each as fast as it can; the clock goes in steps of a second or more, and nothing
//! waits for it.

use std::collections::BTreeMap;

use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::session::SessionId;
use tokenlab_harness::{Bound, Codec, KeyRing};
use tokenlab_record::stats::Interval;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::study::{Findings, Stage, StudyCard, StudyError};
use crate::subject::{believed, contender, issued, key_of};

pub(super) static CARD: StudyCard = StudyCard {
    id: "refresh",
    title: "Refreshing, and reuse detected",
    question: "For how long is a thief in, with a stolen access token and with a stolen refresh token?",
    needs: &[],
    run,
};

const JWT: &str = "jsonwebtoken/EdDSA+rustcrypto";

/// For how long a refresh token lives, seconds.
const REFRESH_LIVES: i64 = 24 * 3600;

/// When everything begins, seconds since 1970.
const START: i64 = 1_800_000_000;

/// Seed of the keys.
const SEED: u64 = 0x5245_4652;

/// What happens to a refresh token that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rotation {
    /// It stays good until it expires.
    Kept,
    /// Another takes its place; one that was used before ends the family.
    Rotated,
}

impl Rotation {
    const fn title(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Rotated => "rotated, reuse detected",
        }
    }
}

/// A refresh token as the server knows it.
struct Known {
    family: u32,
    expires: i64,
    used: bool,
}

/// An authorization server.
struct Server {
    codec: Box<dyn Codec>,
    rotation: Rotation,
    access_lives: i64,
    refresh: BTreeMap<String, Known>,
    /// Families that were ended.
    ended: Vec<u32>,
    /// Times at which reuse was seen.
    detected: Option<i64>,
}

/// What a client gets.
#[derive(Clone)]
struct Grant {
    access: String,
    access_ends: i64,
    refresh: String,
}

impl Server {
    fn start(rotation: Rotation, access_lives: i64) -> Result<Self, StudyError> {
        let contender = contender(JWT)?;
        let key = key_of(contender, &KeyRing::from_seed(SEED))?;
        Ok(Self {
            codec: contender.codec(&key)?,
            rotation,
            access_lives,
            refresh: BTreeMap::new(),
            ended: Vec::new(),
            detected: None,
        })
    }

    fn grant(&mut self, family: u32, refresh: Option<String>, now: i64) -> Result<Grant, StudyError> {
        let claims = issued("ada", now, self.access_lives);
        let payload = claims
            .to_json::<NumericDate>()
            .map_err(|error| StudyError::Service(error.to_string()))?;
        let refresh = match refresh {
            Some(same) => same,
            None => {
                let fresh = SessionId::random()
                    .map_err(|error| StudyError::Service(error.to_string()))?
                    .to_string();
                let known = Known {
                    family,
                    expires: now + REFRESH_LIVES,
                    used: false,
                };
                self.refresh.insert(fresh.clone(), known);
                fresh
            }
        };
        Ok(Grant {
            access: self.codec.seal(payload.as_bytes(), &Bound::default())?,
            access_ends: now + self.access_lives,
            refresh,
        })
    }

    /// Another access token for a refresh token; `None` if that is not good any more.
    fn refresh(&mut self, token: &str, now: i64) -> Result<Option<Grant>, StudyError> {
        let Some(known) = self.refresh.get_mut(token) else {
            return Ok(None);
        };
        let family = known.family;
        if known.used && self.rotation == Rotation::Rotated {
            self.detected.get_or_insert(now);
            self.ended.push(family);
        }
        if known.expires <= now || self.ended.contains(&family) {
            return Ok(None);
        }
        known.used = true;
        let same = (self.rotation == Rotation::Kept).then(|| token.to_owned());
        self.grant(family, same, now).map(Some)
    }

    /// Whether a resource server lets an access token in: it asks nobody.
    fn lets_in(&self, access: &str, now: i64) -> bool {
        let opened = self.codec.open(access, &Bound::default());
        opened.is_ok_and(|opened| believed::<NumericDate>(&opened.payload, now, 0).is_ok())
    }
}

/// One setting and how long the thief was in.
struct Exposure {
    access_lives: i64,
    rotation: Rotation,
    /// Seconds from the theft of an access token to its refusal.
    access: i64,
    /// Seconds from the theft of a refresh token to the last request of the thief's that
    /// got in.
    refresh: i64,
    /// Seconds from that theft until the server saw the reuse.
    detected: Option<i64>,
    /// Whether the owner had to log in again.
    owner_out: bool,
}

/// The theft happens a third into the life of an access token.
fn measure(rotation: Rotation, access_lives: i64, step: i64) -> Result<Exposure, StudyError> {
    let mut server = Server::start(rotation, access_lives)?;
    let theft = START + access_lives / 3;
    let mut owner = server.grant(1, None, START)?;
    let stolen = owner.clone();

    let mut access = 0;
    while server.lets_in(&stolen.access, theft + access) {
        access += 1;
    }

    // The thief uses the refresh token at once; both come again when their token is over.
    let mut thief = server.refresh(&stolen.refresh, theft)?;
    let mut last_in = theft;
    let mut owner_out = false;
    let mut now = theft;
    while now < START + REFRESH_LIVES + 2 * access_lives {
        if !owner_out && now >= owner.access_ends {
            match server.refresh(&owner.refresh, now)? {
                Some(grant) => owner = grant,
                None => owner_out = now < START + REFRESH_LIVES,
            }
        }
        if let Some(grant) = &thief {
            if server.lets_in(&grant.access, now) {
                last_in = now;
            }
            if now >= grant.access_ends {
                let refresh = grant.refresh.clone();
                thief = server.refresh(&refresh, now)?;
            }
        }
        now += step;
    }
    Ok(Exposure {
        access_lives,
        rotation,
        access,
        refresh: last_in - theft,
        detected: server.detected.map(|at| at - theft),
        owner_out,
    })
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let (lives, step): (&[i64], i64) = match stage.form {
        Form::Short => (&[300, 3600], 10),
        _ => (&[60, 300, 900, 3600], 1),
    };
    let mut found = Vec::new();
    for access_lives in lives {
        for rotation in [Rotation::Kept, Rotation::Rotated] {
            stage.say(&format!(
                "access tokens of {access_lives} s, refresh tokens {}",
                rotation.title()
            ));
            found.push(measure(rotation, *access_lives, step)?);
        }
    }
    let bars = found.iter().map(|one| {
        #[allow(clippy::cast_precision_loss)] // seconds of a day
        let seconds = one.refresh as f64;
        Bar {
            label: format!("{} s, {}", one.access_lives, one.rotation.title()),
            family: None,
            value: Interval::exact(seconds * 1e9),
        }
    });
    let chart = BarChart {
        name: "exposure".into(),
        title: "How long a stolen refresh token was worth something".into(),
        subtitle: format!(
            "from the theft to the thief's last request that got in, logical time in steps of {step} s · life of an \
             access token, and what happens to refresh tokens"
        ),
        unit: Unit::Nanoseconds,
        bars: bars.collect(),
    };
    Ok(Findings {
        method: vec![
            format!(
                "Time is logical and goes in steps of {step} s; tokens and their verification are real. The theft is a \
                 third into the life of the first access token; refresh tokens live {} h, and each refreshed one as \
                 long again.",
                REFRESH_LIVES / 3600
            ),
            "The thief refreshes at once, and both come back when their access token is over. An owner who stays away \
             detects nothing: the exposure is then the refresh token's whole life."
                .into(),
            "Resource servers ask nobody: an access token gets in until it expires, whatever became of its family.".into(),
        ],
        conclusion: conclusion(&found),
        charts: vec![chart],
        tables: vec![table(&found)],
    })
}

fn table(found: &[Exposure]) -> StudyTable {
    let seconds = |time: i64| Field::count(u64::try_from(time).unwrap_or(0));
    StudyTable {
        caption: "Exposure by setting, seconds".into(),
        heads: [
            "access token lives",
            "refresh tokens are",
            "stolen access token got in for",
            "stolen refresh token for",
            "reuse seen after",
            "owner has to log in",
        ]
        .map(str::to_owned)
        .into(),
        rows: found
            .iter()
            .map(|one| {
                vec![
                    seconds(one.access_lives),
                    Field::text(one.rotation.title()),
                    seconds(one.access),
                    seconds(one.refresh),
                    one.detected.map_or_else(|| Field::text("never"), seconds),
                    Field::text(if one.owner_out { "yes" } else { "no" }),
                ]
            })
            .collect(),
    }
}

fn conclusion(found: &[Exposure]) -> Vec<String> {
    let of = |rotation: Rotation| found.iter().filter(move |one| one.rotation == rotation);
    let (Some(shortest), Some(longest)) = (of(Rotation::Rotated).next(), of(Rotation::Rotated).next_back())
    else {
        return Vec::new();
    };
    let kept = of(Rotation::Kept).map(|one| one.refresh).max().unwrap_or(0);
    vec![
        format!(
            "A stolen access token got in for the rest of its life: {} s of {} s, and {} s of {} s.",
            shortest.access, shortest.access_lives, longest.access, longest.access_lives
        ),
        format!(
            "A stolen refresh token that is not rotated let the thief in for {:.1} h, whatever the life of an access \
             token. With rotation the reuse was seen when the owner came back, and the thief was out after {} s with \
             access tokens of {} s, after {} s with those of {} s.",
            f64::from(i32::try_from(kept).unwrap_or(i32::MAX)) / 3600.0,
            shortest.refresh,
            shortest.access_lives,
            longest.refresh,
            longest.access_lives
        ),
        "The price is the owner's, who has to log in again, as does whoever loses the answer to a refresh and asks \
         twice. None of it depends on the format of the access token: this is what a session gives for nothing."
            .into(),
    ]
}
