//! Trusted roots, and PEM certificates of an authority of one's own.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_signing::{PrivateKey, TrustedRoot};

fuzz_target!(|data: &[u8]| {
    let _ = TrustedRoot::parse(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = PrivateKey::from_pem(text);
    if let Ok(root) = TrustedRoot::of_authority(text) {
        let _ = root.with_timestamp_authority(text);
    }
});
