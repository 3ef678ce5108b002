//! The class: who solved what, and who is stuck.
//!
//! Without ranks: rows are by name, and every learner has one.

use jiff::Timestamp;
use maud::{Markup, html};

use super::{document, in_address};
use crate::exercises;
use crate::progress::{Board, Standing};

/// Minutes without a try after which an open exercise counts as stuck.
const STUCK_AFTER: i64 = 5;

pub(crate) fn html(board: &Board, now: i64) -> Markup {
    let lead = html! { p.lead { "As of now; reload for more." } };
    let main = html! {
        @if board.is_empty() {
            p { "Nobody has sent a token yet." }
        } @else {
            p { "✓ solved, ○ open with the number of tries, ★ another way in was found, h hints taken, the fourth is the solution. "
                strong { "stuck" } " has tried, and not for " (STUCK_AFTER) " minutes." }
            div.scroll tabindex="0" role="region" aria-label="The class" {
                table {
                    caption { "Learners and exercises." }
                    thead {
                        tr {
                            th scope="col" { "learner" }
                            th scope="col" { "solved" }
                            @for exercise in exercises::all() { th scope="col" { (exercise.id) } }
                        }
                    }
                    tbody {
                        @for (name, standings) in board {
                            tr {
                                th scope="row" { a href={ "/s/" (in_address(name.as_str())) } { (name) } }
                                td.number { (standings.values().filter(|one| one.solved_at.is_some()).count()) }
                                @for exercise in exercises::all() {
                                    td { (standings.get(exercise.id).map_or_else(String::new, |one| cell(one, now))) }
                                }
                            }
                        }
                    }
                }
            }
            p { a href="/board.csv" { "As CSV" } }
        }
    };
    document("The class", &lead, &main)
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
    let quiet = standing.last_try.map(|last| (now - last) / 60);
    if let Some(minutes) = quiet.filter(|minutes| *minutes >= STUCK_AFTER && standing.solved_at.is_none()) {
        words.push(format!("stuck, {minutes} min"));
    }
    words.join(" ")
}

/// A row for each learner and exercise that has been touched. Names hold no comma, no
/// quote and no formula, so no field needs quoting but the list of checks.
pub(crate) fn csv(board: &Board) -> String {
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
    use std::collections::BTreeMap;

    use super::*;
    use crate::learner::Learner;
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
