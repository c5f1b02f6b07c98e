//! `seawall watch`.

use std::collections::HashSet;
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use seawall_events::capture;
use seawall_rules::Alert;
use seawall_sensor::probe;

use crate::cli::{Format, Watch};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::runtime::{self, Watcher};

/// Prints alerts until it is interrupted. Nothing is done about them: that is `seawall up`.
pub(crate) async fn run(context: &Context, arguments: Watch) -> Result<()> {
    if arguments.check {
        return check(context, arguments.format);
    }
    let files = if arguments.rules.is_empty() { context.config.rules.clone() } else { arguments.rules };
    let rules = runtime::load_rules(context, &files)?;
    let mut record = match &arguments.record {
        Some(path) => Some(std::io::BufWriter::new(std::fs::File::create(path).or_usage()?)),
        None => None,
    };
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
        if let Some(out) = &mut record
            && let Err(error) = capture::write(out, event)
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
    if let Some(error) = failed {
        return Err(Failure::new(crate::failure::Exit::Unfinished, error));
    }
    if let Some(mut out) = record {
        out.flush().or_unfinished()?;
    }
    let stats = *stats.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    context.printer.note(&format!(
        "{} events, {} lost in the queue, lost in the kernel: {:?}",
        stats.events, stats.dropped_in_queue, stats.dropped_in_kernel
    ));
    Ok(())
}

/// An alert as Falco prints it.
pub(crate) fn written(alert: &Alert, format: Format, node: &str) -> String {
    match format {
        Format::Text => alert.line(),
        Format::Json => alert.falco_json(node).to_string(),
    }
}

fn check(context: &Context, format: Format) -> Result<()> {
    let capabilities = probe();
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&capabilities).or_unfinished()?,
        Format::Text => {
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
