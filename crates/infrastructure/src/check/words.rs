//! What several checks ask of values: addresses, ports, secrets.

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;
use regex::RegexSet;

use crate::value::Value;

/// True for an address range that is the whole Internet, in the words of any provider.
pub(super) fn is_anywhere(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let text = text.trim();
    if matches!(text, "*" | "0.0.0.0" | "::")
        || ["any", "internet", "<nw>/0", "/0"].iter().any(|word| text.eq_ignore_ascii_case(word))
    {
        return true;
    }
    text.parse::<IpNet>().is_ok_and(|net| net.prefix_len() == 0)
}

/// True for a range of more than one address that are not private.
pub(super) fn is_public_range(value: &Value) -> bool {
    if is_anywhere(value) {
        return true;
    }
    let Some(net) = value.as_str().and_then(|text| text.trim().parse::<IpNet>().ok()) else { return false };
    net.prefix_len() < net.max_prefix_len() && is_public(net.network()) && is_public(net.broadcast())
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            let carrier = a == 100 && (64..128).contains(&b);
            !(address.is_private() || address.is_loopback() || address.is_link_local() || carrier || a == 0)
        }
        IpAddr::V6(address) => {
            let first = address.segments().first().copied().unwrap_or(0);
            !(address.is_loopback() || first & 0xFE00 == 0xFC00 || first & 0xFFC0 == 0xFE80)
        }
    }
}

/// A port range: `22`, `20-25`, `*`. None where it is unknown or not written so.
pub(super) fn ports(value: &Value) -> Option<(u32, u32)> {
    if let Some(number) = value.as_number() {
        return Some((number as u32, number as u32));
    }
    let text = value.as_str()?.trim();
    if matches!(text, "*" | "all" | "any") {
        return Some((0, 65_535));
    }
    let (from, to) = text.split_once('-').or_else(|| text.split_once(':'))?;
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}

/// True where a port range has a port.
pub(super) fn has_port(range: Option<(u32, u32)>, port: u32) -> bool {
    range.is_some_and(|(from, to)| (from..=to).contains(&port))
}

/// Credentials as they stand in start-up scripts.
static SECRETS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        // AWS: access key ids, and secret keys beside their name.
        r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}\b",
        r#"(?i)aws.{0,20}(?:secret|access).{0,20}['"]?[A-Za-z0-9/+=]{40}\b"#,
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
        r"\bxox[abpors]-[A-Za-z0-9-]{10,}\b",
        r"\bglpat-[A-Za-z0-9_-]{20}\b",
    ])
    .ok()
});

/// A variable of a script or an environment that looks like a password, and has a literal value.
static ASSIGNED: LazyLock<Option<regex::Regex>> = LazyLock::new(|| {
    regex::Regex::new(
        r#"(?i)[a-z0-9_]*(?:password|passwd|secret|api_?key|access_?key|private_?key|auth_?token)[a-z0-9_]*\s*[=:]\s*\\?["']?([^\s"'$\\{<*]{4,})"#,
    )
    .ok()
});

/// True for a text with a cloud key or token in it.
pub(super) fn has_key(text: &str) -> bool {
    SECRETS.as_ref().is_some_and(|secrets| secrets.is_match(text))
}

/// True for a text with a key, a token, or a password that is written out.
pub(super) fn has_secret(text: &str) -> bool {
    has_key(text) || ASSIGNED.as_ref().is_some_and(|assigned| assigned.is_match(text))
}

/// The text of user data, base64 undone where it is encoded.
pub(super) fn user_data(value: &Value) -> Option<String> {
    use base64::Engine as _;
    let text = value.pattern()?;
    let compact: String = text.split_whitespace().collect();
    let decoded = (compact.len() >= 16)
        .then(|| base64::engine::general_purpose::STANDARD.decode(&compact).ok())
        .flatten()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    Some(decoded.unwrap_or_else(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::At;

    #[test]
    fn ranges() {
        let text = |text: &str| Value::text(text, At::default());
        for anywhere in ["0.0.0.0/0", "::/0", "*", "Internet"] {
            assert!(is_anywhere(&text(anywhere)), "{anywhere}");
        }
        assert!(!is_anywhere(&text("10.0.0.0/8")) && !is_public_range(&text("10.0.0.0/8")));
        assert!(is_public_range(&text("8.8.8.0/24")) && !is_public_range(&text("1.2.3.4/32")));
        assert_eq!(ports(&text("20-25")), Some((20, 25)));
    }

    #[test]
    fn secrets_of_scripts() {
        assert!(has_secret("export DATABASE_PASSWORD=\\\"SomeSortOfPassword\\\""));
        assert!(!has_secret("export DATABASE_PASSWORD=${secret}"));
        assert!(!has_secret("export GREETING=hello"));
    }
}
