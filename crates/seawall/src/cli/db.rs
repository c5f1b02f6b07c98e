//! The advisory database.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

/// Where osv.dev publishes its dumps.
pub(crate) const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com";

/// The advisory database.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Compile it from OSV dumps
    Build(DbBuild),
    /// What it holds and how old it is
    Status {
        /// Form of the answer
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Fetch a compiled one from a registry, verify its signature, and put it into place
    ///
    /// What cannot be fetched or verified leaves the present one as it is.
    Pull(DbPull),
    /// Push it to a registry, signed
    Push(DbPush),
    /// Write what changed between two databases
    Diff {
        /// The database that the delta will be applied to
        old: PathBuf,
        /// The database that comes out
        new: PathBuf,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make the newer database out of the present one and a delta; it is exactly the one that the delta was made for
    Apply {
        /// What `db diff` wrote
        delta: PathBuf,
        /// The file to write [default: the database that is changed]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DbBuild {
    /// Folder or address that holds `<Ecosystem>/all.zip` as osv.dev publishes them; `built-in` for the project's own
    /// small table of well-known facts. Given again, each is tried in turn for what those before it do not have
    #[arg(long, value_name = "DIR|URL|built-in", default_value = OSV)]
    pub(crate) osv: Vec<String>,
    /// Only these ecosystems [default: all that Seawall matches]
    #[arg(long, value_delimiter = ',', value_name = "ECOSYSTEM")]
    pub(crate) ecosystem: Vec<String>,
    /// CISA's catalogue of exploited vulnerabilities (JSON) [default: the one beside the dumps; CISA's own with osv.dev]
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) kev: Option<String>,
    /// FIRST's exploit predictions (CSV, plain or gzip) [default: with osv.dev the ones of today]
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) epss: Option<String>,
    /// The file to write [default: where scans look for it]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DbPull {
    /// Where it is (`registry.example.com/seawall/advisories:v2`); given again, each is tried in turn
    #[arg(required = true, value_name = "REF")]
    pub(crate) references: Vec<String>,
    /// Public key of who signs it; given again, any of them will do
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// The file to write [default: where scans look for it]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DbPush {
    /// Where it goes (`registry.example.com/seawall/advisories:v2`)
    pub(crate) reference: String,
    /// Encrypted private key
    #[arg(long, env = "SEAWALL_KEY", value_name = "FILE")]
    pub(crate) key: PathBuf,
}

/// A span of time, as it was written: `24h`, `7d`.
#[derive(Clone, Debug)]
pub(crate) struct MaxAge(pub(crate) jiff::SignedDuration, String);

impl std::str::FromStr for MaxAge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no span of time: write `24h`, `7d` or `2w`");
        let span: jiff::Span = text.parse().map_err(|_| wrong())?;
        let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
        if duration.is_positive() { Ok(Self(duration, text.to_owned())) } else { Err(wrong()) }
    }
}

impl std::fmt::Display for MaxAge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::MaxAge;

    #[test]
    fn spans_of_time() {
        for (text, hours) in [("24h", 24), ("7d", 168), ("2w", 336)] {
            assert_eq!(text.parse::<MaxAge>().unwrap().0.as_hours(), hours);
        }
        for bad in ["", "7", "-1d", "0h", "1 fortnight"] {
            assert!(bad.parse::<MaxAge>().is_err(), "{bad}");
        }
    }
}
