//! What is stored beside an image: manifests, bundles, envelopes, payloads, statements.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_signing::{Bundle, Envelope, SimpleSigning, Statement, layout};

fuzz_target!(|data: &[u8]| {
    let _ = Bundle::parse(data);
    let _ = Envelope::parse(data);
    let _ = SimpleSigning::parse(data);
    let _ = Statement::parse(data);
    let Ok(contents) = layout::parse(data) else { return };
    let _ = layout::read(&contents, &std::collections::BTreeMap::<_, Vec<u8>>::new());
});
