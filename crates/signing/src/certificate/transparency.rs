//! Certificate transparency: has a log that is trusted promised to include this certificate? (RFC 6962, section 3.2)

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{AnyRef, Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _};
use x509_cert::ext::pkix::SignedCertificateTimestampList;
use x509_cert::ext::pkix::sct::SignedCertificateTimestamp;

use super::SigningCertificate;
use crate::trust::LogKey;

/// The extension that carries the promises.
const SCTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");
/// More promises in one certificate are not looked at.
const MOST: usize = 16;

/// When a log of `logs` saw the certificate; the error says what was found instead. `issuer` is the issuer's public key (PKIX).
pub(crate) fn seen(
    certificate: &SigningCertificate,
    issuer: &[u8],
    logs: &[LogKey],
) -> Result<Timestamp, String> {
    let list = certificate.parsed.tbs_certificate().get_extension::<SignedCertificateTimestampList>();
    let Some((_, list)) = list.map_err(|e| e.to_string())? else {
        return Err("the certificate carries no signed certificate timestamp".to_owned());
    };
    let list = list.parse_timestamps().map_err(|e| format!("its timestamps cannot be read: {e:?}"))?;
    let unsigned =
        without_timestamps(&certificate.der).map_err(|e| format!("its content cannot be read: {e}"))?;
    let mut reason = "it carries no signed certificate timestamp".to_owned();
    for one in list.iter().take(MOST) {
        let Ok(sct) = one.parse_timestamp() else { continue };
        match promised(&sct, &unsigned, issuer, logs) {
            Ok(time) => return Ok(time),
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

fn promised(
    sct: &SignedCertificateTimestamp,
    unsigned: &[u8],
    issuer: &[u8],
    logs: &[LogKey],
) -> Result<Timestamp, String> {
    let millis = i64::try_from(sct.timestamp).map_err(|_| "a time that cannot be".to_owned())?;
    let time = Timestamp::from_millisecond(millis).map_err(|e| e.to_string())?;
    let id = &sct.log_id.key_id;
    let mut known = false;
    for log in logs.iter().filter(|log| log.id == id) {
        known = true;
        if log.at(time)
            && log.key.verify(&signed(sct, unsigned, issuer)?, sct.signature.signature.as_slice()).is_ok()
        {
            return Ok(time);
        }
    }
    let id = hex::encode(&id[..4]);
    Err(if known {
        format!("the promise of log {id}… was not made by its key, or not while that key counted")
    } else {
        format!("the log {id}… that saw it is not in the trusted root")
    })
}

/// What the log signed: `digitally-signed struct` of RFC 6962, section 3.2, for a precertificate.
fn signed(sct: &SignedCertificateTimestamp, unsigned: &[u8], issuer: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = vec![0, 0];
    out.extend_from_slice(&sct.timestamp.to_be_bytes());
    out.extend_from_slice(&[0, 1]);
    out.extend_from_slice(&Sha256::digest(issuer));
    let length = u32::try_from(unsigned.len()).ok().filter(|length| *length < 1 << 24).ok_or("too long")?;
    out.extend_from_slice(&length.to_be_bytes()[1..]);
    out.extend_from_slice(unsigned);
    let extensions = sct.extensions.as_slice();
    let length = u16::try_from(extensions.len()).map_err(|_| "too long")?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(extensions);
    Ok(out)
}

/// The certificate's content without the promises, which is what the log saw. All other bytes stay as they are.
fn without_timestamps(certificate: &[u8]) -> x509_cert::der::Result<Vec<u8>> {
    let whole = AnyRef::from_der(certificate)?;
    let sequence = AnyRef::decode(&mut SliceReader::new(whole.value())?)?;
    let mut content = Vec::new();
    let mut reader = SliceReader::new(sequence.value())?;
    while !reader.is_finished() {
        let part = AnyRef::decode(&mut reader)?;
        // `extensions [3] EXPLICIT SEQUENCE OF Extension`
        if part.tag().is_context_specific() && part.tag().number().value() == 3 {
            let list = AnyRef::from_der(part.value())?;
            let mut kept = Vec::new();
            let mut extensions = SliceReader::new(list.value())?;
            while !extensions.is_finished() {
                let extension = AnyRef::decode(&mut extensions)?;
                let oid = ObjectIdentifier::decode(&mut SliceReader::new(extension.value())?)?;
                if oid != SCTS {
                    extension.encode_to_vec(&mut kept)?;
                }
            }
            let list = AnyRef::new(Tag::Sequence, &kept)?.to_der()?;
            AnyRef::new(part.tag(), &list)?.encode_to_vec(&mut content)?;
        } else {
            part.encode_to_vec(&mut content)?;
        }
    }
    AnyRef::new(Tag::Sequence, &content)?.to_der()
}
