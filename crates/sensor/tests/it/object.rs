//! The committed objects are what their sources say.

use std::path::Path;
use std::process::Command;

/// The compiler that the committed objects were built with: another one gives other, equally good, bytes.
const CLANG: &str = "clang version 14.0.6";

#[test]
fn committed_objects_are_built_from_their_sources() {
    let version = Command::new("clang").arg("--version").output();
    let version =
        version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    if !version.contains(CLANG) || !Path::new("/usr/include/bpf/bpf_helpers.h").exists() {
        eprintln!(
            "skipped: needs {CLANG} and libbpf-dev, found: {}",
            version.lines().next().unwrap_or("no clang")
        );
        return;
    }
    let bpf = Path::new(env!("CARGO_MANIFEST_DIR")).join("bpf");
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("sh").arg(bpf.join("build.sh")).arg(folder.path()).status().unwrap();
    assert!(status.success());
    for name in ["sensor.bpf.o", "probe.bpf.o"] {
        let (fresh, committed) =
            (std::fs::read(folder.path().join(name)).unwrap(), std::fs::read(bpf.join(name)).unwrap());
        assert!(fresh == committed, "{name} differs: run crates/sensor/bpf/build.sh and commit the result");
    }
}
