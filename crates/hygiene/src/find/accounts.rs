//! The accounts: passwd(5) and shadow(5).

use std::collections::BTreeMap;

use seawall_findings::Severity::{Critical, High, Low};
use seawall_findings::{Finding, Location, Position};

use super::{finding, short};
use crate::ImageFacts;

/// Most lines of a file that are read.
const MAX_LINES: usize = 10_000;

pub(super) fn find(facts: &ImageFacts, found: &mut Vec<Finding>) {
    for path in ["etc/shadow", "etc/master.passwd"] {
        let Some(text) = facts.texts.get(path) else { continue };
        for (line, fields) in rows(text) {
            if let [name, "", ..] = fields.as_slice()
                && !name.is_empty()
            {
                found.push(at(path, line, without_password(name)));
            }
        }
    }
    let Some(text) = facts.texts.get("etc/passwd") else { return };
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (line, fields) in rows(text) {
        let [name, password, uid, ..] = fields.as_slice() else { continue };
        if password.is_empty() {
            found.push(at("etc/passwd", line, without_password(name)));
        }
        if *uid == "0" && *name != "root" && *name != "toor" {
            found.push(at(
                "etc/passwd",
                line,
                Finding {
                    evidence: Some(format!("account {} has uid 0", short(name, 64))),
                    ..finding(
                        "extra-root",
                        &["DKL-LI-0002"],
                        High,
                        "Another account is root under another name",
                        "remove it, or give it a uid of its own",
                    )
                },
            ));
        } else if let Some(first) = owners.insert(uid, name)
            && *uid != "0"
        {
            found.push(at(
                "etc/passwd",
                line,
                Finding {
                    evidence: Some(format!(
                        "{} and {} have uid {}",
                        short(first, 64),
                        short(name, 64),
                        short(uid, 16)
                    )),
                    ..finding(
                        "shared-uid",
                        &["DKL-LI-0002"],
                        Low,
                        "Two accounts are the same for the kernel",
                        "give each a uid of its own",
                    )
                },
            ));
        }
    }
}

fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = text.lines().take(MAX_LINES).enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with(['#', '+', '-']));
    lines.map(|(index, line)| (index + 1, line.splitn(9, ':').collect()))
}

fn at(path: &str, line: usize, made: Finding) -> Finding {
    Finding {
        location: Location { path: path.into(), layer: None },
        position: Some(Position { line, column: 1 }),
        ..made
    }
}

fn without_password(name: &str) -> Finding {
    Finding {
        evidence: Some(format!("account {}", short(name, 64))),
        ..finding(
            "empty-password",
            &["DKL-LI-0001"],
            Critical,
            "An account has no password: anybody may become it",
            "lock it: `passwd -l NAME`",
        )
    }
}
