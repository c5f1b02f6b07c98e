//! Images in the storages of engines: written by skopeo and a real containerd, and a Docker's put together by its layout.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use seawall_image::{Engine, Host, Image, ImageError, Limits, Source, digest_of};

use crate::support::Item::{Dir, File, Hard, Symlink};
use crate::support::{all, client, image, show};

/// A layout of two layers with all that layers have.
fn layout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let long = "deep/".repeat(30) + "file";
    image(&[
        &[
            Dir("etc/"),
            File("etc/os-release", b"ID=alpine"),
            File("etc/old", b"old"),
            File("empty", b""),
            Symlink("etc/link", "os-release"),
            Hard("etc/hard", "etc/os-release"),
            File(&long[..99], &vec![7; 100_000]),
        ],
        &[File("etc/.wh.old", b""), File("etc/new", b"new")],
    ])
    .write_layout(folder.path())
    .unwrap();
    folder
}

async fn open(engine: Engine, root: &Path, name: &str) -> Result<Image, ImageError> {
    let host = Host { engine, root: Some(root.to_owned()), name: name.to_owned() };
    Image::open(&Source::Host(host), &client(), None).await
}

/// The image reads as the layout does.
async fn same(engine: Engine, root: &Path, name: &str, layout: &Path) -> Image {
    let expected = Image::open(&Source::Layout(layout.to_owned()), &client(), None).await.unwrap();
    let image = open(engine, root, name).await.unwrap();
    let files = async |image: &Image| show(&image.files(&all(), &Limits::default(), None).await.unwrap());
    assert_eq!(files(&image).await, files(&expected).await);
    assert_eq!(image.layers[1].layer, expected.layers[1].layer);
    image
}

/// A storage in a folder of its own.
struct Stored(tempfile::TempDir);

impl Stored {
    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Stored {
    /// The overlay driver mounts its folder onto itself, and leaves it so.
    fn drop(&mut self) {
        let overlay = self.path().join("root/overlay");
        let _ = Command::new("umount").arg(overlay).stderr(Stdio::null()).status();
    }
}

/// skopeo's copy of a layout; none, with the reason printed, where it cannot.
fn stored(layout: &Path, driver: &str) -> Option<Stored> {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let to = format!("containers-storage:[{driver}@{at}/root+{at}/run]registry.example.com/team/shop:1.0");
    let output = Command::new("skopeo")
        .args(["copy", "--quiet", "--insecure-policy"])
        .arg(format!("oci:{}", layout.display()))
        .arg(to)
        .output();
    match output {
        Ok(output) if output.status.success() => Some(Stored(folder)),
        Ok(output) => {
            eprintln!("skipped: skopeo stores nothing: {}", String::from_utf8_lossy(&output.stderr));
            None
        }
        Err(error) => {
            eprintln!("skipped: skopeo cannot be started ({error})");
            None
        }
    }
}

#[tokio::test]
async fn podmans_storage_is_read() {
    let layout = layout();
    for driver in ["overlay", "vfs"] {
        let Some(folder) = stored(layout.path(), driver) else { return };
        let root = folder.path().join("root");
        let name = "registry.example.com/team/shop:1.0";
        let image = same(Engine::Podman, &root, name, layout.path()).await;
        let config = digest_of(&serde_json::to_vec(&image.config_json).unwrap());
        let by_digest = format!("registry.example.com/team/shop@{}", image.digest);
        assert_eq!(open(Engine::Podman, &root, &by_digest).await.unwrap().digest, image.digest);
        let by_id = open(Engine::Podman, &root, &config.hex()[..12]).await;
        // The configuration may be written in another order than it is read here.
        assert!(by_id.is_ok() || matches!(by_id, Err(ImageError::NotHere { .. })));

        let error = open(Engine::Podman, &root, "shop:2.0").await.unwrap_err();
        assert!(error.is_input());
        let text = error.to_string();
        assert!(text.contains("it has registry.example.com/team/shop:1.0"), "{text}");
    }
}

#[tokio::test]
async fn a_storage_that_was_changed_is_refused() {
    let layout = layout();
    let Some(folder) = stored(layout.path(), "vfs") else { return };
    let root = folder.path().join("root");
    let name = "registry.example.com/team/shop:1.0";
    let read = async || {
        open(Engine::Podman, &root, name).await.unwrap().files(&all(), &Limits::default(), None).await
    };
    let layers: Vec<PathBuf> =
        std::fs::read_dir(root.join("vfs/dir")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let lowest = layers.iter().find(|layer| layer.join("etc/old").exists()).unwrap();
    let file = lowest.join("etc/old");
    std::fs::write(&file, b"odd").unwrap();
    assert!(matches!(read().await, Err(ImageError::Digest { .. })));
    // A link cannot make it read what is not of the layer.
    let outside = folder.path().join("outside");
    std::fs::write(&outside, b"old").unwrap();
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&outside, &file).unwrap();
    assert!(read().await.is_err());
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, b"ol").unwrap();
    assert!(read().await.is_err());
}

#[tokio::test]
async fn a_storage_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for engine in [Engine::Podman, Engine::Containerd, Engine::Docker] {
        let error = open(engine, folder.path(), "shop").await.unwrap_err();
        assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
        assert_eq!(engine.to_string().parse::<Engine>().unwrap(), engine);
    }
    assert!("runc".parse::<Engine>().is_err());
}

#[tokio::test]
async fn dockers_storage_is_read() {
    let layout = layout();
    let Some(stored) = stored(layout.path(), "vfs") else { return };
    let storage = stored.path().join("root");
    // The same headers and files, by Docker's names.
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let expected = Image::open(&Source::Layout(layout.path().to_owned()), &client(), None).await.unwrap();
    let read = |path: PathBuf| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let manifest = read(layout.path().join("blobs/sha256").join(expected.digest.hex()));
    let id: seawall_findings::Digest = manifest["config"]["digest"].as_str().unwrap().parse().unwrap();
    let images = root.join("image/overlay2");
    std::fs::create_dir_all(images.join("imagedb/content/sha256")).unwrap();
    std::fs::copy(
        layout.path().join("blobs/sha256").join(id.hex()),
        images.join("imagedb/content/sha256").join(id.hex()),
    )
    .unwrap();
    let names = serde_json::json!({"Repositories": {"shop": {"shop:1.0": id}}});
    std::fs::write(images.join("repositories.json"), names.to_string()).unwrap();
    let layers = read(storage.join("vfs-layers/layers.json"));
    let mut chain: Option<seawall_findings::Digest> = None;
    for layer in &expected.layers {
        let diff_id = &layer.layer.diff_id;
        let next =
            chain.map_or_else(|| diff_id.clone(), |below| digest_of(format!("{below} {diff_id}").as_bytes()));
        let kept = layers.as_array().unwrap().iter().find(|l| l["diff-digest"] == diff_id.as_str()).unwrap();
        let kept = kept["id"].as_str().unwrap();
        let at = images.join("layerdb/sha256").join(next.hex());
        std::fs::create_dir_all(&at).unwrap();
        std::fs::write(at.join("cache-id"), format!("cache{}", layer.layer.index)).unwrap();
        std::fs::copy(storage.join(format!("vfs-layers/{kept}.tar-split.gz")), at.join("tar-split.json.gz"))
            .unwrap();
        let cache = root.join(format!("overlay2/cache{}", layer.layer.index));
        std::fs::create_dir_all(&cache).unwrap();
        std::os::unix::fs::symlink(storage.join("vfs/dir").join(kept), cache.join("diff")).unwrap();
        chain = Some(next);
    }
    let image = same(Engine::Docker, root, "shop:1.0", layout.path()).await;
    assert_eq!(image.digest, id);
    assert!(open(Engine::Docker, root, &id.hex()[..12]).await.is_ok());
    assert!(open(Engine::Docker, root, id.hex()).await.is_ok());
    assert!(matches!(open(Engine::Docker, root, "shop").await, Err(ImageError::NotHere { .. })));
}

/// A containerd of the test's own; stops with the value.
struct Containerd {
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Containerd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Containerd {
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let config = format!(
            "version = 2\nroot = \"{at}/root\"\nstate = \"{at}/state\"\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n\
             [grpc]\naddress = \"{at}/sock\"\n[ttrpc]\naddress = \"{at}/ttrpc\"\n"
        );
        let path = folder.path().join("config.toml");
        std::fs::write(&path, config).unwrap();
        let started = Command::new("containerd")
            .arg("--config")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match started {
            Ok(child) => Some(Self { child, folder }),
            Err(error) => {
                eprintln!("skipped: containerd cannot be started ({error})");
                None
            }
        }
    }

    fn ctr(&self, arguments: &[&str]) -> Result<(), String> {
        let output = Command::new("ctr")
            .arg("--address")
            .arg(self.folder.path().join("sock"))
            .args(arguments)
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

#[tokio::test]
async fn containerds_storage_is_read_while_it_runs() {
    let layout = layout();
    let Some(containerd) = Containerd::start() else { return };
    let until = Instant::now() + Duration::from_secs(20);
    while let Err(error) = containerd.ctr(&["version"]) {
        if Instant::now() > until {
            eprintln!("skipped: containerd does not answer: {error}");
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let archive = containerd.folder.path().join("image.tar");
    let tar = Command::new("tar").arg("-C").arg(layout.path()).arg("-cf").arg(&archive).arg(".").status();
    assert!(tar.unwrap().success());
    let archive = archive.to_str().unwrap();
    for (namespace, name) in
        [("default", "registry.example.com/team/shop"), ("k8s.io", "registry.example.com/team/other")]
    {
        let import = [
            "-n",
            namespace,
            "images",
            "import",
            "--no-unpack",
            "--index-name",
            &format!("{name}:1.0"),
            archive,
        ];
        containerd.ctr(&import).unwrap();
    }
    let root = containerd.folder.path().join("root");
    same(Engine::Containerd, &root, "registry.example.com/team/shop:1.0", layout.path()).await;
    same(Engine::Containerd, &root, "k8s.io/registry.example.com/team/other:1.0", layout.path()).await;
    let error =
        open(Engine::Containerd, &root, "default/registry.example.com/team/other:1.0").await.unwrap_err();
    assert!(matches!(error, ImageError::NotHere { .. }), "{error}");
}
