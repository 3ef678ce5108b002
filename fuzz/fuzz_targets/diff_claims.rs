//! libFuzzer's way into [`tokenlab_fuzz::diff_claims`]. Built without libFuzzer, it
//! replays the files it is given.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tokenlab_fuzz::diff_claims::TARGET.hunt(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    tokenlab_fuzz::diff_claims::TARGET.replay(std::env::args_os().skip(1))
}
