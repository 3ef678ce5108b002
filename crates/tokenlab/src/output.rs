//! What the program says, to whom, and how it ends.
//!
//! Data goes to standard output, everything else to standard error, so that a
//! pipe is always clean. Under `--json` both are one envelope.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;
use serde_json::json;

use crate::cli::Color;

/// Schema of every envelope.
const ENVELOPE: &str = "tokenlab/1";

/// How a command speaks.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool, color: Color) -> Self {
        match color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        Self { json }
    }

    /// Whether an envelope is wanted instead of text.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Prints `data` in an envelope.
    pub(crate) fn envelope(&self, kind: &str, data: &impl Serialize) -> Result<(), Failure> {
        let envelope = json!({"schema": ENVELOPE, "kind": kind, "data": data});
        self.line(&envelope)
    }

    /// Prints one line of data.
    pub(crate) fn line(&self, line: &impl Display) -> Result<(), Failure> {
        match writeln!(anstream::stdout(), "{line}") {
            // Whoever reads us has seen enough; that is no failure of ours.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
            Err(error) => Err(Failure::environment(format!(
                "cannot write to standard output: {error}"
            ))),
            Ok(()) => Ok(()),
        }
    }

    /// Says something beside the data.
    pub(crate) fn note(&self, note: &impl Display) {
        // A note that nobody can read is not worth dying for.
        let _ = writeln!(anstream::stderr(), "{note}");
    }

    /// Reports a failure and returns its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        if failure.message.is_empty() {
            return ExitCode::from(failure.code);
        }
        if self.json {
            let error = json!({
                "schema": ENVELOPE,
                "kind": "error",
                "data": {"code": failure.code, "message": failure.message},
            });
            let _ = writeln!(anstream::stdout(), "{error}");
        } else {
            self.note(&format!("error: {}", failure.message));
        }
        ExitCode::from(failure.code)
    }
}

/// Ends on a command line that clap refused (or on `--help`, which is no error).
pub(crate) fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if !json || !error.use_stderr() {
        let _ = error.print();
    } else {
        Output { json: true }.failure(&Failure::usage(error.render().to_string().trim()));
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// A command that did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    /// What, why, and what to do.
    pub(crate) message: String,
}

impl Failure {
    /// It ran, and an expectation failed.
    pub(crate) fn expectation(message: impl ToString) -> Self {
        Self::new(1, message)
    }

    /// It was asked for something that makes no sense.
    pub(crate) fn usage(message: impl ToString) -> Self {
        Self::new(2, message)
    }

    /// The machine does not let it.
    pub(crate) fn environment(message: impl ToString) -> Self {
        Self::new(3, message)
    }

    /// A filter or a name matched nothing.
    pub(crate) fn no_match(message: impl ToString) -> Self {
        Self::new(4, message)
    }

    /// The user stopped it.
    pub(crate) fn interrupted(message: impl ToString) -> Self {
        Self::new(130, message)
    }

    /// The output has said it already; only the exit code is left to tell.
    pub(crate) const fn said(code: u8) -> Self {
        Self {
            code,
            message: String::new(),
        }
    }

    fn new(code: u8, message: impl ToString) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }
}

/// A table without ruled lines; `right` names the columns of numbers.
pub(crate) fn table(header: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
