//! How much is accepted of what a registry or a file holds.

use crate::SigningError;

/// Largest manifest of signatures, in bytes (the size that registries themselves accept).
pub const MANIFEST_BYTES: u64 = 4 << 20;
/// Most layers in one manifest of signatures: each is a fetch and a verification.
pub const LAYERS: u64 = 256;
/// Largest simple signing payload, in bytes.
pub const PAYLOAD_BYTES: u64 = 256 << 10;
/// Largest envelope or bundle, in bytes: an inventory of a large image fits.
pub const ENVELOPE_BYTES: u64 = 64 << 20;
/// Most bytes that are fetched for one manifest of signatures; what lies beyond is said to be unreadable.
pub const TOTAL_BYTES: u64 = 128 << 20;
/// Largest envelope of a Notation signature, in bytes: it holds one descriptor and a chain of certificates.
pub const NOTATION_BYTES: u64 = 1 << 20;
/// Largest single signature, in characters of base64: RSA of 16,384 bits fits.
pub const SIGNATURE_CHARS: u64 = 4096;
/// Most signatures in one envelope.
pub const ENVELOPE_SIGNATURES: u64 = 16;
/// Largest key file, in bytes.
pub const KEY_BYTES: u64 = 64 << 10;
/// Largest trusted root file, in bytes: Sigstore's has 7 KiB.
pub const TRUSTED_ROOT_BYTES: u64 = 1 << 20;
/// Most logs and authorities in one trusted root.
pub const TRUSTED_ROOT_PARTS: u64 = 256;
/// Largest certificate, in bytes.
pub const CERTIFICATE_BYTES: u64 = 64 << 10;
/// Largest checkpoint, in bytes.
pub const CHECKPOINT_BYTES: u64 = 64 << 10;
/// Largest timestamp response, in bytes.
pub const TIMESTAMP_BYTES: u64 = 64 << 10;
/// Most log entries, timestamps and certificates of one bundle, each.
pub const PROOFS: u64 = 16;

/// Refuses what holds more than `limit`.
pub(crate) fn check(
    what: &'static str,
    found: u64,
    limit: u64,
    unit: &'static str,
    remedy: &'static str,
) -> Result<(), SigningError> {
    if found > limit { Err(SigningError::Limit { what, found, limit, unit, remedy }) } else { Ok(()) }
}
