//! The dictionaries, as libFuzzer reads them.
#![allow(clippy::unwrap_used)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tokenlab_fuzz::targets;

/// Whether a line is a word in quotes whose escapes are libFuzzer's: `\\`, `\"`, `\xAB`.
fn is_word(line: &str) -> bool {
    let inner = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
    let Some(mut rest) = inner.filter(|inner| !inner.is_empty()) else {
        return false;
    };
    while let Some((_, escape)) = rest.split_once('\\') {
        rest = match escape.strip_prefix(['\\', '"']) {
            Some(after) => after,
            None => match escape
                .strip_prefix('x')
                .and_then(|escape| escape.split_at_checked(2))
            {
                Some((digits, after)) if u8::from_str_radix(digits, 16).is_ok() => after,
                _ => return false,
            },
        };
    }
    line.is_ascii()
}

#[test]
fn every_line_is_a_comment_or_a_word_and_every_file_is_used() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dictionaries");
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let words: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(words.len() > 10, "{}", path.display());
        assert_eq!(
            BTreeSet::from_iter(&words).len(),
            words.len(),
            "{}: a word twice",
            path.display()
        );
        for word in words {
            assert!(is_word(word), "{}: {word}", path.display());
        }
        files.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
    }
    let used = targets()
        .iter()
        .filter_map(|target| Some(target.dictionary?.to_owned()));
    assert_eq!(used.collect::<BTreeSet<_>>(), files);
}

#[test]
fn what_libfuzzer_would_not_read_is_no_word() {
    for line in ["", "word", "\"", "\"\"", r#""\n""#, r#""\x1""#, "\"é\""] {
        assert!(!is_word(line), "{line}");
    }
    for line in [r#""a""#, r#""\"alg\":""#, r#""\x0A\\""#] {
        assert!(is_word(line), "{line}");
    }
}
