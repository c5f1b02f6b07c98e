//! A package as a document tells it, in an inventory's words.

use seawall_findings::{Distribution, LayerRef, Location, Package, PackageType};

use super::property;
use crate::purl;

/// What a document says of a package.
#[derive(Debug, Default)]
pub(crate) struct Component {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) purl: String,
    pub(crate) licences: Vec<String>,
    /// Named values: Seawall's own, and those of other tools that are known.
    pub(crate) properties: Vec<(String, String)>,
}

impl Component {
    fn property(&self, name: &str) -> Option<String> {
        let found = self.properties.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    }

    /// As a package of the purl's kind.
    pub(crate) fn package(self, named: purl::Named) -> Package {
        let (upstream_name, upstream_version) = upstream(&named);
        let layer = self
            .property(property::LAYER_DIFF_ID)
            .or_else(|| self.property("aquasecurity:trivy:LayerDiffID"))
            .or_else(|| self.property("syft:location:0:layerID"))
            .and_then(|text| text.parse().ok())
            .map(|diff_id| LayerRef {
                index: self
                    .property(property::LAYER_INDEX)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or_default(),
                diff_id,
                created_by: self.property(property::LAYER_CREATED_BY),
                base: self.property(property::LAYER_BASE).as_deref() == Some("true"),
            });
        let path = [property::PATH, "aquasecurity:trivy:FilePath", "syft:location:0:path"]
            .into_iter()
            .find_map(|name| self.property(name))
            .unwrap_or_default();
        // The component's own fields keep what a purl's normal form loses.
        let name = match (self.group.as_str(), self.name.as_str()) {
            (_, "") => named.name,
            (group, name) if !group.is_empty() && named.kind == PackageType::Maven => {
                format!("{group}:{name}")
            }
            (group, name) if !group.is_empty() && !named.kind.is_os() && !name.contains('/') => {
                format!("{group}/{name}")
            }
            // Go's and Swift's names are paths, which some tools cut to the last part.
            (_, name) if named.name.ends_with(name) && named.name.len() > name.len() => named.name,
            (_, name) => name.to_owned(),
        };
        let version = if named.version.is_empty() { self.version.clone() } else { named.version };
        let source_name = self
            .property(property::SOURCE_NAME)
            .or_else(|| self.property("aquasecurity:trivy:SrcName"))
            .or(upstream_name)
            .filter(|source| *source != name);
        let source_version = self
            .property(property::SOURCE_VERSION)
            .or_else(|| self.trivy_source_version())
            .or(upstream_version)
            .filter(|source| *source != version);
        Package {
            kind: named.kind,
            source_name,
            source_version,
            architecture: self.property(property::ARCHITECTURE).or(named.architecture),
            found: property::found(self.property(property::FOUND).as_deref()),
            location: Location { path: path.trim_start_matches('/').to_owned(), layer },
            name,
            version,
            purl: self.purl,
            licences: self.licences,
        }
    }

    /// Trivy splits the source's version into three properties.
    fn trivy_source_version(&self) -> Option<String> {
        let mut version = self.property("aquasecurity:trivy:SrcVersion")?;
        if let Some(release) = self.property("aquasecurity:trivy:SrcRelease") {
            version = format!("{version}-{release}");
        }
        if let Some(epoch) = self.property("aquasecurity:trivy:SrcEpoch").filter(|epoch| epoch != "0") {
            version = format!("{epoch}:{version}");
        }
        Some(version)
    }
}

/// The source package of the qualifier `upstream`: `name@version`, or for rpm the source package's file.
fn upstream(named: &purl::Named) -> (Option<String>, Option<String>) {
    let Some(text) = named.upstream.as_deref() else { return (None, None) };
    if named.kind == PackageType::Rpm
        && let Some((name, version)) = crate::rpm::source(text)
    {
        let epoch = named.version.split_once(':').map(|(epoch, _)| epoch);
        let version = epoch.map_or(version.clone(), |epoch| format!("{epoch}:{version}"));
        return (Some(name.to_owned()), Some(version));
    }
    let (name, version) = text.split_once('@').unwrap_or((text, ""));
    (Some(name.to_owned()), Some(version.to_owned()).filter(|version| !version.is_empty()))
}

/// A distribution by the name that a document gives it: other tools have names of their own for what os-release calls
/// otherwise.
pub(crate) fn family(name: &str) -> String {
    let name = name.to_lowercase();
    match name.as_str() {
        "redhat" => "rhel",
        "amazon" => "amzn",
        "oracle" => "ol",
        "alma" => "almalinux",
        "cbl-mariner" => "mariner",
        "azure" => "azurelinux",
        "suse linux enterprise server" | "suse" => "sles",
        "suse linux enterprise micro" => "sle-micro",
        "opensuse.leap" | "opensuse leap" => "opensuse-leap",
        "opensuse.tumbleweed" => "opensuse-tumbleweed",
        _ => return name,
    }
    .to_owned()
}

/// The distribution of an OS package's purl: `debian-12` or `rhel-9.4` of `distro`, or Trivy's bare `3.19.1`.
pub(crate) fn from_purl(namespace: &str, distro: &str) -> Distribution {
    let is_version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let (id, version) = match distro.rsplit_once('-') {
        Some((id, version)) if is_version(version) => (family(id), version.to_owned()),
        _ if is_version(distro) => (family(namespace), distro.to_owned()),
        _ => {
            let named = if distro.is_empty() || !distro.contains(namespace) { namespace } else { distro };
            let rest = distro.strip_prefix(named).unwrap_or(distro);
            (family(named), rest.trim_start_matches('-').to_owned())
        }
    };
    let pretty_name = format!("{id} {version}").trim_end().to_owned();
    Distribution { id, version, pretty_name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_of_purls() {
        let of = |namespace, distro| {
            let found = from_purl(namespace, distro);
            format!("{} {}", found.id, found.version).trim_end().to_owned()
        };
        assert_eq!(of("debian", "debian-12"), "debian 12");
        assert_eq!(of("alpine", "3.19.1"), "alpine 3.19.1");
        assert_eq!(of("alpine", "alpine-3.19.1"), "alpine 3.19.1");
        assert_eq!(of("redhat", "rhel-9.4"), "rhel 9.4");
        assert_eq!(of("redhat", "redhat-8.4"), "rhel 8.4");
        assert_eq!(of("opensuse", "opensuse-leap-15.5"), "opensuse-leap 15.5");
        assert_eq!(of("wolfi", "wolfi"), "wolfi");
        assert_eq!(of("wolfi", ""), "wolfi");
        assert_eq!(of("debian", "jessie"), "debian jessie");
    }
}
