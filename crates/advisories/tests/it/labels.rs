//! Anchore's labels: what people found true and false of real images, where the database covers the distribution.

use std::collections::BTreeSet;

use seawall_advisories::Database;
use seawall_findings::{Distribution, Package, PackageType};
use serde_json::Value;

use crate::support::{build, distribution, package, shared};

/// Images by the beginning of their digest, with the distribution that their packages' versions tell.
const IMAGES: &[(&str, &str, &str)] = &[
    ("a901c29d", "ubuntu", "14.04"),
    ("25005364", "debian", "10"),
    ("94c13da3", "debian", "10"),
    ("053f4b40", "debian", "11"),
    ("583efac0", "debian", "11"),
    ("4f64417f", "alpine", "3.12"),
    ("2f2c6f21", "alpine", "3.12"),
    ("ff44738d", "alpine", "3.12"),
    ("b9777bfe", "alpine", "3.14"),
    ("2245f9da", "alpine", "3.14"),
    ("587e38c5", "alpine", "3.14"),
    ("c062b798", "alpine", "3.13"),
    ("de2f6175", "alpine", "3.13"),
    ("ac52babe", "alpine", "3.15"),
    ("440e3fae", "alpine", "3.15"),
];

/// Binary packages whose source has another name; the labels give the binary's alone.
const SOURCES: &[(&str, &str)] = &[
    ("libc", "glibc"),
    ("multiarch-support", "glibc"),
    ("locales", "glibc"),
    ("libcrypto1", "openssl"),
    ("libssl", "openssl"),
    ("ssl_client", "busybox"),
    ("libcurl", "curl"),
    ("libsystemd", "systemd"),
    ("libudev", "systemd"),
    ("libgnutls", "gnutls28"),
    ("libsqlite3", "sqlite3"),
    ("libkrb5", "krb5"),
    ("libk5crypto", "krb5"),
    ("libgssapi", "krb5"),
    ("libexpat", "expat"),
    ("libxml2", "libxml2"),
    ("libgcrypt", "libgcrypt20"),
    ("libldap", "openldap"),
    ("liblz4", "lz4"),
    ("libp11-kit", "p11-kit"),
    ("libhogweed", "nettle"),
    ("libnettle", "nettle"),
    ("perl", "perl"),
    ("libperl", "perl"),
    ("libpython3.9", "python3.9"),
    ("python3.9", "python3.9"),
    ("libapt", "apt"),
    ("openssh", "openssh"),
    ("libblkid", "util-linux"),
    ("libmount", "util-linux"),
    ("libuuid", "util-linux"),
    ("mount", "util-linux"),
    ("zlib1g", "zlib"),
    ("libncurses", "ncurses"),
    ("libtinfo", "ncurses"),
    ("ncurses-b", "ncurses"),
    ("liblzma5", "xz-utils"),
    ("gzip", "gzip"),
    ("passwd", "shadow"),
    ("login", "shadow"),
    ("gpg", "gnupg2"),
    ("python3", "python3"),
    ("ruby-libs", "ruby"),
    ("npm", "nodejs"),
];

/// What the images' answers are, of labels that speak of a distribution's package and whose vulnerability the database
/// knows for it.
#[derive(Default)]
struct Tally {
    found: usize,
    missed: Vec<String>,
    false_positives: Vec<String>,
    rejected: usize,
    unknown: usize,
}

#[allow(clippy::ref_option, reason = "as `Database::find` takes it")]
fn judge(database: &Database, image: &Option<Distribution>, label: &Value, tally: &mut Tally) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let Some((name, version)) = text(&label["package"]["name"]).zip(text(&label["package"]["version"]))
    else {
        return;
    };
    let Some(id) = text(&label["effective_cve"]).or_else(|| text(&label["vuln"])) else { return };
    let kind = match image.as_ref().map(|d| d.id.as_str()) {
        Some("alpine") => PackageType::Apk,
        _ => PackageType::Deb,
    };
    // A language's package of the image has no revision.
    let is_apk = version.rsplit_once("-r").is_some_and(|(_, r)| r.bytes().all(|b| b.is_ascii_digit()));
    if (kind == PackageType::Apk) != is_apk || name.contains('/') || !version.contains(['-', ':', '+']) {
        return;
    }
    let source =
        SOURCES.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or(name.as_str(), |(_, s)| s);
    let ids = |version: &str| -> BTreeSet<String> {
        let package: Package = package(kind, &name, version, Some((source, version)));
        let findings = database.find(image, &[package]).unwrap();
        findings.into_iter().flat_map(|f| f.aliases.into_iter().chain([f.id])).collect()
    };
    let line = format!("{name} {version} {id}");
    match (label["label"].as_str(), ids(&version).contains(&id), ids("0").contains(&id)) {
        (Some("TP"), true, _) => tally.found += 1,
        (Some("TP"), false, true) => tally.missed.push(line),
        (Some("FP"), true, _) => tally.false_positives.push(line),
        (Some("FP"), false, true) => tally.rejected += 1,
        _ => tally.unknown += 1,
    }
}

#[test]
#[allow(clippy::print_stderr, clippy::cast_precision_loss, reason = "the figures of the judge")]
fn precision_and_recall() {
    let (Some(osv), Some(folder)) = (shared("osv"), shared("judges/anchore-match-labels")) else { return };
    let database = Database::from_bytes(build(&osv), "shared").unwrap();
    let labels: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder.join("labels.json")).unwrap()).unwrap();
    let mut all = Tally::default();
    for (digest, id, release) in IMAGES {
        let image = distribution(id, release);
        let mut tally = Tally::default();
        let of_image = |label: &&Value| {
            label["image"]
                .as_str()
                .and_then(|i| i.split_once("@sha256:"))
                .is_some_and(|(_, d)| d.ends_with(digest))
        };
        for label in labels.iter().filter(of_image) {
            judge(&database, &image, label, &mut tally);
        }
        eprintln!(
            "{id} {release} {digest}: {} found, {} missed, {} false, {} rejected, {} not in the database",
            tally.found,
            tally.missed.len(),
            tally.false_positives.len(),
            tally.rejected,
            tally.unknown
        );
        all.found += tally.found;
        all.missed.extend(tally.missed);
        all.false_positives.extend(tally.false_positives);
        all.rejected += tally.rejected;
    }
    let found = all.found as f64;
    let precision = found / (found + all.false_positives.len() as f64);
    let recall = found / (found + all.missed.len() as f64);
    eprintln!("precision {precision:.3}, recall {recall:.3}");
    assert!(all.found > 250, "{}", all.found);
    assert!(precision >= 0.74, "precision {precision}: {:#?}", all.false_positives);
    assert!(recall >= 0.99, "recall {recall}: {:#?}", all.missed);
    // Every false one is a binary beside the affected one (`ssl_client` of busybox, `locales` of glibc): distributions
    // speak of the source package, people looked at what is in each of its binaries.
    let by_itself =
        |line: &&String| !SOURCES.iter().any(|(prefix, source)| line.starts_with(prefix) && prefix != source);
    let unexplained: Vec<&String> = all.false_positives.iter().filter(by_itself).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}
