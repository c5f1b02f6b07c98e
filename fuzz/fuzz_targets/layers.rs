//! The merged view of a layer that somebody made by hand: nothing may climb out.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_image::{Image, Limits, Registry, RegistryOptions, Selector, Source, assemble};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::new(RegistryOptions::default()));
static LOWER: LazyLock<assemble::Layer> = LazyLock::new(|| {
    let mut tar = tar::Builder::new(Vec::new());
    for path in ["etc/os-release", "etc/alternatives/x", "var/lib/dpkg/status"] {
        let mut header = tar::Header::new_ustar();
        header.set_size(4);
        tar.append_data(&mut header, path, &b"ID=a"[..]).unwrap();
    }
    assemble::Layer::from_tar("lower", &tar.into_inner().unwrap()).unwrap()
});

fuzz_target!(|data: &[u8]| {
    // The fuzzer's bytes as the second layer over a sound one: right digests, so that the walk is reached.
    let Ok(upper) = assemble::Layer::from_tar("fuzz", data) else { return };
    let image = assemble::assemble(&assemble::Config::default(), vec![LOWER.clone(), upper]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    image.write_layout(folder.path()).unwrap();
    RUNTIME.block_on(async {
        let source = Source::Layout(folder.path().to_owned());
        let Ok(image) = Image::open(&source, &REGISTRY, None).await else { return };
        let selector = Selector::new("fuzz", |path| !path.ends_with(".unwanted"));
        let limits =
            Limits { unpacked: 4 << 20, entries: 1000, file: 1 << 20, selected: 2 << 20, ratio: 500 };
        for file in image.files(&selector, &limits, None).await.unwrap_or_default() {
            let path = &file.path;
            let clean = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
            assert!(clean, "a path that climbs or is not clean: {path:?}");
        }
    });
});
