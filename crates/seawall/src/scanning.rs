//! From a subject to its report: open, read once, list the packages, match them.

mod base;
mod hygiene;
mod readers;

use std::path::Path;
use std::sync::Arc;

use seawall_advisories::Database;
use seawall_findings::{Finding, Report, Subject};
use seawall_gitops::{GitopsError, TreeLimits, read_tree};
use seawall_image::{
    Cache, Engine, Entry, EntryKind, Host, Image, ImageError, Limits, Offer, Platform, Reader, Reading,
    Reference, Source,
};
use seawall_inventory::Inventory;
use serde::{Deserialize, Serialize};

use crate::cli::{ImageSource, Looking, Scanner};
use crate::context::{Context, now, today};
use crate::failure::{Failure, OrFail as _, Result};

/// The image that the flags name.
pub(crate) fn source(source: &ImageSource) -> Result<Source> {
    match (&source.reference, &source.input, &source.from) {
        (Some(name), _, Some(from)) => {
            let (engine, root) = match from.split_once(':') {
                Some((engine, root)) => (engine, Some(root.into())),
                None => (from.as_str(), None),
            };
            Ok(Source::Host(Host { engine: engine.parse::<Engine>()?, root, name: name.clone() }))
        }
        (Some(reference), _, None) => Ok(Source::Registry(reference.parse::<Reference>()?)),
        (None, Some(path), _) => Ok(Source::detect(path)?),
        (None, None, _) => Err(Failure::usage("name an image, or a file with --input")),
    }
}

/// Opens an image and scans it.
pub(crate) async fn image(
    context: &Context,
    source: Source,
    platform: Option<&str>,
    base: Option<&str>,
    looking: &Looking,
) -> Result<Report> {
    let database = database(context, looking)?;
    let progress = progress(context, "reading layers");
    let platform = platform.map(str::parse::<Platform>).transpose()?;
    let registry = context.registry();
    let mut image = Image::open(&source, &registry, platform.as_ref()).await?;
    let cache = context.layer_cache();
    let problem = base::mark(&mut image, &source, base, &registry, cache.as_ref()).await?;
    let report = opened(context, &image, database.as_ref(), looking).await;
    progress.finish_and_clear();
    let mut report = report?;
    report.problems.extend(problem);
    Ok(report)
}

/// The platforms that the flags ask for: one, or all that there are.
pub(crate) async fn platforms(
    context: &Context,
    source: &Source,
    asked: Option<&str>,
) -> Result<Vec<Option<String>>> {
    if asked != Some(ALL) {
        return Ok(vec![asked.map(str::to_owned)]);
    }
    match Image::open(source, &context.registry(), None).await {
        Ok(image) => Ok(std::iter::once(image.platform.to_string()).chain(image.others).map(Some).collect()),
        // None of them is this machine's.
        Err(ImageError::NoPlatform { available, .. }) if !available.is_empty() => {
            Ok(available.into_iter().map(Some).collect())
        }
        Err(error) => Err(error.into()),
    }
}

/// What `--platform` takes for every platform.
pub(crate) const ALL: &str = "all";

/// Scans an open image.
pub(crate) async fn opened(
    context: &Context,
    image: &Image,
    database: Option<&Database>,
    looking: &Looking,
) -> Result<Report> {
    let cache = context.layer_cache();
    let readers = Readers::new(context, looking)?;
    let mut looked = readers.image(image, &limits(looking), cache.as_ref()).await?;
    let subject = Subject::Image {
        reference: image.reference.clone(),
        digest: image.digest.clone(),
        manifest: (image.manifest_digest != image.digest).then(|| image.manifest_digest.clone()),
        platform: Some(image.platform.to_string()),
    };
    looked.inventory.problems.extend(unseen(image));
    base::tell(image, &mut looked.inventory.packages, &mut looked.findings);
    if let Some(files) = looked.hygiene.take() {
        let scanner = if looking.scanners.contains(&Scanner::Secret) {
            Some(seawall_secrets::Scanner::new(secret_options(context, looking)?.0).or_usage()?)
        } else {
            None
        };
        looked.findings.extend(files.findings(image, &looked.inventory, scanner.as_ref()));
    }
    looked.report(subject, database, looking)
}

/// An index's digest stands for all its images, and one was scanned: a node of another platform runs another.
fn unseen(image: &Image) -> Option<String> {
    let others = image.others.join(", ");
    (!others.is_empty())
        .then(|| format!("only the image for {} was scanned; the index also has {others}", image.platform))
}

/// Scans a folder. Links are not followed.
pub(crate) fn folder(context: &Context, path: &Path, looking: &Looking) -> Result<Report> {
    let database = database(context, looking)?;
    let progress = progress(context, "reading files");
    let readers = Readers::new(context, looking)?;
    let (readings, problems) = seawall_image::read_folder(path, &readers.list, &limits(looking))?;
    let mut looked = readers.looked(readings);
    looked.inventory.problems.extend(problems);
    progress.finish_and_clear();
    looked.report(Subject::Directory { path: path.display().to_string() }, database.as_ref(), looking)
}

/// Scans the files of one commit.
pub(crate) fn repository(
    context: &Context,
    place: &str,
    reference: Option<&str>,
    looking: &Looking,
) -> Result<Report> {
    let database = database(context, looking)?;
    let progress = progress(context, "reading files");
    let readers = Readers::new(context, looking)?;
    let limits = limits(looking);
    let offer = Offer::new(&readers.list, &limits);
    let most = TreeLimits { files: usize::try_from(limits.entries).unwrap_or(usize::MAX), file: limits.file };
    let snapshot = read_tree(place, reference, most, |file| {
        let entry = Entry {
            path: file.path,
            kind: EntryKind::File,
            size: file.bytes.len() as u64,
            mode: file.mode,
            uid: 0,
            gid: 0,
            capable: false,
        };
        offer.bytes(&entry, file.bytes);
    })
    .map_err(|error| match error {
        GitopsError::Input { .. } | GitopsError::Open { .. } => Failure::usage(error),
        error => Failure::unfinished(error),
    })?;
    let mut looked = readers.looked(offer.finish());
    looked.inventory.problems.extend(snapshot.problems);
    progress.finish_and_clear();
    let subject = Subject::Repository { url: snapshot.repository, commit: snapshot.commit };
    looked.report(subject, database.as_ref(), looking)
}

fn limits(looking: &Looking) -> Limits {
    match looking.max_unpacked_size {
        Some(bytes) => Limits { unpacked: bytes, ratio: u64::MAX, ..Limits::default() },
        None => Limits::default(),
    }
}

/// The readers that the flags ask for.
struct Readers {
    /// Packages, then secrets, then hygiene, where they are asked for.
    list: Vec<Arc<dyn Reader>>,
    secrets: bool,
    hygiene: bool,
}

impl Readers {
    fn new(context: &Context, looking: &Looking) -> Result<Self> {
        let mut list = vec![readers::shared(readers::Packages)];
        let secrets = looking.scanners.contains(&Scanner::Secret);
        if secrets {
            let (options, written) = secret_options(context, looking)?;
            list.push(readers::shared(readers::Secrets::new(options, &written).or_usage()?));
        }
        let hygiene = looking.scanners.contains(&Scanner::Hygiene);
        if hygiene {
            list.push(readers::shared(hygiene::Hygiene));
        }
        Ok(Self { list, secrets, hygiene })
    }

    /// What they find in an image. The same image again costs one look into the cache.
    async fn image(&self, image: &Image, limits: &Limits, cache: Option<&Cache>) -> Result<Looked> {
        let names: Vec<&str> = self.list.iter().map(|reader| reader.name()).collect();
        let key = format!("looked\n{}\n{}", image.manifest_digest, names.join("\n"));
        let known = cache.and_then(|cache| cache.get(&key));
        if let Some(looked) = known.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(looked);
        }
        let looked = self.looked(image.read(&self.list, limits, cache).await?);
        if let (Some(cache), Ok(bytes)) = (cache, serde_json::to_vec(&looked)) {
            cache.put(&key, &bytes);
        }
        Ok(looked)
    }

    fn looked(&self, readings: Vec<Reading>) -> Looked {
        let mut readings = readings.into_iter();
        let mut inventory = readers::inventory(readings.next().unwrap_or_default());
        let mut findings = Vec::new();
        if self.secrets {
            findings.extend(readers::findings(readings.next().unwrap_or_default(), &mut inventory.problems));
        }
        let hygiene = self
            .hygiene
            .then(|| hygiene::Files::of(readings.next().unwrap_or_default(), &mut inventory.problems));
        Looked { inventory, findings, hygiene }
    }
}

/// The options of the scanner for secrets, and what they come from: of the file that the flag names, else of the
/// configuration.
fn secret_options(context: &Context, looking: &Looking) -> Result<(seawall_secrets::Options, String)> {
    /// Largest configuration file.
    const MOST: u64 = 1 << 20;
    let Some(path) = &looking.secret_config else {
        let written = context.config.secrets.clone();
        let stands_for = format!("{written:?}");
        return Ok((seawall_secrets::Options::from_written(written).or_usage()?, stands_for));
    };
    let text = crate::files::read_text(path, MOST)?;
    let options = seawall_secrets::Options::parse(&text)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok((options, text))
}

/// What a subject holds, before it is matched.
#[derive(Deserialize, Serialize)]
struct Looked {
    inventory: Inventory,
    /// What needs no advisories.
    findings: Vec<Finding>,
    /// What the image's hygiene is judged by: only images are.
    hygiene: Option<hygiene::Files>,
}

impl Looked {
    fn report(mut self, subject: Subject, database: Option<&Database>, looking: &Looking) -> Result<Report> {
        readers::expire(&mut self.findings, today());
        let mut report = report(subject, self.inventory, database)?;
        report.findings.append(&mut self.findings);
        // Each kind was in order, and stays so among those of the same severity.
        report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        report.looked_for = looking.scanners.iter().filter_map(|scanner| scanner.kind()).collect();
        Ok(report)
    }
}

/// The advisory database, where vulnerabilities are looked for.
fn database(context: &Context, looking: &Looking) -> Result<Option<Database>> {
    looking.scanners.contains(&Scanner::Vuln).then(|| context.database()).transpose()
}

/// Matches an inventory, new or stored, against the database; without one it is listed only.
pub(crate) fn report(subject: Subject, inventory: Inventory, database: Option<&Database>) -> Result<Report> {
    let mut findings = inventory.damaged;
    let mut problems = inventory.problems;
    if let Some(database) = database {
        let found = database.find(&inventory.distribution, &inventory.packages).or_unfinished()?;
        findings.splice(0..0, found);
        for gap in database.gaps(&inventory.distribution, &inventory.packages).or_unfinished()? {
            // An SBOM of Seawall's own says it already.
            if !problems.contains(&gap) {
                problems.push(gap);
            }
        }
    }
    Ok(Report {
        schema: 1,
        subject,
        scanned_at: now(),
        distribution: inventory.distribution,
        database: database.map(Database::info),
        looked_for: Vec::new(),
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
