//! Keys that a token names: what the models have in common that look keys up.
//!
//! A token says which key (`kid` of a header or of a footer), a store has it,
//! and one check brings them together. Where the keys are kept is the store's
//! business: [`super::key_table`], [`super::key_folder`] and [`super::key_list`].

use tokenlab_harness::Rejection;
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed};

/// A token that may name its key.
pub trait NamesKey: Parsed {
    /// The name, which nothing has authenticated yet.
    ///
    /// # Errors
    /// `unknown-key` if the token names none.
    fn kid(&self) -> Result<String, Rejection>;

    /// Takes the key that was found.
    fn use_key(&mut self, key: Vec<u8>);
}

/// Where keys are kept by name.
pub trait KeyStore: Send + Sync + 'static {
    /// The check that finds a key and nothing else: its stable name.
    const CAREFUL: &'static str;
    /// What that check demands, in one sentence.
    const DEMAND: &'static str;

    /// Name of the one key.
    fn kid(&self) -> &'static str;

    /// Finds a key by a name that is treated as a name.
    ///
    /// # Errors
    /// `unknown-key` if none goes by it.
    fn find(&self, kid: &str) -> Result<Vec<u8>, Rejection>;
}

/// The key is found by its name, carefully.
#[must_use]
#[track_caller]
pub fn key_by_name<P: NamesKey, S: KeyStore>(store: S) -> Check<P> {
    key_found(S::CAREFUL, S::DEMAND, move |kid| store.find(kid))
}

/// The key is found by its name, however `find` does it.
#[must_use]
#[track_caller]
pub fn key_found<P: NamesKey>(
    id: &'static str,
    demand: &'static str,
    find: impl Fn(&str) -> Result<Vec<u8>, Rejection> + Send + Sync + 'static,
) -> Check<P> {
    Check::new(id, Stage::KeyChoice, demand, move |token: &mut P| {
        let key = find(&token.kid()?)?;
        token.use_key(key);
        Ok(())
    })
}
