//! Step 2: what is inside, and what is wrong with it.

use anyhow::{Context as _, Result, ensure};
use seawall_findings::{PackageType, Report};

use super::{Images, Story};
use crate::parts::peers::root;

/// What the scans found.
pub struct Scanned {
    /// Of `shop:1.0`.
    pub old: Report,
    /// Of `shop:1.1`.
    pub new: Report,
    /// What the database was compiled from.
    pub source: String,
}

/// Where osv.dev publishes its dumps.
const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com";

impl Story {
    /// Compiles the database from the best source at hand and scans both images.
    pub fn scan(&mut self, images: &Images) -> Result<Scanned> {
        self.narrator.step("Scan both against a database compiled from OSV advisories");
        let source = self.build_database()?;
        self.narrator.say(&format!("advisories: {source}"));

        let table = self.seawall(&["scan", "image", &images.old.reference], 0)?;
        self.narrator.excerpt(&table, 12);
        if let Some(summary) = table.lines().find(|line| line.contains(" findings: ")) {
            self.narrator.say(summary);
        }
        let old = self.report(&images.old.reference)?;
        let table = self.seawall(&["scan", "image", &images.new.reference, "--fail-on", "high"], 0)?;
        self.narrator.excerpt(&table, 8);
        let new = self.report(&images.new.reference)?;

        let fixable = |kind: PackageType| {
            old.findings.iter().any(|finding| {
                finding.id.starts_with("CVE-")
                    && !finding.fixed.is_empty()
                    && finding.package.as_ref().is_some_and(|package| package.kind == kind)
            })
        };
        ensure!(fixable(PackageType::Npm), "shop:1.0 shows no CVE of an npm package with a fixed version");
        ensure!(fixable(PackageType::Deb), "shop:1.0 shows no CVE of a Debian package with a fixed version");
        Ok(Scanned { old, new, source })
    }

    fn report(&self, reference: &str) -> Result<Report> {
        let mut command =
            self.seawall_command(&["--no-ledger", "scan", "image", reference, "--format", "json"]);
        let output = crate::parts::process::run(&mut command)?;
        serde_json::from_slice(&output.stdout).context("the report is not JSON")
    }

    fn build_database(&self) -> Result<String> {
        let shared = root().join("../shared/osv");
        if shared.is_dir() {
            self.seawall(&["db", "build", "--osv", &shared.canonicalize()?.display().to_string()], 0)?;
            return Ok("the folder of OSV dumps beside the project".into());
        }
        if self.seawall_any(&["db", "build", "--osv", OSV, "--ecosystem", "Debian,npm"])?.status.success() {
            return Ok("osv.dev".into());
        }
        self.narrator.say("osv.dev cannot be reached from here");
        self.seawall(&["db", "build", "--osv", "built-in"], 0)?;
        Ok("the project's small table of well-known facts".into())
    }
}
