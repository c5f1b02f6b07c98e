//! A trusted root: which logs and authorities count, and when.

use jiff::Timestamp;

use super::authority::{Authority, Validity};
use super::document::{self, Document};
use crate::{PublicKey, SigningError, base64, json, limits};

const WHAT: &str = "the trusted root";
const MEDIA_TYPES: [&str; 3] = [
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
];

/// Keys of transparency logs and chains of authorities, each with the time in which it counts.
#[derive(Clone, Debug, Default)]
pub struct TrustedRoot {
    pub(crate) logs: Vec<LogKey>,
    pub(crate) certificate_logs: Vec<LogKey>,
    pub(crate) authorities: Vec<Authority>,
    pub(crate) timestamp_authorities: Vec<Authority>,
}

/// The key of one log.
#[derive(Clone, Debug)]
pub(crate) struct LogKey {
    /// Host, port and path, without scheme: the origin of its checkpoints (C2SP tlog-checkpoint), where it is of Rekor v2.
    pub(crate) origin: String,
    /// As entries and SCTs name it.
    pub(crate) id: Vec<u8>,
    /// As checkpoints name it, in their first four bytes.
    pub(crate) checkpoint_id: Vec<u8>,
    pub(crate) key: PublicKey,
    pub(crate) valid: Validity,
}

impl TrustedRoot {
    /// Reads a trusted root file. A part without the beginning of its validity, or with a broken certificate, is refused;
    /// the key of a log that is of an unknown algorithm is left out, and entries of that log then do not count.
    pub fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        let remedy = "give a trusted_root.json";
        limits::check(WHAT, bytes.len() as u64, limits::TRUSTED_ROOT_BYTES, "bytes", remedy)?;
        let document: Document = json::read(WHAT, bytes)?;
        if !MEDIA_TYPES.contains(&document.media_type.as_str()) {
            return Err(bad(format!(
                "its version `{}` is not known; v0.1 and v0.2 are read",
                document.media_type
            )));
        }
        let parts = document.tlogs.len()
            + document.ctlogs.len()
            + document.certificate_authorities.len()
            + document.timestamp_authorities.len();
        limits::check(WHAT, parts as u64, limits::TRUSTED_ROOT_PARTS, "logs and authorities", remedy)?;
        Ok(Self {
            logs: logs(&document.tlogs)?,
            certificate_logs: logs(&document.ctlogs)?,
            authorities: authorities(&document.certificate_authorities)?,
            timestamp_authorities: authorities(&document.timestamp_authorities)?,
        })
    }

    /// An authority of one's own: PEM certificates, intermediates first, the root last. There is no log in it.
    pub fn of_authority(pem: &str) -> Result<Self, SigningError> {
        limits::check(WHAT, pem.len() as u64, limits::TRUSTED_ROOT_BYTES, "bytes", "give PEM certificates")?;
        let chain = crate::certificate::pem_chain(pem).map_err(bad)?;
        let authority = Authority::new("own authority".to_owned(), chain, Validity::always()).map_err(bad)?;
        Ok(Self { authorities: vec![authority], ..Self::default() })
    }

    /// The same, with a timestamp authority: PEM certificates, the root last.
    pub fn with_timestamp_authority(mut self, pem: &str) -> Result<Self, SigningError> {
        limits::check(WHAT, pem.len() as u64, limits::TRUSTED_ROOT_BYTES, "bytes", "give PEM certificates")?;
        let chain = crate::certificate::pem_chain(pem).map_err(bad)?;
        let authority = Authority::new("own authority".to_owned(), chain, Validity::always()).map_err(bad)?;
        self.timestamp_authorities.push(authority);
        Ok(self)
    }

    /// The keys of the log with that id, of whatever time.
    pub(crate) fn log<'a>(&'a self, id: &[u8]) -> impl Iterator<Item = &'a LogKey> {
        let id = id.to_vec();
        self.logs.iter().filter(move |log| log.id == id)
    }
}

impl LogKey {
    /// Whether the key counted then.
    pub(crate) fn at(&self, time: Timestamp) -> bool {
        self.valid.holds(time)
    }
}

fn logs(all: &[document::Log]) -> Result<Vec<LogKey>, SigningError> {
    let mut found = Vec::new();
    for log in all {
        let valid = Validity::of(log.public_key.valid_for.as_ref()).map_err(bad)?;
        let raw = base64::decode("a key of the trusted root", &log.public_key.raw_bytes)?;
        let key = if log.public_key.details.starts_with("PKCS1_RSA") {
            PublicKey::from_rsa_pkcs1(&raw)
        } else {
            PublicKey::from_der(&raw)
        };
        // SHA-256 is the only hash that any log's tree has had.
        let hash = matches!(log.hash_algorithm.as_str(), "SHA2_256" | "");
        let (Ok(key), true) = (key, hash) else { continue };
        let read = |id: &document::LogId| base64::decode("a log id of the trusted root", &id.key_id);
        let checkpoint = log.checkpoint_key_id.as_ref().map(read).transpose()?;
        let id = match (log.id.as_ref().map(read).transpose()?, &checkpoint) {
            (Some(id), _) => id,
            (None, Some(id)) => id.clone(),
            (None, None) => return Err(bad(format!("the log {} has no id", log.base_url))),
        };
        let origin = log.base_url.split_once("://").map_or(log.base_url.as_str(), |(_, rest)| rest);
        found.push(LogKey {
            origin: origin.trim_end_matches('/').to_owned(),
            checkpoint_id: checkpoint.unwrap_or_else(|| id.clone()),
            id,
            key,
            valid,
        });
    }
    Ok(found)
}

fn authorities(all: &[document::Authority]) -> Result<Vec<Authority>, SigningError> {
    all.iter()
        .map(|one| {
            let valid = Validity::of(one.valid_for.as_ref()).map_err(bad)?;
            let decode =
                |c: &document::Certificate| base64::decode("a certificate of the trusted root", &c.raw_bytes);
            let chain = one.cert_chain.certificates.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
            Authority::new(one.uri.clone(), chain, valid).map_err(bad)
        })
        .collect()
}

fn bad(reason: impl std::fmt::Display) -> SigningError {
    SigningError::Document { what: WHAT, reason: reason.to_string() }
}
