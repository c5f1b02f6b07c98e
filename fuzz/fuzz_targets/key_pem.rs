//! Keys as text.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // A public key, and a private one: with the wrong passphrase where the fuzzer finds its form.
    let _ = seawall_signing::PublicKey::from_pem(text);
    if text.len() < 16 << 10 && !text.contains("scrypt") {
        let _ = seawall_signing::PrivateKey::from_encrypted_pem(text, b"passphrase");
    }
    let _ = seawall_gitops::SigningKey::from_text(text, None);
});
