//! What the definitions of purl's types add (purl-spec, `types/*-definition.json`): which parts are written in small
//! letters, which must or must not be there.

use super::spec::Purl;

/// The namespace is not case sensitive.
const SMALL_NAMESPACE: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "brew",
    "composer",
    "deb",
    "git",
    "github",
    "hex",
    "luarocks",
    "qpkg",
    "rpm",
    "vscode-extension",
    "yocto",
];
/// The name is not case sensitive.
const SMALL_NAME: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "bitnami",
    "brew",
    "chrome-extension",
    "composer",
    "deb",
    "git",
    "github",
    "hex",
    "luarocks",
    "oci",
    "otp",
    "pub",
    "pypi",
    "vscode-extension",
];
/// The version is not case sensitive.
const SMALL_VERSION: &[&str] = &["huggingface", "oci", "pypi", "vscode-extension"];
/// A namespace must be there.
const WITH_NAMESPACE: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "composer",
    "deb",
    "git",
    "github",
    "huggingface",
    "maven",
    "qpkg",
    "rpm",
    "swift",
    "vscode-extension",
];
/// A namespace must not be there.
const WITHOUT_NAMESPACE: &[&str] = &[
    "bazel",
    "bitnami",
    "cargo",
    "chrome-extension",
    "cocoapods",
    "conda",
    "cran",
    "gem",
    "hackage",
    "julia",
    "mlflow",
    "nuget",
    "oci",
    "opam",
    "otp",
    "pub",
    "pypi",
    "vcpkg",
];

/// Puts the parts into the type's one form.
pub(super) fn normalise(purl: &mut Purl) {
    let kind = purl.kind.as_str();
    if SMALL_NAMESPACE.contains(&kind) {
        purl.namespace = purl.namespace.to_lowercase();
    }
    if SMALL_NAME.contains(&kind) {
        purl.name = purl.name.to_lowercase();
    }
    if SMALL_VERSION.contains(&kind) {
        purl.version = purl.version.to_lowercase();
    }
    match kind {
        "pypi" => purl.name = purl.name.replace('_', "-"),
        "pub" => purl.name = purl.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
        // Databricks does not tell capital letters apart, other registries of models do.
        "mlflow" if purl.qualifiers.get("repository_url").is_some_and(|url| url.contains("databricks")) => {
            purl.name = purl.name.to_lowercase();
        }
        _ => {}
    }
}

/// What the type asks for.
pub(super) fn check(purl: &Purl) -> Result<(), &'static str> {
    let kind = purl.kind.as_str();
    if purl.namespace.is_empty() && WITH_NAMESPACE.contains(&kind) {
        return Err("its type asks for a namespace");
    }
    if !purl.namespace.is_empty() && WITHOUT_NAMESPACE.contains(&kind) {
        return Err("its type has no namespace");
    }
    let has = |key: &str| purl.qualifiers.contains_key(key);
    match kind {
        "julia" if !has("uuid") => Err("its type asks for the qualifier `uuid`"),
        "swid" if !has("tag_id") => Err("its type asks for the qualifier `tag_id`"),
        "cpan" if purl.name.contains("::") => Err("its name is that of a module, not of a distribution"),
        "chrome-extension" => chrome(purl),
        _ => Ok(()),
    }
}

fn chrome(purl: &Purl) -> Result<(), &'static str> {
    if purl.name.len() != 32 || !purl.name.bytes().all(|byte| (b'a'..=b'p').contains(&byte)) {
        return Err("its name is no extension's id");
    }
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = purl.version.split('.').collect();
    if purl.version.is_empty() || parts.len() <= 4 && parts.iter().all(|part| is_number(part)) {
        Ok(())
    } else {
        Err("its version is not one to four numbers")
    }
}
