//! How long the matrix takes: every attack that needs no process of its own
//! before every target, three times, on as many cores as there are.
//!
//! Setting the targets up (keys, stores, a Redis server) is timed apart, since
//! it is done once whatever is attacked.
#![allow(clippy::print_stdout)] // a program, and what it finds is for a person

use std::thread;
use std::time::Instant;

use tokenlab_attacks::{replay, targets};

fn main() {
    let started = Instant::now();
    let targets = targets::all().len();
    println!(
        "{targets} targets set up in {:.2} s",
        started.elapsed().as_secs_f64()
    );
    let cores = thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..3 {
        let started = Instant::now();
        let replays = replay::matrix(|_, _| true);
        let seconds = started.elapsed().as_secs_f64();
        let forgeries: usize = replays.iter().map(|replay| replay.transcripts.len()).sum();
        println!(
            "{} cells, {forgeries} transcripts in {seconds:.2} s on {cores} cores",
            replays.len()
        );
    }
}
