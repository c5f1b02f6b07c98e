//! Bundles with certificates, log entries and timestamps: nothing panics, and nothing holds where nothing is trusted.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_signing::{Bundle, CertificateIdentity, Trust, TrustedRoot, verify_blob};

fuzz_target!(|data: &[u8]| {
    static NOBODY: LazyLock<(CertificateIdentity, TrustedRoot)> = LazyLock::new(|| {
        let anybody = CertificateIdentity::new(None, Some("."), None, Some(".")).unwrap();
        (anybody, TrustedRoot::default())
    });
    let Ok(bundle) = Bundle::parse(data) else { return };
    let (identity, root) = &*NOBODY;
    let now = jiff::Timestamp::UNIX_EPOCH;
    for trust in [Trust::identity(identity, root), Trust::identity(identity, root).private(now)] {
        assert!(verify_blob(&bundle, b"a file", &trust).is_err());
    }
});
