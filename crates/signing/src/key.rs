//! Keys: algorithms, public keys, private keys and their encrypted files.

mod algorithm;
mod encrypted;
mod import;
mod private;
mod public;
mod signer;

pub use algorithm::Algorithm;
pub use private::PrivateKey;
pub use public::PublicKey;
pub use signer::Signer;

/// The label and content of the one PEM block in a key file; the error is the reason in words.
fn pem(text: &str) -> Result<(&str, zeroize::Zeroizing<Vec<u8>>), String> {
    // The library's own words for a text without any block are about its preamble.
    if !text.contains("-----BEGIN ") {
        return Err("it holds no PEM block (`-----BEGIN …`)".to_owned());
    }
    let (label, body) = pem_rfc7468::decode_vec(text.as_bytes()).map_err(|e| format!("damaged PEM ({e})"))?;
    Ok((label, zeroize::Zeroizing::new(body)))
}
