//! What a plain word means.

use serde_json::Number;

use super::Data;

/// Resolves a plain (unquoted) scalar as go-yaml 2 does, which `sigs.k8s.io/yaml` and so kubectl read with: YAML 1.1
/// booleans and octals beside the YAML 1.2 core schema.
pub(super) fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Data::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Data::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Data::Bool(false);
        }
        _ => {}
    }
    number(text).map_or_else(|| Data::String(text.to_owned()), Data::Number)
}

fn number(text: &str) -> Option<Number> {
    let starts_like_one = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if !starts_like_one {
        return None;
    }
    let bare = text.replace('_', "");
    let (negative, digits) = match bare.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, bare.strip_prefix('+').unwrap_or(&bare)),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let radix = |prefix: &str, radix| {
        digits.strip_prefix(prefix).and_then(|rest| i64::from_str_radix(rest, radix).ok())
    };
    let special = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2)).or_else(|| {
        (digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| radix("0", 8))
            .flatten()
    });
    if let Some(value) = special {
        return Some(Number::from(if negative { -value } else { value }));
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return match (negative, digits.parse::<u64>()) {
            (false, Ok(value)) => Some(Number::from(value)),
            (true, _) => bare.parse::<i64>().ok().map(Number::from),
            (false, Err(_)) => bare.parse::<f64>().ok().and_then(Number::from_f64),
        };
    }
    let float_like = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    if !float_like {
        return None;
    }
    bare.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_kubernetes_reads_them() {
        for word in ["yes", "on", "True", "y"] {
            assert_eq!(plain(word), Data::Bool(true), "{word}");
        }
        assert_eq!(plain("0"), Data::Number(0.into()));
        assert_eq!(plain("-3"), Data::Number((-3).into()));
        assert_eq!(plain("0777"), Data::Number(511.into()));
        assert_eq!(plain("0x10"), Data::Number(16.into()));
        assert_eq!(plain("1.5"), Data::Number(Number::from_f64(1.5).unwrap()));
        for word in ["1.2.3", "12h", "2027-01-31", "-", "+-1", "--1", "10.0.0.1", "hello", "."] {
            assert_eq!(plain(word), Data::String(word.into()), "{word}");
        }
    }
}
