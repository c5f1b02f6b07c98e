//! Captures of libscap and audit logs: any bytes are answered with events or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(events) = seawall_captures::open(bytes, None) else { return };
    for event in events {
        if event.is_err() {
            return;
        }
    }
});
