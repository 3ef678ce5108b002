//! Profiles: how much of the truth a user has time for.

use std::time::Duration;

use tokenlab_harness::corpus::CORPORA;
use tokenlab_record::measurement::Model;

/// How long to measure, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Does everything work at all? 20 seconds at most.
    Smoke,
    /// A first look. A minute.
    Quick,
    /// What one publishes. Six minutes.
    Default,
    /// Every corpus, twice the launches. Half an hour.
    Full,
}

impl Profile {
    /// Every profile, shortest first.
    pub const ALL: [Self; 4] = [Self::Smoke, Self::Quick, Self::Default, Self::Full];

    /// Name on the command line and in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Quick => "quick",
            Self::Default => "default",
            Self::Full => "full",
        }
    }

    /// Fresh processes. Below about twelve, an interval over launches is wide
    /// and honest about it.
    #[must_use]
    pub const fn launches(self) -> u32 {
        match self {
            Self::Smoke => 3,
            Self::Quick => 6,
            Self::Default => 12,
            Self::Full => 24,
        }
    }

    /// Time for the timed blocks of all launches together.
    #[must_use]
    pub const fn budget(self) -> Duration {
        Duration::from_secs(match self {
            Self::Smoke => 5,
            Self::Quick => 33,
            Self::Default => 255,
            Self::Full => 1380,
        })
    }

    /// Target length of one timed block. Long against the clock's own cost of
    /// about half a microsecond, short against a time slice of the scheduler.
    #[must_use]
    pub const fn block(self) -> Duration {
        Duration::from_micros(match self {
            Self::Smoke => 150,
            Self::Quick => 250,
            Self::Default | Self::Full => 400,
        })
    }

    /// The corpora a model is measured on.
    #[must_use]
    pub fn corpora(self, model: Model) -> Vec<&'static str> {
        match (self, model) {
            // Loading sees no claims, and a signature is refused before them.
            (_, Model::Load | Model::RejectSignature) | (Self::Smoke, _) => vec!["typical"],
            (Self::Full, _) => CORPORA.iter().map(|corpus| corpus.name).collect(),
            (_, _) => vec!["tiny", "typical", "large"],
        }
    }

    /// The models that criterion measures as well, on the typical corpus.
    #[must_use]
    pub const fn second_opinion_on(self) -> &'static [Model] {
        match self {
            Self::Smoke => &[Model::Verify],
            Self::Quick | Self::Default | Self::Full => &[Model::Verify, Model::Issue],
        }
    }

    /// How long criterion looks at one case: warm-up, then measuring.
    #[must_use]
    pub const fn second_opinion_time(self) -> (Duration, Duration) {
        let milliseconds = match self {
            Self::Smoke => (20, 60),
            Self::Quick => (50, 100),
            Self::Default => (150, 500),
            Self::Full => (300, 1000),
        };
        (
            Duration::from_millis(milliseconds.0),
            Duration::from_millis(milliseconds.1),
        )
    }
}
