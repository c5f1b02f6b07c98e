//! The configuration: user, ports, volumes, health, age, tag.

use seawall_findings::Finding;
use seawall_findings::Severity::{High, Low, Medium, Negligible};

use super::finding;
use crate::{ImageFacts, Options};

/// Folders of the system that a volume must not cover.
const SYSTEM: &[&str] =
    &["/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/var/run/docker.sock"];

pub(super) fn find(facts: &ImageFacts, options: &Options, found: &mut Vec<Finding>) {
    let user = facts.user.split(':').next().unwrap_or_default().trim();
    if user.is_empty() || user == "root" || user.parse::<u64>() == Ok(0) {
        let said = if user.is_empty() { "no USER, so it is root" } else { "USER is root" };
        found.push(Finding {
            evidence: Some(said.into()),
            ..finding(
                "root-user",
                &["CIS-DI-0001", "DS-0002", "AVD-DS-0002"],
                High,
                "The image runs as root",
                "add a user without privileges and name it by its number: `USER 65532:65532`",
            )
        });
    }
    if facts.healthcheck.is_empty() || facts.healthcheck.first().is_some_and(|word| word == "NONE") {
        found.push(finding(
            "no-healthcheck",
            &["CIS-DI-0006", "DS-0026", "AVD-DS-0026"],
            Negligible,
            "The image says nothing of its health (Kubernetes asks by probes of its own)",
            "add a HEALTHCHECK, or probes to the workload",
        ));
    }
    for port in &facts.exposed_ports {
        if matches!(port.split('/').next(), Some("22" | "2222" | "23")) {
            found.push(Finding {
                evidence: Some(super::short(port, 40)),
                ..finding(
                    "remote-login-port",
                    &["DS-0004", "AVD-DS-0004"],
                    Medium,
                    "The image offers a remote login",
                    "use `kubectl exec` or `kubectl debug` instead of a login of its own",
                )
            });
        }
    }
    for volume in &facts.volumes {
        let plain = volume.trim_end_matches('/');
        if SYSTEM.contains(&if plain.is_empty() { "/" } else { plain }) {
            found.push(Finding {
                evidence: Some(super::short(volume, 80)),
                ..finding(
                    "sensitive-volume",
                    &["DKL-DI-0002"],
                    Medium,
                    "A volume covers a folder of the system",
                    "use a folder of the application's own",
                )
            });
        }
    }
    if facts.age_days.is_some_and(|days| days > options.max_age_days) {
        let days = facts.age_days.unwrap_or_default();
        found.push(Finding {
            evidence: Some(format!("built {days} days ago")),
            ..finding(
                "old-image",
                &["CIS-DI-0004"],
                if days > options.max_age_days * 4 { Medium } else { Low },
                "The image was built long ago: what its base mended since is missing",
                "build it anew on the current base",
            )
        });
    }
    if facts.os_packages > options.max_packages {
        found.push(Finding {
            evidence: Some(format!("{} packages of the distribution", facts.os_packages)),
            ..finding(
                "many-packages",
                &["CIS-DI-0003"],
                Low,
                "The image has more packages than an application needs",
                "copy the application into a minimal base",
            )
        });
    }
    let base = facts.labels.get("org.opencontainers.image.base.name");
    for (what, reference) in [("the image", Some(&facts.reference)), ("its base", base)] {
        let Some(reference) = reference.filter(|reference| !reference.is_empty()) else { continue };
        let name = reference.split('@').next().unwrap_or(reference);
        let last = name.rsplit('/').next().unwrap_or(name);
        let tag = last.split_once(':').map(|(_, tag)| tag);
        let pinned = reference.contains("@sha256:");
        if tag == Some("latest") || tag.is_none() && !pinned {
            found.push(Finding {
                evidence: Some(super::short(reference, 200)),
                ..finding(
                    "latest-tag",
                    &["DKL-DI-0006", "DS-0001", "AVD-DS-0001"],
                    Low,
                    format!("The tag of {what} is `latest`: tomorrow it is another one"),
                    "name a version, and pin the digest",
                )
            });
        }
    }
    let words: Vec<&str> = facts.entrypoint.iter().map(String::as_str).collect();
    if let [shell, "-c", ..] = words.as_slice()
        && shell.ends_with("sh")
    {
        found.push(finding(
            "shell-form",
            &["DL3025"],
            Low,
            "The entrypoint goes through a shell: signals do not reach the application",
            "write it as a list: `ENTRYPOINT [\"/app\"]`",
        ));
    }
}
