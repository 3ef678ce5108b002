//! The machine and the build that a run was measured on.
//!
//! A time without a machine is a rumour. Two runs are compared only when
//! [`Environment::same_machine`] says that they may be.

use serde::{Deserialize, Serialize};

/// Schema tag of [`Environment`].
pub const ENVIRONMENT_SCHEMA: &str = "tokenlab.environment/1";

/// `environment.json`: where, when and with what a run was measured. A field
/// that could not be read says so in words instead of being left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// [`ENVIRONMENT_SCHEMA`].
    pub schema: String,
    /// Processor name as the kernel gives it.
    pub cpu_model: String,
    /// Instruction sets that change cryptographic speed (sha_ni, avx512f, vaes...).
    pub cpu_features: Vec<String>,
    /// Logical processors available to this process.
    pub cores: u32,
    /// Memory of the machine, bytes.
    pub memory_bytes: u64,
    /// Operating system and release.
    pub os: String,
    /// Kernel release.
    pub kernel: String,
    /// Compiler that built this binary.
    pub rustc: String,
    /// Commit of the work tree that the run was started in.
    pub commit: String,
    /// Whether that work tree differed from its commit.
    pub dirty: bool,
    /// SHA-256 of the lock file the binary was built with, hexadecimal.
    pub lock_sha256: String,
    /// Build profile, `release` unless the numbers are worthless.
    pub build_profile: String,
    /// Start of the run, RFC 3339.
    pub started_at: String,
    /// One-minute load average at the start.
    pub load: f64,
}

impl Environment {
    /// Whether times from the two environments may be compared.
    #[must_use]
    pub fn same_machine(&self, other: &Self) -> bool {
        self.machine_differences(other).is_empty()
    }

    /// What forbids comparing times from the two environments: an unlike
    /// processor, or one of which nothing is known.
    #[must_use]
    pub fn machine_differences(&self, newer: &Self) -> Vec<Difference> {
        let named = |environment: &Self| match environment.cpu_model.as_str() {
            "" => "not recorded".to_owned(),
            model => model.to_owned(),
        };
        if self.cpu_model.is_empty() || newer.cpu_model.is_empty() {
            return vec![Difference {
                what: "processor".to_owned(),
                old: named(self),
                new: named(newer),
            }];
        }
        [
            Difference::between("processor", named(self), named(newer)),
            Difference::between(
                "logical processors",
                self.cores.to_string(),
                newer.cores.to_string(),
            ),
            Difference::between(
                "instruction sets",
                self.cpu_features.join(" "),
                newer.cpu_features.join(" "),
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What differs in the program and beneath it, machine apart.
    #[must_use]
    pub fn build_differences(&self, newer: &Self) -> Vec<Difference> {
        let commit = |environment: &Self| {
            let changes = if environment.dirty {
                " with local changes"
            } else {
                ""
            };
            format!("{}{changes}", environment.commit)
        };
        [
            Difference::between("compiler", self.rustc.as_str(), newer.rustc.as_str()),
            Difference::between(
                "build profile",
                self.build_profile.as_str(),
                newer.build_profile.as_str(),
            ),
            Difference::between("commit", commit(self), commit(newer)),
            Difference::between(
                "lock file, SHA-256",
                self.lock_sha256.as_str(),
                newer.lock_sha256.as_str(),
            ),
            Difference::between("operating system", self.os.as_str(), newer.os.as_str()),
            Difference::between("kernel", self.kernel.as_str(), newer.kernel.as_str()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Something that is not the same in two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is, in a word or two.
    pub what: String,
    /// How it was in the older run.
    pub old: String,
    /// How it is in the newer one.
    pub new: String,
}

impl Difference {
    /// `None` of two that are the same.
    #[must_use]
    pub fn between(what: &str, old: impl Into<String>, new: impl Into<String>) -> Option<Self> {
        let (old, new) = (old.into(), new.into());
        (old != new).then(|| Self {
            what: what.to_owned(),
            old,
            new,
        })
    }
}
