//! Challenges and their answers: basic, and bearer tokens (<https://distribution.github.io/distribution/spec/auth/token/>).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use reqwest::Response;
use reqwest::header::{HeaderValue, WWW_AUTHENTICATE};
use serde::Deserialize;
use url::Url;

use super::send::{Call, unreachable};
use super::{Action, Credential, Registry};
use crate::{ImageError, Reference};

/// A credential helper that asks its user something would never end.
const HELPER_TIMEOUT: Duration = Duration::from_secs(30);
/// Tokens are a few kilobytes.
const TOKEN_BODY: usize = 1024 * 1024;

impl Registry {
    /// The token at hand. One that may push may pull as well.
    pub(super) fn token(&self, reference: &Reference, action: Action) -> Option<HeaderValue> {
        let tokens = self.inner.tokens.lock().ok()?;
        let key = |action| (reference.registry.clone(), reference.repository.clone(), action);
        tokens.get(&key(Action::Push)).or_else(|| tokens.get(&key(action))).cloned()
    }

    /// What the challenge of a 401 asks for, kept for later requests. None: there is nothing to answer with.
    pub(super) async fn answer_challenge(
        &self,
        call: &Call<'_>,
        response: &Response,
    ) -> Result<Option<HeaderValue>, ImageError> {
        let credential = self.credential(call.reference).await?;
        let mut header = None;
        for challenge in challenges(response) {
            header = match (challenge, &credential) {
                (_, Some(Credential::Bearer(token))) => Some(format!("Bearer {token}")),
                (Challenge::Basic, Some(Credential::Basic { user, password })) => Some(basic(user, password)),
                (Challenge::Bearer { realm, service }, credential) => Some(format!(
                    "Bearer {}",
                    self.fetch_token(call, &realm, service, credential.as_ref()).await?
                )),
                (Challenge::Basic, _) => continue,
            };
            break;
        }
        let Some(header) = header else { return Ok(None) };
        let mut value = HeaderValue::try_from(header).map_err(|_| ImageError::Credentials {
            registry: call.reference.registry.clone(),
            reason: "they hold characters that HTTP does not carry".to_owned(),
        })?;
        value.set_sensitive(true);
        if let Ok(mut tokens) = self.inner.tokens.lock() {
            let key = |action| (call.reference.registry.clone(), call.reference.repository.clone(), action);
            // The one that was refused may have been the other's.
            tokens.remove(&key(Action::Push));
            tokens.insert(key(call.action), value.clone());
        }
        Ok(Some(value))
    }

    async fn fetch_token(
        &self,
        call: &Call<'_>,
        realm: &str,
        service: Option<String>,
        credential: Option<&Credential>,
    ) -> Result<String, ImageError> {
        let registry = &call.reference.registry;
        let unusable = |reason: String| ImageError::Credentials { registry: registry.clone(), reason };
        let url = Url::parse(realm)
            .map_err(|_| unusable("the registry's challenge names no token service".to_owned()))?;
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        if url.scheme() != "https" && !self.inner.options.is_plain(&host) {
            return Err(unusable(format!(
                "its token service {host} is plain HTTP, where passwords can be read on the way; list {host} as insecure to allow it"
            )));
        }
        let scope = format!(
            "repository:{}:{}",
            call.reference.repository,
            if call.action == Action::Push { "pull,push" } else { "pull" }
        );
        let client = self.client(&host)?;
        let service = service.unwrap_or_default();
        let request = match credential {
            Some(Credential::Identity(token)) => client.post(url).form(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", token),
                ("service", &service),
                ("client_id", "seawall"),
                ("scope", &scope),
            ]),
            credential => {
                let request = client.get(url).query(&[("service", &service), ("scope", &scope)]);
                match credential {
                    Some(Credential::Basic { user, password }) => request.basic_auth(user, Some(password)),
                    _ => request,
                }
            }
        };
        let response = request.send().await.map_err(|e| unreachable(&host, &e))?;
        let status = response.status();
        if !status.is_success() {
            return Err(match status.as_u16() {
                status @ (401 | 403) => ImageError::Refused {
                    registry: registry.clone(),
                    repository: call.reference.repository.clone(),
                    status,
                    detail: format!(" from its token service {host}"),
                    action: call.action.word(),
                },
                429 => ImageError::RateLimited { registry: host, wait: String::new() },
                status => ImageError::Status {
                    registry: host,
                    method: "GET".to_owned(),
                    path: "the token".to_owned(),
                    status,
                    detail: String::new(),
                },
            });
        }
        token_of(response)
            .await
            .ok_or_else(|| unusable(format!("the token service {host} answered without a token")))
    }

    /// The credential for a repository: given by hand, else of podman's or Docker's files.
    async fn credential(&self, reference: &Reference) -> Result<Option<Credential>, ImageError> {
        let options = &self.inner.options;
        let registry = &reference.registry;
        if let Some((_, credential)) =
            options.credentials.iter().find(|(name, _)| name.eq_ignore_ascii_case(registry))
        {
            return Ok(Some(credential.clone()));
        }
        let files: Vec<PathBuf> = options.auth_files.iter().chain(&options.docker_config).cloned().collect();
        if files.is_empty() {
            return Ok(None);
        }
        let reference = reference.clone();
        // The library runs helper programs and waits for them. A thread of its own, since a runtime waits for its blocking
        // threads when it ends, and a helper may never end.
        let (sender, answer) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let found = files.iter().find_map(|file| of_file(file, &reference).transpose());
            sender.send(found.transpose())
        });
        match tokio::time::timeout(HELPER_TIMEOUT, answer).await {
            Ok(Ok(result)) => {
                result.map_err(|reason| ImageError::Credentials { registry: registry.clone(), reason })
            }
            _ => Err(ImageError::Credentials {
                registry: registry.clone(),
                reason: "the credential helper did not answer; run it by hand to see why".to_owned(),
            }),
        }
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
}

async fn token_of(mut response: Response) -> Option<String> {
    #[derive(Deserialize)]
    struct Token {
        token: Option<String>,
        access_token: Option<String>,
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > TOKEN_BODY {
            return None;
        }
    }
    let answer: Token = serde_json::from_slice(&body).ok()?;
    answer.token.or(answer.access_token).filter(|token| !token.is_empty())
}

#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

/// The challenges of a 401 that can be answered, bearer first.
fn challenges(response: &Response) -> Vec<Challenge> {
    let headers = response.headers().get_all(WWW_AUTHENTICATE);
    let mut found: Vec<Challenge> =
        headers.iter().filter_map(|h| h.to_str().ok()).flat_map(read_challenges).collect();
    found.sort_by_key(|challenge| *challenge == Challenge::Basic);
    found
}

fn read_challenges(header: &str) -> Vec<Challenge> {
    let Ok(parsed) = http_auth::parse_challenges(header) else { return Vec::new() };
    let of = |challenge: &http_auth::ChallengeRef<'_>| {
        let param = |name: &str| {
            let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_unescaped())
        };
        if challenge.scheme.eq_ignore_ascii_case("bearer") {
            Some(Challenge::Bearer { realm: param("realm")?, service: param("service") })
        } else if challenge.scheme.eq_ignore_ascii_case("basic") {
            Some(Challenge::Basic)
        } else {
            None
        }
    };
    parsed.iter().filter_map(of).collect()
}

/// The credential that a file has for a repository, or why there is none that works.
fn of_file(path: &Path, reference: &Reference) -> Result<Option<Credential>, String> {
    /// The names: what is under them is read by the library.
    #[derive(Deserialize)]
    struct Names {
        #[serde(default)]
        auths: HashMap<String, serde_json::Value>,
    }
    let file = match std::fs::read(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(format!("{} cannot be read: {e}", path.display())),
    };
    let registry = reference.registry.as_str();
    // A part of the registry before all of it (containers-auth.json(5)). Helpers know whole registries only.
    let listed: Names = serde_json::from_slice(&file).unwrap_or(Names { auths: HashMap::new() });
    let mut names: Vec<String> = Vec::new();
    let mut part = reference.name();
    while part.len() > registry.len() {
        if listed.auths.contains_key(&part) {
            names.push(part.clone());
        }
        part.truncate(part.rfind('/').unwrap_or(0));
    }
    // Docker Hub's entry has an address for a name.
    if registry == "docker.io" {
        names.extend(["https://index.docker.io/v1/", "index.docker.io"].map(str::to_owned));
    }
    names.push(registry.to_owned());
    for name in &names {
        match docker_credential::get_credential_from_reader(file.as_slice(), name) {
            Ok(DockerCredential::UsernamePassword(user, password)) if user == "<token>" => {
                return Ok(Some(Credential::Identity(password)));
            }
            Ok(DockerCredential::UsernamePassword(user, password)) => {
                return Ok(Some(Credential::Basic { user, password }));
            }
            Ok(DockerCredential::IdentityToken(token)) => return Ok(Some(Credential::Identity(token))),
            Err(CredentialRetrievalError::NoCredentialConfigured) => {}
            // Helpers say so in words where they know nothing of a registry: anonymous access may still do.
            Err(CredentialRetrievalError::HelperFailure { stdout, stderr, .. })
                if [&stdout, &stderr].iter().any(|text| text.contains("not found")) => {}
            Err(CredentialRetrievalError::HelperFailure { helper, .. }) => {
                return Err(format!("`{helper}` failed; run `{helper} list` by hand to see why"));
            }
            Err(CredentialRetrievalError::HelperCommunicationError) => {
                return Err(format!(
                    "the credential helper that {} names cannot be run; install it",
                    path.display()
                ));
            }
            Err(error) => {
                return Err(format!(
                    "{}: {error}; log in again with `docker login {registry}`",
                    path.display()
                ));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        assert_eq!(
            read_challenges(
                r#"Bearer realm="https://auth.example.com/token",service="reg",scope="repository:a:pull""#
            ),
            [Challenge::Bearer {
                realm: "https://auth.example.com/token".to_owned(),
                service: Some("reg".to_owned())
            }]
        );
        assert_eq!(read_challenges("Basic realm=\"x\""), [Challenge::Basic]);
        assert_eq!(read_challenges("Negotiate"), []);
    }

    #[test]
    fn dockers_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        let of_docker = |path: &Path, registry: &str| {
            of_file(path, &format!("{registry}/team/shop:1.0").parse().map_err(|_| String::new())?)
        };
        assert!(matches!(of_docker(&path, "r.example.com"), Ok(None)), "no file is no credential");
        std::fs::write(
            &path,
            r#"{"auths":{"r.example.com":{"auth":"dXNlcjpwYXNz"},"https://index.docker.io/v1/":{"auth":"aHViOnB3"}},
                "credHelpers":{"h.example.com":"seawall-does-not-exist"}}"#,
        )
        .unwrap();
        assert!(matches!(of_docker(&path, "r.example.com"),
            Ok(Some(Credential::Basic { user, password })) if user == "user" && password == "pass"));
        assert!(matches!(of_docker(&path, "docker.io"),
            Ok(Some(Credential::Basic { user, .. })) if user == "hub"));
        assert!(matches!(of_docker(&path, "other.example.com"), Ok(None)));
        assert!(of_docker(&path, "h.example.com").is_err());
        std::fs::write(
            &path,
            r#"{"auths":{"r.example.com":{"auth":"dXNlcjpwYXNz"},"r.example.com/team":{"auth":"aHViOnB3"}}}"#,
        )
        .unwrap();
        assert!(
            matches!(of_docker(&path, "r.example.com"),
            Ok(Some(Credential::Basic { user, .. })) if user == "hub"),
            "the part before the whole"
        );
        std::fs::write(&path, "{").unwrap();
        assert!(of_docker(&path, "r.example.com").is_err());
    }
}
