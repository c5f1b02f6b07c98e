//! Rocket.Chat: incoming webhook integrations with attachments.

use serde_json::{Value, json};

use super::{Endpoint, HttpRequest, Notifier};
use crate::Notification;
use crate::text;

/// Rocket.Chat's default for the longest message (`Message_MaxAllowedSize`) is 5000 characters.
const TEXT: usize = 3000;
const VALUE: usize = 500;
const FIELDS: usize = 25;

/// An incoming webhook of Rocket.Chat.
#[derive(Clone, Debug)]
pub struct RocketChat {
    name: String,
    url: Endpoint,
}

impl RocketChat {
    /// A notifier `name` that posts to `url`.
    pub fn new(name: impl Into<String>, url: Endpoint) -> Self {
        Self { name: name.into(), url }
    }
}

impl Notifier for RocketChat {
    fn name(&self) -> &str {
        &self.name
    }

    fn request(&self, note: &Notification) -> HttpRequest {
        let title = text::rocket(&format!("{}: {}", note.priority, note.title), 200);
        let fields: Vec<Value> = note
            .all_fields()
            .into_iter()
            .take(FIELDS)
            .map(|(name, value)| {
                let value = text::rocket_code(&value.replace('\n', " "), VALUE);
                json!({
                    "title": text::rocket(name, 60),
                    "value": if value.trim().is_empty() { "-".to_owned() } else { format!("`{value}`") },
                    "short": value.chars().count() < 40,
                })
            })
            .collect();
        let mut attachment = json!({
            "title": title,
            "color": note.colour(),
            "ts": note.time.to_string(),
            "fields": fields,
        });
        if !note.text.is_empty() {
            attachment["text"] = json!(format!("```\n{}\n```", text::rocket_code(&note.text, TEXT)));
        }
        if let Some(link) = note.link.as_deref().filter(|link| link.len() <= 2000) {
            attachment["title_link"] = json!(link);
        }
        HttpRequest::post(
            &self.url,
            // Without `parseUrls: false` the chat server would fetch every address that an alert's text holds.
            &json!({"alias": "Seawall", "text": title, "parseUrls": false, "attachments": [attachment]}),
        )
    }
}
