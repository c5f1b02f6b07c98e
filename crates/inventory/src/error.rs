//! What can go wrong when a written inventory is read back.

/// A stored inventory that cannot be used. Files of an image never give this: they become
/// [`Inventory::problems`](crate::Inventory::problems).
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// Not JSON, or JSON of another shape than the CycloneDX schema gives.
    #[error("this is not CycloneDX JSON: {source}; write one with `seawall scan --format cyclonedx`")]
    NotCycloneDx {
        /// What the JSON parser met, with line and column.
        #[source]
        source: serde_json::Error,
    },
    /// JSON, but its `bomFormat` is not CycloneDX (CycloneDX 1.6, `bomFormat`).
    #[error("the document's `bomFormat` is `{found}`, expected `CycloneDX`; other formats are not read yet")]
    OtherFormat {
        /// What it says instead; empty where it says nothing.
        found: String,
    },
    /// A specification version that was not published.
    #[error("CycloneDX version `{found}` is not known: 1.2 to 1.7 are read")]
    OtherVersion {
        /// The document's `specVersion`.
        found: String,
    },
    /// More components than any real subject has.
    #[error("the document lists more than {limit} components; split it by subject")]
    TooManyComponents {
        /// The most that is read.
        limit: usize,
    },
}
