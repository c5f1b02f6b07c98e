//! CloudFormation templates, plans and Pulumi programs, evaluated and checked.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = seawall_infrastructure::scan(&[("template.yaml", bytes)], &seawall_infrastructure::Options::default());
});
