//! libFuzzer's way into [`tokenlab_fuzz::models`]. Built without libFuzzer, it
//! replays the files it is given.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tokenlab_fuzz::models::TARGET.hunt(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    tokenlab_fuzz::models::TARGET.replay(std::env::args_os().skip(1))
}
