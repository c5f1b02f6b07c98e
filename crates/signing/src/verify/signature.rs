//! Is this digest signed by this key? An attestation does not count, whoever made it.

use std::collections::BTreeMap;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

use super::{Format, Reason, Rejection, statement};
use crate::{Bundle, Envelope, PublicKey, SigningError, SimpleSigning, Stored, predicate};

/// What a signature must say besides the digest. The default asks for nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected<'a> {
    /// Registry and repository that it must be made for. A bundle of cosign names none, and then does not count.
    pub repository: Option<&'a str>,
    /// Annotations that it must carry.
    pub annotations: BTreeMap<String, String>,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// How it was stored.
    pub format: Format,
    /// Id of the key that made it.
    pub key: String,
    /// The repository it was made for, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The signed annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Digest of the blob that holds it.
    pub blob: Digest,
    /// The exact bytes that were signed: a payload or a statement.
    #[serde(skip)]
    pub payload: Vec<u8>,
}

/// The first stored signature of the digest by the key that says what is expected, or [`SigningError::NoSignature`]
/// with what was found instead.
///
/// Only a simple signing payload, or a statement of type [`predicate::SIGN`], is a signature. (cosign 3.1.3 `verify`
/// answers 0 for an image that carries nothing but an attestation.)
pub fn verify_signature(
    stored: &[Stored],
    digest: &Digest,
    key: &PublicKey,
    expected: &Expected<'_>,
) -> Result<Verified, SigningError> {
    let mut rejected = Vec::new();
    for one in stored {
        let (blob, format, result) = match one {
            Stored::Signature { blob, payload, signature } => {
                (blob, Some(Format::SimpleSigning), simple(payload, signature, digest, key))
            }
            Stored::Attestation { blob, envelope } => {
                (blob, Some(Format::Dsse), signed(envelope, digest, key))
            }
            Stored::Bundle { blob, bundle } => (blob, Some(Format::Bundle), bundled(bundle, digest, key)),
            Stored::Unreadable { blob, reason } => (blob, None, Err(Reason::Unreadable(reason.clone()))),
        };
        match (format, result.and_then(|said| said.expected(expected))) {
            (Some(format), Ok(Said { repository, annotations, payload })) => {
                return Ok(Verified {
                    format,
                    key: key.id(),
                    repository,
                    annotations,
                    blob: blob.clone(),
                    payload,
                });
            }
            (format, Err(reason)) => rejected.push(Rejection { blob: blob.clone(), format, reason }),
            (None, Ok(_)) => {}
        }
    }
    Err(SigningError::NoSignature { digest: digest.clone(), key: key.id(), rejected })
}

/// What a good signature says.
struct Said {
    repository: Option<String>,
    annotations: BTreeMap<String, String>,
    payload: Vec<u8>,
}

impl Said {
    fn expected(self, expected: &Expected<'_>) -> Result<Self, Reason> {
        if let Some(wanted) = expected.repository
            && self.repository.as_deref().is_none_or(|found| repository_of(found) != wanted)
        {
            return Err(Reason::OtherRepository(self.repository));
        }
        for (key, value) in &expected.annotations {
            let found = self.annotations.get(key);
            if found != Some(value) {
                let (key, expected) = (key.clone(), value.clone());
                return Err(Reason::Annotation { key, expected, found: found.cloned() });
            }
        }
        Ok(self)
    }
}

/// Signers may write a whole reference: tag and digest do not belong to the repository.
fn repository_of(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

fn simple(payload: &[u8], signature: &[u8], digest: &Digest, key: &PublicKey) -> Result<Said, Reason> {
    key.verify(payload, signature).map_err(|_| Reason::OtherKey)?;
    let said = SimpleSigning::parse(payload).map_err(|e| Reason::Unreadable(e.to_string()))?;
    if said.digest() != digest.as_str() {
        return Err(Reason::OtherDigest(said.digest().to_owned()));
    }
    let repository = Some(said.reference().to_owned()).filter(|r| !r.is_empty());
    Ok(Said { repository, annotations: said.annotations(), payload: payload.to_vec() })
}

fn bundled(bundle: &Bundle, digest: &Digest, key: &PublicKey) -> Result<Said, Reason> {
    let none =
        || Reason::Unreadable("a bundle without an envelope, which signs a file, not an image".to_owned());
    signed(bundle.envelope().ok_or_else(none)?, digest, key)
}

fn signed(envelope: &Envelope, digest: &Digest, key: &PublicKey) -> Result<Said, Reason> {
    let (statement, payload) = statement(envelope, digest, key)?;
    if statement.predicate_type != predicate::SIGN {
        return Err(Reason::NotASignature(statement.predicate_type));
    }
    let subject = statement.about(digest);
    Ok(Said {
        repository: subject.map(|s| s.name.clone()).filter(|n| !n.is_empty()),
        annotations: subject.map(crate::StatementSubject::text_annotations).unwrap_or_default(),
        payload,
    })
}

#[cfg(test)]
mod tests {
    use super::repository_of;

    #[test]
    fn a_port_is_not_a_tag() {
        for reference in
            ["127.0.0.1:5000/shop", "127.0.0.1:5000/shop:1.0", "127.0.0.1:5000/shop:1.0@sha256:00"]
        {
            assert_eq!(repository_of(reference), "127.0.0.1:5000/shop");
        }
        assert_eq!(repository_of("shop:1.0"), "shop");
    }
}
