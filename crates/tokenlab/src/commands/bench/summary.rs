//! The end of a run on screen: one ranked table per class, and where the rest is.

use serde_json::json;
use tokenlab_record::analysis::{Analysis, Ranking, Row};
use tokenlab_record::measurement::Model;
use tokenlab_record::run::{RunRecord, Status};
use tokenlab_report::{Rendered, format};

use crate::output::{Failure, Output, table};

/// Prints the rankings of verifying and issuing typical claims, the state of
/// the instrument, and the paths written.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(crate) fn print(
    record: &RunRecord,
    analysis: &Analysis,
    rendered: &Rendered,
    output: &Output,
) -> Result<(), Failure> {
    if output.is_json() {
        return envelope(record, analysis, rendered, output);
    }
    if !record.manifest.measures() {
        return print_attacks(record, rendered, output);
    }
    for ranking in shown(analysis) {
        print_ranking(record, ranking, analysis.noisy.contains(&ranking.group), output)?;
    }
    for damage in &record.damage {
        output.note(&format!("damaged: {damage}; the rest is used"));
    }
    output.line(&instrument(analysis))?;
    output.line(&match &record.self_check {
        Some(verdict) if verdict.passed() => "self-check: passed by this build on this machine".to_owned(),
        Some(verdict) => {
            let missed = verdict.figures.iter().filter(|figure| !figure.passed).count();
            format!("self-check: {missed} of {} figures missed", verdict.figures.len())
        }
        None => {
            "self-check: none by this build on this machine; `tokenlab bench selfcheck` makes one".to_owned()
        }
    })?;
    if record.manifest.status == Status::Partial {
        output.line(
            &"PARTIAL: the run was stopped before all launches were done; intervals are wider for it",
        )?;
    }
    output.line(&format!(
        "wrote {} with {} charts and {} pages about attacks, {}",
        rendered.index.display(),
        rendered.charts.len(),
        rendered.attacks.len(),
        names(rendered).join(", ")
    ))?;
    output.note(&format!(
        "next: open {} · tokenlab attack matrix",
        rendered.index.display()
    ));
    Ok(())
}

/// The end of a run that only attacked: where its pages are.
fn print_attacks(record: &RunRecord, rendered: &Rendered, output: &Output) -> Result<(), Failure> {
    for damage in &record.damage {
        output.note(&format!("damaged: {damage}; the rest is used"));
    }
    output.line(&format!(
        "wrote {} and {} pages about attacks beside it",
        rendered.index.display(),
        rendered.attacks.len()
    ))?;
    output.note(&format!("next: open {}", rendered.index.display()));
    Ok(())
}

/// The rankings that answer the first question; the page has them all.
fn shown(analysis: &Analysis) -> impl Iterator<Item = &Ranking> {
    analysis.rankings.iter().filter(|ranking| {
        matches!(ranking.group.model, Model::Verify | Model::Issue) && ranking.group.corpus == "typical"
    })
}

fn print_ranking(record: &RunRecord, ranking: &Ranking, noisy: bool, output: &Output) -> Result<(), Failure> {
    let group = &ranking.group;
    output.line(&format!(
        "{} ({} claims) · {} · {}, median, 95 % interval · lower is better{}",
        group.model.title().to_uppercase(),
        group.corpus,
        group.class.title(),
        group.class.clock(),
        if noisy { " · NOISY" } else { "" },
    ))?;
    let rows = ranking
        .rows
        .iter()
        .map(|row| cells(record, ranking, row))
        .collect();
    let header = [
        "rank",
        "contender",
        "time/op",
        "",
        "to the fastest",
        "95 % interval",
        "bytes",
    ];
    output.line(&table(&header, &[0, 2, 3, 4, 6], rows))?;
    for (contender, problem) in &ranking.failed {
        output.line(&format!("  not ranked: {contender}: {problem}"))?;
    }
    output.line(&"")
}

fn cells(record: &RunRecord, ranking: &Ranking, row: &Row) -> Vec<String> {
    let bytes = record
        .tokens
        .iter()
        .find(|token| token.contender == row.contender && token.corpus == ranking.group.corpus)
        .map_or_else(String::new, |token| token.token_bytes.to_string());
    vec![
        format!("{}{}", row.rank, if row.tied { "=" } else { "" }),
        row.contender.to_string(),
        format::duration_ns(row.cpu_ns.estimate),
        format::interval_half_width(row.cpu_ns),
        format::ratio(row.ratio.estimate),
        format::interval_ends(row.ratio),
        bytes,
    ]
}

/// One line on how far the numbers can be trusted.
fn instrument(analysis: &Analysis) -> String {
    let noise = &analysis.noise;
    let mut text = format!(
        "instrument: {} of blocks dropped as disturbed{}",
        format::percent(noise.share),
        if noise.noisy { " (NOISY RUN)" } else { "" }
    );
    let worst = analysis.twins.iter().max_by(|a, b| {
        (a.ratio.estimate - 1.0)
            .abs()
            .total_cmp(&(b.ratio.estimate - 1.0).abs())
    });
    if let Some(worst) = worst {
        text.push_str(&format!(
            "; worst of {} A/A twins {:.4} [{:.4}, {:.4}]",
            analysis.twins.len(),
            worst.ratio.estimate,
            worst.ratio.low,
            worst.ratio.high
        ));
    }
    if !analysis.agreements.is_empty() {
        let apart = analysis
            .agreements
            .iter()
            .filter(|agreement| agreement.disagrees)
            .count();
        text.push_str(&format!(
            "; criterion differs by more than 10 % on {apart} of {} cases",
            analysis.agreements.len()
        ));
    }
    text
}

fn names(rendered: &Rendered) -> Vec<String> {
    rendered
        .csv
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect()
}

fn envelope(
    record: &RunRecord,
    analysis: &Analysis,
    rendered: &Rendered,
    output: &Output,
) -> Result<(), Failure> {
    let interval = |interval: tokenlab_record::stats::Interval| json!({"low": interval.low, "estimate": interval.estimate, "high": interval.high});
    let rankings: Vec<_> = analysis
        .rankings
        .iter()
        .map(|ranking| {
            let rows: Vec<_> = ranking
                .rows
                .iter()
                .map(|row| {
                    json!({
                        "contender": row.contender, "rank": row.rank, "tied": row.tied,
                        "cpu_ns": interval(row.cpu_ns), "wall_ns": row.wall_ns,
                        "ratio": interval(row.ratio), "launches": row.launches,
                    })
                })
                .collect();
            let failed: Vec<_> = ranking
                .failed
                .iter()
                .map(|(contender, error)| json!({"contender": contender, "error": error}))
                .collect();
            json!({"group": ranking.group, "rows": rows, "failed": failed})
        })
        .collect();
    let twins: Vec<_> = analysis
        .twins
        .iter()
        .map(|twin| json!({"group": twin.group, "contender": twin.contender, "ratio": interval(twin.ratio)}))
        .collect();
    let damage: Vec<String> = record.damage.iter().map(ToString::to_string).collect();
    output.envelope(
        "bench",
        &json!({
            "run": record.manifest, "rankings": rankings, "twins": twins,
            "noise": {"blocks": analysis.noise.blocks, "share": analysis.noise.share, "noisy": analysis.noise.noisy},
            "damage": damage, "index": rendered.index, "charts": rendered.charts, "csv": rendered.csv,
            "attacks": rendered.attacks,
        }),
    )
}
