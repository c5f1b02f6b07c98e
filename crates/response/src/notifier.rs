//! A notifier makes a notification into an HTTP request, and does nothing else.

pub(crate) mod rocketchat;
pub(crate) mod slack;
pub(crate) mod teams;
pub(crate) mod webhook;

use std::fmt;

use url::Url;

use crate::{Notification, ResponseError};

/// The address of a webhook. Whoever knows it can post, so only its host is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// An http or https address; `name` is the notifier's, for the error.
    pub fn new(name: &str, address: &str) -> Result<Self, ResponseError> {
        match Url::parse(address.trim()) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(Self(url)),
            _ => Err(ResponseError::Url { name: name.to_owned() }),
        }
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The whole address, to send to. Never to be shown.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/…", self.0.scheme(), self.host())
    }
}

/// A request to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// `POST`.
    pub method: &'static str,
    /// Where to.
    pub url: Endpoint,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// JSON.
    pub body: String,
}

impl HttpRequest {
    /// A POST of JSON.
    pub fn post(url: &Endpoint, body: &serde_json::Value) -> Self {
        Self {
            method: "POST",
            url: url.clone(),
            headers: vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())],
            body: body.to_string(),
        }
    }
}

/// Where notifications go.
pub trait Notifier: Send + Sync {
    /// The name that bindings use.
    fn name(&self) -> &str;

    /// The request for a notification. The same notification makes the same request.
    fn request(&self, notification: &Notification) -> HttpRequest;
}
