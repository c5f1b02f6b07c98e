//! Reading a bbolt database (<https://github.com/etcd-io/bbolt>), as far as containerd's metadata needs it: nested buckets of
//! keys and values. Only read, and without the lock that the writer holds for as long as it runs: the file is read whole, and
//! read again where a transaction was completed in the meantime. Every offset is checked.

use std::path::Path;

use crate::ImageError;

/// Metadata of thousands of images has some megabytes.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Times that a file is read which changes all the while.
const TRIES: usize = 8;
/// Deeper than a tree of all bytes could be.
const DEEPEST: usize = 64;
const MAGIC: u32 = 0xED0C_DAED;
const BRANCH: u16 = 1;
const LEAF: u16 = 2;
/// A page starts with its number, kind, count and overflow; a meta page then has magic, version, page size …
const PAGE_HEAD: usize = 16;
/// A bucket starts with its root page and sequence.
const BUCKET_HEAD: usize = 16;
const IS_BUCKET: u32 = 1;

/// A database in memory.
pub(super) struct Database {
    bytes: Vec<u8>,
    page: usize,
    root: u64,
}

#[derive(Clone, Copy)]
struct Meta {
    page: usize,
    root: u64,
    transaction: u64,
}

/// A bucket: a tree of its own, or one small page within its parent's value.
#[derive(Clone, Copy)]
pub(super) enum Bucket<'a> {
    Tree(u64),
    Inline(&'a [u8]),
}

/// What a key holds.
pub(super) enum Item<'a> {
    Value(&'a [u8]),
    Bucket(Bucket<'a>),
}

impl Database {
    pub(super) fn open(path: &Path) -> Result<Self, ImageError> {
        let wrong =
            |reason: &str| ImageError::NotAnImageFile { path: path.to_owned(), reason: reason.to_owned() };
        for _ in 0..TRIES {
            let bytes = super::file(path, LARGEST)?.to_vec();
            let meta = newest(&bytes).ok_or_else(|| wrong("it is no bolt database"))?;
            let now = super::head(path, 64 * 1024)
                .map_err(|source| ImageError::Read { path: path.to_owned(), source })?;
            if newest(&now).is_some_and(|now| now.transaction == meta.transaction) {
                return Ok(Self { bytes, page: meta.page, root: meta.root });
            }
        }
        Err(wrong("it changes all the while it is read; try again"))
    }

    #[cfg(test)]
    pub(super) fn of(bytes: Vec<u8>) -> Option<Self> {
        let meta = newest(&bytes)?;
        Some(Self { bytes, page: meta.page, root: meta.root })
    }

    pub(super) fn root(&self) -> Bucket<'_> {
        Bucket::Tree(self.root)
    }

    /// Calls with each key and what it holds; none where the bytes are damaged.
    pub(super) fn each<'a>(
        &'a self,
        bucket: Bucket<'a>,
        call: &mut dyn FnMut(&'a [u8], Item<'a>),
    ) -> Option<()> {
        match bucket {
            Bucket::Tree(page) => self.walk(page, 0, &mut (self.bytes.len() / self.page), call),
            Bucket::Inline(page) => Self::leaf(page, call),
        }
    }

    /// A bucket within another.
    pub(super) fn bucket<'a>(&'a self, within: Bucket<'a>, name: &[u8]) -> Option<Bucket<'a>> {
        let mut found = None;
        self.each(within, &mut |key, item| {
            if let (true, Item::Bucket(bucket)) = (key == name, item) {
                found = Some(bucket);
            }
        })?;
        found
    }

    /// A value within a bucket.
    pub(super) fn value<'a>(&'a self, within: Bucket<'a>, name: &[u8]) -> Option<&'a [u8]> {
        let mut found = None;
        self.each(within, &mut |key, item| {
            if let (true, Item::Value(value)) = (key == name, item) {
                found = Some(value);
            }
        })?;
        found
    }

    /// `left`: a tree has no more pages than the file, unless it leads back into itself.
    fn walk<'a>(
        &'a self,
        number: u64,
        depth: usize,
        left: &mut usize,
        call: &mut dyn FnMut(&'a [u8], Item<'a>),
    ) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        *left = left.checked_sub(1)?;
        let start = usize::try_from(number).ok()?.checked_mul(self.page)?;
        // As far as the page's overflow goes; offsets within are checked against the whole file.
        let page = self.bytes.get(start..)?;
        match u16_at(page, 8)? {
            LEAF => Self::leaf(page, call),
            BRANCH => {
                for at in 0..usize::from(u16_at(page, 10)?) {
                    let element = PAGE_HEAD + at * 16;
                    self.walk(u64_at(page, element + 8)?, depth + 1, left, call)?;
                }
                Some(())
            }
            _ => None,
        }
    }

    fn leaf<'a>(page: &'a [u8], call: &mut dyn FnMut(&'a [u8], Item<'a>)) -> Option<()> {
        if u16_at(page, 8)? != LEAF {
            return None;
        }
        for at in 0..usize::from(u16_at(page, 10)?) {
            let element = PAGE_HEAD + at * 16;
            let flags = u32_at(page, element)?;
            // Counted from the element itself.
            let position = element.checked_add(usize::try_from(u32_at(page, element + 4)?).ok()?)?;
            let key_length = usize::try_from(u32_at(page, element + 8)?).ok()?;
            let value_length = usize::try_from(u32_at(page, element + 12)?).ok()?;
            let middle = position.checked_add(key_length)?;
            let key = page.get(position..middle)?;
            let value = page.get(middle..middle.checked_add(value_length)?)?;
            if flags & IS_BUCKET == 0 {
                call(key, Item::Value(value));
            } else {
                let root = u64_at(value, 0)?;
                let bucket =
                    if root == 0 { Bucket::Inline(value.get(BUCKET_HEAD..)?) } else { Bucket::Tree(root) };
                call(key, Item::Bucket(bucket));
            }
        }
        Some(())
    }
}

/// The newer of the two meta pages whose sum is right.
fn newest(bytes: &[u8]) -> Option<Meta> {
    let first = meta(bytes);
    // The second lies one page on; where the first is damaged, the page's size is guessed.
    let sizes = first.map_or_else(|| vec![4096, 8192, 16384, 65536], |meta| vec![meta.page]);
    let second = sizes.into_iter().find_map(|size| meta(bytes.get(size..)?));
    first.into_iter().chain(second).max_by_key(|meta| meta.transaction)
}

fn meta(page: &[u8]) -> Option<Meta> {
    let meta = page.get(PAGE_HEAD..PAGE_HEAD + 64)?;
    if u32_at(meta, 0)? != MAGIC || u32_at(meta, 4)? != 2 {
        return None;
    }
    // FNV-1a of all before it.
    let sum = meta.get(..56)?.iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    if u64_at(meta, 56)? != sum {
        return None;
    }
    let page = usize::try_from(u32_at(meta, 8)?).ok().filter(|size| (1024..=1 << 20).contains(size))?;
    Some(Meta { page, root: u64_at(meta, 16)?, transaction: u64_at(meta, 48)? })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(number: u64, kind: u16, count: u16) -> Vec<u8> {
        let mut page = vec![0; 4096];
        page[..8].copy_from_slice(&number.to_le_bytes());
        page[8..10].copy_from_slice(&kind.to_le_bytes());
        page[10..12].copy_from_slice(&count.to_le_bytes());
        page
    }

    fn meta_page(number: u64, root: u64, transaction: u64) -> Vec<u8> {
        let mut page = page(number, 4, 0);
        page[16..20].copy_from_slice(&MAGIC.to_le_bytes());
        page[20..24].copy_from_slice(&2u32.to_le_bytes());
        page[24..28].copy_from_slice(&4096u32.to_le_bytes());
        page[32..40].copy_from_slice(&root.to_le_bytes());
        page[64..72].copy_from_slice(&transaction.to_le_bytes());
        let sum = page[16..72].iter().fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| {
            (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        page[72..80].copy_from_slice(&sum.to_le_bytes());
        page
    }

    fn leaf(number: u64, items: &[(u32, &[u8], &[u8])]) -> Vec<u8> {
        let mut page = page(number, LEAF, items.len() as u16);
        let mut data = PAGE_HEAD + items.len() * 16;
        for (at, (flags, key, value)) in items.iter().enumerate() {
            let element = PAGE_HEAD + at * 16;
            let fields = [*flags, (data - element) as u32, key.len() as u32, value.len() as u32];
            for (at, field) in fields.iter().enumerate() {
                page[element + at * 4..][..4].copy_from_slice(&field.to_le_bytes());
            }
            page[data..][..key.len()].copy_from_slice(key);
            page[data + key.len()..][..value.len()].copy_from_slice(value);
            data += key.len() + value.len();
        }
        page
    }

    fn sample() -> Vec<u8> {
        let mut branch = page(3, BRANCH, 2);
        branch[PAGE_HEAD + 8..][..8].copy_from_slice(&4u64.to_le_bytes());
        branch[PAGE_HEAD + 24..][..8].copy_from_slice(&5u64.to_le_bytes());
        let inline = [&[0; 16][..], &leaf(0, &[(0, b"in", b"side")])[..64]].concat();
        [
            meta_page(0, 9, 6),
            meta_page(1, 3, 7),
            page(2, 16, 0),
            branch,
            leaf(4, &[(0, b"a", b"1"), (IS_BUCKET, b"b", &inline)]),
            leaf(5, &[(0, b"c", b"3")]),
        ]
        .concat()
    }

    #[test]
    fn buckets_and_values_are_found() {
        let database = Database::of(sample()).unwrap();
        let root = database.root();
        assert_eq!(database.value(root, b"a"), Some(&b"1"[..]));
        assert_eq!(database.value(root, b"c"), Some(&b"3"[..]));
        let inside = database.bucket(root, b"b").unwrap();
        assert_eq!(database.value(inside, b"in"), Some(&b"side"[..]));
        assert!(database.bucket(root, b"a").is_none());
        assert!(Database::of(vec![0; 10_000]).is_none());
    }

    #[test]
    fn a_tree_that_leads_into_itself_ends() {
        let mut bytes = sample();
        bytes[3 * 4096 + PAGE_HEAD + 8..][..8].copy_from_slice(&3u64.to_le_bytes());
        assert!(Database::of(bytes).unwrap().value(Bucket::Tree(3), b"c").is_none());
    }

    proptest! {
        #[test]
        fn any_damage_ends(changes in prop::collection::vec((8192usize..24576, any::<u8>()), 0..40)) {
            let mut bytes = sample();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            let database = Database::of(bytes).unwrap();
            let _ = database.value(database.root(), b"c");
            let _ = database.bucket(database.root(), b"b").and_then(|bucket| database.value(bucket, b"in"));
        }
    }
}
