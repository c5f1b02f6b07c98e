//! Manifests and kustomizations that a promotion rewrites.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_gitops::{Target, rewrite};

fuzz_target!(|data: &[u8]| {
    static TARGET: LazyLock<Target> = LazyLock::new(|| {
        Target::new("registry.example.com/shop", "1.1", seawall_findings::Digest::from_sha256([7; 32]))
            .unwrap()
    });
    for path in ["deploy/shop.yaml", "deploy/kustomization.yaml"] {
        let Some(bytes) = rewrite(path, data, &TARGET).bytes else { continue };
        // A second promotion of the same digest changes nothing.
        assert_eq!(rewrite(path, &bytes, &TARGET).bytes, None, "{:?}", String::from_utf8_lossy(&bytes));
    }
});
