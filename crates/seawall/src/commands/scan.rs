//! `seawall scan`.

use std::io::IsTerminal as _;

use seawall_findings::{Report, Subject, table};
use seawall_inventory::{Inventory, cyclonedx};
use seawall_ledger::Kind;
use serde_json::json;

use crate::cli::{ReportFormat, ReportOutput, ScanFs, ScanImage};
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::scanning;

/// `seawall scan image`.
pub(crate) async fn image(context: &Context, arguments: ScanImage) -> Result<()> {
    let source = scanning::source(&arguments.source)?;
    let report = scanning::image(context, source, arguments.source.platform.as_deref()).await?;
    record(context, &report).await?;
    finish(context, report, &arguments.output)
}

/// `seawall scan fs`.
pub(crate) fn folder(context: &Context, arguments: &ScanFs) -> Result<()> {
    let report = scanning::folder(context, &arguments.path)?;
    finish(context, report, &arguments.output)
}

/// The report becomes evidence about its digest, whole: it is matched again when the database changes.
pub(crate) async fn record(context: &Context, report: &Report) -> Result<()> {
    let Some(digest) = report.subject.digest() else { return Ok(()) };
    let reference = match &report.subject {
        Subject::Image { reference, .. } => reference.as_str(),
        _ => "",
    };
    let body = json!({
        "reference": reference,
        "summary": report.summary(),
        "report": report,
    });
    context.record(Kind::Scanned, digest, report.summary().to_string(), body).await
}

/// Writes what was asked for of the report, and says no where the threshold does.
pub(crate) fn finish(context: &Context, mut report: Report, output: &ReportOutput) -> Result<()> {
    let worst =
        report.findings.iter().filter(|finding| finding.suppressed.is_none()).map(|f| f.severity).max();
    let summary = report.summary();
    report.findings.retain(|finding| {
        (output.severity.is_empty() || output.severity.contains(&finding.severity))
            && !(output.ignore_unfixed && finding.fixed.is_empty())
    });
    let text = written(context, &report, output)?;
    context.printer.result_to(output.output.as_deref(), &text)?;
    match (output.fail_on, worst) {
        (Some(threshold), Some(worst)) if worst >= threshold => Err(Failure::denied(format!(
            "{}: {summary}; the worst is {worst}, and --fail-on is {threshold}",
            report.subject
        ))
        .hint("upgrade the packages that the report lists, or except a finding in a policy with a reason and an end")),
        _ => Ok(()),
    }
}

fn written(context: &Context, report: &Report, output: &ReportOutput) -> Result<String> {
    Ok(match output.format {
        ReportFormat::Table => {
            let to_terminal = output.output.is_none() && std::io::stdout().is_terminal();
            let width = to_terminal.then(|| terminal_size::terminal_size().map_or(100, |(width, _)| width.0));
            let colour = output.output.is_none() && context.printer.colours();
            table::write(report, table::Options { colour, width })
        }
        ReportFormat::Cyclonedx => serde_json::to_string_pretty(&sbom(report)).or_unfinished()?,
        ReportFormat::Form(form) => (form.write)(report).or_unfinished()?,
    })
}

/// The report's inventory as a CycloneDX document.
pub(crate) fn sbom(report: &Report) -> serde_json::Value {
    let inventory = Inventory {
        distribution: report.distribution.clone(),
        packages: report.packages.clone(),
        problems: report.problems.clone(),
    };
    cyclonedx::write(&report.subject, &inventory, &now())
}
