//! Reads what machine and build this is.

use std::fs;
use std::process::Command;

use sha2::{Digest, Sha256};
use tokenlab_record::environment::{ENVIRONMENT_SCHEMA, Environment};

/// The lock file this binary was built with.
const LOCK: &[u8] = include_bytes!("../../Cargo.lock");

/// Instruction sets that decide how fast cryptography is.
const FEATURES: &[&str] = &[
    "aes",
    "avx2",
    "avx512f",
    "avx512ifma",
    "bmi2",
    "pclmulqdq",
    "sha_ni",
    "vaes",
    "asimd",
    "sha2",
];

/// Describes the machine, the build and the moment `started_at` (RFC 3339).
#[must_use]
pub fn describe(started_at: String) -> Environment {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = field(&cpuinfo, "flags")
        .or_else(|| field(&cpuinfo, "Features"))
        .unwrap_or_default();
    Environment {
        schema: ENVIRONMENT_SCHEMA.into(),
        cpu_model: field(&cpuinfo, "model name").unwrap_or_else(unknown),
        cpu_features: FEATURES
            .iter()
            .filter(|feature| flags.split(' ').any(|flag| flag == **feature))
            .map(|feature| (*feature).to_owned())
            .collect(),
        cores: std::thread::available_parallelism()
            .map_or(0, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX)),
        memory_bytes: memory_bytes().unwrap_or(0),
        os: os().unwrap_or_else(unknown),
        kernel: read_line("/proc/sys/kernel/osrelease").unwrap_or_else(unknown),
        rustc: env!("TOKENLAB_RUSTC").to_owned(),
        commit: git(&["rev-parse", "HEAD"]).unwrap_or_else(unknown),
        dirty: git(&["status", "--porcelain"]).is_some_and(|changes| !changes.is_empty()),
        lock_sha256: Sha256::digest(LOCK)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        build_profile: if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        }
        .to_owned(),
        started_at,
        load: load().unwrap_or(0.0),
    }
}

/// One-minute load average, if the system tells.
#[must_use]
pub fn load() -> Option<f64> {
    read_line("/proc/loadavg")?.split(' ').next()?.parse().ok()
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn read_line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn field(text: &str, name: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

fn memory_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let kibibytes: u64 = field(&text, "MemTotal")?.split(' ').next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn os() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR")])
        .args(arguments)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
