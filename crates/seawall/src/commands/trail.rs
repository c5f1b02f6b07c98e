//! `seawall trail`.

use std::fmt::Write as _;

use seawall_ledger::{Entry, LedgerError};

use crate::cli::{Format, Trail};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// A digest's trail, or the proof that no entry was changed.
pub(crate) async fn run(context: &Context, arguments: Trail) -> Result<()> {
    let ledger = context.ledger_to_read().await?;
    if arguments.verify {
        let verification = ledger.verify_against(arguments.head.as_deref()).await.or_unfinished()?;
        let text = match arguments.format {
            Format::Json => serde_json::to_string_pretty(&verification).or_unfinished()?,
            Format::Text => {
                let mut text = format!("{} entries, head {}", verification.entries, verification.head);
                for problem in &verification.problems {
                    let at = problem.seq.map(|seq| format!("entry {seq}: ")).unwrap_or_default();
                    let _ = write!(text, "\n  {at}{}", problem.what);
                }
                if verification.is_whole() {
                    text.push_str("\nthe chain is whole: no entry was changed or removed");
                }
                text
            }
        };
        context.printer.result(&text);
        if !verification.is_whole() {
            return Err(Failure::denied("the ledger was changed").hint(
                "what the chain proves no longer holds from the first of these entries on; restore a copy",
            ));
        }
        return Ok(());
    }
    if let Some(file) = &arguments.import {
        if !file.is_file() {
            return Err(Failure::usage(format!("{} is no ledger file", file.display())));
        }
        let from = seawall_ledger::Sqlite::open(file).await.or_unfinished()?;
        let imported = seawall_ledger::import(ledger.as_ref(), &from).await.or_unfinished()?;
        context
            .printer
            .result(&format!("{} entries added, {} were here already", imported.added, imported.present));
        return Ok(());
    }
    let Some(subject) = arguments.subject else {
        return Err(Failure::usage("name a digest, the beginning of one, or a reference"));
    };
    let digest = ledger.resolve(&subject).await.map_err(|error| {
        let unknown = matches!(
            error,
            LedgerError::NotFound(_) | LedgerError::Ambiguous { .. } | LedgerError::Address { .. }
        );
        if unknown { Failure::usage(error) } else { Failure::unfinished(error) }
    })?;
    let trail = ledger.trail(&digest).await.or_unfinished()?;
    let text = match arguments.format {
        Format::Json => serde_json::to_string_pretty(&trail).or_unfinished()?,
        Format::Text => written(digest.as_str(), &trail),
    };
    context.printer.result(&text);
    Ok(())
}

/// One line an entry, oldest first.
fn written(digest: &str, trail: &[Entry]) -> String {
    let mut out = format!("{digest}\n");
    for entry in trail {
        let time = entry.new.time.strftime("%Y-%m-%d %H:%M:%S");
        let _ = writeln!(
            out,
            "{:>5}  {time}  {:<9}  {}  [{}]",
            entry.seq,
            entry.new.kind.as_str(),
            visible(&entry.new.summary),
            visible(&entry.new.actor)
        );
    }
    out
}

/// What came from outside is shown without control characters: no entry moves the cursor or changes colours.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
