//! Roots that rpm itself filled, in each of its databases, beside what `rpm -qa` says.

use std::path::{Path, PathBuf};
use std::process::Command;

use seawall_inventory::{File, read};

/// Two packages: one with an epoch and a sub-package, one with a module label and a vendor.
const SPECS: [&str; 2] = [
    "Name: shop\nEpoch: 2\nVersion: 1.4.0\nRelease: 3.el9\nSummary: a shop\nLicense: MIT\nVendor: Fedora Project\nBuildArch: noarch\n\
     %description\nx\n%package -n shop-libs\nSummary: libraries\n%description -n shop-libs\ny\n\
     %install\nmkdir -p %{buildroot}/usr/lib/shop/specifications\n\
     echo 'x' > %{buildroot}/usr/lib/shop/specifications/rack-2.0.0.gemspec\n\
     %files\n/usr/lib/shop/specifications/rack-2.0.0.gemspec\n%files -n shop-libs\n",
    "Name: tool\nVersion: 0.9~rc1\nRelease: 1\nSummary: a tool\nLicense: GPLv2+ and (Apache-2.0)\nVendor: Example\n\
     ModularityLabel: tool:9:8090020240301:a75119d5\nBuildArch: noarch\n%description\nz\n%files\n",
];

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages' files.
fn build(top: &Path) -> Vec<PathBuf> {
    for (index, spec) in SPECS.iter().enumerate() {
        let path = top.join(format!("{index}.spec"));
        std::fs::write(&path, spec).unwrap();
        run(Command::new("rpmbuild")
            .args(["-bb", "--define"])
            .arg(format!("_topdir {}", top.display()))
            .arg("--nodeps")
            .arg(&path));
    }
    let folder = top.join("RPMS/noarch");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn filled(backend: &str, packages: &[PathBuf], root: &Path) -> Vec<(String, Vec<u8>)> {
    let define = format!("_db_backend {backend}");
    let path = "_dbpath /var/lib/rpm";
    let rpm = || {
        let mut command = Command::new("rpm");
        command.args(["--define", &define, "--define", path, "--root"]).arg(root);
        command
    };
    std::fs::create_dir_all(root.join("var/lib/rpm")).unwrap();
    run(rpm().arg("--initdb"));
    run(rpm().args(["-i", "--nodeps", "--justdb", "--noscripts", "--nosignature"]).args(packages));
    let told =
        run(rpm().args(["-qa", "--qf", "%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\n"]));
    let mut files = vec![("told".to_owned(), told.into_bytes())];
    for name in ["rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages.db", "Packages"] {
        if let Ok(bytes) = std::fs::read(root.join("var/lib/rpm").join(name)) {
            files.push((format!("var/lib/rpm/{name}"), bytes));
        }
    }
    files
}

#[test]
fn roots_that_rpm_filled() {
    if !has("rpm") || !has("rpmbuild") {
        return;
    }
    let top = tempfile::tempdir().unwrap();
    let packages = build(top.path());
    assert_eq!(packages.len(), 3);
    for backend in ["sqlite", "ndb"] {
        let root = tempfile::tempdir().unwrap();
        let define = format!("_db_backend {backend}");
        let can =
            Command::new("rpm").args(["--define", &define, "--initdb", "--root"]).arg(root.path()).output();
        if String::from_utf8_lossy(&can.unwrap().stderr).contains("invalid %_db_backend") {
            println!("skipped: this rpm writes no {backend}");
            continue;
        }
        let root = tempfile::tempdir().unwrap();
        let mut files = filled(backend, &packages, root.path());
        let (_, told) = files.remove(0);
        let release = b"ID=\"rhel\"\nVERSION_ID=\"9.4\"\n".to_vec();
        files.push(("etc/os-release".to_owned(), release));
        files.push((
            "usr/lib/shop/specifications/rack-2.0.0.gemspec".to_owned(),
            b"Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"2.0.0\"\nend\n"
                .to_vec(),
        ));
        let files: Vec<File<'_>> = files.iter().map(|(path, bytes)| File::new(path, bytes)).collect();
        let found = read(&files);
        assert_eq!(found.problems, Vec::<String>::new(), "{backend}");
        let mut told: Vec<String> = String::from_utf8(told).unwrap().lines().map(str::to_owned).collect();
        told.sort();
        let ours: Vec<String> = found
            .packages
            .iter()
            .map(|package| {
                let version = &package.version;
                let version = if version.contains(':') { version.clone() } else { format!("0:{version}") };
                let source = package.source_name.as_deref().unwrap_or(&package.name);
                let source_version = package.source_version.as_deref().unwrap_or(&package.version);
                let bare = source_version.split_once(':').map_or(source_version, |(_, bare)| bare);
                let architecture = package.architecture.as_deref().unwrap_or("-");
                format!("{} {version} {architecture} {source}-{bare}.src.rpm", package.name)
            })
            .collect();
        assert_eq!(ours, told, "{backend}");
        let purls: Vec<&str> = found.packages.iter().map(|package| package.purl.as_str()).collect();
        assert_eq!(
            purls,
            [
                "pkg:rpm/redhat/shop@1.4.0-3.el9?arch=noarch&distro=rhel-9.4&epoch=2&upstream=shop-1.4.0-3.el9.src.rpm",
                "pkg:rpm/redhat/shop-libs@1.4.0-3.el9?arch=noarch&distro=rhel-9.4&epoch=2&upstream=shop-1.4.0-3.el9.src.rpm",
                "pkg:rpm/redhat/tool@0.9~rc1-1?arch=noarch&distro=rhel-9.4&rpmmod=tool:9:8090020240301:a75119d5&upstream=tool-0.9~rc1-1.src.rpm",
            ],
            "{backend}"
        );
        assert_eq!(found.packages[2].licences, ["GPLv2+ and (Apache-2.0)"]);
        // Damage of any byte is survived, and a cut one is told.
        let (path, database) = (files[0].path, files[0].bytes);
        for at in (0..database.len()).step_by(509).chain(0..200) {
            let mut bytes = database.to_vec();
            bytes[at] ^= 0x55;
            let _ = read(&[File::new(path, &bytes)]);
        }
        let half = read(&[File::new(path, &database[..database.len() / 2])]);
        assert!(!half.problems.is_empty() || half.packages.len() == 3, "{half:?}");
    }
}

/// Databases of real distributions, which a peer's library keeps for its own tests: each beside what rpm reads in it.
#[test]
fn databases_of_distributions() {
    let cache =
        std::env::var("GOMODCACHE").or_else(|_| std::env::var("HOME").map(|home| home + "/go/pkg/mod"));
    let folder =
        Path::new(&cache.unwrap_or_default()).join("github.com/knqyf263/go-rpmdb@v0.1.1/pkg/testdata");
    if !folder.is_dir() || !has("rpm") {
        println!("skipped: {} is not here", folder.display());
        return;
    }
    let mut compared = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let case = entry.unwrap().path();
        for name in ["Packages", "rpmdb.sqlite", "Packages.db"] {
            let Ok(bytes) = std::fs::read(case.join(name)) else { continue };
            let path = format!("var/lib/rpm/{name}");
            let found = read(&[File::new(&path, &bytes)]);
            let problems = &found.problems;
            assert!(problems.is_empty(), "{}: {problems:?}", case.display());
            assert!(!found.packages.is_empty(), "{}", case.display());
            let ours: std::collections::BTreeSet<String> = found
                .packages
                .iter()
                .map(|package| {
                    let version = &package.version;
                    let version =
                        if version.contains(':') { version.clone() } else { format!("0:{version}") };
                    format!(
                        "{} {version} {}",
                        package.name,
                        package.architecture.as_deref().unwrap_or("(none)")
                    )
                })
                .collect();
            // rpm opens a database for reading only where it may write; a copy is its own.
            let copy = tempfile::tempdir().unwrap();
            std::fs::write(copy.path().join(name), &bytes).unwrap();
            let backend = match name {
                "Packages" => "bdb_ro",
                "Packages.db" => "ndb",
                _ => "sqlite",
            };
            let output = Command::new("rpm")
                .args(["--define", &format!("_db_backend {backend}"), "--dbpath"])
                .arg(copy.path())
                .args(["-qa", "--qf", "%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH}\n"])
                .output()
                .unwrap();
            let told: std::collections::BTreeSet<String> = String::from_utf8(output.stdout)
                .unwrap()
                .lines()
                .filter(|line| !line.starts_with("gpg-pubkey "))
                .map(str::to_owned)
                .collect();
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            if told.is_empty() {
                println!("{name}: this rpm does not read {backend}; {} packages", ours.len());
            } else {
                assert_eq!(ours, told, "{name}");
                compared.push(format!("{name}: {}", ours.len()));
            }
        }
    }
    println!("{compared:?}");
}

/// A database whose newest package stands only in its write-ahead log, as a process that was killed leaves it.
const WITH_LOG: &str = "
import sqlite3, struct, shutil, sys
def header(name):
    data, index = b'', b''
    for tag, text in ((1000, name), (1001, '1.0'), (1002, '1'), (1022, 'noarch')):
        index += struct.pack('>IIII', tag, 6, len(data), 1)
        data += text.encode() + b'\\0'
    return struct.pack('>II', len(index) // 16, len(data)) + index + data
folder = sys.argv[1]
c = sqlite3.connect(folder + '/db', isolation_level=None)
c.execute('pragma journal_mode=wal')
c.execute('create table Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)')
c.execute('insert into Packages(blob) values (?)', (header('old'),))
c.execute('pragma wal_checkpoint(truncate)')
for index in range(50):
    c.execute('insert into Packages(blob) values (?)', (header('new%d' % index) + bytes(7000),))
shutil.copy(folder + '/db', folder + '/rpmdb.sqlite')
shutil.copy(folder + '/db-wal', folder + '/rpmdb.sqlite-wal')
";

#[test]
fn packages_of_the_write_ahead_log() {
    let folder = tempfile::tempdir().unwrap();
    let Ok(output) = Command::new("python3").args(["-c", WITH_LOG]).arg(folder.path()).output() else {
        println!("skipped: python3 is not installed");
        return;
    };
    if !output.status.success() {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let database = std::fs::read(folder.path().join("rpmdb.sqlite")).unwrap();
    let log = std::fs::read(folder.path().join("rpmdb.sqlite-wal")).unwrap();
    let path = "var/lib/rpm/rpmdb.sqlite";
    let count = |log: &[u8]| {
        let found = read(&[File::new(path, &database), File::new("var/lib/rpm/rpmdb.sqlite-wal", log)]);
        assert_eq!(found.problems, Vec::<String>::new());
        found.packages.len()
    };
    assert_eq!(read(&[File::new(path, &database)]).packages.len(), 1);
    assert_eq!(count(&log), 51);
    // A damaged frame and what follows it is not believed.
    let mut damaged = log.clone();
    let at = damaged.len() / 2;
    damaged[at] ^= 1;
    assert!((1..51).contains(&count(&damaged)));
    assert_eq!(count(b"no log"), 1);
}
