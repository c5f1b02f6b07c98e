//! The same finding in two reports.

use sha2::{Digest as _, Sha256};

use crate::{Finding, Subject};

/// A hash of what stays when a subject is scanned again: the finding's id, the package without its version (or the
/// line's file), and where it is. Lines move when a file is edited, so they are not in it.
pub(crate) fn fingerprint(subject: &Subject, finding: &Finding) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    add(subject_key(subject));
    add(&finding.id);
    if let Some(package) = &finding.package {
        add(package.kind.as_str());
        add(&package.name);
    }
    add(&finding.location.path);
    hash.finalize().into()
}

/// What the subject is called whatever its version: the repository of an image, the path of a folder.
fn subject_key(subject: &Subject) -> &str {
    match subject {
        Subject::Image { reference, .. } => repository(reference),
        Subject::Directory { path } | Subject::Manifest { path } | Subject::Sbom { path } => path,
        Subject::Repository { url, .. } => url,
        Subject::Workload { name, .. } => name,
    }
}

/// `registry.example.com:5000/team/shop` of `registry.example.com:5000/team/shop:1.0@sha256:…`.
pub(crate) fn repository(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

/// Lower-case hex of the first bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_tag() {
        assert_eq!(repository("127.0.0.1:5000/shop"), "127.0.0.1:5000/shop");
        assert_eq!(repository("127.0.0.1:5000/shop:1.0"), "127.0.0.1:5000/shop");
        assert_eq!(repository("a/shop:1.0@sha256:00"), "a/shop");
        assert_eq!(hex(&[0x0a, 0xff]), "0aff");
    }
}
