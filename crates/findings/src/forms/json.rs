//! JSON: the report itself. `docs/report.schema.json` is its published schema.

use super::FormError;
use crate::Report;

/// Writes it, indented.
pub(super) fn write(report: &Report) -> Result<String, FormError> {
    serde_json::to_string_pretty(report).map_err(FormError::Json)
}
