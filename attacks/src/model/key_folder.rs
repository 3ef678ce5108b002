//! Keys by name in files: a small server's folders, really on disk.
//!
//! Every decision gets a fresh private folder that is gone afterwards. It
//! holds `keys/` with the issuer's key, and beside it what an outsider knows:
//! a file that the server serves, a file that she uploaded. The lab puts a
//! fence of its own around it: whatever path a verifier asks for, nothing
//! outside that folder is read, except `/dev/null`.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokenlab_harness::{RejectReason, Rejection};

use super::named_key::KeyStore;
use crate::attacker::KnownFile;

/// What the folders will hold.
#[derive(Clone, Debug)]
pub struct KeyFolder {
    /// Name of the one key.
    pub kid: &'static str,
    /// Its content.
    pub key: Vec<u8>,
    /// What lies beside the folder of keys.
    pub known_files: Vec<KnownFile>,
}

/// The folders, for the length of one decision.
pub struct OpenFolder {
    root: PathBuf,
    _gone_when_dropped: TempDir,
}

impl KeyFolder {
    /// Puts the folders on disk.
    ///
    /// # Errors
    /// [`RejectReason::Internal`] if the disk won't have them.
    pub fn open(&self) -> Result<OpenFolder, Rejection> {
        self.create()
            .map_err(|error| Rejection::new(RejectReason::Internal, format!("no folder of keys: {error}")))
    }

    fn create(&self) -> io::Result<OpenFolder> {
        let folder = TempDir::with_prefix("tokenlab-")?;
        let root = folder.path().canonicalize()?;
        fs::create_dir(root.join("keys"))?;
        fs::write(root.join("keys").join(self.kid), &self.key)?;
        for file in &self.known_files {
            let path = root.join(file.path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, &file.content)?;
        }
        Ok(OpenFolder {
            root,
            _gone_when_dropped: folder,
        })
    }
}

impl KeyStore for KeyFolder {
    const CAREFUL: &'static str = "key-by-strict-name";
    const DEMAND: &'static str = "the key's name is strictly spelled, and its file is in the folder of keys";

    fn kid(&self) -> &'static str {
        self.kid
    }

    fn find(&self, kid: &str) -> Result<Vec<u8>, Rejection> {
        self.open()?.read_by_name(kid)
    }
}

impl OpenFolder {
    /// The folder of keys.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Reads a key by a name that can be nothing but a name: lower-case
    /// letters, digits and hyphens, 32 at most. What it leads to has to lie in
    /// the folder of keys, should somebody put a link there.
    ///
    /// # Errors
    /// [`RejectReason::UnknownKey`] if the name is spelled otherwise, no key has
    /// it, or it leads out of the folder.
    pub fn read_by_name(&self, kid: &str) -> Result<Vec<u8>, Rejection> {
        let spelled = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if kid.is_empty() || kid.len() > 32 || !kid.chars().all(spelled) {
            return Err(unknown("the key's name is not spelled like one"));
        }
        let real = resolved(&self.keys().join(kid))?;
        if !real.starts_with(self.keys()) {
            return Err(unknown("the key's name leads out of the folder of keys"));
        }
        content(&real)
    }

    /// Reads a file by whatever path the verifier asks for, inside the lab's
    /// fence.
    ///
    /// # Errors
    /// [`RejectReason::UnknownKey`] if there is no such file, or none that the
    /// lab lets a verifier read.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Rejection> {
        let real = resolved(path)?;
        if !real.starts_with(&self.root) && real != Path::new("/dev/null") {
            return Err(unknown("the lab reads nothing outside its own folder"));
        }
        content(&real)
    }
}

/// The path without links and `..`, which only a file that exists has.
fn resolved(path: &Path) -> Result<PathBuf, Rejection> {
    path.canonicalize()
        .map_err(|error| unknown(format!("no such key file: {error}")))
}

fn content(path: &Path) -> Result<Vec<u8>, Rejection> {
    fs::read(path).map_err(|error| unknown(format!("can't read the key file: {error}")))
}

fn unknown(detail: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(RejectReason::UnknownKey, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> OpenFolder {
        KeyFolder {
            kid: "2026-01",
            key: b"secret".to_vec(),
            known_files: vec![KnownFile {
                path: "public/robots.txt",
                content: b"known".to_vec(),
            }],
        }
        .open()
        .unwrap()
    }

    #[test]
    fn a_strict_name_reads_the_key_and_nothing_else() {
        let open = folder();
        assert_eq!(open.read_by_name("2026-01").unwrap(), b"secret");
        let long = "a".repeat(33);
        for kid in [
            "",
            "../public/robots.txt",
            "2026_01",
            "2026-02",
            "/dev/null",
            "..",
            &long,
        ] {
            let error = open.read_by_name(kid).unwrap_err();
            assert_eq!(error.reason, RejectReason::UnknownKey, "{kid:?}: {error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_of_keys_is_refused() {
        let open = folder();
        std::os::unix::fs::symlink("../public/robots.txt", open.keys().join("link")).unwrap();
        assert_eq!(open.read(&open.keys().join("link")).unwrap(), b"known");
        let error = open.read_by_name("link").unwrap_err();
        assert!(error.detail.contains("leads out"), "{error}");
    }

    #[test]
    fn the_fence_keeps_a_verifier_in_the_lab() {
        let open = folder();
        assert_eq!(
            open.read(&open.keys().join("../public/robots.txt")).unwrap(),
            b"known"
        );
        let outside = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let error = open.read(Path::new(outside)).unwrap_err();
        assert!(error.detail.contains("outside its own folder"), "{error}");
    }

    #[test]
    fn nothing_is_left_behind() {
        let open = folder();
        let root = open.root.clone();
        assert!(root.exists());
        drop(open);
        assert!(!root.exists());
    }
}
