//! Is an entry of a log about this signature? Rekor's kinds, each with its own way to say so.
//!
//! Rekor v1: `hashedrekord` 0.0.1, `dsse` 0.0.1, `intoto` 0.0.1 and 0.0.2. Rekor v2: `hashedrekord` and `dsse` 0.0.2.

use rustls_pki_types::pem::{PemObject as _, SectionKind};
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::Entry;
use crate::{Envelope, PublicKey, base64, json};

/// What an entry must be about.
pub(crate) struct Logged<'a> {
    pub(crate) signer: Signer<'a>,
    pub(crate) signed: Signed<'a>,
}

/// Who signed.
#[derive(Clone, Copy)]
pub(crate) enum Signer<'a> {
    /// A certificate, in DER.
    Certificate(&'a [u8]),
    /// A key.
    Key(&'a PublicKey),
}

/// What was signed.
#[derive(Clone, Copy)]
pub(crate) enum Signed<'a> {
    /// Bytes, and the signature over them.
    Message {
        /// The bytes.
        bytes: &'a [u8],
        /// As [`PublicKey::verify`] reads it.
        signature: &'a [u8],
    },
    /// An envelope; with its stored bytes where they are known.
    Envelope {
        /// The envelope.
        envelope: &'a Envelope,
        /// As it is stored.
        stored: Option<&'a [u8]>,
    },
}

/// Whether the entry is about that. Its kind, in words.
pub(super) fn same(entry: &Entry, logged: &Logged<'_>) -> Result<String, String> {
    let body: Value = json::read("the body of the log entry", &entry.body).map_err(|e| e.to_string())?;
    let spec = &body["spec"];
    let kind = format!("{} {}", entry.kind, entry.version);
    match (entry.kind.as_str(), entry.version.as_str(), logged.signed) {
        ("hashedrekord", "0.0.1", Signed::Message { bytes, signature }) => {
            let hash = &spec["data"]["hash"];
            sum(text(&hash["algorithm"])?, &unhex(&hash["value"])?, bytes, "content")?;
            equal(&unbase64(&spec["signature"]["content"])?, signature, "signature")?;
            pem(&spec["signature"]["publicKey"]["content"], logged.signer)?;
        }
        ("hashedrekord", "0.0.2", signed) => {
            let record = &spec["hashedRekordV002"];
            let (algorithm, digest) =
                (text(&record["data"]["algorithm"])?, unbase64(&record["data"]["digest"])?);
            match signed {
                Signed::Message { bytes, signature } => {
                    sum(algorithm, &digest, bytes, "content")?;
                    equal(&unbase64(&record["signature"]["content"])?, signature, "signature")?;
                }
                // Rekor v2 takes an envelope as the hash of what its signature is over (rekor-tiles, section 6.1.4).
                Signed::Envelope { envelope, .. } => {
                    let over = envelope.signed_bytes().map_err(|e| e.to_string())?;
                    sum(algorithm, &digest, &over, "envelope")?;
                    signatures(envelope, &[unbase64(&record["signature"]["content"])?])?;
                }
            }
            verifier(&record["signature"]["verifier"], logged.signer)?;
        }
        ("dsse", "0.0.1", Signed::Envelope { envelope, .. }) => {
            let hash = &spec["payloadHash"];
            payload(text(&hash["algorithm"])?, &unhex(&hash["value"])?, envelope)?;
            let listed = list(&spec["signatures"])?;
            let found =
                listed.iter().map(|one| unbase64(&one["signature"])).collect::<Result<Vec<_>, _>>()?;
            signatures(envelope, &found)?;
            any(listed, |one| pem(&one["verifier"], logged.signer))?;
        }
        ("dsse", "0.0.2", Signed::Envelope { envelope, .. }) => {
            let record = &spec["dsseV002"];
            let hash = &record["payloadHash"];
            payload(text(&hash["algorithm"])?, &unbase64(&hash["digest"])?, envelope)?;
            let listed = list(&record["signatures"])?;
            let found = listed.iter().map(|one| unbase64(&one["content"])).collect::<Result<Vec<_>, _>>()?;
            signatures(envelope, &found)?;
            any(listed, |one| verifier(&one["verifier"], logged.signer))?;
        }
        ("intoto", "0.0.1", Signed::Envelope { envelope, stored }) => {
            let content = &spec["content"];
            let hash = &content["payloadHash"];
            if hash.is_object() {
                payload(text(&hash["algorithm"])?, &unhex(&hash["value"])?, envelope)?;
            } else {
                let stored = stored.ok_or("it names the stored envelope, which is not known")?;
                let hash = &content["hash"];
                sum(text(&hash["algorithm"])?, &unhex(&hash["value"])?, stored, "envelope")?;
            }
            pem(&spec["publicKey"], logged.signer)?;
        }
        ("intoto", "0.0.2", Signed::Envelope { envelope, .. }) => {
            let content = &spec["content"];
            let hash = &content["payloadHash"];
            payload(text(&hash["algorithm"])?, &unhex(&hash["value"])?, envelope)?;
            let listed = list(&content["envelope"]["signatures"])?;
            // Rekor encodes what is base64 already.
            let twice = |one: &Value| {
                let once = unbase64(&one["sig"])?;
                let again = std::str::from_utf8(&once).ok().and_then(|text| base64::decode("sig", text).ok());
                Ok::<_, String>(again.unwrap_or(once))
            };
            let found = listed.iter().map(twice).collect::<Result<Vec<_>, _>>()?;
            signatures(envelope, &found)?;
            any(listed, |one| pem(&one["publicKey"], logged.signer))?;
        }
        (_, _, Signed::Message { .. }) => {
            return Err(format!("an entry of kind {kind} is not about a bare signature"));
        }
        _ => return Err(format!("an entry of kind {kind} is not about an envelope")),
    }
    Ok(kind)
}

fn payload(algorithm: &str, digest: &[u8], envelope: &Envelope) -> Result<(), String> {
    let payload = envelope.payload().map_err(|e| e.to_string())?;
    sum(algorithm, digest, &payload, "payload")
}

fn sum(algorithm: &str, digest: &[u8], bytes: &[u8], what: &str) -> Result<(), String> {
    let good = match algorithm {
        "sha256" | "SHA2_256" => Sha256::digest(bytes).as_slice() == digest,
        "sha384" | "SHA2_384" => Sha384::digest(bytes).as_slice() == digest,
        "sha512" | "SHA2_512" => Sha512::digest(bytes).as_slice() == digest,
        other => return Err(format!("it names the {what} by `{other}`, which is not known")),
    };
    if good { Ok(()) } else { Err(format!("it is about another {what}")) }
}

/// All of the envelope's signatures, and no other, are logged.
fn signatures(envelope: &Envelope, logged: &[Vec<u8>]) -> Result<(), String> {
    let mut ours = envelope.signature_bytes().map_err(|e| e.to_string())?;
    let mut theirs = logged.to_vec();
    ours.sort();
    theirs.sort();
    if ours == theirs && !ours.is_empty() { Ok(()) } else { Err("it is about another signature".to_owned()) }
}

/// A PEM text in base64: the certificate, or the public key.
fn pem(value: &Value, signer: Signer<'_>) -> Result<(), String> {
    let bytes = unbase64(value)?;
    let (kind, der) = <(SectionKind, Vec<u8>)>::from_pem_slice(&bytes)
        .map_err(|e| format!("its signer is no PEM ({e})"))?;
    match (kind, signer) {
        (SectionKind::Certificate, Signer::Certificate(certificate)) => {
            equal(&der, certificate, "certificate")
        }
        (SectionKind::PublicKey, Signer::Key(key)) => same_key(&der, key),
        (other, _) => Err(format!("its signer is a {other:?}, which this signature's is not")),
    }
}

/// Rekor v2's verifier.
fn verifier(value: &Value, signer: Signer<'_>) -> Result<(), String> {
    match signer {
        Signer::Certificate(certificate) => {
            equal(&unbase64(&value["x509Certificate"]["rawBytes"])?, certificate, "certificate")
        }
        Signer::Key(key) => same_key(&unbase64(&value["publicKey"]["rawBytes"])?, key),
    }
}

fn same_key(der: &[u8], key: &PublicKey) -> Result<(), String> {
    let found = PublicKey::from_der(der).map_err(|e| e.to_string())?;
    equal(found.der(), key.der(), "key")
}

fn equal(found: &[u8], expected: &[u8], what: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("it is about another {what}")) }
}

fn any(all: &[Value], check: impl Fn(&Value) -> Result<(), String>) -> Result<(), String> {
    let mut reason = Err("it names no signer".to_owned());
    for one in all {
        reason = check(one);
        if reason.is_ok() {
            break;
        }
    }
    reason
}

fn list(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| "its body lacks a list of signatures".to_owned())
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "its body lacks a text that its kind has".to_owned())
}

fn unbase64(value: &Value) -> Result<Vec<u8>, String> {
    base64::decode("a part of the log entry", text(value)?).map_err(|e| e.to_string())
}

fn unhex(value: &Value) -> Result<Vec<u8>, String> {
    hex::decode(text(value)?).map_err(|e| format!("a sum in its body: {e}"))
}
