//! What Seawall lists in roots that real package managers filled, beside what the managers list themselves, trivy and syft.
//! Every difference is listed with its reason; a new one fails the test, and so does one that is gone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says why")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use seawall_stories::parts::peers;
use seawall_stories::parts::process::{run, which};
use seawall_stories::parts::roots::{self, Listed, Root};
use serde_json::Value;

/// A difference that is known: who is compared with, who alone lists it (`us` or `them`), its type, name and version
/// (`*`: any), and why.
struct Known(&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const DEBIAN: &[Known] = &[
    Known("syft", "them", "pypi", "*", "*", "brought by a Debian package, which is listed"),
    Known("syft", "them", "maven", "*", "*", "brought by a Debian package, which is listed"),
];

const RPMS: &[Known] =
    &[Known("syft", "them", "pypi", "requests", "2.25.1", "brought by an rpm package, which is listed")];

const APPLICATIONS: &[Known] = &[
    Known("trivy", "them", "npm", "shop", "*", "the application itself"),
    Known("trivy", "them", "cargo", "seawall*", "*", "a member of the workspace: no published package"),
    Known("trivy", "them", "golang", "example.com/thing", "*", "the program itself, of no version"),
    Known("syft", "them", "npm", "shop", "*", "the application itself"),
    Known("syft", "us", "cargo", "*", "*", "it reads no Cargo.lock in images"),
    Known("syft", "them", "golang", "example.com/thing", "*", "the program itself, of no version"),
];

/// The programs, or what is missing.
fn missing(programs: &[&str]) -> Option<String> {
    let missing: Vec<&str> = programs.iter().copied().filter(|name| which(name).is_none()).collect();
    (!missing.is_empty()).then(|| format!("not installed: {}", missing.join(", ")))
}

/// The packages of a CycloneDX document.
fn packages(file: &Path) -> BTreeSet<Listed> {
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let components = document["components"].as_array();
    components.into_iter().flatten().filter_map(|component| package(component["purl"].as_str()?)).collect()
}

/// `pkg:deb/debian/zlib1g@1.2.13?epoch=1` → `deb`, `debian/zlib1g`, `1:1.2.13`.
fn package(purl: &str) -> Option<Listed> {
    let purl = purl.strip_prefix("pkg:")?.split('#').next()?;
    let (path, qualifiers) = purl.split_once('?').unwrap_or((purl, ""));
    let (kind, path) = path.split_once('/')?;
    let (name, version) = path.rsplit_once('@').unwrap_or((path, ""));
    let mut version = decoded(version);
    let epoch = qualifiers.split('&').find_map(|qualifier| qualifier.strip_prefix("epoch="));
    if let Some(epoch) = epoch.filter(|epoch| *epoch != "0" && !version.contains(':')) {
        version = format!("{epoch}:{version}");
    }
    // Go's own library is written with and without the `v` of modules.
    if kind == "golang" && name == "stdlib" {
        version = version.trim_start_matches('v').trim_start_matches("go").to_owned();
    }
    let mut name = decoded(name);
    // One name for Python, however it is written (PEP 503).
    if kind == "pypi" {
        name = name.to_ascii_lowercase().replace(['_', '.'], "-");
    }
    Some((kind.to_owned(), name, version))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code =
            after.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        if let Some(code) = code.filter(|_| *first == b'%') {
            bytes.push(code);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn is(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == text, |start| text.starts_with(start))
}

/// Compares with one other; what is wrong, one line each.
fn compare(other: &str, ours: &BTreeSet<Listed>, theirs: &BTreeSet<Listed>, known: &[Known]) -> Vec<String> {
    println!(
        "{other}: {} packages, Seawall {}, in both {}",
        theirs.len(),
        ours.len(),
        ours.intersection(theirs).count()
    );
    assert!(!theirs.is_empty(), "{other} lists nothing: the comparison compares nothing");
    let mut wrong = Vec::new();
    let mut met = vec![false; known.len()];
    for (side, only) in [("us", ours - theirs), ("them", theirs - ours)] {
        for (kind, name, version) in only {
            let at = known.iter().position(|known| {
                known.0 == other
                    && known.1 == side
                    && known.2 == kind
                    && is(known.3, &name)
                    && is(known.4, &version)
            });
            match at {
                Some(at) => met[at] = true,
                None => wrong.push(format!("{other}: listed by {side} alone: {kind} {name} {version}")),
            }
        }
    }
    for (known, _) in known.iter().zip(met).filter(|(known, met)| known.0 == other && !met) {
        wrong.push(format!(
            "{other}: gone, take it off the list: {} {} {} ({})",
            known.1, known.2, known.3, known.5
        ));
    }
    wrong
}

fn judge(folder: &Path, root: &Root, known: &[Known]) {
    let layout = folder.join("layout");
    root.layout(&layout).unwrap();
    let (seawall, database) = (peers::seawall().unwrap(), folder.join("advisories.db"));
    // Nothing of the user's is read or written.
    let own = |program: &Path| {
        let mut command = Command::new(program);
        command.env("XDG_CACHE_HOME", folder.join("cache")).env("XDG_DATA_HOME", folder.join("data"));
        command.current_dir(folder);
        command
    };
    run(own(&seawall).args(["db", "build", "--osv", "built-in", "--out"]).arg(&database)).unwrap();
    let report = folder.join("seawall.json");
    let mut scan = own(&seawall);
    scan.args(["scan", "image", "--quiet", "--no-ledger", "--format", "cyclonedx", "--db"]).arg(&database);
    run(scan.arg("--input").arg(&layout).arg("--output").arg(&report)).unwrap();
    let ours = packages(&report);
    let mut wrong = compare("the package managers", &ours, &root.listed, known);
    match peers::cached("trivy") {
        Some(trivy) => {
            let report = folder.join("trivy.json");
            let mut scan = own(&trivy);
            scan.args([
                "image",
                "--quiet",
                "--skip-db-update",
                "--skip-java-db-update",
                "--skip-check-update",
            ]);
            // Archives of Java are what it needs a database for.
            scan.args(["--offline-scan", "--skip-files", "**/*.jar", "--format", "cyclonedx", "--output"]);
            run(scan.arg(&report).arg("--input").arg(&layout)).unwrap();
            wrong.extend(compare("trivy", &ours, &packages(&report), known));
        }
        None => println!("without trivy: `tests/peers/build.sh trivy` builds it"),
    }
    match peers::cached("syft") {
        Some(syft) => {
            let report = folder.join("syft.json");
            let mut scan = own(&syft);
            scan.env("SYFT_CHECK_FOR_APP_UPDATE", "false").args(["scan", "--quiet"]);
            scan.arg(format!("oci-dir:{}", layout.display()));
            run(scan.arg("--output").arg(format!("cyclonedx-json={}", report.display()))).unwrap();
            wrong.extend(compare("syft", &ours, &packages(&report), known));
        }
        None => println!("without syft: `tests/peers/build.sh syft` builds it"),
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn debian() {
    if let Some(why) = missing(&["mmdebstrap", "dpkg-query", "tar"]) {
        println!("skipped: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    judge(folder.path(), &roots::debian(folder.path()).unwrap(), DEBIAN);
}

#[test]
fn rpms() {
    if let Some(why) = missing(&["rpm", "rpmbuild", "tar"]) {
        println!("skipped: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    judge(folder.path(), &roots::rpms(folder.path()).unwrap(), RPMS);
}

#[test]
fn applications() {
    if let Some(why) = missing(&["npm", "python3", "go", "tar"]) {
        println!("skipped: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    judge(folder.path(), &roots::applications(folder.path()).unwrap(), APPLICATIONS);
}
