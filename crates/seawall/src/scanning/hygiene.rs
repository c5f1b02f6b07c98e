//! What `hygiene` wants of each file, and of the image besides.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use seawall_findings::Finding;
use seawall_hygiene::{FileFact, HistoryStep, ImageFacts, Options};
use seawall_image::{Content, Entry, EntryKind, Image, Reader, Reading, Want};
use seawall_inventory::Inventory;
use seawall_secrets::Scanner;
use serde::{Deserialize, Serialize};

/// Stands for what is wanted: cached layers of another version are read again.
const HYGIENE: &str = "hygiene-1";
/// The texts are lists of users.
const LARGEST: u64 = 1 << 20;

/// Facts of the files that matter, and the texts of a few.
pub(super) struct Hygiene;

#[derive(Deserialize, Serialize)]
struct Record {
    fact: FileFact,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

fn fact(entry: &Entry<'_>) -> FileFact {
    FileFact {
        path: entry.path.to_owned(),
        folder: entry.kind == EntryKind::Directory,
        mode: entry.mode,
        uid: entry.uid,
        size: entry.size,
        capable: entry.capable,
        layer: None,
    }
}

impl Reader for Hygiene {
    fn name(&self) -> &'static str {
        HYGIENE
    }

    fn wants(&self, entry: &Entry<'_>, _: &[u8]) -> Want {
        if entry.kind == EntryKind::File && seawall_hygiene::wants_text(entry.path) {
            return Want::Whole;
        }
        let fact = fact(entry);
        if entry.kind == EntryKind::Other || !seawall_hygiene::wants(&fact) {
            return Want::No;
        }
        // Plain values always serialise.
        serde_json::to_vec(&Record { fact, text: None }).map_or(Want::No, Want::Now)
    }

    fn read(&self, entry: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        let text = String::from_utf8_lossy(&content.bytes()?).into_owned();
        let record = Record { fact: fact(entry), text: Some(text) };
        serde_json::to_vec(&record).map(Some).map_err(io::Error::other)
    }

    fn largest(&self) -> u64 {
        LARGEST
    }
}

/// What the files say.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct Files {
    files: Vec<FileFact>,
    texts: BTreeMap<String, String>,
}

impl Files {
    pub(super) fn of(reading: Reading, problems: &mut Vec<String>) -> Self {
        let mut files = Self::default();
        for record in reading.records {
            match serde_json::from_slice::<Record>(&record.bytes) {
                Ok(Record { mut fact, text }) => {
                    fact.layer.clone_from(&record.layer);
                    if let Some(text) = text {
                        files.texts.insert(fact.path.clone(), text);
                    }
                    if seawall_hygiene::wants(&fact) {
                        files.files.push(fact);
                    }
                }
                Err(error) => problems.push(format!("{}: its facts cannot be read: {error}", record.path)),
            }
        }
        problems.extend(reading.problems);
        files
    }

    /// The findings, with what the image's configuration says.
    pub(super) fn findings(
        mut self,
        image: &Image,
        inventory: &Inventory,
        secrets: Option<&Scanner>,
    ) -> Vec<Finding> {
        for layer in self.files.iter_mut().filter_map(|file| file.layer.as_mut()) {
            layer.base = image.layers.get(layer.index).is_some_and(|known| known.layer.base);
        }
        let config = &image.config;
        let volumes = image.config_json["config"]["Volumes"].as_object();
        let facts = ImageFacts {
            reference: image.reference.clone(),
            age_days: config.created.as_deref().and_then(age_in_days),
            user: config.user.clone(),
            env: config.env.clone(),
            entrypoint: config.entrypoint.clone(),
            cmd: config.cmd.clone(),
            exposed_ports: config.exposed_ports.clone(),
            volumes: volumes.into_iter().flatten().map(|(path, _)| path.clone()).collect(),
            healthcheck: config.healthcheck.clone(),
            labels: config.labels.clone(),
            history: history(image),
            files: self.files,
            texts: self.texts,
            os_packages: inventory.packages.iter().filter(|package| package.kind.is_os()).count(),
        };
        seawall_hygiene::examine(&facts, &Options::default(), secrets).findings
    }
}

/// Builds that can be repeated are of 1970, or of year 0.
fn age_in_days(created: &str) -> Option<u64> {
    let created: Timestamp = created.parse().ok()?;
    let days = Timestamp::now().duration_since(created).as_secs() / 86_400;
    (created.as_second() > 86_400).then(|| u64::try_from(days).ok()).flatten()
}

/// The steps up to the last layer of the base image are the base's.
fn history(image: &Image) -> Vec<HistoryStep> {
    let mut base_layers = image.layers.iter().filter(|layer| layer.layer.base).count();
    let step = |step: &seawall_image::History| {
        let base = base_layers > 0;
        base_layers = base_layers.saturating_sub(usize::from(!step.empty_layer));
        HistoryStep { created_by: step.created_by.clone(), base }
    };
    image.config.history.iter().map(step).collect()
}
