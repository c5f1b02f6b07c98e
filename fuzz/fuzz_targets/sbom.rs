//! SBOMs of every form that others wrote.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = seawall_inventory::sbom::read(data);
});
