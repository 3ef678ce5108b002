//! Where the sources of the linked libraries are on this machine: some of them
//! ship vectors.
//!
//! The attack range links old releases under other names, so a package's name
//! does not say which release is meant. It is the one that this crate itself
//! depends on.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The folder of the source of `package`, a dependency of this crate; `None` if it
/// is none, or if there is no cargo here to ask.
#[must_use]
pub fn package_folder(package: &str) -> Option<PathBuf> {
    static METADATA: LazyLock<Option<Value>> = LazyLock::new(metadata);
    folder_in(METADATA.as_ref()?, package)
}

fn folder_in(metadata: &Value, package: &str) -> Option<PathBuf> {
    let root = metadata.pointer("/resolve/root")?;
    let nodes = metadata.pointer("/resolve/nodes")?.as_array()?;
    let node = nodes.iter().find(|node| node.get("id") == Some(root))?;
    let linked = node.get("dependencies")?.as_array()?;
    let packages = metadata.get("packages")?.as_array()?;
    let found = packages.iter().find(|found| {
        found.get("name").and_then(Value::as_str) == Some(package)
            && found.get("id").is_some_and(|id| linked.contains(id))
    })?;
    let manifest = found.get("manifest_path")?.as_str()?;
    Some(Path::new(manifest).parent()?.to_owned())
}

fn metadata() -> Option<Value> {
    // Other platforms' packages need not be on this machine.
    let version = cargo(&["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "))?;
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--offline",
        "--filter-platform",
        host,
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ])?;
    serde_json::from_str(&metadata).ok()
}

fn cargo(arguments: &[&str]) -> Option<String> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = output.status.success().then_some(output.stdout)?;
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A workspace whose other member links an older release.
    #[test]
    fn of_two_releases_the_one_this_crate_links_is_meant() {
        let metadata = json!({
            "packages": [
                {"id": "library@4", "name": "library", "manifest_path": "/sources/library-4/Cargo.toml"},
                {"id": "library@6", "name": "library", "manifest_path": "/sources/library-6/Cargo.toml"},
            ],
            "resolve": {
                "root": "harness",
                "nodes": [
                    {"id": "attacks", "dependencies": ["library@4", "harness"]},
                    {"id": "harness", "dependencies": ["library@6"]},
                ],
            },
        });
        assert_eq!(
            folder_in(&metadata, "library").as_deref(),
            Some(Path::new("/sources/library-6"))
        );
        assert_eq!(folder_in(&metadata, "another"), None);
    }
}
