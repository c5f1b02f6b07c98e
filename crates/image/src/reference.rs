//! Image references, as `docker pull` and Kubernetes read them.
//!
//! Grammar: <https://pkg.go.dev/github.com/distribution/reference>, with Docker Hub's defaults for short names.

use std::fmt;
use std::str::FromStr;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

use crate::ImageError;

/// The registry of short names.
const DEFAULT_REGISTRY: &str = "docker.io";
/// Longest reference that is read: 255 for the name (the specification's limit), plus tag and digest.
const LONGEST: usize = 1024;

/// The name of an image: registry, repository, and a tag, a digest or both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    /// Host with optional port: `docker.io`, `registry.example.com`, `127.0.0.1:5000`.
    pub registry: String,
    /// `library/nginx`, `team/shop`.
    pub repository: String,
    /// The tag; `latest` where the text gave neither tag nor digest.
    pub tag: Option<String>,
    /// The digest, which wins over the tag where both are given.
    pub digest: Option<Digest>,
}

impl Reference {
    /// Registry and repository, without tag and digest.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// The same image pinned to a digest; the tag stays for people to read.
    #[must_use]
    pub fn with_digest(&self, digest: Digest) -> Self {
        Self { digest: Some(digest), ..self.clone() }
    }

    /// The same repository under another tag, without a digest.
    pub fn with_tag(&self, tag: &str) -> Result<Self, ImageError> {
        let error = |reason: &str| ImageError::Reference { text: tag.to_owned(), reason: reason.to_owned() };
        check_tag(tag).map_err(error)?;
        Ok(Self { tag: Some(tag.to_owned()), digest: None, ..self.clone() })
    }

    /// What the registry is asked for: the digest where there is one, else the tag.
    pub(crate) fn identifier(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }

    /// The host that serves the API: Docker Hub's is not the one in its names.
    pub(crate) fn host(&self) -> &str {
        if self.registry == DEFAULT_REGISTRY { "registry-1.docker.io" } else { &self.registry }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

impl FromStr for Reference {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        parse(text).map_err(|reason| ImageError::Reference { text: shorten(text), reason: shorten(&reason) })
    }
}

impl TryFrom<String> for Reference {
    type Error = ImageError;

    fn try_from(text: String) -> Result<Self, ImageError> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

/// For errors: not too much, and nothing that moves a terminal's cursor.
fn shorten(text: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let end = (text.chars().count() > 200).then_some('…');
    text.chars().take(200).map(visible).chain(end).collect()
}

fn parse(text: &str) -> Result<Reference, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if text.contains("://") {
        return Err("a reference has no scheme: leave out everything up to `://`".to_owned());
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest.parse::<Digest>().map_err(|e| e.to_string())?)),
        None => (text, None),
    };
    // A colon after the last slash starts a tag; one before it belongs to the registry's port.
    let start = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match rest.get(start..).and_then(|last| last.rfind(':')) {
        Some(colon) => rest.split_at(start + colon),
        None => (rest, ""),
    };
    let tag = tag.strip_prefix(':');
    if let Some(tag) = tag {
        check_tag(tag)?;
    }
    let (registry, path) = match name.split_once('/') {
        Some((first, path)) if is_registry(first) => (first, path.to_owned()),
        _ => (DEFAULT_REGISTRY, name.to_owned()),
    };
    // Old names of Docker Hub.
    let registry = registry.to_ascii_lowercase();
    let registry = registry.as_str();
    let registry = if matches!(registry, "index.docker.io" | "registry-1.docker.io") {
        DEFAULT_REGISTRY
    } else {
        registry
    };
    check_registry(registry)?;
    let repository =
        if registry == DEFAULT_REGISTRY && !path.contains('/') { format!("library/{path}") } else { path };
    check_repository(&repository)?;
    let tag = match (tag, &digest) {
        (None, None) => Some("latest".to_owned()),
        (tag, _) => tag.map(ToOwned::to_owned),
    };
    Ok(Reference { registry: registry.to_owned(), repository, tag, digest })
}

/// The first component names a registry when it looks like a host. Docker also takes `Host/x` without a dot for one; here
/// hosts are lower case, so that a policy's patterns cannot be passed by in capitals, and then it would no longer look like one.
fn is_registry(first: &str) -> bool {
    first.eq_ignore_ascii_case("localhost") || first.contains(['.', ':'])
}

fn check_registry(text: &str) -> Result<(), String> {
    let bad = || Err(format!("`{text}` is not a registry: expected HOST or HOST:PORT"));
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return bad() };
        if address.parse::<std::net::Ipv6Addr>().is_err() {
            return bad();
        }
        ("v6", port.strip_prefix(':').or(if port.is_empty() { None } else { Some("bad") }))
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    // The longest name of the DNS and a port. Longer ones have no canonical form that is short enough to be read again.
    if text.len() > 253 + ":65535".len() {
        return Err("the registry is longer than the name of a host can be".to_owned());
    }
    // One port has one spelling: policies compare names.
    let good = |port: &str| port.parse::<u16>().is_ok() && !port.starts_with(['0', '+']);
    if !port.is_none_or(good) {
        return bad();
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.split('.').all(label) { Ok(()) } else { bad() }
}

fn check_repository(text: &str) -> Result<(), String> {
    if text.len() > 255 {
        return Err("the repository is longer than 255 characters".to_owned());
    }
    for component in text.split('/') {
        if component.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(format!("`{component}` has capital letters: repositories are lower case"));
        }
        if !good_component(component) {
            return Err(format!(
                "`{component}` is not a part of a repository: expected a-z and 0-9, separated by `.`, `_`, `__` or `-`"
            ));
        }
    }
    Ok(())
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn good_component(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    if !bytes.first().copied().is_some_and(plain) || !bytes.last().copied().is_some_and(plain) {
        return false;
    }
    bytes.split(|b| plain(*b)).all(|separator| {
        matches!(separator, b"" | b"." | b"_" | b"__") || separator.iter().all(|b| *b == b'-')
    })
}

fn check_tag(tag: &str) -> Result<(), &'static str> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let good = tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|b| word(b) || b == b'.' || b == b'-');
    if good {
        Ok(())
    } else {
        Err(
            "the tag may have up to 128 letters, digits, `_`, `.` and `-`, and starts with none of the last two",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        text.parse::<Reference>().map_or_else(|e| e.to_string(), |r| r.to_string())
    }

    #[test]
    fn short_names_get_docker_hubs_defaults() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        for (text, expected) in [
            ("shop", "docker.io/library/shop:latest".to_owned()),
            ("shop:1.0", "docker.io/library/shop:1.0".to_owned()),
            ("team/shop", "docker.io/team/shop:latest".to_owned()),
            ("index.docker.io/team/shop:2", "docker.io/team/shop:2".to_owned()),
            ("localhost/shop:1", "localhost/shop:1".to_owned()),
            ("127.0.0.1:5000/shop:1", "127.0.0.1:5000/shop:1".to_owned()),
            ("[::1]:5000/shop:1", "[::1]:5000/shop:1".to_owned()),
            ("Registry.Example.com/a/b__c/d-e.f:T_1", "registry.example.com/a/b__c/d-e.f:T_1".to_owned()),
            (&format!("r.example.com/shop@{digest}"), format!("r.example.com/shop@{digest}")),
            (&format!("r.example.com:1/shop:1@{digest}"), format!("r.example.com:1/shop:1@{digest}")),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let texts = [
            "",
            "Shop",
            "https://r.example.com/a",
            "r.example.com:x/a",
            "a:",
            "a@sha256:12",
            "a//b",
            "-a",
            "a..b",
            "[::1/x",
        ];
        let answers = texts.map(canonical).join("\n");
        insta::assert_snapshot!(answers, @r"
`` is not an image reference: it is empty
`Shop` is not an image reference: `Shop` has capital letters: repositories are lower case
`https://r.example.com/a` is not an image reference: a reference has no scheme: leave out everything up to `://`
`r.example.com:x/a` is not an image reference: `r.example.com:x` is not a registry: expected HOST or HOST:PORT
`a:` is not an image reference: the tag may have up to 128 letters, digits, `_`, `.` and `-`, and starts with none of the last two
`a@sha256:12` is not an image reference: `sha256:12` is not a digest: expected `sha256:` and 64 lower-case hex digits
`a//b` is not an image reference: `` is not a part of a repository: expected a-z and 0-9, separated by `.`, `_`, `__` or `-`
`-a` is not an image reference: `-a` is not a part of a repository: expected a-z and 0-9, separated by `.`, `_`, `__` or `-`
`a..b` is not an image reference: `a..b` is not a part of a repository: expected a-z and 0-9, separated by `.`, `_`, `__` or `-`
`[::1/x` is not an image reference: `[::1` is not a registry: expected HOST or HOST:PORT
");
    }

    #[test]
    fn a_long_registry_is_refused() {
        let text = format!("{}.example.com/shop", "a".repeat(1000));
        assert!(canonical(&text).ends_with("longer than the name of a host can be"));
        let port = canonical("registry.example.com:0443/shop");
        assert!(port.ends_with("expected HOST or HOST:PORT"), "one port has one spelling: {port}");
    }

    #[test]
    fn nothing_in_an_error_moves_the_cursor() {
        let error = canonical("a.\u{1b}[2J/shop\u{7}");
        assert!(!error.contains(char::is_control), "{error:?}");
    }

    proptest! {
        #[test]
        fn any_text_parses_or_fails(text in "\\PC{0,80}") {
            let _ = text.parse::<Reference>();
        }

        #[test]
        fn the_canonical_form_is_stable(text in "([a-zA-Z0-9.]{1,8}(:[0-9]{1,5})?/)?[a-z0-9._/-]{1,20}(:[a-zA-Z0-9._-]{1,10})?") {
            if let Ok(reference) = text.parse::<Reference>() {
                let again: Reference = reference.to_string().parse().unwrap();
                prop_assert_eq!(again, reference);
            }
        }
    }
}
