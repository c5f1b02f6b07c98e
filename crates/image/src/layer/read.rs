//! Reading one layer from its first byte to its last, once.

use std::io::{self, Read};
use std::sync::Arc;

use seawall_findings::Digest;

use super::decode::{Outcome, Stopped, Unpacked};
use super::pool::Pool;
use super::records::Records;
use super::structure::Structure;
use super::tar::Tar;
use super::walk::{Walk, Walker};
use crate::limits::{Account, Limits};
use crate::{Descriptor, ImageError};

/// What is known of a layer before it is read.
#[derive(Clone)]
pub(crate) struct Facts {
    /// Position, lowest 0.
    pub(crate) index: usize,
    /// Digest of the unpacked bytes.
    pub(crate) diff_id: Digest,
    /// Digest and size of the compressed bytes, where they are known.
    pub(crate) descriptor: Option<Descriptor>,
}

impl Facts {
    /// As people are told of it.
    pub(crate) fn name(&self) -> String {
        let digest = self.descriptor.as_ref().map_or(&self.diff_id, |d| &d.digest);
        format!("layer {} ({digest})", self.index + 1)
    }
}

/// Reads a layer to its end, once for all `readers` (positions in the pool). Returns its structure and the records by
/// position, once both of the layer's digests are proven.
pub(crate) fn read_layer(
    from: Box<dyn Read + Send>,
    facts: &Facts,
    readers: &[usize],
    pool: &Pool,
    limits: &Limits,
    account: &Arc<Account>,
) -> Result<(Structure, Vec<Records>), ImageError> {
    let size = facts.descriptor.as_ref().map(|d| d.size);
    let unpacked = Unpacked::new(from, size, account.clone(), limits.clone());
    let machine = |reason: String| ImageError::Machine { what: facts.name(), reason };
    let mut tar = Tar::new(unpacked.map_err(|error| machine(error.to_string()))?);
    let walked = Walker { facts, limits, account, pool, readers }.walk(&mut tar);
    let mut unpacked = tar.into_inner();
    let walked = match walked {
        // After the end mark come more zeros, which the digest covers.
        Ok(found) => io::copy(&mut unpacked, &mut io::sink()).map(|_| found),
        Err(Walk::Image(error)) => return Err(error),
        Err(Walk::Io(error)) => Err(error),
    };
    let outcome = unpacked.finish().ok_or_else(|| machine("a worker thread failed".to_owned()))?;
    match (walked, outcome.error.is_some()) {
        (Ok(found), false) => prove(outcome, facts).map(|()| found),
        // The walk only sees that the bytes ended; the thread knows why.
        (Ok(_), true) => Err(explain(None, outcome, facts)),
        (Err(error), _) => Err(explain(Some(error), outcome, facts)),
    }
}

/// A layer that was read to its end: are these the bytes that the manifest names?
fn prove(outcome: Outcome, facts: &Facts) -> Result<(), ImageError> {
    let (Some(packed), Some(actual)) = (outcome.packed, outcome.unpacked) else {
        return Err(ImageError::Machine { what: facts.name(), reason: "a worker thread failed".to_owned() });
    };
    let (count, digest) = packed.map_err(|e| unwrap(e, facts))?;
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

/// The reason behind a failure: an error of the source, a limit, damaged bytes, and only then the decoder's or the tar's
/// own word.
fn explain(walk: Option<io::Error>, outcome: Outcome, facts: &Facts) -> ImageError {
    let received = match &outcome.packed {
        Some(Ok((received, _))) => *received,
        _ => 0,
    };
    let error = match outcome.error.map(io::Error::downcast::<Stopped>) {
        Some(Ok(Stopped::Limit(reason))) => return ImageError::Bomb { layer: facts.name(), reason },
        Some(Ok(Stopped::Cancelled)) => return ImageError::Cancelled,
        Some(Err(error)) => Some(error),
        None => None,
    };
    let Some(error) = error.or(walk) else { return ImageError::Cancelled };
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<ImageError>) {
        return unwrap(error, facts);
    }
    if facts.descriptor.is_none() && outcome.ended && error.kind() == io::ErrorKind::UnexpectedEof {
        return ImageError::Cut { what: facts.name(), received, expected: "?".to_owned() };
    }
    match outcome.packed {
        Some(Ok((count, digest))) => {
            compare(count, &digest, facts).err().unwrap_or_else(|| unwrap(error, facts))
        }
        Some(Err(cause)) => unwrap(cause, facts),
        None => unwrap(error, facts),
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
    use crate::{Reader, Selector};
    use bytes::Bytes;

    fn read(packed: &[u8], unpacked: &[u8]) -> Result<Vec<(u32, Bytes)>, ImageError> {
        let facts = Facts { index: 0, diff_id: digest_of(unpacked), descriptor: None };
        let from = Box::new(io::Cursor::new(packed.to_vec()));
        let all: Arc<dyn Reader> = Arc::new(Selector::new("all", |_| true));
        let pool = Pool::new([all].into());
        let read = read_layer(from, &facts, &[0], &pool, &Limits::default(), &Arc::default());
        read.map(|(_, records)| records[0].items.clone())
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
        let expected = vec![(0, Bytes::from_static(b"abc"))];
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
