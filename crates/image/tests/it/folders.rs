//! Folders, offered to the same readers as images.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use seawall_image::{
    Entry, EntryKind, ImageError, Limits, Offer, Reader, Reading, Selector, Want, read_folder,
};

fn show(readings: &[Reading]) -> String {
    let records = readings.iter().flat_map(|reading| {
        let lines =
            reading.records.iter().map(|r| format!("{} {}", r.path, String::from_utf8_lossy(&r.bytes)));
        lines.chain(reading.problems.iter().cloned())
    });
    records.collect::<Vec<_>>().join("\n")
}

/// Sizes, of what is larger than a byte.
struct Sizes;

impl Reader for Sizes {
    fn name(&self) -> &'static str {
        "sizes"
    }

    fn wants(&self, entry: &Entry<'_>, _: &[u8]) -> Want {
        if entry.kind == EntryKind::File && entry.size > 3 { Want::Whole } else { Want::No }
    }

    fn read(&self, _: &Entry<'_>, content: &seawall_image::Content<'_>) -> std::io::Result<Option<Vec<u8>>> {
        Ok(Some(content.bytes()?.len().to_string().into_bytes()))
    }

    fn largest(&self) -> u64 {
        6_000_000
    }
}

#[test]
fn a_folder_is_read_like_a_layer() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("a/x.txt", b"abc");
    write("b.txt", b"b");
    write(".hidden/y.txt", b"y");
    write(".gitignore", b"b.txt");
    write(".git/z.txt", b"z");
    write("large", &vec![7; 5_000_000]);
    write("larger", &vec![7; 7_000_000]);
    std::os::unix::fs::symlink("b.txt", folder.path().join("link.txt")).unwrap();
    std::os::unix::fs::symlink(".", folder.path().join("a/circle")).unwrap();
    let texts =
        Selector::new("texts", |path| std::path::Path::new(path).extension().is_some_and(|e| e == "txt"));
    let readers: Vec<Arc<dyn Reader>> = vec![Arc::new(texts), Arc::new(Sizes)];
    let (readings, problems) = read_folder(folder.path(), &readers, &Limits::default()).unwrap();
    assert_eq!(problems, [""; 0]);
    insta::assert_snapshot!(show(&readings), @r"
    .hidden/y.txt y
    a/x.txt abc
    b.txt b
    .gitignore 5
    large 5000000
    `larger` has 7000000 bytes; at most 6000000 are read
    ");

    let limits = Limits { entries: 3, ..Limits::default() };
    assert!(matches!(read_folder(folder.path(), &readers, &limits), Err(ImageError::Limit { .. })));
    let none = read_folder(&folder.path().join("none"), &readers, &limits).unwrap_err();
    assert!(none.is_input(), "{none}");
    assert!(read_folder(&folder.path().join("b.txt"), &readers, &limits).is_err());
}

#[test]
fn files_from_elsewhere_are_offered_one_by_one() {
    let readers: Vec<Arc<dyn Reader>> = vec![Arc::new(Sizes)];
    let limits = Limits::default();
    let offer = Offer::new(&readers, &limits);
    for (path, bytes) in [("b", &b"abcde"[..]), ("a", b"abcd"), ("c", b"")] {
        let size = bytes.len() as u64;
        let entry = Entry { path, kind: EntryKind::File, size, mode: 0o644, uid: 0, gid: 0, capable: false };
        offer.bytes(&entry, bytes);
    }
    assert_eq!(show(&offer.finish()), "a 4\nb 5");
}

#[test]
fn a_folder_that_may_not_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read_dir(&closed).is_ok() {
        eprintln!("skipped: root may read everything");
        return;
    }
    let (_, problems) = read_folder(folder.path(), &[], &Limits::default()).unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
}
