//! From events to what is done about them: rules, responses, evidence.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use seawall_cluster::Cluster;
use seawall_events::{Event, EventKind};
use seawall_findings::Digest;
use seawall_ledger::{Kind, Ledger, NewEntry};
use seawall_response::{
    Config, DeletePod, Dispatcher, KillOptions, KillProcess, Outcome, Pods, Responder, Sender, SenderOptions,
    StopContainer,
};
use seawall_rules::{Alert, Rules};
use seawall_sensor::{Options, Sensor, Stats};
use serde_json::json;

use crate::cli::Chosen;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// Alerts that are worked on at the same time; more wait in the sensor's queue.
const AT_ONCE: usize = 64;

/// No rule or response file is larger.
const MAX_BYTES: u64 = 8 << 20;

/// The texts of rule files and of those in folders, by name; Seawall's own rules where there are none.
pub(crate) fn rule_texts(files: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for file in files {
        let mut paths = vec![file.clone()];
        if file.is_dir() {
            let entries = std::fs::read_dir(file)
                .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
            paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
            paths.retain(|path| path.extension().is_some_and(|end| end == "yaml" || end == "yml"));
            paths.sort();
        }
        for path in paths {
            texts.push((path.display().to_string(), read(&path)?));
        }
    }
    if texts.is_empty() {
        texts.push(("seawall.yaml (built in)".to_owned(), Rules::default_text().to_owned()));
    }
    Ok(texts)
}

/// As [`Rules::load`] takes them.
pub(crate) fn borrowed(texts: &[(String, String)]) -> Vec<(&str, &str)> {
    texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

/// All that is wrong with rule files, as one failure of usage.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn not_loaded(diagnostics: Vec<seawall_rules::Diagnostic>) -> Failure {
    let text: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    Failure::usage(format!("the rules do not load\n{}", text.join("\n\n")))
}

/// Loads rule files, or Seawall's own rules where there are none. Warnings are said, errors end it.
pub(crate) fn load_rules(context: &Context, files: &[PathBuf]) -> Result<Rules> {
    let texts = rule_texts(files)?;
    let (rules, warnings) = Rules::load(&borrowed(&texts)).map_err(not_loaded)?;
    for warning in warnings {
        context.printer.note(&warning.to_string());
    }
    Ok(rules)
}

/// Loads the rules that the command line names, else those of the configuration, and switches them as it says.
pub(crate) fn load_chosen(context: &Context, chosen: &Chosen) -> Result<Rules> {
    let files = if chosen.rules.is_empty() { &context.config.rules } else { &chosen.rules };
    let mut rules = load_rules(context, files)?;
    let tagged = |rule: &seawall_rules::Rule, tags: &[String]| rule.tags.iter().any(|tag| tags.contains(tag));
    for tag in chosen.tag.iter().chain(&chosen.without_tag) {
        if !rules.iter().any(|rule| rule.tags.contains(tag)) {
            return Err(Failure::usage(format!("no rule has the tag `{tag}`")));
        }
    }
    rules.switch(|rule| {
        let on = if chosen.tag.is_empty() { rule.enabled } else { tagged(rule, &chosen.tag) };
        on && !tagged(rule, &chosen.without_tag)
            && !chosen.without_rule.iter().any(|part| rule.name.contains(part.as_str()))
    });
    Ok(rules)
}

fn read(file: &Path) -> Result<String> {
    crate::files::read_text(file, MAX_BYTES)
}

/// Starts the sensor for what the rules can match, and no more.
pub(crate) fn start_sensor(rules: &Rules, host: bool) -> Result<Sensor> {
    let kinds = rules.event_kinds();
    let has = |kind| kinds.contains(&kind);
    // Rules that may hold for any type of call want all that the sensor can tell.
    let calls = match rules.captured_types() {
        Some(types) => types.into_iter().map(str::to_owned).collect(),
        None => seawall_sensor::calls().map(str::to_owned).collect(),
    };
    let options = Options {
        exec: has(seawall_rules::Kind::Exec),
        open: has(seawall_rules::Kind::Open),
        connect: has(seawall_rules::Kind::Connect),
        exit: has(seawall_rules::Kind::Exit),
        calls,
        containers_only: !host,
        ..Options::default()
    };
    Sensor::start(options).or_unfinished()
}

/// Deletes pods through the cluster.
struct ClusterPods(Arc<Cluster>);

#[async_trait::async_trait]
impl Pods for ClusterPods {
    async fn delete(
        &self,
        namespace: &str,
        name: &str,
        uid: &str,
    ) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0.delete_pod(namespace, name, uid).await?;
        Ok(())
    }
}

/// What is bound to alerts in the response file: killing, stopping and deleting where `act`, and notifications.
pub(crate) fn dispatcher(
    file: Option<&Path>,
    act: bool,
    cluster: Option<&Arc<Cluster>>,
    exempt: &[String],
    page: Option<&str>,
) -> Result<Option<Dispatcher>> {
    let Some(file) = file else { return Ok(None) };
    let config = Config::parse(&file.display().to_string(), &read(file)?).or_usage()?;
    let notifiers = config.notifiers(|name| std::env::var(name).ok()).or_usage()?;
    let options = SenderOptions { limits: config.limits.clone(), ..SenderOptions::default() };
    let sender = Sender::new(notifiers, options).or_unfinished()?;
    let mut bindings = config.bindings;
    let mut responders: Vec<Box<dyn Responder>> = Vec::new();
    if act {
        responders.push(Box::new(KillProcess::new(KillOptions::default())));
        let stop = ["runc", "kill", "{id}", "KILL"].map(str::to_owned);
        responders.push(Box::new(StopContainer::new(&stop).or_usage()?));
        if let Some(cluster) = cluster {
            let pods = Arc::new(ClusterPods(Arc::clone(cluster)));
            responders.push(Box::new(DeletePod::new(pods, exempt.iter().cloned())));
        }
    } else {
        for binding in &mut bindings.0 {
            binding.actions.clear();
        }
    }
    let dispatcher = Dispatcher::new(bindings, responders, sender).or_usage()?;
    Ok(Some(match page {
        Some(page) => dispatcher.with_link(&format!("{page}/digests/{{digest}}")),
        None => dispatcher,
    }))
}

/// Carries events through the rules to responses and evidence.
pub(crate) struct Watcher {
    pub(crate) rules: Rules,
    pub(crate) dispatcher: Option<Dispatcher>,
    pub(crate) ledger: Option<Arc<dyn Ledger>>,
    pub(crate) cluster: Option<Arc<Cluster>>,
    pub(crate) node: String,
    /// The sensor's counters, as of the last event.
    pub(crate) stats: Arc<Mutex<Stats>>,
    /// Containers that were seen running.
    pub(crate) seen: Mutex<HashSet<String>>,
}

impl Watcher {
    /// Until the sensor ends. `each` sees every event and every alert first.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut sensor: Sensor,
        mut each: impl FnMut(&Event, &[Alert]) + Send,
    ) {
        let places = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
        while let Some(event) = sensor.next().await {
            *self.stats.lock().unwrap_or_else(PoisonError::into_inner) = sensor.stats();
            let alerts = self.rules.evaluate(&event);
            each(&event, &alerts);
            self.note_running(&event);
            for alert in alerts {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                let watcher = Arc::clone(&self);
                tokio::spawn(async move {
                    watcher.answer(alert).await;
                    drop(place);
                });
            }
        }
    }

    /// The response goes first: it is a race with the process. Evidence follows in its order.
    pub(crate) async fn answer(&self, alert: Alert) {
        let digest = self.digest(&alert).await;
        let responses = async {
            match &self.dispatcher {
                Some(dispatcher) => dispatcher.handle(&alert).await,
                None => Vec::new(),
            }
        };
        let alerted =
            self.record(digest.as_ref(), Kind::Alerted, alert.output.clone(), json!({"alert": alert}));
        let (outcomes, ()) = futures_util::future::join(responses, alerted).await;
        for outcome in outcomes {
            tracing::info!(rule = %alert.rule, %outcome, "responded");
            self.record(
                digest.as_ref(),
                Kind::Responded,
                outcome.to_string(),
                response_body(&alert, &outcome),
            )
            .await;
        }
    }

    /// The image's digest: from the container, else from the cluster, which resolved the tag when it pulled.
    async fn digest(&self, alert: &Alert) -> Option<Digest> {
        if let Some(digest) = alert.digest() {
            return Some(digest.clone());
        }
        let id = &alert.container.as_ref()?.id;
        let pods = self.cluster.as_ref()?.pods(None).await.ok()?;
        let containers = pods.into_iter().flat_map(|pod| pod.containers);
        containers.into_iter().find(|container| container.container_id.as_ref() == Some(id))?.image_digest
    }

    /// The first program of a container is evidence that its image runs.
    fn note_running(self: &Arc<Self>, event: &Event) {
        let (EventKind::Exec, Some(container)) = (&event.kind, &event.container) else { return };
        let Some(digest) = container.digest.clone() else { return };
        let new = self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(container.id.clone());
        if !new {
            return;
        }
        let place = match &container.pod {
            Some(pod) => format!("pod {}/{}", pod.namespace, pod.name),
            None => format!("container {}", container.id),
        };
        let body = json!({"container": container});
        let watcher = Arc::clone(self);
        tokio::spawn(async move {
            watcher.record(Some(&digest), Kind::Running, format!("runs in {place}"), body).await;
        });
    }

    async fn record(&self, digest: Option<&Digest>, kind: Kind, summary: String, body: serde_json::Value) {
        let Some(ledger) = &self.ledger else { return };
        let Some(digest) = digest else {
            tracing::warn!(kind = kind.as_str(), %summary, "no digest is known: this is in no trail");
            return;
        };
        let entry = NewEntry {
            time: Timestamp::now(),
            digest: digest.clone(),
            kind,
            actor: format!("sensor on {}", self.node),
            summary,
            body,
        };
        if let Err(error) = ledger.append(entry).await {
            tracing::error!(%error, kind = kind.as_str(), "evidence could not be written");
        }
    }
}

fn response_body(alert: &Alert, outcome: &Outcome) -> serde_json::Value {
    json!({"rule": alert.rule, "outcome": outcome.status, "action": outcome.action, "text": outcome.text})
}

/// This machine's name.
pub(crate) fn node_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "localhost".into(), |name| name.trim().to_owned())
}
