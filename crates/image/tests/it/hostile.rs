//! Layers made to harm, with readers that look into their files.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use seawall_image::assemble::{Config, Layer, assemble};
use seawall_image::{
    Content, Entry, EntryKind, Image, ImageError, Limits, Reader, Reading, Scope, Selector, Source, Want,
};

use crate::support::Item::{File, Symlink};
use crate::support::{client, tar};

/// Sizes of all files, in every layer.
struct Sizes;

impl Reader for Sizes {
    fn name(&self) -> &'static str {
        "sizes"
    }

    fn scope(&self) -> Scope {
        Scope::EveryLayer
    }

    fn wants(&self, entry: &Entry<'_>, _: &[u8]) -> Want {
        if entry.kind == EntryKind::File { Want::Whole } else { Want::No }
    }

    fn read(&self, _: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        Ok(Some(content.bytes()?.len().to_string().into_bytes()))
    }
}

fn readers() -> Vec<Arc<dyn Reader>> {
    vec![Arc::new(Sizes), Arc::new(Selector::new("kept", |path| path.starts_with("kept")))]
}

async fn read(layers: Vec<Layer>, limits: &Limits) -> Result<Vec<Reading>, ImageError> {
    let folder = tempfile::tempdir().unwrap();
    assemble(&Config::default(), layers).unwrap().write_layout(folder.path()).unwrap();
    let image = Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap();
    image.read(&readers(), limits, None).await
}

async fn read_tar(tar: &[u8]) -> Result<Vec<Reading>, ImageError> {
    read(vec![Layer::from_tar("RUN it", tar).unwrap()], &Limits::default()).await
}

fn lines(reading: &Reading) -> Vec<String> {
    let line = |r: &seawall_image::Record| {
        format!("{} {}{}", r.path, String::from_utf8_lossy(&r.bytes), if r.deleted { " deleted" } else { "" })
    };
    reading.records.iter().map(line).collect()
}

#[tokio::test]
async fn bombs_end_while_readers_wait_for_them() {
    let zeros = tar(&[File("zeros", &vec![0; 80 << 20]), File("after", b"x")]);
    let limits = Limits { ratio: 100, ..Limits::default() };
    let error = read(vec![Layer::from_tar("gzip", &zeros).unwrap()], &limits).await.unwrap_err();
    assert!(matches!(error, ImageError::Bomb { .. }), "{error}");
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let error = read(vec![Layer::from_tar("gzip", &zeros).unwrap()], &limits).await.unwrap_err();
    assert!(matches!(error, ImageError::Bomb { .. }), "{error}");

    // The same under zstd, as the blob of an image that says gzip.
    let folder = tempfile::tempdir().unwrap();
    let whole = assemble(&Config::default(), vec![Layer::plain("zstd", zeros.clone())]).unwrap();
    whole.write_layout(folder.path()).unwrap();
    replace_layer(folder.path(), &zstd::bulk::compress(&zeros, 1).unwrap());
    let image = Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap();
    let small = Limits { ratio: 100, ..Limits::default() };
    let error = image.read(&readers(), &small, None).await.unwrap_err();
    assert!(matches!(error, ImageError::Bomb { .. }), "{error}");
    let readings =
        image.read(&readers(), &Limits { ratio: u64::MAX, ..Limits::default() }, None).await.unwrap();
    assert_eq!(lines(&readings[0]), ["after 1", "zeros 83886080"]);
}

/// Another blob for the only layer: a layout's manifest with its digest and size.
fn replace_layer(layout: &Path, blob: &[u8]) {
    let read =
        |path: &Path| -> serde_json::Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let blobs = layout.join("blobs/sha256");
    let put = |bytes: &[u8]| {
        let digest = seawall_image::digest_of(bytes);
        std::fs::write(blobs.join(digest.hex()), bytes).unwrap();
        digest.to_string()
    };
    let mut index = read(&layout.join("index.json"));
    let name = index["manifests"][0]["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    let mut manifest = read(&blobs.join(name));
    manifest["layers"][0]["digest"] = put(blob).into();
    manifest["layers"][0]["size"] = blob.len().into();
    let manifest = serde_json::to_vec(&manifest).unwrap();
    index["manifests"][0]["digest"] = put(&manifest).into();
    index["manifests"][0]["size"] = manifest.len().into();
    std::fs::write(layout.join("index.json"), serde_json::to_vec(&index).unwrap()).unwrap();
}

#[tokio::test]
async fn an_entry_that_comes_twice_is_the_later_one() {
    let readings = read_tar(&tar(&[
        File("kept", b"first"),
        File("secret", b"12345"),
        File("kept", b"second"),
        File("secret", b"1"),
        Symlink("gone", "kept"),
        File("gone", b"12"),
    ]))
    .await
    .unwrap();
    assert_eq!(lines(&readings[1]), ["kept second"]);
    assert_eq!(
        lines(&readings[0]),
        ["gone 2", "kept 5 deleted", "kept 6", "secret 5 deleted", "secret 1"],
        "what is overwritten is in the layer all the same"
    );
}

#[tokio::test]
async fn a_whiteout_means_lower_layers_wherever_it_stands() {
    let layer = |items: &[crate::support::Item<'_>]| Layer::from_tar("RUN it", &tar(items)).unwrap();
    let layers = vec![
        layer(&[File("kept/a", b"1"), File("kept/b", b"1")]),
        layer(&[
            File("kept/a", b"22"),
            File("kept/.wh.a", b""),
            File("kept/.wh.b", b""),
            File(".wh.nothing", b""),
        ]),
    ];
    let readings = read(layers, &Limits::default()).await.unwrap();
    assert_eq!(lines(&readings[1]), ["kept/a 22"]);
    assert_eq!(lines(&readings[0]), ["kept/a 1 deleted", "kept/a 2", "kept/b 1 deleted"]);
}

#[tokio::test]
async fn sparse_files_are_said_or_refused() {
    let sparse = |path: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::GNUSparse);
        header.set_path(path).unwrap();
        header.set_size(512);
        header.set_cksum();
        let mut builder = tar::Builder::new(Vec::new());
        builder.append(&header, &[1; 512][..]).unwrap();
        builder.into_inner().unwrap()
    };
    let readings = read_tar(&sparse("data")).await.unwrap();
    assert!(readings[0].records.is_empty());
    assert!(
        readings[0].problems[0].contains("`data` is stored as a sparse file"),
        "{:?}",
        readings[0].problems
    );
    let error = read_tar(&sparse("kept")).await.unwrap_err();
    assert!(matches!(error, ImageError::Limit { .. }), "what must be known is not passed over: {error}");
}

#[tokio::test]
async fn a_tar_that_ends_within_a_file_fails_the_layer() {
    let whole = tar(&[File("a", &[7; 3000]), File("b", &vec![7; 6_000_000])]);
    for end in [600, 1024, 3000, 4096, 4700, 10_000, 5_000_000] {
        let error = read_tar(&whole[..end]).await.unwrap_err();
        assert!(matches!(error, ImageError::Unpack { .. } | ImageError::Cut { .. }), "{end}: {error}");
    }
    // A size that no file has.
    let mut lying = whole.clone();
    lying[124..136].copy_from_slice(b"77777777777\0");
    lying[148..156].copy_from_slice(b"        ");
    let sum: u32 = lying[..512].iter().map(|b| u32::from(*b)).sum();
    lying[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert!(
        read_tar(&lying).await.is_ok_and(|r| r[0].problems[0].contains("has 8589934591 bytes"))
            || read_tar(&lying).await.is_err()
    );
}

#[tokio::test]
async fn concatenated_gzip_members_are_one_layer() {
    let whole = tar(&[File("kept", &[b'x'; 2000])]);
    let mut packed = Vec::new();
    for part in whole.chunks(700) {
        let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let image = assemble(&Config::default(), vec![Layer::plain("it", whole)]).unwrap();
    image.write_layout(folder.path()).unwrap();
    replace_layer(folder.path(), &packed);
    let image = Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap();
    let readings = image.read(&readers(), &Limits::default(), None).await.unwrap();
    assert_eq!(lines(&readings[0]), ["kept 2000"]);
}
