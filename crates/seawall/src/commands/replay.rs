//! `seawall replay`.

use seawall_events::capture;

use super::watch::written;
use crate::cli::Replay;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::runtime;

/// Matches rules over a capture: the same rules, the same engine, recorded events.
pub(crate) async fn run(context: &Context, arguments: Replay) -> Result<()> {
    let files = if arguments.rules.is_empty() { context.config.rules.clone() } else { arguments.rules };
    let rules = runtime::load_rules(context, &files)?;
    let dispatcher = if arguments.notify {
        let Some(file) = &context.config.responses else {
            return Err(Failure::usage("--notify needs `responses` in seawall.yaml"));
        };
        runtime::dispatcher(Some(file), false, None, &[], None)?
    } else {
        None
    };
    let file = std::fs::File::open(&arguments.capture)
        .map_err(|error| Failure::usage(format!("{}: {error}", arguments.capture.display())))?;
    let node = runtime::node_name();
    let (mut events, mut found) = (0_u64, 0_u64);
    for event in capture::read(std::io::BufReader::new(file)) {
        let event = event
            .or_unfinished()
            .map_err(|failure| failure.hint(format!("in {}", arguments.capture.display())))?;
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
    context.printer.note(&format!("{events} events, {found} alerts"));
    Ok(())
}
