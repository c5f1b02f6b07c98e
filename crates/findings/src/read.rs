//! A report that comes back from outside.

use serde::Deserialize;

use crate::Report;

/// A JSON report larger than this is refused: 100,000 packages with 100,000 findings are about half of it.
pub const MAX_REPORT_BYTES: u64 = 256 << 20;

/// Why a text is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Larger than [`MAX_REPORT_BYTES`].
    #[error("it is larger than {} MiB", MAX_REPORT_BYTES >> 20)]
    TooLarge,
    /// Not JSON, cut off, or of another shape; serde_json says at which line and column.
    #[error("it is not a Seawall report: {0}")]
    Shape(#[source] serde_json::Error),
    /// Not a SARIF log, where one was expected.
    #[error("it is not a SARIF 2.1.0 log: {0}")]
    Sarif(String),
    /// JSON of something else.
    #[error("it is not a Seawall report but {0}; make one with `seawall scan … --format json`")]
    Other(&'static str),
    /// Written by another version of Seawall.
    #[error(
        "it is a report of schema {0}, and this version of Seawall reads schema 1: use the version that wrote it"
    )]
    Schema(u64),
    /// `scanned_at` is no RFC 3339 time.
    #[error("`scanned_at` is `{0}`, which is no RFC 3339 time")]
    Time(String),
}

/// What tells documents apart before they are read whole.
#[derive(Deserialize)]
struct Probe {
    schema: Option<u64>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<serde::de::IgnoredAny>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<serde::de::IgnoredAny>,
    runs: Option<serde::de::IgnoredAny>,
}

impl Report {
    /// Reads the JSON form.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.len() as u64 > MAX_REPORT_BYTES {
            return Err(ReadError::TooLarge);
        }
        // serde would take an array for a struct's fields in order.
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            return Err(ReadError::Other("a JSON array"));
        }
        let probe: Probe = serde_json::from_slice(bytes).map_err(ReadError::Shape)?;
        match probe {
            Probe { bom_format: Some(_), .. } => return Err(ReadError::Other("a CycloneDX document")),
            Probe { spdx_version: Some(_), .. } => return Err(ReadError::Other("an SPDX document")),
            Probe { runs: Some(_), .. } => return Err(ReadError::Other("a SARIF log")),
            Probe { schema: None, .. } => return Err(ReadError::Other("JSON without the field `schema`")),
            Probe { schema: Some(schema), .. } if schema != 1 => return Err(ReadError::Schema(schema)),
            Probe { .. } => {}
        }
        let report: Self = serde_json::from_slice(bytes).map_err(ReadError::Shape)?;
        if report.scanned_at.parse::<jiff::Timestamp>().is_err() {
            return Err(ReadError::Time(report.scanned_at));
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_report_says_so() {
        let told = |text: &str| Report::read(text.as_bytes()).unwrap_err().to_string();
        insta::assert_snapshot!(
            "not-a-report",
            [
                "", "[", "[]", "{}", r#"{"schema":2}"#, r#"{"bomFormat":"CycloneDX"}"#, r#"{"schema":1}"#, r#"{"schema":-1}"#,
                r#"{"schema":1,"subject":{"type":"directory","path":"a"},"scanned_at":"today","findings":[],"packages":[]}"#,
            ]
            .map(told)
            .join("\n")
        );
        let deep = format!(
            "{{\"schema\":1,\"subject\":{{\"path\":{}{}}}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(told(&deep).contains("recursion limit"), "{}", told(&deep));
    }
}
