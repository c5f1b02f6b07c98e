//! Secrets in the configuration: everybody who may pull the image may read it.

use seawall_findings::Severity::High;
use seawall_findings::{Finding, FindingKind};
use seawall_secrets::Scanner;

use super::{CONFIGURATION, finding, short};
use crate::ImageFacts;

/// What a variable's name ends with when its value is a secret.
const NAMES: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "SECRET_KEY",
    "TOKEN",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "CREDENTIALS",
];

pub(super) fn find(facts: &ImageFacts, scanner: Option<&Scanner>, found: &mut Vec<Finding>) {
    for variable in &facts.env {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        if !secrets(scanner, "image.env", variable, &format!("ENV {}", short(name, 80)), found)
            && named(name, value)
        {
            found.push(secret(
                "env-secret",
                &format!("ENV {}", short(name, 80)),
                "A variable of the image holds a secret by its name",
                value,
            ));
        }
    }
    for (index, step) in facts.history.iter().enumerate() {
        let place = format!("step {}", index + 1);
        if secrets(scanner, "Dockerfile", &step.created_by, &place, found) {
            continue;
        }
        // Build arguments that the old builder kept: `|2 TOKEN=… USER=… /bin/sh -c …`.
        let Some(rest) = step
            .created_by
            .trim_start()
            .strip_prefix("RUN ")
            .or(Some(step.created_by.trim_start()))
            .and_then(|line| line.strip_prefix('|'))
        else {
            continue;
        };
        let arguments = rest.split("/bin/sh").next().unwrap_or_default();
        for (name, value) in arguments.split_whitespace().filter_map(|word| word.split_once('=')) {
            if named(name, value) {
                found.push(secret(
                    "build-secret",
                    &format!("{place}, ARG {}", short(name, 80)),
                    "A build argument holds a secret by its name",
                    value,
                ));
            }
        }
    }
}

/// What the scanner finds in one text. True where it found something.
fn secrets(scanner: Option<&Scanner>, path: &str, text: &str, place: &str, found: &mut Vec<Finding>) -> bool {
    let Some(scanner) = scanner else { return false };
    let findings = scanner.scan(path, text.as_bytes());
    let any = !findings.is_empty();
    found.extend(findings.into_iter().map(|mut finding| {
        finding.location.path = CONFIGURATION.into();
        finding.position = None;
        finding.aliases.push("CIS-DI-0010".into());
        finding.evidence = Some(format!("{place}: {}", finding.evidence.unwrap_or_default()));
        finding
    }));
    any
}

/// Whether a variable is a secret by its name, and holds a value rather than a reference.
fn named(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let value = value.trim_matches(['"', '\'']);
    let reference =
        value.starts_with(['$', '/', '<', '{']) || value.contains("${") || value.starts_with("file:");
    let flag = matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "yes" | "no" | "0" | "1" | "none" | "null"
    );
    NAMES.iter().any(|end| name == *end || name.ends_with(&format!("_{end}")))
        && !reference
        && !flag
        && !name.starts_with("GPG_")
}

fn secret(id: &str, place: &str, title: &str, value: &str) -> Finding {
    Finding {
        kind: FindingKind::Secret,
        evidence: Some(format!("{place}: {} characters", value.chars().count())),
        ..finding(
            id,
            &["CIS-DI-0010", "DS-0031", "AVD-DS-0031"],
            High,
            title,
            "revoke it, and give it at run time (a mounted Secret) or at build time (`RUN --mount=type=secret`)",
        )
    }
}
