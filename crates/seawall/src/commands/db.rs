//! `seawall db`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use seawall_advisories::{Builder, Database};

use crate::cli::{DbBuild, Format};
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::printer::write_whole;

/// What Seawall matches today, by osv.dev's names.
const ECOSYSTEMS: [&str; 11] = [
    "Alpine",
    "Debian",
    "Ubuntu",
    "npm",
    "PyPI",
    "Go",
    "crates.io",
    "RubyGems",
    "Packagist",
    "Maven",
    "NuGet",
];

/// The name that the KEV catalogue has beside the dumps.
const KEV: &str = "known_exploited_vulnerabilities.json";

/// No published dump is larger.
const MAX_DUMP: u64 = 4 << 30;

/// `seawall db build`.
pub(crate) async fn build(context: &Context, arguments: DbBuild) -> Result<()> {
    let started = Instant::now();
    let out = match arguments.out {
        Some(path) => path,
        None => context.database_path()?,
    };
    let wanted: Vec<String> = if arguments.ecosystem.is_empty() {
        ECOSYSTEMS.map(str::to_owned).to_vec()
    } else {
        arguments.ecosystem
    };
    let builder = match arguments.osv.as_str() {
        "built-in" => from_table()?,
        url if url.starts_with("https://") || url.starts_with("http://") => {
            from_address(context, url.trim_end_matches('/'), &wanted).await?
        }
        folder => from_folder(context, Path::new(folder), &wanted)?,
    };
    let advisories = builder.advisories();
    let size = write(builder, &out)?;
    context.printer.result(&format!(
        "{}: {advisories} advisories, {:.1} MB, compiled in {:.1} s",
        out.display(),
        size as f64 / 1e6,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// A scan that runs meanwhile keeps the old one. Compiled in memory first: it is a few megabytes.
fn write(builder: Builder, out: &Path) -> Result<u64> {
    let mut bytes = Vec::new();
    let size = builder.finish(&mut bytes).or_unfinished()?;
    write_whole(out, 0o644, &bytes)?;
    Ok(size)
}

fn from_table() -> Result<Builder> {
    let mut builder = Builder::new("the built-in table of well-known facts", now());
    add_table(&mut builder)?;
    Ok(builder)
}

/// The table goes beneath every dump: a newer record of the same id replaces it, and a dump that lacks a well-known
/// advisory does not hide it.
fn add_table(builder: &mut Builder) -> Result<()> {
    for record in seawall_advisories::known() {
        builder.add_json(record.as_bytes()).or_unfinished()?;
    }
    Ok(())
}

fn from_folder(context: &Context, folder: &Path, wanted: &[String]) -> Result<Builder> {
    if !folder.is_dir() {
        return Err(Failure::usage(format!("{} is no folder", folder.display()))
            .hint("--osv takes a folder or an address that holds <Ecosystem>/all.zip, or `built-in`"));
    }
    let mut builder = Builder::new(format!("folder {}", folder.display()), now());
    let mut dumps = 0;
    for ecosystem in wanted {
        let path = folder.join(ecosystem).join("all.zip");
        if !path.is_file() {
            context.printer.note(&format!("{ecosystem}: no {}", path.display()));
            continue;
        }
        let zip = std::fs::File::open(&path).or_unfinished()?;
        add(context, &mut builder, ecosystem, zip)?;
        dumps += 1;
    }
    if dumps == 0 {
        return Err(Failure::usage(format!(
            "{} holds no <Ecosystem>/all.zip of {}",
            folder.display(),
            wanted.join(", ")
        )));
    }
    add_table(&mut builder)?;
    let kev = folder.join(KEV);
    if kev.is_file() {
        builder.add_kev(&std::fs::read(&kev).or_unfinished()?).or_unfinished()?;
    }
    Ok(builder)
}

async fn from_address(context: &Context, url: &str, wanted: &[String]) -> Result<Builder> {
    let client = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_mins(1))
        .build()
        .or_unfinished()?;
    let mut builder = Builder::new(url, now());
    add_table(&mut builder)?;
    for ecosystem in wanted {
        context.printer.note(&format!("{ecosystem}: fetching"));
        let file = download(&client, &format!("{url}/{ecosystem}/all.zip")).await?;
        add(context, &mut builder, ecosystem, file)?;
    }
    Ok(builder)
}

/// Fetches into a temporary file; tried three times.
async fn download(client: &reqwest::Client, url: &str) -> Result<std::fs::File> {
    let mut last = None;
    for attempt in 0..3_u32 {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
        }
        match download_once(client, url).await {
            Ok(file) => return Ok(file),
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| anyhow::anyhow!("never tried"));
    Err(Failure::unfinished(format!("{url} could not be fetched: {error:#}"))
        .hint("`--osv built-in` needs no network; `--osv DIR` takes dumps from a folder"))
}

async fn download_once(client: &reqwest::Client, url: &str) -> anyhow::Result<std::fs::File> {
    use std::io::Write as _;
    let mut response = client.get(url).send().await?.error_for_status()?;
    let mut file = tempfile::tempfile()?;
    let mut size = 0_u64;
    while let Some(chunk) = response.chunk().await? {
        size += chunk.len() as u64;
        anyhow::ensure!(size <= MAX_DUMP, "more than {MAX_DUMP} bytes");
        file.write_all(&chunk)?;
    }
    Ok(file)
}

fn add(context: &Context, builder: &mut Builder, ecosystem: &str, zip: std::fs::File) -> Result<()> {
    let added = builder.add_zip(ecosystem, std::io::BufReader::new(zip)).or_unfinished()?;
    context.printer.note(&format!(
        "{ecosystem}: {} advisories ({} withdrawn ones left out)",
        added.records, added.withdrawn
    ));
    for problem in added.problems {
        context.printer.warn(&problem);
    }
    Ok(())
}

/// `seawall db status`.
pub(crate) fn status(context: &Context, format: Format) -> Result<()> {
    let path: PathBuf = context.database_path()?;
    if !path.is_file() {
        return Err(Failure::unfinished(format!("there is no advisory database at {}", path.display()))
            .hint("make one with `seawall db build`"));
    }
    let database = Database::open(&path).or_unfinished()?;
    database.verify().or_unfinished()?;
    let info = database.info();
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&info).or_unfinished()?,
        Format::Text => format!(
            "{}\n  {} advisories from {}\n  compiled {}, newest advisory {}\n  its checksum is right",
            path.display(),
            info.advisories,
            info.source,
            info.built_at,
            info.newest_advisory
        ),
    };
    context.printer.result(&text);
    Ok(())
}
