//! Ledger entries of another server.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(entry) = serde_json::from_slice::<seawall_ledger::Entry>(data) {
        let _ = entry.compute_hash();
    }
});
