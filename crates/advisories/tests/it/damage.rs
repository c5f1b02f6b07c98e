//! Whatever the bytes are, the answer is a value or an error.

use std::io::Write as _;
use std::sync::LazyLock;

use proptest::prelude::*;
use seawall_advisories::{AdvisoriesError, Builder, Database, known};
use seawall_findings::PackageType;
use sha2::{Digest as _, Sha256};

use crate::support::{distribution, package};

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut builder = Builder::new("a test", "2026-01-01T00:00:00Z");
    for record in known() {
        builder.add_json(record.as_bytes()).unwrap();
    }
    builder.add_kev(br#"{"vulnerabilities":[{"cveID":"CVE-2023-4911"}]}"#).unwrap();
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    bytes
});

/// Bytes of the header before its own checksum.
const SIGNED: usize = 24 + 11 * 16 + 32;

fn ask(bytes: Vec<u8>) -> Result<(), AdvisoriesError> {
    let database = Database::from_bytes(bytes, "a test")?;
    let packages = [
        package(PackageType::Npm, "lodash", "4.17.15", None),
        package(PackageType::Npm, "minimist", "1.2.0", None),
        package(PackageType::Deb, "libc6", "2.36-9", Some(("glibc", "2.36-9"))),
        package(PackageType::Deb, "libexpat1", "2.5.0-1", Some(("expat", "2.5.0-1"))),
    ];
    database.find(&distribution("debian", "12"), &packages)?;
    database.gaps(&distribution("debian", "12"), &packages)?;
    database.verify()
}

#[test]
fn the_good_file_is_good_and_the_same_each_time() {
    ask(GOOD.clone()).unwrap();
    let mut builder = Builder::new("a test", "2026-01-01T00:00:00Z");
    builder.add_kev(br#"{"vulnerabilities":[{"cveID":"CVE-2023-4911"}]}"#).unwrap();
    for record in known().into_iter().rev() {
        builder.add_json(record.as_bytes()).unwrap();
    }
    let mut bytes = vec![];
    assert_eq!(builder.finish(&mut bytes).unwrap(), bytes.len() as u64);
    assert!(bytes == *GOOD);
}

#[test]
fn databases_and_builders_go_to_other_threads() {
    fn both<T: Send + Sync>() {}
    both::<Database>();
    both::<Builder>();
}

#[test]
fn other_files_are_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let open = |bytes: &[u8]| {
        let path = folder.path().join("db");
        std::fs::write(&path, bytes).unwrap();
        Database::open(&path).map(|_| ()).unwrap_err().to_string()
    };
    for bytes in [&b""[..], b"{}", &[0; 4096], &GOOD[..GOOD.len() - 1], &GOOD[..100]] {
        assert!(open(bytes).contains("seawall db build"), "{}", open(bytes));
    }
    let error = Database::open(&folder.path().join("absent")).unwrap_err();
    assert!(error.to_string().contains("cannot be opened"), "{error}");
    assert!(Database::open(folder.path()).is_err());
}

#[test]
fn records_and_archives_that_are_none() {
    let mut builder = Builder::new("a test", "now");
    for bad in ["", "{}", "[]", r#"{"id":"","modified":"x"}"#, r#"{"id":"A","modified":"x","affected":7}"#] {
        assert!(builder.add_json(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(builder.add_json("[".repeat(100_000).as_bytes()).is_err());
    assert!(builder.add_kev(b"{}").is_err());
    assert!(builder.add_zip("npm", std::io::Cursor::new(b"no zip")).is_err());
    let zip = |bytes: &[u8]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
        zip.start_file("A.json", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
        std::io::Cursor::new(zip.finish().unwrap().into_inner())
    };
    let added = builder.add_zip("npm", zip(b"{}")).unwrap();
    assert_eq!((added.records, added.problems.len()), (0, 1));
    assert!(added.problems[0].starts_with("npm: A.json is not an OSV record"), "{:?}", added.problems);
    let bomb = builder.add_zip("npm", zip(&vec![b' '; 40 << 20])).unwrap_err();
    assert!(bomb.to_string().contains("exceeds the limit"), "{bomb}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn flipped_bits_are_errors_or_found_by_verify(at in 0usize..GOOD.len(), bit in 0u8..8, cut in 0usize..8) {
        let mut bytes = GOOD.clone();
        bytes[at] ^= 1 << bit;
        bytes.truncate(bytes.len() - cut.saturating_sub(6));
        prop_assert!(ask(bytes).is_err());
    }

    #[test]
    fn a_header_that_lies_with_a_good_checksum_is_an_error_or_an_answer(
        flips in prop::collection::vec((8usize..SIGNED, any::<u8>()), 1..4),
        body in prop::collection::vec((SIGNED + 32..GOOD.len(), any::<u8>()), 0..6),
    ) {
        let mut bytes = GOOD.clone();
        for (at, value) in flips.into_iter().chain(body) {
            bytes[at] = value;
        }
        let sum = Sha256::digest(&bytes[..SIGNED]);
        bytes[SIGNED..SIGNED + 32].copy_from_slice(&sum);
        let _ = ask(bytes);
    }

    #[test]
    fn mutated_records_are_refused_or_kept(
        record in 0usize..16,
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[\"{}\\[\\],:0-9a-z~.-]"), 1..6),
    ) {
        let mut text = known()[record].as_bytes().to_vec();
        for (at, with) in changes {
            let at = at.index(text.len());
            text[at] = with.as_bytes()[0];
        }
        let mut builder = Builder::new("a test", "2026-01-01T00:00:00Z");
        let _ = builder.add_json(&text);
        let mut bytes = vec![];
        builder.finish(&mut bytes).unwrap();
        prop_assert!(ask(bytes).is_ok());
    }

    #[test]
    fn any_bytes_are_no_database(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(ask(bytes.clone()).is_err());
        let _ = Builder::new("a test", "now").add_json(&bytes);
        let _ = Builder::new("a test", "now").add_zip("npm", std::io::Cursor::new(&bytes));
    }
}
