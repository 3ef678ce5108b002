//! The class: who solved what, and who is stuck.
//!
//! Calm by default: rows are by name, nobody has a rank, and every learner has a row. A
//! race has ranks, and without names there are only sums, for a projector.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use maud::{Markup, html};
use tokenlab_report::format::counted;

use super::{document, in_address};
use crate::exercise::Exercise;
use crate::exercises;
use crate::learner::Learner;
use crate::progress::{Board, Standing};

/// Minutes without a try after which an open exercise counts as stuck.
const STUCK_AFTER: i64 = 5;

/// How the board is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By name.
    #[default]
    Calm,
    /// By rank: who has solved most, and of those whoever was there first.
    Race,
    /// Sums alone.
    Nameless,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Calm, Self::Race, Self::Nameless];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Race => "race",
            Self::Nameless => "nameless",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

pub(crate) fn html(board: &Board, mode: Mode, now: i64) -> Markup {
    let solved: usize = board.values().map(count_solved).sum();
    let lead = html! {
        p.lead id="totals" data-live {
            (counted(board.len() as u64, "learner", "learners")) ", "
            (counted(solved as u64, "exercise", "exercises")) " solved."
        }
    };
    let main = html! {
        nav aria-label="Ways to show the board" {
            ul {
                @for other in Mode::ALL {
                    li {
                        @if other == mode { strong { (other.name()) } }
                        @else { a href={ "/board?mode=" (other.name()) } { (other.name()) } }
                    }
                }
            }
        }
        div id="class" data-live {
            @if board.is_empty() {
                p { "Nobody has sent a token yet." }
            } @else if mode == Mode::Nameless {
                (sums(board, now))
            } @else {
                (rows(board, mode, now))
            }
        }
        p { a href="/board.csv" { "As CSV" } }
        script src="/live.js" {}
    };
    document("The class", &lead, &main)
}

fn count_solved(standings: &BTreeMap<String, Standing>) -> usize {
    standings.values().filter(|one| one.solved_at.is_some()).count()
}

/// The learners in the order of a mode, with their ranks in a race.
fn order(board: &Board, mode: Mode) -> Vec<(Option<usize>, &Learner)> {
    if mode != Mode::Race {
        return board.keys().map(|learner| (None, learner)).collect();
    }
    let key = |learner: &Learner| {
        let standings = board.get(learner);
        let last = standings.and_then(|all| all.values().filter_map(|one| one.solved_at).max());
        (Reverse(standings.map_or(0, count_solved)), last)
    };
    let mut learners: Vec<&Learner> = board.keys().collect();
    learners.sort_by_key(|learner| key(learner));
    let rank = |learner: &Learner| learners.iter().filter(|other| key(other) < key(learner)).count() + 1;
    learners
        .iter()
        .map(|learner| (Some(rank(learner)), *learner))
        .collect()
}

/// The exercises that anybody has touched.
fn touched(board: &Board) -> Vec<&'static Exercise> {
    let is_touched = |exercise: &&Exercise| board.values().any(|all| all.contains_key(exercise.id));
    exercises::all().iter().filter(is_touched).collect()
}

fn rows(board: &Board, mode: Mode, now: i64) -> Markup {
    let touched = touched(board);
    html! {
        p { "✓ solved, ○ open with the number of tries, ★ another way in was found, h hints taken, the fourth is the solution. "
            strong { "stuck" } " has tried, and not for " (STUCK_AFTER) " minutes." }
        div.scroll tabindex="0" role="region" aria-label="The class" {
            table {
                caption { "Learners and exercises." }
                thead {
                    tr {
                        @if mode == Mode::Race { th scope="col" { "rank" } }
                        th scope="col" { "learner" }
                        th scope="col" { "solved" }
                        @for exercise in &touched { th scope="col" { (exercise.id) } }
                    }
                }
                tbody {
                    @for (rank, name) in order(board, mode) {
                        @let standings = board.get(name).cloned().unwrap_or_default();
                        tr {
                            @if let Some(rank) = rank { td.number { (rank) } }
                            th scope="row" { a href={ "/s/" (in_address(name.as_str())) } { (name) } }
                            td.number { (count_solved(&standings)) }
                            @for exercise in &touched {
                                td { (standings.get(exercise.id).map_or_else(String::new, |one| cell(one, now))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How many have solved, tried and stopped at each exercise that anybody has touched.
fn sums(board: &Board, now: i64) -> Markup {
    let touched = touched(board).into_iter().map(|exercise| {
        let standings: Vec<&Standing> = board.values().filter_map(|all| all.get(exercise.id)).collect();
        (exercise, standings)
    });
    html! {
        div.scroll tabindex="0" role="region" aria-label="The class" {
            table {
                caption { "Exercises, and how many of the class have come how far." }
                thead { tr { th scope="col" { "exercise" } th scope="col" { "solved" } th scope="col" { "open" } th scope="col" { "stuck" } } }
                tbody {
                    @for (exercise, standings) in touched {
                        @let solved = standings.iter().filter(|one| one.solved_at.is_some()).count();
                        tr {
                            th scope="row" { (exercise.title()) }
                            td.number { (solved) }
                            td.number { (standings.len() - solved) }
                            td.number { (standings.iter().filter(|one| stuck_for(one, now).is_some()).count()) }
                        }
                    }
                }
            }
        }
    }
}

/// For how many minutes somebody has been stuck.
fn stuck_for(standing: &Standing, now: i64) -> Option<i64> {
    let quiet = (now - standing.last_try?) / 60;
    (quiet >= STUCK_AFTER && standing.solved_at.is_none()).then_some(quiet)
}

fn cell(standing: &Standing, now: i64) -> String {
    let mut words = Vec::new();
    if standing.solved_at.is_some() {
        words.push("✓".to_owned());
    } else if standing.tries > 0 {
        words.push(format!("○ {}", standing.tries));
    }
    if !standing.alternatives.is_empty() {
        words.push("★".into());
    }
    if standing.hints > 0 {
        words.push(format!("h{}", standing.hints));
    }
    if let Some(minutes) = stuck_for(standing, now) {
        words.push(format!("stuck, {minutes} min"));
    }
    words.join(" ")
}

/// A row for each learner and exercise that has been touched. Names hold no comma, no
/// quote and no formula, so no field needs quoting but the list of checks.
#[must_use]
pub fn csv(board: &Board) -> String {
    let mut csv = String::from("learner,exercise,solved,solved_at,tries,hints,alternatives\n");
    for (name, standings) in board {
        for exercise in exercises::all() {
            let Some(one) = standings.get(exercise.id) else {
                continue;
            };
            let at = one.solved_at.and_then(|at| Timestamp::from_second(at).ok());
            let alternatives: Vec<&str> = one.alternatives.iter().map(String::as_str).collect();
            csv.push_str(&format!(
                "{name},{},{},{},{},{},{}\n",
                exercise.id,
                if at.is_some() { "yes" } else { "no" },
                at.map(|at| at.to_string()).unwrap_or_default(),
                one.tries,
                one.hints,
                alternatives.join(" ")
            ));
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::learner;

    fn board(standing: Standing) -> Board {
        let ada = Learner::try_from("ada".to_owned()).unwrap();
        Board::from([(ada, BTreeMap::from([("alg-none".to_owned(), standing)]))])
    }

    #[test]
    fn who_has_tried_and_stopped_is_stuck_and_who_has_solved_is_not() {
        let open = Standing {
            tries: 3,
            last_try: Some(1000),
            hints: 1,
            ..Standing::default()
        };
        assert_eq!(cell(&open, 1000 + 60 * 7), "○ 3 h1 stuck, 7 min");
        assert_eq!(cell(&open, 1000 + 60), "○ 3 h1");
        let solved = Standing {
            solved_at: Some(1010),
            ..open
        };
        assert_eq!(cell(&solved, 9999), "✓ h1");
        assert_eq!(learner::standing(Some(&solved)), "✓ solved, 3 tries, 1 hint");
    }

    #[test]
    fn a_race_ranks_by_number_and_then_by_time_and_equals_share_a_rank() {
        let solved = |at: &[i64]| -> BTreeMap<String, Standing> {
            let standings = at.iter().zip(exercises::all()).map(|(at, exercise)| {
                let one = Standing {
                    solved_at: Some(*at),
                    ..Standing::default()
                };
                (exercise.id.to_owned(), one)
            });
            standings.collect()
        };
        let name = |name: &str| Learner::try_from(name.to_owned()).unwrap();
        let board = Board::from([
            (name("ada"), solved(&[50])),
            (name("grace"), solved(&[10, 90])),
            (name("linus"), solved(&[40])),
            (name("mary"), solved(&[40])),
            (name("zoe"), BTreeMap::new()),
        ]);
        let ranked = |mode| -> Vec<(Option<usize>, &str)> {
            order(&board, mode)
                .into_iter()
                .map(|(rank, name)| (rank, name.as_str()))
                .collect()
        };
        let race = [(1, "grace"), (2, "linus"), (2, "mary"), (4, "ada"), (5, "zoe")];
        assert_eq!(ranked(Mode::Race), race.map(|(rank, name)| (Some(rank), name)));
        let calm = ["ada", "grace", "linus", "mary", "zoe"];
        assert_eq!(ranked(Mode::Calm), calm.map(|name| (None, name)));
        let sums = sums(&board, 1000).into_string();
        assert!(!sums.contains("ada") && sums.contains(">4</td>"), "{sums}");
    }

    #[test]
    fn the_csv_has_a_row_for_what_was_touched() {
        let solved = Standing {
            tries: 2,
            solved_at: Some(0),
            ..Standing::default()
        };
        let csv = csv(&board(solved));
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows.get(1), Some(&"ada,alg-none,yes,1970-01-01T00:00:00Z,2,0,"));
        assert_eq!(rows.len(), 2);
    }
}
