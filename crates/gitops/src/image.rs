//! Image references as manifests write them, compared in their full form.

use seawall_findings::Digest;

use crate::GitopsError;

/// A repository in its full form: `docker.io/library/nginx` of `nginx` (distribution/reference, "familiar names").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageName(String);

impl ImageName {
    /// From a repository without tag and digest; `None` where the text is no repository.
    pub fn parse(text: &str) -> Option<Self> {
        let (registry, path) = match text.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
            _ => ("docker.io", text),
        };
        let registry = match registry {
            "index.docker.io" | "registry-1.docker.io" => "docker.io",
            other => other,
        };
        let good_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
                && part.starts_with(|c: char| c.is_ascii_alphanumeric())
        };
        let good_host = registry.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b));
        if !good_host || text.len() > 255 || !path.split('/').all(good_part) {
            return None;
        }
        let library = if registry == "docker.io" && !path.contains('/') { "library/" } else { "" };
        Some(Self(format!("{}/{library}{path}", registry.to_ascii_lowercase())))
    }

    /// The full form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part: `shop` of `registry.example.com/team/shop`.
    pub fn short(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

/// What is promoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whose references are changed.
    pub image: ImageName,
    /// The new tag.
    pub tag: String,
    /// What the tag must be.
    pub digest: Digest,
}

impl Target {
    /// From a repository without tag or digest, a tag, and a digest.
    pub fn new(image: &str, tag: &str, digest: Digest) -> Result<Self, GitopsError> {
        let written = split(image);
        if written.tag.is_some() || written.digest.is_some() {
            return Err(GitopsError::input(
                "image",
                image,
                "give the repository alone, without tag or digest",
            ));
        }
        let image = ImageName::parse(image).ok_or_else(|| {
            GitopsError::input(
                "image",
                image,
                "expected a repository such as `registry.example.com/team/shop`",
            )
        })?;
        let good = !tag.is_empty()
            && tag.len() <= 128
            && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && !tag.starts_with(['.', '-']);
        if !good {
            let why =
                "expected up to 128 letters, digits, `_`, `.` and `-` (OCI distribution spec, \"tags\")";
            return Err(GitopsError::input("tag", tag, why));
        }
        Ok(Self { image, tag: tag.to_owned(), digest })
    }
}

/// A reference taken apart, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written<'a> {
    pub(crate) repository: &'a str,
    pub(crate) tag: Option<&'a str>,
    pub(crate) digest: Option<&'a str>,
}

pub(crate) fn split(text: &str) -> Written<'_> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    match rest.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => Written { repository, tag: Some(tag), digest },
        _ => Written { repository: rest, tag: None, digest },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_full() {
        let full = |text: &str| ImageName::parse(text).map(|name| name.0).unwrap_or_default();
        assert_eq!(full("nginx"), "docker.io/library/nginx");
        assert_eq!(full("docker.io/nginx"), "docker.io/library/nginx");
        assert_eq!(full("index.docker.io/library/nginx"), "docker.io/library/nginx");
        assert_eq!(full("team/shop"), "docker.io/team/shop");
        assert_eq!(full("localhost/shop"), "localhost/shop");
        assert_eq!(full("127.0.0.1:5000/shop"), "127.0.0.1:5000/shop");
        assert_eq!(full("Registry.example.com/shop"), "registry.example.com/shop");
        for bad in ["", "/", "a//b", "Shop", "shop/{{x}}", "$(IMAGE)", "a b"] {
            assert_eq!(full(bad), "", "{bad}");
        }
        let written = split("127.0.0.1:5000/shop:1.0@sha256:ab");
        assert_eq!(
            (written.repository, written.tag, written.digest),
            ("127.0.0.1:5000/shop", Some("1.0"), Some("sha256:ab"))
        );
        assert_eq!(split("127.0.0.1:5000/shop").tag, None);
    }

    #[test]
    fn targets_are_checked() {
        let digest: Digest = format!("sha256:{}", "ab".repeat(32)).parse().unwrap();
        assert!(Target::new("shop", "1.1", digest.clone()).is_ok());
        assert!(Target::new("shop:1.0", "1.1", digest.clone()).is_err());
        assert!(Target::new("shop", "1.1\nx", digest.clone()).is_err());
        assert!(Target::new("shop", "", digest).is_err());
    }
}
