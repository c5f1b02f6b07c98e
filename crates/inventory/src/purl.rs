//! Package URLs (<https://github.com/package-url/purl-spec>), written and read: any of them as its parts ([`Purl`]), and
//! those of packages that an inventory knows in its words ([`parse`]).

mod spec;
mod types;

pub use spec::Purl;

use seawall_findings::{Distribution, PackageType};

/// `pkg:deb/debian/bsdutils@2.38.1-5%2Bb1?arch=amd64&distro=debian-12&epoch=1`. The epoch is a qualifier, as in the
/// purls that Trivy writes, so that both tools' documents name a package alike; [`parse`] reads an epoch in the version
/// (purl-spec's own deb examples, Syft) as well.
pub fn deb(
    name: &str,
    version: &str,
    architecture: Option<&str>,
    distribution: Option<&Distribution>,
) -> String {
    let (epoch, version) = split_epoch(version);
    let namespace = distribution.map_or("debian", |distribution| distribution.id.as_str());
    os("deb", namespace, name, version, epoch, architecture, distribution)
}

/// `pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1`.
pub fn apk(
    name: &str,
    version: &str,
    architecture: Option<&str>,
    distribution: Option<&Distribution>,
) -> String {
    let namespace = distribution.map_or("alpine", |distribution| distribution.id.as_str());
    os("apk", namespace, name, version, None, architecture, distribution)
}

/// What an rpm package's purl is made of.
#[derive(Clone, Copy, Debug)]
pub struct Rpm<'a> {
    /// Its name.
    pub name: &'a str,
    /// Version and release, without the epoch.
    pub version: &'a str,
    /// The epoch, where there is one.
    pub epoch: Option<u32>,
    /// `x86_64`, `noarch` …
    pub architecture: Option<&'a str>,
    /// The source package's file (`openssl-1.1.1k-9.el8_7.src.rpm`).
    pub source: Option<&'a str>,
    /// The modularity label (`nodejs:18:8090020240301:a75119d5`).
    pub module: Option<&'a str>,
    /// The distribution.
    pub distribution: Option<&'a Distribution>,
}

/// `pkg:rpm/redhat/openssl-libs@1.1.1k-9.el8_7?arch=x86_64&distro=rhel-8.9&epoch=1&upstream=openssl-1.1.1k-9.el8_7.src.rpm`.
/// The namespace is the vendor (purl-spec, "rpm"); `upstream` and `rpmmod` are Syft's qualifiers.
pub fn rpm(rpm: &Rpm<'_>) -> String {
    let id = rpm.distribution.map_or("", |distribution| distribution.id.as_str());
    let namespace = match id {
        "rhel" => "redhat",
        "amzn" => "amazon",
        "ol" => "oracle",
        "sles" | "sle-micro" | "sl-micro" => "suse",
        id if id.starts_with("opensuse") => "opensuse",
        id => id,
    };
    let epoch = rpm.epoch.map(|epoch| epoch.to_string());
    let distro = rpm.distribution.map(distro);
    let qualifiers = [
        ("arch", rpm.architecture),
        ("distro", distro.as_deref()),
        ("epoch", epoch.as_deref()),
        ("rpmmod", rpm.module),
        ("upstream", rpm.source),
    ];
    build("rpm", Some(namespace), rpm.name, rpm.version, &qualifiers)
}

/// `debian-12`.
fn distro(distribution: &Distribution) -> String {
    if distribution.version.is_empty() {
        distribution.id.clone()
    } else {
        format!("{}-{}", distribution.id, distribution.version)
    }
}

/// `pkg:npm/%40babel/core@7.23.0`.
pub fn npm(name: &str, version: &str) -> String {
    let (namespace, name) = match name.split_once('/') {
        Some((scope, name)) if scope.starts_with('@') => (Some(scope), name),
        _ => (None, name),
    };
    build("npm", namespace, name, version, &[])
}

/// Of a language's package: `pkg:pypi/jinja2@3.1.2`, `pkg:golang/golang.org/x/net@v0.17.0`,
/// `pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1` (whose name is `group:artifact`), `pkg:npm/%40babel/core@7.23.0`.
pub fn language(
    kind: PackageType,
    name: &str,
    version: &str,
    qualifier: Option<(&'static str, &str)>,
) -> String {
    let split = |text: &str, at: char| match text.rsplit_once(at) {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, text.to_owned()),
    };
    if let (PackageType::CocoaPods, Some((name, part))) = (kind, name.split_once('/')) {
        // A part of a pod is a path in it (purl-spec, "cocoapods").
        let (name, version) = (name.to_owned(), version.to_owned());
        let subpath = part.to_owned();
        return Purl { kind: kind.to_string(), name, version, subpath, ..Purl::default() }.to_string();
    }
    let (namespace, name) = match kind {
        PackageType::Golang | PackageType::Npm | PackageType::Swift | PackageType::Composer => {
            split(name, '/')
        }
        PackageType::Maven => split(name, ':'),
        _ => (None, name.to_owned()),
    };
    let qualifier = qualifier.map(|(key, value)| (key, Some(value)));
    build(kind.as_str(), namespace.as_deref(), &name, version, qualifier.as_slice())
}

/// `pkg:oci/shop@sha256:…?arch=amd64&repository_url=registry.example.com%2Fshop&tag=1.0`, of an image's repository,
/// digest, architecture and tag.
pub fn oci(repository: &str, digest: &str, architecture: Option<&str>, tag: Option<&str>) -> String {
    let name = repository.rsplit('/').next().unwrap_or(repository).to_lowercase();
    let qualifiers = [("arch", architecture), ("repository_url", Some(repository)), ("tag", tag)];
    build("oci", None, &name, digest, &qualifiers)
}

fn os(
    kind: &'static str,
    namespace: &str,
    name: &str,
    version: &str,
    epoch: Option<&str>,
    architecture: Option<&str>,
    distribution: Option<&Distribution>,
) -> String {
    let distro = distribution.map(distro);
    let qualifiers = [("arch", architecture), ("distro", distro.as_deref()), ("epoch", epoch)];
    build(kind, Some(namespace), name, version, &qualifiers)
}

fn build(
    kind: &'static str,
    namespace: Option<&str>,
    name: &str,
    version: &str,
    qualifiers: &[(&'static str, Option<&str>)],
) -> String {
    let qualifiers =
        qualifiers.iter().filter_map(|(key, value)| Some(((*key).to_owned(), (*value)?.to_owned())));
    let purl = Purl {
        kind: kind.to_owned(),
        namespace: namespace.unwrap_or_default().to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        qualifiers: qualifiers.filter(|(_, value)| !value.is_empty()).collect(),
        subpath: String::new(),
    };
    purl.normalised().to_string()
}

/// `1:2.3-4` → `1`, `2.3-4` (deb-version(7)).
fn split_epoch(version: &str) -> (Option<&str>, &str) {
    match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(epoch).filter(|epoch| *epoch != "0"), rest)
        }
        _ => (None, version),
    }
}

/// What a purl says, in the words of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its type.
    pub kind: PackageType,
    /// With its scope (npm), vendor (Composer), group (Maven, before a colon) or path (Go).
    pub name: String,
    /// With its epoch, for deb; empty where the purl gives none.
    pub version: String,
    /// The `arch` qualifier.
    pub architecture: Option<String>,
    /// The `upstream` qualifier (Syft): name and version of the source package, joined by `@`.
    pub upstream: Option<String>,
    /// Namespace and `distro` qualifier of an OS package.
    pub distribution: Option<(String, String)>,
}

/// Every kind that an inventory has.
const KINDS: [PackageType; 19] = [
    PackageType::Deb,
    PackageType::Apk,
    PackageType::Rpm,
    PackageType::Npm,
    PackageType::PyPi,
    PackageType::Golang,
    PackageType::Cargo,
    PackageType::Gem,
    PackageType::Composer,
    PackageType::Maven,
    PackageType::NuGet,
    PackageType::Hex,
    PackageType::Pub,
    PackageType::Swift,
    PackageType::CocoaPods,
    PackageType::Conan,
    PackageType::Conda,
    PackageType::Julia,
    PackageType::Generic,
];

/// Reads a purl; `None` for a type that this version does not know, or a text that is no purl.
pub fn parse(text: &str) -> Option<Named> {
    let purl = Purl::lenient(text).ok()?;
    let kind = KINDS.into_iter().find(|kind| kind.as_str() == purl.kind)?;
    let qualifier = |key: &str| purl.qualifiers.get(key).cloned();
    let has_scope = matches!(
        kind,
        PackageType::Npm
            | PackageType::Golang
            | PackageType::Composer
            | PackageType::Swift
            | PackageType::Hex
    );
    let name = match purl.namespace.as_str() {
        "" => purl.name.clone(),
        scope if has_scope => format!("{scope}/{}", purl.name),
        group if kind == PackageType::Maven => format!("{group}:{}", purl.name),
        _ => purl.name.clone(),
    };
    let name = match purl.subpath.as_str() {
        "" => name,
        part if kind == PackageType::CocoaPods => format!("{name}/{part}"),
        _ => name,
    };
    let mut version = purl.version.clone();
    if let Some(epoch) = qualifier("epoch").filter(|epoch| epoch != "0" && !version.contains(':')) {
        version = format!("{epoch}:{version}");
    }
    let distribution = (kind.is_os() && !purl.namespace.is_empty())
        .then(|| (purl.namespace.clone(), qualifier("distro").unwrap_or_default()));
    Some(Named {
        kind,
        name,
        version,
        architecture: qualifier("arch"),
        upstream: qualifier("upstream"),
        distribution,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debian() -> Distribution {
        Distribution { id: "debian".into(), version: "12".into(), pretty_name: String::new() }
    }

    #[test]
    fn purls_are_exact() {
        let debian = debian();
        assert_eq!(
            deb("bsdutils", "1:2.38.1-5+b1", Some("amd64"), Some(&debian)),
            "pkg:deb/debian/bsdutils@2.38.1-5%2Bb1?arch=amd64&distro=debian-12&epoch=1"
        );
        assert_eq!(
            deb("libstdc++6", "12.2.0-14~deb12u1", Some("amd64"), Some(&debian)),
            "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14~deb12u1?arch=amd64&distro=debian-12"
        );
        let rolling = Distribution { id: "wolfi".into(), version: String::new(), pretty_name: String::new() };
        assert_eq!(apk("musl", "1.2.4-r2", None, Some(&rolling)), "pkg:apk/wolfi/musl@1.2.4-r2?distro=wolfi");
        assert_eq!(apk("musl", "1.2.4-r2", Some("x86_64"), None), "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64");
        assert_eq!(npm("@babel/core", "7.23.0"), "pkg:npm/%40babel/core@7.23.0");
        assert_eq!(npm("lodash", "4.17.15"), "pkg:npm/lodash@4.17.15");
        assert_eq!(
            oci("registry.example.com:5000/team/shop", "sha256:00", Some("amd64"), Some("1.0")),
            "pkg:oci/shop@sha256:00?arch=amd64&repository_url=registry.example.com:5000%2Fteam%2Fshop&tag=1.0"
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let named = parse(&deb("bsdutils", "1:2.38.1-5+b1", Some("amd64"), Some(&debian()))).unwrap();
        assert_eq!((named.name.as_str(), named.version.as_str()), ("bsdutils", "1:2.38.1-5+b1"));
        assert_eq!(named.distribution, Some(("debian".into(), "debian-12".into())));
        assert_eq!(parse("pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64").unwrap().version, "1:2.4.47-2+b1");
        assert_eq!(parse("pkg:npm/%40babel/core@7.23.0").unwrap().name, "@babel/core");
        assert_eq!(parse("pkg:docker/x@1"), None);
        for (kind, name, version, purl) in [
            (PackageType::PyPi, "Flask_Login", "0.6.2", "pkg:pypi/flask-login@0.6.2"),
            (PackageType::Golang, "golang.org/x/net", "v0.17.0", "pkg:golang/golang.org/x/net@v0.17.0"),
            (PackageType::Golang, "stdlib", "1.21.3", "pkg:golang/stdlib@1.21.3"),
            (PackageType::Cargo, "serde", "1.0.0", "pkg:cargo/serde@1.0.0"),
            (PackageType::Gem, "rack", "2.2.3", "pkg:gem/rack@2.2.3"),
            (PackageType::Composer, "guzzlehttp/psr7", "1.8.3", "pkg:composer/guzzlehttp/psr7@1.8.3"),
            (
                PackageType::Maven,
                "org.apache.logging.log4j:log4j-core",
                "2.14.1",
                "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
            ),
            (PackageType::NuGet, "Newtonsoft.Json", "13.0.1", "pkg:nuget/Newtonsoft.Json@13.0.1"),
        ] {
            assert_eq!(language(kind, name, version, None), purl);
            let named = parse(purl).unwrap();
            assert_eq!((named.kind, named.version.as_str()), (kind, version));
            if kind != PackageType::PyPi {
                assert_eq!(named.name, name);
            }
        }
        assert_eq!(parse("nonsense"), None);
    }
}
