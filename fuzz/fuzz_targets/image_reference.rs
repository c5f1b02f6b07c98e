//! Image references: the canonical form must mean the same image.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(reference) = text.parse::<seawall_image::Reference>() {
        // What is shown means the same image: policies and evidence rely on it.
        let again: seawall_image::Reference = reference.to_string().parse().unwrap();
        assert_eq!(again, reference);
    }
});
