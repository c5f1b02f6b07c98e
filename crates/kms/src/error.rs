//! What can go wrong with a key in a service.

use seawall_signing::SigningError;

/// Why a key in a service could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KmsError {
    /// The address is none of a service that is known.
    #[error("`{0}` is no key of a service; write hashivault://NAME")]
    Uri(String),
    /// The service is known, but not spoken with.
    #[error(
        "keys of {0} are not supported yet; export the public key to verify, and sign with a file or hashivault://"
    )]
    Unsupported(&'static str),
    /// A setting is missing or wrong.
    #[error("{name} {problem}")]
    Setting {
        /// The environment variable.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The service could not be reached, or its answer not be read.
    #[error("{address} could not be asked: {source}")]
    Transport {
        /// Where it was asked.
        address: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The service said no.
    #[error("{address} answered {status}{detail}")]
    Refused {
        /// Where it was asked.
        address: String,
        /// HTTP status.
        status: u16,
        /// What it said, where it said something.
        detail: String,
    },
    /// The answer is not what the service's documentation promises.
    #[error("the answer of {address} cannot be used: {reason}")]
    Answer {
        /// Where it was asked.
        address: String,
        /// What is wrong.
        reason: String,
    },
    /// The service's public key cannot be used.
    #[error("the key {name} cannot be used")]
    Key {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: SigningError,
    },
}
