//! DSSE envelopes: a payload, its type, and signatures over both (secure-systems-lab/dsse, protocol 1.0).

use serde::{Deserialize, Serialize};

use crate::{PublicKey, Signer, SigningError, base64, json, limits};

/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";
const WHAT: &str = "the DSSE envelope";

/// An envelope as it is stored. Payload and signatures stay base64 until they are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    /// Base64.
    sig: String,
    /// A hint that is not signed, and so is not relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(key: &dyn Signer, payload_type: &str, payload: &[u8]) -> Result<Self, SigningError> {
        let signature = key.sign(&pae(payload_type, payload))?;
        Ok(Self {
            payload: base64::encode(payload),
            payload_type: payload_type.to_owned(),
            signatures: vec![EnvelopeSignature { sig: base64::encode(&signature), keyid: None }],
        })
    }

    /// Reads an envelope.
    pub fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        limits::check(
            WHAT,
            bytes.len() as u64,
            limits::ENVELOPE_BYTES,
            "bytes",
            "attach a smaller document",
        )?;
        let envelope: Self = json::read(WHAT, bytes)?;
        envelope.checked()
    }

    /// Refuses an envelope with more, or longer, signatures than are looked at.
    pub(crate) fn checked(self) -> Result<Self, SigningError> {
        let remedy = "sign again with fewer keys at once";
        limits::check(WHAT, self.signatures.len() as u64, limits::ENVELOPE_SIGNATURES, "signatures", remedy)?;
        for signature in &self.signatures {
            limits::check(
                WHAT,
                signature.sig.len() as u64,
                limits::SIGNATURE_CHARS,
                "characters of one signature",
                remedy,
            )?;
        }
        Ok(self)
    }

    /// The stored form, as cosign writes it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SigningError> {
        json::write(self)
    }

    /// What sort of payload it is; this is signed.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// How many signatures it holds.
    pub fn signatures(&self) -> usize {
        self.signatures.len()
    }

    /// The payload, not verified.
    pub fn payload(&self) -> Result<Vec<u8>, SigningError> {
        base64::decode("the payload of the DSSE envelope", &self.payload)
    }

    /// What its signatures are over.
    pub(crate) fn signed_bytes(&self) -> Result<Vec<u8>, SigningError> {
        Ok(pae(&self.payload_type, &self.payload()?))
    }

    /// Its signatures.
    pub(crate) fn signature_bytes(&self) -> Result<Vec<Vec<u8>>, SigningError> {
        let decode = |s: &EnvelopeSignature| base64::decode("a signature of the DSSE envelope", &s.sig);
        self.signatures.iter().map(decode).collect()
    }

    /// The payload, once one of the signatures is found to be the key's.
    pub fn verify(&self, key: &PublicKey) -> Result<Vec<u8>, SigningError> {
        let payload = self.payload()?;
        let signed = pae(&self.payload_type, &payload);
        let good = self.signatures.iter().any(|s| {
            base64::decode("a signature of the DSSE envelope", &s.sig)
                .is_ok_and(|sig| key.verify(&signed, &sig).is_ok())
        });
        if good { Ok(payload) } else { Err(SigningError::Signature { key: key.id() }) }
    }
}

/// The pre-authentication encoding: what is signed, with lengths, so that type and payload cannot be shifted.
fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {} {} ", payload_type.len(), payload_type, payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, PrivateKey};

    #[test]
    fn pae_is_that_of_the_protocol() {
        // The example of the DSSE protocol document.
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(pae("http://example.com/HelloWorld", b"hello world"), expected);
    }

    #[test]
    fn a_signature_covers_the_type_and_the_payload() {
        let key = PrivateKey::generate(Algorithm::default()).unwrap();
        let good = Envelope::sign(&key, IN_TOTO, b"{}").unwrap();
        assert_eq!(good, Envelope::parse(&good.to_bytes().unwrap()).unwrap());
        assert_eq!(good.verify(key.public()).unwrap(), b"{}");
        let typed = Envelope { payload_type: "text/plain".into(), ..good.clone() };
        assert!(matches!(typed.verify(key.public()), Err(SigningError::Signature { .. })));
        let other = Envelope { payload: base64::encode(b"{ }"), ..good };
        assert!(matches!(other.verify(key.public()), Err(SigningError::Signature { .. })));
    }
}
