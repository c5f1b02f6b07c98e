//! The file of exploit predictions, plain or packed.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut builder = seawall_advisories::Builder::new("fuzz", "2026-01-01T00:00:00Z");
    let _ = builder.add_epss(data);
});
