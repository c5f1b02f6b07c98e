//! The readers of a scan: what `inventory` and `secrets` want of each file while the layers stream by.

use std::io::{self, Read as _};
use std::sync::Arc;

use seawall_findings::Finding;
use seawall_image::{Content, Entry, EntryKind, Reader, Reading, Scope, Want};
use seawall_inventory::{File, Inventory};
use seawall_secrets::{Options, Scanner};

/// Stands for what the inventory selects and for how it distils: a cached layer of another version is read again.
const PACKAGES: &str = "packages-5";
/// The same of the built-in kinds of secrets.
const SECRETS: &str = "secrets-1";

/// Lockfiles, package databases and installed packages whole; executables and archives as the few bytes that matter.
pub(super) struct Packages;

impl Packages {
    /// A distribution's own databases, and what names the distribution. Without them nothing is right: they are found through
    /// links, and an image in which one of them cannot be read is not scanned.
    fn is_database(path: &str) -> bool {
        const PLACES: [&str; 7] = [
            "var/lib/dpkg/status",
            "var/lib/rpm/",
            "usr/lib/sysimage/rpm/",
            "usr/share/rpm/",
            "lib/apk/db/",
            "usr/lib/apk/db/",
            "usr/lib/os-release",
        ];
        (PLACES.iter().any(|place| path.starts_with(place))
            || path.strip_prefix("etc/").is_some_and(|name| !name.contains('/')))
            && seawall_inventory::wants(path)
    }
}

impl Reader for Packages {
    fn name(&self) -> &'static str {
        PACKAGES
    }

    fn wants(&self, entry: &Entry<'_>, head: &[u8]) -> Want {
        if entry.kind != EntryKind::File {
            Want::No
        } else if Self::is_database(entry.path) {
            Want::Keep
        } else if seawall_inventory::wants(entry.path)
            || seawall_inventory::wants_executable(entry.path, entry.size, head)
        {
            Want::Whole
        } else {
            Want::No
        }
    }

    fn read(&self, entry: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        let bytes = content.bytes()?;
        Ok(match seawall_inventory::distil(entry.path, &bytes) {
            Some(facts) => (!facts.is_empty()).then_some(facts),
            None => Some(bytes.into_owned()),
        })
    }

    fn follows(&self, path: &str) -> bool {
        Self::is_database(path)
    }
}

/// The inventory of what [`Packages`] found.
pub(super) fn inventory(reading: Reading) -> Inventory {
    let files: Vec<File<'_>> = reading
        .records
        .iter()
        .map(|record| File { path: &record.path, bytes: &record.bytes, layer: record.layer.as_ref() })
        .collect();
    let mut inventory = seawall_inventory::read(&files);
    inventory.problems.extend(reading.problems);
    inventory
}

/// Credentials, in every layer: a file that an upper layer deletes is still in the image.
pub(super) struct Secrets {
    scanner: Scanner,
    name: String,
}

/// Larger files are searched piece by piece: nothing of this size is held in memory.
const PIECE: u64 = 4 << 20;
/// What two pieces have in common: longer than any secret.
const OVERLAP: usize = 64 << 10;

impl Secrets {
    /// `written` is the configuration that the options come from: with another one, layers are read again. The options have
    /// no day, so that what is kept does not depend on it: [`findings`] knows the day.
    pub(super) fn new(options: Options, written: &str) -> Result<Self, seawall_secrets::SecretsError> {
        let name = format!("{SECRETS}-{}", seawall_image::digest_of(written.as_bytes()));
        Ok(Self { scanner: Scanner::new(Options { today: None, ..options })?, name })
    }
}

impl Reader for Secrets {
    fn name(&self) -> &str {
        &self.name
    }

    fn scope(&self) -> Scope {
        Scope::EveryLayer
    }

    fn wants(&self, entry: &Entry<'_>, _head: &[u8]) -> Want {
        let wanted = entry.kind == EntryKind::File && self.scanner.wants(entry.path, entry.size);
        if wanted { Want::Whole } else { Want::No }
    }

    fn read(&self, entry: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        let findings = if content.size() <= PIECE {
            self.scanner.scan(entry.path, &content.bytes()?)
        } else {
            self.piece_by_piece(entry.path, content)?
        };
        if findings.is_empty() {
            return Ok(None);
        }
        serde_json::to_vec(&findings).map(Some).map_err(io::Error::other)
    }
}

impl Secrets {
    fn piece_by_piece(&self, path: &str, content: &Content<'_>) -> io::Result<Vec<Finding>> {
        let mut reader = content.reader()?;
        let mut piece = Vec::new();
        let mut findings: Vec<Finding> = Vec::new();
        let mut lines: usize = 0;
        loop {
            let known = piece.len();
            reader.by_ref().take(PIECE.saturating_sub(known as u64)).read_to_end(&mut piece)?;
            if piece.len() == known {
                return Ok(findings);
            }
            for mut finding in self.scanner.scan(path, &piece) {
                if let Some(position) = &mut finding.position {
                    position.line = position.line.saturating_add(lines);
                }
                // What lies in two pieces is found twice.
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
            // From the start of a line on, where there is one.
            let tail = piece.len().saturating_sub(OVERLAP);
            let line = piece.iter().skip(tail).position(|byte| *byte == b'\n');
            let cut = line.map_or(tail, |line| tail + line + 1);
            let passed = piece.drain(..cut).filter(|byte| *byte == b'\n').count();
            lines = lines.saturating_add(passed);
        }
    }
}

/// The findings in what a reader of findings found, each with its layer.
pub(super) fn findings(reading: Reading, problems: &mut Vec<String>) -> Vec<Finding> {
    let mut all = Vec::new();
    for record in reading.records {
        let found: Vec<Finding> = match serde_json::from_slice(&record.bytes) {
            Ok(found) => found,
            Err(error) => {
                problems.push(format!("{}: what was found there cannot be read: {error}", record.path));
                continue;
            }
        };
        all.extend(found.into_iter().map(|mut finding| {
            finding.location.layer.clone_from(&record.layer);
            if record.deleted {
                finding.title.push_str(" (deleted in a later layer, and still in the image)");
            }
            finding
        }));
    }
    problems.extend(reading.problems);
    all
}

/// What a comment in the file let stand until a day that is over no longer stands.
pub(super) fn expire(findings: &mut [Finding], today: jiff::civil::Date) {
    for finding in findings {
        let until = finding.suppressed.as_ref().and_then(|suppressed| suppressed.until.as_deref());
        if until.is_some_and(|until| until < today.to_string().as_str()) {
            finding.suppressed = None;
        }
    }
}

/// As the image's calls take it.
pub(super) fn shared(reader: impl Reader + 'static) -> Arc<dyn Reader> {
    Arc::new(reader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_searched_like_a_small_one() {
        let reader = Secrets::new(Options::default(), "").unwrap();
        let key = "aws_secret_access_key = \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYzR4qT8vWm2\"\n";
        let filler = "nothing to see in this line of the log, and nothing in the next one\n";
        let mut text = filler.repeat(100_000);
        text.push_str(key);
        text.push_str(&filler.repeat(10_000));
        let found = |text: &str| {
            let path = "app/settings.ini";
            let entry = Entry {
                path,
                kind: EntryKind::File,
                size: text.len() as u64,
                mode: 0o644,
                uid: 0,
                gid: 0,
                capable: false,
            };
            assert_eq!(reader.wants(&entry, b""), Want::Whole);
            let record = reader.read(&entry, &Content::of(text.as_bytes())).unwrap();
            let findings: Vec<Finding> =
                record.map_or_else(Vec::new, |bytes| serde_json::from_slice(&bytes).unwrap());
            findings
                .into_iter()
                .map(|finding| (finding.id, finding.position.map(|p| p.line)))
                .collect::<Vec<_>>()
        };
        let small = found(key);
        assert_eq!(small.len(), 1);
        assert_eq!(found(&text), [(small[0].0.clone(), Some(100_001))]);
        assert!(found(filler).is_empty());
    }

    #[test]
    fn what_a_comment_lets_stand_ends_with_its_day() {
        let suppressed = |until: &str| {
            let mut finding = Finding::new(
                seawall_findings::FindingKind::Secret,
                "x",
                seawall_findings::Severity::High,
                "x",
            );
            finding.suppressed = Some(seawall_findings::Suppression {
                by: "a comment".into(),
                reason: "revoked".into(),
                owner: "me".into(),
                until: Some(until.into()),
            });
            finding
        };
        let mut findings = [suppressed("2026-01-01"), suppressed("2026-01-02")];
        expire(&mut findings, jiff::civil::date(2026, 1, 2));
        assert!(findings[0].suppressed.is_none() && findings[1].suppressed.is_some());
    }
}
