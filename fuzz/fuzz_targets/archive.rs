//! Docker and OCI archives.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_image::{Image, Limits, Registry, RegistryOptions, Selector, Source};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::new(RegistryOptions::default()));

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, data).unwrap();
    let _ = Source::detect(&path);
    RUNTIME.block_on(async {
        for source in [Source::DockerArchive(path.clone()), Source::OciArchive(path.clone())] {
            let Ok(image) = Image::open(&source, &REGISTRY, None).await else { continue };
            let selector = Selector::new("fuzz", |_| true);
            let limits =
                Limits { unpacked: 4 << 20, entries: 1000, file: 1 << 20, selected: 2 << 20, ratio: 500 };
            let _ = image.files(&selector, &limits, None).await;
        }
    });
});
