//! The house rules that a compiler does not keep.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says why")]

use std::fs;
use std::path::{Path, PathBuf};

/// Crates that take values and return values.
const DOMAIN: [&str; 15] = [
    "findings",
    "inventory",
    "advisories",
    "checks",
    "policy",
    "signing",
    "events",
    "rules",
    "secrets",
    "hygiene",
    "infrastructure",
    "custom",
    "expressions",
    "vex",
    "captures",
];

/// Crates of the outside world.
const IO: [&str; 14] = [
    "aya",
    "axum",
    "axum-server",
    "git2",
    "hyper",
    "hyper-util",
    "kube",
    "oci-client",
    "reqwest",
    "rusqlite",
    "rustls",
    "sqlx",
    "tokio",
    "walkdir",
];

/// Longest source file, tests aside: one subject a file.
const MAX_LINES: usize = 800;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn members() -> Vec<PathBuf> {
    let mut members: Vec<PathBuf> =
        fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path()).collect();
    members.push(root().join("tests"));
    members.retain(|member| member.join("Cargo.toml").is_file());
    assert!(members.len() > 10, "the crates moved: mend this test");
    members
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_member_inherits_the_lints() {
    for member in members() {
        let manifest = fs::read_to_string(member.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}", member.display());
    }
}

#[test]
fn domain_crates_do_no_io() {
    for name in DOMAIN {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
        let dependencies = dependencies.split("\n[").next().unwrap();
        for line in dependencies.lines() {
            let dependency = line.split(['.', ' ', '=']).next().unwrap();
            assert!(!IO.contains(&dependency), "{name} is a domain crate, and depends on {dependency}");
        }
    }
}

#[test]
fn every_library_says_what_comes_in_and_what_goes_out() {
    for member in members() {
        let Ok(text) = fs::read_to_string(member.join("src/lib.rs")) else { continue };
        assert!(text.starts_with("//! "), "{}: lib.rs opens with its paragraph", member.display());
        let opening: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(opening.contains("In:") && opening.contains("Out:"), "{}: {opening}", member.display());
    }
}

#[test]
fn files_have_one_subject() {
    for member in members() {
        let mut files = Vec::new();
        sources(&member.join("src"), &mut files);
        for file in files {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(
                lines <= MAX_LINES,
                "{}: {lines} lines; more than {MAX_LINES} are two subjects",
                file.display()
            );
        }
    }
}

#[test]
fn unsafe_code_stands_only_where_it_is_explained() {
    for member in members() {
        let mut files = Vec::new();
        sources(&member.join("src"), &mut files);
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let blocks =
                code.filter(|line| line.contains("unsafe {") || line.contains("unsafe impl")).count();
            assert!(
                text.matches("SAFETY:").count() >= blocks,
                "{}: {blocks} unsafe blocks, fewer reasons",
                file.display()
            );
        }
    }
}
