//! What is told to people.

use jiff::Timestamp;
use seawall_findings::Digest;
use seawall_rules::{Alert, Priority};
use serde::{Deserialize, Serialize};

use crate::Outcome;

/// What is told to people, before any chat's markup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// One line.
    pub title: String,
    /// How urgent it is.
    pub priority: Priority,
    /// A few lines.
    pub text: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
    /// The image it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Where to read more: a page of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When it happened.
    pub time: Timestamp,
    /// What belongs together for rate limiting: the rule's name.
    pub group: String,
    /// What counts as the same: the group, the container and the command.
    pub identity: String,
}

impl Notification {
    /// A notification without fields.
    pub fn new(
        title: impl Into<String>,
        priority: Priority,
        text: impl Into<String>,
        time: Timestamp,
    ) -> Self {
        let title = title.into();
        let text = text.into();
        Self {
            group: title.clone(),
            identity: format!("{title}\n{text}"),
            title,
            priority,
            text,
            fields: Vec::new(),
            digest: None,
            link: None,
            time,
        }
    }

    /// Of an alert, with what was done about it.
    pub fn of_alert(alert: &Alert, outcomes: &[Outcome]) -> Self {
        let mut note = Self::new(alert.rule.clone(), alert.priority, alert.output.clone(), alert.time);
        note.digest = alert.digest().cloned();
        let container = alert.container.as_ref().map_or("host", |container| container.id.as_str());
        note.identity = format!("{}\n{container}\n{}", alert.rule, alert.process.command_line);
        note.push("Priority", alert.priority.as_str());
        if let Some(pod) = alert.pod() {
            note.push("Pod", &format!("{}/{}", pod.namespace, pod.name));
        }
        if let Some(container) = &alert.container {
            let id: String = container.id.chars().take(12).collect();
            note.push("Container", container.name.as_deref().unwrap_or(&id));
            if let Some(image) = &container.image {
                note.push("Image", image);
            }
        }
        note.push("Command", &alert.process.command_line);
        note.push("Process", &format!("pid {} uid {}", alert.process.pid, alert.process.uid));
        if !alert.tags.is_empty() {
            note.push("Tags", &alert.tags.join(", "));
        }
        for outcome in outcomes {
            note.push("Response", &outcome.to_string());
        }
        note
    }

    /// Of a policy's verdict: the outcome (`deny`, `warn`), what was judged, and the reasons.
    pub fn of_verdict(
        outcome: &str,
        subject: &str,
        digest: Option<Digest>,
        reasons: impl IntoIterator<Item = String>,
        time: Timestamp,
    ) -> Self {
        let priority = match outcome {
            "deny" => Priority::Error,
            "warn" => Priority::Warning,
            _ => Priority::Notice,
        };
        let reasons: Vec<String> = reasons.into_iter().take(20).collect();
        let mut note = Self::new(format!("Policy: {outcome}"), priority, reasons.join("\n"), time);
        note.push("Subject", subject);
        note.identity = format!("{outcome}\n{subject}\n{}", note.text);
        note.digest = digest;
        note
    }

    /// Adds a field.
    pub fn push(&mut self, name: &str, value: &str) {
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// All fields, and the digest as one of them.
    pub(crate) fn all_fields(&self) -> Vec<(&str, &str)> {
        let mut all: Vec<(&str, &str)> =
            self.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        if let Some(digest) = &self.digest {
            all.push(("Digest", digest.as_str()));
        }
        all
    }

    /// A colour for the priority, as `#rrggbb`.
    pub(crate) fn colour(&self) -> &'static str {
        match self.priority {
            Priority::Debug | Priority::Informational | Priority::Notice => "#3b82f6",
            Priority::Warning => "#f59e0b",
            Priority::Error => "#ef4444",
            Priority::Critical | Priority::Alert | Priority::Emergency => "#b91c1c",
        }
    }
}
