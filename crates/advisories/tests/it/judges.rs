//! Every line of the version order judges (`a < b`, `a = b`, `a > b`).

use std::cmp::Ordering;

use seawall_advisories::Scheme;

use crate::support::shared;

/// Lines that fail, with the reason: none.
const FAILING: &[(&str, &str)] = &[];

fn judge(scheme: Scheme, files: &[&str]) {
    let Some(folder) = shared("judges/osv-semantic-versions") else { return };
    let (mut lines, mut wrong) = (0, vec![]);
    for file in files {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for line in text.lines().map(str::trim) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [a, operator, b] = words[..] else { continue };
            let expected = match operator {
                "<" => Ordering::Less,
                "=" => Ordering::Equal,
                ">" => Ordering::Greater,
                _ => continue,
            };
            if line.starts_with(['#', '/']) {
                continue;
            }
            lines += 1;
            let right = scheme.compare(a, b) == expected && scheme.compare(b, a) == expected.reverse();
            if !right && !FAILING.iter().any(|(failing, _)| *failing == line) {
                wrong.push(format!("{file}: {line}"));
            }
        }
    }
    assert!(lines > 50, "{lines} lines");
    assert!(wrong.is_empty(), "{} of {lines} lines: {wrong:#?}", wrong.len());
}

#[test]
fn debian() {
    judge(Scheme::Dpkg, &["debian-versions.txt", "debian-versions-generated.txt"]);
}

#[test]
fn alpine() {
    judge(Scheme::Apk, &["alpine-versions.txt", "alpine-versions-generated.txt"]);
}

#[test]
fn semver() {
    judge(Scheme::Semver, &["semver-versions.txt"]);
}
