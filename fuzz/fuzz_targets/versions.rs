//! Version order: antisymmetric, whatever the texts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_advisories::compare;
use seawall_findings::PackageType;

fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let (a, b) = text.split_once('\n').unwrap_or((text, ""));
    let kinds = [
        PackageType::Deb,
        PackageType::Apk,
        PackageType::Rpm,
        PackageType::Npm,
        PackageType::PyPi,
        PackageType::Gem,
        PackageType::Composer,
        PackageType::Maven,
        PackageType::NuGet,
        PackageType::Pub,
        PackageType::Generic,
    ];
    let kind = kinds[usize::from(*kind) % kinds.len()];
    assert_eq!(compare(kind, a, b), compare(kind, b, a).reverse(), "{a:?} {b:?}");
    assert_eq!(compare(kind, a, a), std::cmp::Ordering::Equal);
});
