//! Package URLs.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = seawall_inventory::purl::parse(text);
});
