//! Kubernetes documents: positions, images and checks.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for document in seawall_checks::documents("fuzz.yaml", text).unwrap_or_default() {
        let _ = seawall_checks::check(&document);
        let _ = seawall_checks::images(&document.value);
    }
});
