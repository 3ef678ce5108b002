//! tokenlab on the command line: the only user interface of the workspace.
//!
//! This file dispatches. What a verb does is in [`commands`], what it may say
//! and with which exit code it ends in [`output`].

mod cli;
mod commands;
mod output;
mod progress;
mod runs;
mod suggest;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Verb};
use output::{Failure, Output};

fn main() -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error, wants_json),
    };
    let output = Output::new(cli.json, cli.color);
    match dispatch(cli, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.failure(&failure),
    }
}

fn dispatch(cli: Cli, output: &Output) -> Result<(), Failure> {
    match cli.verb {
        Verb::Bench(arguments) => commands::bench::run(&arguments, cli.progress, output),
        Verb::BenchLaunch => commands::bench_launch::run(),
        Verb::Report(arguments) => commands::report::run(&arguments, output),
        Verb::Compare(arguments) => commands::compare::run(&arguments, output),
        Verb::Attack(arguments) => commands::attack::run(&arguments, output),
        Verb::Token(arguments) => commands::token::run(&arguments, output),
        Verb::List(arguments) => commands::list::run(&arguments, output),
        Verb::Fuzz(arguments) => commands::fuzz::run(&arguments, output),
        Verb::Serve(arguments) => commands::serve::run(&arguments, output),
        Verb::Study(arguments) => commands::study::run(&arguments, output),
        Verb::Learn(arguments) => commands::learn::run(&arguments, output),
        Verb::Class(arguments) => commands::class::run(&arguments, output),
        Verb::Doctor => commands::doctor::run(output),
    }
}
