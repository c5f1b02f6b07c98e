//! The database in a registry's form.

use seawall_advisories::{AdvisoriesError, Builder, artifact, known};

fn bytes() -> Vec<u8> {
    let mut builder = Builder::new("a test", "2026-01-02T00:00:00Z");
    for record in known() {
        builder.add_json(record.as_bytes()).unwrap();
    }
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    bytes
}

#[test]
fn there_and_back() {
    let bytes = bytes();
    let package = artifact::pack(&bytes).unwrap();
    let layer = artifact::layer(&package.manifest).unwrap();
    assert_eq!(layer.size, package.blobs[1].len() as u64);
    assert!(artifact::unpack(&package.blobs[1]).unwrap() == bytes);
    let manifest: serde_json::Value = serde_json::from_slice(&package.manifest).unwrap();
    assert_eq!(manifest["annotations"]["org.opencontainers.image.created"], "2026-01-02T00:00:00Z");
}

#[test]
fn what_is_none_is_refused() {
    let package = artifact::pack(&bytes()).unwrap();
    let text = String::from_utf8(package.manifest).unwrap();
    for bad in ["", "{}", "[]", &text.replace("advisories.v1\"", "other\""), &text.replace("+zstd", "+gzip")]
    {
        assert!(artifact::layer(bad.as_bytes()).is_err(), "{bad}");
    }
    let layer = &package.blobs[1];
    assert!(artifact::unpack(b"").is_err());
    assert!(artifact::unpack(&layer[..layer.len() / 2]).is_err());
    assert!(matches!(artifact::pack(b"no database"), Err(AdvisoriesError::Format { .. })));
}
