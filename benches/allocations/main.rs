//! What do the operations of each contender allocate?
//!
//! A pass of its own with an allocator that counts, in a program of its own
//! that takes no time: `cargo bench --bench allocations -- [RUN [CONTENDER...]]`
//! prints an [`AllocationCount`](tokenlab_record::measurement::AllocationCount)
//! a line. dhat is there for its three figures from one allocator (blocks,
//! bytes, peak) and for counting a grown block as the allocator sees it.

use std::env;
use std::io::{self, Write};

use tokenlab_harness::{KeyRing, contenders};

mod counting;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Any seed would do; this one is the command line's default.
const SEED: u64 = 1;

fn main() -> io::Result<()> {
    // Cargo adds `--bench` to whatever is asked for.
    let mut arguments = env::args().skip(1).filter(|argument| argument != "--bench");
    let run = arguments.next().unwrap_or_else(|| "by-hand".to_owned());
    let wanted: Vec<String> = arguments.collect();
    let ring = KeyRing::from_seed(SEED);
    for contender in contenders::available() {
        let id = contender.id();
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == id.as_str()) {
            continue;
        }
        let counts = counting::count(&run, contender, &ring)
            .map_err(|problem| io::Error::other(format!("{id}: {problem}")))?;
        let mut output = io::stdout().lock();
        for count in counts {
            serde_json::to_writer(&mut output, &count)?;
            output.write_all(b"\n")?;
        }
    }
    Ok(())
}
