//! `seawall watch`.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};

use seawall_captures::{ScapHeader, ScapWriter};
use seawall_events::capture;
use seawall_rules::Alert;
use seawall_sensor::probe;

use crate::cli::{AlertFormat, Watch};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::runtime::{self, Watcher};

/// Prints alerts until it is interrupted. Nothing is done about them: that is `seawall up`.
pub(crate) async fn run(context: &Context, arguments: Watch) -> Result<()> {
    if arguments.check {
        return check(context, arguments.format);
    }
    let rules = runtime::load_chosen(context, &arguments.chosen)?;
    let mut record = arguments.record.as_deref().map(Record::new).transpose()?;
    let sensor = runtime::start_sensor(&rules, arguments.host || context.config.sensor.host)?;
    context.printer.note(&format!("watching with {} rules; Ctrl-C ends it", rules.len()));
    let stats = Arc::default();
    let watcher = Arc::new(Watcher {
        rules,
        dispatcher: None,
        ledger: None,
        cluster: None,
        node: runtime::node_name(),
        stats: Arc::clone(&stats),
        seen: Mutex::new(HashSet::new()),
    });
    let node = watcher.node.clone();
    let mut failed = None;
    let each = |event: &seawall_events::Event, alerts: &[Alert]| {
        if let Some(record) = &mut record
            && let Err(error) = record.write(event)
        {
            failed.get_or_insert(error);
        }
        for alert in alerts {
            context.printer.result(&written(alert, arguments.format, &node));
        }
    };
    tokio::select! {
        () = watcher.run(sensor, each) => return Err(Failure::unfinished("the sensor ended")),
        signal = tokio::signal::ctrl_c() => signal.or_unfinished()?,
    }
    if let Some(failure) = failed {
        return Err(failure);
    }
    if let Some(record) = record {
        record.finish()?;
    }
    let stats = *stats.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    context.printer.note(&format!(
        "{} events, {} lost in the queue, lost in the kernel: {:?}",
        stats.events, stats.dropped_in_queue, stats.dropped_in_kernel
    ));
    Ok(())
}

/// Where events are recorded.
enum Record {
    Lines(BufWriter<File>),
    Scap(ScapWriter<BufWriter<File>>),
}

impl Record {
    /// The form follows from the file's name.
    fn new(path: &Path) -> Result<Self> {
        let file =
            File::create(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let out = BufWriter::new(file);
        if path.extension().is_none_or(|end| end != "scap") {
            return Ok(Self::Lines(out));
        }
        let names = |file: &str| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let entry = |line: &str| {
                let mut parts = line.split(':');
                let name = parts.next()?.to_owned();
                Some((parts.nth(1)?.parse().ok()?, name))
            };
            text.lines().filter_map(entry).collect()
        };
        let header = ScapHeader {
            hostname: runtime::node_name(),
            cpus: std::thread::available_parallelism()
                .map_or(1, |count| u32::try_from(count.get()).unwrap_or(1)),
            users: names("/etc/passwd"),
            groups: names("/etc/group"),
        };
        Ok(Self::Scap(ScapWriter::new(out, &header).or_unfinished()?))
    }

    fn write(&mut self, event: &seawall_events::Event) -> Result<()> {
        match self {
            Self::Lines(out) => capture::write(out, event).or_unfinished(),
            Self::Scap(writer) => writer.write(event).map(drop).or_unfinished(),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Lines(mut out) => out.flush().or_unfinished(),
            Self::Scap(writer) => writer.finish().map(drop).or_unfinished(),
        }
    }
}

/// An alert in the form that is asked for, on one line.
pub(crate) fn written(alert: &Alert, format: AlertFormat, node: &str) -> String {
    match format {
        AlertFormat::Text => alert.line(),
        AlertFormat::Json => alert.falco_json(node).to_string(),
        AlertFormat::Ecs => alert.ecs(node).to_string(),
        AlertFormat::Ocsf => alert.ocsf(node).to_string(),
    }
}

fn check(context: &Context, format: AlertFormat) -> Result<()> {
    let capabilities = probe();
    let text = match format {
        AlertFormat::Json | AlertFormat::Ecs | AlertFormat::Ocsf => {
            serde_json::to_string_pretty(&capabilities).or_unfinished()?
        }
        AlertFormat::Text => {
            let lines: Vec<String> = capabilities
                .iter()
                .map(|one| {
                    let answer = match (one.available, one.required) {
                        (true, _) => "yes",
                        (false, true) => "NO",
                        (false, false) => "no",
                    };
                    format!("{answer:<4}{:<16}{}", one.name, one.detail)
                })
                .collect();
            lines.join("\n")
        }
    };
    context.printer.result(&text);
    if let Some(missing) = capabilities.iter().find(|one| one.required && !one.available) {
        return Err(Failure::unfinished(format!(
            "the sensor cannot run here: {}: {}",
            missing.name, missing.detail
        )));
    }
    Ok(())
}
