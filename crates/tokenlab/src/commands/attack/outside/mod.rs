//! Somebody's own verifier before the attacks: `--against` and `--against-http`.
//!
//! The attacks know it as a target like any other. What is here carries lines to
//! it, cuts it off when it takes too long, and begins with honest tokens, because
//! the refusals of a verifier that refuses everything mean nothing.

mod http;
mod patience;
mod program;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokenlab_attacks::outside::{Greeting, OutsideTarget, Setting, Verifier};
use tokenlab_attacks::{Attack, Replay, Scheme, replay as attacks, targets};
use tokenlab_record::transcript::Verdict;

use crate::cli::{AttackKeys, AttackRun};
use crate::output::{Failure, Output};
use patience::Patience;

/// A verifier that has shown what it can do.
pub(super) struct Outside {
    patience: Arc<Patience>,
    /// One for every scheme that it knows.
    targets: Vec<OutsideTarget>,
    /// Schemes that it does not know.
    pub(super) unsupported: Vec<String>,
    /// The last word of its command line that is a file here: where findings
    /// are shown to be.
    pub(super) file: Option<String>,
}

impl Outside {
    /// The verifier that the command line names, `None` if it names none.
    ///
    /// # Errors
    /// [`Failure`] if it can't be reached, knows none of the schemes, or gets an
    /// honest token wrong.
    pub(super) fn meet(arguments: &AttackRun, output: &Output) -> Result<Option<Self>, Failure> {
        let (verifier, file): (Box<dyn Verifier>, _) = match (&arguments.against, &arguments.against_http) {
            (Some(command), _) => {
                let program = program::Program::start(command, arguments.timeout)?;
                (Box::new(program), file_of(command))
            }
            (_, Some(_)) if arguments.schemes.len() > 1 => {
                return Err(Failure::usage(
                    "an endpoint has one key; --against-http takes one --scheme",
                ));
            }
            (_, Some(url)) => (Box::new(http::Endpoint::reach(url, arguments.timeout)?), None),
            (None, None) => return Ok(None),
        };
        let patience = Arc::new(Patience::new(verifier, arguments.timeout));
        let mut outside = Self {
            patience,
            targets: Vec::new(),
            unsupported: Vec::new(),
            file,
        };
        outside.greet(&arguments.schemes)?;
        let schemes: Vec<&str> = outside.targets.iter().map(scheme_of).collect();
        output.note(&format!(
            "{} believes honest tokens and refuses changed ones of: {}",
            outside.patience.name(),
            schemes.join(", ")
        ));
        if !outside.unsupported.is_empty() {
            output.note(&format!(
                "skipped, since it does not know them: {}",
                outside.unsupported.join(", ")
            ));
        }
        Ok(Some(outside))
    }

    fn greet(&mut self, wanted: &[String]) -> Result<(), Failure> {
        let mut misfits = Vec::new();
        for setting in settings(wanted)? {
            self.patience.begin();
            let scheme = setting.exposure().scheme;
            let verifier: Arc<dyn Verifier> = Arc::<Patience>::clone(&self.patience);
            let target = setting.target(verifier);
            match target.greet() {
                Greeting::Fits => self.targets.push(target),
                Greeting::Unsupported(words) if !wanted.is_empty() => {
                    misfits.push(format!("{scheme}: it does not know the scheme: {words}"));
                }
                Greeting::Unsupported(_) => self.unsupported.push(scheme.to_string()),
                Greeting::Misfit(sentence) => misfits.push(format!("{scheme}: {sentence}")),
            }
        }
        if !misfits.is_empty() {
            return Err(Failure::expectation(format!(
                "before any attack, {} gets honest tokens wrong, so attacks would prove nothing.\n  {}\n\
                 `tokenlab attack keys --scheme SCHEME` shows what it is asked; --scheme leaves other schemes out",
                self.patience.name(),
                misfits.join("\n  ")
            )));
        }
        if self.targets.is_empty() {
            return Err(Failure::expectation(format!(
                "{} knows none of the schemes: {}",
                self.patience.name(),
                self.unsupported.join(", ")
            )));
        }
        Ok(())
    }

    /// Runs these attacks against it, one after the other.
    pub(super) fn attack(&self, chosen: &[&dyn Attack]) -> Vec<Replay> {
        let pairs = chosen
            .iter()
            .flat_map(|attack| self.targets.iter().map(move |target| (*attack, target)));
        pairs
            .map(|(attack, target)| {
                let replay = self.replay(attack, target);
                match replay.cell.verdict {
                    _ if replay.cell.agrees => replay,
                    // Whoever refuses what the format leaves open does better than
                    // was expected, and that is no surprise to complain of.
                    Verdict::Rejected { .. } => {
                        let mended = self.replay(attack, &target.mending_its_format());
                        if mended.cell.agrees { mended } else { replay }
                    }
                    Verdict::Leaked { .. } => self.confirmed(attack, target, replay),
                    _ => replay,
                }
            })
            .collect()
    }

    fn replay(&self, attack: &dyn Attack, target: &OutsideTarget) -> Replay {
        self.patience.begin();
        attacks::cell(attack, target)
    }

    /// A leak, if other processes show it too: what is read from the clock may be
    /// the chance of one.
    fn confirmed(&self, attack: &dyn Attack, target: &OutsideTarget, replay: Replay) -> Replay {
        const CONFIRMATIONS: usize = 2;
        for _ in 0..CONFIRMATIONS {
            self.patience.renew();
            let again = self.replay(attack, target);
            if !matches!(again.cell.verdict, Verdict::Leaked { .. }) {
                return again;
            }
        }
        replay
    }
}

/// A verifier that is a program and is asked by a line.
///
/// # Errors
/// [`Failure`] if there is no such program.
pub(crate) fn program(command: &str, timeout: Duration) -> Result<Arc<dyn Verifier>, Failure> {
    Ok(Arc::new(program::Program::start(command, timeout)?))
}

/// Prints what a verifier needs to take this issuer's tokens.
///
/// # Errors
/// [`Failure`] if there is no such scheme.
pub(super) fn show_keys(arguments: &AttackKeys, output: &Output) -> Result<(), Failure> {
    let policy = tokenlab_harness::Policy::lab();
    let settings = settings(std::slice::from_ref(&arguments.scheme))?;
    for setting in settings {
        let exposure = setting.exposure();
        let pem = exposure.public_key.as_ref().and_then(|key| key.to_pem());
        if output.is_json() {
            return output.envelope(
                "attack-keys",
                &serde_json::json!({
                    "scheme": exposure.scheme.to_string(),
                    "key": setting.key(),
                    "public_pem": pem,
                    "issuer": policy.issuer,
                    "audience": policy.audience,
                    "token": exposure.sample_token,
                }),
            );
        }
        let key = match setting.key() {
            serde_json::Value::String(text) => text.clone(),
            jwk => jwk.to_string(),
        };
        output.line(&format!(
            "scheme    {}\nkey       {key}\nissuer    {}\naudience  {}\ntoken     {}",
            exposure.scheme, policy.issuer, policy.audience, exposure.sample_token
        ))?;
        if let Some(pem) = pem {
            output.line(&format!("\n{}", pem.trim_end()))?;
        }
    }
    Ok(())
}

/// The issuers of the schemes wanted, of all without any.
fn settings(wanted: &[String]) -> Result<Vec<Setting>, Failure> {
    let schemes = if wanted.is_empty() {
        targets::outside_schemes()
    } else {
        let known = targets::outside_schemes();
        let named = |text: &String| {
            let found = Scheme::from_wire(text).filter(|scheme| known.contains(scheme));
            found.ok_or_else(|| {
                let known: Vec<String> = known.iter().map(Scheme::to_string).collect();
                Failure::no_match(format!(
                    "tokenlab issues no tokens of the scheme {text:?} to strangers; there are: {}",
                    known.join(", ")
                ))
            })
        };
        wanted.iter().map(named).collect::<Result<_, _>>()?
    };
    Ok(schemes.into_iter().filter_map(targets::outside).collect())
}

fn scheme_of(target: &OutsideTarget) -> &str {
    let target: &dyn tokenlab_attacks::Target = target;
    target.id().trim_start_matches("outside/")
}

/// The last word of a command line that is a file below this folder: its source.
fn file_of(command: &str) -> Option<String> {
    let words = shell_words::split(command).ok()?;
    let mut files = words
        .into_iter()
        .rev()
        .filter(|word| Path::new(word).is_relative() && Path::new(word).is_file());
    files.next()
}

/// Seconds as people write them.
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
