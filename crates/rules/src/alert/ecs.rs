//! The alert as a document of the Elastic Common Schema.

use serde_json::{Map, Value, json};

use super::{Alert, iso8601, tactics, techniques};
use crate::Priority;

/// The version of the schema.
const VERSION: &str = "8.17.0";

impl Alert {
    /// The alert in the Elastic Common Schema: one JSON document, as Elasticsearch takes it.
    pub fn ecs(&self, hostname: &str) -> Value {
        let mut document = Map::new();
        let mut put = |key: &str, value: Value| {
            document.insert(key.to_owned(), value);
        };
        put("@timestamp", json!(iso8601(self.time)));
        put("ecs", json!({"version": VERSION}));
        put("message", json!(self.output));
        put("tags", json!(self.tags));
        put("host", json!({"hostname": hostname, "name": hostname}));
        put("observer", json!({"product": "Seawall", "vendor": "Seawall", "type": "ids"}));
        put("rule", json!({"name": self.rule, "description": self.description, "ruleset": self.source}));
        put(
            "event",
            json!({
                "kind": "alert",
                "category": ["intrusion_detection", self.category()],
                "type": ["info"],
                "action": self.event_type,
                "module": "seawall",
                "dataset": format!("seawall.{}", self.source),
                "severity": severity(self.priority),
                "sequence": self.event_number,
            }),
        );
        put("log", json!({"level": self.priority.as_str().to_ascii_lowercase()}));
        put("seawall", json!({"output_fields": self.output_fields}));
        let (tactics, techniques): (Vec<String>, Vec<&str>) =
            (tactics(&self.tags).collect(), techniques(&self.tags).collect());
        if !tactics.is_empty() || !techniques.is_empty() {
            put(
                "threat",
                json!({
                    "framework": "MITRE ATT&CK",
                    "tactic": {"name": tactics},
                    "technique": {"id": techniques},
                }),
            );
        }
        if self.process.pid != 0 {
            let who = &self.process;
            put(
                "process",
                json!({
                    "pid": who.pid,
                    "name": who.name,
                    "executable": who.exe_path,
                    "command_line": who.command_line,
                    "parent": {"pid": who.ppid},
                }),
            );
            put("user", json!({"id": who.uid.to_string()}));
        }
        if let Some(container) = &self.container {
            let image = json!({
                "name": container.image,
                "hash": {"all": container.digest.iter().collect::<Vec<_>>()},
            });
            put(
                "container",
                json!({
                    "id": container.id,
                    "name": container.name,
                    "runtime": container.runtime,
                    "image": image,
                    "labels": container.labels,
                }),
            );
        }
        if let Some(pod) = self.pod() {
            put(
                "orchestrator",
                json!({
                    "type": "kubernetes",
                    "namespace": pod.namespace,
                    "resource": {"type": "pod", "name": pod.name, "id": pod.uid},
                }),
            );
        }
        Value::Object(document)
    }

    /// The schema's category of the event.
    fn category(&self) -> &'static str {
        match self.event_type.as_str() {
            "open" | "openat" | "openat2" | "creat" | "unlink" | "unlinkat" | "rename" | "renameat"
            | "renameat2" | "chmod" | "fchmodat" | "link" | "linkat" | "symlink" | "symlinkat" | "mkdir"
            | "mkdirat" => "file",
            "connect" | "accept" | "accept4" | "bind" | "listen" | "sendto" | "sendmsg" | "recvfrom"
            | "recvmsg" => "network",
            "pluginevent" => "api",
            _ => "process",
        }
    }
}

/// Higher is worse: the syslog level turned round, in steps of ten.
pub(super) fn severity(priority: Priority) -> u32 {
    match priority {
        Priority::Emergency => 100,
        Priority::Alert => 90,
        Priority::Critical => 80,
        Priority::Error => 70,
        Priority::Warning => 50,
        Priority::Notice => 40,
        Priority::Informational => 20,
        Priority::Debug => 10,
    }
}
