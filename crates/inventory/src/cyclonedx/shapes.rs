//! The rules of CycloneDX' schemas that are checked, as tables.

use serde_json::{Map, Value};

use super::check::one_of;

/// An object's rules.
pub(super) struct Shape {
    pub(super) required: &'static [&'static str],
    /// All fields that may be there; none: any.
    pub(super) closed: Option<&'static [&'static str]>,
    pub(super) fields: &'static [(&'static str, Is)],
    /// What no table says. The version is 2 to 7.
    pub(super) also: fn(&Map<String, Value>, u8) -> Result<(), String>,
}

/// A value's rules.
pub(super) enum Is {
    Text,
    /// A text that is not empty.
    Reference,
    Truth,
    Count,
    /// A text of some form, with the form's name.
    Form(&'static str, fn(&str) -> bool),
    Word(&'static [&'static str]),
    List(&'static Is),
    Object(&'static Shape),
    Licences,
    Tools,
    /// A list of components, none of which is there twice.
    Components,
}

const fn open(required: &'static [&'static str], fields: &'static [(&'static str, Is)]) -> Shape {
    Shape { required, closed: None, fields, also: |_, _| Ok(()) }
}

pub(super) static DOCUMENT: Shape = open(
    &["bomFormat", "specVersion"],
    &[
        ("serialNumber", Is::Form("serial number (`urn:uuid:…`)", is_serial)),
        ("version", Is::Count),
        ("metadata", Is::Object(&METADATA)),
        ("components", Is::Components),
        ("services", Is::List(&A_SERVICE)),
        ("dependencies", Is::List(&Is::Object(&DEPENDENCY))),
        ("externalReferences", REFERENCES),
        ("properties", PROPERTIES),
        ("citations", Is::List(&Is::Object(&CITATION))),
        ("compositions", Is::List(&Is::Object(&COMPOSITION))),
    ],
);

// Statics, not constants: a component's rules contain themselves.
static A_COMPONENT: Is = Is::Object(&COMPONENT);
pub(super) static ALL_COMPONENTS: Is = Is::List(&A_COMPONENT);
static A_SERVICE: Is = Is::Object(&SERVICE);
const PROPERTIES: Is = Is::List(&Is::Object(&PROPERTY));
const REFERENCES: Is = Is::List(&Is::Object(&REFERENCE));
const HASHES: Is = Is::List(&Is::Object(&HASH));

static METADATA: Shape = Shape {
    required: &[],
    closed: Some(&[
        "timestamp",
        "lifecycles",
        "tools",
        "authors",
        "component",
        "manufacture",
        "manufacturer",
        "supplier",
        "licenses",
        "properties",
        "distributionConstraints",
    ]),
    fields: &[
        ("timestamp", Is::Form("date and time (RFC 3339)", is_time)),
        ("tools", Is::Tools),
        ("component", Is::Object(&COMPONENT)),
        ("licenses", Is::Licences),
        ("properties", PROPERTIES),
        ("distributionConstraints", Is::Object(&CONSTRAINTS)),
    ],
    also: |_, _| Ok(()),
};

static CONSTRAINTS: Shape =
    open(&[], &[("tlp", Is::Word(&["CLEAR", "GREEN", "AMBER", "AMBER_AND_STRICT", "RED"]))]);

pub(super) static TOOLS: Shape =
    open(&[], &[("components", Is::Components), ("services", Is::List(&A_SERVICE))]);

/// Below 1.5 a list of names.
pub(super) static OLD_TOOLS: Is = Is::List(&Is::Object(&TOOL));

static TOOL: Shape = open(
    &[],
    &[
        ("vendor", Is::Text),
        ("name", Is::Text),
        ("version", Is::Text),
        ("hashes", HASHES),
        ("externalReferences", REFERENCES),
    ],
);

static COMPONENT: Shape = Shape {
    required: &["type", "name"],
    closed: None,
    fields: &[
        (
            "type",
            Is::Word(&[
                "application",
                "framework",
                "library",
                "container",
                "platform",
                "operating-system",
                "device",
                "device-driver",
                "firmware",
                "file",
                "machine-learning-model",
                "data",
                "cryptographic-asset",
            ]),
        ),
        ("bom-ref", Is::Reference),
        ("mime-type", Is::Text),
        ("group", Is::Text),
        ("name", Is::Text),
        ("version", Is::Text),
        ("description", Is::Text),
        ("scope", Is::Word(&["required", "optional", "excluded"])),
        ("hashes", HASHES),
        ("licenses", Is::Licences),
        ("copyright", Is::Text),
        ("cpe", Is::Text),
        ("purl", Is::Text),
        ("swid", Is::Object(&SWID)),
        ("modified", Is::Truth),
        ("isExternal", Is::Truth),
        ("pedigree", Is::Object(&PEDIGREE)),
        ("externalReferences", REFERENCES),
        ("components", Is::Components),
        ("properties", PROPERTIES),
    ],
    also: |fields, _| {
        if !fields.contains_key("versionRange") {
            return Ok(());
        }
        if fields.contains_key("version") {
            return Err("has both `version` and `versionRange`".to_owned());
        }
        if fields.get("isExternal") != Some(&Value::Bool(true)) {
            return Err("has a `versionRange` and is not external".to_owned());
        }
        Ok(())
    },
};

static SWID: Shape =
    open(&["tagId", "name"], &[("tagId", Is::Text), ("name", Is::Text), ("text", Is::Object(&TEXT))]);

static HASH: Shape = Shape {
    required: &["alg", "content"],
    closed: None,
    fields: &[
        (
            "alg",
            Is::Word(&[
                "MD5",
                "SHA-1",
                "SHA-256",
                "SHA-384",
                "SHA-512",
                "SHA3-256",
                "SHA3-384",
                "SHA3-512",
                "BLAKE2b-256",
                "BLAKE2b-384",
                "BLAKE2b-512",
                "BLAKE3",
                "Streebog-256",
                "Streebog-512",
            ]),
        ),
        ("content", Is::Form("hash", is_hash)),
    ],
    also: |_, _| Ok(()),
};

pub(super) static LICENCE_CHOICE: Shape = Shape {
    required: &[],
    closed: None,
    fields: &[
        ("license", Is::Object(&LICENCE)),
        ("expression", Is::Text),
        ("acknowledgement", ACKNOWLEDGEMENT),
        ("bom-ref", Is::Reference),
    ],
    also: |fields, _| one_of(fields, "license", "expression"),
};

const ACKNOWLEDGEMENT: Is = Is::Word(&["declared", "concluded"]);

static LICENCE: Shape = Shape {
    required: &[],
    closed: None,
    fields: &[
        ("id", Is::Form("SPDX licence id", is_licence)),
        ("name", Is::Text),
        ("text", Is::Object(&TEXT)),
        ("url", Is::Text),
        ("acknowledgement", ACKNOWLEDGEMENT),
        ("bom-ref", Is::Reference),
        ("properties", PROPERTIES),
    ],
    also: |fields, _| one_of(fields, "id", "name"),
};

static TEXT: Shape = open(
    &["content"],
    &[("contentType", Is::Text), ("encoding", Is::Word(&["base64"])), ("content", Is::Text)],
);

static PEDIGREE: Shape = open(
    &[],
    &[
        ("ancestors", Is::List(&A_COMPONENT)),
        ("descendants", Is::List(&A_COMPONENT)),
        ("variants", Is::List(&A_COMPONENT)),
        ("patches", Is::List(&Is::Object(&PATCH))),
        ("notes", Is::Text),
    ],
);

static PATCH: Shape = open(
    &["type"],
    &[
        ("type", Is::Word(&["unofficial", "monkey", "backport", "cherry-pick"])),
        ("diff", Is::Object(&DIFF)),
        ("resolves", Is::List(&Is::Object(&ISSUE))),
    ],
);

static DIFF: Shape = open(&[], &[("text", Is::Object(&TEXT)), ("url", Is::Text)]);

static ISSUE: Shape = open(
    &["type"],
    &[("type", Is::Word(&["defect", "enhancement", "security"])), ("id", Is::Text), ("name", Is::Text)],
);

static REFERENCE: Shape = open(
    &["url", "type"],
    &[("url", Is::Text), ("type", Is::Text), ("comment", Is::Text), ("hashes", HASHES)],
);

static DEPENDENCY: Shape = open(
    &["ref"],
    &[
        ("ref", Is::Reference),
        ("dependsOn", Is::List(&Is::Reference)),
        ("provides", Is::List(&Is::Reference)),
    ],
);

static PROPERTY: Shape = Shape {
    required: &[],
    closed: None,
    fields: &[("name", Is::Text), ("value", Is::Text)],
    // A property's name is required from 1.6 on.
    also: |fields, version| {
        if version >= 6 && !fields.contains_key("name") {
            return Err("has no `name`".to_owned());
        }
        match fields.keys().find(|name| version >= 6 && !["name", "value"].contains(&name.as_str())) {
            Some(other) => Err(format!("has a field `{}` that no property has", other.escape_debug())),
            None => Ok(()),
        }
    },
};

static SERVICE: Shape = open(
    &["name"],
    &[
        ("bom-ref", Is::Reference),
        ("name", Is::Text),
        ("version", Is::Text),
        ("endpoints", Is::List(&Is::Text)),
        ("authenticated", Is::Truth),
        ("x-trust-boundary", Is::Truth),
        ("data", Is::List(&Is::Object(&DATA))),
        ("licenses", Is::Licences),
        ("externalReferences", REFERENCES),
        ("services", Is::List(&A_SERVICE)),
        ("properties", PROPERTIES),
    ],
);

static DATA: Shape = open(
    &["flow", "classification"],
    &[
        ("flow", Is::Word(&["inbound", "outbound", "bi-directional", "unknown"])),
        ("classification", Is::Text),
    ],
);

static COMPOSITION: Shape = open(&["aggregate"], &[("aggregate", Is::Text)]);

static CITATION: Shape = Shape {
    required: &["timestamp"],
    closed: None,
    fields: &[("timestamp", Is::Form("date and time (RFC 3339)", is_time))],
    also: |fields, _| {
        if !fields.contains_key("attributedTo") && !fields.contains_key("process") {
            return Err("has neither `attributedTo` nor `process`".to_owned());
        }
        one_of(fields, "pointers", "expressions")
    },
};

/// `urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79`.
fn is_serial(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else { return false };
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && uuid.split('-').all(is_hex)
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64 | 96 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_licence(text: &str) -> bool {
    spdx::license_id(text).is_some_and(|id| id.name == text) || spdx::exception_id(text).is_some()
}

/// `2020-04-13T20:20:39+00:00` (RFC 3339, "Internet Date/Time Format").
fn is_time(text: &str) -> bool {
    let shape: String =
        text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with('0') => fraction.trim_start_matches('0'),
        Some(_) => return false,
        None => rest,
    };
    matches!(rest, "Z" | "+00:00" | "-00:00")
}
