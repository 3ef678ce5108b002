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
        self.cpu_model == other.cpu_model
            && self.cores == other.cores
            && self.cpu_features == other.cpu_features
    }
}
