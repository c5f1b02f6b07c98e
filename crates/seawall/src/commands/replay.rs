//! `seawall replay`.

use super::watch::written;
use crate::cli::Replay;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::runtime;

/// Matches rules over a capture: the same rules, the same engine, recorded events.
pub(crate) async fn run(context: &Context, arguments: Replay) -> Result<()> {
    let rules = runtime::load_chosen(context, &arguments.chosen)?;
    let dispatcher = if arguments.notify {
        let Some(file) = &context.config.responses else {
            return Err(Failure::usage("--notify needs `responses` in seawall.yaml"));
        };
        runtime::dispatcher(Some(file), false, None, &[], None)?
    } else {
        None
    };
    let place = arguments.capture.display().to_string();
    let file = std::fs::File::open(&arguments.capture)
        .map_err(|error| Failure::usage(format!("{place}: {error}")))?;
    let node = runtime::node_name();
    let (mut events, mut found) = (0_u64, 0_u64);
    let in_file = |failure: Failure| failure.hint(format!("in {place}"));
    // Audit events have no types; of calls, only those that a rule can match are put together.
    let wanted = rules.captured_types();
    let capture = seawall_captures::open(file, wanted.as_deref()).or_unfinished().map_err(in_file)?;
    for event in capture {
        let event = event.or_unfinished().map_err(in_file)?;
        events += 1;
        for alert in rules.evaluate(&event) {
            found += 1;
            context.printer.result(&written(&alert, arguments.format, &node));
            if let Some(dispatcher) = &dispatcher {
                for outcome in dispatcher.handle(&alert).await {
                    context.printer.note(&outcome.to_string());
                }
            }
        }
    }
    context.printer.note(&format!("{events} events of types that the rules are about, {found} alerts"));
    Ok(())
}
