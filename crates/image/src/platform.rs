//! Platforms, and the choice of one from an index.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ImageError;
use crate::manifest::Descriptor;

/// Operating system, architecture and variant (OCI image specification, image index, `platform`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// `linux`, `windows` …
    pub os: String,
    /// `amd64`, `arm64` … (Go's names).
    pub architecture: String,
    /// `v7`, `v8` …, where it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

impl Platform {
    /// Linux on this machine's architecture: what a cluster of such machines would run.
    pub fn native() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "powerpc64" => "ppc64le",
            other => other,
        };
        Self { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None }
    }

    /// Whether an image for `offered` is what was asked for. A missing variant on either side fits every variant.
    fn fits(&self, offered: &Self) -> bool {
        self.os == offered.os
            && self.architecture == offered.architecture
            && (self.variant.is_none() || offered.variant.is_none() || self.variant == offered.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Platform {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        let good = |part: &&str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
        };
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            [os, architecture] | [os, architecture, _] if parts.iter().all(good) => Ok(Self {
                os: (*os).to_owned(),
                architecture: (*architecture).to_owned(),
                variant: parts.get(2).map(|v| (*v).to_owned()),
            }),
            _ => Err(ImageError::Platform { text: text.chars().take(80).collect() }),
        }
    }
}

/// The manifest of an index for a platform. Without a wish: this machine's, else the only one there is.
pub(crate) fn select<'a>(
    what: &str,
    manifests: &'a [Descriptor],
    wanted: Option<&Platform>,
) -> Result<&'a Descriptor, ImageError> {
    let images: Vec<&Descriptor> = manifests.iter().filter(|d| is_image(d)).collect();
    let native = Platform::native();
    let platform = wanted.unwrap_or(&native);
    let exact = images.iter().find(|d| d.platform.as_ref() == Some(platform));
    let fitting = images.iter().find(|d| d.platform.as_ref().is_some_and(|p| platform.fits(p)));
    if let Some(found) = exact.or(fitting) {
        return Ok(found);
    }
    match images.as_slice() {
        [only] if wanted.is_none() || only.platform.is_none() => Ok(only),
        _ => Err(ImageError::NoPlatform {
            what: what.to_owned(),
            wanted: platform.to_string(),
            available: images.iter().filter_map(|d| d.platform.as_ref()).map(ToString::to_string).collect(),
        }),
    }
}

/// BuildKit lists attestations as manifests for `unknown/unknown`; they are no images.
fn is_image(descriptor: &Descriptor) -> bool {
    descriptor.platform.as_ref().is_none_or(|p| p.os != "unknown")
}

/// The images of an index that were not chosen, by platform.
pub(crate) fn others(manifests: &[Descriptor], chosen: &Descriptor) -> Vec<String> {
    let other = manifests.iter().filter(|d| is_image(d) && d.digest != chosen.digest);
    let name = |d: &Descriptor| d.platform.as_ref().map_or_else(|| d.digest.to_string(), ToString::to_string);
    other.map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::digest_of;

    fn entry(platform: &str) -> Descriptor {
        Descriptor {
            platform: Some(platform.parse().unwrap()),
            ..Descriptor::new("application/vnd.oci.image.manifest.v1+json", digest_of(platform.as_bytes()), 1)
        }
    }

    #[test]
    fn an_index_is_asked_for_a_platform() {
        let index =
            [entry("unknown/unknown"), entry("linux/arm64/v8"), entry("linux/amd64"), entry("linux/arm/v7")];
        let pick = |wanted: &str| {
            select("shop", &index, Some(&wanted.parse().unwrap()))
                .map(|d| d.platform.clone().unwrap().to_string())
        };
        assert_eq!(pick("linux/amd64").unwrap(), "linux/amd64");
        assert_eq!(pick("linux/arm64").unwrap(), "linux/arm64/v8");
        assert!(pick("linux/arm/v6").is_err());
        insta::assert_snapshot!(pick("linux/s390x").unwrap_err(), @"shop has no image for linux/s390x; it has: linux/arm64/v8, linux/amd64, linux/arm/v7");
        assert!(
            select("shop", &index[..2], None).is_ok(),
            "the only image is taken where none was asked for"
        );
        assert_eq!(others(&index, &index[2]), ["linux/arm64/v8", "linux/arm/v7"]);
        assert!("linux".parse::<Platform>().is_err());
        assert!("linux//x".parse::<Platform>().is_err());
    }
}
