//! Signing: from a key and a target to an artifact that is ready to push.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::layout::{self, Artifact, Descriptor};
use crate::{Bundle, Envelope, IN_TOTO, Signer, SigningError, SimpleSigning, Statement, predicate};

/// Which of cosign's two layouts to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A sigstore bundle as a referrer: what cosign 3 writes.
    #[default]
    Bundle,
    /// The tags `.sig` and `.att`: what cosign 1 and 2 wrote, and most verifiers in the field read.
    Legacy,
}

/// What is signed.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Registry and repository, without tag (`registry.example.com/shop`).
    pub repository: &'a str,
    /// Media type, digest and size of the image's manifest or index.
    pub image: &'a Descriptor,
    /// The manifest at the legacy tag now, where there is one: what it holds is kept.
    pub existing: Option<&'a [u8]>,
    /// RFC 3339; a bundle's manifest says when it was made.
    pub created: &'a str,
}

/// Signs an image digest.
pub fn sign_image(
    key: &dyn Signer,
    target: &Target<'_>,
    form: Form,
    annotations: &BTreeMap<String, String>,
) -> Result<Artifact, SigningError> {
    let digest = &target.image.digest;
    match form {
        Form::Legacy => {
            let payload = SimpleSigning::new(target.repository, digest, annotations).to_bytes()?;
            let signature = key.sign(&payload)?;
            layout::legacy_signature(target.existing, digest, payload, &signature)
        }
        Form::Bundle => {
            // Without a name, as cosign writes it: a bundle stays true when the image is copied to another registry.
            let predicate = Value::Object(serde_json::Map::new());
            let statement = Statement::new("", digest, annotations, predicate::SIGN, predicate);
            bundle(key, target, &statement)
        }
    }
}

/// Attests a predicate of an image digest.
pub fn sign_attestation(
    key: &dyn Signer,
    target: &Target<'_>,
    form: Form,
    predicate_type: &str,
    predicate: Value,
) -> Result<Artifact, SigningError> {
    if predicate_type == predicate::SIGN {
        let reason = "a signature is not attested; use `seawall sign`".to_owned();
        return Err(SigningError::Document { what: "the predicate type", reason });
    }
    let digest = &target.image.digest;
    let statement = Statement::new(target.repository, digest, &BTreeMap::new(), predicate_type, predicate);
    match form {
        Form::Legacy => {
            let envelope = Envelope::sign(key, IN_TOTO, &statement.to_bytes()?)?;
            layout::legacy_attestation(target.existing, digest, &envelope, predicate_type)
        }
        Form::Bundle => bundle(key, target, &statement),
    }
}

fn bundle(key: &dyn Signer, target: &Target<'_>, statement: &Statement) -> Result<Artifact, SigningError> {
    let envelope = Envelope::sign(key, IN_TOTO, &statement.to_bytes()?)?;
    let bundle = Bundle::new(key.public(), envelope);
    layout::bundle(target.image, &bundle, &statement.predicate_type, target.created)
}
