//! What other programs read: the tables as CSV, for spreadsheets and notebooks
//! (full precision, units in the names of the columns, one row a case), and in
//! [`bencher`] the format of a service that keeps history.

use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::Group;

use crate::view::View;

pub(crate) mod bencher;

/// File name of [`measurements`].
pub(crate) const MEASUREMENTS: &str = "measurements.csv";
/// File name of [`tokens`].
pub(crate) const TOKENS: &str = "tokens.csv";

/// One row a contender and group. `clock` says by which clock `cpu_ns` and what
/// follows from it were taken: by the wall where a class waits. A case without a usable sample is a row too:
/// its figures are empty and `error` says why.
pub(crate) fn measurements(view: &View<'_>) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "contender",
        "library",
        "library_version",
        "backend",
        "class",
        "model",
        "corpus",
        "clock",
        "cpu_ns",
        "cpu_ns_low",
        "cpu_ns_high",
        "wall_ns",
        "ratio",
        "ratio_low",
        "ratio_high",
        "rank",
        "tied",
        "launches",
        "error",
    ])?;
    for ranking in &view.analysis.rankings {
        for row in &ranking.rows {
            let mut record = case(view, &row.contender, &ranking.group);
            record.extend([
                row.cpu_ns.estimate.to_string(),
                row.cpu_ns.low.to_string(),
                row.cpu_ns.high.to_string(),
                row.wall_ns.to_string(),
                row.ratio.estimate.to_string(),
                row.ratio.low.to_string(),
                row.ratio.high.to_string(),
                row.rank.to_string(),
                row.tied.to_string(),
                row.launches.to_string(),
                String::new(),
            ]);
            out.write_record(record)?;
        }
        for (contender, error) in &ranking.failed {
            let mut record = case(view, contender, &ranking.group);
            record.extend(std::iter::repeat_n(String::new(), 10));
            record.push(error.clone());
            out.write_record(record)?;
        }
    }
    finish(out)
}

fn case(view: &View<'_>, contender: &ContenderId, group: &Group) -> Vec<String> {
    let card = view.card(contender);
    vec![
        contender.to_string(),
        card.map(|card| card.library.clone()).unwrap_or_default(),
        card.map(|card| card.library_version.clone()).unwrap_or_default(),
        card.map(|card| card.backend.clone()).unwrap_or_default(),
        group.class.slug().to_owned(),
        group.model.slug().to_owned(),
        group.corpus.clone(),
        if group.class.waits() { "wall" } else { "cpu" }.to_owned(),
    ]
}

/// One row a contender and corpus.
pub(crate) fn tokens(view: &View<'_>) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "contender",
        "class",
        "corpus",
        "token_bytes",
        "header_bytes",
        "payload_bytes",
        "nonce_bytes",
        "authentication_bytes",
        "encoding_bytes",
    ])?;
    for token in &view.record.tokens {
        let anatomy = &token.anatomy;
        out.write_record([
            token.contender.to_string(),
            token.class.slug().to_owned(),
            token.corpus.clone(),
            token.token_bytes.to_string(),
            anatomy.header_bytes.to_string(),
            anatomy.payload_bytes.to_string(),
            anatomy.nonce_bytes.to_string(),
            anatomy.authentication_bytes.to_string(),
            anatomy.encoding_bytes.to_string(),
        ])?;
    }
    finish(out)
}

fn finish(out: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
    out.into_inner()
        .map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}
