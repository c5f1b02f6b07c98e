//! Envelopes of the notary project, JWS and COSE.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_signing::NotationEnvelope;

fuzz_target!(|data: &[u8]| {
    let _ = NotationEnvelope::parse("application/jose+json", data);
    let _ = NotationEnvelope::parse("application/cose", data);
});
