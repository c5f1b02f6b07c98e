//! Reading one layer from its first byte to its last, once.

use std::collections::BTreeSet;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use seawall_findings::Digest;

use super::content::{Content, Op};
use super::decode::{Stopped, Unpacked};
use super::path::{normalise, parent};
use super::tar::{Entry, Kind, Tar};
use crate::files::Selector;
use crate::limits::{Account, Limits};
use crate::{Descriptor, ImageError};

/// Linux takes no longer path in one piece.
const LONGEST_PATH: usize = 4096;
/// Deeper than any real image, and shallow enough that a path is looked up in no time.
const DEEPEST: usize = 256;
/// What a kept path takes besides its bytes.
const OVERHEAD: usize = 64;

/// What is known of a layer before it is read.
#[derive(Clone)]
pub(crate) struct Facts {
    /// Position, lowest 0.
    pub(crate) index: usize,
    /// Digest of the unpacked bytes.
    pub(crate) diff_id: Digest,
    /// Digest and size of the compressed bytes, where they are known.
    pub(crate) descriptor: Option<Descriptor>,
    /// The lowest layer covers nothing: only what matters within it is kept.
    pub(crate) lowest: bool,
}

impl Facts {
    /// As people are told of it.
    pub(crate) fn name(&self) -> String {
        let digest = self.descriptor.as_ref().map_or(&self.diff_id, |d| &d.digest);
        format!("layer {} ({digest})", self.index + 1)
    }
}

/// Reads a layer to its end and returns what it does to the selected files, once both of its digests are proven.
pub(crate) fn read_layer(
    from: Box<dyn Read + Send>,
    facts: &Facts,
    selector: &Selector,
    limits: &Limits,
    account: &Arc<Account>,
) -> Result<Content, ImageError> {
    let size = facts.descriptor.as_ref().map(|d| d.size);
    let unpacked = Unpacked::new(from, size, account.clone(), limits.clone());
    let unpacked = unpacked.map_err(|e| unwrap(e, facts))?;
    // The walk reads headers of 512 bytes.
    let mut tar = Tar::new(BufReader::with_capacity(256 * 1024, unpacked));
    let walked = walk(&mut tar, facts, selector, limits, account);
    let mut reader = tar.into_inner();
    let result = match walked {
        // After the end mark come more zeros, which the digest covers.
        Ok(content) => io::copy(&mut reader, &mut io::sink()).map(|_| content).map_err(Walk::Io),
        Err(error) => Err(error),
    };
    let unpacked = reader.into_inner();
    match result {
        Ok(content) => prove(unpacked, facts).map(|()| content),
        Err(error) => Err(explain(error, unpacked, facts)),
    }
}

enum Walk {
    Io(io::Error),
    Image(ImageError),
}

impl From<io::Error> for Walk {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn walk<R: Read>(
    tar: &mut Tar<R>,
    facts: &Facts,
    selector: &Selector,
    limits: &Limits,
    account: &Account,
) -> Result<Content, Walk> {
    let mut collector = Collector { lowest: facts.lowest, ..Collector::default() };
    let mut count: u64 = 0;
    while let Some(entry) = tar.next()? {
        count += 1;
        if count > limits.entries {
            return Err(limit(facts, format!("it has more than {} entries", limits.entries)));
        }
        if entry.path.len() > LONGEST_PATH || entry.link.len() > LONGEST_PATH {
            return Err(limit(facts, format!("a path or link is longer than {LONGEST_PATH} bytes")));
        }
        let Some(path) = normalise(&entry.path) else {
            return Err(climbs(facts, &entry.path, "climbs out of the root with `..`".to_owned()));
        };
        if path.bytes().filter(|b| *b == b'/').count() >= DEEPEST {
            return Err(limit(facts, format!("a path has more than {DEEPEST} parts")));
        }
        // Most steps are a path and nothing else: they take memory as well.
        if !collector.lowest && !account.select((path.len() + OVERHEAD) as u64, limits) {
            return Err(limit(facts, format!("its paths take more than {} bytes", limits.selected)));
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(hidden) = name.strip_prefix(".wh.") {
            collector.whiteout(facts, &entry, &path, hidden)?;
            continue;
        }
        match entry.kind {
            Kind::Directory => collector.directory(path),
            Kind::Symlink => {
                let target = String::from_utf8_lossy(&entry.link).into_owned();
                collector.push(Op::Symlink(path.clone(), target), path, true);
            }
            Kind::HardLink => {
                let Some(target) = normalise(&entry.link) else {
                    let link = String::from_utf8_lossy(&entry.link).into_owned();
                    return Err(climbs(
                        facts,
                        &entry.path,
                        format!("is a hard link to `{link}`, outside of the root"),
                    ));
                };
                let selected = selector.wants(&path);
                let op = if selected { Op::HardLink(path.clone(), target) } else { Op::Other(path.clone()) };
                collector.push(op, path, selected);
            }
            Kind::File if selector.wants(&path) => {
                if entry.size > limits.file {
                    return Err(limit(
                        facts,
                        format!("`{path}` has {} bytes; at most {} are read", entry.size, limits.file),
                    ));
                }
                if !account.select(entry.size, limits) {
                    let most = limits.selected;
                    return Err(limit(
                        facts,
                        format!("the files to look at have more than {most} bytes together"),
                    ));
                }
                let bytes = tar.read_entry()?;
                collector.push(Op::Selected(path.clone(), bytes.into()), path, true);
            }
            Kind::Sparse if selector.wants(&path) => {
                return Err(limit(facts, format!("`{path}` is stored as a sparse file, which is not read")));
            }
            Kind::File | Kind::Sparse | Kind::Other => collector.push(Op::Other(path.clone()), path, false),
        }
    }
    Ok(collector.finish())
}

/// Gathers the steps, and leaves out those that cannot matter.
#[derive(Default)]
struct Collector {
    lowest: bool,
    whiteouts: Vec<Op>,
    ops: Vec<Op>,
    /// Paths of the files and links that are kept, for the lowest layer.
    kept: BTreeSet<String>,
}

impl Collector {
    fn whiteout(&mut self, facts: &Facts, entry: &Entry, path: &str, hidden: &str) -> Result<(), Walk> {
        let folder = parent(path);
        match hidden {
            ".wh..opq" => self.whiteouts.push(Op::Opaque(folder.unwrap_or_default().to_owned())),
            // It would take the folder itself away, or the one above.
            "" | "." | ".." => {
                return Err(climbs(facts, &entry.path, "is a whiteout of a folder it lies in".to_owned()));
            }
            // Other marks of aufs mean nothing in an image.
            hidden if hidden.starts_with(".wh.") => {}
            hidden => self.whiteouts.push(Op::Whiteout(match folder {
                Some(folder) => format!("{folder}/{hidden}"),
                None => hidden.to_owned(),
            })),
        }
        Ok(())
    }

    fn directory(&mut self, path: String) {
        if !path.is_empty() && (!self.lowest || self.kept.contains(&path)) {
            self.ops.push(Op::Directory(path));
        }
    }

    fn push(&mut self, op: Op, path: String, keep: bool) {
        if path.is_empty() {
            return;
        }
        if self.lowest {
            if keep {
                self.kept.insert(path);
            } else if !self.covers(&path) {
                return;
            }
        }
        self.ops.push(op);
    }

    /// Whether something that is kept lies at the path or under it.
    fn covers(&self, path: &str) -> bool {
        // `0` is the character after `/`.
        self.kept.contains(path) || self.kept.range(format!("{path}/")..format!("{path}0")).next().is_some()
    }

    fn finish(mut self) -> Content {
        // They mean lower layers, wherever they stand in the tar. The lowest layer has none below.
        if self.lowest {
            self.whiteouts.clear();
        }
        self.whiteouts.append(&mut self.ops);
        Content { ops: self.whiteouts }
    }
}

fn limit(facts: &Facts, reason: String) -> Walk {
    Walk::Image(ImageError::Limit { layer: facts.name(), reason })
}

fn climbs(facts: &Facts, entry: &[u8], reason: String) -> Walk {
    let entry = String::from_utf8_lossy(entry).chars().filter(|c| !c.is_control()).take(200).collect();
    Walk::Image(ImageError::Climbs { layer: facts.name(), entry, reason })
}

/// A layer that was read to its end: are these the bytes that the manifest names?
fn prove(mut unpacked: Unpacked, facts: &Facts) -> Result<(), ImageError> {
    let Some(actual) = unpacked.take_sum() else {
        return Err(ImageError::Machine { what: facts.name(), reason: "a worker thread failed".to_owned() });
    };
    let (count, digest) = unpacked.compressed().map_err(|e| unwrap(e, facts))?;
    compare(count, &digest, facts)?;
    if actual != facts.diff_id {
        let what = format!("{}, unpacked,", facts.name());
        return Err(ImageError::Digest { what, expected: facts.diff_id.clone(), actual });
    }
    Ok(())
}

fn compare(count: u64, digest: &Digest, facts: &Facts) -> Result<(), ImageError> {
    let Some(descriptor) = &facts.descriptor else { return Ok(()) };
    if count < descriptor.size {
        let expected = descriptor.size.to_string();
        return Err(ImageError::Cut { what: facts.name(), received: count, expected });
    }
    if count > descriptor.size {
        return Err(ImageError::Size { what: facts.name(), expected: descriptor.size, actual: count });
    }
    if *digest != descriptor.digest {
        let (expected, actual) = (descriptor.digest.clone(), digest.clone());
        return Err(ImageError::Digest { what: facts.name(), expected, actual });
    }
    Ok(())
}

/// The reason behind a failed walk: an error of the source, a limit, damaged bytes, and only then the decoder's own word.
fn explain(error: Walk, mut unpacked: Unpacked, facts: &Facts) -> ImageError {
    let error = match error {
        Walk::Image(error) => return error,
        Walk::Io(error) => error,
    };
    match unpacked.stopped.take() {
        Some(Stopped::Limit(reason)) => return ImageError::Limit { layer: facts.name(), reason },
        Some(Stopped::Cancelled) => return ImageError::Cancelled,
        None => {}
    }
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<ImageError>) {
        return unwrap(error, facts);
    }
    if facts.descriptor.is_none() {
        let (received, ended) = unpacked.incoming();
        if ended && error.kind() == io::ErrorKind::UnexpectedEof {
            return ImageError::Cut { what: facts.name(), received, expected: "?".to_owned() };
        }
    }
    match unpacked.compressed() {
        Ok((count, digest)) => compare(count, &digest, facts).err().unwrap_or_else(|| unwrap(error, facts)),
        Err(cause) => unwrap(cause, facts),
    }
}

/// Takes the source's own error out of what readers wrapped around it.
fn unwrap(error: io::Error, facts: &Facts) -> ImageError {
    match error.downcast::<ImageError>() {
        Ok(error) => error,
        Err(source) => ImageError::Unpack { layer: facts.name(), source },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::hash::digest_of;

    fn read(packed: &[u8], unpacked: &[u8]) -> Result<Content, ImageError> {
        let facts = Facts { index: 0, diff_id: digest_of(unpacked), descriptor: None, lowest: false };
        let from = Box::new(io::Cursor::new(packed.to_vec()));
        read_layer(from, &facts, &Selector::new("all", |_| true), &Limits::default(), &Arc::default())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn small() -> Vec<u8> {
        let mut builder = ::tar::Builder::new(Vec::new());
        let mut header = ::tar::Header::new_ustar();
        header.set_size(3);
        builder.append_data(&mut header, "etc/hosts", &b"abc"[..]).unwrap();
        builder.into_inner().unwrap()
    }

    #[test]
    fn every_compression_reads_the_same() {
        let tar = small();
        let expected = Content { ops: vec![Op::Selected("etc/hosts".to_owned(), b"abc".to_vec().into())] };
        let halves = [gzip(&tar[..700]), gzip(&tar[700..])].concat();
        for packed in [tar.clone(), gzip(&tar), zstd::bulk::compress(&tar, 1).unwrap(), halves] {
            assert_eq!(read(&packed, &tar).unwrap(), expected);
        }
        assert!(matches!(read(&gzip(&tar), b"other"), Err(ImageError::Digest { .. })));
        let zstd = zstd::bulk::compress(&tar, 1).unwrap();
        assert!(matches!(read(&zstd[..zstd.len() - 5], &tar), Err(ImageError::Cut { .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            magic in prop::sample::select(vec![&b""[..], b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd"]),
            bytes in prop::collection::vec(any::<u8>(), 0..2000),
        ) {
            let _ = read(&[magic, &bytes].concat(), b"");
        }

        #[test]
        fn any_damage_is_found(at in 0usize..2000, bit in 0u8..8, pack in any::<bool>()) {
            let tar = small();
            let mut packed = if pack { gzip(&tar) } else { tar.clone() };
            let at = at % packed.len();
            packed[at] ^= 1 << bit;
            // Some bits of gzip mean nothing; what they unpack to is proven all the same.
            match read(&packed, &tar) {
                Ok(content) => prop_assert!(pack && content == read(&tar, &tar).unwrap()),
                Err(error) => prop_assert!(!error.is_input()),
            }
        }
    }
}
