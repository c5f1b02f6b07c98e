//! The whole way on one digest, on a real Kubernetes node, with real cosign: every step asserted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says why")]

use std::time::Duration;

use seawall_findings::PackageType;
use seawall_stories::parts::{container, peers};
use seawall_stories::story::{Stage, Story};

#[test]
fn build_scan_sign_gate_promote_admit_watch_respond() {
    if !container::is_root() {
        println!("skipped: a Kubernetes node needs root");
        assert!(std::env::var_os("CI").is_none(), "CI runs it as root");
        return;
    }
    let kept = tempfile::tempdir().unwrap();
    let mut story =
        Story::begin(Stage::Cluster, peers::seawall().unwrap(), &kept.path().join("story")).unwrap();
    let outcome = match story.tell() {
        Ok(outcome) => outcome,
        Err(error) => panic!("{error:#}"),
    };

    // 2. Real CVEs of both kinds with fixed versions in 1.0; nothing above the threshold in 1.1.
    let old = &outcome.scanned.old;
    for kind in [PackageType::Deb, PackageType::Npm] {
        let of_kind = old.findings.iter().filter(|f| f.package.as_ref().is_some_and(|p| p.kind == kind));
        assert!(of_kind.filter(|f| f.id.starts_with("CVE-") && !f.fixed.is_empty()).count() > 3, "{kind}");
    }
    let lodash = old.findings.iter().find(|finding| finding.id == "CVE-2020-8203").unwrap();
    assert_eq!(lodash.package.as_ref().unwrap().name, "lodash");
    assert!(
        old.packages
            .iter()
            .any(|package| package.name == "libssl3" && package.source_name.as_deref() == Some("openssl"))
    );
    assert_eq!(outcome.scanned.new.summary().critical + outcome.scanned.new.summary().high, 0);
    assert!(outcome.scanned.new.packages.iter().any(|package| package.name == "express"));
    assert!(outcome.scanned.new.packages.iter().any(|package| package.name == "libssl3"));
    assert!(old.database.as_ref().unwrap().advisories > 0);

    // 3. The error log says why.
    let refusal = &outcome.gated.refusal;
    assert!(
        refusal.contains("quality") && refusal.contains("CVE-") && refusal.contains("upgrade"),
        "{refusal}"
    );

    // 4. Real cosign took part.
    assert!(outcome.signed.cosign);

    // 5. Only the image lines of two files changed.
    let digest = outcome.images.new.digest.as_str();
    let changed = |sign: char| -> Vec<&str> {
        let lines = outcome.promoted.diff.lines();
        lines
            .filter(|line| line.starts_with(sign) && !line.starts_with(&sign.to_string().repeat(3)))
            .collect()
    };
    let (removed, added) = (changed('-'), changed('+'));
    assert_eq!(removed.len(), 2, "{}", outcome.promoted.diff);
    assert_eq!(added.len(), 3, "{}", outcome.promoted.diff);
    assert!(removed[0].contains("newTag: \"1.0\" # set by `seawall promote`"), "{removed:?}");
    assert!(
        added.iter().any(|line| line.contains("newTag: \"1.1\" # set by `seawall promote`")),
        "{added:?}"
    );
    assert!(
        added.iter().any(|line| line.trim_start_matches('+').trim() == format!("digest: {digest}")),
        "{added:?}"
    );
    let plain = format!("/shop:1.1@{digest}\"   # set by `seawall promote`");
    assert!(added.iter().any(|line| line.ends_with(&plain)), "{added:?}");

    // 6. Each refusal names the policy and the remedy.
    let [rogue, unsigned, privileged] = &outcome.admitted.refusals[..] else { panic!("three refusals") };
    for refusal in [rogue, unsigned] {
        assert!(
            refusal.message.contains("provenance") && refusal.message.contains("seawall sign"),
            "{}",
            refusal.message
        );
    }
    assert!(unsigned.message.contains("quality"), "{}", unsigned.message);
    assert!(
        privileged.message.contains("quality") && privileged.message.contains("privileged: false"),
        "{}",
        privileged.message
    );
    assert!(!privileged.message.contains("provenance"), "the image itself is signed: {}", privileged.message);

    // 7. The shell died by the response, and three channels were told.
    assert!(outcome.responded.shell_lived.unwrap() < Duration::from_secs(10));
    let told: String = outcome.responded.messages.iter().map(|(_, message)| message.to_string()).collect();
    assert!(told.contains("shop/shop-") && told.contains("sh -c echo in"), "{told}");
    let slack = &outcome.responded.messages[0].1;
    assert!(slack["blocks"].is_array() || slack["attachments"].is_array(), "{slack}");

    // 8. In order, and unbroken.
    let kinds = &outcome.told.kinds;
    let first = |kind: &str| kinds.iter().position(|seen| seen == kind).unwrap();
    let order = ["scanned", "gated", "signed", "attested", "promoted", "admitted", "alerted", "responded"];
    for pair in order.windows(2) {
        assert!(first(pair[0]) < first(pair[1]), "{pair:?} in {kinds:?}");
    }
    assert!(outcome.told.trail.contains(&digest[7..19]), "{}", outcome.told.trail);
    let ledger = seawall_stories::story::ledger_file(story.kept.as_path());
    drop(story);
    flip_a_byte(&ledger);
}

/// A changed entry is found: on a copy of the ledger, one byte of an entry's text is another.
fn flip_a_byte(ledger: &std::path::Path) {
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("ledger.db");
    std::fs::copy(ledger, &path).unwrap();
    let wal = ledger.with_extension("db-wal");
    if wal.exists() {
        std::fs::copy(&wal, path.with_extension("db-wal")).unwrap();
    }
    let verify = |path: &std::path::Path| {
        let mut command = std::process::Command::new(peers::seawall().unwrap());
        command.args(["trail", "--verify", "--ledger"]).arg(path).current_dir(copy.path());
        command.output().unwrap()
    };
    let before = verify(&path);
    assert!(before.status.success(), "{}", String::from_utf8_lossy(&before.stderr));
    let mut bytes = std::fs::read(&path).unwrap();
    let needle = b"signed by key";
    let at = bytes
        .windows(needle.len())
        .position(|window| window == needle)
        .expect("the entry's text is in the file");
    bytes[at] = b'S';
    std::fs::write(&path, bytes).unwrap();
    let after = verify(&path);
    assert!(!after.status.success(), "a changed entry was not found");
}
