//! A package URL's parts: read, put into their one form, written (purl-spec, "Package-URL specification").

use std::collections::BTreeMap;
use std::fmt;

use super::types;
use crate::InventoryError;

/// Longer than any real one.
const MAX_LENGTH: usize = 8192;

/// The one type whose name has several segments.
const GIT: &str = "git";

/// The parts of a package URL, decoded and in the one form that the specification and its type's definition give them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purl {
    /// `deb`, `npm` …, in small letters.
    pub kind: String,
    /// Its segments joined by `/`; empty where there is none.
    pub namespace: String,
    /// Never empty.
    pub name: String,
    /// Empty where there is none.
    pub version: String,
    /// Keys in small letters; none has an empty value.
    pub qualifiers: BTreeMap<String, String>,
    /// Its segments joined by `/`; empty where there is none.
    pub subpath: String,
}

/// How strictly a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strictness {
    /// As the specification and the type's definition ask.
    Strict,
    /// What other tools write as well: keys with capital letters, parts that the type does without.
    Lenient,
}

impl Purl {
    /// Reads a purl as the specification and its type's definition ask; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, InventoryError> {
        Self::read(text, Strictness::Strict).map_err(|why| not_a_purl(text, why))
    }

    /// Reads what other tools write as well: capital letters in keys, a namespace or qualifier too few or too many.
    pub fn lenient(text: &str) -> Result<Self, InventoryError> {
        Self::read(text, Strictness::Lenient).map_err(|why| not_a_purl(text, why))
    }

    /// Puts parts into their one form, and checks them as [`parse`](Self::parse) does.
    pub fn checked(mut self) -> Result<Self, InventoryError> {
        let shown = format!("pkg:{}/{}", self.kind, self.name);
        self.check_general().map_err(|why| not_a_purl(&shown, why))?;
        types::normalise(&mut self);
        types::check(&self).map_err(|why| not_a_purl(&shown, why))?;
        Ok(self)
    }

    /// Parts as they come, in their one form; nothing is checked.
    pub(super) fn normalised(mut self) -> Self {
        types::normalise(&mut self);
        self
    }

    fn read(text: &str, strictness: Strictness) -> Result<Self, &'static str> {
        if text.len() > MAX_LENGTH {
            return Err("it is too long");
        }
        let (rest, subpath) = split_last(text, '#');
        let (rest, qualifiers) = split_last(rest, '?');
        let rest = match rest.split_once(':') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("pkg") => rest,
            _ => return Err("it does not start with `pkg:`"),
        };
        let rest = rest.trim_matches('/');
        let (kind, rest) = rest.split_once('/').ok_or("it has no type and name")?;
        // A version follows the last segment; an `@` before it is a scope's.
        let start = rest.rfind('/').map_or(0, |at| at + 1);
        let (path, version) = match rest.rfind('@') {
            Some(at) if at >= start => {
                (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default())
            }
            _ => (rest, ""),
        };
        // A repository's name has its owner's before it (purl-spec, "git"); the namespace is the host.
        let split = if kind.eq_ignore_ascii_case(GIT) { path.split_once('/') } else { path.rsplit_once('/') };
        let (namespace, name) = split.unwrap_or(("", path));
        let mut purl = Self {
            kind: kind.to_ascii_lowercase(),
            namespace: segments(namespace, |segment| !segment.is_empty()),
            name: decode(name),
            version: decode(version),
            qualifiers: BTreeMap::new(),
            subpath: segments(subpath, |segment| !matches!(segment, "" | "." | "..")),
        };
        for pair in qualifiers.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or("a qualifier has no value")?;
            if strictness == Strictness::Strict && key.bytes().any(|byte| byte.is_ascii_uppercase()) {
                return Err("a qualifier's key has capital letters");
            }
            let value = decode(value);
            if !value.is_empty() {
                purl.qualifiers.insert(key.to_ascii_lowercase(), value);
            }
        }
        purl.check_general()?;
        types::normalise(&mut purl);
        if strictness == Strictness::Strict {
            types::check(&purl)?;
        }
        Ok(purl)
    }

    /// What the specification asks of every type.
    fn check_general(&mut self) -> Result<(), &'static str> {
        self.kind.make_ascii_lowercase();
        let is_kind = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
        if !self.kind.starts_with(|c: char| c.is_ascii_lowercase()) || !self.kind.bytes().all(is_kind) {
            return Err("its type is no word of letters, digits, `.` and `-` that a letter begins");
        }
        if self.name.is_empty() {
            return Err("it has no name");
        }
        self.qualifiers.retain(|_, value| !value.is_empty());
        let is_key = |key: &String| {
            key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        };
        if self.qualifiers.keys().all(is_key) { Ok(()) } else { Err("a qualifier's key is none") }
    }
}

fn not_a_purl(text: &str, why: &'static str) -> InventoryError {
    InventoryError::NotAPurl { text: text.chars().take(200).collect(), why }
}

fn split_last(text: &str, at: char) -> (&str, &str) {
    text.rsplit_once(at).unwrap_or((text, ""))
}

fn segments(text: &str, keep: impl Fn(&str) -> bool) -> String {
    let mut joined = String::new();
    for segment in text.split('/').filter(|segment| keep(segment)) {
        let segment = decode(segment);
        if !joined.is_empty() {
            joined.push('/');
        }
        joined.push_str(&segment);
    }
    joined
}

/// Percent-decoded; what is not encoded right stays as it is.
fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if let Some(decoded) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            out.push(decoded);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Percent-encoded but for letters, digits, `.`, `-`, `_`, `~` and `:`.
fn encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') {
            continue;
        }
        // Everything up to here is ASCII or ends at a character: bytes of others are all encoded.
        f.write_str(text.get(plain..at).unwrap_or_default())?;
        write!(f, "%{byte:02X}")?;
        plain = at + 1;
    }
    f.write_str(text.get(plain..).unwrap_or_default())
}

fn encode_segments(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, segment) in text.split('/').enumerate() {
        if index > 0 {
            f.write_str("/")?;
        }
        encode(segment, f)?;
    }
    Ok(())
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        if !self.namespace.is_empty() {
            encode_segments(&self.namespace, f)?;
            f.write_str("/")?;
        }
        if self.kind == GIT {
            encode_segments(&self.name, f)?;
        } else {
            encode(&self.name, f)?;
        }
        if !self.version.is_empty() {
            f.write_str("@")?;
            encode(&self.version, f)?;
        }
        for (index, (key, value)) in self.qualifiers.iter().enumerate() {
            f.write_str(if index == 0 { "?" } else { "&" })?;
            write!(f, "{key}=")?;
            encode(value, f)?;
        }
        if !self.subpath.is_empty() {
            f.write_str("#")?;
            encode_segments(&self.subpath, f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        for text in [
            "pkg:npm/%40babel/core@7.0.0",
            "pkg:golang/google.golang.org/genproto@v1#googleapis/api",
            "pkg:generic/a%20b@1%2F2?checksum=sha1:00%2Csha256:11",
            "pkg:deb/debian/%C3%A9@1",
        ] {
            assert_eq!(Purl::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(decode("%zz%4"), "%zz%4");
        assert_eq!(decode("a%2"), "a%2");
        assert_eq!(decode("%é1"), "%é1");
        for text in ["", "pkg:", "pkg:npm", "pkg:npm/", "npm/a", "pkg:1a/b", "pkg:a/b?c"] {
            assert!(Purl::lenient(text).is_err(), "{text}");
        }
    }
}
