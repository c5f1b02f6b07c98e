//! How strict an examination is.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which tools an image may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Nothing but the application: no shell and no interpreter that the entrypoint does not name.
    Minimal,
    /// A shell and interpreters may stay; what downloads, builds, installs, connects and debugs may not.
    #[default]
    Standard,
}

/// A word that names no profile.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownProfile(pub String);

impl std::fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is no hygiene profile: use minimal or standard", self.0)
    }
}

impl std::error::Error for UnknownProfile {}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(word: &str) -> Result<Self, UnknownProfile> {
        match word {
            "minimal" => Ok(Self::Minimal),
            "standard" => Ok(Self::Standard),
            _ => Err(UnknownProfile(word.to_owned())),
        }
    }
}

/// How an image is examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which tools may stay.
    pub profile: Profile,
    /// An image older than so many days should be built anew.
    pub max_age_days: u64,
    /// More packages of the distribution than this are more than an application needs.
    pub max_packages: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { profile: Profile::Standard, max_age_days: 90, max_packages: 120 }
    }
}
