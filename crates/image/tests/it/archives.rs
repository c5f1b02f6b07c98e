//! Layouts and archives as skopeo writes them, and files that are none.

use std::path::Path;
use std::process::Command;

use seawall_image::{Image, ImageError, Limits, Source};

use crate::support::Item::{File, Symlink};
use crate::support::{all, client, image, show};

/// Copies with skopeo; false, with the reason printed, where it is not installed.
fn skopeo(from: &str, to: &str) -> bool {
    match Command::new("skopeo").args(["--insecure-policy", "copy", "--quiet", from, to]).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(error) => {
            eprintln!("skipped: skopeo cannot be started ({error})");
            false
        }
    }
}

async fn read(path: &Path) -> (Image, String) {
    let image = Image::open(&Source::detect(path).unwrap(), &client(), None).await.unwrap();
    let files = image.files(&all(), &Limits::default(), None).await.unwrap();
    (image, show(&files))
}

#[tokio::test]
async fn every_written_form_of_an_image_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let layout = folder.path().join("layout");
    let assembled = image(&[
        &[File("usr/lib/os-release", b"ID=debian"), Symlink("etc/os-release", "../usr/lib/os-release")],
        &[File("app/package.json", b"{}"), File("usr/lib/.wh.gone", b"")],
    ]);
    assembled.write_layout(&layout).unwrap();
    let expected = "app/package.json 1 {}\netc/os-release 0 ID=debian\nusr/lib/os-release 0 ID=debian";
    let (original, files) = read(&layout).await;
    assert_eq!(files, expected);
    assert_eq!(original.digest, assembled.digest);
    let from = format!("oci:{}", layout.display());
    for form in ["oci-archive", "docker-archive"] {
        let path = folder.path().join(form);
        let tag = if form == "docker-archive" { ":shop:1.0" } else { "" };
        if !skopeo(&from, &format!("{form}:{}{tag}", path.display())) {
            return;
        }
        let (copy, files) = read(&path).await;
        assert_eq!(files, expected, "{form}");
        assert_eq!(copy.config.diff_ids, original.config.diff_ids);
        assert_eq!(copy.layers[1].layer.created_by.as_deref(), Some("RUN step 1"));
        if form == "oci-archive" {
            assert!(matches!(Source::detect(&path), Ok(Source::OciArchive(_))));
            assert_eq!(copy.digest, original.digest);
        } else {
            assert!(matches!(Source::detect(&path), Ok(Source::DockerArchive(_))));
            assert_eq!(copy.digest, seawall_image::digest_of(&assembled.config), "Docker's image id");
            assert_eq!(copy.layers[0].descriptor, None);
        }
        // A copy that ends early.
        let bytes = std::fs::read(&path).unwrap();
        let short = folder.path().join("short.tar");
        std::fs::write(&short, &bytes[..bytes.len() / 3]).unwrap();
        let error = match Source::detect(&short) {
            Ok(source) => Image::open(&source, &client(), None).await.map(|_| ()).unwrap_err(),
            Err(error) => error,
        };
        assert!(
            matches!(
                error,
                ImageError::Cut { .. } | ImageError::NotAnImageFile { .. } | ImageError::Missing { .. }
            ),
            "{error}"
        );
    }
}

#[tokio::test]
async fn other_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let tell = |path: &Path| {
        let error = Source::detect(path).unwrap_err();
        assert!(error.is_input(), "{error}");
        error.to_string().replace(&folder.path().display().to_string(), "DIR")
    };
    let mut said = vec![tell(&path), tell(folder.path())];
    for bytes in [&b"not a tar, but long enough to look at"[..], &[0x1f, 0x8b, 8, 0], &[0; 1024]] {
        std::fs::write(&path, bytes).unwrap();
        said.push(tell(&path));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
cannot read DIR/x: No such file or directory (os error 2)
DIR is not an image: the folder has no index.json; an OCI layout is made by `skopeo copy … oci:FOLDER`
DIR/x is not an image: it is no tar (unexpected end of file); make one with `docker save -o FILE IMAGE`
DIR/x is not an image: it is compressed; unpack it first with `gunzip`
DIR/x is not an image: the tar has neither index.json nor manifest.json; make one with `docker save -o FILE IMAGE`
");
}

#[tokio::test]
async fn a_layout_of_several_images_is_ambiguous() {
    let folder = tempfile::tempdir().unwrap();
    image(&[&[File("a", b"1")]]).write_layout(folder.path()).unwrap();
    let first = std::fs::read_to_string(folder.path().join("index.json")).unwrap();
    image(&[&[File("a", b"2")]]).write_layout(folder.path()).unwrap();
    let second = std::fs::read_to_string(folder.path().join("index.json")).unwrap();
    let mut both: serde_json::Value = serde_json::from_str(&first).unwrap();
    let other: serde_json::Value = serde_json::from_str(&second).unwrap();
    both["manifests"].as_array_mut().unwrap().push(other["manifests"][0].clone());
    std::fs::write(folder.path().join("index.json"), both.to_string()).unwrap();
    let error = Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap_err();
    assert!(matches!(error, ImageError::Ambiguous { .. }), "{error}");
    std::fs::write(folder.path().join("index.json"), "{").unwrap();
    let error = Image::open(&Source::Layout(folder.path().to_owned()), &client(), None).await.unwrap_err();
    assert!(matches!(error, ImageError::Json { .. }), "{error}");
}
