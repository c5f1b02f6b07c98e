//! One request: authorised, tried again where that helps, and its refusals put into words.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use url::Url;

use super::{Action, Registry};
use crate::{ImageError, Reference};

/// The longest single pause. A registry that asks for more is not waited for: the error says how long it asks for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How much of an error's body is read.
const ERROR_BODY: usize = 16 * 1024;

/// A request, ready to be sent more than once.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) reference: &'a Reference,
    pub(super) action: Action,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: Option<Bytes>,
}

impl<'a> Call<'a> {
    pub(super) fn new(method: Method, url: Url, reference: &'a Reference, action: Action) -> Self {
        Self { method, url, reference, action, headers: Vec::new(), body: None }
    }

    pub(super) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn body(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self
    }
}

impl Registry {
    /// Sends a request until it gets an answer that stands. 2xx, 404, 405 and 416 come back; all else is an error.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Response, ImageError> {
        let mut attempt = 0;
        loop {
            let (error, wait) = match self.send_once(call).await {
                Ok(response) => {
                    let status = response.status();
                    if status.is_success()
                        || matches!(
                            status,
                            StatusCode::NOT_FOUND
                                | StatusCode::METHOD_NOT_ALLOWED
                                | StatusCode::RANGE_NOT_SATISFIABLE
                        )
                    {
                        return Ok(response);
                    }
                    let wait = retry_after(&response);
                    (refusal(call, response, wait).await, wait)
                }
                Err(error) => (error, None),
            };
            if !error.is_passing()
                || attempt >= self.inner.options.retries
                || wait.is_some_and(|wait| wait > LONGEST_PAUSE)
            {
                return Err(error);
            }
            self.pause(attempt, wait, &error).await;
            attempt += 1;
        }
    }

    /// Waits before the next try: as long as the registry asks, else longer each time.
    pub(super) async fn pause(&self, attempt: u32, wait: Option<Duration>, error: &ImageError) {
        let backoff = self.inner.options.backoff.saturating_mul(1 << attempt.min(6));
        let pause = wait.unwrap_or(backoff).min(LONGEST_PAUSE);
        tracing::debug!(%error, ?pause, "trying again");
        tokio::time::sleep(pause).await;
    }

    /// Sends with the token at hand; a challenge is answered once.
    async fn send_once(&self, call: &Call<'_>) -> Result<Response, ImageError> {
        let token = self.token(call.reference, call.action);
        let first = self.transmit(call, token.as_ref()).await?;
        if first.status() != StatusCode::UNAUTHORIZED {
            return Ok(first);
        }
        match self.answer_challenge(call, &first).await? {
            Some(token) => self.transmit(call, Some(&token)).await,
            None => Ok(first),
        }
    }

    async fn transmit(&self, call: &Call<'_>, token: Option<&HeaderValue>) -> Result<Response, ImageError> {
        let host = call.url.host_str().unwrap_or_default();
        let mut request = self.client(host)?.request(call.method.clone(), call.url.clone());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        // A token is for the registry, not for where it sends uploads to.
        if let Some(token) = token.filter(|_| same_host(&call.url, call.reference.host())) {
            request = request.header(AUTHORIZATION, token);
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        request.send().await.map_err(|e| unreachable(call.reference.host(), &e))
    }
}

fn same_host(url: &Url, host: &str) -> bool {
    Url::parse(&format!("{}://{host}/", url.scheme())).is_ok_and(|registry| registry.origin() == url.origin())
}

/// `Retry-After` in seconds; a date is left to the ordinary pauses.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Puts a status that says no into words.
async fn refusal(call: &Call<'_>, response: Response, wait: Option<Duration>) -> ImageError {
    let registry = call.reference.registry.clone();
    let status = response.status();
    let detail = detail(response).await;
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ImageError::Refused {
            registry,
            repository: call.reference.repository.clone(),
            status: status.as_u16(),
            detail,
            action: call.action.word(),
        },
        StatusCode::TOO_MANY_REQUESTS => ImageError::RateLimited {
            registry,
            wait: wait.map(|w| format!(" {} s", w.as_secs())).unwrap_or_default(),
        },
        status => ImageError::Status {
            registry,
            method: call.method.to_string(),
            path: call.url.path().to_owned(),
            status: status.as_u16(),
            detail,
        },
    }
}

/// The first error of the registry's answer (distribution specification, "Error Codes"), as `: CODE, message`.
async fn detail(response: Response) -> String {
    #[derive(serde::Deserialize)]
    struct Errors {
        errors: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let body = limited(response, ERROR_BODY).await;
    let Ok(errors) = serde_json::from_slice::<Errors>(&body) else { return String::new() };
    let Some(first) = errors.errors.first() else { return String::new() };
    // It is the registry's text: no control characters into terminals and logs, and not too much of it.
    let clean: String = format!(": {}, {}", first.code, first.message)
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect();
    clean.trim_end_matches([',', ' ']).to_owned()
}

/// As much of a body as comes, up to a limit.
async fn limited(mut response: Response, most: usize) -> Bytes {
    let mut body = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > most {
            body.truncate(most);
            break;
        }
    }
    body.freeze()
}

/// No connection: the causes, and what to check.
pub(super) fn unreachable(registry: &str, error: &reqwest::Error) -> ImageError {
    let text = causes(error);
    let hint = if error.is_timeout() {
        "it does not answer in time; check the address and the network"
    } else if text.contains("dns error") || text.contains("failed to lookup") {
        "the name does not resolve; check its spelling and the DNS"
    } else if text.contains("refused") {
        "nothing listens there; check the host and the port, and that the registry runs"
    } else if text.contains("certificate") {
        "its certificate is not trusted; add its CA to the system's, or list the host as insecure if it speaks plain HTTP"
    } else if text.contains("InvalidContentType") || text.contains("corrupt message") {
        "it does not speak TLS; list the host as insecure to use plain HTTP"
    } else {
        "check the address and the network"
    };
    ImageError::Unreachable { registry: registry.to_owned(), reason: format!("{text} ({hint})") }
}

/// An error with its causes, without the address: that can carry a token.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
        cause = inner.source();
    }
    if parts.is_empty() { "the request failed".to_owned() } else { parts.join(": ") }
}
