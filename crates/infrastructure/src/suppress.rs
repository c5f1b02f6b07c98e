//! Comments that say that a finding is meant.
//!
//! `seawall:ignore ID[,ID] reason until=2027-01-01`, and the forms of other tools: `trivy:ignore:ID`, `tfsec:ignore:ID:exp:2027-01-01`,
//! `checkov:skip=ID:reason`. A comment beside code is about that line, a comment of its own is about the next line; where
//! that line opens a block, it is about the whole block. Checkov's stands anywhere in the resource that it is about.

use jiff::civil::Date;
use seawall_findings::Suppression;

use crate::check::Check;
use crate::files::has_extension;
use crate::terraform::{is_module_file, is_variables_file};
use crate::{At, ProblemKind, Source};

/// All suppressions of a scan.
pub(crate) struct Suppressions {
    found: Vec<One>,
}

struct One {
    file: u32,
    first: usize,
    last: usize,
    ids: Vec<String>,
    until: Option<Date>,
    reason: String,
    by: String,
}

/// Reads the comments of all files.
pub(crate) fn collect(sources: &[Source]) -> (Suppressions, Vec<(At, ProblemKind)>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let file = u32::try_from(index).unwrap_or(u32::MAX);
        let yaml = ["yaml", "yml", "template"].iter().any(|extension| has_extension(&source.path, extension));
        if !yaml && !is_module_file(&source.path) && !is_variables_file(&source.path) {
            continue;
        }
        if ![":ignore", ":skip"].iter().any(|word| source.text.contains(word)) {
            continue;
        }
        let mut resource = None;
        for number in 1..=source.lines() {
            let Some(line) = source.line(number) else { continue };
            if ["resource ", "data ", "module "].iter().any(|word| line.starts_with(word)) {
                resource = Some(number);
            }
            let Some((code, comment)) = comment(line) else { continue };
            for statement in statements(comment) {
                let at = At::line(file, number, code.chars().count() + 1);
                let parsed = match statement {
                    Ok(parsed) => parsed,
                    Err(why) => {
                        problems.push((
                            at,
                            ProblemKind::BadComment(comment.trim().chars().take(80).collect(), why),
                        ));
                        continue;
                    }
                };
                let start = match (parsed.whole_resource, resource) {
                    (true, Some(line)) => line,
                    _ if code.trim().is_empty() => next_code(source, number),
                    _ => number,
                };
                found.push(One {
                    file,
                    first: start,
                    last: end_of(source, start),
                    ids: parsed.ids,
                    until: parsed.until,
                    reason: parsed.reason,
                    by: format!("comment in {}:{number}", source.path),
                });
            }
        }
    }
    (Suppressions { found }, problems)
}

impl Suppressions {
    /// The suppression of a check at one of some lines (the finding's own, its resource's).
    pub(crate) fn covers(
        &self,
        check: &Check,
        places: &[(u32, usize)],
        today: Option<Date>,
    ) -> Option<Suppression> {
        let one = self.found.iter().find(|one| {
            places.iter().any(|(file, line)| *file == one.file && (one.first..=one.last).contains(line))
                && one.until.is_none_or(|until| today.is_none_or(|today| today <= until))
                && one.ids.iter().any(|id| id == "*" || id.eq_ignore_ascii_case("all") || check.is(id))
        })?;
        Some(Suppression {
            by: one.by.clone(),
            reason: one.reason.clone(),
            owner: String::new(),
            until: one.until.map(|until| until.to_string()),
        })
    }
}

/// The code and the comment of a line.
fn comment(line: &str) -> Option<(&str, &str)> {
    let start = line.find(['#', '/']).filter(|start| {
        let rest = line.get(*start..).unwrap_or_default();
        rest.starts_with('#') || rest.starts_with("//") || rest.starts_with("/*")
    });
    let start = match start {
        Some(start) => start,
        // A `/` or `#` of a text came first: the marker's own comment sign decides.
        None => line.find("//").or_else(|| line.find('#'))?,
    };
    let marker =
        ["seawall:", "trivy:", "tfsec:", "checkov:"].iter().filter_map(|word| line.find(word)).min()?;
    let start = if start <= marker {
        line.get(..marker)?.rfind(['#', '/', '*']).map_or(start, |end| sign_start(line, end))
    } else {
        return None;
    };
    Some((line.get(..start)?, line.get(start..)?))
}

fn sign_start(line: &str, end: usize) -> usize {
    line.get(..=end).map_or(end, |text| text.trim_end_matches(['#', '/', '*']).len())
}

struct Statement {
    ids: Vec<String>,
    until: Option<Date>,
    reason: String,
    whole_resource: bool,
}

fn statements(comment: &str) -> Vec<Result<Statement, &'static str>> {
    let mut found = Vec::new();
    if let Some((_, rest)) = comment.split_once("seawall:ignore") {
        found.push(own(rest));
    }
    for marker in ["trivy:ignore:", "tfsec:ignore:"] {
        let mut rest = comment;
        while let Some((_, after)) = rest.split_once(marker) {
            let word = after.split_whitespace().next().unwrap_or_default();
            found.push(colons(word));
            rest = after;
        }
    }
    if let Some((_, rest)) = comment.split_once("checkov:skip=") {
        let (ids, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let ids: Vec<String> =
            ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
        found.push(if ids.is_empty() {
            Err("it names no check")
        } else {
            Ok(Statement { ids, until: None, reason: clean(reason), whole_resource: true })
        });
    }
    found
}

fn clean(reason: &str) -> String {
    reason.trim().trim_end_matches("*/").trim().to_owned()
}

fn own(rest: &str) -> Result<Statement, &'static str> {
    let mut words =
        rest.trim_start_matches([':', ' ', '\t']).trim_end().trim_end_matches("*/").split_whitespace();
    let ids = words.next().ok_or("it names no check: `seawall:ignore ID reason`")?;
    let ids = ids.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect();
    let mut until = None;
    let mut reason = Vec::new();
    for word in words {
        match word.strip_prefix("until=") {
            Some(date) => until = Some(date.parse().map_err(|_| "`until=` takes a day, such as 2027-01-31")?),
            None => reason.push(word),
        }
    }
    Ok(Statement { ids, until, reason: reason.join(" "), whole_resource: false })
}

/// `ID`, `ID[name=value]`, `ID:exp:2027-01-01`.
fn colons(word: &str) -> Result<Statement, &'static str> {
    let mut parts = word.split(':');
    let id = parts.next().unwrap_or_default();
    let id = id.split('[').next().unwrap_or_default();
    if id.is_empty() {
        return Err("it names no check");
    }
    let mut until = None;
    while let Some(part) = parts.next() {
        match part {
            "exp" => {
                let date = parts.next().unwrap_or_default();
                until = Some(date.parse().map_err(|_| "`exp:` takes a day, such as 2027-01-31")?);
            }
            // Of one workspace only: which one is used is not known here, so it does not count.
            "ws" => return Err("suppressions of one workspace are not taken"),
            _ => {}
        }
    }
    Ok(Statement { ids: vec![id.to_owned()], until, reason: String::new(), whole_resource: false })
}

/// The next line that is neither empty nor a comment.
fn next_code(source: &Source, from: usize) -> usize {
    (from + 1..=source.lines())
        .find(|number| {
            source.line(*number).is_some_and(|line| {
                let line = line.trim();
                !line.is_empty() && !line.starts_with('#') && !line.starts_with("//")
            })
        })
        .unwrap_or(from)
}

/// The last line of the block that a line opens: by indentation, as formatted files have it.
fn end_of(source: &Source, start: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(first) = source.line(start) else { return start };
    let code = first.split(" #").next().unwrap_or(first).split(" //").next().unwrap_or(first).trim_end();
    let opens = code.ends_with(['{', '[', '(', ':']);
    if !opens {
        return start;
    }
    let own = indent(first);
    let mut last = start;
    for number in start + 1..=source.lines() {
        let Some(line) = source.line(number) else { break };
        if line.trim().is_empty() {
            continue;
        }
        if indent(line) <= own {
            if line.trim_start().starts_with(['}', ']', ')']) {
                last = number;
            }
            break;
        }
        last = number;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_and_understood() {
        let (_, comment_) =
            comment("  acl = \"a#b\" # seawall:ignore s3-public-acl it is the website until=2027-01-01")
                .unwrap();
        let parsed = statements(comment_).remove(0).ok().unwrap();
        assert_eq!(
            (parsed.ids, parsed.reason.as_str(), parsed.until),
            (vec!["s3-public-acl".into()], "it is the website", Some("2027-01-01".parse().unwrap()))
        );
        let two = statements("#tfsec:ignore:aws-a:exp:2027-01-01 trivy:ignore:AVD-AWS-0001[name=x]");
        assert_eq!(two.len(), 2);
        assert!(statements("# seawall:ignore").remove(0).is_err());
        assert!(statements("# seawall:ignore a until=soon").remove(0).is_err());
    }
}
