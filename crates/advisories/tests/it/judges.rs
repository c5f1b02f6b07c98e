//! Every line of the version order judges (`a < b`, `a = b`, `a > b`).

use std::cmp::Ordering;

use seawall_advisories::Scheme;

use crate::support::shared;

/// Lines that fail, with the reason.
const FAILING: &[(&str, &str)] = &[(
    "1.2.3.# = 1.2.3.1",
    "with its neighbours `1.2.3.# = 1.2.3` and PHP's `1.2.3 < 1.2.3.1` it forms a ring; no real version holds a `#`",
)];

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
    assert!(lines >= 9, "{lines} lines");
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

#[test]
fn pypi() {
    judge(Scheme::PyPi, &["pypi-versions.txt", "pypi-versions-generated.txt"]);
}

#[test]
fn rubygems() {
    judge(Scheme::RubyGems, &["rubygems-versions.txt", "rubygems-versions-generated.txt"]);
}

#[test]
fn packagist() {
    judge(Scheme::Packagist, &["packagist-versions.txt", "packagist-versions-generated.txt"]);
}

#[test]
fn maven() {
    judge(Scheme::Maven, &["maven-versions.txt", "maven-versions-generated.txt"]);
}

#[test]
fn nuget() {
    judge(Scheme::NuGet, &["nuget-versions.txt"]);
}

#[test]
fn redhat() {
    judge(Scheme::Rpm, &["redhat-versions.txt"]);
}

#[test]
fn pub_dev() {
    judge(Scheme::Pub, &["pub-versions.txt"]);
}

#[test]
fn cran() {
    judge(Scheme::Cran, &["cran-versions.txt", "cran-versions-generated.txt"]);
}

#[test]
fn hackage() {
    judge(Scheme::Hackage, &["hackage-versions.txt"]);
}
