//! Root file systems that package managers fill, each as one layer, with what the package manager itself lists in it.
//! They are cheap to make: ten to twenty seconds each.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use seawall_image::assemble;
use serde_json::Value;

use super::images::{RELEASE, mmdebstrap, pack, run_patiently, sources};
use super::peers::root;
use super::process::{run, stdout, which};

/// A package as `type`, `name` (with namespace, decoded), `version` (with its epoch).
pub type Listed = (String, String, String);

/// A root that was made.
pub struct Root {
    /// Its files, as an uncompressed tar.
    pub tar: PathBuf,
    /// What the package managers list in it.
    pub listed: BTreeSet<Listed>,
}

impl Root {
    /// The root as an image of one layer: an OCI layout in `folder`.
    pub fn layout(&self, folder: &Path) -> Result<()> {
        // Not packed: what is compared are packages.
        let layer = assemble::Layer::plain("ADD root.tar /", std::fs::read(&self.tar)?);
        Ok(assemble::assemble(&assemble::Config::default(), vec![layer])?.write_layout(folder)?)
    }
}

fn listed(kind: &str, name: &str, version: &str) -> Listed {
    (kind.to_owned(), name.to_owned(), version.to_owned())
}

/// Debian's essential packages with Python and Java libraries as Debian packages them; dpkg lists them.
pub fn debian(folder: &Path) -> Result<Root> {
    let tar = folder.join("debian.tar");
    let mut command = mmdebstrap()?;
    command.args(["--variant=essential", "--include=python3-requests,libcommons-lang3-java"]);
    command.arg(RELEASE).arg(&tar).arg(sources::write(folder, RELEASE, false)?);
    run_patiently(&mut command)?;
    let database = folder.join("dpkg");
    std::fs::create_dir_all(&database)?;
    run(Command::new("tar").arg("-C").arg(&database).arg("-xf").arg(&tar).arg("./var/lib/dpkg"))?;
    let mut query = Command::new("dpkg-query");
    query.arg("--admindir").arg(database.join("var/lib/dpkg"));
    let output = run(query.args(["-W", "-f", "${db:Status-Status} ${Package} ${Version}\n"]))?;
    let text = stdout(&output);
    let lines = text.lines().filter_map(|line| line.strip_prefix("installed ")?.split_once(' '));
    let listed = lines.map(|(name, version)| listed("deb", &format!("debian/{name}"), version)).collect();
    Ok(Root { tar, listed })
}

/// Packages that rpm itself installs into an empty root; rpm lists them.
pub fn rpms(folder: &Path) -> Result<Root> {
    let (build, tree) = (folder.join("rpmbuild"), folder.join("rpm"));
    std::fs::create_dir_all(tree.join("etc"))?;
    std::fs::create_dir_all(&build)?;
    std::fs::write(tree.join("etc/os-release"), "NAME=\"Rocky Linux\"\nID=\"rocky\"\nVERSION_ID=\"9.3\"\n")?;
    let python = "/usr/lib/python3.9/site-packages/requests-2.25.1.egg-info";
    for (name, version, release, epoch, file) in [
        ("bash", "5.1.8", "6.el9", None, "/usr/share/bash/bash".to_owned()),
        ("openssl-libs", "3.0.7", "24.el9", Some(1), "/usr/share/openssl/openssl".to_owned()),
        ("python3-requests", "2.25.1", "7.el9", None, format!("{python}/PKG-INFO")),
    ] {
        let mut spec = String::new();
        writeln!(
            spec,
            "Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: -\nVendor: Rocky Enterprise Software Foundation\nLicense: MIT\nBuildArch: noarch"
        )?;
        if let Some(epoch) = epoch {
            writeln!(spec, "Epoch: {epoch}")?;
        }
        writeln!(spec, "%description\n-\n%install\nmkdir -p $(dirname %{{buildroot}}{file})")?;
        writeln!(
            spec,
            "printf 'Metadata-Version: 2.1\\nName: requests\\nVersion: 2.25.1\\n' >%{{buildroot}}{file}"
        )?;
        writeln!(spec, "%files\n{file}")?;
        let path = build.join(format!("{name}.spec"));
        std::fs::write(&path, spec)?;
        let top = format!("_topdir {}", build.display());
        run(Command::new(which("rpmbuild").context("rpmbuild is not installed")?)
            .args(["-bb", "--quiet", "--define", &top])
            .arg(&path))?;
    }
    let rpm = || {
        let mut rpm = Command::new("rpm");
        rpm.arg("--root").arg(&tree).args([
            "--define",
            "_db_backend sqlite",
            "--define",
            "_dbpath /var/lib/rpm",
        ]);
        rpm
    };
    let mut install = rpm();
    install.args(["--nodeps", "--noscripts", "-i"]);
    for file in std::fs::read_dir(build.join("RPMS/noarch"))? {
        install.arg(file?.path());
    }
    run(&mut install)?;
    let output = run(rpm().args(["-qa", "--qf", "%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n"]))?;
    let text = stdout(&output);
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let listed = lines.map(|(name, version)| listed("rpm", &format!("rocky/{name}"), version)).collect();
    Ok(Root { tar: pack(folder, "rpm", &tree)?, listed })
}

/// Applications of npm, pip, Go and Cargo without a distribution below them; each manager lists its own.
pub fn applications(folder: &Path) -> Result<Root> {
    let tree = folder.join("applications");
    let mut all = npm(&tree)?;
    all.extend(pip(&tree)?);
    all.extend(go(folder, &tree)?);
    all.extend(cargo(&tree)?);
    Ok(Root { tar: pack(folder, "applications", &tree)?, listed: all })
}

/// The shop's application, its dependencies as its lockfile has them.
fn npm(tree: &Path) -> Result<BTreeSet<Listed>> {
    let app = tree.join("srv/shop");
    std::fs::create_dir_all(&app)?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(root().join("tests/shop/1.0").join(file), app.join(file))?;
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run_patiently(Command::new("npm").args(install).current_dir(&app))?;
    let output = run(Command::new("npm").args(["ls", "--all", "--json"]).current_dir(&app))?;
    let mut all = BTreeSet::new();
    dependencies(&serde_json::from_slice(&output.stdout)?, &mut all);
    Ok(all)
}

fn dependencies(node: &Value, into: &mut BTreeSet<Listed>) {
    for (name, child) in node["dependencies"].as_object().into_iter().flatten() {
        if let Some(version) = child["version"].as_str() {
            into.insert(listed("npm", name, version));
        }
        dependencies(child, into);
    }
}

/// Names that Python writes in more than one way.
fn pip(tree: &Path) -> Result<BTreeSet<Listed>> {
    let site = tree.join("usr/local/lib/python3.11/site-packages");
    let pip = || {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "--disable-pip-version-check"]);
        pip
    };
    let mut install = pip();
    install.args([
        "install",
        "--quiet",
        "--no-deps",
        "--no-compile",
        "--root-user-action=ignore",
        "--target",
    ]);
    install.arg(&site).args(["django==3.2.0", "requests==2.25.0", "ruamel.yaml==0.17.21", "PyYAML==6.0.1"]);
    run_patiently(&mut install)?;
    let output = run(pip().args(["list", "--format=json", "--path"]).arg(&site))?;
    let all: Value = serde_json::from_slice(&output.stdout)?;
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    // PyPI's own form of a name (PEP 503).
    let name = |item: &Value| text(item, "name").to_ascii_lowercase().replace(['_', '.'], "-");
    let items = all.as_array().context("pip lists no packages")?;
    Ok(items.iter().map(|item| listed("pypi", &name(item), &text(item, "version"))).collect())
}

/// A program with a dependency; what is linked in, the linker lists.
fn go(folder: &Path, tree: &Path) -> Result<BTreeSet<Listed>> {
    let (source, program) = (folder.join("go"), tree.join("usr/local/bin/thing"));
    std::fs::create_dir_all(&source)?;
    std::fs::write(source.join("go.mod"), "module example.com/thing\n\ngo 1.21\n")?;
    std::fs::write(
        source.join("main.go"),
        "package main\n\nimport \"golang.org/x/text/language\"\n\nfunc main() { println(language.English.String()) }\n",
    )?;
    let go = |arguments: &[&str]| {
        let mut go = Command::new(which("go").unwrap_or("go".into()));
        go.args(arguments).current_dir(&source).env("GOFLAGS", "-mod=mod");
        go
    };
    run_patiently(&mut go(&["get", "golang.org/x/text@v0.3.7"]))?;
    run(go(&["build", "-o"]).arg(&program).arg("."))?;
    let text = stdout(&run(go(&["version", "-m"]).arg(&program))?);
    let mut all = BTreeSet::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("dep"), Some(name), Some(version)) => {
                all.insert(listed("golang", name, version));
            }
            (Some(path), Some(version), None) if path.ends_with(':') => {
                all.insert(listed("golang", "stdlib", version.trim_start_matches("go")));
            }
            _ => {}
        }
    }
    Ok(all)
}

/// Seawall's own lockfile; without its members, which are no published packages.
fn cargo(tree: &Path) -> Result<BTreeSet<Listed>> {
    let app = tree.join("srv/rust");
    std::fs::create_dir_all(&app)?;
    std::fs::copy(root().join("Cargo.lock"), app.join("Cargo.lock"))?;
    let text = std::fs::read_to_string(app.join("Cargo.lock"))?;
    let mut all = BTreeSet::new();
    for block in text.split("[[package]]").filter(|block| block.contains("\nsource = ")) {
        let value = |key: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.map(|value| value.trim_matches('"')).unwrap_or_default()
        };
        all.insert(listed("cargo", value("name"), value("version")));
    }
    Ok(all)
}
