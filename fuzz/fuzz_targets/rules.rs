//! Rule files in Falco's language.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok((rules, _)) = seawall_rules::Rules::load(&[("fuzz.yaml", text)]) {
        let _ = rules.event_kinds();
    }
});
