//! The subject that a certificate must have: `x509.subject: C=US, ST=WA, O=Shop, CN=…`.

use std::str::FromStr as _;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Tag, Tagged as _};
use x509_cert::name::Name;

/// `countryName`, `stateOrProvinceName`, `organizationName`: without them a name says too little.
const REQUIRED: [(&str, ObjectIdentifier); 3] = [
    ("C", ObjectIdentifier::new_unwrap("2.5.4.6")),
    ("ST", ObjectIdentifier::new_unwrap("2.5.4.8")),
    ("O", ObjectIdentifier::new_unwrap("2.5.4.10")),
];

/// Attributes that a certificate's subject must have, with exactly these values; it may have others.
#[derive(Clone, Debug)]
pub(super) struct Subject(Vec<(ObjectIdentifier, String)>);

impl Subject {
    /// As a trust policy of Notation writes it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some(name) = text.trim().strip_prefix("x509.subject:") else {
            return Err("it does not start with `x509.subject:`".to_owned());
        };
        let mut parts: Vec<(ObjectIdentifier, String)> = Vec::new();
        for part in split(name)? {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("`{part}` is not NAME=VALUE"))?;
            // `S` is an older name of the same.
            let key = if key.trim().eq_ignore_ascii_case("S") { "ST" } else { key.trim() };
            let read = AttributeTypeAndValue::from_str(&format!("{key}={}", value.trim()))
                .map_err(|e| format!("`{part}`: {e}"))?;
            let value = words(&read).filter(|value| !value.is_empty());
            let value = value.ok_or_else(|| format!("`{part}` has no value in words"))?;
            if parts.iter().any(|(oid, _)| *oid == read.oid) {
                return Err(format!("`{key}` stands twice"));
            }
            parts.push((read.oid, value));
        }
        for (name, oid) in REQUIRED {
            if !parts.iter().any(|(known, _)| *known == oid) {
                return Err(format!("`{name}` is missing"));
            }
        }
        Ok(Self(parts))
    }

    /// Whether each of the attributes stands in the name once, with that value.
    pub(super) fn matches(&self, name: &Name) -> bool {
        self.0.iter().all(|(oid, value)| {
            let mut found = name.iter().filter(|part| part.oid == *oid);
            matches!((found.next(), found.next()), (Some(one), None) if words(one).as_ref() == Some(value))
        })
    }
}

/// At the commas that no backslash escapes (RFC 4514).
fn split(name: &str) -> Result<Vec<String>, String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in name.chars() {
        match c {
            ',' if !escaped => parts.push(std::mem::take(&mut part)),
            '+' if !escaped => return Err("two attributes are joined with `+`".to_owned()),
            c => part.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(part);
    Ok(parts.iter().map(|part| part.trim_start().to_owned()).collect())
}

fn words(part: &AttributeTypeAndValue) -> Option<String> {
    let text = matches!(part.value.tag(), Tag::Utf8String | Tag::PrintableString | Tag::Ia5String);
    text.then(|| std::str::from_utf8(part.value.value()).ok().map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use x509_cert::name::Name;

    use super::*;

    #[test]
    fn the_subject_must_have_every_attribute_that_is_asked_for() {
        let name = Name::from_str("CN=build\\, and more,O=Shop,ST=WA,C=US").unwrap();
        let matches = |text: &str| Subject::parse(text).unwrap().matches(&name);
        assert!(matches("x509.subject: C=US, ST=WA, O=Shop"));
        assert!(matches("x509.subject:C=US,S=WA,O=Shop,CN=build\\, and more"));
        for other in [
            "x509.subject: C=US, ST=WA, O=Shop2",
            "x509.subject: C=US, ST=WA, O=shop",
            "x509.subject: C=US, ST=WA, O=Shop, CN=build",
            "x509.subject: C=US, ST=WA, O=Shop, OU=team",
        ] {
            assert!(!matches(other), "{other}");
        }
        let twice = Name::from_str("O=Other,O=Shop,ST=WA,C=US").unwrap();
        assert!(!Subject::parse("x509.subject: C=US, ST=WA, O=Shop").unwrap().matches(&twice));
        let refused =
            ["C=US", "x509.subject: C=US, ST=WA", "x509.subject: C=US, ST=WA, O=", "x509.subject: C"]
                .map(|text| Subject::parse(text).unwrap_err());
        insta::assert_snapshot!(refused.join("\n"), @"
        it does not start with `x509.subject:`
        `O` is missing
        `O=` has no value in words
        `C` is not NAME=VALUE
        ");
        assert!(Subject::parse("x509.subject: C=US, ST=WA, O=Shop, O=Shop").is_err());
        assert!(Subject::parse("x509.subject: C=US+L=X, ST=WA, O=Shop").is_err());
    }
}
