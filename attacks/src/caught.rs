//! Panics caught, and kept off the standard error stream.
//!
//! A crash of a target is a result and no accident, and this crate prints
//! nothing. The process has one panic hook for all threads; the one that is
//! installed here stays silent while its own thread is within [`caught`], and
//! hands every other panic to the hook that was there before.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is caught, and says nothing.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// What `work` returns, or the message of its panic.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !CATCHING.get() {
                before(panic);
            }
        }));
    });
    let outer = CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(outer);
    result.map_err(|payload| message(payload.as_ref()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_its_message_and_an_inner_one_leaves_the_outer_silent() {
        assert_eq!(caught(|| 1), Ok(1));
        let nested = caught(|| {
            let inner: Result<(), _> = caught(|| panic!("inner"));
            assert!(CATCHING.get(), "the outer panic would be printed");
            inner
        });
        assert_eq!(nested, Ok(Err("inner".to_owned())));
        assert!(!CATCHING.get(), "later panics would not be printed");
    }
}
