//! A list of tokens that were called back, by their text.
//!
//! What is compared is what was handed back at logout, letter for letter. That
//! is enough where a token can be written in one way only, and where it can't,
//! it is the wrong key for a list: `jti` would be the right one.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokenlab_harness::RejectReason;
use tokenlab_record::transcript::Stage;

use super::check::{Check, refuse};
use super::jws::Jws;
use crate::desk::{Desk, Draft};
use crate::mint::MintError;

/// Texts of tokens that are believed no more; clones are the same list.
#[derive(Clone, Default)]
pub struct Denylist {
    texts: Arc<Mutex<HashSet<String>>>,
}

impl Denylist {
    fn texts(&self) -> MutexGuard<'_, HashSet<String>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The desk that keeps this list and issues by `issue`.
    pub(crate) fn desk<F>(&self, issue: F) -> Arc<dyn Desk>
    where
        F: Fn(&Draft) -> Result<String, MintError> + Send + Sync + 'static,
    {
        Arc::new(ListingDesk {
            list: self.clone(),
            issue,
        })
    }

    /// The token has not been called back.
    #[must_use]
    pub fn not_called_back(&self) -> Check<Jws> {
        let list = self.clone();
        Check::new(
            "not-called-back",
            Stage::Application,
            "the token's text is not on the list of those that were called back",
            move |jws: &mut Jws| {
                if list.texts().contains(&jws.text()) {
                    return refuse(RejectReason::Unauthorized, "the token was called back");
                }
                Ok(())
            },
        )
    }
}

struct ListingDesk<F> {
    list: Denylist,
    issue: F,
}

impl<F> Desk for ListingDesk<F>
where
    F: Fn(&Draft) -> Result<String, MintError> + Send + Sync,
{
    fn issue(&self, draft: &Draft) -> Result<String, String> {
        (self.issue)(draft).map_err(|error| error.to_string())
    }

    fn log_out(&self, token: &str) {
        self.list.texts().insert(token.to_owned());
    }
}
