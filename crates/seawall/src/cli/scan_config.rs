//! `seawall scan config` and `seawall checks`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use seawall_checks::ClusterVersion;

use super::{Format, ReportOutput};

#[derive(Debug, Args)]
pub(crate) struct ScanConfig {
    /// Files and folders with Kubernetes manifests, Dockerfiles, Terraform, CloudFormation, found by their content; `-` reads standard input
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Run only these checks, opt-in ones too: ids of Seawall, Trivy, Datree, kube-linter or Hadolint
    #[arg(long = "check", value_delimiter = ',', value_name = "ID")]
    pub(crate) only: Vec<String>,
    /// Leave these checks out
    #[arg(long = "skip-check", value_delimiter = ',', value_name = "ID")]
    pub(crate) skip: Vec<String>,
    /// Own checks, files or folders: Rego as Conftest and trivy read it, CEL, JSON Schema as Datree's (docs/checks.md)
    #[arg(long = "checks", env = "SEAWALL_CHECKS", value_delimiter = ',', value_name = "PATH")]
    pub(crate) own: Vec<PathBuf>,
    /// YAML or JSON that Rego checks see as `data`
    #[arg(long, value_name = "FILE", requires = "own")]
    pub(crate) data: Option<PathBuf>,
    /// The cluster's version, for API versions that it no longer serves [default: newer than all of them]
    #[arg(long, env = "SEAWALL_KUBERNETES_VERSION", value_name = "VERSION")]
    pub(crate) kubernetes_version: Option<ClusterVersion>,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

/// The built-in checks.
#[derive(Debug, Subcommand)]
pub(crate) enum Checks {
    /// List all built-in checks
    List {
        /// Form of the list
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Run the tests of own checks: Rego's `test_…` rules and the `tests` of CEL checks
    Test {
        /// Files and folders of checks
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// YAML or JSON that Rego checks see as `data`
        #[arg(long, value_name = "FILE")]
        data: Option<PathBuf>,
    },
    /// Say why a check matters, how to fix what it finds, and what other tools call it
    Show {
        /// An id of Seawall, Trivy, Datree, kube-linter or Hadolint
        id: String,
    },
}
