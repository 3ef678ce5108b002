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

    /// Launches that are added at the end for groups that were noisy.
    #[must_use]
    pub const fn second_chances(self) -> u32 {
        match self {
            Self::Smoke => 0,
            Self::Quick => 1,
            Self::Default => 3,
            Self::Full => 4,
        }
    }

    /// Time for the timed blocks of all launches together.
    #[must_use]
    pub const fn budget(self) -> Duration {
        Duration::from_secs(match self {
            Self::Smoke => 3,
            Self::Quick => 20,
            Self::Default => 215,
            Self::Full => 1080,
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

    /// The models that are measured, in report order.
    #[must_use]
    pub fn models(self) -> Vec<Model> {
        let is_measured = |model: &Model| !self.corpora(*model).is_empty();
        Model::ALL.into_iter().filter(is_measured).collect()
    }

    /// The corpora a model is measured on; none if it is not measured at all.
    #[must_use]
    pub fn corpora(self, model: Model) -> Vec<&'static str> {
        match (self, model) {
            (_, Model::Verify | Model::Issue) => match self {
                Self::Smoke => vec!["typical"],
                Self::Quick | Self::Default => vec!["tiny", "typical", "large"],
                Self::Full => CORPORA.iter().map(|corpus| corpus.name).collect(),
            },
            // One block of every contender at 1 MiB takes a fifth of a second,
            // as long as a round of all the rest; at 64 KiB, a tenth of that.
            (Self::Smoke | Self::Quick, Model::VerifyHuge | Model::RejectHuge)
            | (
                Self::Smoke,
                Model::VerifyLong
                | Model::RejectLong
                | Model::RejectHeader
                | Model::RejectEncoding
                | Model::RejectExpired,
            ) => Vec::new(),
            // Loading sees no claims, and what is refused is mostly refused before them.
            _ => vec!["typical"],
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
            Self::Smoke => (10, 30),
            Self::Quick => (20, 50),
            Self::Default => (50, 200),
            Self::Full => (300, 1000),
        };
        (
            Duration::from_millis(milliseconds.0),
            Duration::from_millis(milliseconds.1),
        )
    }
}
