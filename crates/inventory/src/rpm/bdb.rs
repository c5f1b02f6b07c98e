//! Berkeley DB's hash table, as rpm below 4.16 keeps its `Packages` in (Berkeley DB, `db_page.h`): a page that describes
//! the file, pages of keys and values, and chains of pages for values that do not fit. Numbers are in the byte order of the
//! machine that made it, which the magic number tells.

use super::MAX_HEADER;

const HASH_MAGIC: u32 = 0x0006_1561;
/// Bytes before a page's content.
const HEAD: usize = 26;
const PAGE_HASH_UNSORTED: u8 = 2;
const PAGE_OVERFLOW: u8 = 7;
const PAGE_HASH: u8 = 13;
const ITEM_KEYDATA: u8 = 1;
const ITEM_OFFPAGE: u8 = 3;

struct Pages<'a> {
    bytes: &'a [u8],
    size: usize,
    big: bool,
}

/// Hands every package's header to `each`, until it says false.
pub(super) fn read(bytes: &[u8], each: &mut impl FnMut(&[u8]) -> bool) -> Result<(), String> {
    let magic: [u8; 4] = bytes.get(12..16).and_then(|magic| magic.try_into().ok()).unwrap_or_default();
    let big = if u32::from_le_bytes(magic) == HASH_MAGIC {
        false
    } else if u32::from_be_bytes(magic) == HASH_MAGIC {
        true
    } else {
        return Err("it does not start as a Berkeley DB hash table does".to_owned());
    };
    let mut pages = Pages { bytes, size: 0, big };
    pages.size = pages.long(bytes, 20).unwrap_or_default();
    if bytes.get(24).is_some_and(|encryption| *encryption != 0) {
        return Err("it is encrypted".to_owned());
    }
    if !(512..=65536).contains(&pages.size) || !pages.size.is_power_of_two() {
        return Err(format!("its page size of {} bytes is none of Berkeley DB's", pages.size));
    }
    let last = pages.long(bytes, 32).unwrap_or_default();
    let whole = bytes.len() / pages.size;
    for number in 1..=last.min(whole.saturating_sub(1)) {
        let page = pages.page(number).ok_or_else(|| format!("page {number} is cut off"))?;
        if !matches!(page.get(25), Some(&(PAGE_HASH | PAGE_HASH_UNSORTED))) {
            continue;
        }
        let entries = pages.short(page, 20).unwrap_or_default();
        // Keys and values take turns; a value is what counts.
        for at in (1..entries).step_by(2) {
            let value = pages.value(page, at).ok_or_else(|| format!("page {number} is damaged"))?;
            // The table's own counter is kept beside the packages under the key zero.
            if value.len() > 16 && !each(&value) {
                return Ok(());
            }
        }
    }
    if last >= whole {
        return Err(format!("it is cut off: {whole} of {} pages are there", last.saturating_add(1)));
    }
    Ok(())
}

impl<'a> Pages<'a> {
    fn page(&self, number: usize) -> Option<&'a [u8]> {
        let start = number.checked_mul(self.size)?;
        self.bytes.get(start..start.checked_add(self.size)?)
    }

    fn value(&self, page: &'a [u8], at: usize) -> Option<std::borrow::Cow<'a, [u8]>> {
        let start = self.short(page, HEAD + 2 * at)?;
        let item = page.get(start..)?;
        match *item.first()? {
            ITEM_KEYDATA => {
                // Items grow from the page's end: this one ends where the one before it starts.
                let end = self.short(page, HEAD + 2 * (at - 1))?;
                page.get(start + 1..end).map(Into::into)
            }
            ITEM_OFFPAGE => {
                let (first, length) = (self.long(item, 4)?, self.long(item, 8)?);
                self.chain(first, length).map(Into::into)
            }
            // Duplicates, which rpm's table of packages does not have.
            _ => Some(std::borrow::Cow::Borrowed(&[])),
        }
    }

    /// A value out of a chain of pages.
    fn chain(&self, mut number: usize, length: usize) -> Option<Vec<u8>> {
        if length > MAX_HEADER.min(self.bytes.len()) {
            return None;
        }
        let mut value = Vec::with_capacity(length);
        while value.len() < length {
            let page = self.page(number)?;
            if page.get(25) != Some(&PAGE_OVERFLOW) {
                return None;
            }
            let here = self.short(page, 22)?;
            let content = page.get(HEAD..)?;
            let content = content.get(..here.min(content.len()).min(length - value.len()))?;
            if content.is_empty() {
                return None;
            }
            value.extend_from_slice(content);
            number = self.long(page, 16)?;
        }
        Some(value)
    }

    fn short(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }))
    }

    fn long(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::super::header::{NAME, VERSION, tests::header};

    /// Berkeley DB's own tool writes the table.
    #[test]
    fn packages_of_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Packages");
        let long = "x".repeat(9000);
        let blobs =
            [header(&[(NAME, "a"), (VERSION, "1")], None), header(&[(NAME, &long), (VERSION, "2")], None)];
        let mut text = String::from("VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=4096\nHEADER=END\n");
        for (index, blob) in blobs.iter().enumerate() {
            let _ = writeln!(text, " {:02x}000000", index + 1);
            text.push(' ');
            for byte in blob {
                let _ = write!(text, "{byte:02x}");
            }
            text.push('\n');
        }
        text.push_str("DATA=END\n");
        let Ok(mut child) = Command::new("db5.3_load").arg(&path).stdin(Stdio::piped()).spawn() else {
            return;
        };
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        let file = std::fs::read(&path).unwrap();
        let mut seen = Vec::new();
        super::read(&file, &mut |blob| {
            seen.push(blob.to_vec());
            true
        })
        .unwrap();
        seen.sort();
        let mut expected = blobs.to_vec();
        expected.sort();
        assert_eq!(seen, expected);
        for cut in (0..file.len()).step_by(97) {
            let _ = super::read(&file[..cut], &mut |_| true);
        }
        for at in 0..200 {
            let mut bytes = file.clone();
            bytes[at] = 0xff;
            let _ = super::read(&bytes, &mut |_| true);
        }
    }
}
