//! Contents, read on several threads: each has its own handle, and takes the next few.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::ObjectType;

use super::Blob;
use crate::local;

/// How many a thread takes at a time: neighbours share packed bases.
const BATCH: usize = 64;
/// Most threads.
const MAX_THREADS: usize = 16;

/// What each batch gave: its index, the results, the problems.
type Done<T> = Vec<(usize, Vec<T>, Vec<String>)>;

pub(super) fn read<T: Send>(
    folder: &Path,
    blobs: &[Blob],
    max_bytes: u64,
    look: &(impl Fn(&Blob, &[u8]) -> Vec<T> + Sync),
) -> (Vec<T>, Vec<String>) {
    let next = AtomicUsize::new(0);
    let done: Mutex<Done<T>> = Mutex::new(Vec::new());
    let batches = blobs.len().div_ceil(BATCH);
    let threads =
        std::thread::available_parallelism().map_or(1, usize::from).clamp(1, MAX_THREADS).min(batches.max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut mine: Done<T> = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(batch) = blobs.get(index * BATCH..((index + 1) * BATCH).min(blobs.len())) else {
                        break;
                    };
                    if batch.is_empty() {
                        break;
                    }
                    let (found, problems) = some(folder, batch, max_bytes, look);
                    mine.push((index, found, problems));
                }
                if let Ok(mut done) = done.lock() {
                    done.append(&mut mine);
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, ..)| *index);
    let mut all = Vec::new();
    let mut told = Vec::new();
    for (_, mut found, mut problems) in done {
        all.append(&mut found);
        told.append(&mut problems);
    }
    (all, told)
}

fn some<T>(
    folder: &Path,
    batch: &[Blob],
    max_bytes: u64,
    look: &impl Fn(&Blob, &[u8]) -> Vec<T>,
) -> (Vec<T>, Vec<String>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    let repository = match local::open(folder) {
        Ok(repository) => repository,
        Err(error) => return (found, vec![error.to_string()]),
    };
    let database = match repository.odb() {
        Ok(database) => database,
        Err(error) => return (found, vec![error.to_string()]),
    };
    for blob in batch {
        match database.read_header(blob.id) {
            Ok((size, ObjectType::Blob)) if size as u64 > max_bytes => {
                problems
                    .push(format!("{}: {size} bytes, more than the {max_bytes} that are read", blob.path));
            }
            Ok((_, ObjectType::Blob)) => match database.read(blob.id) {
                Ok(object) => found.extend(look(blob, object.data())),
                Err(error) => problems.push(format!("{}: {error}", blob.path)),
            },
            Ok(_) => {}
            Err(error) => problems.push(format!("{}: {error}", blob.path)),
        }
    }
    (found, problems)
}
