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
    #[error("the document's `bomFormat` is `{found}`, expected `CycloneDX`")]
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
    /// No package URL, or not one of its type (purl-spec).
    #[error("`{text}` is no package URL: {why}")]
    NotAPurl {
        /// What was read, cut to a sensible length.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A document of its format and version that breaks the specification.
    #[error("`{at}` {why}: the document breaks its specification; validate it where it was made")]
    Invalid {
        /// Where, as a path of fields (`components[3].hashes[0].content`).
        at: String,
        /// What is wrong there.
        why: String,
    },
    /// XML, but no CycloneDX.
    #[error("this is no CycloneDX XML: {why}")]
    NotXml {
        /// What the parser met, with its place.
        why: String,
    },
    /// No SPDX 2 document, or a damaged one.
    #[error("this is no SPDX 2.2 or 2.3: {why}")]
    NotSpdx {
        /// What was met, with its place.
        why: String,
    },
    /// None of the formats that are read.
    #[error(
        "this is {found}, and no SBOM: CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2, 2.3 (JSON, tag-value) are read"
    )]
    NoSbom {
        /// What it looks like.
        found: String,
    },
    /// More components than any real subject has.
    #[error("the document lists more than {limit} components; split it by subject")]
    TooManyComponents {
        /// The most that is read.
        limit: usize,
    },
}
