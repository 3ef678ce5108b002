//! An invented run and its page, read the way the tests ask about them.

use std::sync::OnceLock;

use tokenlab_record::analysis::{Analysis, analyse};
use tokenlab_record::run::RunRecord;
use tokenlab_report::page_html;

#[path = "../synthetic/mod.rs"]
pub(crate) mod synthetic;

const SMALL: synthetic::Size = synthetic::Size {
    launches: 3,
    rounds: 6,
    corpora: 3,
    attacks: true,
    crowd: false,
};

/// The invented run with its analysis, made once.
pub(crate) fn invented() -> (RunRecord, Analysis) {
    static INVENTED: OnceLock<(RunRecord, Analysis)> = OnceLock::new();
    INVENTED
        .get_or_init(|| {
            let record = synthetic::run(SMALL);
            let analysis = analyse(&record);
            (record, analysis)
        })
        .clone()
}

/// Its page.
pub(crate) fn page() -> String {
    let (record, analysis) = invented();
    page_html(&record, &analysis)
}

/// The inside of the element that begins with `<tag id="id"`, which holds none
/// of its own kind.
pub(crate) fn element<'a>(html: &'a str, tag: &str, id: &str) -> &'a str {
    html.split_once(&format!("<{tag} id=\"{id}\""))
        .and_then(|(_, after)| after.split_once(&format!("</{tag}>")))
        .map_or_else(|| panic!("no {tag} {id}"), |(inside, _)| inside)
}
