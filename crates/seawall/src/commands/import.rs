//! `seawall import`: another tool's SARIF joins the trail.

use std::path::Path;

use seawall_findings::{Digest, MAX_REPORT_BYTES, Report, Subject};
use seawall_ledger::Kind;
use serde_json::json;

use super::scan_repo::of_commit;
use super::{scan, sign};
use crate::cli::Import;
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};

/// Reads the log, records it as evidence about its subject, and shows it as a scan would.
pub(crate) async fn run(context: &Context, arguments: &Import) -> Result<()> {
    let name = if arguments.file == Path::new("-") {
        "standard input".into()
    } else {
        arguments.file.display().to_string()
    };
    let bytes = bytes(&arguments.file)?;
    let (subject, digest) = subject(context, &arguments.subject).await?;
    let report = Report::read_sarif(&bytes, subject, &now())
        .map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    let mut tools: Vec<&str> =
        report.findings.iter().flat_map(|finding| &finding.sources).map(String::as_str).collect();
    tools.sort_unstable();
    tools.dedup();
    let tools = if tools.is_empty() { "another tool".to_owned() } else { tools.join(", ") };
    // Not under `report`: what Seawall found itself is matched again when advisories change, and this is not.
    let body = json!({
        "imported": { "tools": tools, "file": name, "log": seawall_image::digest_of(&bytes) },
        "subject": report.subject,
        "summary": report.summary(),
        "findings": report.findings,
        "problems": report.problems,
    });
    let summary = format!("imported from {tools}: {}", report.summary());
    context.record(Kind::Scanned, &digest, summary, body).await?;
    scan::finish(context, report, &arguments.output)
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    if file != Path::new("-") {
        return crate::files::read(file, MAX_REPORT_BYTES);
    }
    let mut bytes = Vec::new();
    let input = std::io::Read::take(std::io::stdin(), MAX_REPORT_BYTES + 1);
    std::io::Read::read_to_end(&mut { input }, &mut bytes).or_usage()?;
    Ok(bytes)
}

/// A commit's full id, a digest alone, or an image: with its digest as it is, else resolved at its registry, once.
async fn subject(context: &Context, text: &str) -> Result<(Subject, Digest)> {
    if matches!(text.len(), 40 | 64)
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    {
        return Ok((Subject::Repository { url: String::new(), commit: text.to_owned() }, of_commit(text)));
    }
    let image = |reference: &str, digest: Digest| {
        (
            Subject::Image {
                reference: reference.to_owned(),
                digest: digest.clone(),
                manifest: None,
                platform: None,
            },
            digest,
        )
    };
    if let Ok(digest) = text.parse::<Digest>() {
        return Ok(image(text, digest));
    }
    if let Some(digest) = text.split_once('@').and_then(|(_, digest)| digest.parse::<Digest>().ok()) {
        return Ok(image(text, digest));
    }
    let resolved = sign::Resolved::find(&context.registry(), text).await?;
    Ok(image(&resolved.reference.to_string(), resolved.descriptor.digest.clone()))
}
