//! Any text as a file of a scan: recognised by its content, read, checked alone and together, exceptions applied.
#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_checks::{Options, check_together, source};

fuzz_target!(|text: &str| {
    for name in ["fuzz.yaml", "fuzz.json", "fuzz"] {
        if let Some(Ok(found)) = source(name, text) {
            let options = Options { today: Some("2026-11-24".to_owned()), ..Options::default() };
            let mut findings = found.check(&options);
            findings.extend(check_together(std::slice::from_ref(&found), &options));
            let _ = found.suppress(&options, &mut findings);
        }
    }
});
