//! Whether a statement's product is what a finding is about.

use seawall_findings::{Digest, Report, Subject};
use seawall_inventory::purl::Purl;

use crate::document::{Document, Product, Statement};

/// What a report is about, as products name it.
pub(crate) struct Image<'a> {
    /// `registry.example.com/team/shop:1.0`; empty where the subject is no image.
    reference: &'a str,
    /// `registry.example.com/team/shop`.
    repository: &'a str,
    digests: Vec<&'a str>,
}

impl<'a> Image<'a> {
    pub(crate) fn of(report: &'a Report) -> Self {
        match &report.subject {
            Subject::Image { reference, digest, manifest, .. } => {
                let digests = std::iter::once(digest).chain(manifest).map(Digest::as_str);
                Self { reference, repository: repository(reference), digests: digests.collect() }
            }
            _ => Self { reference: "", repository: "", digests: vec![] },
        }
    }

    fn is(&self, product: &Product) -> bool {
        let named = |name: &String| !self.reference.is_empty() && name == self.reference;
        product.digests.iter().any(|digest| self.digests.contains(&digest.as_str()))
            || product.names.iter().any(named)
            || product.purls.iter().any(|purl| self.is_purl(purl))
    }

    /// `pkg:oci/shop@sha256:…?repository_url=registry.example.com/team/shop`: what the purl states must be so. The tag
    /// moves: it says something only with a digest, or where the report was asked for by it.
    fn is_purl(&self, purl: &Purl) -> bool {
        if !matches!(purl.kind.as_str(), "oci" | "docker") || self.digests.is_empty() {
            return false;
        }
        let name = self.repository.rsplit('/').next().unwrap_or_default();
        let digest = self.digests.contains(&purl.version.as_str());
        let qualifier = |key: &str| purl.qualifiers.get(key).map(String::as_str);
        let repository = qualifier("repository_url").is_none_or(|url| {
            let url = url.trim_start_matches("https://").trim_end_matches('/');
            url == self.repository || format!("{url}/{}", purl.name) == self.repository
        });
        let version = match purl.version.as_str() {
            "" => qualifier("tag").is_none_or(|tag| self.reference.ends_with(&format!(":{tag}"))),
            version if version.starts_with("sha256:") => digest,
            tag => self.reference.ends_with(&format!(":{tag}")),
        };
        purl.name.eq_ignore_ascii_case(name) && repository && version
    }
}

/// Without the tag and the digest; a port is no tag.
fn repository(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

/// Whether a statement about the finding's vulnerability speaks of its package: as a product, or as a part of the image.
pub(crate) fn speaks_of(
    document: &Document,
    statement: &Statement,
    image: &Image<'_>,
    package: Option<&Purl>,
) -> bool {
    if statement.products.is_empty() {
        return document.attached;
    }
    let is_package = |product: &Product| {
        package.is_some_and(|package| product.purls.iter().any(|purl| covers(purl, package)))
    };
    statement.products.iter().any(|product| {
        (image.is(product) && (product.parts.is_empty() || product.parts.iter().any(is_package)))
            // A package as the product: its parts, where it has any, must be the package itself.
            || (is_package(product) && (product.parts.is_empty() || product.parts.iter().any(is_package)))
    })
}

/// Whether everything that the statement's purl states is so of the package's: its version, qualifiers and subpath where
/// it has any. What it does not state, it leaves open.
fn covers(stated: &Purl, package: &Purl) -> bool {
    // Some write the vendor's name as namespace, some the distribution's.
    let qualifier = |(key, value): (&String, &String)| {
        // Where it was fetched from says nothing of what it is.
        matches!(key.as_str(), "repository_url" | "download_url" | "vcs_url")
            || package.qualifiers.get(key).is_some_and(|own| own == value)
    };
    stated.kind == package.kind
        && stated.namespace == package.namespace
        && stated.name == package.name
        && (stated.version.is_empty() || stated.version == package.version)
        && stated.qualifiers.iter().all(qualifier)
        && (stated.subpath.is_empty() || stated.subpath == package.subpath)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purl_covers_what_it_leaves_open() {
        let covers = |stated: &str| {
            let package = Purl::parse("pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12").unwrap();
            super::covers(&Purl::lenient(stated).unwrap(), &package)
        };
        for stated in [
            "pkg:deb/debian/openssl",
            "pkg:deb/debian/openssl@3.0.11-1",
            "pkg:deb/debian/openssl?arch=amd64",
            "pkg:deb/debian/openssl@3.0.11-1?distro=debian-12&arch=amd64",
        ] {
            assert!(covers(stated), "{stated}");
        }
        for stated in [
            "pkg:deb/ubuntu/openssl",
            "pkg:deb/debian/libssl3",
            "pkg:deb/debian/openssl@3.0.11",
            "pkg:deb/debian/openssl?arch=arm64",
            "pkg:deb/debian/openssl?arch=amd64&epoch=1",
            "pkg:rpm/debian/openssl",
        ] {
            assert!(!covers(stated), "{stated}");
        }
    }
}
