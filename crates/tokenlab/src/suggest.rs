//! "Did you mean": the nearest of the names there are.

use wildmatch::WildMatch;

use crate::output::Failure;

/// A sentence that names the nearest of `known` and lists them if they are few.
pub(crate) fn unknown<S: AsRef<str>>(kind: &str, given: &str, known: &[S]) -> String {
    let nearest = known
        .iter()
        .map(AsRef::as_ref)
        .max_by(|a, b| strsim::jaro_winkler(a, given).total_cmp(&strsim::jaro_winkler(b, given)));
    let hint = match nearest {
        Some(nearest) if known.len() <= 8 => {
            let all: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
            format!("; did you mean {nearest:?}? There are: {}", all.join(", "))
        }
        Some(nearest) => format!(
            "; did you mean {nearest:?}? `tokenlab list {kind}s` shows all {}",
            known.len()
        ),
        None => String::new(),
    };
    format!("there is no {kind} {given:?}{hint}")
}

/// The items whose id matches `glob`, all of them without one.
///
/// # Errors
/// [`Failure::no_match`] naming the nearest id if nothing matches.
pub(crate) fn select<T>(
    kind: &str,
    glob: Option<&str>,
    items: impl IntoIterator<Item = T>,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, Failure> {
    let items: Vec<T> = items.into_iter().collect();
    let Some(glob) = glob else { return Ok(items) };
    let pattern = WildMatch::new(glob);
    if !items.iter().any(|item| pattern.matches(id(item))) {
        let known: Vec<String> = items.iter().map(|item| id(item).to_owned()).collect();
        return Err(Failure::no_match(unknown(kind, glob, &known)));
    }
    Ok(items
        .into_iter()
        .filter(|item| pattern.matches(id(item)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        let text = unknown("profile", "smkoe", &["smoke", "quick"]);
        assert!(
            text.contains("did you mean \"smoke\"?") && text.contains("smoke, quick"),
            "{text}"
        );
    }

    #[test]
    fn a_glob_selects_and_one_that_selects_nothing_is_an_error() {
        let ids = ["a/v4.local", "a/v4.public", "b/HS256"];
        let picked = select("contender", Some("*/v4.*"), ids, |id| id).ok();
        assert_eq!(picked.as_deref(), Some(["a/v4.local", "a/v4.public"].as_slice()));
        let error = select("contender", Some("a/v4.publik"), ids, |id| id)
            .err()
            .map(|error| error.message);
        assert!(
            error.as_ref().is_some_and(|text| text.contains("a/v4.public")),
            "{error:?}"
        );
    }
}
