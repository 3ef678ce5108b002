//! Every study in its short form, over real stores and sockets: it ends, and says nothing
//! that it has not measured.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr
)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;

use tokenlab_record::study::{Field, Form};
use tokenlab_studies::deployment::node::NodeProgram;
use tokenlab_studies::{Findings, Stage, all, named};

/// What came of a study; `None` if this machine lacks something for it.
fn findings(id: &str) -> Option<Findings> {
    let card = named(id).unwrap();
    if let Some(missing) = card.missing() {
        let required = std::env::var_os("TOKENLAB_REQUIRE").is_some();
        assert!(!required, "{missing}");
        eprintln!("not run: {missing}");
        return None;
    }
    let node = NodeProgram {
        path: env!("CARGO_BIN_EXE_tokenlab-node").into(),
        arguments: Vec::new(),
    };
    let stage = Stage {
        form: Form::Short,
        node: &node,
        say: &|_| {},
    };
    Some((card.run)(&stage).unwrap())
}

/// The numbers of a column.
fn numbers(findings: &Findings, table: usize, column: usize) -> Vec<f64> {
    let number = |row: &Vec<Field>| match row[column] {
        Field::Number(number, _) => Some(number),
        Field::Text(_) => None,
    };
    findings.tables[table].rows.iter().filter_map(number).collect()
}

/// The same of a column of counts.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts, from 0
fn counts(findings: &Findings, table: usize, column: usize) -> Vec<u64> {
    let numbers = numbers(findings, table, column);
    numbers.into_iter().map(|number| number as u64).collect()
}

fn whole(findings: &Findings) {
    assert!(!findings.method.is_empty() && !findings.charts.is_empty());
    for sentence in &findings.conclusion {
        assert!(
            !sentence.contains("NaN") && !sentence.contains("inf"),
            "{sentence}"
        );
    }
    for chart in &findings.charts {
        assert!(chart.bars.len() > 1, "{}", chart.name);
        for bar in &chart.bars {
            let value = bar.value;
            assert!(
                0.0 <= value.low && value.low <= value.estimate && value.estimate <= value.high,
                "{bar:?}"
            );
        }
    }
    for table in &findings.tables {
        assert!(!table.rows.is_empty(), "{}", table.caption);
        for row in &table.rows {
            assert_eq!(row.len(), table.heads.len(), "{}", table.caption);
        }
    }
}

#[test]
fn names_differ_and_questions_are_asked() {
    let names: BTreeSet<&str> = all().iter().map(|card| card.id).collect();
    assert_eq!(names.len(), all().len());
    assert!(all().iter().all(|card| card.question.ends_with('?')));
}

#[test]
fn revocation_refuses_what_was_called_back_and_says_what_it_costs() {
    let Some(findings) = findings("revocation") else {
        return;
    };
    whole(&findings);
    let wrongly = counts(&findings, 0, 4);
    let names: Vec<&Field> = findings.tables[0].rows.iter().map(|row| &row[0]).collect();
    for (name, wrongly) in names.iter().zip(&wrongly) {
        let errs = **name == Field::text("Bloom filter, 1 %");
        assert_eq!(*wrongly > 0, errs, "{name:?}: {wrongly} valid tokens refused");
        assert!(
            *wrongly < 600,
            "{wrongly} of 20,000 is more than a filter of 1 % errs"
        );
    }
    let (accepted, refused) = (counts(&findings, 1, 1), counts(&findings, 1, 2));
    assert_eq!((accepted, refused), (vec![20, 0], vec![0, 20]));
}

#[test]
fn who_logs_out_is_out_where_everybody_asks_one_store_and_stays_out() {
    let Some(findings) = findings("logout") else {
        return;
    };
    whole(&findings);
    let (let_in, again) = (counts(&findings, 0, 2), counts(&findings, 0, 5));
    for (place, row) in findings.tables[0].rows.iter().enumerate() {
        let Field::Text(way) = &row[1] else {
            panic!("{row:?}")
        };
        let [lets_in, goes_on, forgets] = match way.as_str() {
            "list in a node" => [true, true, true],
            "list in a node, sticky" => [false, false, true],
            "list published" | "nothing kept, expires" => [true, false, false],
            _ => [false; 3],
        };
        assert_eq!(let_in[place] > 0, lets_in, "{row:?}");
        assert_eq!(row[4], Field::text(if goes_on { "yes" } else { "no" }), "{row:?}");
        assert_eq!(again[place] > 0, forgets, "{row:?}");
    }
}

#[test]
fn delegation_works_offline_only_where_no_issuer_is_asked() {
    let findings = findings("delegation").unwrap();
    whole(&findings);
    let alone: Vec<&Field> = findings.tables[0].rows.iter().map(|row| &row[4]).collect();
    assert_eq!(alone[0], &Field::text("10 of 10"));
    assert_eq!(alone[2], &Field::text("0 of 10"));
    let (before, after) = (numbers(&findings, 0, 1), numbers(&findings, 0, 2));
    assert!(after[0] > before[0], "a block makes a biscuit longer");
}

#[test]
fn every_verifier_is_held_under_load_and_none_refuses_its_own_token() {
    let Some(findings) = findings("http") else {
        return;
    };
    whole(&findings);
    assert_eq!(findings.charts.len(), 3, "a chart for each rate");
    for chart in &findings.charts {
        assert_eq!(chart.bars.len(), 9);
        assert_eq!(chart.bars[0].label, "no verifier");
    }
    for column in 1..=5 {
        let all = numbers(&findings, 0, column);
        assert!(
            all.len() == 27 && all.iter().all(|number| *number > 0.0),
            "{all:?}"
        );
    }
}

#[test]
fn a_second_node_knows_who_is_logged_in_unless_the_first_keeps_it_to_itself() {
    let Some(findings) = findings("scale-out") else {
        return;
    };
    whole(&findings);
    // One node, two, after the second joined, after the first restarted.
    let columns = [1, 2, 3, 4].map(|column| counts(&findings, 0, column));
    for (place, row) in findings.tables[0].rows.iter().enumerate() {
        let lost = [0, 1, 2, 3].map(|column: usize| columns[column][place] > 0);
        let expected = match &row[0] {
            Field::Text(kind) if kind.ends_with("any node") => [false, true, true, true],
            Field::Text(kind) if kind.ends_with("sticky") => [false, false, false, true],
            _ => [false; 4],
        };
        assert_eq!(lost, expected, "{row:?}");
    }
    let [nodes, balancer, store] = [2, 3, 4].map(|column| numbers(&findings, 1, column));
    assert!(nodes.iter().chain(&balancer).all(|ns| *ns > 0.0));
    for (row, store) in findings.tables[1].rows.iter().zip(store) {
        let has_one = matches!(&row[0], Field::Text(kind) if kind.contains("Redis"));
        assert_eq!(store > 0.0, has_one, "{row:?}");
    }
}

#[test]
fn a_fault_refuses_or_loses_where_it_must_and_lets_nobody_in_but_by_a_slow_clock() {
    let Some(findings) = findings("faults") else {
        return;
    };
    whole(&findings);
    let columns = [2, 3, 4, 5, 6, 7, 8].map(|column| counts(&findings, 0, column));
    for (place, row) in findings.tables[0].rows.iter().enumerate() {
        let [valid, refused, failed, invalid, let_in, logins, lost] =
            [0, 1, 2, 3, 4, 5, 6].map(|column: usize| columns[column][place]);
        let [Field::Text(fault), Field::Text(kind)] = &row[..2] else {
            panic!("{row:?}");
        };
        assert!(valid > 20 && invalid > 20 && logins > 3, "{row:?}");
        let is_off = |way: &str| fault == &format!("a clock is 5 min {way}");
        assert_eq!(let_in > 0, is_off("slow"), "{row:?}");
        let loses_memory = fault == "a node is killed" && kind.contains("memory");
        assert_eq!(refused > 0, loses_memory || is_off("fast"), "{row:?}");
        // Of two nodes with different clocks one takes for ended what the other begins.
        assert_eq!(
            lost > 0,
            loses_memory || is_off("slow") || is_off("fast"),
            "{row:?}"
        );
        let store_is_away = fault.starts_with("the store");
        assert!(!store_is_away || failed > 0, "{row:?}");
    }
}

#[test]
fn a_thief_is_stopped_only_where_a_token_is_bound_to_its_sender() {
    let findings = findings("theft").unwrap();
    whole(&findings);
    let got_in = counts(&findings, 0, 2);
    let (bearers, bound) = got_in.split_at(6);
    assert_eq!(bearers, [10; 6]);
    // Alone, own key, overheard, other address, the overheard request before its owner;
    // another channel, and the owner's own next one.
    assert_eq!(bound, [0, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn a_stolen_refresh_token_is_worth_what_the_setting_lets_it() {
    let findings = findings("refresh").unwrap();
    whole(&findings);
    let (access, refresh) = (counts(&findings, 0, 2), counts(&findings, 0, 3));
    let rows = findings.tables[0].rows.len();
    assert_eq!((access.len(), refresh.len()), (rows, rows));
    for (row, (access, refresh)) in findings.tables[0].rows.iter().zip(access.iter().zip(&refresh)) {
        // Without rotation the thief stays as long as the refresh token lives; with reuse
        // detection until its owner comes back.
        let kept = row[1] == Field::text("kept");
        assert_eq!(*refresh > 20 * 3600, kept, "{row:?}");
        assert!(access <= refresh, "{row:?}");
    }
    assert!(
        access.is_sorted(),
        "a longer life is a longer exposure: {access:?}"
    );
}

#[test]
fn a_move_costs_nobody_a_token_if_it_ends_with_the_last_one_and_not_before_or_never() {
    let findings = findings("migration").unwrap();
    whole(&findings);
    let columns = [3, 4, 5].map(|column| counts(&findings, 0, column));
    for (place, row) in findings.tables[0].rows.iter().enumerate() {
        let [refused, during, after] = [0, 1, 2].map(|column| columns[column][place] > 0);
        let expected = match &row[1] {
            Field::Text(ending) if ending == "at once" => [true, false, false],
            Field::Text(ending) if ending == "never" => [false, true, true],
            _ => [false, true, false],
        };
        assert_eq!([refused, during, after], expected, "{row:?}");
    }
}

#[test]
fn keys_change_without_a_loss_only_if_the_next_is_published_ahead_or_asked_for() {
    let findings = findings("rotation").unwrap();
    whole(&findings);
    let (refused, after) = (counts(&findings, 0, 4), counts(&findings, 0, 6));
    assert!(after.iter().all(|count| *count == 0), "{after:?}");
    // Of each format: the new key alone, two keys, the next one ahead; asking again or not.
    for refused in refused.chunks(6) {
        let lost: Vec<bool> = refused.iter().map(|count| *count > 0).collect();
        assert_eq!(lost, [true, true, true, false, false, false], "{refused:?}");
    }
}
