//! Recorded events, and the default rules over them.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_rules::Rules;

fuzz_target!(|data: &[u8]| {
    static RULES: LazyLock<Rules> =
        LazyLock::new(|| Rules::load(&[("seawall.yaml", Rules::default_text())]).unwrap().0);
    for event in seawall_events::capture::read(data).map_while(Result::ok) {
        let _ = RULES.evaluate(&event);
    }
});
