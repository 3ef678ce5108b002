//! From invented block times with a known answer to the answer.
#![allow(clippy::cast_possible_truncation, clippy::indexing_slicing)] // invented runs are small and known

mod invented;

use std::collections::BTreeMap;

use invented::{LAUNCHES, ROUNDS, group, run};
use tokenlab_record::analysis::{
    Analysis, LEAST_EFFECT, analyse, disturbed_rounds, is_difference, noisy_groups,
};
use tokenlab_record::catalogue::{Class, ContenderId};
use tokenlab_record::measurement::{Model, Role, SECOND_OPINION_SCHEMA, SecondOpinion};
use tokenlab_record::run::RunRecord;

fn ranks(analysis: &Analysis) -> Vec<(&str, u32, bool)> {
    analysis.rankings[0]
        .rows
        .iter()
        .map(|row| (row.contender.as_str(), row.rank, row.tied))
        .collect()
}

#[test]
fn the_true_order_and_the_true_ratios_come_out() {
    let analysis = analyse(&run(&[
        ("slow", Role::Contender, 200_000.0),
        ("fast", Role::Contender, 100_000.0),
        ("middle", Role::Contender, 110_000.0),
    ]));
    assert_eq!(
        ranks(&analysis),
        [("fast", 1, false), ("middle", 2, false), ("slow", 3, false)]
    );
    let rows = &analysis.rankings[0].rows;
    for (row, truth) in rows.iter().zip([1.0, 1.1, 2.0]) {
        assert!((row.ratio.estimate / truth - 1.0).abs() < 0.002, "{row:?}");
        assert!(row.launches == LAUNCHES && row.launch_medians_ns.len() == LAUNCHES as usize);
    }
    assert!(
        (rows[0].cpu_ns.estimate / 100_000.0 - 1.0).abs() < 0.01,
        "{:?}",
        rows[0]
    );
}

#[test]
fn a_difference_within_the_noise_is_a_tie_and_a_planted_one_is_found() {
    let analysis = analyse(&run(&[
        ("a", Role::Contender, 100_000.0),
        ("b", Role::Contender, 100_300.0),
        ("c", Role::Contender, 103_000.0),
    ]));
    let ranks = ranks(&analysis);
    assert_eq!(
        (ranks[0].1, ranks[0].2, ranks[1].1, ranks[1].2),
        (1, true, 1, true),
        "{ranks:?}"
    );
    assert_eq!(ranks[2], ("c", 3, false));
}

#[test]
fn rank_does_not_depend_on_the_order_or_the_unit_of_the_input() {
    let cases = [
        ("a", Role::Contender, 70_000.0),
        ("b", Role::Contender, 90_000.0),
        ("c", Role::Contender, 91_900.0),
    ];
    let mut reversed = cases;
    reversed.reverse();
    let faster = cases.map(|(id, role, ns)| (id, role, ns / 50.0));
    let names = |analysis: &Analysis| {
        ranks(analysis)
            .iter()
            .map(|(id, rank, _)| ((*id).to_owned(), *rank))
            .collect::<Vec<_>>()
    };
    let expected = names(&analyse(&run(&cases)));
    assert_eq!(names(&analyse(&run(&reversed))), expected);
    assert_eq!(names(&analyse(&run(&faster))), expected);
}

#[test]
fn a_twin_is_a_control_and_never_a_row() {
    let analysis = analyse(&run(&[
        ("a", Role::Contender, 100_000.0),
        ("a", Role::Twin, 100_000.0),
    ]));
    assert_eq!(ranks(&analysis), [("a", 1, false)]);
    let [twin] = analysis.twins.as_slice() else {
        panic!("{:?}", analysis.twins)
    };
    assert!(
        twin.ratio.holds(1.0) && (twin.ratio.estimate - 1.0).abs() < 0.002,
        "{twin:?}"
    );
}

#[test]
fn disturbed_blocks_are_dropped_by_rule_and_counted() {
    let mut run = run(&[
        ("a", Role::Contender, 100_000.0),
        ("b", Role::Contender, 120_000.0),
    ]);
    for measurement in &mut run.measurements {
        // Preempted: the processor was taken away for half of the block.
        measurement.cpu_ns[0] *= 3;
        measurement.wall_ns[0] = measurement.cpu_ns[0] * 2;
        // A busy neighbour: CPU time itself is inflated, the canary knows.
        measurement.cpu_ns[1] *= 2;
        measurement.wall_ns[1] *= 2;
    }
    for canary in &mut run.canaries {
        canary.after_ns[1] *= 2;
    }
    let slow = disturbed_rounds(&run.canaries[0]);
    assert_eq!(slow.len(), ROUNDS);
    assert!(
        slow.iter().enumerate().all(|(round, slow)| *slow == (round == 1)),
        "{slow:?}"
    );
    let noise = analyse(&run).noise;
    let blocks = u64::from(LAUNCHES) * 2;
    assert_eq!(
        (noise.preempted, noise.canary, noise.blocks),
        (blocks, blocks, blocks * ROUNDS as u64)
    );
    assert!(
        !noise.noisy && (noise.share - 2.0 / ROUNDS as f64).abs() < 1e-9,
        "{noise:?}"
    );
}

#[test]
fn a_run_that_loses_most_of_its_blocks_is_noisy_and_still_answers() {
    let mut run = run(&[
        ("a", Role::Contender, 100_000.0),
        ("b", Role::Contender, 200_000.0),
    ]);
    for measurement in &mut run.measurements {
        for (cpu, wall) in measurement.cpu_ns.iter().zip(&mut measurement.wall_ns) {
            *wall = cpu * 2;
        }
    }
    let analysis = analyse(&run);
    assert!(analysis.noise.noisy && analysis.noise.share > 0.99);
    assert_eq!(analysis.noisy, [group()]);
    assert_eq!(noisy_groups(&run), analysis.noisy, "without intervals, too");
    assert_eq!(ranks(&analysis), [("a", 1, false), ("b", 2, false)]);
}

#[test]
fn where_pairs_and_medians_disagree_the_pairs_say_who_is_first() {
    let mut run = run(&[("a", Role::Contender, 1.0), ("b", Role::Contender, 1.0)]);
    // b is faster in two rounds of three, and slower in the one that its median falls on.
    let patterns = [[100_000, 500_000, 600_000], [90_000, 550_000, 590_000]];
    for measurement in &mut run.measurements {
        let pattern = patterns[usize::from(measurement.contender == ContenderId::new("b"))];
        for (round, (cpu, wall)) in measurement
            .cpu_ns
            .iter_mut()
            .zip(&mut measurement.wall_ns)
            .enumerate()
        {
            (*cpu, *wall) = (pattern[round % 3], pattern[round % 3]);
        }
    }
    let analysis = analyse(&run);
    let [first, second] = analysis.rankings[0].rows.as_slice() else {
        panic!("{analysis:?}");
    };
    assert_eq!(first.contender, ContenderId::new("b"));
    assert!(
        first.cpu_ns.estimate > second.cpu_ns.estimate,
        "by medians a is faster"
    );
    assert_eq!(first.ratio.estimate.to_bits(), 1.0_f64.to_bits());
    assert!((second.ratio.estimate - 600.0 / 590.0).abs() < 1e-9, "{second:?}");
}

#[test]
fn what_shares_no_round_is_related_by_the_corners_of_its_intervals() {
    let mut run = run(&[
        ("a", Role::Contender, 100_000.0),
        ("b", Role::Contender, 120_000.0),
    ]);
    let half = LAUNCHES / 2;
    run.measurements
        .retain(|line| (line.launch < half) == (line.contender == ContenderId::new("a")));
    let analysis = analyse(&run);
    let rows = &analysis.rankings[0].rows;
    let (a, b) = (rows[0].cpu_ns, rows[1].cpu_ns);
    let ratio = rows[1].ratio;
    let expected = [b.low / a.high, b.estimate / a.estimate, b.high / a.low];
    let found = [ratio.low, ratio.estimate, ratio.high];
    assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
    assert!((ratio.estimate - 1.2).abs() < 0.02, "{ratio:?}");
}

#[test]
fn a_contender_that_failed_is_a_row_of_its_own_kind() {
    let mut run = run(&[
        ("a", Role::Contender, 100_000.0),
        ("broken", Role::Contender, 1.0),
    ]);
    for measurement in &mut run.measurements {
        if measurement.contender.as_str() == "broken" {
            measurement.cpu_ns.clear();
            measurement.wall_ns.clear();
            measurement.error = Some("no such key".into());
        }
    }
    let analysis = analyse(&run);
    assert_eq!(ranks(&analysis), [("a", 1, false)]);
    assert_eq!(
        analysis.rankings[0].failed,
        [(ContenderId::new("broken"), "no such key".to_owned())]
    );
}

#[test]
fn instruments_that_differ_by_more_than_a_tenth_are_flagged() {
    let mut run = run(&[
        ("a", Role::Contender, 100_000.0),
        ("b", Role::Contender, 100_000.0),
    ]);
    for (id, ns) in [("a", 105_000.0), ("b", 115_000.0), ("unknown", 1.0)] {
        run.second_opinions.push(SecondOpinion {
            schema: SECOND_OPINION_SCHEMA.into(),
            run: "test".into(),
            contender: ContenderId::new(id),
            model: Model::Verify,
            corpus: "typical".into(),
            iterations: vec![1, 2, 0],
            wall_ns: vec![ns, 2.0 * ns, 5.0],
        });
    }
    let flags: Vec<(String, bool)> = analyse(&run)
        .agreements
        .iter()
        .map(|agreement| (agreement.contender.to_string(), agreement.disagrees))
        .collect();
    assert_eq!(flags, [("a".to_owned(), false), ("b".to_owned(), true)]);
}

#[test]
fn an_empty_run_has_no_answer_and_no_panic() {
    let analysis = analyse(&run(&[]));
    assert!(analysis.rankings.is_empty() && analysis.twins.is_empty() && !analysis.noise.noisy);
}

#[test]
fn launches_on_two_levels_are_two_modes_and_a_straggler_is_none() {
    let modes = |slow_launches: u32, factor: u64| {
        let mut run = run(&[("a", Role::Contender, 100_000.0)]);
        for measurement in run
            .measurements
            .iter_mut()
            .filter(|line| line.launch < slow_launches)
        {
            for ns in measurement.cpu_ns.iter_mut().chain(&mut measurement.wall_ns) {
                *ns = *ns * factor / 100;
            }
        }
        analyse(&run).rankings[0].rows[0].modes()
    };
    let found = modes(3, 115).expect("two levels");
    assert!((found.slow_ns / found.fast_ns - 1.15).abs() < 0.02, "{found:?}");
    assert!(
        (found.slow_share - 3.0 / f64::from(LAUNCHES)).abs() < 1e-9,
        "{found:?}"
    );
    assert_eq!(modes(1, 115), None, "one launch is no mode");
    assert_eq!(modes(3, 102), None, "two per cent is no gap");
    assert_eq!(modes(0, 100), None);
}

#[test]
fn a_planted_slowdown_is_a_control_of_its_own() {
    let analysis = analyse(&run(&[
        ("a", Role::Contender, 100_000.0),
        ("a", Role::Slowed, 103_000.0),
    ]));
    assert_eq!(ranks(&analysis), [("a", 1, false)]);
    let [planted] = analysis.planted.as_slice() else {
        panic!("{:?}", analysis.planted)
    };
    assert!((planted.ratio.estimate - 1.03).abs() < 0.002, "{planted:?}");
    assert!(is_difference(&planted.ratio, LEAST_EFFECT));
    assert!(analysis.twins.is_empty());
}

/// Sessions by this many times their CPU time on the wall clock, which is how
/// they wait.
fn waiting(cases: &[(&str, f64, u64)]) -> RunRecord {
    let rows: Vec<_> = cases
        .iter()
        .map(|(id, ns, _)| (*id, Role::Contender, *ns))
        .collect();
    let times: BTreeMap<&str, u64> = cases.iter().map(|(id, _, times)| (*id, *times)).collect();
    let mut run = run(&rows);
    for measurement in &mut run.measurements {
        measurement.group.class = Class::Session;
        let times = times[measurement.contender.as_str()];
        measurement.wall_ns = measurement.cpu_ns.iter().map(|ns| ns * times).collect();
    }
    for canary in &mut run.canaries {
        canary.group.class = Class::Session;
    }
    run
}

#[test]
fn a_class_that_waits_is_timed_by_the_wall_clock_and_not_dropped_for_it() {
    let mut run = waiting(&[
        ("thinks", 50_000.0, 1),
        ("waits", 10_000.0, 20),
        ("waits longer", 10_000.0, 22),
    ]);
    let analysis = analyse(&run);
    assert_eq!(
        ranks(&analysis),
        [
            ("thinks", 1, false),
            ("waits", 2, false),
            ("waits longer", 3, false)
        ]
    );
    let row = &analysis.rankings[0].rows[1];
    assert!(row.cpu_ns.holds(200_000.0), "{:?}", row.cpu_ns);
    assert!((row.wall_ns / row.cpu_ns.estimate - 1.0).abs() < 0.01, "{row:?}");
    assert!(row.ratio.holds(4.0), "{:?}", row.ratio);
    assert_eq!(analysis.noise.preempted, 0);
    assert!(analysis.noise.share < 1e-9, "{:?}", analysis.noise);

    // A slow canary is a disturbance of every class.
    for canary in &mut run.canaries {
        canary.before_ns[..10].fill(80_000);
    }
    let noise = analyse(&run).noise;
    assert_eq!(noise.preempted, 0);
    assert_eq!(noise.canary, u64::from(LAUNCHES) * 10 * 3);

    // The same blocks in a class that computes are somebody else's.
    for measurement in &mut run.measurements {
        measurement.group.class = Class::Mac;
    }
    assert_eq!(
        analyse(&run).noise.preempted,
        u64::from(LAUNCHES) * 2 * ROUNDS as u64
    );
}
