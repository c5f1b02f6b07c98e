//! SBOMs that others wrote.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = seawall_inventory::cyclonedx::read(data);
});
