//! A rule that matched, with its context.

mod ecs;
mod ocsf;

use std::sync::Arc;

use jiff::Timestamp;
use seawall_events::{Container, Event, Pod};
use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Priority;

/// A rule that matched an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The event's time.
    pub time: Timestamp,
    /// The rule's name.
    pub rule: String,
    /// The rule's priority.
    pub priority: Priority,
    /// The rule's output with the fields filled in; control characters are escaped. Falco's prefix (time and priority)
    /// is added by [`Alert::falco_json`] and [`Alert::line`].
    pub output: String,
    /// Each field that the output names, by its name; null where the event has none.
    pub output_fields: Map<String, Value>,
    /// The rule's tags.
    pub tags: Vec<String>,
    /// `syscall`.
    pub source: String,
    /// What the rule is about and what to do, from its `desc`.
    #[serde(default)]
    pub description: String,
    /// The event's number.
    pub event_number: u64,
    /// The event's type as Falco names it: `execve`, `openat` …
    pub event_type: String,
    /// Who did it.
    pub process: Actor,
    /// The container, with its image's digest and its pod; none on the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Arc<Container>>,
}

/// The process of an alert: enough to find it again and to know that it is still the same one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// In the host's pid namespace.
    pub pid: u32,
    /// In its own pid namespace.
    pub vpid: u32,
    /// The parent's pid in the host's namespace.
    pub ppid: u32,
    /// `comm`.
    pub name: String,
    /// Absolute path of the executable as the process sees it.
    pub exe_path: String,
    /// Name and arguments.
    pub command_line: String,
    /// User id in the host's user namespace.
    pub uid: u32,
    /// Nanoseconds since the Unix epoch when it was started; 0 when unknown.
    pub started: u64,
}

impl Alert {
    /// The digest of the container's image: the key of the trail.
    pub fn digest(&self) -> Option<&Digest> {
        self.container.as_ref()?.digest.as_ref()
    }

    /// The pod.
    pub fn pod(&self) -> Option<&Pod> {
        self.container.as_ref()?.pod.as_deref()
    }

    /// One line for people, as Falco writes it: time of day in UTC, priority, output.
    pub fn line(&self) -> String {
        format!("{}: {} {}", time_of_day(self.time), self.priority, self.output)
    }

    /// The alert in the shape of Falco's `json_output`, so that what reads Falco's alerts reads these.
    pub fn falco_json(&self, hostname: &str) -> Value {
        let mut fields = self.output_fields.clone();
        fields.insert("evt.time".to_owned(), json!(u64::try_from(self.time.as_nanosecond()).unwrap_or(0)));
        json!({
            "hostname": hostname,
            "output": self.line(),
            "output_fields": fields,
            "priority": self.priority,
            "rule": self.rule,
            "source": self.source,
            "tags": self.tags,
            "time": iso8601(self.time),
        })
    }
}

/// The techniques of MITRE ATT&CK among a rule's tags: `T1059`, `T1552.001`.
fn techniques(tags: &[String]) -> impl Iterator<Item = &str> {
    tags.iter().map(String::as_str).filter(|tag| {
        tag.strip_prefix('T')
            .is_some_and(|id| id.len() >= 4 && id.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    })
}

/// The tactics of MITRE ATT&CK among a rule's tags: `mitre_execution` is Execution.
fn tactics(tags: &[String]) -> impl Iterator<Item = String> {
    tags.iter().filter_map(|tag| tag.strip_prefix("mitre_")).map(|tactic| {
        let words = tactic.split('_').map(|word| match word {
            "and" | "of" => word.to_owned(),
            _ => word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect(),
        });
        words.collect::<Vec<String>>().join(" ")
    })
}

impl Actor {
    pub(crate) fn of(event: &Event) -> Self {
        let process = &event.process;
        Self {
            pid: process.pid,
            vpid: process.vpid,
            ppid: process.ppid,
            name: process.name.clone(),
            exe_path: process.exe_path.clone(),
            command_line: process.command_line(),
            uid: process.uid,
            started: process.started,
        }
    }
}

/// Nanoseconds since the epoch as a timestamp; the year 2262 and later become the epoch.
pub(crate) fn timestamp(nanoseconds: u64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// `15:04:05.000000000`, in UTC.
pub(crate) fn time_of_day(time: Timestamp) -> String {
    time.strftime("%H:%M:%S.%9f").to_string()
}

/// `2026-01-02T15:04:05.000000000Z`.
pub(crate) fn iso8601(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string()
}
