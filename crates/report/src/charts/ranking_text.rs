//! What stands beside a ranking: the question, how to read the chart, what not
//! to conclude from it.

use std::fmt::Write;

use tokenlab_record::analysis::{Ranking, Row};
use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::Model;

use crate::format;

/// The question that a model answers.
pub(super) const fn lead(model: Model) -> &'static str {
    match model {
        Model::Verify => {
            "Token in, checked claims out: signature or tag, and the claims policy. The key is loaded."
        }
        Model::Issue => "Claims in, token out. The key is loaded.",
        Model::RejectSignature => {
            "What does a forgery cost? A token whose signature or tag was altered, up to its refusal."
        }
        Model::Load => "From stored key material to a service that can issue and verify.",
        Model::VerifyThreeBlocks => {
            "A capability that its holders narrowed twice: three blocks to check instead of one."
        }
        Model::VerifyTenBlocks => "A capability that was narrowed nine times: ten blocks to check.",
        Model::Attenuate => "What does it cost a holder to narrow a capability? The issuer is not asked.",
        Model::AttenuateThirdParty => {
            "The holder appends a block that somebody else signed for this one capability."
        }
        Model::Seal => "The holder closes a capability, so that nobody can append to it any more.",
        Model::Refresh => "What does it cost to let a session live longer?",
        Model::Revoke => "What does it cost to end a session, so that it is gone when the call returns?",
        _ => "",
    }
}

/// What not to conclude from its charts.
pub(super) const fn caution(model: Model, class: Class) -> &'static str {
    if class.waits() {
        return "Every store stands on this machine: a network would come on top, and outweigh most of what is \
                seen here. Stores promise different things when the call returns (in this process, on the \
                disk, in a server's memory), so a faster row may be a weaker promise; the footnotes say which. \
                Wall time and the CPU time of other classes are not to be compared.";
    }
    match model {
        Model::Verify => {
            "Rows differ in algorithm, key size and cryptographic backend as well as in format, so the \
             distance between two rows is not the price of JWT or PASETO as such. Other classes have \
             charts of their own because they promise something else; a time here and a time there do \
             not compete."
        }
        Model::Issue => {
            "Rows differ in algorithm, key size and cryptographic backend as well as in format. A service \
             usually verifies a token far more often than it issues it, so a slow row here may still be \
             the cheaper choice."
        }
        Model::RejectSignature => {
            "This is the price of one kind of bad token. Tokens that fall at an earlier check (wrong \
             length, wrong algorithm, broken encoding) are another question, and no time here says \
             whether a verifier refuses every forgery: see the attack matrix."
        }
        Model::Load => {
            "A cheap load is not a saving by itself: a library may put off parsing the key until a token \
             comes, and then every token pays. Read it together with the charts of verifying and issuing."
        }
        Model::VerifyThreeBlocks
        | Model::VerifyTenBlocks
        | Model::Attenuate
        | Model::AttenuateThirdParty
        | Model::Seal => {
            "No other class can do this, so there is nothing to set it against but verifying and issuing one \
             block. What the blocks say matters too: a policy with many rules costs more than these."
        }
        _ => "",
    }
}

/// A chart in a sentence or two.
pub(super) fn description(ranking: &Ranking) -> String {
    let (Some(first), Some(last)) = (ranking.rows.first(), ranking.rows.last()) else {
        return String::new();
    };
    format!(
        "Dot plot of {}, fastest first, from {} at {} to {} at {}. All values are in the table below.",
        format::counted(ranking.rows.len() as u64, "contender", "contenders"),
        first.contender,
        format::duration_ns(first.cpu_ns.estimate),
        last.contender,
        format::duration_ns(last.cpu_ns.estimate),
    )
}

/// How to read a chart.
pub(super) fn reading(ranking: &Ranking) -> String {
    let class = ranking.group.class;
    let mut text = format!(
        "A row is a contender, fastest first. The marker is the median {} of one operation, the whisker its \
         95 % interval; the strokes under it are the medians of single launches, so two clusters of strokes \
         mean two modes. At the right: the time, half its interval, and the ratio to the fastest of this \
         class, paired within rounds. Ranks with = can't be told apart.",
        class.clock()
    );
    let (Some(first), Some(last)) = (ranking.rows.first(), ranking.rows.last()) else {
        return text;
    };
    if class.waits() {
        // A second over nanoseconds an operation, one after the other.
        let rate = |row: &Row| format::significant(1e9 / row.cpu_ns.estimate);
        let _ = write!(
            text,
            " A caller that waits for each answer gets {} of them a second from the first row and {} from the \
             last; whatever waits leaves its processor to others meanwhile.",
            rate(first),
            rate(last)
        );
    } else if ranking.group.model != Model::Load {
        // Nanoseconds an operation times a thousand a second is millionths of a core.
        let share = |row: &Row| format::percent(row.cpu_ns.estimate / 1e6);
        let _ = write!(
            text,
            " At 1,000 tokens a second the first row takes {} of one core and the last {}.",
            share(first),
            share(last)
        );
    }
    text
}
