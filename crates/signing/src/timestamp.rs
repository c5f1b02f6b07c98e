//! Timestamps of RFC 3161, offline: did an authority that is trusted see this signature, and when?

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{GeneralizedTime, ObjectIdentifier, OctetString};
use der::{Any, Decode as _, Encode as _, Reader as _, Sequence, SliceReader, Tagged as _};
use jiff::Timestamp;
use ring::signature::{self as algorithm, UnparsedPublicKey, VerificationAlgorithm};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::limits;
use crate::trust::{Authority, TIME_STAMPING};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMPING_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// RFC 3161, section 2.4.2, as far as it is used: what follows the time is signed, but says nothing that counts here.
struct TstInfo {
    hash: AlgorithmIdentifierOwned,
    sum: OctetString,
    time: GeneralizedTime,
}

#[derive(Sequence)]
struct MessageImprint {
    hash_algorithm: AlgorithmIdentifierOwned,
    hashed_message: OctetString,
}

/// The time at which an authority of `authorities` saw `signed`, or why the token does not tell.
pub(crate) fn verify(response: &[u8], signed: &[u8], authorities: &[Authority]) -> Result<Timestamp, String> {
    if response.len() as u64 > limits::TIMESTAMP_BYTES {
        return Err(format!("it has {} bytes, more than {}", response.len(), limits::TIMESTAMP_BYTES));
    }
    let token = token(response)?;
    let data = signed_data(&token).map_err(|e| format!("it is no timestamp: {e}"))?;
    if data.encap_content_info.econtent_type != TST_INFO {
        return Err("what it signs is no timestamp".to_owned());
    }
    let content = data.encap_content_info.econtent.as_ref().ok_or("it is empty")?;
    let content = content.decode_as::<OctetString>().map_err(|e| e.to_string())?;
    let info = TstInfo::parse(content.as_bytes()).map_err(|e| format!("its content cannot be read: {e}"))?;
    if hash(&info.hash.oid, signed)? != info.sum.as_bytes() {
        return Err("it is over another signature".to_owned());
    }
    let seconds = info.time.to_unix_duration().as_secs();
    let time = Timestamp::from_second(i64::try_from(seconds).map_err(|e| e.to_string())?)
        .map_err(|e| e.to_string())?;
    // RFC 3161 asks for exactly one signer.
    let [author] = data.signer_infos.0.as_ref() else {
        return Err(format!("{} signers, not one", data.signer_infos.0.len()));
    };
    let embedded: Vec<Vec<u8>> =
        data.certificates.iter().flat_map(|set| set.0.iter()).filter_map(der_of).collect();
    let mut reason = "no timestamp authority of the trusted root made it".to_owned();
    for authority in authorities {
        match made_by(authority, author, &embedded, content.as_bytes(), time) {
            Ok(true) => return Ok(time),
            Ok(false) => {}
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

/// Whether the authority's signer made it; false where the signer is another one's.
fn made_by(
    authority: &Authority,
    author: &SignerInfo,
    embedded: &[Vec<u8>],
    content: &[u8],
    time: Timestamp,
) -> Result<bool, String> {
    let own = authority.chain.iter().map(AsRef::as_ref);
    let mut candidates = own.chain(embedded.iter().map(Vec::as_slice));
    let Some((der, certificate)) = candidates.find_map(|der| {
        let certificate = Certificate::from_der(der).ok()?;
        is_signer(&author.sid, &certificate).then(|| (der.to_vec(), certificate))
    }) else {
        return Ok(false);
    };
    authority.issued(&der, embedded, time, TIME_STAMPING)?;
    stamps(&certificate)?;
    attributes(author, content, &der)?;
    let signed = author.signed_attrs.as_ref().ok_or("it has no signed attributes")?;
    // The attributes are signed as a SET, whatever the tag that they are stored under (RFC 5652, section 5.4).
    let signed = signed.to_der().map_err(|e| e.to_string())?;
    check_signature(author, &certificate, &signed)?;
    Ok(true)
}

/// The token inside of a response (RFC 3161, section 2.4.2), or the bare token.
fn token(response: &[u8]) -> Result<Vec<u8>, String> {
    let read = |der: &[u8]| -> der::Result<Vec<u8>> {
        let whole = der::AnyRef::from_der(der)?;
        let mut reader = SliceReader::new(whole.value())?;
        let first = der::AnyRef::decode(&mut reader)?;
        if first.tag() == der::Tag::ObjectIdentifier {
            return Ok(der.to_vec());
        }
        let granted = u8::decode(&mut SliceReader::new(first.value())?)?;
        // granted, grantedWithMods
        if granted > 1 {
            return Err(der::ErrorKind::Failed.into());
        }
        let token = der::AnyRef::decode(&mut reader)?.to_der()?;
        reader.finish()?;
        Ok(token)
    };
    read(response).map_err(|e| format!("it is no timestamp response: {e}"))
}

fn signed_data(token: &[u8]) -> der::Result<SignedData> {
    let content = ContentInfo::from_der(token)?;
    if content.content_type != SIGNED_DATA {
        return Err(der::ErrorKind::OidUnknown { oid: content.content_type }.into());
    }
    content.content.decode_as()
}

impl TstInfo {
    fn parse(der: &[u8]) -> der::Result<Self> {
        let whole = der::AnyRef::from_der(der)?;
        let mut reader = SliceReader::new(whole.value())?;
        let version = u8::decode(&mut reader)?;
        if version != 1 {
            return Err(der::ErrorKind::Failed.into());
        }
        Any::decode(&mut reader)?; // the policy
        let imprint = MessageImprint::decode(&mut reader)?;
        Any::decode(&mut reader)?; // the serial number
        let time = GeneralizedTime::decode(&mut reader)?;
        Ok(Self { hash: imprint.hash_algorithm, sum: imprint.hashed_message, time })
    }
}

fn der_of(choice: &CertificateChoices) -> Option<Vec<u8>> {
    match choice {
        CertificateChoices::Certificate(certificate) => certificate.to_der().ok(),
        CertificateChoices::Other(_) => None,
    }
}

fn is_signer(id: &SignerIdentifier, certificate: &Certificate) -> bool {
    let tbs = certificate.tbs_certificate();
    match id {
        SignerIdentifier::IssuerAndSerialNumber(id) => {
            id.issuer == *tbs.issuer() && id.serial_number.as_bytes() == tbs.serial_number().as_bytes()
        }
        SignerIdentifier::SubjectKeyIdentifier(id) => {
            matches!(tbs.get_extension::<SubjectKeyIdentifier>(), Ok(Some((_, found))) if found == *id)
        }
    }
}

/// RFC 3161, section 2.3: the certificate is for timestamps, and for nothing else.
fn stamps(certificate: &Certificate) -> Result<(), String> {
    let usage =
        certificate.tbs_certificate().get_extension::<ExtendedKeyUsage>().map_err(|e| e.to_string())?;
    match usage {
        Some((_, usage)) if usage.0 == [TIME_STAMPING_OID] => Ok(()),
        _ => Err("the certificate that signed it is not for timestamps alone".to_owned()),
    }
}

/// The attributes say that they are of this content, and by this certificate.
fn attributes(author: &SignerInfo, content: &[u8], certificate: &[u8]) -> Result<(), String> {
    let signed = author.signed_attrs.as_ref().ok_or("it has no signed attributes")?;
    let one = |oid: ObjectIdentifier| -> Result<Option<&Any>, String> {
        let mut found = signed.iter().filter(|attribute| attribute.oid == oid);
        match (found.next(), found.next()) {
            (Some(attribute), None) => match attribute.values.as_ref() {
                [value] => Ok(Some(value)),
                _ => Err(format!("the attribute {oid} has not one value")),
            },
            (None, _) => Ok(None),
            _ => Err(format!("the attribute {oid} stands twice")),
        }
    };
    let kind = one(CONTENT_TYPE)?.and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    if kind != Some(TST_INFO) {
        return Err("its attributes are not of a timestamp".to_owned());
    }
    let sum = one(MESSAGE_DIGEST)?.and_then(|value| value.decode_as::<OctetString>().ok());
    let Some(sum) = sum else { return Err("its attributes carry no sum".to_owned()) };
    if hash(&author.digest_alg.oid, content)? != sum.as_bytes() {
        return Err("its content was changed".to_owned());
    }
    if let Some(value) = one(SIGNING_CERTIFICATE_V2)? {
        let named = named_certificate(value).map_err(|e| format!("the certificate that it names: {e}"))?;
        let (oid, sum) = named;
        if hash(&oid, certificate)? != sum {
            return Err("it names another certificate than the one that signed it".to_owned());
        }
    }
    Ok(())
}

/// The hash and sum of the first `ESSCertIDv2` (RFC 5035, section 4).
fn named_certificate(value: &Any) -> der::Result<(ObjectIdentifier, Vec<u8>)> {
    const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
    let list = der::AnyRef::decode(&mut SliceReader::new(value.value())?)?;
    let first = der::AnyRef::decode(&mut SliceReader::new(list.value())?)?;
    let mut reader = SliceReader::new(first.value())?;
    let part = der::AnyRef::decode(&mut reader)?;
    if part.tag() == der::Tag::OctetString {
        return Ok((SHA_256, part.value().to_vec()));
    }
    let algorithm: AlgorithmIdentifierOwned = part.decode_as()?;
    let sum = der::AnyRef::decode(&mut reader)?;
    Ok((algorithm.oid, sum.value().to_vec()))
}

fn hash(oid: &ObjectIdentifier, bytes: &[u8]) -> Result<Vec<u8>, String> {
    match oid.to_string().as_str() {
        "2.16.840.1.101.3.4.2.1" => Ok(Sha256::digest(bytes).to_vec()),
        "2.16.840.1.101.3.4.2.2" => Ok(Sha384::digest(bytes).to_vec()),
        "2.16.840.1.101.3.4.2.3" => Ok(Sha512::digest(bytes).to_vec()),
        other => Err(format!("the hash {other} is not accepted")),
    }
}

fn check_signature(author: &SignerInfo, certificate: &Certificate, signed: &[u8]) -> Result<(), String> {
    let key = certificate.tbs_certificate().subject_public_key_info();
    let curve = key.algorithm.parameters.as_ref().and_then(|p| p.decode_as::<ObjectIdentifier>().ok());
    let curve = curve.map(|c| c.to_string()).unwrap_or_default();
    let hash = author.digest_alg.oid.to_string();
    let scheme = author.signature_algorithm.oid.to_string();
    let bits = match hash.as_str() {
        "2.16.840.1.101.3.4.2.1" => 256,
        "2.16.840.1.101.3.4.2.2" => 384,
        "2.16.840.1.101.3.4.2.3" => 512,
        _ => 0,
    };
    // The signature's algorithm may name a hash as well; then it is the same one.
    let named = match scheme.as_str() {
        "1.2.840.10045.4.3.2" | "1.2.840.113549.1.1.11" => 256,
        "1.2.840.10045.4.3.3" | "1.2.840.113549.1.1.12" => 384,
        "1.2.840.10045.4.3.4" | "1.2.840.113549.1.1.13" => 512,
        "1.2.840.113549.1.1.1" | "1.3.101.112" => bits,
        _ => return Err(format!("the signature algorithm {scheme} is not accepted")),
    };
    if named != bits {
        return Err("its signature and its sum are of different hashes".to_owned());
    }
    let algorithm: &dyn VerificationAlgorithm =
        match (key.algorithm.oid.to_string().as_str(), curve.as_str(), bits) {
            ("1.2.840.10045.2.1", "1.2.840.10045.3.1.7", 256) => &algorithm::ECDSA_P256_SHA256_ASN1,
            ("1.2.840.10045.2.1", "1.2.840.10045.3.1.7", 384) => &algorithm::ECDSA_P256_SHA384_ASN1,
            ("1.2.840.10045.2.1", "1.3.132.0.34", 256) => &algorithm::ECDSA_P384_SHA256_ASN1,
            ("1.2.840.10045.2.1", "1.3.132.0.34", 384) => &algorithm::ECDSA_P384_SHA384_ASN1,
            ("1.2.840.113549.1.1.1", _, 256) => &algorithm::RSA_PKCS1_2048_8192_SHA256,
            ("1.2.840.113549.1.1.1", _, 384) => &algorithm::RSA_PKCS1_2048_8192_SHA384,
            ("1.2.840.113549.1.1.1", _, 512) => &algorithm::RSA_PKCS1_2048_8192_SHA512,
            ("1.3.101.112", ..) => &algorithm::ED25519,
            (oid, ..) => {
                return Err(format!("a key of {oid} {curve} with a sum of {bits} bits is not accepted"));
            }
        };
    let key = key.subject_public_key.as_bytes().ok_or("a key that is not whole bytes")?;
    UnparsedPublicKey::new(algorithm, key)
        .verify(signed, author.signature.as_bytes())
        .map_err(|_| "the authority's signature on it does not hold".to_owned())
}
