//! Functions of texts.

use super::Given;
use crate::value::{HOLE, Kind, MAX_TEXT, Value, template_text};

pub(super) fn call(name: &str, given: &Given<'_>) -> Option<Value> {
    let unknown = || given.unknown();
    // A function of one text that works through its known parts and leaves holes where they are.
    let part = |change: &dyn Fn(&str) -> String| match given.get(0).map(|value| &value.kind) {
        Some(Kind::Text(text)) => given.say(change(text)),
        Some(Kind::Bool(_) | Kind::Number(_)) => {
            given.text(0).map_or_else(unknown, |text| given.say(change(&text)))
        }
        _ => unknown(),
    };
    Some(match name {
        "lower" => part(&str::to_lowercase),
        "upper" => part(&str::to_uppercase),
        "trimspace" => part(&|text| text.trim().to_owned()),
        "chomp" => part(&|text| text.trim_end_matches(['\n', '\r']).to_owned()),
        "title" => part(&|text| {
            let mut start = true;
            text.chars()
                .flat_map(|c| {
                    let upper = start;
                    start = c.is_whitespace();
                    if upper { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] }
                })
                .collect()
        }),
        "indent" => match given.number(0) {
            Some(count) if (0.0..=1_000.0).contains(&count) => match given.get(1).and_then(Value::pattern) {
                Some(text) => given.say(text.replace('\n', &format!("\n{}", " ".repeat(count as usize)))),
                None => unknown(),
            },
            _ => unknown(),
        },
        "trim" | "trimprefix" | "trimsuffix" => {
            match (given.get(0).and_then(Value::pattern), given.text(1)) {
                (Some(text), Some(cut)) => given.say(match name {
                    "trim" => text.trim_matches(|c| cut.contains(c)),
                    "trimprefix" => text.strip_prefix(cut.as_str()).unwrap_or(text),
                    _ => text.strip_suffix(cut.as_str()).unwrap_or(text),
                }),
                _ => unknown(),
            }
        }
        "startswith" | "endswith" | "strcontains" => match (given.text(0), given.text(1)) {
            (Some(text), Some(wanted)) => given.flag(match name {
                "startswith" => text.starts_with(&wanted),
                "endswith" => text.ends_with(&wanted),
                _ => text.contains(&wanted),
            }),
            _ => unknown(),
        },
        "strrev" => {
            given.text(0).map_or_else(unknown, |text| given.say(text.chars().rev().collect::<String>()))
        }
        "substr" => match (given.text(0), given.number(1), given.number(2)) {
            (Some(text), Some(offset), Some(length)) => {
                let count = text.chars().count() as f64;
                let offset = if offset < 0.0 { (count + offset).max(0.0) } else { offset };
                let length = if length < 0.0 { count } else { length };
                given.say(text.chars().skip(offset as usize).take(length as usize).collect::<String>())
            }
            _ => unknown(),
        },
        "split" => match (given.text(0), given.get(1).and_then(Value::pattern)) {
            (Some(separator), Some(text)) if !separator.is_empty() => {
                Value::list(text.split(separator.as_str()).map(|part| given.say(part)).collect(), given.at)
            }
            _ => unknown(),
        },
        "join" => {
            let Some(separator) = given.text(0) else { return Some(unknown()) };
            let mut parts = Vec::new();
            for value in given.arguments.get(1..).unwrap_or_default() {
                let Some(items) = value.as_list() else { return Some(unknown()) };
                parts
                    .extend(items.iter().map(|item| template_text(item).unwrap_or_else(|| HOLE.to_string())));
            }
            let length: usize = parts.iter().map(|part| part.len() + separator.len()).sum();
            if length > MAX_TEXT { unknown() } else { given.say(parts.join(&separator)) }
        }
        "replace" => match (given.get(0).and_then(Value::pattern), given.text(1), given.text(2)) {
            (Some(text), Some(from), Some(to)) => {
                let inner =
                    from.strip_prefix('/').and_then(|from| from.strip_suffix('/')).filter(|_| from.len() > 1);
                match inner {
                    Some(pattern) => match regex(pattern) {
                        Some(pattern) if to.len() <= 1_000 => {
                            given.say(pattern.replace_all(text, to.as_str()))
                        }
                        _ => unknown(),
                    },
                    None if from.is_empty()
                        || (text.matches(&from).count()).saturating_mul(to.len()) > MAX_TEXT =>
                    {
                        unknown()
                    }
                    None => given.say(text.replace(&from, &to)),
                }
            }
            _ => unknown(),
        },
        "regex" | "regexall" => match (given.text(0).and_then(|pattern| regex(&pattern)), given.text(1)) {
            (Some(pattern), Some(text)) => {
                let found: Vec<Value> = pattern
                    .captures_iter(&text)
                    .take(1_000)
                    .map(|captures| captured(&pattern, &captures, given))
                    .collect();
                if name == "regexall" {
                    Value::list(found, given.at)
                } else {
                    found.into_iter().next().unwrap_or_else(unknown)
                }
            }
            _ => unknown(),
        },
        "format" => format(given, 0, given.arguments.get(1..).unwrap_or_default())
            .map_or_else(unknown, |text| given.say(text)),
        "formatlist" => {
            let lists = given.arguments.get(1..).unwrap_or_default();
            let Some(count) = lists.iter().find_map(|value| value.as_list().map(<[Value]>::len)) else {
                return Some(unknown());
            };
            let rows: Option<Vec<Value>> = (0..count.min(10_000))
                .map(|index| {
                    let row: Vec<Value> = lists
                        .iter()
                        .map(|value| {
                            value.as_list().map_or_else(
                                || value.clone(),
                                |items| items.get(index).cloned().unwrap_or_else(unknown),
                            )
                        })
                        .collect();
                    format(given, 0, &row).map(|text| given.say(text))
                })
                .collect();
            rows.map_or_else(unknown, |rows| Value::list(rows, given.at))
        }
        _ => return None,
    })
}

fn regex(pattern: &str) -> Option<regex::Regex> {
    regex::RegexBuilder::new(pattern).size_limit(1 << 20).build().ok()
}

fn captured(pattern: &regex::Regex, captures: &regex::Captures<'_>, given: &Given<'_>) -> Value {
    let group = |index: usize| {
        captures.get(index).map_or_else(|| Value::null(given.at), |group| given.say(group.as_str()))
    };
    let names: Vec<&str> = pattern.capture_names().flatten().collect();
    if !names.is_empty() {
        let entries = names.into_iter().map(|name| {
            let value =
                captures.name(name).map_or_else(|| Value::null(given.at), |group| given.say(group.as_str()));
            (std::sync::Arc::from(name), value)
        });
        return Value::map(entries.collect(), given.at);
    }
    if captures.len() == 1 {
        group(0)
    } else {
        Value::list((1..captures.len()).map(group).collect(), given.at)
    }
}

/// `format`'s verbs: `%s %d %v %q %t %f %x %o %b %%`, with width, flag `0` and `-`, precision and `[n]`.
fn format(given: &Given<'_>, index: usize, values: &[Value]) -> Option<String> {
    let pattern = given.get(index)?.pattern()?.to_owned();
    let mut out = String::new();
    let mut next = 0;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if out.len() > MAX_TEXT {
            return None;
        }
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut modifiers = String::new();
        let verb = loop {
            match chars.next()? {
                c @ ('0'..='9' | '-' | '+' | ' ' | '#' | '.' | '[' | ']') => modifiers.push(c),
                verb => break verb,
            }
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        if let Some((_, position)) = modifiers.split_once('[')
            && let Some((position, _)) = position.split_once(']')
        {
            next = position.parse::<usize>().ok()?.checked_sub(1)?;
        }
        let value = values.get(next)?;
        next += 1;
        let text = match verb {
            's' | 'v' => template_text(value)
                .unwrap_or_else(|| crate::value::to_json(value).unwrap_or_else(|| HOLE.to_string())),
            'q' => format!("\"{}\"", template_text(value)?),
            't' => value.as_bool().map_or_else(|| HOLE.to_string(), |flag| flag.to_string()),
            'd' => {
                value.as_number().map_or_else(|| HOLE.to_string(), |number| format!("{:.0}", number.trunc()))
            }
            'f' => value.as_number().map_or_else(
                || HOLE.to_string(),
                |number| {
                    let digits =
                        modifiers.split_once('.').and_then(|(_, digits)| digits.parse::<usize>().ok());
                    format!("{number:.*}", digits.unwrap_or(6).min(40))
                },
            ),
            'x' | 'X' | 'o' | 'b' => match value.as_number() {
                Some(number) => {
                    let number = number as i64;
                    match verb {
                        'x' => format!("{number:x}"),
                        'X' => format!("{number:X}"),
                        'o' => format!("{number:o}"),
                        _ => format!("{number:b}"),
                    }
                }
                None => HOLE.to_string(),
            },
            _ => HOLE.to_string(),
        };
        let flags = modifiers.split('.').next().unwrap_or_default();
        let width: usize =
            flags.trim_start_matches(['-', '+', ' ', '#', '0']).parse().unwrap_or(0).min(1_000);
        let missing = width.saturating_sub(text.chars().count());
        if flags.contains('-') {
            out.push_str(&text);
            out.push_str(&" ".repeat(missing));
        } else if flags.starts_with('0') && matches!(verb, 'd' | 'f' | 'x' | 'X' | 'o' | 'b') {
            out.push_str(&"0".repeat(missing));
            out.push_str(&text);
        } else {
            out.push_str(&" ".repeat(missing));
            out.push_str(&text);
        }
    }
    Some(out)
}
