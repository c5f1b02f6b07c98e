//! `seawall convert`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use seawall_findings::{MAX_REPORT_BYTES, Report};

use crate::cli::Convert;
use crate::commands::scan;
use crate::context::Context;
use crate::failure::{Failure, Result};

/// Reads a JSON report and writes it as a scan would have.
pub(crate) fn run(context: &Context, arguments: &Convert) -> Result<()> {
    let path = &arguments.report;
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    let bytes = bytes(path).map_err(|error| Failure::usage(format!("{name} could not be read: {error}")))?;
    let report = Report::read(&bytes).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    scan::finish(context, report, &arguments.output)
}

/// No more than a report may have, and one byte that tells that it is more.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let input: Box<dyn Read> =
        if path == Path::new("-") { Box::new(std::io::stdin()) } else { Box::new(File::open(path)?) };
    let mut bytes = Vec::new();
    input.take(MAX_REPORT_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
