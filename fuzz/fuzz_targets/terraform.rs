//! Terraform: a module of one file, its JSON form and its variables' values, evaluated and checked.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = seawall_infrastructure::Options { today: "2026-11-24".parse().ok() };
    for path in ["main.tf", "main.tf.json", "terraform.tfvars"] {
        let outcome = seawall_infrastructure::scan(&[(path, bytes)], &options);
        for finding in &outcome.findings {
            assert!(finding.position.is_some_and(|position| position.line > 0 && position.column > 0));
        }
    }
});
