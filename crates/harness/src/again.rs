//! Trying again. What has just been started does not answer at once, and a port that was
//! free may be somebody's a moment later.

use std::thread;
use std::time::{Duration, Instant};

/// What `attempt` gives as soon as it succeeds, or its error once `patience` is over.
/// Between two attempts is a `pause`.
///
/// # Errors
/// Those of the last attempt.
pub fn until<T, E>(
    patience: Duration,
    pause: Duration,
    mut attempt: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    let start = Instant::now();
    loop {
        match attempt() {
            Err(_) if start.elapsed() <= patience => thread::sleep(pause),
            outcome => return outcome,
        }
    }
}

/// What the first of so many attempts gives that succeeds, or the error of the last.
///
/// # Errors
/// Those of the last attempt.
pub fn times<T, E>(attempts: u32, mut attempt: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    for _ in 1..attempts {
        if let Ok(outcome) = attempt() {
            return Ok(outcome);
        }
    }
    attempt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails so many times, then says how often it was asked.
    fn failing(times: u32) -> impl FnMut() -> Result<u32, u32> {
        let mut asked = 0;
        move || {
            asked += 1;
            if asked > times { Ok(asked) } else { Err(asked) }
        }
    }

    #[test]
    fn it_is_tried_until_it_succeeds_or_patience_is_over() {
        let minute = Duration::from_secs(60);
        assert_eq!(until(minute, Duration::ZERO, failing(0)), Ok(1));
        assert_eq!(until(minute, Duration::ZERO, failing(40)), Ok(41));
        let short = Duration::from_millis(20);
        assert_eq!(until(short, 2 * short, failing(40)), Err(2));
    }

    #[test]
    fn it_is_tried_so_many_times() {
        assert_eq!(times(3, failing(0)), Ok(1));
        assert_eq!(times(3, failing(2)), Ok(3));
        assert_eq!(times(3, failing(3)), Err(3));
        assert_eq!(times(1, failing(3)), Err(1));
    }
}
