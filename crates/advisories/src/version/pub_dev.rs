//! Dart's order (<https://pub.dev/documentation/pub_semver/latest/>): semantic versions, and unlike there the build
//! counts: `1.0.0 < 1.0.0+1`.

use std::cmp::Ordering;

use super::semver;

/// Compares two versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let build = |text: &str| text.split_once('+').map(|(_, build)| build.trim().to_owned());
    semver::compare(a, b).then_with(|| match (build(a), build(b)) {
        (Some(a), Some(b)) => semver::prereleases(&a, &b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    })
}
