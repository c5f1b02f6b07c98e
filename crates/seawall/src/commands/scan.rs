//! `seawall scan`.

use std::io::IsTerminal as _;

use seawall_findings::{Report, Subject, table};
use seawall_ledger::Kind;
use serde_json::json;

use crate::cli::{ReportFormat, ReportOutput, ScanFs, ScanImage, ScanRepo, ScanSbom, Scanner};
use crate::context::Context;
use crate::failure::{Exit, Failure, OrFail as _, Result};
use crate::scanning;

/// No SBOM is larger.
const MAX_SBOM: u64 = 256 << 20;
/// No VEX document is larger.
const MAX_VEX: u64 = 64 << 20;

/// `seawall scan image`.
pub(crate) async fn image(context: &Context, arguments: ScanImage) -> Result<()> {
    let source = scanning::source(&arguments.source)?;
    let asked = arguments.source.platform.as_deref();
    let every = asked == Some(scanning::ALL);
    if every && !each_in_its_place(&arguments.output) {
        return Err(Failure::usage("--platform all writes a report for each platform")
            .hint("give a file with {platform} in its name (-o report-{platform}.json), or --format table"));
    }
    let base = arguments.source.base.as_deref();
    let mut denied = None;
    for platform in scanning::platforms(context, &source, asked).await? {
        let report =
            scanning::image(context, source.clone(), platform.as_deref(), base, &arguments.looking).await?;
        record(context, &report).await?;
        let mut output = arguments.output.clone();
        if let (true, Some(path), Some(platform)) = (every, &output.output, &platform) {
            let path = path.to_string_lossy().replace("{platform}", &platform.replace('/', "-"));
            output.output = Some(path.into());
        }
        // Every platform is told before the first no counts.
        match finish(context, report, &output) {
            Err(failure) if every && failure.exit == Exit::Denied => denied = denied.or(Some(failure)),
            other => other?,
        }
    }
    denied.map_or(Ok(()), Err)
}

/// Whether several reports do not write over one another.
fn each_in_its_place(output: &ReportOutput) -> bool {
    match &output.output {
        Some(path) => path.to_string_lossy().contains("{platform}"),
        None => matches!(output.format, ReportFormat::Table),
    }
}

/// `seawall scan fs`.
pub(crate) fn folder(context: &Context, arguments: &ScanFs) -> Result<()> {
    let report = scanning::folder(context, &arguments.path, &arguments.looking)?;
    finish(context, report, &arguments.output)
}

/// `seawall scan repo`: the files of one commit as a folder's, and secrets in the history.
pub(crate) async fn repository(context: &Context, arguments: &ScanRepo) -> Result<()> {
    let secrets = arguments.looking.scanners.contains(&Scanner::Secret);
    let mut others = arguments.looking.clone();
    others.scanners.retain(|scanner| *scanner != Scanner::Secret);
    let report = tokio::task::block_in_place(|| {
        let (place, reference) = (&arguments.repository, arguments.reference.as_deref());
        let mut report = scanning::repository(context, place, reference, &others)?;
        if secrets {
            super::scan_repo::add_secrets(context, arguments, &mut report)?;
        }
        Ok::<_, Failure>(report)
    })?;
    super::scan_repo::record(context, &report).await?;
    finish(context, report, &arguments.output)
}

/// `seawall scan sbom`.
pub(crate) fn sbom(context: &Context, arguments: &ScanSbom) -> Result<()> {
    let bytes = if arguments.file.as_os_str() == "-" {
        crate::files::read_standard_input(MAX_SBOM)?
    } else {
        crate::files::read(&arguments.file, MAX_SBOM)?
    };
    let path = arguments.file.display().to_string();
    let inventory =
        seawall_inventory::sbom::read(&bytes).map_err(|error| Failure::usage(format!("{path}: {error}")))?;
    let database = context.database()?;
    finish(context, scanning::report(Subject::Sbom { path }, inventory, Some(&database))?, &arguments.output)
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
    if let Some(path) = &output.baseline {
        let bytes = crate::files::read(path, seawall_findings::MAX_REPORT_BYTES)?;
        let baseline =
            Report::read(&bytes).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let known = report.set_against(&baseline);
        context.printer.note(&format!("{known} findings are known by the baseline {}", path.display()));
    }
    suppress(context, &mut report, output)?;
    for finding in report.findings.iter_mut().filter(|finding| finding.risk.is_none()) {
        finding.rate();
    }
    report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.risk));
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
        .hint(if report.packages.is_empty() {
            "mend what the report lists, or except a finding with a reason and an end"
        } else {
            "upgrade the packages that the report lists, or except a finding in a policy with a reason and an end"
        })),
        _ => Ok(()),
    }
}

/// What exceptions and VEX documents say is put into the report; exceptions, which somebody of the team wrote, first.
fn suppress(context: &Context, report: &mut Report, output: &ReportOutput) -> Result<()> {
    let mut policies = Vec::new();
    for file in context.policy_files(&output.policy) {
        policies.extend(crate::policies::parse(&file)?);
    }
    seawall_policy::except(&policies, report, crate::context::today());
    let mut documents = Vec::new();
    for file in &output.vex {
        let bytes = crate::files::read(file, MAX_VEX)?;
        documents.push(seawall_vex::read(&bytes, &file.display().to_string()).or_usage()?);
    }
    let applied = seawall_vex::apply(report, &documents);
    if !documents.is_empty() {
        let (suppressed, stated) = (applied.suppressed, applied.stated);
        context
            .printer
            .note(&format!("VEX: {suppressed} findings do not count, the status of {stated} is stated"));
    }
    Ok(())
}

fn written(context: &Context, report: &Report, output: &ReportOutput) -> Result<String> {
    Ok(match output.format {
        ReportFormat::Table => {
            let to_terminal = output.output.is_none() && std::io::stdout().is_terminal();
            let width = to_terminal.then(|| terminal_size::terminal_size().map_or(100, |(width, _)| width.0));
            let colour = output.output.is_none() && context.printer.colours();
            if seawall_findings::places::fits(report) {
                return Ok(seawall_findings::places::write(report, colour));
            }
            let options = table::Options {
                colour,
                width,
                show_suppressed: output.show_suppressed,
                order: Some(seawall_advisories::compare),
                licences: output.licences,
            };
            table::write(report, options)
        }
        ReportFormat::Own(form) => (form.write)(report).map_err(Failure::unfinished)?,
        ReportFormat::Form(form) => (form.write)(report).or_unfinished()?,
    })
}
