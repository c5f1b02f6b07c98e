//! Which Linux distribution an image stands on.

use serde::{Deserialize, Serialize};

/// The `ID` and `VERSION_ID` of os-release(5), as advisories name distributions by them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// `debian`, `alpine`, `ubuntu` …
    pub id: String,
    /// `12`, `3.19.1`, `22.04` …; empty where the file gives none (rolling releases).
    pub version: String,
    /// `PRETTY_NAME`, for people.
    pub pretty_name: String,
}
