//! A comment for a pull request, in GitHub's and GitLab's Markdown: the summary, the upgrades, the rest folded away.
//!
//! Nothing from outside becomes mark-up, an image, a mention or a reference to another issue.

use std::fmt::Write as _;

use super::FormError;
use crate::text::{cut, one_line, visible};
use crate::{Group, Report, groups};

/// GitHub refuses comments of more than 65,536 characters; this leaves room for the end.
const MOST: usize = 60_000;

/// Writes it. The first line is a mark by which a pipeline finds its earlier comment.
#[allow(clippy::unnecessary_wraps, reason = "the signature of every form")]
pub(super) fn write(report: &Report) -> Result<String, FormError> {
    let mut out = String::from("<!-- seawall -->\n");
    let _ = writeln!(out, "### Seawall: {}\n", code(&report.subject.to_string()));
    let _ = writeln!(out, "{}.\n", report.summary());
    let groups = groups(report);
    let (upgrades, rest): (Vec<_>, Vec<_>) = groups.iter().partition(|group| group.is_upgrade());
    if !upgrades.is_empty() {
        let _ = writeln!(out, "| | Upgrade | From | To | Removes |\n|---|---|---|---|---|");
        rows(&mut out, &upgrades, |group| {
            let package = group.package.map_or("", |package| package.version.as_str());
            format!("{} | {}", code(package), code(group.fix.unwrap_or_default()))
        });
    }
    if !rest.is_empty() {
        let _ = writeln!(out, "\n<details><summary>Without an upgrade: {}</summary>\n", rest.len());
        let _ = writeln!(out, "| | What | Installed | Findings |\n|---|---|---|---|");
        rows(&mut out, &rest, |group| match group.package {
            Some(package) => code(&package.version),
            None => escape(&cut(&one_line(group.findings.first().map_or("", |f| f.title.as_str())), 200)),
        });
        let _ = writeln!(out, "\n</details>");
    }
    for problem in report.problems.iter().take(20) {
        let _ = writeln!(out, "\nNot read: {}", escape(&cut(&one_line(problem), 300)));
    }
    if let Some(database) = &report.database {
        let _ = writeln!(
            out,
            "\n<sub>{} advisories from {}, newest of {}</sub>",
            database.advisories,
            escape(&one_line(&database.source)),
            escape(database.newest_advisory.get(..10).unwrap_or(&database.newest_advisory))
        );
    }
    Ok(out)
}

fn rows(out: &mut String, groups: &[&Group<'_>], middle: impl Fn(&Group<'_>) -> String) {
    for (index, group) in groups.iter().enumerate() {
        let ids = group.ids();
        let mut shown: Vec<String> = ids.iter().take(8).map(|id| code(id)).collect();
        if ids.len() > shown.len() {
            shown.push(format!("{} more", ids.len() - shown.len()));
        }
        let exploited = if group.exploited() { ", **exploited**" } else { "" };
        let row = format!(
            "| {}{exploited} | {} | {} | {} |\n",
            group.worst,
            code(&group.name()),
            middle(group),
            shown.join(", ")
        );
        if out.len() + row.len() > MOST {
            let _ = writeln!(out, "\n{} more are in the whole report.", groups.len() - index);
            return;
        }
        out.push_str(&row);
    }
}

/// A code span: nothing is interpreted in it. A table still ends its cell at `|`, and a code span at a backtick.
fn code(text: &str) -> String {
    let text = one_line(text).replace('`', "'").replace('|', "\\|");
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

/// Text as text: mark-up is escaped, and a character without width keeps `@someone`, `#1` and bare addresses from
/// becoming mentions, references and links.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' | '#' | '!' | '%' | '$' => {
                out.push(c);
                out.push('\u{200b}');
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\t' => out.push(' '),
            _ => out.push(c),
        }
    }
    out.replace("://", ":\u{200b}//").replace("www.", "www\u{200b}.")
}
