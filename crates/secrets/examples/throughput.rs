//! How fast one core scans what is in a folder: `throughput FOLDER`. The files are read first, so that only the scanner is
//! measured. `benches/secrets.sh` runs it.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints its figure, and stops at what is wrong"
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use seawall_secrets::{Options, Scanner};

/// Most that is held in memory.
const MOST: usize = 1 << 30;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let scanner = Scanner::new(Options::default()).unwrap();
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    paths.sort();
    let (mut held, mut bytes) = (Vec::new(), 0);
    for path in paths {
        let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
        if bytes < MOST
            && scanner.wants(&name, path.metadata().map_or(0, |facts| facts.len()))
            && let Ok(content) = std::fs::read(&path)
        {
            bytes += content.len();
            held.push((name, content));
        }
    }
    for _ in 0..2 {
        let started = Instant::now();
        let findings: usize = held.iter().map(|(name, content)| scanner.scan(name, content).len()).sum();
        let seconds = started.elapsed().as_secs_f64();
        let rate = f64::from(u32::try_from(bytes / 1000).unwrap()) / 1000.0 / seconds;
        println!(
            "{} files, {} MB, {findings} findings, {seconds:.2} s, {rate:.0} MB/s on one core",
            held.len(),
            bytes / 1_000_000
        );
    }
}
