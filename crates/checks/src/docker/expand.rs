//! `$NAME` and `${NAME}` in values.

/// The text with its variables replaced, as Docker does it: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`; one
/// that has no value is empty.
pub(crate) fn expand(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(inner) = rest.strip_prefix('{') {
            let Some(end) = inner.find('}') else {
                result.push('$');
                continue;
            };
            let (body, after) = (&inner[..end], &inner[end + 1..]);
            let name_end = body.find(|c: char| !is_name(c)).unwrap_or(body.len());
            let (name, operator) = body.split_at(name_end);
            let found = value(name).filter(|value| !value.is_empty());
            let text = match operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-')) {
                Some(default) => found.unwrap_or_else(|| default.to_owned()),
                None => match operator.strip_prefix(":+").or_else(|| operator.strip_prefix('+')) {
                    Some(other) => found.map(|_| other.to_owned()).unwrap_or_default(),
                    None => found.unwrap_or_default(),
                },
            };
            result.push_str(&text);
            rest = after;
        } else {
            let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
            if end == 0 {
                result.push('$');
                continue;
            }
            result.push_str(&value(&rest[..end]).unwrap_or_default());
            rest = &rest[end..];
        }
    }
    result.push_str(rest);
    result
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let value = |name: &str| (name == "A").then(|| "x".to_owned());
        for (text, wanted) in [
            ("$A-${A}", "x-x"),
            ("${B:-y}${B-z}${A:-y}", "yzx"),
            ("${A:+on}${B:+on}", "on"),
            ("a$", "a$"),
            ("${A", "${A"),
            ("$B.é", ".é"),
        ] {
            assert_eq!(expand(text, &value), wanted, "{text}");
        }
    }
}
