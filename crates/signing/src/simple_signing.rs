//! The simple signing payload that a legacy cosign signature signs (containers/image `simplesigning`).

use std::collections::BTreeMap;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{SigningError, json, limits};

const KIND: &str = "cosign container image signature";

/// What a legacy signature says: this digest, under this name, with these annotations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimpleSigning {
    critical: Critical,
    optional: Option<BTreeMap<String, Value>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Critical {
    identity: Identity,
    image: Image,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    #[serde(rename = "docker-reference")]
    reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

impl SimpleSigning {
    /// Of a digest in a repository (`registry.example.com/shop`, without tag).
    pub fn new(repository: &str, digest: &Digest, annotations: &BTreeMap<String, String>) -> Self {
        let optional = annotations.iter().map(|(k, v)| (k.clone(), Value::String(v.clone()))).collect();
        Self {
            critical: Critical {
                identity: Identity { reference: repository.to_owned() },
                image: Image { digest: digest.to_string() },
                kind: KIND.to_owned(),
            },
            // Go writes the nil map of "no annotations" as null.
            optional: if annotations.is_empty() { None } else { Some(optional) },
        }
    }

    /// The exact bytes that cosign would sign.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SigningError> {
        json::write(self)
    }

    /// Reads a payload. Another `type` than cosign's is refused: it was signed for another purpose.
    pub fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        const WHAT: &str = "the simple signing payload";
        limits::check(WHAT, bytes.len() as u64, limits::PAYLOAD_BYTES, "bytes", "sign the image again")?;
        let payload: Self = json::read(WHAT, bytes)?;
        if payload.critical.kind != KIND {
            let reason = format!("its type is `{}`, not `{KIND}`", payload.critical.kind);
            return Err(SigningError::Document { what: WHAT, reason });
        }
        Ok(payload)
    }

    /// The signed digest, as it stands there: it may be of another image, or no digest at all.
    pub fn digest(&self) -> &str {
        &self.critical.image.digest
    }

    /// The name under which it was signed; empty where the signer gave none.
    pub fn reference(&self) -> &str {
        &self.critical.identity.reference
    }

    /// The signed annotations that are texts.
    pub fn annotations(&self) -> BTreeMap<String, String> {
        let text = |(k, v): (&String, &Value)| v.as_str().map(|v| (k.clone(), v.to_owned()));
        self.optional.iter().flatten().filter_map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest() -> Digest {
        Digest::from_sha256([0xab; 32])
    }

    #[test]
    fn the_bytes_are_those_of_cosign() {
        let none =
            SimpleSigning::new("registry.example.com/shop", &digest(), &BTreeMap::new()).to_bytes().unwrap();
        insta::assert_snapshot!(String::from_utf8(none).unwrap(), @r#"{"critical":{"identity":{"docker-reference":"registry.example.com/shop"},"image":{"docker-manifest-digest":"sha256:abababababababababababababababababababababababababababababababab"},"type":"cosign container image signature"},"optional":null}"#);
        let some = BTreeMap::from([("env".into(), "a<b".into()), ("by".into(), "ci".into())]);
        let some = SimpleSigning::new("x", &digest(), &some).to_bytes().unwrap();
        assert!(String::from_utf8(some).unwrap().ends_with(r#""optional":{"by":"ci","env":"a\u003cb"}}"#));
    }

    #[test]
    fn another_type_is_refused() {
        let text =
            String::from_utf8(SimpleSigning::new("x", &digest(), &BTreeMap::new()).to_bytes().unwrap())
                .unwrap();
        assert!(SimpleSigning::parse(text.as_bytes()).is_ok());
        let atomic = text.replace(KIND, "atomic container signature");
        let error = SimpleSigning::parse(atomic.as_bytes()).unwrap_err();
        insta::assert_snapshot!(error, @"the simple signing payload cannot be read: its type is `atomic container signature`, not `cosign container image signature`");
        assert!(SimpleSigning::parse(format!("{text} x").as_bytes()).is_err());
    }
}
