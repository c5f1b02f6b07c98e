//! What a layer does to the files that are asked for, and its written form for the cache.

use bytes::Bytes;

/// One step of a layer. Paths are in their one form ([`super::path::normalise`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// `.wh.NAME`: what lower layers have there is gone.
    Whiteout(String),
    /// `.wh..wh..opq`: what lower layers have in the folder is gone.
    Opaque(String),
    /// A folder: it takes the place of a file or link.
    Directory(String),
    /// Something that nobody asked for: it takes the place of what was there.
    Other(String),
    /// A file that was asked for.
    Selected(String, Bytes),
    /// A link, with its target as written. All are kept: a selected path may lead through any of them.
    Symlink(String, String),
    /// A second name for a file, with the first one.
    HardLink(String, String),
}

/// All steps of a layer, whiteouts first, else in the order of the tar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) ops: Vec<Op>,
}

impl Content {
    /// Steps as a kind and two texts, each with its length before it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut put = |kind: u8, path: &str, second: &[u8]| {
            out.push(kind);
            out.extend_from_slice(&(path.len() as u64).to_le_bytes());
            out.extend_from_slice(path.as_bytes());
            out.extend_from_slice(&(second.len() as u64).to_le_bytes());
            out.extend_from_slice(second);
        };
        for op in &self.ops {
            match op {
                Op::Whiteout(path) => put(0, path, &[]),
                Op::Opaque(path) => put(1, path, &[]),
                Op::Directory(path) => put(2, path, &[]),
                Op::Other(path) => put(3, path, &[]),
                Op::Selected(path, bytes) => put(4, path, bytes),
                Op::Symlink(path, target) => put(5, path, target.as_bytes()),
                Op::HardLink(path, target) => put(6, path, target.as_bytes()),
            }
        }
        out
    }

    /// The reverse; none where the bytes are not of that form.
    pub(crate) fn decode(bytes: &Bytes) -> Option<Self> {
        let mut ops = Vec::new();
        let mut rest = bytes.clone();
        while !rest.is_empty() {
            let kind = rest.split_to(1)[0];
            let path = text(&mut rest)?;
            let second = field(&mut rest)?;
            let target = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).ok();
            ops.push(match kind {
                0 => Op::Whiteout(path),
                1 => Op::Opaque(path),
                2 => Op::Directory(path),
                3 => Op::Other(path),
                4 => Op::Selected(path, second),
                5 => Op::Symlink(path, target(&second)?),
                6 => Op::HardLink(path, target(&second)?),
                _ => return None,
            });
        }
        Some(Self { ops })
    }
}

fn field(rest: &mut Bytes) -> Option<Bytes> {
    if rest.len() < 8 {
        return None;
    }
    let length = rest.split_to(8);
    let length = usize::try_from(u64::from_le_bytes(length.as_ref().try_into().ok()?)).ok()?;
    (length <= rest.len()).then(|| rest.split_to(length))
}

fn text(rest: &mut Bytes) -> Option<String> {
    String::from_utf8(field(rest)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_written_form_comes_back() {
        let content = Content {
            ops: vec![
                Op::Whiteout("a".to_owned()),
                Op::Opaque("b".to_owned()),
                Op::Directory("c".to_owned()),
                Op::Other(String::new()),
                Op::Selected("d/e".to_owned(), Bytes::from_static(b"\0\xff")),
                Op::Symlink("f".to_owned(), "../g".to_owned()),
                Op::HardLink("h".to_owned(), "i".to_owned()),
            ],
        };
        let bytes = Bytes::from(content.encode());
        assert_eq!(Content::decode(&bytes), Some(content));
        assert_eq!(Content::decode(&bytes.slice(..bytes.len() - 1)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_do_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Content::decode(&bytes.into());
        }
    }
}
