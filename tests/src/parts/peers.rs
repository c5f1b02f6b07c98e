//! Peers built from their Go modules by `tests/peers/build.sh`, kept in the user's cache folder by version.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::process::run;

/// The project's own folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Builds `name` if it is not in the cache yet; the program's path (for `kubernetes`, the folder of its programs).
pub fn build(name: &str) -> Result<PathBuf> {
    let output = Command::new(root().join("tests/peers/build.sh"))
        .arg(name)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting tests/peers/build.sh")?;
    if !output.status.success() {
        bail!("{name} could not be built from its Go module");
    }
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

/// `name` if it stands in the cache already: nothing is built.
pub fn cached(name: &str) -> Option<PathBuf> {
    let output = Command::new(root().join("tests/peers/build.sh")).args(["--cached", name]).output().ok()?;
    output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// The `seawall` of the profile that the running test was built with, up to date; `SEAWALL` names another one.
pub fn seawall() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("SEAWALL") {
        return Ok(std::path::absolute(named)?);
    }
    let own = std::env::current_exe()?;
    let folder = own.ancestors().nth(2).context("a test runs in the target folder")?;
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "-p", "seawall"]).current_dir(root());
    if folder.ends_with("release") {
        build.arg("--release");
    }
    run(&mut build)?;
    Ok(folder.join("seawall"))
}
