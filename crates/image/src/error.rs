//! What can go wrong with an image, with the remedy.

use std::path::PathBuf;

use seawall_findings::Digest;

/// An image that could not be read or pushed.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// A text that is no image reference.
    #[error("`{text}` is not an image reference: {reason}")]
    Reference {
        /// The text, shortened.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A text that is no platform.
    #[error(
        "`{text}` is not a platform: expected OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, such as linux/arm64"
    )]
    Platform {
        /// The text, shortened.
        text: String,
    },
    /// A text that names no engine.
    #[error("`{text}` is not an engine of this host: expected podman, containerd or docker")]
    Engine {
        /// The text, shortened.
        text: String,
    },
    /// An image that an engine of this host does not have.
    #[error("there is no `{name}` in {place}: {known}")]
    NotHere {
        /// As it was asked for.
        name: String,
        /// The storage.
        place: String,
        /// What there is instead, shortened.
        known: String,
    },
    /// A file or folder that cannot be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file or folder that is neither an OCI layout nor an archive of an image.
    #[error("{} is not an image: {reason}", path.display())]
    NotAnImageFile {
        /// Which.
        path: PathBuf,
        /// What it lacks, and how to make one.
        reason: String,
    },
    /// Content that an archive or layout names but does not hold.
    #[error("{place} lacks {what}: the copy is incomplete; write it again")]
    Missing {
        /// Where it was looked for.
        place: String,
        /// The file or blob.
        what: String,
    },
    /// A manifest or configuration that a runtime would read as something else than what is scanned here.
    #[error(
        "{what} contradicts itself: {reason}; another program reads it differently, so it is not read at all. Build and push the image again"
    )]
    Contradiction {
        /// Which.
        what: String,
        /// How.
        reason: String,
    },
    /// The registry does not know the name.
    #[error(
        "{what} does not exist in {registry}: check the repository and the tag (a private repository may need `docker login {registry}`)"
    )]
    NotFound {
        /// Reference, blob or manifest.
        what: String,
        /// The registry's host.
        registry: String,
    },
    /// 401 or 403.
    #[error(
        "{registry} refuses access to {repository} (status {status}{detail}): log in with `docker login {registry}`, or check that the account may {action} it"
    )]
    Refused {
        /// The registry's host.
        registry: String,
        /// The repository.
        repository: String,
        /// 401 or 403.
        status: u16,
        /// What the registry said, with a leading `: `, or empty.
        detail: String,
        /// `pull` or `push`.
        action: &'static str,
    },
    /// Credentials that are configured but cannot be used.
    #[error("the credentials for {registry} cannot be used: {reason}")]
    Credentials {
        /// The registry's host.
        registry: String,
        /// Why, and what to do. Never holds the secret.
        reason: String,
    },
    /// A file of certificates that cannot be used.
    #[error("the certificates in {} cannot be used: {reason}", path.display())]
    Certificates {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// 429, after all retries.
    #[error(
        "{registry} limits the rate of requests (status 429): wait{wait} and try again, or log in with `docker login {registry}` for a higher limit"
    )]
    RateLimited {
        /// The registry's host.
        registry: String,
        /// ` 30 s`, where the registry says how long.
        wait: String,
    },
    /// Another status that says no, after all retries where they could help.
    #[error(
        "{registry} answered {method} {path} with status {status}{detail}: the registry has a problem; its log says more"
    )]
    Status {
        /// The registry's host.
        registry: String,
        /// The method.
        method: String,
        /// The path that was asked for.
        path: String,
        /// The status.
        status: u16,
        /// What the registry said, with a leading `: `, or empty.
        detail: String,
    },
    /// No connection: name resolution, refused, TLS.
    #[error("cannot reach {registry}: {reason}")]
    Unreachable {
        /// The registry's host.
        registry: String,
        /// The innermost causes, and what to check.
        reason: String,
    },
    /// The call took longer than [`crate::RegistryOptions::timeout`].
    #[error(
        "{what} did not finish within {seconds} s: the registry or the network is slow; raise the timeout or try again"
    )]
    Timeout {
        /// What was asked for.
        what: String,
        /// The limit.
        seconds: u64,
    },
    /// A body that stopped before its end, after all retries.
    #[error(
        "{what} stopped after {received} of {expected} bytes: the connection or the copy is cut; try again"
    )]
    Cut {
        /// What was read.
        what: String,
        /// Bytes that came.
        received: u64,
        /// Bytes that were announced (`?` where nothing was).
        expected: String,
    },
    /// Content that is not what its digest says.
    #[error(
        "{what} is not what its digest says: expected {expected}, got {actual}; it was damaged or replaced on the way, so nothing of it was used"
    )]
    Digest {
        /// What was read.
        what: String,
        /// As named.
        expected: Digest,
        /// As computed.
        actual: Digest,
    },
    /// A descriptor of another size than the content.
    #[error(
        "{what} has {actual} bytes where {expected} were announced: it was damaged or replaced on the way"
    )]
    Size {
        /// What was read.
        what: String,
        /// As announced.
        expected: u64,
        /// As counted.
        actual: u64,
    },
    /// Content larger than its kind may be.
    #[error("{what} is larger than {most} bytes, the most that is read of its kind")]
    TooLarge {
        /// What was read.
        what: String,
        /// The limit.
        most: u64,
    },
    /// More entries than are read.
    #[error("{what} has {count} {of}; at most {most} are read")]
    TooMany {
        /// What was read.
        what: String,
        /// What it has too many of.
        of: &'static str,
        /// How many.
        count: usize,
        /// The limit.
        most: usize,
    },
    /// JSON that cannot be read.
    #[error("{what} is not valid: {source}")]
    Json {
        /// Which document.
        what: String,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// Something else than an image of files.
    #[error(
        "{what} is not a container image but `{media_type}`: name an image, or use the command for such artifacts"
    )]
    NotAnImage {
        /// Which reference.
        what: String,
        /// What it is.
        media_type: String,
    },
    /// A layer of a kind that cannot be read.
    #[error(
        "layer {layer} of {what} has the unknown media type `{media_type}`: tar, tar+gzip and tar+zstd can be read"
    )]
    LayerType {
        /// Which reference.
        what: String,
        /// Position, lowest first, from 1.
        layer: usize,
        /// Its type.
        media_type: String,
    },
    /// No manifest for the platform.
    #[error("{what} has no image for {wanted}; it has: {}", available.join(", "))]
    NoPlatform {
        /// Which reference.
        what: String,
        /// As asked for.
        wanted: String,
        /// What there is.
        available: Vec<String>,
    },
    /// A layout or archive of several images.
    #[error("{place} holds several images ({}); it must hold one", names.join(", "))]
    Ambiguous {
        /// Which file.
        place: String,
        /// What it holds.
        names: Vec<String>,
    },
    /// A layer that is no readable tar.
    #[error("{layer} cannot be unpacked: {source}; pull or save the image again")]
    Unpack {
        /// Position and digest.
        layer: String,
        /// What the decoder says.
        #[source]
        source: std::io::Error,
    },
    /// An entry that climbs out of the image.
    #[error(
        "{layer}: entry `{entry}` {reason}; such an image is made to attack whoever unpacks it: do not run it"
    )]
    Climbs {
        /// Position and digest.
        layer: String,
        /// The entry's path, as written.
        entry: String,
        /// `climbs out of the root with ..`, `is a hard link to …, outside of the root`.
        reason: String,
    },
    /// A layer that unpacks to more than [`crate::Limits::unpacked`], or to more than [`crate::Limits::ratio`] times its size.
    #[error("{layer}: {reason}; such an image is made to fill whoever unpacks it, unless you know better")]
    Bomb {
        /// Position and digest.
        layer: String,
        /// Which limit, and how it was met.
        reason: String,
    },
    /// A layer that goes beyond another one of the [`crate::Limits`].
    #[error("{layer}: {reason}; real images stay far below, so it is not read")]
    Limit {
        /// Position and digest.
        layer: String,
        /// Which limit, and how it was met.
        reason: String,
    },
    /// The work was given up because another layer failed first.
    #[error("reading was given up")]
    Cancelled,
    /// Something of this machine failed: a thread, a temporary file, TLS set-up.
    #[error("{what}: {reason}")]
    Machine {
        /// What was done.
        what: String,
        /// Why it failed.
        reason: String,
    },
}

impl ImageError {
    /// Whether the caller asked for something wrong (exit code 2) rather than the work having failed (exit code 3).
    pub fn is_input(&self) -> bool {
        match self {
            Self::Reference { .. }
            | Self::Platform { .. }
            | Self::Engine { .. }
            | Self::NotHere { .. }
            | Self::NotAnImageFile { .. }
            | Self::NotFound { .. }
            | Self::Refused { .. }
            | Self::Credentials { .. }
            | Self::Certificates { .. }
            | Self::NotAnImage { .. }
            | Self::LayerType { .. }
            | Self::NoPlatform { .. }
            | Self::Ambiguous { .. } => true,
            Self::Read { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
            _ => false,
        }
    }

    /// Whether the same call may succeed a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unreachable { .. } | Self::Cut { .. } => true,
            Self::Status { status, .. } => passing_status(*status),
            _ => false,
        }
    }
}

/// Statuses that a retry may cure.
fn passing_status(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}
