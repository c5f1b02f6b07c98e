//! The storages of engines: containerd's database, the lists of podman and Docker, the headers of unpacked layers.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_image::{Engine, Host, Image, Limits, Registry, RegistryOptions, Selector, Source};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::new(RegistryOptions::default()));

const CONFIG: &[u8] = br#"{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}}"#;

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fuzz_target!(|data: &[u8]| {
    let Some((which, data)) = data.split_first() else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let id = seawall_image::digest_of(CONFIG);
    let (engine, name) = match which % 4 {
        0 => {
            write(&root.join("io.containerd.metadata.v1.bolt/meta.db"), data);
            (Engine::Containerd, "shop".to_owned())
        }
        1 => {
            write(&root.join("overlay-images/images.json"), data);
            (Engine::Podman, "shop".to_owned())
        }
        2 => {
            write(&root.join("image/overlay2/repositories.json"), data);
            (Engine::Docker, "shop".to_owned())
        }
        _ => {
            let images = root.join("image/overlay2");
            let layer = images.join("layerdb/sha256").join("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
            write(&images.join("repositories.json"), b"{}");
            write(&images.join("imagedb/content/sha256").join(id.hex()), CONFIG);
            write(&layer.join("cache-id"), b"cache");
            write(&layer.join("tar-split.json.gz"), data);
            write(&root.join("overlay2/cache/diff/a"), b"a");
            (Engine::Docker, id.hex().to_owned())
        }
    };
    RUNTIME.block_on(async {
        let source = Source::Host(Host { engine, root: Some(root.to_owned()), name });
        let Ok(image) = Image::open(&source, &REGISTRY, None).await else { return };
        let limits = Limits { unpacked: 4 << 20, entries: 1000, file: 1 << 20, selected: 2 << 20, ratio: 500 };
        let _ = image.files(&Selector::new("fuzz", |_| true), &limits, None).await;
    });
});
