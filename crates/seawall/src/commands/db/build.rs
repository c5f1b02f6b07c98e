//! `seawall db build`.

use std::path::Path;
use std::time::Instant;

use seawall_advisories::Builder;

use super::sources::Sources;
use crate::cli::DbBuild;
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::files::write_whole;

/// What Seawall matches, by osv.dev's names.
const ECOSYSTEMS: [&str; 34] = [
    "AlmaLinux",
    "Alpaquita",
    "Alpine",
    "Azure Linux",
    "Bitnami",
    "Chainguard",
    "CleanStart",
    "ConanCenter",
    "crates.io",
    "Debian",
    "Echo",
    "Go",
    "Hex",
    "Julia",
    "Mageia",
    "Maven",
    "MinimOS",
    "npm",
    "NuGet",
    "openEuler",
    "openSUSE",
    "Packagist",
    "Photon OS",
    "Pub",
    "PyPI",
    "Red Hat",
    "Rocky Linux",
    "RubyGems",
    "SUSE",
    "SwiftURL",
    "Ubuntu",
    "Wolfi",
    // What no one publishes in OSV yet, but a converted dump may hold.
    "Amazon Linux",
    "Oracle Linux",
];

/// The file is replaced once the new one is whole: whatever fails before, a scan keeps the old one.
pub(super) async fn run(context: &Context, arguments: DbBuild) -> Result<()> {
    let started = Instant::now();
    let out = match arguments.out.clone() {
        Some(path) => path,
        None => context.database_path()?,
    };
    let builder = match collect(context, &arguments).await {
        Ok(builder) => builder,
        Err(failure) if out.is_file() => {
            return Err(failure.hint(format!("{} stays as it was", out.display())));
        }
        Err(failure) => return Err(failure),
    };
    let advisories = builder.advisories();
    let mut bytes = Vec::new();
    let size = builder.finish(&mut bytes).or_unfinished()?;
    write_whole(&out, 0o644, &bytes)?;
    context.printer.result(&format!(
        "{}: {advisories} advisories, {:.1} MB, compiled in {:.1} s",
        out.display(),
        size as f64 / 1e6,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

async fn collect(context: &Context, arguments: &DbBuild) -> Result<Builder> {
    let sources = Sources::new(context, &arguments.osv)?;
    let mut builder = Builder::new(sources.words(), now());
    // The table goes beneath every dump: a newer record of the same id replaces it, and a dump that lacks a well-known
    // advisory does not hide it.
    for record in seawall_advisories::known() {
        builder.add_json(record.as_bytes()).or_unfinished()?;
    }
    if !sources.is_table_alone() {
        dumps(context, &sources, arguments, &mut builder).await?;
    }
    if let Some(bytes) = sources.catalogue(arguments.kev.as_deref()).await? {
        let count = builder.add_kev(&bytes).or_unfinished()?;
        context.printer.note(&format!("{count} vulnerabilities are known to be exploited"));
    }
    if let Some(bytes) = sources.predictions(arguments.epss.as_deref()).await? {
        let count = builder.add_epss(&bytes).or_unfinished()?;
        context.printer.note(&format!("{count} vulnerabilities have an exploit prediction"));
    }
    Ok(builder)
}

async fn dumps(
    context: &Context,
    sources: &Sources<'_>,
    arguments: &DbBuild,
    builder: &mut Builder,
) -> Result<()> {
    let wanted: Vec<String> = if arguments.ecosystem.is_empty() {
        ECOSYSTEMS.map(str::to_owned).to_vec()
    } else {
        arguments.ecosystem.clone()
    };
    let mut dumps = 0;
    for ecosystem in &wanted {
        let Some(file) = sources.dump(ecosystem).await? else {
            // Of all that there is, few mirrors have everything; what was asked for by name must be said.
            if !arguments.ecosystem.is_empty() {
                context.printer.note(&format!("{ecosystem}: no source has {ecosystem}/all.zip"));
            }
            continue;
        };
        let added = builder.add_zip(ecosystem, std::io::BufReader::new(file)).or_unfinished()?;
        context.printer.note(&format!(
            "{ecosystem}: {} advisories ({} withdrawn ones left out)",
            added.records, added.withdrawn
        ));
        for problem in added.problems {
            context.printer.warn(&problem);
        }
        dumps += 1;
    }
    if dumps == 0 {
        return Err(Failure::usage(format!(
            "{} holds no <Ecosystem>/all.zip of {}",
            sources.words(),
            wanted.join(", ")
        )));
    }
    Ok(())
}

/// A file that the user names, or what an address holds.
pub(super) fn read_small(path: &Path, limit: u64) -> Result<Vec<u8>> {
    crate::files::read(path, limit)
}
