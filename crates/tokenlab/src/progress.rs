//! Progress of long work: one bar on a terminal, plain lines elsewhere.
//!
//! The work is known beforehand as expected time, so the bar measures time and
//! not steps; what remains is scaled by how the finished part compared with its
//! expectation.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Progress as Mode;
use crate::output::Output;

/// A running display.
pub(crate) struct Progress<'a> {
    output: &'a Output,
    started: Instant,
    total: Duration,
    done: Duration,
    bar: Option<ProgressBar>,
    lines: bool,
}

impl<'a> Progress<'a> {
    /// Starts a display of work that is expected to take `total`.
    pub(crate) fn start(mode: Mode, total: Duration, output: &'a Output) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (mode == Mode::Bar || (mode == Mode::Auto && terminal)).then(|| {
            let bar = ProgressBar::new(millis(total));
            let template = "{wide_bar} {percent:>3} %  {msg}";
            bar.set_style(
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar
        });
        Self {
            output,
            started: Instant::now(),
            total,
            done: Duration::ZERO,
            lines: bar.is_none() && mode != Mode::None,
            bar,
        }
    }

    /// Counts work that was expected to take `expected` as done.
    pub(crate) fn advance(&mut self, expected: Duration, what: &str) {
        self.done = (self.done + expected).min(self.total);
        if let Some(bar) = &self.bar {
            bar.set_position(millis(self.done));
            bar.set_message(format!("{what}  {} left", clock(self.left())));
        }
    }

    /// Says where the work stands, where there is no bar to show it.
    pub(crate) fn milestone(&self, what: &str) {
        if self.lines {
            let percent = 100.0 * self.done.as_secs_f64() / self.total.as_secs_f64().max(1e-9);
            self.output
                .note(&format!("{percent:3.0} %  {what}, {} left", clock(self.left())));
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    fn left(&self) -> Duration {
        let done = self.done.as_secs_f64();
        if done <= 0.0 {
            return self.total;
        }
        let pace = self.started.elapsed().as_secs_f64() / done;
        (self.total - self.done).mul_f64(pace)
    }
}

/// `4m21s`, or `12s`.
pub(crate) fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs_f64().round();
    if seconds < 60.0 {
        format!("{seconds:.0}s")
    } else {
        format!("{:.0}m{:02.0}s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_a_clock() {
        for (seconds, text) in [
            (0.4, "0s"),
            (59.4, "59s"),
            (59.6, "1m00s"),
            (261.0, "4m21s"),
            (3600.0, "60m00s"),
        ] {
            assert_eq!(clock(Duration::from_secs_f64(seconds)), text);
        }
    }
}
