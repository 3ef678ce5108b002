//! libFuzzer's way into [`tokenlab_fuzz::biscuit_blocks`]. Built without libFuzzer, it
//! replays the files it is given.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tokenlab_fuzz::biscuit_blocks::TARGET.hunt(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    tokenlab_fuzz::biscuit_blocks::TARGET.replay(std::env::args_os().skip(1))
}
