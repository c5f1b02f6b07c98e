//! Several readers of one image, in one pass.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use seawall_image::{
    Cache, Content, Entry, EntryKind, Image, ImageError, Limits, Reader, Reading, Scope, Selector, Source,
    Want,
};

use crate::support::Item::{Dir, File, Hard, Symlink};
use crate::support::{Item, client, image};

/// Programs: what stands behind their first four bytes.
struct Programs(AtomicUsize);

impl Reader for Programs {
    fn name(&self) -> &'static str {
        "programs-1"
    }

    fn wants(&self, _: &Entry<'_>, head: &[u8]) -> Want {
        if head.starts_with(b"\x7fELF") { Want::Whole } else { Want::No }
    }

    fn read(&self, entry: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        assert_eq!(content.size(), entry.size);
        let mut reader = content.reader()?;
        let mut last = [0; 3];
        reader.seek(SeekFrom::End(-3))?;
        reader.read_exact(&mut last)?;
        assert!(content.bytes()?.ends_with(&last));
        match &last {
            b"bad" => Err(io::Error::other("its sections overlap")),
            b"nil" => Ok(None),
            b"boo" => panic!("a reader with a fault"),
            last => Ok(Some(last.to_vec())),
        }
    }

    fn largest(&self) -> u64 {
        8 * 1024 * 1024
    }
}

/// Texts with a word in them, in every layer.
struct Words;

impl Reader for Words {
    fn name(&self) -> &'static str {
        "words-1"
    }

    fn scope(&self) -> Scope {
        Scope::EveryLayer
    }

    fn wants(&self, entry: &Entry<'_>, head: &[u8]) -> Want {
        let text = entry.kind == EntryKind::File && !head.contains(&0);
        if text { Want::Whole } else { Want::No }
    }

    fn read(&self, _: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        let found = String::from_utf8_lossy(&content.bytes()?).contains("password");
        Ok(found.then(|| b"a password".to_vec()))
    }
}

/// Owners and permissions.
struct Modes;

impl Reader for Modes {
    fn name(&self) -> &'static str {
        "modes-1"
    }

    fn wants(&self, entry: &Entry<'_>, _: &[u8]) -> Want {
        let text = format!("{:?} {:o} {}", entry.kind, entry.mode, entry.size);
        if entry.path.starts_with("etc") { Want::Now(text.into_bytes()) } else { Want::No }
    }
}

fn readers() -> Vec<Arc<dyn Reader>> {
    vec![Arc::new(Programs(AtomicUsize::new(0))), Arc::new(Words), Arc::new(Modes)]
}

fn show(readings: &[Reading]) -> String {
    let mut lines = Vec::new();
    for reading in readings {
        lines.push("--".to_owned());
        for record in &reading.records {
            let gone = if record.deleted { " deleted" } else { "" };
            let bytes = String::from_utf8_lossy(&record.bytes);
            lines.push(format!("{} {} {bytes}{gone}", record.path, record.layer.as_ref().unwrap().index));
        }
        // Digests of compressed bytes change with the compressor's version.
        lines.extend(reading.problems.iter().map(|p| match (p.find('('), p.find(')')) {
            (Some(a), Some(b)) => format!("{}(…){}", &p[..a], &p[b + 1..]),
            _ => p.clone(),
        }));
    }
    lines.join("\n")
}

async fn open(folder: &Path) -> Image {
    Image::open(&Source::Layout(folder.to_owned()), &client(), None).await.unwrap()
}

async fn read(layers: &[&[Item<'_>]], readers: &[Arc<dyn Reader>]) -> Result<Vec<Reading>, ImageError> {
    let folder = tempfile::tempdir().unwrap();
    image(layers).write_layout(folder.path()).unwrap();
    open(folder.path()).await.read(readers, &Limits::default(), None).await
}

fn program(length: usize, last: &str) -> Vec<u8> {
    let mut bytes = vec![0; length];
    bytes[..4].copy_from_slice(b"\x7fELF");
    bytes[length - last.len()..].copy_from_slice(last.as_bytes());
    bytes
}

#[tokio::test]
async fn every_reader_gets_what_it_asks_for() {
    let (large, too_large) = (program(5_000_000, "two"), program(9_000_000, "not"));
    let seen = read(
        &[
            &[
                Dir("etc/"),
                File("etc/shadow", b"a password"),
                File("bin/one", &program(100, "one")),
                File("bin/old", &program(100, "old")),
                Hard("bin/again", "bin/one"),
                Symlink("bin/link", "one"),
                File("bin/bad", &program(100, "bad")),
                File("bin/boo", &program(100, "boo")),
                File("bin/nil", &program(100, "nil")),
                File("srv/key", b"the password"),
            ],
            &[
                File("bin/two", &large),
                File("bin/three", &too_large),
                File("bin/.wh.old", b""),
                File("etc/shadow", b"nothing any more"),
                File("srv/.wh..wh..opq", b""),
                File("srv/other", b"one more password"),
            ],
        ],
        &readers(),
    )
    .await
    .unwrap();
    insta::assert_snapshot!(show(&seen), @r"
    --
    bin/one 0 one
    bin/two 1 two
    layer 1 (…): bin/bad: its sections overlap
    layer 1 (…): bin/boo: the reader failed; please report it
    layer 2 (…): `bin/three` has 9000000 bytes; at most 8388608 are read
    --
    etc/shadow 0 a password deleted
    srv/key 0 a password deleted
    srv/other 1 a password
    --
    etc 0 Directory 755 0
    etc/shadow 1 File 755 16
    ");
}

#[tokio::test]
async fn a_new_reader_leaves_what_others_found() {
    let folder = tempfile::tempdir().unwrap();
    let layers: &[&[Item<'_>]] = &[&[File("bin/one", &program(100, "one"))], &[File("etc/x", b"password")]];
    image(layers).write_layout(folder.path()).unwrap();
    let image = open(folder.path()).await;
    let cache_folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(cache_folder.path()).unwrap();
    let limits = Limits::default();
    let programs = Arc::new(Programs(AtomicUsize::new(0)));
    let first: Vec<Arc<dyn Reader>> = vec![programs.clone()];
    image.read(&first, &limits, Some(&cache)).await.unwrap();
    let both: Vec<Arc<dyn Reader>> = vec![Arc::new(Words), programs.clone(), Arc::new(Modes)];
    let cold = image.read(&both, &limits, Some(&cache)).await.unwrap();
    assert_eq!(programs.0.load(Ordering::Relaxed), 1, "what it found was known");

    // The layers are not even there any more: all of it together is known, and each part of it.
    for layer in &image.layers {
        let digest = &layer.descriptor.as_ref().unwrap().digest;
        std::fs::remove_file(folder.path().join("blobs/sha256").join(digest.hex())).unwrap();
    }
    assert_eq!(image.read(&both, &limits, Some(&cache)).await.unwrap(), cold);
    let parts = image.read(&both[..2], &limits, Some(&cache)).await.unwrap();
    assert_eq!(parts, cold[..2]);
    let unknown: Arc<dyn Reader> = Arc::new(Selector::new("unknown", |_| true));
    assert!(image.read(&[unknown], &limits, Some(&cache)).await.is_err());
}

#[tokio::test]
async fn scans_share_a_cache_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = program(100_000, "one");
    let paths: Vec<String> = (0..50).map(|n| format!("bin/{n}")).collect();
    let files: Vec<Item<'_>> = paths.iter().map(|path| File(path, &bytes)).collect();
    image(&[&files, &files[..20], &files[..10]]).write_layout(folder.path()).unwrap();
    let cache = tempfile::tempdir().unwrap();
    let scans = (0..8).map(|_| {
        let (folder, cache) = (folder.path().to_owned(), cache.path().to_owned());
        tokio::spawn(async move {
            let cache = Cache::open(cache).unwrap();
            open(&folder).await.read(&readers(), &Limits::default(), Some(&cache)).await.unwrap()
        })
    });
    let mut all = Vec::new();
    for scan in scans.collect::<Vec<_>>() {
        all.push(scan.await.unwrap());
    }
    assert!(all.iter().all(|one| *one == all[0] && one[0].records.len() == 50));
}

/// OS databases, and everything in `node_modules`; links lead to the former only.
fn databases() -> Vec<Arc<dyn Reader>> {
    let os = |path: &str| matches!(path, "var/lib/dpkg/status" | "lib/apk/db/installed" | "etc/os-release");
    let all = move |path: &str| os(path) || path.starts_with("app/node_modules/");
    vec![Arc::new(Selector::new("databases", all).through_links(os))]
}

#[tokio::test]
async fn linked_folders_hide_nothing() {
    let seen = read(
        &[
            &[
                File("data/dpkg/status", b"old"),
                File("srv/modules/x/package.json", b"x"),
                Symlink("app/node_modules", "../srv/modules"),
                Symlink("lib", "usr/lib"),
                File("usr/lib/apk/db/installed", b"apk"),
                File("usr/lib/release", b"alpine"),
                Symlink("etc/os-release", "/lib/release"),
            ],
            &[
                File("data/dpkg/status", b"new"),
                Symlink("store/lib/dpkg", "/data/dpkg"),
                Symlink("var", "store"),
            ],
        ],
        &databases(),
    )
    .await
    .unwrap();
    insta::assert_snapshot!(show(&seen), @r"
    --
    etc/os-release 0 alpine
    lib/apk/db/installed 0 apk
    var/lib/dpkg/status 1 new
    ");
    // The link came first, and the database was removed through it.
    let seen = read(
        &[
            &[Symlink("var/lib/dpkg", "/data"), File("data/status", b"old")],
            &[File("var/lib/dpkg/.wh.status", b"")],
        ],
        &databases(),
    )
    .await
    .unwrap();
    assert_eq!(show(&seen), "--");
    let seen = read(
        &[
            &[
                Symlink("var/lib/dpkg", "../../var/lib/dpkg"),
                Symlink("a", "b"),
                Symlink("b", "a"),
                File("a/status", b"x"),
            ],
            &[Symlink("var/lib", "/"), Symlink("dpkg", "."), File("status", b"found")],
        ],
        &databases(),
    )
    .await
    .unwrap();
    assert_eq!(show(&seen), "--\nvar/lib/dpkg/status 1 found", "links in circles end");
}

#[tokio::test]
async fn links_are_found_again_in_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    image(&[&[File("data/status", b"1")], &[Symlink("var/lib/dpkg", "/data")]])
        .write_layout(folder.path())
        .unwrap();
    let cache_folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(cache_folder.path()).unwrap();
    let image = open(folder.path()).await;
    let cold = image.read(&databases(), &Limits::default(), Some(&cache)).await.unwrap();
    assert_eq!(show(&cold), "--\nvar/lib/dpkg/status 0 1");
    std::fs::remove_dir_all(folder.path().join("blobs")).unwrap();
    assert_eq!(image.read(&databases(), &Limits::default(), Some(&cache)).await.unwrap(), cold);
}
