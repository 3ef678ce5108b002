//! From raw block times to answers: summaries, rankings, noise, agreement.
//!
//! Everything here is a pure function of a [`RunRecord`], so a page redrawn
//! next year says the same. The rules are fixed in advance and named as
//! constants; none looks at who wins.

use std::collections::BTreeMap;

use crate::catalogue::{Class, ContenderId};
use crate::measurement::{Canary, Group, Measurement, Model, Role};
use crate::run::RunRecord;
use crate::series::{Blocks, CanaryRule, CanaryRules, Case, Series, log_ratios, paired_ratio};
use crate::stats::{Interval, hierarchical_median, median};

/// What a run says, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// One ranking per group, in report order. Never across classes.
    pub rankings: Vec<Ranking>,
    /// The A/A controls.
    pub twins: Vec<Twin>,
    /// Planted slowdowns, each against the contender that it slows; none in an
    /// ordinary run.
    pub planted: Vec<Twin>,
    /// How disturbed the machine was.
    pub noise: Noise,
    /// Groups that lost more than their share of blocks: measured again at the
    /// end where there is time, and marked if that did not help.
    pub noisy: Vec<Group>,
    /// Criterion's times beside ours; empty when that pass did not run.
    pub agreements: Vec<Agreement>,
}

/// The contenders of one group, fastest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// What was compared.
    pub group: Group,
    /// Measured contenders, fastest first.
    pub rows: Vec<Row>,
    /// Contenders without a single usable sample, and why.
    pub failed: Vec<(ContenderId, String)>,
}

/// One contender in a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Who.
    pub contender: ContenderId,
    /// 1 for the fastest; contenders that can't be told apart share a rank.
    pub rank: u32,
    /// Whether another row has the same rank.
    pub tied: bool,
    /// Thread CPU time of one operation, nanoseconds, with its 95 % interval;
    /// wall time in a class that waits ([`Class::waits`]).
    pub cpu_ns: Interval,
    /// Wall time of one operation, nanoseconds: median over all kept blocks.
    pub wall_ns: f64,
    /// Paired ratio to the fastest of the group, with its 95 % interval; 1 for
    /// the fastest itself.
    pub ratio: Interval,
    /// Launches that contributed.
    pub launches: u32,
    /// Median of each launch, nanoseconds of the same clock, in launch order.
    pub launch_medians_ns: Vec<f64>,
}

/// Two levels that the launches of one case keep to: where the program came to
/// lie in memory decided which. Their middle is a time that nobody would see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modes {
    /// Median of the launches on the faster level, nanoseconds.
    pub fast_ns: f64,
    /// Median of the launches on the slower level, nanoseconds.
    pub slow_ns: f64,
    /// Share of launches on the slower level, 0 to 1.
    pub slow_share: f64,
}

impl Row {
    /// The two levels of this case, if its launches have two: the largest gap
    /// between neighbouring launch medians is more than [`MODE_GAP`] of the
    /// median, and at least [`MODE_SHARE`] of the launches are on either side.
    #[must_use]
    pub fn modes(&self) -> Option<Modes> {
        let mut medians = self.launch_medians_ns.clone();
        medians.sort_by(f64::total_cmp);
        let gap_at = (1..medians.len()).max_by(|a, b| {
            let gap = |at: &usize| Some(medians.get(*at)? - medians.get(*at - 1)?);
            gap(a).unwrap_or(0.0).total_cmp(&gap(b).unwrap_or(0.0))
        })?;
        let (fast, slow) = medians.split_at_checked(gap_at)?;
        let (mut fast, mut slow) = (fast.to_vec(), slow.to_vec());
        let gap = slow.first()? - fast.last()?;
        #[allow(clippy::cast_precision_loss)] // launch counts are small
        let slow_share = slow.len() as f64 / medians.len() as f64;
        let enough =
            slow.len() > 1 && fast.len() > 1 && (MODE_SHARE..=1.0 - MODE_SHARE).contains(&slow_share);
        (enough && gap > MODE_GAP * median(&mut medians)?).then_some(Modes {
            fast_ns: median(&mut fast)?,
            slow_ns: median(&mut slow)?,
            slow_share,
        })
    }
}

/// A control: a contender against itself under a hidden second name.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// Where.
    pub group: Group,
    /// Who.
    pub contender: ContenderId,
    /// Paired ratio of the control to the contender; of an A/A control it
    /// should hold 1.
    pub ratio: Interval,
    /// Logarithms of that ratio, round by round, for each launch.
    pub log_ratios: Vec<Vec<f64>>,
}

/// How disturbed the machine was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// Blocks that were timed.
    pub blocks: u64,
    /// Blocks dropped because wall time exceeded CPU time.
    pub preempted: u64,
    /// Blocks dropped because a canary beside their round was slow.
    pub canary: u64,
    /// Dropped share, 0 to 1.
    pub share: f64,
    /// Whether the share is above the limit: the run is marked noisy.
    pub noisy: bool,
}

/// The two instruments on one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Who.
    pub contender: ContenderId,
    /// What the clock covered.
    pub model: Model,
    /// On which claims.
    pub corpus: String,
    /// Wall time of one operation by the paired runner, nanoseconds.
    pub paired_ns: f64,
    /// Wall time of one operation by criterion, nanoseconds.
    pub criterion_ns: f64,
    /// Criterion over paired.
    pub ratio: f64,
    /// Whether the two differ by more than [`AGREEMENT_LIMIT`].
    pub disagrees: bool,
}

/// Two instruments that differ by more than this deserve a second look.
pub const AGREEMENT_LIMIT: f64 = 0.10;

/// A block whose wall time exceeds its CPU time by more than this shared its
/// processor with somebody, and is dropped; but not in a class that waits.
pub const WALL_OVER_CPU_LIMIT: f64 = 1.05;

/// A round beside a canary slower than this multiple of its launch's tenth
/// percentile is dropped. The launch and not the run is the measure, because
/// where the canary's memory happens to lie differs from process to process.
pub const CANARY_LIMIT: f64 = 1.03;

/// A run that loses more than this share of its blocks is marked noisy.
pub const NOISE_LIMIT: f64 = 0.40;

/// A launch with fewer undisturbed blocks of a case than this keeps all of
/// them: a biased handful would be worse than a noisy whole.
pub const MIN_KEPT: usize = 5;

/// The least difference that is ever called one, as a share.
pub const LEAST_EFFECT: f64 = 0.01;

/// The least gap between launches that makes two modes of them, as a share of
/// their median.
pub const MODE_GAP: f64 = 0.05;

/// The least share of launches that makes a mode.
pub const MODE_SHARE: f64 = 0.20;

/// Draws of the bootstrap behind every interval.
pub(crate) const RESAMPLES: u32 = 1000;

/// Seed of those draws: the same record gives the same digits.
pub(crate) const BOOTSTRAP_SEED: u64 = 0x746f_6b65_6e6c_6162;

/// Computes everything a report shows.
#[must_use]
pub fn analyse(run: &RunRecord) -> Analysis {
    let canaries = CanaryRules::new(&run.canaries);
    let mut noise = NoiseByGroup::new();
    let mut groups: BTreeMap<&Group, GroupData<'_>> = BTreeMap::new();
    for measurement in &run.measurements {
        let data = groups.entry(&measurement.group).or_default();
        if let Some(error) = &measurement.error {
            data.failed.insert(&measurement.contender, error);
            continue;
        }
        let series = series(measurement, &canaries, &mut noise);
        data.cases
            .entry((&measurement.contender, measurement.role))
            .or_default()
            .insert(measurement.launch, series);
    }
    let mut total = Noise::default();
    for noise in noise.values() {
        total.blocks += noise.blocks;
        total.preempted += noise.preempted;
        total.canary += noise.canary;
    }
    total.judge();

    let controls = |role: Role| -> Vec<Twin> {
        let of_group = |(group, data): (&&Group, &GroupData<'_>)| data.controls(group, role);
        groups.iter().flat_map(of_group).collect()
    };
    let twins = controls(Role::Twin);
    let least_effect = least_effect(&twins);
    let mut rankings: Vec<Ranking> = groups
        .iter()
        .map(|(group, data)| data.ranking(group, least_effect))
        .collect();
    rankings.sort_by_key(|ranking| report_order(&ranking.group));
    Analysis {
        agreements: agreements(run, &rankings),
        rankings,
        planted: controls(Role::Slowed),
        twins,
        noise: total,
        noisy: noisy(noise),
    }
}

/// The groups of [`Analysis::noisy`] and nothing else: blocks are counted, no
/// interval is drawn, so that it takes no time to speak of.
#[must_use]
pub fn noisy_groups(run: &RunRecord) -> Vec<Group> {
    let canaries = CanaryRules::new(&run.canaries);
    let mut noise = NoiseByGroup::new();
    for measurement in run.measurements.iter().filter(|line| line.error.is_none()) {
        series(measurement, &canaries, &mut noise);
    }
    noisy(noise)
}

type NoiseByGroup<'a> = BTreeMap<&'a Group, Noise>;

/// The undisturbed blocks of a line; the others are counted.
fn series<'a>(
    measurement: &'a Measurement,
    canaries: &CanaryRules<'_>,
    noise: &mut NoiseByGroup<'a>,
) -> Series {
    Series::new(
        Blocks::of(measurement),
        canaries.of(&measurement.group, measurement.launch),
        noise.entry(&measurement.group).or_default(),
    )
}

fn noisy(noise: NoiseByGroup<'_>) -> Vec<Group> {
    let judged = noise.into_iter().map(|(group, mut noise)| {
        noise.judge();
        (group, noise)
    });
    judged
        .filter(|(_, noise)| noise.noisy)
        .map(|(group, _)| group.clone())
        .collect()
}

/// Models and classes in the order of their enums' lists, corpora as they come.
fn report_order(group: &Group) -> (Option<usize>, Option<usize>, String) {
    (
        Model::ALL.iter().position(|model| *model == group.model),
        Class::ALL.iter().position(|class| *class == group.class),
        group.corpus.clone(),
    )
}

/// A difference below twice the typical A/A error is none, whatever its interval.
pub(crate) fn least_effect(twins: &[Twin]) -> f64 {
    let mut errors: Vec<f64> = twins
        .iter()
        .map(|twin| (twin.ratio.estimate - 1.0).abs())
        .collect();
    median(&mut errors).map_or(LEAST_EFFECT, |typical| LEAST_EFFECT.max(2.0 * typical))
}

impl Noise {
    fn judge(&mut self) {
        self.share = share(self.preempted + self.canary, self.blocks);
        self.noisy = self.share > NOISE_LIMIT;
    }
}

#[allow(clippy::cast_precision_loss)] // counts are far below 2^52
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Which rounds of a group in a launch are dropped because they stood beside a
/// slow canary, by round.
#[must_use]
pub fn disturbed_rounds(canary: &Canary) -> Vec<bool> {
    CanaryRule::new(canary).slow()
}

#[derive(Default)]
struct GroupData<'a> {
    cases: BTreeMap<(&'a ContenderId, Role), Case>,
    failed: BTreeMap<&'a ContenderId, &'a str>,
}

impl GroupData<'_> {
    fn controls(&self, group: &Group, wanted: Role) -> Vec<Twin> {
        self.cases
            .iter()
            .filter(|((_, role), _)| *role == wanted)
            .filter_map(|((contender, _), control)| {
                let log_ratios = log_ratios(control, self.cases.get(&(*contender, Role::Contender))?);
                Some(Twin {
                    group: group.clone(),
                    contender: (*contender).clone(),
                    ratio: ratio_of(&log_ratios)?,
                    log_ratios,
                })
            })
            .collect()
    }

    fn ranking(&self, group: &Group, least_effect: f64) -> Ranking {
        let mut rows: Vec<Placed<'_>> = self
            .cases
            .iter()
            .filter(|((_, role), _)| *role == Role::Contender)
            .filter_map(|((contender, _), case)| {
                Some(Placed {
                    row: row(contender, case)?,
                    case,
                    to_fastest: None,
                })
            })
            .collect();
        rows.sort_by(|a, b| a.row.cpu_ns.estimate.total_cmp(&b.row.cpu_ns.estimate));
        relate_to_fastest(&mut rows);
        rank(&mut rows, least_effect);
        let measured = |id: &ContenderId| rows.iter().any(|placed| placed.row.contender == *id);
        Ranking {
            group: group.clone(),
            failed: self
                .failed
                .iter()
                .filter(|(contender, _)| !measured(contender))
                .map(|(contender, error)| ((*contender).clone(), (*error).to_owned()))
                .collect(),
            rows: rows.into_iter().map(|placed| placed.row).collect(),
        }
    }
}

/// A row on its way to its place.
struct Placed<'a> {
    row: Row,
    case: &'a Case,
    /// Its paired ratio to the first row, if they share a round.
    to_fastest: Option<Interval>,
}

/// A row without its place in the ranking; `None` without a usable sample.
fn row(contender: &ContenderId, case: &Case) -> Option<Row> {
    let launches: Vec<Vec<f64>> = case.values().map(Series::figure).collect();
    Some(Row {
        contender: contender.clone(),
        rank: 1,
        tied: false,
        cpu_ns: hierarchical_median(&launches, RESAMPLES, BOOTSTRAP_SEED)?,
        wall_ns: median(
            &mut case
                .values()
                .flat_map(|series| series.wall().to_vec())
                .collect::<Vec<_>>(),
        )?,
        ratio: Interval::exact(1.0),
        launches: u32::try_from(launches.iter().filter(|rounds| !rounds.is_empty()).count())
            .unwrap_or(u32::MAX),
        launch_medians_ns: launches
            .into_iter()
            .filter_map(|mut rounds| median(&mut rounds))
            .collect(),
    })
}

/// The ratio behind logarithms of it, with a 95 % interval over launches.
#[must_use]
pub fn ratio_of(log_ratios: &[Vec<f64>]) -> Option<Interval> {
    Some(hierarchical_median(log_ratios, RESAMPLES, BOOTSTRAP_SEED)?.map(f64::exp))
}

/// Whether a ratio is called a difference: its interval excludes 1, and it is
/// larger than the instrument's own error.
#[must_use]
pub fn is_difference(ratio: &Interval, least_effect: f64) -> bool {
    !ratio.holds(1.0) && (ratio.estimate - 1.0).abs() > least_effect
}

/// Fills in the paired ratios and orders by them. The median of ratios and the
/// ratio of medians can disagree about who is first when it is close; then the
/// pairs decide, once: whoever is first after that is what ranks are held against.
fn relate_to_fastest(rows: &mut [Placed<'_>]) {
    for may_change in [true, false] {
        let Some((first, rest)) = rows.split_first_mut() else {
            return;
        };
        first.row.ratio = Interval::exact(1.0);
        first.to_fastest = None;
        for placed in rest.iter_mut() {
            placed.to_fastest = paired_ratio(placed.case, first.case);
            placed.row.ratio = placed
                .to_fastest
                .unwrap_or_else(|| unpaired(placed.row.cpu_ns, first.row.cpu_ns));
        }
        rest.sort_by(|a, b| a.row.ratio.estimate.total_cmp(&b.row.ratio.estimate));
        let beaten = rest.first().is_some_and(|next| next.row.ratio.estimate < 1.0);
        if !(beaten && may_change) {
            return;
        }
        rows.sort_by(|a, b| a.row.ratio.estimate.total_cmp(&b.row.ratio.estimate));
    }
}

/// The ratio of two cases that share no round, as in a run that broke off: the
/// corners of their own intervals, which is wider than any pairing.
fn unpaired(case: Interval, base: Interval) -> Interval {
    Interval {
        low: case.low / base.high,
        estimate: case.estimate / base.estimate,
        high: case.high / base.low,
    }
}

fn rank(rows: &mut [Placed<'_>], least_effect: f64) {
    let mut head = 0;
    for place in 1..rows.len() {
        let (Some(placed), Some(leader)) = (rows.get(place), rows.get(head)) else {
            return;
        };
        let to_leader = if head == 0 {
            placed.to_fastest
        } else {
            paired_ratio(placed.case, leader.case)
        };
        if to_leader.is_some_and(|ratio| is_difference(&ratio, least_effect)) {
            head = place;
        }
        if let Some(placed) = rows.get_mut(place) {
            placed.row.rank = u32::try_from(head + 1).unwrap_or(u32::MAX);
        }
    }
    let ranks: Vec<u32> = rows.iter().map(|placed| placed.row.rank).collect();
    for placed in rows {
        placed.row.tied = ranks.iter().filter(|rank| **rank == placed.row.rank).count() > 1;
    }
}

fn agreements(run: &RunRecord, rankings: &[Ranking]) -> Vec<Agreement> {
    run.second_opinions
        .iter()
        .filter_map(|opinion| {
            #[allow(clippy::cast_precision_loss)] // iteration counts are far below 2^52
            let mut samples: Vec<f64> = opinion
                .iterations
                .iter()
                .zip(&opinion.wall_ns)
                .filter(|(iterations, _)| **iterations > 0)
                .map(|(iterations, ns)| ns / *iterations as f64)
                .collect();
            let criterion_ns = median(&mut samples)?;
            let row = rankings
                .iter()
                .filter(|ranking| {
                    ranking.group.model == opinion.model && ranking.group.corpus == opinion.corpus
                })
                .flat_map(|ranking| &ranking.rows)
                .find(|row| row.contender == opinion.contender)?;
            let ratio = criterion_ns / row.wall_ns;
            Some(Agreement {
                contender: opinion.contender.clone(),
                model: opinion.model,
                corpus: opinion.corpus.clone(),
                paired_ns: row.wall_ns,
                criterion_ns,
                ratio,
                disagrees: (ratio - 1.0).abs() > AGREEMENT_LIMIT,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modes_of(medians: &[f64]) -> Option<Modes> {
        let row = Row {
            contender: ContenderId::new("a"),
            rank: 1,
            tied: false,
            cpu_ns: Interval::exact(1.0),
            wall_ns: 1.0,
            ratio: Interval::exact(1.0),
            launches: 0,
            launch_medians_ns: medians.to_vec(),
        };
        row.modes()
    }

    #[test]
    fn two_levels_are_launches_on_either_side_of_a_gap_and_enough_of_both() {
        let found = modes_of(&[110.0, 100.0, 112.0, 100.0, 111.0]).unwrap();
        assert_eq!(
            (found.fast_ns, found.slow_ns, found.slow_share),
            (100.0, 111.0, 0.6)
        );
        // The widest gap in nanoseconds, and not the largest factor.
        let of_three = modes_of(&[10.0, 10.0, 19.0, 19.0, 31.0, 31.0]).unwrap();
        assert!((of_three.slow_share - 1.0 / 3.0).abs() < 1e-12, "{of_three:?}");
        for (medians, why) in [
            (
                &[100.0, 100.0, 100.0, 105.0, 105.0][..],
                "a gap of no more than the limit",
            ),
            (&[100.0, 100.0, 100.0, 100.0, 110.0], "one slow launch"),
            (&[100.0, 110.0, 110.0, 110.0, 110.0], "one fast launch"),
            (&[100.0, 110.0], "one of each"),
            (&[100.0], "one launch"),
            (&[], "none"),
        ] {
            assert_eq!(modes_of(medians), None, "{why}");
        }
        let mut few_fast = vec![110.0; 18];
        few_fast.extend([100.0, 100.0]);
        assert_eq!(modes_of(&few_fast), None, "a tenth of the launches");
    }

    #[test]
    fn groups_are_reported_by_model_then_class_then_corpus() {
        let group = |model, class, corpus: &str| Group {
            model,
            class,
            corpus: corpus.into(),
        };
        let ([model, later_model, ..], [class, later_class, ..]) = (Model::ALL, Class::ALL);
        let ordered = [
            group(model, class, "b"),
            group(model, later_class, "a"),
            group(model, later_class, "c"),
            group(later_model, class, "a"),
        ];
        assert!(ordered.is_sorted_by(|a, b| report_order(a) < report_order(b)));
    }

    #[test]
    fn the_least_effect_is_twice_the_typical_error_of_a_control_and_a_hundredth_at_least() {
        let controls = |errors: &[f64]| -> Vec<Twin> {
            let twin = |error: &f64| Twin {
                group: Group {
                    model: Model::Verify,
                    class: Class::Mac,
                    corpus: "typical".into(),
                },
                contender: ContenderId::new("a"),
                ratio: Interval::exact(1.0 + error),
                log_ratios: Vec::new(),
            };
            errors.iter().map(twin).collect()
        };
        assert!((least_effect(&controls(&[0.25, -0.125, 0.0625])) - 0.25).abs() < 1e-12);
        for few in [&[][..], &[0.001, -0.001, 0.002]] {
            assert_eq!(least_effect(&controls(few)).to_bits(), LEAST_EFFECT.to_bits());
        }
        let at_the_limit = Interval {
            low: 1.25,
            estimate: 1.5,
            high: 1.75,
        };
        assert!(!is_difference(&at_the_limit, 0.5), "no larger than the limit");
        assert!(is_difference(&at_the_limit, 0.25));
    }

    #[test]
    fn a_group_at_the_limit_of_noise_is_not_noisy() {
        let judged = |preempted, canary| {
            let mut noise = Noise {
                blocks: 100,
                preempted,
                canary,
                ..Noise::default()
            };
            noise.judge();
            noise.noisy
        };
        assert!(!judged(30, 10));
        assert!(judged(30, 11));
    }
}
