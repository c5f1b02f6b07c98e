//! What can be wrong with a capture.

/// What can be wrong with a capture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The stream could not be read or written, or its compression is damaged.
    #[error("the capture could not be read at byte {at}: {source}")]
    Io {
        /// How many (unpacked) bytes were read before.
        at: u64,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The stream could not be written.
    #[error("the capture could not be written: {0}")]
    Write(#[source] std::io::Error),
    /// The capture ends in the middle of something.
    #[error("the capture ends at byte {at} in the middle of {what}: it is cut off; record it again")]
    Truncated {
        /// How many (unpacked) bytes there are.
        at: u64,
        /// What should have gone on.
        what: &'static str,
    },
    /// A part does not hold what its lengths say.
    #[error("the capture is damaged in the block at byte {at}: {what}")]
    Damaged {
        /// Where the block begins, in (unpacked) bytes.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// The format or its version is not known.
    #[error("{0}")]
    Unknown(String),
    /// A line of JSON is not what it should be.
    #[error("the capture, line {line}: {source}")]
    Line {
        /// From 1.
        line: usize,
        /// What the JSON parser says.
        #[source]
        source: serde_json::Error,
    },
    /// A capture of Seawall's own format is damaged.
    #[error(transparent)]
    Own(seawall_events::capture::CaptureError),
}
