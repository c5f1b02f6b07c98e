//! The names that OSV gives to a distribution's release.

use seawall_findings::{Distribution, Package, PackageType};

/// The ecosystems whose advisories judge the package, the most specific first; none where Seawall knows of none.
pub(super) fn names(distribution: Option<&Distribution>, package: &Package) -> Vec<String> {
    let release = |d: &Distribution| (d.id.to_ascii_lowercase(), d.version.trim().to_owned());
    match (package.kind, distribution.map(release)) {
        (PackageType::Npm, _) => vec!["npm".into()],
        (PackageType::PyPi, _) => vec!["PyPI".into()],
        (PackageType::Golang, _) => vec!["Go".into()],
        (PackageType::Cargo, _) => vec!["crates.io".into()],
        (PackageType::Gem, _) => vec!["RubyGems".into()],
        // Drupal's modules have a registry and advisories of their own.
        (PackageType::Composer, _) if package.name.starts_with("drupal/") => {
            vec!["Packagist".into(), "Packagist:https://packages.drupal.org/8".into()]
        }
        (PackageType::Composer, _) => vec!["Packagist".into()],
        (PackageType::Maven, _) => vec!["Maven".into()],
        (PackageType::NuGet, _) => vec!["NuGet".into()],
        (PackageType::Deb, Some((id, version))) if !version.is_empty() => match id.as_str() {
            "debian" | "raspbian" => vec![format!("Debian:{}", parts(&version, 1))],
            "ubuntu" => ubuntu(&version, &package.version),
            _ => vec![],
        },
        (PackageType::Apk, Some((id, version))) => match id.as_str() {
            // Edge calls itself by the next release's pre-release version, and has no advisories of its own.
            "alpine" if !version.is_empty() && !version.contains('_') => {
                vec![format!("Alpine:v{}", parts(&version, 2))]
            }
            "wolfi" => vec!["Wolfi".into()],
            "chainguard" => vec!["Chainguard".into(), "Wolfi".into()],
            _ => vec![],
        },
        _ => vec![],
    }
}

/// Long-term releases carry `:LTS` in OSV, whose names for it are tried in turn. A package out of Ubuntu Pro (`esm` in
/// its version) is judged by Pro's advisories first, which know its fixes.
fn ubuntu(version: &str, installed: &str) -> Vec<String> {
    let release = parts(version, 2);
    let mut names = vec![];
    if installed.contains("esm") {
        names.push(format!("Ubuntu:Pro:{release}:LTS"));
    }
    if installed.contains("fips") {
        names.push(format!("Ubuntu:Pro:FIPS-updates:{release}:LTS"));
        names.push(format!("Ubuntu:Pro:FIPS:{release}:LTS"));
    }
    names.push(format!("Ubuntu:{release}:LTS"));
    names.push(format!("Ubuntu:{release}"));
    names
}

/// The first parts of a dotted version.
fn parts(version: &str, count: usize) -> String {
    version.split('.').take(count).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use PackageType::{Apk, Deb, Npm};
    use seawall_findings::{Found, Location};

    #[test]
    fn releases_as_osv_names_them() {
        let package = |kind, version: &str| Package {
            kind,
            name: "x".into(),
            version: version.into(),
            purl: String::new(),
            source_name: None,
            source_version: None,
            architecture: None,
            licences: vec![],
            location: Location::default(),
            found: Found::OsDatabase,
        };
        let names = |id: &str, version: &str, kind, installed| {
            let d = Distribution { id: id.into(), version: version.into(), pretty_name: String::new() };
            super::names(Some(&d), &package(kind, installed))
        };
        assert_eq!(names("debian", "12", Deb, "1"), ["Debian:12"]);
        assert!(names("debian", "", Deb, "1").is_empty());
        assert_eq!(names("ubuntu", "22.04", Deb, "1"), ["Ubuntu:22.04:LTS", "Ubuntu:22.04"]);
        assert_eq!(
            names("ubuntu", "18.04", Deb, "1+esm1"),
            ["Ubuntu:Pro:18.04:LTS", "Ubuntu:18.04:LTS", "Ubuntu:18.04"]
        );
        assert_eq!(names("alpine", "3.19.1", Apk, "1"), ["Alpine:v3.19"]);
        assert_eq!(names("wolfi", "20230201", Apk, "1"), ["Wolfi"]);
        assert!(names("fedora", "40", Apk, "1").is_empty());
        assert_eq!(super::names(None, &package(Npm, "1")), ["npm"]);
        assert_eq!(super::names(None, &package(PackageType::Golang, "1")), ["Go"]);
        let drupal = Package { name: "drupal/core".into(), ..package(PackageType::Composer, "1") };
        assert_eq!(super::names(None, &drupal), ["Packagist", "Packagist:https://packages.drupal.org/8"]);
    }
}
