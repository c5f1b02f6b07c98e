//! The distributions that install with rpm.

use std::borrow::Cow;

use super::parts;

/// The repositories of Red Hat Enterprise Linux, as its CPEs name them, from release 8 on.
const RHEL: [&str; 11] = [
    "",
    "::baseos",
    "::appstream",
    "::crb",
    "::highavailability",
    "::resilientstorage",
    "::nfv",
    "::realtime",
    "::sap",
    "::sap_hana",
    "::supplementary",
];
/// The variants of Red Hat Enterprise Linux up to release 7.
const OLD_RHEL: [&str; 5] = ["", "::server", "::client", "::workstation", "::computenode"];

/// The products of SUSE Linux Enterprise that share one code base.
const SLE: [&str; 18] = [
    "Server",
    "Module for Basesystem",
    "Module for Server Applications",
    "Module for Development Tools",
    "Module for Containers",
    "Module for Python 3",
    "Module for Web and Scripting",
    "Module for Public Cloud",
    "Module for Legacy",
    "Module for Desktop Applications",
    "Module for Package Hub",
    "Server for SAP Applications",
    "High Performance Computing",
    "High Availability Extension",
    "Software Development Kit",
    "Desktop",
    "Workstation Extension",
    "Live Patching",
];

/// Names of the release, the most specific first. `id` is in small letters.
pub(super) fn names(id: &str, version: &str, pretty_name: &str) -> Vec<String> {
    let major = parts(version, 1);
    if version.is_empty() && id != "opensuse-tumbleweed" {
        return vec![];
    }
    match id {
        "rhel" | "redhat" | "centos" => red_hat(version, &major),
        "almalinux" => vec![format!("AlmaLinux:{major}")],
        "rocky" => vec![format!("Rocky Linux:{major}")],
        "ol" => vec![format!("Oracle Linux:{major}")],
        "amzn" => vec![format!("Amazon Linux:{major}")],
        "mariner" | "azurelinux" => vec![format!("Azure Linux:{major}"), format!("Azure Linux:{version}")],
        "photon" => vec![format!("Photon OS:{}", parts(version, 2))],
        "mageia" => vec![format!("Mageia:{major}")],
        "openeuler" => open_euler(version, pretty_name),
        "opensuse-tumbleweed" => vec!["openSUSE:Tumbleweed".into()],
        "opensuse-leap" | "opensuse" => vec![format!("openSUSE:Leap {version}")],
        "opensuse-leap-micro" | "leap-micro" => vec![format!("openSUSE:Leap Micro {version}")],
        "sle-micro" | "suse-microos" | "sle-micro-rancher" => {
            vec![format!("SUSE:Linux Enterprise Micro {version}")]
        }
        "sl-micro" => vec![format!("SUSE:Linux Micro {version}")],
        "sles" | "sled" | "sles_sap" | "sle_hpc" | "sle-hpc" => suse(version),
        _ => vec![],
    }
}

fn red_hat(version: &str, major: &str) -> Vec<String> {
    let of = |release: &str, kinds: &[&str]| -> Vec<String> {
        kinds.iter().map(|kind| format!("Red Hat:enterprise_linux:{release}{kind}")).collect()
    };
    match major.parse::<u32>() {
        Ok(0..=7) => of(major, &OLD_RHEL),
        // From 10 on the CPE holds the minor release.
        Ok(10..) => [of(&parts(version, 2), &RHEL), of(major, &RHEL)].concat(),
        _ => of(major, &RHEL),
    }
}

/// `15.5` is `15 SP5`.
fn suse(version: &str) -> Vec<String> {
    let release = match version.split_once('.') {
        Some((major, pack)) if pack != "0" => format!("{major} SP{pack}"),
        _ => parts(version, 1),
    };
    let products = SLE.iter().map(|product| format!("SUSE:Linux Enterprise {product} {release}"));
    let longer =
        ["LTSS", "ESPOS", "BCL"].map(|kind| format!("SUSE:Linux Enterprise Server {release}-{kind}"));
    products.chain(longer).collect()
}

/// `22.03 (LTS-SP1)` in the name for people is `22.03-LTS-SP1`.
fn open_euler(version: &str, pretty_name: &str) -> Vec<String> {
    let pack = pretty_name.split_once('(').and_then(|(_, rest)| rest.split(')').next());
    match pack.map(str::trim).filter(|pack| !pack.is_empty()) {
        Some(pack) => vec![format!("openEuler:{version}-{pack}"), format!("openEuler:{version}")],
        None => vec![format!("openEuler:{version}"), format!("openEuler:{version}-LTS")],
    }
}

/// Red Hat and AlmaLinux name binary packages, whose versions may differ from their source's. The others name source
/// packages, some of them binary ones as well.
pub(super) fn keys<'a>(
    ecosystem: &str,
    binary: (&'a str, Cow<'a, str>),
    source: (&'a str, &'a str),
) -> Vec<(&'a str, Cow<'a, str>)> {
    if ecosystem.starts_with("Red Hat") || ecosystem.starts_with("AlmaLinux") || binary.0 == source.0 {
        return vec![binary];
    }
    let (name, version) = source;
    // The file name that a binary keeps of its source has no epoch.
    let epoch = binary.1.split_once(':').map(|(epoch, _)| epoch).filter(|_| !version.contains(':'));
    let version = match epoch {
        Some(epoch) => Cow::Owned(format!("{epoch}:{version}")),
        None => Cow::Borrowed(version),
    };
    vec![binary, (name, version)]
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn releases_as_osv_names_them() {
        assert_eq!(names("rocky", "9.3", ""), ["Rocky Linux:9"]);
        assert!(names("rhel", "9.4", "").contains(&"Red Hat:enterprise_linux:9::baseos".to_owned()));
        assert!(names("centos", "7", "").contains(&"Red Hat:enterprise_linux:7::server".to_owned()));
        assert!(names("rhel", "10.1", "").contains(&"Red Hat:enterprise_linux:10.1".to_owned()));
        assert!(
            names("sles", "15.5", "")
                .contains(&"SUSE:Linux Enterprise Module for Basesystem 15 SP5".to_owned())
        );
        assert_eq!(names("opensuse-leap", "15.6", ""), ["openSUSE:Leap 15.6"]);
        assert_eq!(names("opensuse-tumbleweed", "", ""), ["openSUSE:Tumbleweed"]);
        assert_eq!(names("photon", "4.0", ""), ["Photon OS:4.0"]);
        assert_eq!(names("azurelinux", "3.0", "")[0], "Azure Linux:3");
        assert_eq!(names("openeuler", "22.03", "openEuler 22.03 (LTS-SP1)")[0], "openEuler:22.03-LTS-SP1");
        assert!(names("fedora", "40", "").is_empty());
    }
}
