//! The advisory database.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

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
}

#[derive(Debug, Args)]
pub(crate) struct DbBuild {
    /// Folder or address that holds `<Ecosystem>/all.zip` as osv.dev publishes them; `built-in` for the project's own
    /// small table of well-known facts
    #[arg(
        long,
        value_name = "DIR|URL|built-in",
        default_value = "https://osv-vulnerabilities.storage.googleapis.com"
    )]
    pub(crate) osv: String,
    /// Only these ecosystems [default: all that Seawall matches]
    #[arg(long, value_delimiter = ',', value_name = "ECOSYSTEM")]
    pub(crate) ecosystem: Vec<String>,
    /// The file to write [default: where scans look for it]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
