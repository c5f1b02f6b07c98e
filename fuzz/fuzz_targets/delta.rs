//! What changed between two databases, and the database as an artifact of a registry.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_advisories::{Builder, Database, artifact};

static OLD: LazyLock<Database> = LazyLock::new(|| {
    let mut builder = Builder::new("fuzz", "2026-01-01T00:00:00Z");
    for record in seawall_advisories::known() {
        builder.add_json(record.as_bytes()).unwrap();
    }
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    Database::from_bytes(bytes, "fuzz").unwrap()
});

fuzz_target!(|data: &[u8]| {
    let _ = seawall_advisories::apply(&OLD, data);
    // The same bytes as the content of a delta.
    let packed = zstd::bulk::compress(data, 1).unwrap();
    let _ = seawall_advisories::apply(&OLD, &[&b"SWDELTA\n\x02\0\0\0"[..], &packed].concat());
    let _ = artifact::layer(data);
    let _ = artifact::unpack(data);
});
