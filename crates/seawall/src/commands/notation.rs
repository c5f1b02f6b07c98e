//! Notation's trust store, from a file or folders.

use std::path::Path;

use seawall_signing::{NotationStore, NotationTrust};

use crate::failure::{Failure, OrFail as _, Result};
use crate::files;

/// No file of certificates is larger.
const MAX_FILE: u64 = 1 << 20;
/// Folders below a store, and files in each, are not more.
const MOST: usize = 1024;

/// A file, or a folder of files, is the store `ca`. A folder that has one of Notation's own (`ca`, `signingAuthority`, `tsa`,
/// each with named stores in it) is the whole of `truststore/x509`.
pub(crate) fn trust(path: &Path, subjects: &[String]) -> Result<NotationTrust> {
    let mut trust = NotationTrust::new();
    let named = [
        ("ca", NotationStore::Authority),
        ("signingAuthority", NotationStore::SigningAuthority),
        ("tsa", NotationStore::TimestampAuthority),
    ]
    .map(|(name, store)| (path.join(name), store));
    if path.is_file() {
        add(&mut trust, NotationStore::Authority, path)?;
    } else if named.iter().any(|(folder, _)| folder.is_dir()) {
        for (folder, store) in named.iter().filter(|(folder, _)| folder.is_dir()) {
            for entry in entries(folder)? {
                if entry.is_dir() {
                    add_all(&mut trust, *store, &entry)?;
                } else {
                    add(&mut trust, *store, &entry)?;
                }
            }
        }
    } else {
        add_all(&mut trust, NotationStore::Authority, path)?;
    }
    if trust.is_empty() {
        return Err(Failure::usage(format!(
            "{}: the Notation trust store holds no certificate",
            path.display()
        )));
    }
    for subject in subjects {
        trust.subject(subject).or_usage()?;
    }
    Ok(trust)
}

/// The files of a folder. One that is no certificate is an error: what should be trusted must not be left out silently.
fn add_all(trust: &mut NotationTrust, store: NotationStore, folder: &Path) -> Result<()> {
    for entry in entries(folder)? {
        add(trust, store, &entry)?;
    }
    Ok(())
}

fn add(trust: &mut NotationTrust, store: NotationStore, file: &Path) -> Result<()> {
    let bytes = files::read(file, MAX_FILE)?;
    trust.add(store, &bytes).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

/// What lies in a folder, in order, without what is hidden.
fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let fail = |why: String| Failure::usage(format!("{}: {why}", folder.display()));
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| fail(error.to_string()))? {
        let entry = entry.map_err(|error| fail(error.to_string()))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if all.len() == MOST {
            return Err(fail(format!("more than {MOST} files")));
        }
        all.push(entry.path());
    }
    all.sort();
    Ok(all)
}
