//! What the inventory finds in real files, and how it is written down.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests say why they skip, and stop at what is wrong"
)]

mod cyclonedx;
mod damaged;
mod executables;
mod languages;
mod more_languages;
mod npm;
mod os;
mod os_inputs;
mod peers;
mod peers_languages;
mod peers_purl;
mod peers_trees;
mod rpm;
mod sbom;

use std::fmt::Write as _;

use seawall_inventory::{File, Inventory, read};

/// An inventory of a few files without layers.
fn inventory(files: &[(&str, &str)]) -> Inventory {
    let files: Vec<File<'_>> = files.iter().map(|(path, text)| File::new(path, text.as_bytes())).collect();
    read(&files)
}

/// `name version path` a line.
fn lines(inventory: &Inventory) -> String {
    let mut text = String::new();
    for package in &inventory.packages {
        let _ = writeln!(text, "{} {} {}", package.name, package.version, package.location.path);
    }
    for problem in &inventory.problems {
        let _ = writeln!(text, "! {problem}");
    }
    text
}

const BOOKWORM: &str = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n";

const STATUS: &str = "\
Package: bsdutils
Essential: yes
Status: install ok installed
Priority: required
Architecture: amd64
Multi-Arch: foreign
Source: util-linux (2.38.1-5)
Version: 1:2.38.1-5+b1
Description: basic utilities from 4.4BSD-Lite
 This package contains the bare minimum
 .
 Version: 9 is not a field of its own.

Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl
Version: 3.0.11-1~deb12u2

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1.0

Package: libstdc++6
Status: hold ok installed
Architecture: amd64
Source: gcc-12
Version: 12.2.0-14
";
