//! Texts of a log.

use crate::text::{cut, one_line};
use crate::{PackageRef, PackageType};

/// On one line, without what drives a terminal, and not longer.
pub(super) fn one(text: &str, most: usize) -> String {
    cut(&one_line(text), most).into_owned()
}

/// A path as reports have it: no scheme, no leading slash, percent signs decoded.
pub(super) fn path(uri: &str) -> String {
    let path = uri.strip_prefix("file://").unwrap_or(uri).trim_start_matches('/');
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: u8| char::from(byte).to_digit(16);
        let ahead = rest.clone().next().and_then(hex).zip(rest.clone().nth(1).and_then(hex));
        match (byte, ahead) {
            (b'%', Some((high, low))) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The package and its fixed versions, from the lines that Trivy writes into a message.
pub(super) fn package(message: &str) -> Option<(PackageRef, Vec<String>)> {
    let line = |name: &str| {
        message
            .lines()
            .find_map(|line| line.trim().strip_prefix(name))
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let name = one(line("Package:")?, 300);
    let version = one(line("Installed Version:")?, 200);
    let fixed =
        line("Fixed Version:").into_iter().flat_map(|text| text.split(',')).map(|text| one(text, 200));
    let purl = format!("pkg:generic/{}@{}", escape(&name), escape(&version));
    let package = PackageRef { kind: PackageType::Generic, name, version, purl, source_name: None };
    Some((package, fixed.filter(|text| !text.is_empty()).take(50).collect()))
}

/// Percent-encoded where a purl needs it.
fn escape(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
