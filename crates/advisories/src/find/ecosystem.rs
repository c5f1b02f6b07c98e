//! The names that OSV gives to what a package came from (<https://ossf.github.io/osv-schema/>, "Defined ecosystems").

mod rpm;

use seawall_findings::{Distribution, Package, PackageType};

/// The ecosystems whose advisories judge the package, the most specific first; none where Seawall knows of none.
pub(super) fn names(distribution: Option<&Distribution>, package: &Package) -> Vec<String> {
    let release = |d: &Distribution| (d.id.to_ascii_lowercase(), d.version.trim().to_owned());
    match (package.kind, distribution.map(release)) {
        // Drupal's modules have a registry and advisories of their own.
        (PackageType::Composer, _) if package.name.starts_with("drupal/") => {
            vec!["Packagist".into(), "Packagist:https://packages.drupal.org/8".into()]
        }
        (PackageType::Deb, Some((id, version))) if !version.is_empty() => match id.as_str() {
            "debian" | "raspbian" => vec![format!("Debian:{}", parts(&version, 1))],
            "ubuntu" => ubuntu(&version, &package.version),
            "echo" => vec!["Echo".into()],
            _ => vec![],
        },
        (PackageType::Apk, Some((id, version))) => match id.as_str() {
            // Edge calls itself by the next release's pre-release version, and has no advisories of its own.
            "alpine" if !version.is_empty() && !version.contains('_') => {
                vec![format!("Alpine:v{}", parts(&version, 2))]
            }
            "wolfi" => vec!["Wolfi".into()],
            "chainguard" => vec!["Chainguard".into(), "Wolfi".into()],
            "alpaquita" => vec![format!("Alpaquita:{}", parts(&version, 1)), "Alpaquita".into()],
            "cleanstart" => vec!["CleanStart".into()],
            "minimos" => vec!["MinimOS".into()],
            _ => vec![],
        },
        (PackageType::Rpm, Some((id, version))) => {
            let name = distribution.map_or("", |d| d.pretty_name.as_str());
            rpm::names(&id, &version, name)
        }
        (kind, _) => language(kind).into_iter().map(str::to_owned).collect(),
    }
}

/// Where the packages of a language come from, whatever the distribution.
fn language(kind: PackageType) -> Option<&'static str> {
    Some(match kind {
        PackageType::Npm => "npm",
        PackageType::PyPi => "PyPI",
        PackageType::Golang => "Go",
        PackageType::Cargo => "crates.io",
        PackageType::Gem => "RubyGems",
        PackageType::Composer => "Packagist",
        PackageType::Maven => "Maven",
        PackageType::NuGet => "NuGet",
        PackageType::Hex => "Hex",
        PackageType::Pub => "Pub",
        PackageType::Swift => "SwiftURL",
        PackageType::CocoaPods => "CocoaPods",
        PackageType::Conan => "ConanCenter",
        PackageType::Julia => "Julia",
        // Bitnami judges server software by its upstream version.
        PackageType::Generic => "Bitnami",
        PackageType::Conda | PackageType::Deb | PackageType::Apk | PackageType::Rpm => return None,
    })
}

/// By which names and versions an ecosystem speaks of a package, in turn; the first that an advisory uses decides.
pub(super) fn keys<'a>(ecosystem: &str, package: &'a Package) -> Vec<(&'a str, std::borrow::Cow<'a, str>)> {
    let binary = (package.name.as_str(), package.version.as_str().into());
    if !package.kind.is_os() {
        return vec![binary];
    }
    let name = package.source_name.as_deref().unwrap_or(&package.name);
    let version = package.source_version.as_deref().unwrap_or(&package.version);
    if package.kind != PackageType::Rpm {
        return vec![(name, version.into())];
    }
    rpm::keys(ecosystem, binary, (name, version))
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
    use PackageType::{Apk, Deb, Npm, Rpm};
    use seawall_findings::{Found, Location};

    fn package(kind: PackageType, version: &str) -> Package {
        Package {
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
        }
    }

    #[test]
    fn releases_as_osv_names_them() {
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
        assert_eq!(names("almalinux", "9.4", Rpm, "1"), ["AlmaLinux:9"]);
        assert_eq!(super::names(None, &package(Npm, "1")), ["npm"]);
        assert_eq!(super::names(None, &package(PackageType::Golang, "1")), ["Go"]);
        assert!(super::names(None, &package(Rpm, "1")).is_empty());
        let drupal = Package { name: "drupal/core".into(), ..package(PackageType::Composer, "1") };
        assert_eq!(super::names(None, &drupal), ["Packagist", "Packagist:https://packages.drupal.org/8"]);
    }

    #[test]
    fn which_package_an_advisory_names() {
        let perl = Package {
            name: "perl-Errno".into(),
            source_name: Some("perl".into()),
            source_version: Some("5.26.3-419.el8".into()),
            ..package(Rpm, "1:1.28-419.el8")
        };
        assert_eq!(keys("AlmaLinux:8", &perl), [("perl-Errno", "1:1.28-419.el8".into())]);
        // A source package's file name has no epoch: the binary's is taken for it.
        assert_eq!(
            keys("Rocky Linux:8", &perl),
            [("perl-Errno", "1:1.28-419.el8".into()), ("perl", "1:5.26.3-419.el8".into())]
        );
        let libssl = Package { source_name: Some("openssl".into()), ..package(Deb, "3.0.1-1") };
        assert_eq!(keys("Debian:12", &libssl), [("openssl", "3.0.1-1".into())]);
    }
}
