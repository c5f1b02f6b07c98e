//! Certificates and envelopes of the notary project, made here, and its own library as a peer.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, PublicKeyData, date_time_ymd,
};

use crate::parts::skip;

pub(crate) const JWS: &str = "application/jose+json";
pub(crate) const COSE: &str = "application/cose";

/// An authority with one intermediate.
pub(crate) struct Authority {
    pub(crate) root: CertifiedIssuer<'static, KeyPair>,
    pub(crate) between: CertifiedIssuer<'static, KeyPair>,
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (kind, value) in [
        (DnType::CountryName, "US"),
        (DnType::StateOrProvinceName, "WA"),
        (DnType::OrganizationName, "Shop"),
        (DnType::CommonName, common),
    ] {
        name.push(kind, value);
    }
    name
}

fn authority(common: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name(common);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params
}

/// A signer's certificate as it should be, until 2040.
pub(crate) fn leaf() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("build");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2040, 1, 1);
    params
}

impl Authority {
    pub(crate) fn new() -> Self {
        let root = CertifiedIssuer::self_signed(authority("root"), KeyPair::generate().unwrap()).unwrap();
        let between =
            CertifiedIssuer::signed_by(authority("between"), KeyPair::generate().unwrap(), &root).unwrap();
        Self { root, between }
    }

    /// The chain of DER certificates that such a signer has.
    pub(crate) fn issue(&self, params: &CertificateParams, key: &impl PublicKeyData) -> Vec<Vec<u8>> {
        let leaf = params.signed_by(key, &self.between).unwrap();
        let der = |c: &rcgen::Certificate| c.der().to_vec();
        vec![der(&leaf), der(self.between.as_ref()), der(self.root.as_ref())]
    }
}

/// A small program around notation-core-go, in a folder of its own.
pub(crate) struct NotationCore {
    program: PathBuf,
    dir: tempfile::TempDir,
}

impl NotationCore {
    pub(crate) fn find() -> Option<Self> {
        let home = std::env::var_os("HOME").map(PathBuf::from)?;
        let program = home.join(".cache/seawall/peers/notation-core-1.3.0/notation-core");
        if !program.is_file() {
            skip("notation-core was not found; `tests/peers/build.sh notation-core` builds it");
            return None;
        }
        Some(Self { program, dir: tempfile::tempdir().unwrap() })
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
        let mut process = Command::new(&self.program)
            .args(arguments)
            .current_dir(self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(input).unwrap();
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(output.stdout) } else { Err(said) }
    }

    /// An envelope over the payload.
    pub(crate) fn sign(
        &self,
        kind: &str,
        (chain, key): (&str, &str),
        scheme: &str,
        expiry: Option<&str>,
        payload: &str,
    ) -> Vec<u8> {
        std::fs::write(self.dir.path().join("chain.pem"), chain).unwrap();
        std::fs::write(self.dir.path().join("key.pem"), key).unwrap();
        let mut arguments = vec!["sign", kind, "chain.pem", "key.pem", scheme];
        arguments.extend(expiry);
        self.run(&arguments, payload.as_bytes()).unwrap()
    }

    /// What its `verify` says of an envelope: the payload, or why not.
    pub(crate) fn verify(&self, kind: &str, envelope: &[u8]) -> Result<Vec<u8>, String> {
        self.run(&["verify", kind], envelope)
    }
}
