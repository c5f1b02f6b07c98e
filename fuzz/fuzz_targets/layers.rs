//! The merged view of a layer that somebody made by hand: nothing may climb out.

#![no_main]

use std::io;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use seawall_image::{
    Content, Entry, Image, Limits, Reader, Registry, RegistryOptions, Scope, Selector, Source, Want, assemble,
};
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

/// Looks into every file of every layer.
struct Sizes;

impl Reader for Sizes {
    fn name(&self) -> &'static str {
        "sizes"
    }

    fn scope(&self) -> Scope {
        Scope::EveryLayer
    }

    fn wants(&self, entry: &Entry<'_>, head: &[u8]) -> Want {
        assert!(head.len() as u64 <= entry.size);
        Want::Whole
    }

    fn read(&self, entry: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        assert_eq!(content.bytes()?.len() as u64, entry.size);
        Ok(Some(Vec::new()))
    }
}

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
        let readers: [Arc<dyn Reader>; 2] = [Arc::new(Sizes), Arc::new(selector)];
        let limits =
            Limits { unpacked: 4 << 20, entries: 1000, file: 1 << 20, selected: 2 << 20, ratio: 500 };
        let readings = image.read(&readers, &limits, None).await.unwrap_or_default();
        for record in readings.iter().flat_map(|reading| &reading.records) {
            let path = &record.path;
            let clean = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
            assert!(clean, "a path that climbs or is not clean: {path:?}");
        }
    });
});
