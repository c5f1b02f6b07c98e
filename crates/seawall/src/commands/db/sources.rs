//! Where `seawall db build` takes things from: folders and addresses, tried in turn.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::build::read_small;
use super::download::Downloads;
use crate::cli::OSV;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// The name that the KEV catalogue has beside the dumps.
const KEV: &str = "known_exploited_vulnerabilities.json";
/// Where CISA publishes it.
const CISA: &str = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
/// Where today's exploit predictions are.
const EPSS: &str = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";
/// The most that either of them may have.
const MAX_LIST: u64 = 64 << 20;

enum Source {
    Table,
    Folder(PathBuf),
    Address(String),
}

/// The sources, in the order in which they were given.
pub(super) struct Sources<'a> {
    context: &'a Context,
    list: Vec<Source>,
    downloads: Downloads,
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

impl<'a> Sources<'a> {
    /// A folder that is none is a mistake, whatever else is given.
    pub(super) fn new(context: &'a Context, given: &[String]) -> Result<Self> {
        let source = |text: &String| match text.as_str() {
            "built-in" => Ok(Source::Table),
            url if is_address(url) => Ok(Source::Address(url.trim_end_matches('/').to_owned())),
            folder if Path::new(folder).is_dir() => Ok(Source::Folder(folder.into())),
            other => Err(Failure::usage(format!("{other} is no folder"))
                .hint("--osv takes a folder or an address that holds <Ecosystem>/all.zip, or `built-in`")),
        };
        let list = given.iter().map(source).collect::<Result<_>>()?;
        Ok(Self { context, list, downloads: Downloads::new(context)? })
    }

    /// What the database says that it was compiled from.
    pub(super) fn words(&self) -> String {
        let words: Vec<String> = self
            .list
            .iter()
            .map(|source| match source {
                Source::Table => "the built-in table of well-known facts".to_owned(),
                Source::Folder(path) => format!("folder {}", path.display()),
                Source::Address(url) => url.clone(),
            })
            .collect();
        words.join(", ")
    }

    pub(super) fn is_table_alone(&self) -> bool {
        self.list.iter().all(|source| matches!(source, Source::Table))
    }

    /// The dump of an ecosystem from the first source that has it; none where no source does. A source that cannot be
    /// asked is passed over where a later one answers, and an error where none does.
    pub(super) async fn dump(&self, ecosystem: &str) -> Result<Option<File>> {
        self.first(&format!("{ecosystem}/all.zip")).await
    }

    async fn first(&self, name: &str) -> Result<Option<File>> {
        let mut failed: Option<Failure> = None;
        for source in &self.list {
            let found = match source {
                Source::Table => continue,
                Source::Folder(folder) => {
                    let path = folder.join(name);
                    if path.is_file() { Ok(Some(File::open(&path).or_unfinished()?)) } else { Ok(None) }
                }
                Source::Address(url) => {
                    // Ecosystems have blanks in their names.
                    self.downloads.get(&format!("{url}/{}", name.replace(' ', "%20"))).await
                }
            };
            match found {
                Ok(Some(file)) => return Ok(Some(file)),
                Ok(None) => {}
                Err(failure) => {
                    self.context.printer.warn(&format!("{:#}", failure.error));
                    failed = Some(failure);
                }
            }
        }
        match failed {
            Some(failure) => Err(failure
                .hint("`--osv built-in` needs no network; `--osv DIR` takes dumps from a folder; --osv may be given again")),
            None => Ok(None),
        }
    }

    fn is_default(&self) -> bool {
        matches!(self.list.as_slice(), [Source::Address(url)] if url == OSV)
    }

    /// The KEV catalogue: the one that is named, else the one beside the dumps, else CISA's own beside osv.dev.
    pub(super) async fn catalogue(&self, named: Option<&str>) -> Result<Option<Vec<u8>>> {
        match named {
            Some(named) => self.named(named).await.map(Some),
            None if self.is_default() => Ok(self.perhaps(CISA).await),
            None => Ok(self.first(KEV).await?.map(read).transpose()?),
        }
    }

    /// The exploit predictions: those that are named, else today's beside osv.dev.
    pub(super) async fn predictions(&self, named: Option<&str>) -> Result<Option<Vec<u8>>> {
        match named {
            Some(named) => self.named(named).await.map(Some),
            None if self.is_default() => Ok(self.perhaps(EPSS).await),
            None => Ok(None),
        }
    }

    async fn named(&self, named: &str) -> Result<Vec<u8>> {
        if !is_address(named) {
            return read_small(Path::new(named), MAX_LIST);
        }
        match self.downloads.get(named).await? {
            Some(file) => read(file),
            None => Err(Failure::unfinished(format!("there is nothing at {named}"))),
        }
    }

    /// Nobody asked for it: advisories without it are better than none.
    async fn perhaps(&self, url: &str) -> Option<Vec<u8>> {
        match self.named(url).await {
            Ok(bytes) => Some(bytes),
            Err(failure) => {
                self.context.printer.warn(&format!("left out: {:#}", failure.error));
                None
            }
        }
    }
}

fn read(file: File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MAX_LIST + 1).read_to_end(&mut bytes).or_unfinished()?;
    Ok(bytes)
}
