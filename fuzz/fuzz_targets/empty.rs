//! Nothing: what libFuzzer costs by itself, against which `tokenlab fuzz rate` holds
//! the targets.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    std::hint::black_box(data);
});

#[cfg(not(fuzzing))]
fn main() {}
