//! What is examined.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// What a report, a verdict or an alert is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Subject {
    /// A container image. The digest is the key; the reference is how it was asked for.
    Image {
        /// As the user wrote it, with the registry, repository and tag filled in.
        reference: String,
        /// Of the manifest that was asked for: the index where the reference names one.
        digest: Digest,
        /// Of the platform's own manifest, where `digest` is an index.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manifest: Option<Digest>,
        /// `linux/amd64`, `linux/arm64/v8` …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        platform: Option<String>,
    },
    /// A folder.
    Directory {
        /// As the user wrote it.
        path: String,
    },
    /// A Git repository at one commit.
    Repository {
        /// Its address or folder, as the user wrote it.
        url: String,
        /// The commit's id.
        commit: String,
    },
    /// An SBOM.
    Sbom {
        /// The file, as the user wrote it.
        path: String,
    },
    /// A Kubernetes manifest file.
    Manifest {
        /// As the user wrote it.
        path: String,
    },
    /// A workload of a cluster.
    Workload {
        /// Its namespace.
        namespace: String,
        /// `Deployment`, `Pod` …
        kind: String,
        /// Its name.
        name: String,
    },
}

impl Subject {
    /// The digest, where the subject is an image.
    pub fn digest(&self) -> Option<&Digest> {
        match self {
            Self::Image { digest, .. } => Some(digest),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image { reference, digest, .. } => write!(f, "{reference} ({})", digest.short()),
            Self::Directory { path } | Self::Manifest { path } | Self::Sbom { path } => f.write_str(path),
            Self::Repository { url, commit } => write!(f, "{url} at {}", commit.get(..12).unwrap_or(commit)),
            Self::Workload { namespace, kind, name } => write!(f, "{kind} {namespace}/{name}"),
        }
    }
}
