//! `tokenlab compare`: two runs side by side, and a limit that a build can fail on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokenlab_record::compare::{Case, Comparison, Finding, Lone, Which, by_model, by_movement};
use tokenlab_record::run::RunRecord;
use tokenlab_record::stats::{Interval, median};
use tokenlab_report::compared::{caveats, in_words, summary};
use tokenlab_report::{RenderedComparison, format, render_comparison};

use crate::cli::Compare;
use crate::output::{Failure, Output, table};
use crate::runs::{self, REPORTS};
use crate::suggest;

/// Names that the screen has room for; the page has them all.
const SHOWN_LONE: usize = 8;

/// Compares, draws, prints, and judges if a limit is given.
///
/// # Errors
/// [`Failure`]: usage if the runs are of two machines; no match if nothing is
/// left to compare; expectation if a case is slower than the limit allows.
pub(crate) fn run(arguments: &Compare, output: &Output) -> Result<(), Failure> {
    let folders = [
        runs::resolve(Some(&arguments.old))?,
        runs::resolve(Some(&arguments.new))?,
    ];
    let [old, new] = [read(&folders[0])?, read(&folders[1])?];
    refuse_two_machines(&old, &new, arguments.across_machines)?;
    let mut comparison = Comparison::of(&old, &new);
    narrow(&mut comparison, arguments.only.as_deref())?;

    let folder = arguments.out.clone().unwrap_or_else(|| default_folder(&folders));
    runs::make_writable(&folder)?;
    let rendered = render_comparison(&comparison, &folder).map_err(Failure::environment)?;
    let over: Vec<&Case> = arguments
        .fail_over
        .map(|limit| over_limit(&comparison, limit))
        .unwrap_or_default();
    if output.is_json() {
        output.envelope(
            "compare",
            &data(&comparison, arguments.fail_over, &over, &rendered),
        )?;
    } else {
        print(&comparison, &rendered, output)?;
    }
    match arguments.fail_over {
        Some(limit) if !over.is_empty() => Err(Failure::expectation(judgement(limit, &over))),
        _ => Ok(()),
    }
}

fn read(folder: &Path) -> Result<RunRecord, Failure> {
    RunRecord::read(folder).map_err(Failure::environment)
}

fn refuse_two_machines(old: &RunRecord, new: &RunRecord, allowed: bool) -> Result<(), Failure> {
    let differences = old.environment.machine_differences(&new.environment);
    if differences.is_empty() || allowed {
        return Ok(());
    }
    let fields: Vec<String> = differences.iter().map(in_words).collect();
    Err(Failure::usage(format!(
        "these runs were made on two machines ({}); their ratios would compare machines. \
         --across-machines shows them all the same, without ranks",
        fields.join("; ")
    )))
}

/// Leaves the contenders that match. Nothing to compare is a mistake of the
/// caller and never a success.
fn narrow(comparison: &mut Comparison, only: Option<&str>) -> Result<(), Failure> {
    if only.is_some() {
        let measured = comparison.cases.iter().map(|case| &case.contender);
        let alone = comparison.lone.iter().map(|lone| &lone.contender);
        let known: BTreeSet<_> = measured.chain(alone).cloned().collect();
        let chosen = suggest::select("contender", only, known, |id| id.as_str())?;
        comparison.retain(|id| chosen.contains(id));
    }
    if comparison.cases.is_empty() {
        return Err(Failure::no_match(format!(
            "{} and {} have no {}case in common",
            comparison.old.manifest.run,
            comparison.new.manifest.run,
            if only.is_some() { "such " } else { "" },
        )));
    }
    Ok(())
}

/// `reports/compare-OLD-NEW`, by the names of the run folders, links followed.
fn default_folder(runs: &[PathBuf; 2]) -> PathBuf {
    let [old, new] = runs.each_ref().map(|folder| {
        let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        real.file_name()
            .map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned())
    });
    Path::new(REPORTS).join(format!("compare-{old}-{new}"))
}

/// The cases that are slower than the limit allows, the worst first.
fn over_limit(comparison: &Comparison, limit: f64) -> Vec<&Case> {
    by_movement(comparison.cases.iter().filter(|case| case.is_slower_by(limit)))
}

fn judgement(limit: f64, over: &[&Case]) -> String {
    let mut text = format!(
        "{} more than {} slower:",
        match over.len() {
            1 => "1 case is".to_owned(),
            count => format!("{count} cases are"),
        },
        format::percent(limit)
    );
    for case in over {
        text.push_str(&format!(
            "\n  {}  {}  (95 %: {})",
            case.name(),
            format::ratio(case.ratio.estimate),
            format::interval_ends(case.ratio)
        ));
    }
    text
}

fn print(comparison: &Comparison, rendered: &RenderedComparison, output: &Output) -> Result<(), Failure> {
    output.line(&format!(
        "{} (new) over {} (old) · thread CPU time, 95 % interval, not paired · above 1 is slower",
        comparison.new.manifest.run, comparison.old.manifest.run
    ))?;
    for caveat in caveats(comparison) {
        output.line(&format!("CAVEAT: {caveat}"))?;
    }
    let changed: Vec<&Case> = by_movement(&comparison.cases)
        .into_iter()
        .filter(|case| case.finding != Finding::NoChange)
        .collect();
    if !changed.is_empty() {
        output.line(&"")?;
        print_cases(&changed, comparison.same_machine(), output)?;
    }
    output.line(&"")?;
    print_models(comparison, output)?;
    output.line(&"")?;
    output.line(&summary(comparison))?;
    for which in [Which::Old, Which::New] {
        print_lone(&comparison.lone, which, output)?;
    }
    for difference in [&comparison.libraries, &comparison.build, &comparison.plan]
        .into_iter()
        .flatten()
    {
        output.line(&in_words(difference))?;
    }
    output.line(&format!(
        "wrote {} with {}",
        rendered.page.display(),
        format::counted(rendered.charts.len() as u64, "chart", "charts")
    ))
}

fn print_cases(cases: &[&Case], ranked: bool, output: &Output) -> Result<(), Failure> {
    let mut header = vec!["case", "old", "new", "ratio", "95 % interval", "finding"];
    if ranked {
        header.push("rank");
    }
    let rows = cases
        .iter()
        .map(|case| {
            let mut row = vec![
                case.name(),
                format::duration_ns(case.old_ns.estimate),
                format::duration_ns(case.new_ns.estimate),
                format::ratio(case.ratio.estimate),
                format::interval_ends(case.ratio),
                case.finding.title().to_owned(),
            ];
            if ranked {
                row.push(case.ranks.map_or_else(String::new, |(old, new)| {
                    if old == new {
                        new.to_string()
                    } else {
                        format!("{old} → {new}")
                    }
                }));
            }
            row
        })
        .collect();
    output.line(&table(&header, &[1, 2, 3], rows))
}

/// One line a model: what the changed cases are a part of.
fn print_models(comparison: &Comparison, output: &Output) -> Result<(), Failure> {
    let rows = by_model(comparison)
        .into_iter()
        .map(|(model, cases)| {
            let count = |finding| {
                let of_finding = cases.iter().filter(|case| case.finding == finding);
                of_finding.count().to_string()
            };
            let mut ratios: Vec<f64> = cases.iter().map(|case| case.ratio.estimate).collect();
            vec![
                model.slug().to_owned(),
                cases.len().to_string(),
                count(Finding::Slower),
                count(Finding::Faster),
                count(Finding::NoChange),
                median(&mut ratios).map_or_else(String::new, format::ratio),
            ]
        })
        .collect();
    let header = ["model", "cases", "slower", "faster", "no change", "median ratio"];
    output.line(&table(&header, &[1, 2, 3, 4, 5], rows))
}

fn print_lone(lone: &[Lone], which: Which, output: &Output) -> Result<(), Failure> {
    let names: Vec<String> = lone
        .iter()
        .filter(|lone| lone.only_in == which)
        .map(|lone| {
            let name = lone.group.case_name(&lone.contender);
            match &lone.error {
                Some(error) => format!("{name} (failed in the other: {error})"),
                None => name,
            }
        })
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    output.line(&format!("only in the {} run:", which.title()))?;
    for name in names.iter().take(SHOWN_LONE) {
        output.line(&format!("  {name}"))?;
    }
    match names.len().saturating_sub(SHOWN_LONE) {
        0 => Ok(()),
        rest => output.line(&format!("  and {rest} more, which the page lists")),
    }
}

fn data(comparison: &Comparison, limit: Option<f64>, over: &[&Case], rendered: &RenderedComparison) -> Value {
    let interval = |interval: Interval| json!({"low": interval.low, "estimate": interval.estimate, "high": interval.high});
    let cases: Vec<Value> = comparison
        .cases
        .iter()
        .map(|case| {
            json!({
                "case": case.name(), "group": case.group, "contender": case.contender,
                "old_ns": interval(case.old_ns), "new_ns": interval(case.new_ns),
                "ratio": interval(case.ratio), "finding": case.finding.title(),
                "ranks": case.ranks, "launches": case.launches, "two_levels": case.two_levels,
            })
        })
        .collect();
    let lone: Vec<Value> = comparison
        .lone
        .iter()
        .map(|lone| {
            json!({
                "case": lone.group.case_name(&lone.contender),
                "only_in": lone.only_in.title(), "error": lone.error,
            })
        })
        .collect();
    let sides = comparison.sides().map(|side| {
        json!({
            "run": side.manifest.run, "status": side.manifest.status,
            "noisy": side.noise.noisy, "dropped_share": side.noise.share, "damaged": side.damaged,
        })
    });
    let [old, new] = sides;
    json!({
        "old": old, "new": new, "same_machine": comparison.same_machine(),
        "caveats": caveats(comparison), "least_effect": comparison.least_effect,
        "canary": comparison.canary.map(interval), "cases": cases, "lone": lone,
        "machine": comparison.machine, "build": comparison.build,
        "libraries": comparison.libraries, "plan": comparison.plan,
        "fail_over": limit, "over": over.iter().map(|case| case.name()).collect::<Vec<_>>(),
        "page": rendered.page, "charts": rendered.charts,
    })
}
