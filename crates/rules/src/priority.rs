//! How urgent an alert is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Syslog's scale, least urgent first, as Falco uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Priority {
    /// For tracing.
    Debug,
    /// Worth a record; Falco writes `Informational`.
    Informational,
    /// Normal, but noteworthy.
    Notice,
    /// May be an attack.
    Warning,
    /// Is likely an attack.
    Error,
    /// Needs action now.
    Critical,
    /// Needs action at once.
    Alert,
    /// The system is unusable.
    Emergency,
}

/// A word that names no priority.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` is no priority: use debug, informational, notice, warning, error, critical, alert or emergency"
)]
pub struct UnknownPriority(pub String);

impl Priority {
    /// All of them, least urgent first.
    pub const ALL: [Self; 8] = [
        Self::Debug,
        Self::Informational,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Alert,
        Self::Emergency,
    ];

    /// The word as Falco writes it in alerts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "Debug",
            Self::Informational => "Informational",
            Self::Notice => "Notice",
            Self::Warning => "Warning",
            Self::Error => "Error",
            Self::Critical => "Critical",
            Self::Alert => "Alert",
            Self::Emergency => "Emergency",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Priority> for &'static str {
    fn from(priority: Priority) -> Self {
        priority.as_str()
    }
}

impl TryFrom<String> for Priority {
    type Error = UnknownPriority;

    fn try_from(text: String) -> Result<Self, UnknownPriority> {
        text.parse()
    }
}

impl FromStr for Priority {
    type Err = UnknownPriority;

    /// Any case; `info` and `warn` are taken as well, and a unique beginning as Falco takes it is not.
    fn from_str(text: &str) -> Result<Self, UnknownPriority> {
        let word = text.to_ascii_lowercase();
        match word.as_str() {
            "info" => return Ok(Self::Informational),
            "warn" => return Ok(Self::Warning),
            _ => {}
        }
        Self::ALL
            .into_iter()
            .find(|priority| priority.as_str().eq_ignore_ascii_case(&word))
            .ok_or_else(|| UnknownPriority(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for priority in Priority::ALL {
            assert_eq!(priority.as_str().to_uppercase().parse(), Ok(priority));
        }
        assert_eq!("INFO".parse(), Ok(Priority::Informational));
        assert!("severe".parse::<Priority>().is_err());
        assert!(Priority::Emergency > Priority::Debug);
        assert_eq!(serde_json::to_string(&Priority::Notice).unwrap(), "\"Notice\"");
    }
}
