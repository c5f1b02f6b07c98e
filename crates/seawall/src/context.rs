//! What every command has at hand: the printer, the configuration, and the parts that it names, opened on demand.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seawall_advisories::Database;
use seawall_findings::Digest;
use seawall_image::{Cache, Registry, RegistryOptions};
use seawall_ledger::{Kind, Ledger, NewEntry};

use crate::cli::Global;
use crate::config::Config;
use crate::failure::{Failure, OrFail as _, Result};
use crate::printer::Printer;

/// A database older than this is said to be old.
const OLD_DATABASE_DAYS: i64 = 7;

pub(crate) struct Context {
    pub(crate) printer: Printer,
    pub(crate) global: Global,
    pub(crate) config: Config,
    /// The file that `config` was read from.
    pub(crate) config_file: Option<PathBuf>,
}

impl Context {
    pub(crate) fn new(global: Global) -> Result<Self> {
        let printer = Printer::new(global.quiet, global.color);
        let here = std::env::current_dir().or_unfinished()?;
        let (config, config_file) = Config::find(global.config.as_deref(), &here)?;
        Ok(Self { printer, global, config, config_file })
    }

    /// A folder of Seawall's own in the user's cache folder; it is made.
    pub(crate) fn cache(name: &str) -> Result<PathBuf> {
        let folder = user_folder(Folder::Cache)?.join(name);
        make_private(&folder)?;
        Ok(folder)
    }

    /// A file or folder of Seawall's own in the user's data folder; the folder is made.
    pub(crate) fn data(name: &str) -> Result<PathBuf> {
        let folder = user_folder(Folder::Data)?;
        make_private(&folder)?;
        Ok(folder.join(name))
    }

    pub(crate) fn registry(&self) -> Registry {
        let flags = &self.global.registries;
        let defaults = RegistryOptions::default();
        let insecure =
            flags.insecure_registry.iter().chain(&self.config.insecure_registries).cloned().collect();
        let configured = self.config.registry_mirrors.iter().flat_map(|(registry, mirrors)| {
            mirrors.iter().map(|mirror| (registry.clone(), mirror.trim_end_matches('/').to_owned()))
        });
        Registry::new(RegistryOptions {
            insecure,
            mirrors: flags.registry_mirror.iter().cloned().chain(configured).collect(),
            ca: flags.registry_ca.iter().chain(&self.config.registry_ca).cloned().collect(),
            retries: flags.registry_retries.unwrap_or(defaults.retries),
            timeout: flags.registry_timeout.map_or(defaults.timeout, std::time::Duration::from_secs),
            ..defaults
        })
    }

    /// What is kept of layers that were read before. Without one, everything is read again.
    pub(crate) fn layer_cache(&self) -> Option<Cache> {
        let folder = user_folder(Folder::Cache).ok()?.join("layers");
        match Cache::open(&folder) {
            Ok(cache) => Some(cache),
            Err(error) => {
                self.printer.warn(&format!("layers are not cached: {error}"));
                None
            }
        }
    }

    /// Where the advisory database is looked for.
    pub(crate) fn database_path(&self) -> Result<PathBuf> {
        match self.global.db.as_ref().or(self.config.database.as_ref()) {
            Some(path) => Ok(path.clone()),
            None => Self::data("advisories.db"),
        }
    }

    /// Opens the advisory database. Its age is always said.
    pub(crate) fn database(&self) -> Result<Database> {
        let path = self.database_path()?;
        if !path.is_file() {
            return Err(Failure::unfinished(format!("there is no advisory database at {}", path.display()))
                .hint("make one with `seawall db build`, or name one with --db"));
        }
        let database = Database::open(&path)
            .or_unfinished()
            .map_err(|failure| failure.hint("make it anew with `seawall db build`"))?;
        let info = database.info();
        let age = age_in_days(&info.built_at);
        self.printer.note(&format!(
            "advisory database: {} advisories, compiled {}, newest of {}",
            info.advisories,
            age.map_or_else(|| info.built_at.clone(), words_for_days),
            info.newest_advisory.get(..10).unwrap_or(&info.newest_advisory)
        ));
        self.check_age(&info.built_at)?;
        if age.is_some_and(|days| days > OLD_DATABASE_DAYS) {
            self.printer.warn("the advisory database is old: newer vulnerabilities are not found");
        }
        Ok(database)
    }

    /// `--max-db-age`: what was compiled too long ago, or does not say when, does not count.
    fn check_age(&self, built_at: &str) -> Result<()> {
        let Some(limit) = &self.global.max_db_age else { return Ok(()) };
        let built: Option<Timestamp> = built_at.parse().ok();
        if built.is_some_and(|built| Timestamp::now().duration_since(built) <= limit.0) {
            return Ok(());
        }
        Err(Failure::unfinished(format!(
            "the advisory database was compiled {built_at}, longer ago than the {limit} that --max-db-age allows"
        ))
        .hint("renew it with `seawall db pull` or `seawall db build`"))
    }

    /// The ledger that evidence goes to; none with `--no-ledger`.
    pub(crate) async fn ledger(&self) -> Result<Option<Box<dyn Ledger>>> {
        if self.global.no_ledger {
            return Ok(None);
        }
        self.ledger_to_read().await.map(Some)
    }

    /// The ledger, whatever `--no-ledger` says.
    pub(crate) async fn ledger_to_read(&self) -> Result<Box<dyn Ledger>> {
        let place = match self.global.ledger.as_ref().or(self.config.ledger.as_ref()) {
            Some(place) => place.clone(),
            None => Self::data("ledger.db")?.display().to_string(),
        };
        seawall_ledger::open(&place, self.global.token.as_deref())
            .await
            .or_unfinished()
            .map_err(|failure| failure.hint("--ledger names another one; --no-ledger writes no evidence"))
    }

    /// Writes one piece of evidence. A command whose evidence is lost has not finished.
    pub(crate) async fn record(
        &self,
        kind: Kind,
        digest: &Digest,
        summary: impl Into<String>,
        body: serde_json::Value,
    ) -> Result<()> {
        let Some(ledger) = self.ledger().await? else { return Ok(()) };
        let entry = NewEntry {
            time: Timestamp::now(),
            digest: digest.clone(),
            kind,
            actor: actor(),
            summary: summary.into(),
            body,
        };
        ledger.append(entry).await.or_unfinished()?;
        Ok(())
    }

    /// Policy files from the flag, else from the configuration.
    pub(crate) fn policy_files(&self, flag: &[PathBuf]) -> Vec<PathBuf> {
        if flag.is_empty() { self.config.policies.clone() } else { flag.to_vec() }
    }
}

/// Who does it: the user on this machine, or the pipeline's job.
fn actor() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let pipelines =
        [("GITHUB_ACTOR", "GitHub"), ("GITLAB_USER_LOGIN", "GitLab"), ("BUILD_REQUESTEDFOR", "Azure DevOps")];
    for (name, pipeline) in pipelines {
        if let Some(user) = variable(name) {
            return format!("{user} ({pipeline})");
        }
    }
    variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "seawall".into())
}

#[derive(Clone, Copy)]
enum Folder {
    Data,
    Cache,
}

fn user_folder(which: Folder) -> Result<PathBuf> {
    use etcetera::BaseStrategy as _;
    let strategy = etcetera::choose_base_strategy().or_unfinished()?;
    let folder = match which {
        Folder::Data => strategy.data_dir(),
        Folder::Cache => strategy.cache_dir(),
    };
    Ok(folder.join("seawall"))
}

/// Makes a folder that only its owner may read.
pub(crate) fn make_private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| Failure::usage(format!("{} could not be made: {error}", folder.display())))
}

fn age_in_days(time: &str) -> Option<i64> {
    let built: Timestamp = time.parse().ok()?;
    Some(Timestamp::now().duration_since(built).as_secs() / 86_400)
}

fn words_for_days(days: i64) -> String {
    match days {
        ..=0 => "today".into(),
        1 => "yesterday".into(),
        _ => format!("{days} days ago"),
    }
}

/// The current time as RFC 3339.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Today in UTC: an exception ends everywhere at the same moment.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(Timestamp::now()).date()
}
