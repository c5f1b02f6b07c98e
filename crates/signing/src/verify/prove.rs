//! From a signature and what came with it to who made it, and when: every step in order, and closed at the first that fails.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::trust::{Trust, TrustedSigner};
use crate::certificate::{self, SigningCertificate};
use crate::evidence::Evidence;
use crate::log::{self, Logged, Signed, Signer};
use crate::steps::{Refused, StepName, Steps};
use crate::trust::CODE_SIGNING;
use crate::{PublicKey, SigningError, TrustedRoot, timestamp};

/// The certificate that a signature was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    /// The subject that matched, and the other names in the certificate.
    pub subject: String,
    /// Who vouched for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// What else the authority wrote into it: `source-repository-uri`, `build-trigger` and their like.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, String>,
}

/// Who made a signature, and when.
pub(crate) struct Proven {
    pub(crate) key: PublicKey,
    pub(crate) certificate: Option<CertificateSummary>,
    /// The earliest time that is proven.
    pub(crate) time: Option<Timestamp>,
}

/// Takes all steps up to the signature, which is the last one.
pub(crate) fn prove(
    evidence: Result<Evidence, SigningError>,
    signed: Signed<'_>,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<Proven, Refused> {
    if let TrustedSigner::Notation(_) = trust.signer {
        return Err(steps.fail(StepName::Document, "no Notation signature, which is asked for"));
    }
    let Some(root) = trust.root else {
        return bare(signed, trust, steps);
    };
    let evidence = steps.check(StepName::Document, evidence)?;
    let certificate = match &evidence.certificate {
        Some(der) => {
            let read = SigningCertificate::parse(der);
            let certificate = steps.check(StepName::Certificate, read)?;
            steps.pass(StepName::Certificate, certificate.subject());
            Some(certificate)
        }
        None => None,
    };
    let by = match (&certificate, trust.signer) {
        (Some(certificate), _) => Signer::Certificate(&certificate.der),
        (None, TrustedSigner::Key(key)) => Signer::Key(key),
        (None, TrustedSigner::Identity(_) | TrustedSigner::Notation(_)) => {
            let reason = "it was made with a key and carries no certificate; give its public key";
            return Err(steps.fail(StepName::Certificate, reason));
        }
    };
    let mut times = logged(&evidence, &Logged { signer: by, signed }, root, trust, steps)?;
    times.extend(stamped(&evidence, signed, root, steps)?);
    log_keys_counted(&evidence, &times, root, trust, steps)?;

    let (key, summary) = match (trust.signer, &certificate) {
        (TrustedSigner::Identity(identity), Some(certificate)) => {
            let times = signing_times(&times, trust, steps)?;
            authorised(certificate, &evidence.chain, &times, root, trust, steps)?;
            if !identity.is_subject(&certificate.names) {
                let reason = format!("it is {}, not {}", certificate.subject(), identity.subject());
                return Err(steps.fail(StepName::Identity, reason));
            }
            steps.pass(StepName::Identity, certificate.subject());
            let issuer = certificate.issuer.clone().unwrap_or_default();
            if !identity.is_issuer(&issuer) {
                let found =
                    if issuer.is_empty() { "none is named".to_owned() } else { format!("it is {issuer}") };
                return Err(steps.fail(StepName::Issuer, format!("{found}, not {}", identity.issuer())));
            }
            steps.pass(StepName::Issuer, issuer.clone());
            let summary = CertificateSummary {
                subject: certificate.subject(),
                issuer,
                claims: certificate.claims.clone(),
            };
            (certificate.key.clone(), Some(summary))
        }
        (TrustedSigner::Key(key), _) => (key.clone(), None),
        (TrustedSigner::Identity(_) | TrustedSigner::Notation(_), _) => {
            return Err(steps.fail(StepName::Certificate, "there is none"));
        }
    };
    check_signature(signed, &key, steps)?;
    Ok(Proven { key, certificate: summary, time: times.into_iter().min() })
}

/// A key, and nothing besides.
fn bare(signed: Signed<'_>, trust: &Trust<'_>, steps: &mut Steps) -> Result<Proven, Refused> {
    let TrustedSigner::Key(key) = trust.signer else {
        return Err(steps
            .fail(StepName::CertificateChain, "there is no trusted root to verify a certificate against"));
    };
    steps.skip(StepName::LogContent, "no transparency log is asked for");
    check_signature(signed, key, steps)?;
    Ok(Proven { key: key.clone(), certificate: None, time: None })
}

fn check_signature(signed: Signed<'_>, key: &PublicKey, steps: &mut Steps) -> Result<(), Refused> {
    let result = match signed {
        Signed::Message { bytes, signature } => key.verify(bytes, signature),
        Signed::Envelope { envelope, .. } => envelope.verify(key).map(|_| ()),
    };
    steps.check(StepName::Signature, result)?;
    steps.pass(StepName::Signature, format!("by {} key {}", key.algorithm(), key.id()));
    Ok(())
}

/// The times at which logs took the signature.
fn logged(
    evidence: &Evidence,
    logged: &Logged<'_>,
    root: &TrustedRoot,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<Vec<Timestamp>, Refused> {
    if !trust.log {
        steps.skip(StepName::LogContent, "no transparency log is asked for");
        return Ok(Vec::new());
    }
    if evidence.entries.is_empty() {
        return Err(steps.fail(StepName::LogKey, "it carries no entry of a transparency log"));
    }
    let mut times = Vec::new();
    for entry in &evidence.entries {
        times.extend(log::verify(entry, evidence.needs_of(entry), logged, root, steps)?);
    }
    Ok(times)
}

/// The times at which authorities saw the signature. One that no trusted authority made proves nothing, and takes nothing away.
fn stamped(
    evidence: &Evidence,
    signed: Signed<'_>,
    root: &TrustedRoot,
    steps: &mut Steps,
) -> Result<Vec<Timestamp>, Refused> {
    let over = match signed {
        Signed::Message { signature, .. } => signature.to_vec(),
        Signed::Envelope { stored: Some(stored), .. } => stored.to_vec(),
        Signed::Envelope { envelope, stored: None } => {
            let all = steps.check(StepName::Timestamp, envelope.signature_bytes())?;
            all.into_iter().next().unwrap_or_default()
        }
    };
    let mut times = Vec::new();
    for response in &evidence.timestamps {
        match timestamp::verify(response, &over, &root.timestamp_authorities) {
            Ok(time) => {
                steps.pass(StepName::Timestamp, time.to_string());
                times.push(time);
            }
            Err(reason) => steps.skip(StepName::Timestamp, format!("does not count: {reason}")),
        }
    }
    Ok(times)
}

/// Where a log vouches for no time (Rekor v2), its key must have counted at a time that is proven otherwise.
fn log_keys_counted(
    evidence: &Evidence,
    times: &[Timestamp],
    root: &TrustedRoot,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<(), Refused> {
    if !trust.log || times.is_empty() {
        return Ok(());
    }
    for entry in evidence.entries.iter().filter(|entry| entry.promised_time().is_none()) {
        if !root.log(&entry.log_id).any(|log| times.iter().any(|time| log.at(*time))) {
            let reason =
                format!("the key of the log of {} did not count when the signature was made", entry.name());
            return Err(steps.fail(StepName::LogKey, reason));
        }
    }
    Ok(())
}

/// The times that the certificate must have been valid at.
fn signing_times(
    times: &[Timestamp],
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<Vec<Timestamp>, Refused> {
    if let Some(first) = times.iter().min() {
        steps.pass(StepName::SigningTime, first.to_string());
        return Ok(times.to_vec());
    }
    if let Some(now) = trust.now {
        let detail = format!("nothing proves it; the certificate must be valid now, {now}");
        steps.skip(StepName::SigningTime, detail);
        return Ok(vec![now]);
    }
    let reason = "neither a log's promise nor a timestamp of a trusted authority proves when it was made";
    Err(steps.fail(StepName::SigningTime, reason))
}

/// The certificate is an authority's, for signing code, and known to a log.
fn authorised(
    certificate: &SigningCertificate,
    more: &[Vec<u8>],
    times: &[Timestamp],
    root: &TrustedRoot,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<(), Refused> {
    let mut issuer = Vec::new();
    for time in times {
        steps.check(StepName::CertificateChain, certificate.valid_at(*time))?;
        let mut found = Err("the trusted root has no certificate authority".to_owned());
        for authority in &root.authorities {
            found = authority.issued(&certificate.der, more, *time, CODE_SIGNING);
            if found.is_ok() {
                break;
            }
        }
        issuer = steps.check(StepName::CertificateChain, found)?;
    }
    steps.pass(StepName::CertificateChain, "leads to an authority of the trusted root");
    steps.check(StepName::CertificateUse, certificate.signs_code())?;
    steps.pass(StepName::CertificateUse, "code signing");
    if !trust.transparency {
        steps.skip(StepName::CertificateTransparency, "not asked for");
        return Ok(());
    }
    let seen = certificate::seen(certificate, &issuer, &root.certificate_logs);
    let seen = steps.check(StepName::CertificateTransparency, seen)?;
    steps.pass(StepName::CertificateTransparency, format!("seen at {seen}"));
    Ok(())
}

impl Evidence {
    /// Rekor v2 makes no promises: its proof is always needed.
    fn needs_of(&self, entry: &log::Entry) -> log::Needs {
        if entry.is_v2() { log::Needs::Proof } else { self.needs }
    }
}
