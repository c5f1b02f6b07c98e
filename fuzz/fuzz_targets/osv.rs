//! Advisories in OSV form, and what is compiled from them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut builder = seawall_advisories::Builder::new("fuzz", "2026-01-01T00:00:00Z");
    let _ = builder.add_json(data);
    let _ = builder.add_kev(data);
    let _ = builder.finish(&mut Vec::new());
});
