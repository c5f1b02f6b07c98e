//! What the specification asks of the certificates in an envelope ("Certificate Requirements"), besides the path itself.

use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

/// `anyExtendedKeyUsage`, `serverAuth`, `clientAuth`, `emailProtection`, `timeStamping`.
const OTHER_USES: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("2.5.29.37.0"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8"),
];

/// Each is issued by the one after it, and the last by itself.
pub(super) fn in_order(chain: &[Certificate]) -> Result<(), String> {
    let issuers = chain.iter().skip(1).chain(chain.last());
    for (one, issuer) in chain.iter().zip(issuers) {
        let (one, issuer) = (one.tbs_certificate(), issuer.tbs_certificate());
        if one.issuer() != issuer.subject() {
            return Err(format!(
                "{} was issued by {}, which does not follow it",
                one.subject(),
                one.issuer()
            ));
        }
    }
    Ok(())
}

/// An authority's: critical basic constraints that say so, and a critical key usage for certificates.
pub(super) fn is_authority(certificate: &Certificate) -> Result<(), String> {
    let tbs = certificate.tbs_certificate();
    let basic = tbs.get_extension::<BasicConstraints>().map_err(|e| e.to_string())?;
    let usage = tbs.get_extension::<KeyUsage>().map_err(|e| e.to_string())?;
    match (basic, usage) {
        (Some((true, basic)), Some((true, usage))) if basic.ca && usage.key_cert_sign() => Ok(()),
        _ => Err(format!("{} is not marked as an authority for certificates", tbs.subject())),
    }
}

/// The signer's: a critical key usage for signatures alone, and no extended use besides signing code.
pub(super) fn signs(certificate: &Certificate) -> Result<(), String> {
    let tbs = certificate.tbs_certificate();
    if tbs.get_extension::<BasicConstraints>().map_err(|e| e.to_string())?.is_some_and(|(_, basic)| basic.ca)
    {
        return Err("it is an authority's".to_owned());
    }
    let Some((true, usage)) = tbs.get_extension::<KeyUsage>().map_err(|e| e.to_string())? else {
        return Err("it has no critical key usage".to_owned());
    };
    if !usage.digital_signature() {
        return Err("its key usage does not allow digital signatures".to_owned());
    }
    let more = usage.key_encipherment()
        || usage.data_encipherment()
        || usage.key_agreement()
        || usage.key_cert_sign()
        || usage.crl_sign()
        || usage.encipher_only()
        || usage.decipher_only();
    if more {
        return Err("its key usage allows more than signatures".to_owned());
    }
    let extended = tbs.get_extension::<ExtendedKeyUsage>().map_err(|e| e.to_string())?;
    match extended.and_then(|(_, usage)| usage.0.into_iter().find(|use_| OTHER_USES.contains(use_))) {
        Some(other) => Err(format!("its extended key usage names {other}")),
        None => Ok(()),
    }
}
