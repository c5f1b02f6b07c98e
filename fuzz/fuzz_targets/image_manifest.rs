//! Manifests, indexes and descriptors of a registry.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = seawall_image::Manifest::parse("a manifest", data);
    let _ = seawall_image::Index::parse("an index", data);
    let _ = serde_json::from_slice::<seawall_image::Descriptor>(data);
});
