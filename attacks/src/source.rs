//! The text of this crate's own source, built in.
//!
//! A trace says in which file and line a check stands or is missing. Whoever
//! records a run writes those lines down, and an installed program has no
//! repository beside it: so the text that was compiled travels with what it was
//! compiled to. No list of files is kept by hand, and none can be stale: each is
//! a source of this crate, so that a change to it compiles the crate anew.

use include_dir::{Dir, include_dir};
use tokenlab_record::source::Excerpt;

static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src");

/// Where this crate's sources are, from the root of the repository.
const ROOT: &str = "attacks/src/";

/// The text of a file, by the name that traces give it, from the root of the
/// repository; `None` if it is no source of this crate.
#[must_use]
pub fn text(file: &str) -> Option<&'static str> {
    SOURCES.get_file(file.strip_prefix(ROOT)?)?.contents_utf8()
}

/// The lines around the one that a trace names, for the run of that id; `None` if it
/// is in no source of this crate.
#[must_use]
pub fn excerpt(run: &str, file: &str, line: u32) -> Option<Excerpt> {
    Excerpt::of(run, file, line, text(file)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_found_by_the_name_that_the_compiler_gives_it() {
        let here = std::panic::Location::caller();
        let text = text(here.file()).unwrap();
        assert_eq!(text, include_str!("source.rs"));
        let line = text.lines().nth(here.line() as usize - 1).unwrap();
        assert!(line.contains("Location::caller()"), "{line}");
    }

    #[test]
    fn nothing_else_is_found() {
        for file in [
            "",
            "attacks/src/",
            "attacks/Cargo.toml",
            "source.rs",
            "attacks/src/../Cargo.toml",
        ] {
            assert_eq!(text(file), None, "{file}");
        }
    }
}
