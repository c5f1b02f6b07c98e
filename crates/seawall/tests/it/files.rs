//! Images in files that are damaged, or made to attack whoever unpacks them.

use seawall_image::assemble::Assembled;
use seawall_image::digest_of;

use crate::home::Home;
use crate::server::Item::{File, Hard};
use crate::server::{image, small};

fn scan(home: &Home, input: &str) -> String {
    home.refused(&["scan", "image", "--input", input, "--format", "json", "-o", "report.json"])
}

/// The error about an image that is an OCI layout, without the layer's digest, which the compressor's version decides.
fn refused(image: &Assembled) -> String {
    let home = Home::new();
    image.write_layout(&home.path("layout")).unwrap();
    let told = scan(&home, "layout");
    image
        .layers()
        .iter()
        .fold(told, |told, layer| told.replace(digest_of(layer.packed()).as_str(), "sha256:…"))
}

#[test]
fn a_file_that_is_no_image() {
    let home = Home::new();
    home.write("notes.txt", "not an image");
    insta::assert_snapshot!(scan(&home, "notes.txt"), @r"
    error: notes.txt is not an image: it is no tar (unexpected end of file); make one with `docker save -o FILE IMAGE`
    exit code 2
    ");
    insta::assert_snapshot!(scan(&home, "nowhere.tar"), @r"
    error: cannot read nowhere.tar: No such file or directory (os error 2)
    exit code 2
    ");
}

#[test]
fn a_truncated_layer() {
    let home = Home::new();
    let shop = small();
    shop.write_layout(&home.path("layout")).unwrap();
    let layer = shop.layers()[0].packed();
    let blob = home.path("layout/blobs/sha256").join(digest_of(layer).hex());
    std::fs::write(blob, &layer[..layer.len() / 2]).unwrap();
    let told = scan(&home, "layout");
    assert!(
        told.contains("layer 1") && told.contains(" stopped after ") && told.ends_with("exit code 3"),
        "{told}"
    );
}

#[test]
fn a_layer_that_climbs_out() {
    insta::assert_snapshot!(refused(&image(&[File("../../etc/cron.d/x", b"x")])), @r"
    error: layer 1 (sha256:…): entry `../../etc/cron.d/x` climbs out of the root with `..`; such an image is made to attack whoever unpacks it: do not run it
    exit code 3
    ");
    insta::assert_snapshot!(refused(&image(&[Hard("etc/x", "../../etc/shadow")])), @r"
    error: layer 1 (sha256:…): entry `etc/x` is a hard link to `../../etc/shadow`, outside of the root; such an image is made to attack whoever unpacks it: do not run it
    exit code 3
    ");
}

#[test]
fn a_layer_that_unpacks_without_end() {
    let zeros = vec![0; 80 << 20];
    // How much was read by then depends on the compressor.
    let told = refused(&image(&[File("zeros", &zeros)]));
    let (before, after) = told.split_once("its size (").unwrap();
    assert_eq!(before, "error: layer 1 (sha256:…): it unpacks to more than 500 times ");
    assert!(after.contains("; such an image is made to fill whoever unpacks it"), "{after}");
    assert!(after.contains("--max-unpacked-size") && after.ends_with("exit code 3"), "{after}");
}
