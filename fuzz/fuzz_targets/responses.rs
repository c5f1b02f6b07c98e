//! The configuration of responses.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = seawall_response::Config::parse("fuzz.yaml", text);
});
