//! Any receiver: the notification as JSON, signed where a secret is given.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::{Endpoint, HttpRequest, Notifier};
use crate::Notification;
use crate::text;

/// The header with `sha256=` and the HMAC-SHA256 of the body in hex.
pub const SIGNATURE_HEADER: &str = "x-seawall-signature-256";

/// A webhook that takes JSON.
#[derive(Clone)]
pub struct Webhook {
    name: String,
    url: Endpoint,
    secret: Option<Vec<u8>>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed = self.secret.is_some();
        f.debug_struct("Webhook")
            .field("name", &self.name)
            .field("url", &self.url)
            .field("signed", &signed)
            .finish()
    }
}

impl Webhook {
    /// A notifier `name` that posts to `url`; with a secret the body is signed, as described at the header's constant.
    pub fn new(name: impl Into<String>, url: Endpoint, secret: Option<Vec<u8>>) -> Self {
        Self { name: name.into(), url, secret }
    }
}

impl Notifier for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    fn request(&self, note: &Notification) -> HttpRequest {
        let fields: Vec<_> = note
            .fields
            .iter()
            .take(200)
            .map(|(name, value)| json!({"name": name, "value": text::plain(value, 10_000)}))
            .collect();
        let mut request = HttpRequest::post(
            &self.url,
            &json!({
                "title": note.title,
                "priority": note.priority,
                "text": text::plain(&note.text, 100_000),
                "fields": fields,
                "digest": note.digest,
                "link": note.link,
                "time": note.time,
            }),
        );
        let keyed = self.secret.as_deref().and_then(|secret| Hmac::<Sha256>::new_from_slice(secret).ok());
        if let Some(mut mac) = keyed {
            mac.update(request.body.as_bytes());
            let value = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
            request.headers.push((SIGNATURE_HEADER.to_owned(), value));
        }
        request
    }
}
