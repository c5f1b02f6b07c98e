//! The alert as a Detection Finding of the Open Cybersecurity Schema Framework.

use serde_json::{Map, Value, json};

use super::{Alert, tactics, techniques};
use crate::Priority;

/// The version of the schema.
const VERSION: &str = "1.5.0";
/// Detection Finding, of the category Findings; the activity is Create.
const CLASS: u32 = 2004;
const CATEGORY: u32 = 2;
const CREATE: u32 = 1;

impl Alert {
    /// The alert as an OCSF event of class 2004 (Detection Finding).
    pub fn ocsf(&self, hostname: &str) -> Value {
        let (severity_id, severity) = severity(self.priority);
        let attacks: Vec<Value> = techniques(&self.tags)
            .map(|id| json!({"version": "17", "technique": {"uid": id}}))
            .chain(tactics(&self.tags).map(|name| json!({"version": "17", "tactic": {"name": name}})))
            .collect();
        let mut evidence = Map::new();
        if self.process.pid != 0 {
            let who = &self.process;
            let name = who.exe_path.rsplit('/').next().unwrap_or_default();
            evidence.insert(
                "process".to_owned(),
                json!({
                    "pid": who.pid,
                    "name": who.name,
                    "cmd_line": who.command_line,
                    "file": {"name": name, "path": who.exe_path, "type_id": 1},
                    "parent_process": {"pid": who.ppid},
                    "user": {"uid": who.uid.to_string()},
                }),
            );
        }
        evidence.insert("data".to_owned(), Value::Object(self.output_fields.clone()));
        if let Some(container) = &self.container {
            let image = json!({"name": container.image, "uid": container.digest});
            evidence.insert(
                "container".to_owned(),
                json!({
                    "uid": container.id,
                    "name": container.name,
                    "runtime": container.runtime,
                    "image": image,
                }),
            );
        }
        let resources: Vec<Value> = self
            .pod()
            .map(|pod| json!({"type": "pod", "name": pod.name, "namespace": pod.namespace, "uid": pod.uid}))
            .into_iter()
            .collect();
        json!({
            "activity_id": CREATE,
            "activity_name": "Create",
            "category_uid": CATEGORY,
            "category_name": "Findings",
            "class_uid": CLASS,
            "class_name": "Detection Finding",
            "type_uid": CLASS * 100 + CREATE,
            "severity_id": severity_id,
            "severity": severity,
            "status_id": 1,
            "status": "New",
            "is_alert": true,
            "time": self.time.as_millisecond(),
            "message": self.output,
            "metadata": {
                "version": VERSION,
                "product": {"name": "Seawall", "vendor_name": "Seawall"},
                "labels": self.tags,
                "sequence": self.event_number,
            },
            "finding_info": {
                "uid": format!("{}-{}-{}", hostname, self.time.as_nanosecond(), self.event_number),
                "title": self.rule,
                "desc": self.description,
                "analytic": {"name": self.rule, "type": "Rule", "type_id": 1, "category": self.source},
                "attacks": attacks,
            },
            "device": {"hostname": hostname, "type_id": 1, "type": "Server"},
            "evidences": [evidence],
            "resources": resources,
        })
    }
}

fn severity(priority: Priority) -> (u32, &'static str) {
    match priority {
        Priority::Emergency => (6, "Fatal"),
        Priority::Alert | Priority::Critical => (5, "Critical"),
        Priority::Error => (4, "High"),
        Priority::Warning => (3, "Medium"),
        Priority::Notice => (2, "Low"),
        Priority::Informational | Priority::Debug => (1, "Informational"),
    }
}
