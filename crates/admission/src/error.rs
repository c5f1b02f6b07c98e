//! What can go wrong.

use std::path::PathBuf;

/// Everything that can go wrong in this crate.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// The body is not an AdmissionReview: HTTP 400.
    #[error("not an AdmissionReview: {0}; this address answers the Kubernetes API server only")]
    NotAReview(String),
    /// The body is longer than is read.
    #[error("the AdmissionReview has {0} bytes, more than the {1} that are read")]
    TooLarge(usize, usize),
    /// A file of the certificate folder cannot be read or written.
    #[error("certificate file {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A certificate or key on disk is damaged.
    #[error("{}: {problem}; remove the file to have a new one made (a new CA must be given to the API server again)", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A certificate cannot be made (a host name that is none, for example).
    #[error("cannot make a certificate for {names}: {source}")]
    Certificate {
        /// The names it should have.
        names: String,
        /// Why.
        #[source]
        source: rcgen::Error,
    },
    /// The TLS library refuses the certificate.
    #[error("TLS refuses the serving certificate: {0}")]
    Tls(#[source] rustls::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
