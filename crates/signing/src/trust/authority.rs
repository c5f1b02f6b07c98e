//! An authority: a chain of certificates, the time in which it counts, and whether a certificate leads to it.

use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, KeyUsage};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::document::Range;

/// `id-kp-codeSigning`, 1.3.6.1.5.5.7.3.3, as DER writes its value.
pub(crate) const CODE_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];
/// `id-kp-timeStamping`, 1.3.6.1.5.5.7.3.8.
pub(crate) const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
/// Longest chain of an authority: more are never made, and each is a signature to verify.
const LONGEST: usize = 8;

/// From when, and until when, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Validity {
    /// Without bounds of its own: those of the certificates still count.
    pub(crate) fn always() -> Self {
        Self { from: Timestamp::MIN, until: None }
    }

    /// As a trusted root says it. The beginning is required (protobuf-specs, `PublicKey.valid_for`).
    pub(super) fn of(range: Option<&Range>) -> Result<Self, String> {
        let Some(start) = range.and_then(|range| range.start.as_deref()) else {
            return Err("a part says not from when it is valid (`validFor.start`)".to_owned());
        };
        let time = |text: &str| text.parse().map_err(|e| format!("`{text}` is no time: {e}"));
        let until = range.and_then(|range| range.end.as_deref()).map(time).transpose()?;
        Ok(Self { from: time(start)?, until })
    }

    pub(crate) fn holds(&self, time: Timestamp) -> bool {
        self.from <= time && self.until.is_none_or(|until| time <= until)
    }
}

/// A certificate or timestamp authority: intermediates (and, for timestamps, the signer) first, the root last.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    pub(crate) uri: String,
    pub(crate) chain: Vec<CertificateDer<'static>>,
    valid: Validity,
}

impl Authority {
    /// One trusted certificate, at all times that it is valid itself.
    pub(crate) fn anchor(certificate: Vec<u8>) -> Result<Self, String> {
        Self::new("the trust store".to_owned(), vec![certificate], Validity::always())
    }

    /// Refuses an empty chain, and certificates that cannot be read.
    pub(super) fn new(uri: String, chain: Vec<Vec<u8>>, valid: Validity) -> Result<Self, String> {
        if chain.is_empty() || chain.len() > LONGEST {
            return Err(format!("the authority {uri} has {} certificates, not 1 to {LONGEST}", chain.len()));
        }
        for der in &chain {
            Certificate::from_der(der).map_err(|e| format!("a certificate of {uri} cannot be read: {e}"))?;
        }
        Ok(Self { uri, chain: chain.into_iter().map(CertificateDer::from).collect(), valid })
    }

    /// Whether a certificate leads to this authority's root at that time, by RFC 5280's rules, and may be used so. `more` are
    /// intermediates that came with it, which are not trusted by themselves. The answer is its issuer's public key (PKIX).
    pub(crate) fn issued(
        &self,
        certificate: &[u8],
        more: &[Vec<u8>],
        at: Timestamp,
        usage: &'static [u8],
    ) -> Result<Vec<u8>, String> {
        if !self.valid.holds(at) {
            return Err(format!("{} does not count at {at}", self.uri));
        }
        let Some((root, between)) = self.chain.split_last() else {
            return Err(format!("{} has no certificate", self.uri));
        };
        // webpki takes an anchor's own validity for granted.
        let parsed = Certificate::from_der(root).map_err(|e| e.to_string())?;
        valid_at(&parsed, at)?;
        let anchor = webpki::anchor_from_trusted_cert(root).map_err(|e| e.to_string())?;
        let mut between: Vec<CertificateDer<'_>> = between.to_vec();
        between.extend(more.iter().take(LONGEST).map(|der| CertificateDer::from(der.as_slice())));
        let seconds = u64::try_from(at.as_second()).map_err(|_| "a time before 1970".to_owned())?;
        let certificate = CertificateDer::from(certificate);
        let leaf = EndEntityCert::try_from(&certificate).map_err(|e| e.to_string())?;
        let anchors = [anchor];
        let path = leaf
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &anchors,
                &between,
                UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
                // That the certificate itself names the use is looked at apart: authorities need not.
                KeyUsage::required_if_present(usage),
                None,
                None,
            )
            .map_err(|e| format!("{}: {}", self.uri, words(&e)))?;
        Ok(path.issuer_spki().as_ref().to_vec())
    }
}

/// The library's reasons that come up, in words.
fn words(error: &webpki::Error) -> String {
    use webpki::Error;
    let text = match error {
        Error::UnknownIssuer => "it did not issue the certificate",
        Error::InvalidSignatureForPublicKey => {
            "an authority of the same name issued the certificate, with another key"
        }
        Error::RequiredEkuNotFoundContext(_) => "its extended key usage does not allow this use",
        Error::CertExpired { .. } => "a certificate on the way to it had expired",
        Error::CertNotValidYet { .. } => "a certificate on the way to it was not valid yet",
        Error::EndEntityUsedAsCa => "a certificate on the way to it is no authority's",
        Error::CaUsedAsEndEntity => "an authority's own certificate signs nothing else than certificates",
        other => return format!("the certificate is refused ({other})"),
    };
    text.to_owned()
}

/// Whether the certificate's own dates include the time.
pub(crate) fn valid_at(certificate: &Certificate, at: Timestamp) -> Result<(), String> {
    let validity = certificate.tbs_certificate().validity();
    let seconds =
        |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    let (from, until) = (seconds(validity.not_before), seconds(validity.not_after));
    let now = at.as_second();
    if from <= now && now <= until {
        return Ok(());
    }
    let words = |s: i64| Timestamp::from_second(s).map_or_else(|_| s.to_string(), |t| t.to_string());
    Err(format!("valid from {} until {}, which does not include {at}", words(from), words(until)))
}
