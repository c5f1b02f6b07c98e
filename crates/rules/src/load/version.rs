//! `required_engine_version` and `required_plugin_versions`.

use super::item::Keys;
use super::{Collection, at};
use crate::ENGINE_VERSION;
use crate::yaml::Value;

/// Plugins whose fields Seawall brings itself.
const BUILT_IN: [&str; 3] = ["container", "k8saudit", "json"];

/// Since this version, a rule sees a call once, when it ends.
const ENDS_ONLY: (u64, u64, u64) = (0, 57, 0);

/// `0.57.0`, or an old plain number, which Falco reads as the middle part.
fn parse(text: &str) -> Option<(u64, u64, u64)> {
    let parts: Vec<u64> = text.trim().split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    match parts[..] {
        [minor] => Some((0, minor, 0)),
        [major, minor] => Some((major, minor, 0)),
        [major, minor, patch] => Some((major, minor, patch)),
        _ => None,
    }
}

pub(super) fn engine(collection: &mut Collection<'_>, keys: &Keys<'_>) {
    let key = "required_engine_version";
    let text = keys.get(key).and_then(|node| node.text()).unwrap_or_default();
    match parse(text) {
        None => {
            let message = format!("`{text}` is no version");
            collection.error(
                keys.at(key),
                text.len(),
                message,
                Some("write for example `0.57.0`".to_owned()),
            );
        }
        Some(required) if required > ENGINE_VERSION => {
            let (major, minor, patch) = ENGINE_VERSION;
            let message = format!(
                "the file needs version {text} of the rule language; this is {major}.{minor}.{patch}"
            );
            collection.invalid(
                keys.at(key),
                text.len(),
                message,
                Some("use an older version of the file".to_owned()),
            );
        }
        Some(required) => collection.ends_only |= required >= ENDS_ONLY,
    }
}

pub(super) fn plugins(collection: &mut Collection<'_>, keys: &Keys<'_>) {
    let key = "required_plugin_versions";
    let Some(node) = keys.get(key) else { return };
    let Value::Sequence(items) = &node.value else {
        let message = format!("`{key}` is a list of `name` and `version`; this is {}", node.kind());
        collection.error(keys.at(key), 1, message, None);
        return;
    };
    for item in items {
        let Value::Mapping(pairs) = &item.value else {
            collection.error(
                at(keys.file, item),
                1,
                "a plugin has a `name` and a `version`".to_owned(),
                None,
            );
            continue;
        };
        let get = |wanted: &str| {
            pairs.iter().find(|(key, _)| key.text() == Some(wanted)).and_then(|(_, value)| value.text())
        };
        let (Some(name), Some(version)) = (get("name"), get("version")) else {
            collection.error(
                at(keys.file, item),
                1,
                "a plugin has a `name` and a `version`".to_owned(),
                None,
            );
            continue;
        };
        if parse(version).is_none() {
            collection.error(at(keys.file, item), 1, format!("`{version}` is no version"), None);
        }
        let alternatives = pairs.iter().any(|(key, _)| key.text() == Some("alternatives"));
        if !BUILT_IN.contains(&name) && !alternatives {
            collection.warning(
                "LOAD_UNKNOWN_PLUGIN",
                at(keys.file, item),
                1,
                format!("the plugin `{name}` is not here; rules of its source are skipped"),
                None,
            );
        }
    }
}
