//! Who made a Notation signature, and when: every step in order, and closed at the first that fails.

use std::collections::BTreeMap;

use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::attributes::Scheme;
use super::certificates::{in_order, is_authority, signs};
use super::envelope::{Named, NotationEnvelope};
use super::payload::Target;
use super::trust::NotationTrust;
use crate::certificate::SigningCertificate;
use crate::steps::{Refused, StepName, Steps};
use crate::timestamp;
use crate::trust::{Authority, CODE_SIGNING, valid_at};
use crate::verify::{CertificateSummary, Proven};

/// All steps, the signature first: nothing that somebody else wrote is looked into. `now` counts where nothing proves when it
/// was made, and for the expiry.
pub(crate) fn prove(
    envelope: &NotationEnvelope,
    trust: &NotationTrust,
    now: Timestamp,
    steps: &mut Steps,
) -> Result<(Proven, Target), Refused> {
    let scheme = envelope.attributes.scheme;
    steps.pass(StepName::Document, format!("{} envelope, signing scheme {scheme}", envelope.kind));
    let der = envelope.chain.first().map(Vec::as_slice).unwrap_or_default();
    let certificate = steps.check(StepName::Certificate, SigningCertificate::parse(der))?;
    let subject = certificate.parsed.tbs_certificate().subject().to_string();
    steps.pass(StepName::Certificate, subject.clone());
    signature(envelope, &certificate, steps)?;

    let chain: Result<Vec<Certificate>, String> = envelope
        .chain
        .iter()
        .map(|der| Certificate::from_der(der).map_err(|e| format!("a certificate cannot be read: {e}")))
        .collect();
    let chain = steps.check(StepName::CertificateChain, chain)?;
    let time = signing_time(envelope, trust, steps);
    let at = time.unwrap_or(now);
    steps.check(StepName::CertificateChain, leads(envelope, &chain, trust, at))?;
    steps.pass(StepName::CertificateChain, "leads to a certificate of the trust store");
    steps.check(StepName::CertificateUse, signs(&certificate.parsed))?;
    steps.pass(StepName::CertificateUse, "signatures");
    if !trust.is_trusted(&certificate.parsed) {
        return Err(steps.fail(StepName::Identity, format!("it is {subject}, not {trust}")));
    }
    steps.pass(StepName::Identity, subject.clone());
    match envelope.attributes.expiry {
        Some(expiry) if expiry <= now => {
            return Err(steps.fail(StepName::Expiry, format!("it expired at {expiry}, and it is {now}")));
        }
        Some(expiry) => steps.pass(StepName::Expiry, format!("not before {expiry}")),
        None => steps.skip(StepName::Expiry, "it says none"),
    }
    let target = steps.check(StepName::Content, Target::parse(&envelope.payload))?;
    let issuer = certificate.parsed.tbs_certificate().issuer().to_string();
    let certificate_summary = CertificateSummary { subject, issuer, claims: BTreeMap::new() };
    Ok((Proven { key: certificate.key, certificate: Some(certificate_summary), time }, target))
}

/// The key decides on the algorithm, and the envelope must name the same one.
fn signature(
    envelope: &NotationEnvelope,
    certificate: &SigningCertificate,
    steps: &mut Steps,
) -> Result<(), Refused> {
    let key = &certificate.key;
    let algorithm = steps.check(StepName::Signature, key.jose())?;
    let same = match &envelope.algorithm {
        Named::Jose(name) => name == algorithm.name(),
        Named::Cose(number) => *number == algorithm.number(),
    };
    if !same {
        let named = match &envelope.algorithm {
            Named::Jose(name) => name.clone(),
            Named::Cose(number) => format!("COSE algorithm {number}"),
        };
        let reason = format!("it names {named}, but its key is for {}", algorithm.name());
        return Err(steps.fail(StepName::Signature, reason));
    }
    steps.check(StepName::Signature, key.verify_jose(&envelope.signed, &envelope.signature))?;
    steps.pass(StepName::Signature, format!("{} by key {}", algorithm.name(), key.id()));
    Ok(())
}

/// When it was made, where somebody who is trusted vouches for that.
fn signing_time(envelope: &NotationEnvelope, trust: &NotationTrust, steps: &mut Steps) -> Option<Timestamp> {
    let time = match (envelope.attributes.scheme, &envelope.timestamp) {
        // Whether that authority is trusted is the next step's to tell.
        (Scheme::SigningAuthority, _) => Some(envelope.attributes.time),
        (Scheme::X509, Some(token)) => {
            match timestamp::verify(token, &envelope.signature, &trust.timestamp_authorities) {
                Ok(time) => {
                    steps.pass(StepName::Timestamp, time.to_string());
                    Some(time)
                }
                Err(reason) => {
                    steps.skip(StepName::Timestamp, format!("does not count: {reason}"));
                    None
                }
            }
        }
        (Scheme::X509, None) => None,
    };
    match time {
        Some(time) => steps.pass(StepName::SigningTime, time.to_string()),
        None => steps.skip(StepName::SigningTime, "nothing proves it; the certificates must be valid now"),
    }
    time
}

/// Whether the chain is one, is valid at that time, and holds a certificate of the store that leads to the signer's.
fn leads(
    envelope: &NotationEnvelope,
    chain: &[Certificate],
    trust: &NotationTrust,
    at: Timestamp,
) -> Result<(), String> {
    in_order(chain)?;
    for certificate in chain.iter().skip(1) {
        is_authority(certificate)?;
    }
    for certificate in chain {
        valid_at(certificate, at)?;
    }
    let (store, name) = match envelope.attributes.scheme {
        Scheme::X509 => (&trust.authorities, "ca"),
        Scheme::SigningAuthority => (&trust.signing_authorities, "signingAuthority"),
    };
    if store.is_empty() {
        return Err(format!("the trust store `{name}` is empty"));
    }
    let Some(place) = envelope.chain.iter().position(|der| store.contains(der)) else {
        return Err(format!("none of its {} certificates is in the trust store `{name}`", chain.len()));
    };
    // The signer's own certificate is trusted only where it stands for itself.
    if place == 0 && chain.len() > 1 {
        return Err("the trust store holds the signer's certificate, not its authority's".to_owned());
    }
    let (Some(leaf), Some(anchor)) = (envelope.chain.first(), envelope.chain.get(place)) else {
        return Err("it carries no certificate".to_owned());
    };
    let between = envelope.chain.get(1..place.max(1)).unwrap_or_default();
    Authority::anchor(anchor.clone())?.issued(leaf, between, at, CODE_SIGNING)?;
    Ok(())
}
