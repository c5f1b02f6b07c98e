//! The commit's message.

use std::fmt::Write as _;

use crate::Target;
use crate::edit::Change;

/// More file names than this are only counted.
const MAX_FILES: usize = 50;

/// Subject, body and trailers (git-interpret-trailers(1)).
pub(crate) fn message(target: &Target, verdict: &str, changes: &[Change]) -> String {
    let mut files: Vec<&str> = changes.iter().map(|change| change.file.as_str()).collect();
    files.dedup();
    let mut text = format!("Promote {} to {}\n\n", target.image.short(), target.tag);
    let _ = writeln!(text, "Image: {}:{}@{}", target.image.as_str(), target.tag, target.digest);
    let verdict = one_line(verdict);
    if !verdict.is_empty() {
        let _ = writeln!(text, "Policy: {verdict}");
    }
    for file in files.iter().take(MAX_FILES) {
        let _ = writeln!(text, "Changes: {}", one_line(file));
    }
    if files.len() > MAX_FILES {
        let _ = writeln!(text, "Changes: {} more files", files.len() - MAX_FILES);
    }
    let _ = writeln!(text, "\nSeawall-Image: {}:{}", target.image.as_str(), target.tag);
    let _ = writeln!(text, "Seawall-Digest: {}", target.digest);
    text
}

/// A verdict comes from outside: it must not be able to write trailers of its own.
fn one_line(text: &str) -> String {
    let words: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
