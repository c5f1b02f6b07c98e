//! Layers laid over one another, and layers made to harm.

use seawall_image::assemble::{Config, Layer, assemble};
use seawall_image::{Cache, Image, ImageError, Limits, Selector, Source};

use crate::support::Item::{Dir, File, Hard, Symlink};
use crate::support::{Item, all, client, files_of, image, show, tar};

async fn view(layers: &[&[Item<'_>]], limits: &Limits) -> Result<String, ImageError> {
    let folder = tempfile::tempdir().unwrap();
    image(layers).write_layout(folder.path()).unwrap();
    files_of(folder.path(), limits).await.map(|files| show(&files))
}

async fn refused(layers: &[&[Item<'_>]], limits: &Limits) -> String {
    let error = view(layers, limits).await.unwrap_err();
    assert!(!error.is_input(), "{error}");
    let text = error.to_string();
    // Digests of compressed bytes change with the compressor's version.
    match (text.find('('), text.find(')')) {
        (Some(a), Some(b)) => format!("{}(…){}", &text[..a], &text[b + 1..]),
        _ => text,
    }
}

#[tokio::test]
async fn a_container_sees_the_merged_view() {
    let seen = view(
        &[
            &[
                Dir("./etc/"),
                File("./etc/a", b"1"),
                File("./etc/b", b"1"),
                File("opt/old/x", b"1"),
                File("usr/lib/os-release", b"debian"),
                Symlink("etc/os-release", "../usr/lib/os-release"),
                File("srv/x", b"1"),
                File("lib/libc", b"1"),
            ],
            &[
                File("etc/.wh.a", b""),
                File("opt/old/.wh..wh..opq", b""),
                File("opt/old/y", b"2"),
                Hard("usr/lib/again", "usr/lib/os-release"),
                File("srv", b"now a file"),
            ],
            &[Symlink("lib", "usr/lib"), File("lib/libm", b"3"), File("/etc/absolute", b"3")],
        ],
        &Limits::default(),
    )
    .await
    .unwrap();
    insta::assert_snapshot!(seen, @r"
etc/absolute 2 3
etc/b 0 1
etc/os-release 0 debian
lib/libm 2 3
opt/old/y 1 2
srv 1 now a file
usr/lib/again 1 debian
usr/lib/os-release 0 debian
");
}

#[tokio::test]
async fn only_what_is_asked_for_is_kept_and_links_lead_to_it() {
    let folder = tempfile::tempdir().unwrap();
    image(&[
        &[File("data/status", b"packages"), File("data/other", b"no")],
        &[
            Symlink("var/lib/dpkg/status", "/data/status"),
            Hard("var/hard", "data/other"),
            Symlink("var/gone", "nowhere"),
        ],
    ])
    .write_layout(folder.path())
    .unwrap();
    let image = Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap();
    let selector = Selector::new("var", |path| path.starts_with("var/"));
    let cache_folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(cache_folder.path()).unwrap();
    let cold = image.files(&selector, &Limits::default(), Some(&cache)).await.unwrap();
    assert_eq!(show(&cold), "var/hard 0 no\nvar/lib/dpkg/status 0 packages");
    assert_eq!(cold[0].layer.created_by.as_deref(), Some("RUN step 0"));

    // Warm: the layers are not even there any more.
    for layer in &image.layers {
        let digest = &layer.descriptor.as_ref().unwrap().digest;
        std::fs::remove_file(folder.path().join("blobs/sha256").join(digest.hex())).unwrap();
    }
    assert_eq!(image.files(&selector, &Limits::default(), Some(&cache)).await.unwrap(), cold);

    // Damaged entries count as absent, so now the layers are missed.
    for entry in std::fs::read_dir(cache_folder.path().join("layers")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    assert!(matches!(
        image.files(&selector, &Limits::default(), Some(&cache)).await,
        Err(ImageError::Read { .. })
    ));
    assert!(
        image.files(&all(), &Limits::default(), Some(&cache)).await.is_err(),
        "another selector, another entry"
    );
}

#[tokio::test]
async fn entries_that_climb_are_refused() {
    let limits = Limits::default();
    insta::assert_snapshot!(refused(&[&[File("ok", b"")], &[File("../../etc/passwd", b"x")]], &limits).await, @"layer 2 (…): entry `../../etc/passwd` climbs out of the root with `..`; such an image is made to attack whoever unpacks it: do not run it");
    insta::assert_snapshot!(refused(&[&[Hard("etc/x", "../../host")]], &limits).await, @"layer 1 (…): entry `etc/x` is a hard link to `../../host`, outside of the root; such an image is made to attack whoever unpacks it: do not run it");
    insta::assert_snapshot!(refused(&[&[File("etc/.wh...", b"")]], &limits).await, @"layer 1 (…): entry `etc/.wh...` is a whiteout of a folder it lies in; such an image is made to attack whoever unpacks it: do not run it");
    let circles = view(&[&[Symlink("a", "b"), Symlink("b", "a"), File("c", b"x")]], &limits).await.unwrap();
    assert_eq!(circles, "c 0 x", "what a container cannot open either");
    let inside =
        view(&[&[File("etc/passwd", b"x"), Symlink("a", "../../../../etc/passwd")]], &limits).await.unwrap();
    assert_eq!(inside, "a 0 x\netc/passwd 0 x", "a link cannot leave the image, so it is harmless");
}

#[tokio::test]
async fn bombs_are_stopped() {
    let zeros = vec![0; 80 * 1024 * 1024];
    let bomb: &[&[Item<'_>]] = &[&[File("zeros", &zeros)]];
    let none = Selector::new("none", |_| false);
    let folder = tempfile::tempdir().unwrap();
    image(bomb).write_layout(folder.path()).unwrap();
    let bomb = Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap();
    let stop = async |limits: Limits| {
        bomb.files(&none, &limits, None).await.map(|f| f.len()).map_err(|e| e.to_string())
    };
    assert_eq!(stop(Limits { ratio: 2000, ..Limits::default() }).await, Ok(0));
    let ratio = stop(Limits { ratio: 100, ..Limits::default() }).await.unwrap_err();
    assert!(ratio.contains("more than 100 times its size"), "{ratio}");
    let total = stop(Limits { unpacked: 1024 * 1024, ..Limits::default() }).await.unwrap_err();
    assert!(total.contains("the image unpacks to more than 1048576 bytes"), "{total}");

    let small = Limits { entries: 2, file: 10, selected: 15, ..Limits::default() };
    insta::assert_snapshot!(refused(&[&[Dir("a"), Dir("b"), Dir("c")]], &small).await, @"layer 1 (…): it has more than 2 entries; real images stay far below, so it is not read");
    insta::assert_snapshot!(refused(&[&[File("a", b"12345678901")]], &small).await, @"layer 1 (…): `a` has 11 bytes; at most 10 are read; real images stay far below, so it is not read");
    insta::assert_snapshot!(refused(&[&[File("a", b"1234567890"), File("b", b"1234567890")]], &small).await, @"layer 1 (…): the files to look at have more than 15 bytes together; real images stay far below, so it is not read");
}

#[tokio::test]
async fn damaged_layers_are_refused() {
    let whole = image(&[&[File("a", b"1")]]);
    let layer = whole.layers()[0].packed().clone();
    let name = seawall_image::digest_of(&layer);
    let open = async |bytes: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        whole.write_layout(folder.path()).unwrap();
        std::fs::write(folder.path().join("blobs/sha256").join(name.hex()), bytes).unwrap();
        files_of(folder.path(), &Limits::default()).await.unwrap_err()
    };
    assert!(matches!(open(&layer[..layer.len() / 2]).await, ImageError::Cut { .. }));
    assert!(matches!(open(b"").await, ImageError::Cut { received: 0, .. }));
    let mut flipped = layer.to_vec();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    assert!(matches!(open(&flipped).await, ImageError::Digest { .. }));
    assert!(matches!(open(&[&layer[..], b"more"].concat()).await, ImageError::Size { .. }));

    // Good bytes under a configuration that claims another layer.
    let lying = {
        let tar = tar(&[File("a", b"1")]);
        let image = assemble(&Config::default(), vec![Layer::plain("x", tar)]).unwrap();
        let claimed = seawall_image::digest_of(b"other");
        let config = String::from_utf8(image.config.to_vec()).unwrap();
        let config = config.replace(image.layers()[0].diff_id().as_str(), claimed.as_str());
        let manifest = String::from_utf8(image.manifest.to_vec()).unwrap();
        let manifest = manifest.replace(
            seawall_image::digest_of(&image.config).as_str(),
            seawall_image::digest_of(config.as_bytes()).as_str(),
        );
        let folder = tempfile::tempdir().unwrap();
        image.write_layout(folder.path()).unwrap();
        let blobs = folder.path().join("blobs/sha256");
        std::fs::write(blobs.join(seawall_image::digest_of(config.as_bytes()).hex()), config).unwrap();
        let digest = seawall_image::digest_of(manifest.as_bytes());
        let index = std::fs::read_to_string(folder.path().join("index.json")).unwrap();
        std::fs::write(
            folder.path().join("index.json"),
            index.replace(image.digest.as_str(), digest.as_str()),
        )
        .unwrap();
        std::fs::write(blobs.join(digest.hex()), manifest).unwrap();
        files_of(folder.path(), &Limits::default()).await.unwrap_err()
    };
    assert!(matches!(lying, ImageError::Digest { .. }), "{lying}");
}
