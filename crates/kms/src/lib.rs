//! Signing keys that live in a key management service, behind `seawall_signing::Signer`.
//!
//! In: a key's address as cosign writes it (`hashivault://team`), and where the service is. Out: a [`RemoteKey`], whose
//! public half was read once, and which asks the service for each signature. The private half never leaves the service.

mod error;
mod uri;
mod vault;

pub use error::KmsError;
pub use uri::KeyUri;
pub use vault::{RemoteKey, VaultSettings};
