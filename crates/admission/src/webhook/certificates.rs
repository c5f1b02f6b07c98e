//! A CA of our own and a serving certificate by it, in a folder.
//!
//! `ca.pem` and `serving.pem` hold key and certificate together (mode 0600), so that a crash never leaves a key beside the
//! certificate of another; `ca.crt` is the CA's certificate alone, for people and API servers.

use std::fmt;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::AdmissionError;

const DAY: Duration = Duration::from_hours(24);
/// A certificate file is a few KiB.
const MAX_FILE: u64 = 64 << 10;

/// How long certificates live, and how long before their end they are replaced.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Of the CA.
    pub ca: Duration,
    /// Of the serving certificate.
    pub serving: Duration,
    /// Before the end.
    pub renew_before: Duration,
}

impl Default for Lifetimes {
    /// Ten years, ninety days, thirty days.
    fn default() -> Self {
        Self { ca: 3650 * DAY, serving: 90 * DAY, renew_before: 30 * DAY }
    }
}

/// The CA's certificate, and the serving certificate with its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificates {
    /// The CA's certificate.
    pub ca_pem: String,
    /// The serving certificate and its key.
    serving_pem: String,
    path: PathBuf,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Certificates {
    /// Reads them from the folder; makes what is missing, expires soon, is by another CA or lacks one of the names.
    pub fn ensure(folder: &Path, names: &[String], lifetimes: Lifetimes) -> Result<Self, AdmissionError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| AdmissionError::File { path: folder.into(), source })?;
        let ca_path = folder.join("ca.pem");
        let ca = match read(&ca_path)? {
            Some(text) if !expires(&der(&text, &ca_path)?, &ca_path, lifetimes.renew_before)? => text,
            _ => {
                let text = make_ca(lifetimes.ca)?;
                write(&ca_path, &text, 0o600)?;
                text
            }
        };
        let ca_der = der(&ca, &ca_path)?;
        let ca_pem = certificate_part(&ca, &ca_path)?;
        let public = folder.join("ca.crt");
        if read(&public)?.as_deref() != Some(&ca_pem) {
            write(&public, &ca_pem, 0o644)?;
        }
        let path = folder.join("serving.pem");
        let serving_pem = match read(&path)? {
            Some(text) if serves(&text, &path, &ca_der, names, lifetimes.renew_before)? => text,
            _ => {
                let text = make_serving(&ca, &ca_path, names, lifetimes.serving)?;
                write(&path, &text, 0o600)?;
                text
            }
        };
        Ok(Self { ca_pem, serving_pem, path })
    }

    /// For the server, with the ring provider.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, AdmissionError> {
        let damaged =
            |problem: &str| AdmissionError::Damaged { path: self.path.clone(), problem: problem.to_owned() };
        let key = PrivateKeyDer::from_pem_slice(self.serving_pem.as_bytes())
            .map_err(|_| damaged("it holds no private key"))?;
        let certificate = der(&self.serving_pem, &self.path)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(AdmissionError::Tls)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .map_err(AdmissionError::Tls)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn make_ca(lifetime: Duration) -> Result<String, AdmissionError> {
    let failed = |source| AdmissionError::Certificate { names: "the CA".into(), source };
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages =
        vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    params.distinguished_name.push(DnType::CommonName, "Seawall admission CA");
    valid_for(&mut params, lifetime);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(format!("{}{}", certificate.pem(), key.serialize_pem()))
}

fn make_serving(
    ca: &str,
    ca_path: &Path,
    names: &[String],
    lifetime: Duration,
) -> Result<String, AdmissionError> {
    let failed = |source| AdmissionError::Certificate { names: names.join(", "), source };
    let damaged =
        |error: rcgen::Error| AdmissionError::Damaged { path: ca_path.into(), problem: error.to_string() };
    let key = PrivateKeyDer::from_pem_slice(ca.as_bytes()).map_err(|error| AdmissionError::Damaged {
        path: ca_path.into(),
        problem: format!("it holds no private key: {error}"),
    })?;
    let ca_key = KeyPair::try_from(key.secret_der()).map_err(damaged)?;
    let issuer = Issuer::from_ca_cert_der(&der(ca, ca_path)?, ca_key).map_err(damaged)?;
    let mut params = CertificateParams::new(names.to_vec()).map_err(failed)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.distinguished_name.push(DnType::CommonName, "Seawall admission");
    valid_for(&mut params, lifetime);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
    Ok(format!("{}{}", certificate.pem(), key.serialize_pem()))
}

/// From an hour ago, for clocks that differ.
fn valid_for(params: &mut CertificateParams, lifetime: Duration) {
    let now = SystemTime::now();
    params.not_before = (now - Duration::from_hours(1)).into();
    params.not_after = (now + lifetime).into();
}

/// Whether the serving certificate can be used as it is.
fn serves(
    text: &str,
    path: &Path,
    ca: &CertificateDer<'_>,
    names: &[String],
    renew_before: Duration,
) -> Result<bool, AdmissionError> {
    let certificate = der(text, path)?;
    if expires(&certificate, path, renew_before)? {
        return Ok(false);
    }
    let certificate = parse(&certificate, path)?;
    let by_ca = parse(ca, path).is_ok_and(|ca| certificate.verify_signature(Some(ca.public_key())).is_ok());
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let held: Vec<String> = alternatives
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => match **bytes {
                [a, b, c, d] => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
                _ => {
                    <[u8; 16]>::try_from(*bytes).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string())
                }
            },
            _ => None,
        })
        .collect();
    Ok(by_ca && names.iter().all(|name| held.contains(name)))
}

fn expires(der: &CertificateDer<'_>, path: &Path, within: Duration) -> Result<bool, AdmissionError> {
    let end = parse(der, path)?.validity().not_after.timestamp();
    let limit = SystemTime::now() + within;
    let limit = limit.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ok(end < i64::try_from(limit).unwrap_or(i64::MAX))
}

fn parse<'a>(der: &'a CertificateDer<'_>, path: &Path) -> Result<X509Certificate<'a>, AdmissionError> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|error| AdmissionError::Damaged {
        path: path.into(),
        problem: format!("no X.509 certificate: {error}"),
    })?;
    Ok(certificate)
}

fn der(text: &str, path: &Path) -> Result<CertificateDer<'static>, AdmissionError> {
    CertificateDer::from_pem_slice(text.as_bytes()).map_err(|error| AdmissionError::Damaged {
        path: path.into(),
        problem: format!("it holds no certificate: {error}"),
    })
}

/// The certificate's PEM block alone; [`der`] has found it before.
fn certificate_part(text: &str, path: &Path) -> Result<String, AdmissionError> {
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let block =
        text.find(begin).and_then(|start| Some(&text[start..start + text[start..].find(end)? + end.len()]));
    let block = block.ok_or_else(|| AdmissionError::Damaged {
        path: path.into(),
        problem: "it holds no certificate".into(),
    })?;
    Ok(format!("{}\n", block.replace('\r', "")))
}

/// The text of a file that may not be there. A key that others may read is closed first.
fn read(path: &Path) -> Result<Option<String>, AdmissionError> {
    let failed = |source| AdmissionError::File { path: path.into(), source };
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(source)),
    };
    if metadata.len() > MAX_FILE {
        return Err(AdmissionError::Damaged {
            path: path.into(),
            problem: format!("it has {} bytes", metadata.len()),
        });
    }
    if path.extension().is_some_and(|extension| extension == "pem")
        && metadata.permissions().mode() & 0o077 != 0
    {
        tracing::warn!(path = %path.display(), "the private key could be read by others; now it cannot");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    }
    std::fs::read_to_string(path).map(Some).map_err(failed)
}

/// Beside it, flushed, then renamed: nobody sees half a file.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), AdmissionError> {
    let failed = |source| AdmissionError::File { path: path.into(), source };
    let mut file =
        tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
