//! In-toto statements: what is claimed of which digests (in-toto attestation spec, v1; v0.1 is read as well).

use std::collections::BTreeMap;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{SigningError, json};

const WHAT: &str = "the in-toto statement";
const V1: &str = "https://in-toto.io/Statement/v1";
const V0_1: &str = "https://in-toto.io/Statement/v0.1";
/// Far more digests than any statement about images names.
const SUBJECTS: usize = 1024;

/// A statement about one or more digests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// What it is about.
    pub subject: Vec<StatementSubject>,
    /// The sort of claim, a URI.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The claim.
    #[serde(default)]
    pub predicate: Value,
}

/// One thing a statement is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementSubject {
    /// A name for people: the repository, where cosign attests.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Algorithm → hex digits.
    #[serde(default)]
    pub digest: BTreeMap<String, String>,
    /// What the signer added with `-a`; values other than texts are kept, but match nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, Value>,
}

impl Statement {
    /// A v1 statement about one image.
    pub fn new(
        name: &str,
        digest: &Digest,
        annotations: &BTreeMap<String, String>,
        predicate_type: &str,
        predicate: Value,
    ) -> Self {
        let subject = StatementSubject {
            name: name.to_owned(),
            digest: BTreeMap::from([("sha256".to_owned(), digest.hex().to_owned())]),
            annotations: annotations.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect(),
        };
        Self {
            kind: V1.to_owned(),
            subject: vec![subject],
            predicate_type: predicate_type.to_owned(),
            predicate,
        }
    }

    /// The bytes to sign.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SigningError> {
        json::write(self)
    }

    /// Reads the payload of an envelope.
    pub fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        let statement: Self = json::read(WHAT, bytes)?;
        let wrong = |reason: String| Err(SigningError::Document { what: WHAT, reason });
        if statement.kind != V1 && statement.kind != V0_1 {
            return wrong(format!("its type is `{}`, not {V1} or {V0_1}", statement.kind));
        }
        if statement.subject.len() > SUBJECTS {
            return wrong(format!("it names {} subjects, more than {SUBJECTS}", statement.subject.len()));
        }
        Ok(statement)
    }

    /// The subject with that digest.
    pub fn about(&self, digest: &Digest) -> Option<&StatementSubject> {
        self.subject.iter().find(|s| s.digest.get("sha256").is_some_and(|hex| hex == digest.hex()))
    }

    /// The digests it is about, in words.
    pub(crate) fn digests(&self) -> String {
        let all: Vec<_> =
            self.subject.iter().flat_map(|s| &s.digest).take(3).map(|(k, v)| format!("{k}:{v}")).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    }
}

impl StatementSubject {
    /// The annotations that are texts.
    pub fn text_annotations(&self) -> BTreeMap<String, String> {
        self.annotations.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
    }
}
