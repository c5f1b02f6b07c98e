//! A user's own rules: searched for in the whole file once a keyword is met.

use crate::allow;

use super::Scanner;
use super::raw::Raw;

/// Most matches of one custom rule in a file.
const MAX_MATCHES: usize = 1000;

/// `wanted` are the uses of keywords that were met.
pub(super) fn find(scanner: &Scanner, path: &str, text: &[u8], wanted: &[usize], found: &mut Vec<Raw>) {
    let first = scanner.rules.len() + 1;
    for (index, rule) in scanner.options.own.rules.iter().enumerate() {
        let met = rule.keywords.is_empty() || wanted.contains(&(first + index));
        let here = rule.path.as_ref().is_none_or(|pattern| {
            pattern.is_match(path.as_bytes()) || pattern.is_match(format!("/{path}").as_bytes())
        });
        if !met
            || !here
            || scanner.options.own.disabled.contains(&rule.id)
            || allow::path(&rule.allow, path)
            || scanner.paths.quiet(path)
        {
            continue;
        }
        for captures in rule.regex.captures_iter(text).take(MAX_MATCHES) {
            let Some(whole) = captures.get(0) else { continue };
            let groups = match &rule.group {
                None => vec![whole],
                Some(group) => captures.name(group).into_iter().collect(),
            };
            if allow::text(&scanner.options.own.allow, whole.as_bytes())
                || allow::text(&rule.allow, whole.as_bytes())
            {
                continue;
            }
            for secret in groups {
                let span = (secret.start(), secret.end());
                if span.0 == span.1
                    || allow::blocks(&scanner.options.own.exclude, text, span)
                    || allow::blocks(&rule.exclude, text, span)
                {
                    continue;
                }
                found.push(Raw {
                    order: first + index,
                    id: rule.id.clone().into(),
                    title: rule.title.clone().into(),
                    severity: rule.severity,
                    span,
                    note: None,
                    generic: false,
                });
            }
        }
    }
}
