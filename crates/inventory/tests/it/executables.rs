//! Programs: what compilers record in them. Made here by hand or by the real compilers.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use seawall_inventory::{File, Inventory, distil, read, wants, wants_executable};

const BASE: u64 = 0x40_0000;

/// A 64-bit ELF program with one section and one segment that maps the whole file at [`BASE`]; the section's content
/// starts at 0x1000.
pub(crate) fn elf(name: &str, content: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 0x1000];
    file.extend_from_slice(content);
    file.resize(file.len().next_multiple_of(16), 0);
    let names_at = file.len();
    let names = format!("\0{name}\0.shstrtab\0");
    file.extend_from_slice(names.as_bytes());
    file.resize(file.len().next_multiple_of(16), 0);
    let headers_at = file.len();
    let section = |at: usize, kind: u32, address: u64, offset: usize, size: usize| {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&(at as u32).to_le_bytes());
        bytes.extend_from_slice(&kind.to_le_bytes());
        for number in [3, address, offset as u64, size as u64, 0, 16, 0] {
            bytes.extend_from_slice(&u64::to_le_bytes(number));
        }
        bytes
    };
    file.extend_from_slice(&[0; 64]);
    file.extend(section(1, 1, BASE + 0x1000, 0x1000, content.len()));
    file.extend(section(2 + name.len(), 3, 0, names_at, names.len()));
    let size = file.len() as u64;
    let mut head = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
    for number in [BASE, 64, headers_at as u64] {
        head.extend_from_slice(&number.to_le_bytes());
    }
    for number in [0u16, 0, 64, 56, 1, 64, 3, 2] {
        head.extend_from_slice(&number.to_le_bytes());
    }
    head.truncate(64);
    head.extend_from_slice(&[1, 0, 0, 0, 6, 0, 0, 0]);
    for number in [0, BASE, BASE, size, size, 0x1000] {
        head.extend_from_slice(&u64::to_le_bytes(number));
    }
    file[..head.len()].copy_from_slice(&head);
    // e_flags has four bytes, and the sizes follow it.
    let sizes: Vec<u8> = [64u16, 56, 1, 64, 3, 2].iter().flat_map(|number| number.to_le_bytes()).collect();
    file[48..52].copy_from_slice(&[0; 4]);
    file[52..64].copy_from_slice(&sizes);
    file
}

const MODULES: &str = "path\texample.com/shop\nmod\texample.com/shop\tv1.2.3\nbuild\tCGO_ENABLED=0\ndep\tgolang.org/x/net\tv0.17.0\th1:a=\n\
    dep\tgithub.com/old/x\tv1.0.0\n=>\tgithub.com/new/x\tv1.0.1\th1:b=\n";

fn marked(modules: &str) -> Vec<u8> {
    [b"0123456789abcdef".as_slice(), modules.as_bytes(), b"fedcba9876543210"].concat()
}

/// Go from 1.18 on: both texts in place.
pub(crate) fn inline() -> Vec<u8> {
    let mut info = b"\xff Go buildinf:\x08\x02".to_vec();
    info.resize(32, 0);
    for text in [b"go1.21.3".to_vec(), marked(MODULES)] {
        let mut length = text.len();
        while length >= 0x80 {
            info.push(length as u8 | 0x80);
            length >>= 7;
        }
        info.push(length as u8);
        info.extend(text);
    }
    elf(".go.buildinfo", &info)
}

/// Below Go 1.18: addresses of strings.
fn pointers() -> Vec<u8> {
    let modules = marked(MODULES);
    let start = BASE + 0x1000;
    let mut info = b"\xff Go buildinf:\x08\x00".to_vec();
    info.extend_from_slice(&(start + 32).to_le_bytes());
    info.extend_from_slice(&(start + 48).to_le_bytes());
    for (address, length) in [(start + 64, 8), (start + 72, modules.len() as u64)] {
        info.extend_from_slice(&address.to_le_bytes());
        info.extend_from_slice(&length.to_le_bytes());
    }
    info.extend_from_slice(b"go1.16.5");
    info.extend(modules);
    elf(".go.buildinfo", &info)
}

fn crates(json: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(json.as_bytes()).unwrap();
    elf(".dep-v0", &encoder.finish().unwrap())
}

fn lines(found: &Inventory) -> Vec<String> {
    let packages = found.packages.iter().map(|package| format!("{} {:?}", package.purl, package.found));
    packages.chain(found.problems.iter().map(|problem| format!("! {problem}"))).collect()
}

/// Read as it is, and by way of its distilled form: both must say the same.
fn both(path: &str, bytes: &[u8]) -> Inventory {
    let whole = read(&[File::new(path, bytes)]);
    let facts = distil(path, bytes).expect("an executable or archive");
    assert!(facts.len() < bytes.len().max(200), "{} bytes of {}", facts.len(), bytes.len());
    let distilled = read(&[File::new(path, &facts)]);
    assert_eq!(whole, distilled, "{path}");
    whole
}

#[test]
fn go_programs_of_both_layouts() {
    for (bytes, stdlib) in [(inline(), "1.21.3"), (pointers(), "1.16.5")] {
        assert!(wants_executable("app/shop", bytes.len() as u64, &bytes[..64]));
        assert_eq!(
            lines(&both("app/shop", &bytes)),
            [
                "pkg:golang/example.com/shop@v1.2.3 BuildInfo".to_owned(),
                "pkg:golang/github.com/new/x@v1.0.1 BuildInfo".to_owned(),
                "pkg:golang/golang.org/x/net@v0.17.0 BuildInfo".to_owned(),
                format!("pkg:golang/stdlib@{stdlib} BuildInfo"),
            ]
        );
    }
}

#[test]
fn rust_programs_with_their_crates() {
    let json = r#"{"packages":[{"name":"serde","version":"1.0.190","source":"crates.io"},
        {"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},
        {"name":"shop","version":"0.1.0","source":"local","root":true}]}"#;
    assert_eq!(
        lines(&both("app/shop", &crates(json))),
        ["pkg:cargo/serde@1.0.190 BuildInfo", "pkg:cargo/shop@0.1.0 BuildInfo"]
    );
    let damaged = both("app/shop", &crates("{"));
    assert!(damaged.problems[0].starts_with("app/shop: not the JSON of `cargo auditable`"), "{damaged:?}");
    assert_eq!(damaged.damaged.len(), 1);
    let bomb = crates(&" ".repeat(17 << 20));
    let bomb = read(&[File::new("app/shop", &bomb)]);
    assert!(bomb.problems[0].contains("unpacks to more than"), "{bomb:?}");
}

#[test]
fn programs_of_distribution_packages_are_not_told() {
    let program = inline();
    let plain = super::STATUS.replace("Package: libssl3", "Package: docker.io");
    let status =
        plain.replace("Package: docker.io", "Package: docker.io\nBuilt-Using: golang-1.19 (= 1.19.8-2)");
    let list = b"/.\n/usr/bin/shop\n";
    let files = [
        File::new("usr/bin/shop", &program),
        File::new("usr/local/bin/shop", &program),
        File::new("var/lib/dpkg/info/docker.io.list", list),
        File::new("var/lib/dpkg/status", status.as_bytes()),
    ];
    let found = read(&files);
    let golang: Vec<&str> = found
        .packages
        .iter()
        .filter(|package| package.purl.starts_with("pkg:golang/"))
        .map(|package| package.location.path.as_str())
        .collect();
    assert_eq!(golang, ["usr/local/bin/shop"; 4]);
    // A vendor's own package owns nothing in this sense.
    let status =
        status.replace("Package: docker.io", "Package: docker.io\nMaintainer: Docker <support@docker.com>");
    // Nor is a package the distribution's that does not say what its program was built of.
    for status in [status, plain] {
        let files = [files[0], files[2], File::new("var/lib/dpkg/status", status.as_bytes())];
        assert!(read(&files).packages.iter().any(|package| package.purl.starts_with("pkg:golang/")));
    }
}

#[test]
fn lockfiles_of_distribution_packages_are_not_told() {
    let lock = br#"{"packages": {"node_modules/left-pad": {"version": "1.0.0"}}}"#;
    let list = b"/usr/share/webapp/package-lock.json\n/usr/lib/x/requirements.txt\n";
    let files = [
        File::new("usr/share/webapp/package-lock.json", lock),
        File::new("usr/lib/x/requirements.txt", b"flask==1.0\n"),
        File::new("srv/requirements.txt", b"flask==1.0\n"),
        File::new("var/lib/dpkg/info/libssl3:amd64.list", list),
        File::new("var/lib/dpkg/status", super::STATUS.as_bytes()),
    ];
    let found = read(&files);
    let languages: Vec<&str> = found
        .packages
        .iter()
        .filter(|package| !package.kind.is_os())
        .map(|package| package.location.path.as_str())
        .collect();
    assert_eq!(languages, ["srv/requirements.txt"]);
}

#[test]
fn what_claims_to_be_distilled_is_not_believed() {
    let facts = distil("app/shop", &inline()).unwrap();
    assert!(wants("app/a.jar"));
    let again = distil("app/a.jar", &facts).unwrap();
    let found = read(&[File::new("app/a.jar", &again)]);
    assert_eq!(found.packages, []);
    assert!(found.problems[0].contains("only claims"), "{:?}", found.problems);
    assert_eq!(distil("app/package-lock.json", b"{}"), None);
    assert_eq!(distil("usr/bin/script", b"#!/bin/sh"), None);
    assert_eq!(distil("usr/bin/true", &elf(".text", b"x")), Some(Vec::new()));
    assert_eq!(read(&[File::new("usr/bin/true", b"")]), Inventory::default());
}

#[test]
fn archives_are_distilled_with_what_is_in_them() {
    let jar = super::languages::jar();
    let found = both("app/a.jar", &jar);
    assert!(!found.packages.is_empty());
    both("app/broken.jar", &jar[..jar.len() / 2]);
    both("app/empty.jar", b"");
    let nothing = super::languages::zip(&[("a.class", b"x")]);
    assert_eq!(both("app/nothing.jar", &nothing), Inventory::default());
}

#[test]
fn a_program_that_go_made() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("go.mod"), "module example.com/shop\n\ngo 1.21\n").unwrap();
    std::fs::write(folder.path().join("main.go"), "package main\n\nfunc main() { println(1) }\n").unwrap();
    for (system, architecture) in [("linux", "amd64"), ("windows", "amd64"), ("darwin", "arm64")] {
        let output = Command::new("go")
            .args(["build", "-ldflags=-s -w -X main.version=1.4.2", "-o", "shop", "."])
            .envs([("GOOS", system), ("GOARCH", architecture), ("CGO_ENABLED", "0"), ("GOFLAGS", "-mod=mod")])
            .current_dir(folder.path())
            .output();
        let Ok(output) = output else {
            println!("skipped: go is not installed");
            return;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let bytes = std::fs::read(folder.path().join("shop")).unwrap();
        assert!(wants_executable("app/shop", bytes.len() as u64, &bytes[..64]), "{system}");
        let found = lines(&both("app/shop", &bytes));
        assert_eq!(found[0], "pkg:golang/example.com/shop@v1.4.2 BuildInfo", "{system}");
        assert!(found[1].starts_with("pkg:golang/stdlib@1."), "{system}: {found:?}");
    }
}

#[test]
fn programs_of_this_machine() {
    for (path, package) in [
        ("/usr/bin/bash", "bash"),
        ("/usr/bin/openssl", "openssl"),
        ("/usr/bin/perl", "perl"),
        ("/usr/bin/node", "node"),
    ] {
        let Ok(path) = std::fs::canonicalize(Path::new(path)) else {
            println!("skipped: {path} is not installed");
            continue;
        };
        let bytes = std::fs::read(&path).unwrap();
        let name = format!("opt/bin/{}", path.file_name().unwrap().to_string_lossy());
        let found = both(&name, &bytes);
        assert!(found.packages.iter().any(|found| found.name == package), "{}: {found:?}", path.display());
    }
}
