//! Reads exceptions out of comments and annotations.

use serde_json::Value;

use super::{Marker, is_day};
use crate::Document;
use crate::docker::Dockerfile;

/// Most exceptions of one file that are read; beyond them findings count.
const MAX_MARKERS: usize = 1_000;

/// How far an exception of that form reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The line or block that it stands at or above.
    Block,
    /// The document.
    Whole,
}

/// Every exception in one comment's text, with how far it reaches; line and range are filled in by the caller.
fn read(comment: &str) -> Vec<(Marker, Reach)> {
    let mut found = Vec::new();
    let mut add = |form, ids: Vec<String>, reason: &str, until: Option<&str>, reach| {
        let ids: Vec<String> = ids.into_iter().filter(|id| !id.is_empty()).collect();
        if !ids.is_empty() {
            let (reason, until) = (reason.trim().to_owned(), until.map(str::to_owned));
            found.push((Marker { ids, form, reason, until, line: 0, from: 0, to: 0 }, reach));
        }
    };
    let split = |ids: &str| ids.split(',').map(|id| id.trim().to_owned()).collect::<Vec<_>>();
    if let Some((_, rest)) = comment.split_once("seawall:ignore ") {
        let mut words = rest.split_whitespace();
        let ids = split(words.next().unwrap_or_default());
        let mut until = None;
        let mut reason = Vec::new();
        for word in words {
            match word.strip_prefix("until=").filter(|day| is_day(day)) {
                Some(day) => until = Some(day),
                None => reason.push(word),
            }
        }
        add("seawall:ignore", ids, &reason.join(" "), until, Reach::Block);
    }
    for (form, prefix) in [("trivy:ignore", "trivy:ignore:"), ("tfsec:ignore", "tfsec:ignore:")] {
        for part in comment.split(prefix).skip(1) {
            let word = part.split_whitespace().next().unwrap_or_default();
            let (id, until) = match word.split_once(":exp:") {
                Some((id, day)) => (id, Some(day).filter(|day| is_day(day))),
                None => (word.split(':').next().unwrap_or_default(), None),
            };
            // A day that cannot be read must not make an exception for ever.
            if word.contains(":exp:") && until.is_none() {
                continue;
            }
            let reason = part.split_once(char::is_whitespace).map_or("", |(_, reason)| reason);
            add(form, vec![id.to_owned()], reason, until, Reach::Block);
        }
    }
    if let Some((_, rest)) = comment.split_once("checkov:skip=") {
        let (ids, reason) = rest.split_once(':').unwrap_or((rest, ""));
        add(
            "checkov:skip",
            split(ids.split_whitespace().next().unwrap_or_default()),
            reason,
            None,
            Reach::Whole,
        );
    }
    let hadolint = comment.trim_start().strip_prefix("hadolint").map(str::trim_start);
    if let Some(rest) = hadolint {
        let (rest, reach) = match rest.strip_prefix("global") {
            Some(rest) => (rest.trim_start(), Reach::Whole),
            None => (rest, Reach::Block),
        };
        if let Some(ids) = rest.strip_prefix("ignore=") {
            let (ids, reason) = ids.split_once('#').unwrap_or((ids, ""));
            // `ignore=DL3008, DL3009` has blanks.
            let ids = split(ids)
                .iter()
                .map(|id| id.split_whitespace().next().unwrap_or_default().to_owned())
                .collect();
            add("hadolint", ids, reason, None, reach);
        }
    }
    found
}

/// The comment of a line and whether it is alone there. A `#` begins one at the line's start or behind a blank; one inside a
/// quoted text is taken as well, which does no harm: only the forms above are looked for.
fn comment(line: &str) -> Option<(&str, bool)> {
    if let Some(text) = line.trim_start().strip_prefix('#') {
        return Some((text, true));
    }
    let at = line.find(" #")?;
    line.get(at + 2..).map(|text| (text, false))
}

/// The exceptions of a YAML file.
pub(crate) fn in_yaml(text: &str) -> Vec<Marker> {
    let mut found = Vec::new();
    if !["ignore", "skip"].iter().any(|word| text.contains(word)) {
        return found;
    }
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some((text, alone)) = comment(line) else { continue };
        for (mut marker, reach) in read(text) {
            let (from, to) = match reach {
                Reach::Whole => document(&lines, index),
                Reach::Block => block(&lines, index, alone),
            };
            (marker.line, marker.from, marker.to) = (index + 1, from + 1, to + 1);
            found.push(marker);
            if found.len() >= MAX_MARKERS {
                return found;
            }
        }
    }
    found
}

fn is_content(line: &str) -> bool {
    let text = line.trim_start();
    !text.is_empty() && !text.starts_with('#') && !is_separator(line)
}

fn is_separator(line: &str) -> bool {
    line == "---" || line.starts_with("--- ") || line.trim_end() == "---"
}

/// First and last line of the document around a line.
fn document(lines: &[&str], at: usize) -> (usize, usize) {
    let from = lines.iter().take(at).rposition(|line| is_separator(line)).map_or(0, |found| found + 1);
    let next = lines.iter().skip(at + 1).position(|line| is_separator(line));
    (from, next.map_or(lines.len().saturating_sub(1), |found| at + found))
}

/// The lines of the block that begins at the comment's line, or at the next one where the comment is alone.
fn block(lines: &[&str], at: usize, alone: bool) -> (usize, usize) {
    let mut start = at;
    if alone {
        let next = lines.iter().skip(at + 1).position(|line| is_content(line) || is_separator(line));
        match next.map(|next| at + 1 + next) {
            // Above the separator: the document that follows.
            Some(next) if lines.get(next).is_some_and(|line| is_separator(line)) => {
                return document(lines, next + 1);
            }
            Some(next) => start = next,
            None => return (at, at),
        }
        let (first, last) = document(lines, start);
        // Above the first key: the whole document.
        if !lines.get(first..start).unwrap_or_default().iter().any(|line| is_content(line)) {
            return (first, last);
        }
    }
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let first = lines.get(start).copied().unwrap_or_default();
    let depth = indent(first);
    let is_item = first.trim_start().starts_with("- ") || first.trim() == "-";
    let mut last = start;
    for (index, line) in lines.iter().enumerate().skip(start + 1) {
        if is_separator(line) {
            break;
        }
        if !is_content(line) {
            continue;
        }
        // A list may stand as deep as its key.
        let own_item = !is_item && indent(line) == depth && line.trim_start().starts_with('-');
        if indent(line) <= depth && !own_item {
            break;
        }
        last = index;
    }
    (start, last)
}

/// The exceptions of a Dockerfile.
pub(crate) fn in_dockerfile(text: &str, file: &Dockerfile) -> Vec<Marker> {
    let mut found = Vec::new();
    let first = file.instructions.first().map_or(1, |one| one.position.line);
    let count = text.lines().count().max(1);
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        // Behind an instruction `#` is no comment to Docker.
        let Some((text, true)) = comment(line) else { continue };
        for (mut marker, reach) in read(text) {
            let head = line_number < first && marker.form != "hadolint";
            let own = file.instructions.iter().find(|one| one.last_line >= line_number);
            let (from, to) = match own {
                Some(own) if reach == Reach::Block && !head => (own.position.line, own.last_line),
                _ => (1, count),
            };
            (marker.line, marker.from, marker.to) = (line_number, from, to);
            found.push(marker);
            if found.len() >= MAX_MARKERS {
                return found;
            }
        }
    }
    found
}

/// The exceptions in an object's annotations: they cover its lines, from `from` to `to`.
pub(crate) fn annotations(document: &Document, from: usize, to: usize) -> Vec<Marker> {
    let map = document.value.pointer("/metadata/annotations").and_then(Value::as_object);
    let mut found = Vec::new();
    for (name, value) in map.into_iter().flatten().take(MAX_MARKERS) {
        let value = value.as_str().unwrap_or_default();
        let (id, form, reason) = if let Some(id) = name.strip_prefix("ignore-check.kube-linter.io/") {
            (id, "kube-linter", value)
        } else if name == "kube-linter.io/ignore-all" {
            ("all", "kube-linter", value)
        } else if let Some(id) = name.strip_prefix("datree.skip/") {
            (id, "datree", value)
        } else if name
            .strip_prefix("checkov.io/skip")
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let (id, reason) = value.split_once('=').unwrap_or((value, ""));
            (id.trim(), "checkov", reason)
        } else {
            continue;
        };
        let pointer = format!("/metadata/annotations/{}", name.replace('~', "~0").replace('/', "~1"));
        let line = document.position(&pointer).map_or(from, |position| position.line);
        found.push(Marker {
            ids: vec![id.to_owned()],
            form,
            reason: reason.trim().to_owned(),
            until: None,
            line,
            from,
            to,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        in_yaml(text)
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}-{} {:?} {}",
                    one.form,
                    one.ids.join(","),
                    one.from,
                    one.to,
                    one.until,
                    one.reason
                )
            })
            .collect()
    }

    #[test]
    fn forms_and_ranges() {
        let text = "# seawall:ignore KSV-0001 whole document until=2027-01-31\nkind: Pod\nspec:\n  containers: # trivy:ignore:KSV-0011 trivy:ignore:KSV-0012:exp:2026-01-01\n  - name: a\n    # seawall:ignore a,b one field\n    securityContext:\n      privileged: true\n    x: 1\n---\nkind: Pod # checkov:skip=CKV_K8S_16: told\nspec: {}\n";
        assert_eq!(
            shown(text),
            [
                "seawall:ignore KSV-0001 1-9 Some(\"2027-01-31\") whole document",
                "trivy:ignore KSV-0011 4-9 None ",
                "trivy:ignore KSV-0012 4-9 Some(\"2026-01-01\") ",
                "seawall:ignore a,b 7-8 None one field",
                "checkov:skip CKV_K8S_16 11-12 None told"
            ]
            .map(|line| line
                .replace("KSV-0011 4-9 None ", "KSV-0011 4-9 None trivy:ignore:KSV-0012:exp:2026-01-01")
                .replace("None trivy:ignore:KSV-0012:exp:2026-01-01", "None"))
            .map(|line| if line.ends_with("None") { format!("{line} ") } else { line })
        );
    }

    #[test]
    fn nothing_named_is_nothing() {
        for text in [
            "# seawall:ignore\na: 1\n",
            "# trivy:ignore:\na: 1\n",
            "# trivy:ignore:KSV-0001:exp:never\na: 1\n",
            "# ignore this\na: 1\n",
        ] {
            assert!(in_yaml(text).is_empty(), "{text}");
        }
    }
}
