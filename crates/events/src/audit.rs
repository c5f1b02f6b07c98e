//! An entry of the Kubernetes audit log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An `Event` of `audit.k8s.io/v1`, kept as the API server wrote it: rules ask for parts of it by name and by JSON
/// pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The whole document.
    pub body: Value,
}

impl Audit {
    /// Whether a document is an entry of the audit log: `kind: Event` of `audit.k8s.io`.
    pub fn is(document: &Value) -> bool {
        let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
        text("kind") == "Event" && text("apiVersion").starts_with("audit.k8s.io/")
    }

    /// A part of the document by JSON pointer (RFC 6901).
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        self.body.pointer(pointer)
    }

    /// A text by JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer)?.as_str()
    }
}
