//! HashiCorp Vault's (and OpenBao's) transit engine: `/v1/transit/keys/NAME` and `/v1/transit/sign/NAME`.
//!
//! API: <https://developer.hashicorp.com/vault/api-docs/secret/transit>. Settings are those that cosign reads.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use seawall_signing::{Algorithm, PublicKey, Signer, SigningError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use crate::{KeyUri, KmsError};

/// No answer of the transit engine is larger.
const LARGEST: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(30);
/// The SubjectPublicKeyInfo of an Ed25519 key, up to its 32 bytes (RFC 8410): Vault gives these alone.
const ED25519_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

/// Where Vault is, and how to enter. `Debug` does not show the token.
pub struct VaultSettings {
    address: Url,
    token: Zeroizing<String>,
    namespace: Option<String>,
    mount: String,
    authority: Option<Vec<u8>>,
}

impl VaultSettings {
    /// From `VAULT_ADDR`, `VAULT_TOKEN`, `VAULT_NAMESPACE` and `TRANSIT_SECRET_ENGINE_PATH`, as cosign reads them.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, KmsError> {
        let needed = |name: &'static str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| KmsError::Setting { name, problem: "is not set".to_owned() })
        };
        let address = needed("VAULT_ADDR")?;
        let bad = |problem: String| KmsError::Setting { name: "VAULT_ADDR", problem };
        let address: Url = address.parse().map_err(|e| bad(format!("is no address: {e}")))?;
        if !matches!(address.scheme(), "http" | "https") {
            return Err(bad("is not http:// or https://".to_owned()));
        }
        let token = Zeroizing::new(needed("VAULT_TOKEN")?.trim().to_owned());
        let mount = variable("TRANSIT_SECRET_ENGINE_PATH").filter(|m| !m.is_empty());
        let mount = mount.unwrap_or_else(|| "transit".to_owned()).trim_matches('/').to_owned();
        let namespace = variable("VAULT_NAMESPACE").filter(|n| !n.is_empty());
        Ok(Self { address, token, namespace, mount, authority: None })
    }

    /// The address of a path of the transit engine.
    fn endpoint(&self, path: &str) -> String {
        let base = self.address.as_str().trim_end_matches('/');
        format!("{base}/v1/{}/{path}", self.mount)
    }

    /// Trusts the certificates of a PEM text for the connection as well: what `VAULT_CACERT` names.
    #[must_use]
    pub fn with_authority(mut self, pem: Vec<u8>) -> Self {
        self.authority = Some(pem);
        self
    }
}

impl std::fmt::Debug for VaultSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VaultSettings({}, {})", self.address, self.mount)
    }
}

/// A key in a service, with its public half. Signing blocks the thread on the service's answer, and needs a
/// multi-threaded tokio runtime around it.
#[derive(Debug)]
pub struct RemoteKey {
    settings: VaultSettings,
    client: reqwest::Client,
    name: String,
    version: u64,
    public: PublicKey,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Key {
    #[serde(rename = "type")]
    kind: String,
    latest_version: u64,
    keys: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Signature {
    signature: String,
}

impl RemoteKey {
    /// Reads the key's newest public half.
    pub async fn open(uri: &KeyUri, settings: VaultSettings) -> Result<Self, KmsError> {
        let KeyUri::Vault(name) = uri;
        let mut builder =
            reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        let transport = |source| KmsError::Transport { address: settings.address.to_string(), source };
        if let Some(pem) = &settings.authority {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(transport)?;
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder.build().map_err(transport)?;
        let path = format!("keys/{name}");
        let Answer { data: key } = ask::<Answer<Key>>(&client, &settings, Method::GET, &path, None).await?;
        let unfit = |reason: String| KmsError::Answer { address: settings.endpoint(&path), reason };
        let text =
            key.keys.get(&key.latest_version.to_string()).and_then(|version| version["public_key"].as_str());
        let Some(text) = text else {
            return Err(unfit(format!("a key of type `{}` has no public half", key.kind)));
        };
        let public = if key.kind == "ed25519" {
            let raw = STANDARD.decode(text).map_err(|e| unfit(e.to_string()))?;
            PublicKey::from_der(&[&ED25519_HEAD[..], &raw].concat())
        } else {
            PublicKey::from_pem(text)
        };
        let public = public.map_err(|source| KmsError::Key { name: name.clone(), source })?;
        Ok(Self { client, name: name.clone(), version: key.latest_version, public, settings })
    }

    /// A signature by the version of the key whose public half was read.
    pub async fn signature(&self, message: &[u8]) -> Result<Vec<u8>, KmsError> {
        let hash = match self.public.algorithm() {
            Algorithm::EcdsaP384 => "sha2-384",
            Algorithm::EcdsaP521 => "sha2-512",
            _ => "sha2-256",
        };
        let body = json!({
            "input": STANDARD.encode(message),
            "key_version": self.version,
            "hash_algorithm": hash,
            "prehashed": false,
            "signature_algorithm": "pkcs1v15",
            "marshaling_algorithm": "asn1",
        });
        let path = format!("sign/{}", self.name);
        let answer: Answer<Signature> =
            ask(&self.client, &self.settings, Method::POST, &path, Some(&body)).await?;
        let unfit = |reason: &str| KmsError::Answer {
            address: self.settings.endpoint(&path),
            reason: reason.to_owned(),
        };
        // `vault:v1:BASE64`
        let text = answer.data.signature.rsplit(':').next().unwrap_or_default();
        let signature = STANDARD.decode(text).map_err(|_| unfit("its signature is not base64"))?;
        // What the service answers is looked at: nothing is stored that nobody could verify.
        if self.public.verify(message, &signature).is_err() {
            return Err(unfit("its signature does not verify with its own public key"));
        }
        Ok(signature)
    }
}

impl Signer for RemoteKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let handle = tokio::runtime::Handle::try_current().map_err(|e| SigningError::Sign(e.to_string()))?;
        tokio::task::block_in_place(|| handle.block_on(self.signature(message)))
            .map_err(|e| SigningError::Sign(e.to_string()))
    }
}

async fn ask<T: DeserializeOwned>(
    client: &reqwest::Client,
    settings: &VaultSettings,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<T, KmsError> {
    let address = settings.endpoint(path);
    let transport = |source: reqwest::Error| KmsError::Transport { address: address.clone(), source };
    let mut request = client.request(method, &address).header("X-Vault-Request", "true");
    request = request.header("X-Vault-Token", settings.token.as_str());
    if let Some(namespace) = &settings.namespace {
        request = request.header("X-Vault-Namespace", namespace);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let mut response = request.send().await.map_err(transport)?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(transport)? {
        if bytes.len() + chunk.len() > LARGEST {
            let reason = format!("it is larger than {LARGEST} bytes");
            return Err(KmsError::Answer { address: address.clone(), reason });
        }
        bytes.extend_from_slice(&chunk);
    }
    if status != StatusCode::OK {
        let said = serde_json::from_slice::<Value>(&bytes).ok();
        let errors =
            said.as_ref().and_then(|value| value["errors"].as_array()).map(Vec::as_slice).unwrap_or_default();
        let words: Vec<&str> = errors.iter().filter_map(Value::as_str).take(3).collect();
        let detail = if words.is_empty() { String::new() } else { format!(": {}", words.join("; ")) };
        return Err(KmsError::Refused { address: address.clone(), status: status.as_u16(), detail });
    }
    serde_json::from_slice(&bytes)
        .map_err(|e| KmsError::Answer { address: address.clone(), reason: e.to_string() })
}
