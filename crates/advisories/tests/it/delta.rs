//! A delta gives exactly the other database.

use proptest::prelude::*;
use seawall_advisories::{Builder, Database, apply, changed, diff, known};

use crate::support::shared;

fn bytes(records: &[String], kev: &str, epss: &str) -> Vec<u8> {
    let mut builder = Builder::new("a test", "2026-01-02T00:00:00Z");
    for record in records {
        builder.add_json(record.as_bytes()).unwrap();
    }
    builder.add_kev(format!(r#"{{"vulnerabilities":[{{"cveID":"{kev}"}}]}}"#).as_bytes()).unwrap();
    builder.add_epss(epss.as_bytes()).unwrap();
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    bytes
}

fn open(bytes: &[u8]) -> Database {
    Database::from_bytes(bytes.to_vec(), "a test").unwrap()
}

fn pair() -> (Vec<u8>, Vec<u8>) {
    let old: Vec<String> = known().into_iter().map(str::to_owned).collect();
    let mut new = old.clone();
    new.remove(3);
    new[5] = new[5].replace("\"fixed\":\"", "\"fixed\":\"9");
    new.push(r#"{"id":"GHSA-new","modified":"2026-01-01T00:00:00Z","aliases":["CVE-2026-1"],"summary":"new","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}"#.into());
    let epss = "cve,epss,percentile\nCVE-2021-23337,0.1,0.9\n";
    (
        bytes(&old, "CVE-2023-4911", epss),
        bytes(&new, "CVE-2021-44906", "cve,epss,percentile\nCVE-2026-1,0.2,0.8\n"),
    )
}

#[test]
fn exact_both_ways() {
    let (old, new) = pair();
    for (from, to) in [(&old, &new), (&new, &old), (&old, &old)] {
        let delta = diff(&open(from), &open(to)).unwrap();
        assert!(apply(&open(from), &delta).unwrap() == *to);
    }
    let ids = changed(&open(&old), &open(&new)).unwrap();
    assert_eq!(ids.len(), 3, "{ids:?}");
    assert!(ids.contains("GHSA-new"));
}

#[test]
fn another_database_and_damage_are_refused() {
    let (old, new) = pair();
    let delta = diff(&open(&old), &open(&new)).unwrap();
    let error = apply(&open(&new), &delta).unwrap_err();
    assert!(error.to_string().contains("another database"), "{error}");
    for bad in [&b""[..], b"SWDELTA\n", &delta[..delta.len() - 5], &[0; 100]] {
        let error = apply(&open(&old), bad).unwrap_err();
        assert!(error.to_string().contains("fetch the whole database"), "{error}");
    }
}

/// All of the real advisories, without one ecosystem and with it.
#[test]
#[allow(clippy::print_stderr, reason = "figures")]
fn real_ones() {
    let Some(folder) = shared("osv") else { return };
    let build = |ecosystems: &[&str]| {
        let mut builder = Builder::new("folder", "2026-11-24T12:00:00Z");
        for name in ecosystems {
            let file = std::fs::File::open(folder.join(name).join("all.zip")).unwrap();
            builder.add_zip(name, std::io::BufReader::new(file)).unwrap();
        }
        let mut bytes = vec![];
        builder.finish(&mut bytes).unwrap();
        bytes
    };
    let (old, new) = (build(&["Debian", "npm", "PyPI"]), build(&["Debian", "npm", "PyPI", "RubyGems"]));
    let delta = diff(&open(&old), &open(&new)).unwrap();
    assert!(apply(&open(&old), &delta).unwrap() == new);
    eprintln!("old {} new {} delta {}", old.len(), new.len(), delta.len());
    assert!(delta.len() < new.len() - old.len() + 100_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn flipped_bits_never_give_another_database(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let (old, new) = pair();
        let mut delta = diff(&open(&old), &open(&new)).unwrap();
        let at = at.index(delta.len());
        delta[at] ^= 1 << bit;
        if let Ok(bytes) = apply(&open(&old), &delta) {
            prop_assert!(bytes == new);
        }
    }
}
