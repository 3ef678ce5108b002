//! libFuzzer's way into [`tokenlab_fuzz::jwks`]. Built without libFuzzer, it
//! replays the files it is given.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tokenlab_fuzz::jwks::TARGET.hunt(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    tokenlab_fuzz::jwks::TARGET.replay(std::env::args_os().skip(1))
}
