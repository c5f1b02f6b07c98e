//! Microsoft Teams: an Adaptive Card for the "When a Teams webhook request is received" trigger of Workflows.

use seawall_rules::Priority;
use serde_json::{Value, json};

use super::{Endpoint, HttpRequest, Notifier};
use crate::Notification;
use crate::text;

/// Teams refuses messages of more than 28 KB; the rest is room for what it adds.
const MESSAGE: usize = 25_000;
/// Characters of text, of one value, and values: the first that fits is used.
const STEPS: [(usize, usize, usize); 4] = [(6000, 500, 30), (3000, 250, 20), (1000, 120, 12), (300, 60, 8)];

/// A webhook of Teams.
#[derive(Clone, Debug)]
pub struct Teams {
    name: String,
    url: Endpoint,
}

impl Teams {
    /// A notifier `name` that posts to `url`.
    pub fn new(name: impl Into<String>, url: Endpoint) -> Self {
        Self { name: name.into(), url }
    }
}

impl Notifier for Teams {
    fn name(&self) -> &str {
        &self.name
    }

    fn request(&self, note: &Notification) -> HttpRequest {
        let mut request = HttpRequest::post(&self.url, &message(note, STEPS[0]));
        for step in &STEPS[1..] {
            if request.body.len() <= MESSAGE {
                break;
            }
            request = HttpRequest::post(&self.url, &message(note, *step));
        }
        request
    }
}

fn message(note: &Notification, (text, value, values): (usize, usize, usize)) -> Value {
    let colour = match note.priority {
        Priority::Debug | Priority::Informational | Priority::Notice => "accent",
        Priority::Warning => "warning",
        _ => "attention",
    };
    let title = format!("{}: {}", note.priority, note.title).replace('\n', " ");
    let mut body = vec![json!({"type": "RichTextBlock", "inlines": [{
        "type": "TextRun", "text": text::plain(&title, 200), "weight": "bolder", "size": "large", "color": colour,
    }]})];
    if !note.text.is_empty() {
        // A TextRun knows no Markdown, unlike a TextBlock.
        body.push(json!({"type": "RichTextBlock", "inlines": [
            {"type": "TextRun", "text": text::plain(&note.text, text)},
        ]}));
    }
    let facts: Vec<Value> = note
        .all_fields()
        .into_iter()
        .take(values)
        .map(|(name, content)| json!({"title": text::markdown(name, 60), "value": text::markdown(content, value)}))
        .collect();
    body.push(json!({"type": "FactSet", "facts": facts}));
    body.push(json!({"type": "TextBlock", "text": format!("Seawall · {}", note.time), "isSubtle": true, "size": "small"}));
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    });
    if let Some(link) = note.link.as_deref().filter(|link| link.len() <= 2000) {
        card["actions"] = json!([{"type": "Action.OpenUrl", "title": "Open trail", "url": link}]);
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    })
}
