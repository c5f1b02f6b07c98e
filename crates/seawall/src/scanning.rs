//! From a subject to its report: open, read once, list the packages, match them.

use std::path::Path;

use seawall_advisories::Database;
use seawall_findings::{Report, Subject};
use seawall_image::{Image, Limits, Platform, Reference, Selector, Source};
use seawall_inventory::{File, Inventory};

use crate::cli::ImageSource;
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};

/// Version of what the inventory selects: a cached layer of another version is read again.
const SELECTION: &str = "inventory-2";

/// The image that the flags name.
pub(crate) fn source(source: &ImageSource) -> Result<Source> {
    match (&source.reference, &source.input) {
        (Some(reference), _) => Ok(Source::Registry(reference.parse::<Reference>()?)),
        (None, Some(path)) => Ok(Source::detect(path)?),
        (None, None) => Err(Failure::usage("name an image, or a file with --input")),
    }
}

/// Opens an image and scans it.
pub(crate) async fn image(context: &Context, source: Source, platform: Option<&str>) -> Result<Report> {
    let database = context.database()?;
    let progress = progress(context, "reading layers");
    let platform = platform.map(str::parse::<Platform>).transpose()?;
    let image = Image::open(&source, &context.registry(), platform.as_ref()).await?;
    let report = opened(context, &image, &database).await;
    progress.finish_and_clear();
    report
}

/// Scans an open image.
pub(crate) async fn opened(context: &Context, image: &Image, database: &Database) -> Result<Report> {
    let cache = context.layer_cache();
    let selector = Selector::new(SELECTION, seawall_inventory::wants);
    let files = image.files(&selector, &Limits::default(), cache.as_ref()).await?;
    let files: Vec<File<'_>> = files
        .iter()
        .map(|file| File { path: &file.path, bytes: &file.bytes, layer: Some(&file.layer) })
        .collect();
    let subject = Subject::Image {
        reference: image.reference.clone(),
        digest: image.digest.clone(),
        manifest: (image.manifest_digest != image.digest).then(|| image.manifest_digest.clone()),
        platform: Some(image.platform.to_string()),
    };
    let mut inventory = seawall_inventory::read(&files);
    inventory.problems.extend(unseen(image));
    report(subject, inventory, database)
}

/// An index's digest stands for all its images, and one was scanned: a node of another platform runs another.
fn unseen(image: &Image) -> Option<String> {
    let others = image.others.join(", ");
    (!others.is_empty())
        .then(|| format!("only the image for {} was scanned; the index also has {others}", image.platform))
}

/// Scans a folder. Links are not followed.
pub(crate) fn folder(context: &Context, path: &Path) -> Result<Report> {
    let database = context.database()?;
    let mut contents = Vec::new();
    let mut problems = Vec::new();
    let walk = walkdir::WalkDir::new(path).follow_links(false).sort_by_file_name();
    for entry in walk {
        let entry = entry.or_usage()?;
        let Ok(relative) = entry.path().strip_prefix(path) else { continue };
        let relative = relative.to_string_lossy();
        if !entry.file_type().is_file() || !seawall_inventory::wants(&relative) {
            continue;
        }
        match std::fs::read(entry.path()) {
            Ok(bytes) => contents.push((relative.into_owned(), bytes)),
            Err(error) => problems.push(format!("{relative}: {error}")),
        }
    }
    let files: Vec<File<'_>> = contents.iter().map(|(path, bytes)| File::new(path, bytes)).collect();
    let mut inventory = seawall_inventory::read(&files);
    inventory.problems.append(&mut problems);
    report(Subject::Directory { path: path.display().to_string() }, inventory, &database)
}

/// Matches an inventory, new or stored, against the database.
pub(crate) fn report(subject: Subject, inventory: Inventory, database: &Database) -> Result<Report> {
    let findings = database.find(&inventory.distribution, &inventory.packages).or_unfinished()?;
    let mut problems = inventory.problems;
    problems.extend(database.gaps(&inventory.distribution, &inventory.packages).or_unfinished()?);
    Ok(Report {
        schema: 1,
        subject,
        scanned_at: now(),
        distribution: inventory.distribution,
        database: Some(database.info()),
        findings,
        packages: inventory.packages,
        problems,
    })
}

fn progress(context: &Context, message: &'static str) -> indicatif::ProgressBar {
    if context.global.quiet || context.global.verbose > 0 {
        return indicatif::ProgressBar::hidden();
    }
    // Hidden by itself where standard error is no terminal.
    let bar = indicatif::ProgressBar::new_spinner().with_message(message);
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    bar
}
