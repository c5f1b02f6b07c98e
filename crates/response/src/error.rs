//! What can go wrong.

use std::path::PathBuf;

/// The errors of this crate. None of them holds a webhook's address.
#[derive(Debug, thiserror::Error)]
pub enum ResponseError {
    /// The configuration is not what it should be.
    #[error("{file}: {message}")]
    Config {
        /// Its name as it was handed over.
        file: String,
        /// What is wrong, where, and the nearest known word.
        message: String,
    },
    /// A notifier has no address, or more than one.
    #[error("notifier `{name}`: give exactly one of `url`, `urlFile` and `urlEnv`")]
    Address {
        /// The notifier's name.
        name: String,
    },
    /// An environment variable that the configuration names is not set.
    #[error("notifier `{name}`: the environment variable `{variable}` is not set")]
    Variable {
        /// The notifier's name.
        name: String,
        /// The variable's name.
        variable: String,
    },
    /// A file that the configuration names cannot be read.
    #[error("notifier `{name}`: cannot read {path}: {source}")]
    File {
        /// The notifier's name.
        name: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An address is no http or https URL.
    #[error("notifier `{name}`: the address is not an http:// or https:// URL with a host")]
    Url {
        /// The notifier's name.
        name: String,
    },
    /// The HTTP client could not be made.
    #[error("cannot make the HTTP client: {0}")]
    Client(#[source] reqwest::Error),
    /// A binding names what does not exist.
    #[error("bindings: {0}")]
    Binding(String),
    /// A process could not be examined or signalled.
    #[error("process {pid}: {what}: {source}")]
    Process {
        /// Its pid on the host.
        pid: u32,
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// A command could not be run, or failed.
    #[error("`{command}`: {message}")]
    Command {
        /// The program.
        command: String,
        /// What happened.
        message: String,
    },
    /// The pod could not be deleted.
    #[error("pod {namespace}/{name}: {message}")]
    Pod {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// What the cluster said.
        message: String,
    },
}
