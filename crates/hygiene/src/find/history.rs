//! The history: Dockerfile lines that builders kept.

use seawall_findings::Finding;
use seawall_findings::Severity::{Low, Medium};

use super::{finding, short};
use crate::ImageFacts;

/// The part of a step that its author wrote: builders put `/bin/sh -c`, `|2 ARG=…` and `# buildkit` around it.
pub(super) fn written(step: &str) -> &str {
    let step = step.trim();
    let step = step.strip_prefix("RUN ").unwrap_or(step);
    let step = match step.strip_prefix('|') {
        Some(rest) => rest.split_once("/bin/sh -c ").map_or(rest, |(_, rest)| rest),
        None => step,
    };
    let step = step.strip_prefix("/bin/sh -c ").unwrap_or(step);
    let step = step.trim_start().strip_prefix("#(nop)").unwrap_or(step);
    step.trim_end().trim_end_matches("# buildkit").trim()
}

pub(super) fn find(facts: &ImageFacts, found: &mut Vec<Finding>) {
    for (index, step) in facts.history.iter().enumerate() {
        let line = written(&step.created_by);
        // Only the words that matter: the line may hold a secret.
        let mut add = |what: &str, mut finding: Finding| {
            finding.evidence = Some(format!("step {}: {}", index + 1, short(what, 160)));
            found.push(finding);
        };
        if let Some(rest) = line.strip_prefix("ADD ") {
            let remote =
                |word: &&str| ["http://", "https://", "git@"].iter().any(|start| word.starts_with(start));
            if let Some(url) = rest.split_whitespace().find(remote) {
                add(
                    &format!("ADD {}", address(url)),
                    finding(
                        "add-from-url",
                        &["CIS-DI-0009", "DS-0005", "AVD-DS-0005", "DL3020"],
                        Medium,
                        "ADD downloads: what arrives is not checked",
                        "download it in a build stage, and compare its checksum; or `ADD --checksum=sha256:…`",
                    ),
                );
            } else if index > 0 && !rest.starts_with("rootfs") && !rest.starts_with("file:") {
                add(
                    "ADD",
                    finding(
                        "add-instruction",
                        &["CIS-DI-0009", "DS-0005", "AVD-DS-0005", "DL3020"],
                        Low,
                        "ADD unpacks archives on the way",
                        "use COPY",
                    ),
                );
            }
            continue;
        }
        let words = || line.split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')'));
        let has = |word: &str| words().any(|other| other == word);
        if has("sudo") && !line.contains("install sudo") && !line.contains("add sudo") {
            add(
                "sudo",
                finding(
                    "sudo-instruction",
                    &["DKL-DI-0001", "DL3004"],
                    Medium,
                    "The build uses sudo",
                    "switch users with USER",
                ),
            );
        }
        if line.contains("dist-upgrade") {
            add(
                "dist-upgrade",
                finding(
                    "dist-upgrade",
                    &["DKL-DI-0003", "DS-0024", "AVD-DS-0024"],
                    Low,
                    "The build upgrades the distribution: no two builds are alike",
                    "use a newer base instead",
                ),
            );
        }
        if has("apk") && has("add") && !line.contains("--no-cache") && !line.contains("/var/cache/apk") {
            add(
                "apk add without --no-cache",
                finding(
                    "apk-cache",
                    &["DKL-DI-0004", "DS-0025", "AVD-DS-0025", "DL3018"],
                    Low,
                    "apk leaves its cache in the layer",
                    "use `apk add --no-cache`",
                ),
            );
        }
        let updates =
            has("update") && (has("apt-get") || has("apt") || has("apk") || has("yum") || has("dnf"));
        let installs = has("install") || has("add") || has("upgrade");
        if updates && !installs {
            add(
                "update without install",
                finding(
                    "update-alone",
                    &["CIS-DI-0007", "DS-0017", "AVD-DS-0017", "DL3009"],
                    Low,
                    "The package lists are updated in a step of their own, which is cached and grows old",
                    "update and install in one RUN",
                ),
            );
        }
    }
}

/// An address without user, password, query and fragment.
fn address(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    match plain.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) =
                rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
            format!("{scheme}://{}{path}", host.rsplit('@').next().unwrap_or(host))
        }
        None => plain.to_owned(),
    }
}
