//! What is trusted: a Sigstore trusted root (keys of logs, authorities of certificates and timestamps), as a file.
//!
//! Format: sigstore protobuf-specs, `sigstore_trustroot.proto`, in its JSON form.

mod authority;
mod document;
mod root;

pub(crate) use authority::{Authority, CODE_SIGNING, TIME_STAMPING, valid_at};
pub(crate) use root::LogKey;
pub use root::TrustedRoot;
