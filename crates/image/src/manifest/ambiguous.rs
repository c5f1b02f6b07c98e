//! Documents that programs read differently.
//!
//! Runtimes are written in Go, whose JSON decoder takes `Layers`, and even `layerſ`, for `layers`, and lets the last of
//! them win: a manifest with two lists of layers would be scanned with the one and run with the other. The same goes for
//! a document that is an index and a manifest at once, where the registry's word decides (CVE-2021-41190).

use serde_json::Value;

use crate::ImageError;

/// Keys of manifests, indexes, descriptors and platforms.
pub(crate) const OF_MANIFESTS: &[&str] = &[
    "schemaVersion",
    "mediaType",
    "artifactType",
    "config",
    "layers",
    "manifests",
    "fsLayers",
    "subject",
    "annotations",
    "digest",
    "size",
    "urls",
    "data",
    "platform",
    "os",
    "architecture",
    "variant",
    "os.version",
    "os.features",
];

/// Keys of an image's configuration that say what runs.
pub(crate) const OF_CONFIGURATIONS: &[&str] = &[
    "os",
    "architecture",
    "variant",
    "rootfs",
    "diff_ids",
    "config",
    "history",
    "User",
    "Env",
    "Entrypoint",
    "Cmd",
    "WorkingDir",
    "Labels",
];

/// What stands below them has free keys.
const FREE: [&str; 4] = ["annotations", "Labels", "ExposedPorts", "Volumes"];

/// Refuses a document with a key that is nearly one of `keys`, and one with a key of another kind of document.
pub(crate) fn refuse(what: &str, bytes: &[u8], keys: &[&str], foreign: &[&str]) -> Result<(), ImageError> {
    let value: Value = super::json(what, bytes)?;
    let wrong = |reason: String| ImageError::Contradiction { what: what.to_owned(), reason };
    if let Some(key) = foreign.iter().find(|key| value.get(**key).is_some_and(|value| !value.is_null())) {
        return Err(wrong(format!("it has `{key}`, which is of another kind of document")));
    }
    match nearly(&value, keys) {
        Some((found, key)) => Err(wrong(format!("it has `{}` for `{key}`", found.escape_default()))),
        None => Ok(()),
    }
}

/// The first key that is a known one only to a decoder that is not strict.
fn nearly<'v, 'k>(value: &'v Value, keys: &[&'k str]) -> Option<(&'v str, &'k str)> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| nearly(item, keys)),
        Value::Object(map) => map.iter().find_map(|(name, value)| {
            match keys.iter().find(|key| **key != name && fold(name).eq(fold(key))) {
                Some(key) => Some((name.as_str(), *key)),
                None if FREE.contains(&name.as_str()) => None,
                None => nearly(value, keys),
            }
        }),
        _ => None,
    }
}

/// As Go's `encoding/json` folds names: ASCII letters, and the two others whose lower or upper case is one.
fn fold(name: &str) -> impl Iterator<Item = char> {
    name.chars().map(|c| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use crate::{Config, Index, Manifest};

    const EMPTY: &str = r#"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}"#;

    fn said<T>(result: Result<T, crate::ImageError>) -> String {
        result.map_or_else(|error| error.to_string(), |_| "read".to_owned())
    }

    #[test]
    fn a_second_list_of_layers_is_refused() {
        let manifest = |more: &str| {
            let text = format!(r#"{{"schemaVersion":2,"config":{EMPTY},"layers":[]{more}}}"#);
            said(Manifest::parse("shop", text.as_bytes()))
        };
        assert_eq!(manifest(r#","annotations":{"Layers":"are free here"}"#), "read");
        assert_eq!(manifest(r#","manifests":null"#), "read");
        insta::assert_snapshot!(
            [r#","Layers":[]"#, r#","layer\u017f":[]"#, r#","manifests":[]"#, r#","fsLayers":[]"#,
             r#","mediaType":"application/vnd.oci.image.index.v1+json""#]
                .map(manifest).join("\n"),
            @r"
            shop contradicts itself: it has `Layers` for `layers`; another program reads it differently, so it is not read at all. Build and push the image again
            shop contradicts itself: it has `layer\u{17f}` for `layers`; another program reads it differently, so it is not read at all. Build and push the image again
            shop contradicts itself: it has `manifests`, which is of another kind of document; another program reads it differently, so it is not read at all. Build and push the image again
            shop contradicts itself: it has `fsLayers`, which is of another kind of document; another program reads it differently, so it is not read at all. Build and push the image again
            shop contradicts itself: it calls itself `application/vnd.oci.image.index.v1+json`; another program reads it differently, so it is not read at all. Build and push the image again
            "
        );
        let layer = EMPTY.replace("\"size\"", "\"Digest\":\"sha256:00\",\"size\"");
        let text = format!(r#"{{"schemaVersion":2,"config":{EMPTY},"layers":[{layer}]}}"#);
        assert!(said(Manifest::parse("shop", text.as_bytes())).contains("`Digest` for `digest`"));
    }

    #[test]
    fn an_index_that_is_a_manifest_as_well_is_refused() {
        let index = |more: &str| {
            said(Index::parse("shop", format!(r#"{{"schemaVersion":2,"manifests":[]{more}}}"#).as_bytes()))
        };
        assert_eq!(index(""), "read");
        for more in [r#","layers":[]"#, r#","Manifests":[]"#, r#","MANIFESTS":[]"#] {
            assert!(index(more).contains("reads it differently"), "{more}");
        }
        assert!(index(&format!(r#","config":{EMPTY}"#)).contains("`config`"));
    }

    #[test]
    fn a_second_user_is_refused() {
        let config = |inner: &str| {
            let text = format!(
                r#"{{"os":"linux","architecture":"amd64","config":{inner},"rootfs":{{"diff_ids":[]}}}}"#
            );
            said(Config::parse("shop", text.as_bytes()))
        };
        assert_eq!(config(r#"{"User":"65532","Labels":{"user":"anybody"}}"#), "read");
        assert!(config(r#"{"User":"65532","user":"0"}"#).contains("`user` for `User`"));
    }
}
