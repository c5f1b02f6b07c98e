//! A package's header as rpm keeps it in its databases (rpm, "RPM Package format": header, without its magic): the number
//! of index entries, the length of the data, the entries (tag, type, offset, count), the data. All numbers are big endian.

use super::MAX_HEADER;

pub(super) const NAME: u32 = 1000;
pub(super) const VERSION: u32 = 1001;
pub(super) const RELEASE: u32 = 1002;
pub(super) const EPOCH: u32 = 1003;
pub(super) const VENDOR: u32 = 1011;
pub(super) const LICENCE: u32 = 1014;
pub(super) const ARCH: u32 = 1022;
pub(super) const SOURCE_RPM: u32 = 1044;
const DIRECTORY_INDEXES: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const DIRECTORY_NAMES: u32 = 1118;
pub(super) const MODULARITY_LABEL: u32 = 5096;

const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// rpm itself accepts no more.
const MAX_ENTRIES: usize = 0xffff;
/// Files of one package.
const MAX_FILES: usize = 1_000_000;

/// A header, checked as far as its lengths go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// None where the lengths do not fit.
    pub(super) fn parse(blob: &'a [u8]) -> Option<Self> {
        if blob.len() > MAX_HEADER {
            return None;
        }
        let entries =
            usize::try_from(number(blob, 0)?).ok().filter(|count| (1..=MAX_ENTRIES).contains(count))?;
        let length = usize::try_from(number(blob, 4)?).ok()?;
        let (index, rest) = blob.get(8..)?.split_at_checked(entries * 16)?;
        Some(Self { index, data: rest.get(..length)? })
    }

    /// Type, data from the entry's place on, and count of a tag.
    fn find(&self, tag: u32) -> Option<(u32, &'a [u8], usize)> {
        let (entries, _) = self.index.as_chunks::<16>();
        entries.iter().filter(|entry| number(*entry, 0) == Some(tag)).find_map(|entry| {
            let (kind, offset, count) = (number(entry, 4)?, number(entry, 8)?, number(entry, 12)?);
            Some((kind, self.data.get(usize::try_from(offset).ok()?..)?, usize::try_from(count).ok()?))
        })
    }

    /// A text; of several the first.
    pub(super) fn text(&self, tag: u32) -> Option<&'a str> {
        let (kind, data, _) = self.find(tag)?;
        matches!(kind, STRING | STRING_ARRAY | I18N_STRING).then(|| terminated(data))?.map(|(text, _)| text)
    }

    /// A number; of several the first.
    pub(super) fn number(&self, tag: u32) -> Option<u32> {
        let (kind, data, _) = self.find(tag)?;
        if kind == INT32 { number(data, 0) } else { None }
    }

    /// The package's files, without a leading slash.
    pub(super) fn files(&self, mut each: impl FnMut(&str)) {
        let folders: Vec<&str> = self.texts(DIRECTORY_NAMES).collect();
        let Some((INT32, indexes, _)) = self.find(DIRECTORY_INDEXES) else { return };
        let mut path = String::new();
        for (at, name) in self.texts(BASE_NAMES).enumerate() {
            let folder = number(indexes, at * 4).and_then(|index| folders.get(usize::try_from(index).ok()?));
            let Some(folder) = folder else { return };
            path.clear();
            path.push_str(folder);
            path.push_str(name);
            each(&path);
        }
    }

    fn texts(&self, tag: u32) -> impl Iterator<Item = &'a str> {
        let (mut data, count) = match self.find(tag) {
            Some((STRING_ARRAY, data, count)) => (data, count.min(MAX_FILES)),
            _ => (&[][..], 0),
        };
        (0..count).map_while(move |_| {
            let (text, rest) = terminated(data)?;
            data = rest;
            Some(text)
        })
    }
}

/// A text up to its NUL, and what follows. Other bytes than UTF-8 make it empty: no name or version has them.
fn terminated(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr::memchr(0, data)?;
    Some((std::str::from_utf8(data.get(..end)?).unwrap_or_default(), data.get(end + 1..)?))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A header of texts, and one epoch.
    pub(in crate::rpm) fn header(texts: &[(u32, &str)], epoch: Option<u32>) -> Vec<u8> {
        let (mut index, mut data) = (Vec::new(), Vec::new());
        let mut entry = |tag: u32, kind: u32, offset: usize| {
            for number in [tag, kind, offset as u32, 1] {
                index.extend_from_slice(&number.to_be_bytes());
            }
        };
        if let Some(epoch) = epoch {
            entry(EPOCH, INT32, data.len());
            data.extend_from_slice(&epoch.to_be_bytes());
        }
        for (tag, text) in texts {
            entry(*tag, STRING, data.len());
            data.extend_from_slice(text.as_bytes());
            data.push(0);
        }
        let mut blob = Vec::new();
        blob.extend_from_slice(&((index.len() / 16) as u32).to_be_bytes());
        blob.extend_from_slice(&(data.len() as u32).to_be_bytes());
        blob.extend(index);
        blob.extend(data);
        blob
    }

    #[test]
    fn texts_and_numbers() {
        let blob = header(&[(NAME, "bash"), (VERSION, "5.2")], Some(3));
        let header = Header::parse(&blob).unwrap();
        assert_eq!(
            (header.text(NAME), header.text(VERSION), header.text(RELEASE)),
            (Some("bash"), Some("5.2"), None)
        );
        assert_eq!(header.number(EPOCH), Some(3));
        assert_eq!(header.number(NAME), None);
        for cut in 0..blob.len() {
            let _ = Header::parse(&blob[..cut]).map(|header| header.text(NAME).map(str::to_owned));
        }
        assert!(Header::parse(b"\xff\xff\xff\xff\xff\xff\xff\xff").is_none());
    }
}
