//! Package URLs: what is read is written, and that is read alike.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_inventory::purl::{Purl, parse};

fuzz_target!(|text: &str| {
    let _ = parse(text);
    if let Ok(purl) = Purl::lenient(text) {
        let _ = Purl::lenient(&purl.to_string());
    }
    let _ = Purl::parse(text);
});
