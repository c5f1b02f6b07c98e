//! Slack: incoming webhooks with Block Kit.

use serde_json::{Value, json};

use super::{Endpoint, HttpRequest, Notifier};
use crate::Notification;
use crate::text;

/// Characters of a header, of a section's text and of one field, and fields of a section (Block Kit reference).
const HEADER: usize = 150;
const SECTION: usize = 3000;
const FIELD: usize = 2000;
const FIELDS: usize = 10;
/// Of the 50 blocks of a message, those that hold fields.
const FIELD_BLOCKS: usize = 40;
/// Of the text that stands in the list of channels and in desktop notifications.
const FALLBACK: usize = 500;

/// An incoming webhook of Slack.
#[derive(Clone, Debug)]
pub struct Slack {
    name: String,
    url: Endpoint,
}

impl Slack {
    /// A notifier `name` that posts to `url`.
    pub fn new(name: impl Into<String>, url: Endpoint) -> Self {
        Self { name: name.into(), url }
    }
}

impl Notifier for Slack {
    fn name(&self) -> &str {
        &self.name
    }

    fn request(&self, note: &Notification) -> HttpRequest {
        let title = format!("{}: {}", note.priority, note.title);
        let mut blocks = vec![json!({
            "type": "header",
            "text": {"type": "plain_text", "text": text::slack(&title.replace('\n', " "), HEADER), "emoji": false},
        })];
        if !note.text.is_empty() {
            // Plain text: what a process put into its arguments is not read as markup.
            blocks.push(json!({
                "type": "section",
                "text": {"type": "plain_text", "text": text::slack(&note.text, SECTION), "emoji": false},
            }));
        }
        let fields: Vec<Value> = note
            .all_fields()
            .into_iter()
            .map(|(name, value)| {
                let name = text::slack_code(name, 100);
                let value = text::slack_code(if value.trim().is_empty() { "-" } else { value }, FIELD - 200);
                json!({"type": "mrkdwn", "text": format!("*{name}*\n`{value}`")})
            })
            .collect();
        for fields in fields.chunks(FIELDS).take(FIELD_BLOCKS) {
            blocks.push(json!({"type": "section", "fields": fields}));
        }
        if let Some(link) = note.link.as_deref().filter(|link| link.len() <= 3000) {
            blocks.push(json!({"type": "actions", "elements": [{
                "type": "button",
                "text": {"type": "plain_text", "text": "Open trail", "emoji": false},
                "url": link,
            }]}));
        }
        blocks.push(json!({"type": "context", "elements": [
            {"type": "plain_text", "text": format!("Seawall · {}", note.time), "emoji": false},
        ]}));
        HttpRequest::post(
            &self.url,
            &json!({
                "text": text::slack_code(&format!("{title}: {}", note.text), FALLBACK),
                "blocks": blocks,
                "unfurl_links": false,
                "unfurl_media": false,
            }),
        )
    }
}
