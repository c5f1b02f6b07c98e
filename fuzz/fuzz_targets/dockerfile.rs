//! Any text: a Dockerfile or an error with its place; the checks and the exceptions take whatever was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_checks::{Options, source};

fuzz_target!(|text: &str| {
    if let Some(Ok(found)) = source("Dockerfile", text) {
        let options = Options { today: Some("2026-11-24".to_owned()), ..Options::default() };
        let mut findings = found.check(&options);
        assert!(findings.iter().all(|finding| finding.position.is_some()));
        let _ = found.suppress(&options, &mut findings);
    }
});
