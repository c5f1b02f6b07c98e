//! The few pages of SQLite that `rpmdb.sqlite` needs (SQLite, "Database File Format"): the schema's table, the table
//! `Packages (hnum INTEGER PRIMARY KEY, blob BLOB)`, rows that overflow their page.
//!
//! Read by hand: a database engine wants a file that it may lock and write beside, and this crate has bytes from a
//! stranger's image.

use super::{MAX_HEADER, wal};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// A tree of pages is no deeper than this for any file that fits into memory.
const MAX_DEPTH: usize = 24;

/// The database's pages, with those of its log over them.
struct Pages<'a> {
    bytes: &'a [u8],
    log: wal::Log<'a>,
    size: usize,
    /// Bytes of a page that hold content.
    usable: usize,
    count: usize,
}

/// Hands every package's header to `each`, until it says false.
pub(super) fn read(
    bytes: &[u8],
    log: Option<&[u8]>,
    each: &mut impl FnMut(&[u8]) -> bool,
) -> Result<(), String> {
    let pages = Pages::open(bytes, log)?;
    let mut root = None;
    let mut budget = pages.count;
    pages.rows(1, 0, &mut budget, &mut |row| {
        let columns = columns(row).unwrap_or_default();
        // type, name, tbl_name, rootpage, sql
        if let [Value::Text(b"table"), Value::Text(b"Packages"), _, Value::Number(page), ..] = &columns[..] {
            root = usize::try_from(*page).ok();
        }
        root.is_none()
    })?;
    let root = root.ok_or_else(|| "it has no table `Packages`".to_owned())?;
    let mut budget = pages.count;
    pages.rows(root, 0, &mut budget, &mut |row| match columns(row).as_deref() {
        Some([_, Value::Blob(blob), ..]) => each(blob),
        _ => true,
    })?;
    Ok(())
}

impl<'a> Pages<'a> {
    fn open(bytes: &'a [u8], log: Option<&'a [u8]>) -> Result<Self, String> {
        if !bytes.starts_with(MAGIC) {
            return Err("it does not start as an SQLite database does".to_owned());
        }
        let size = match (bytes.get(16), bytes.get(17)) {
            (Some(0), Some(1)) => 65536,
            (Some(high), Some(low)) => usize::from(*high) << 8 | usize::from(*low),
            _ => 0,
        };
        let reserved = usize::from(bytes.get(20).copied().unwrap_or_default());
        if !size.is_power_of_two() || size < 512 || size - reserved < 480 {
            return Err(format!("its page size of {size} bytes is none of SQLite's"));
        }
        let log = wal::Log::read(log.unwrap_or_default(), size);
        let count = (bytes.len() / size).max(log.pages());
        Ok(Self { bytes, log, size, usable: size - reserved, count })
    }

    /// Pages count from 1.
    fn page(&self, number: usize) -> Result<&'a [u8], String> {
        let page = self.log.page(number).or_else(|| {
            let start = number.checked_sub(1)?.checked_mul(self.size)?;
            self.bytes.get(start..start.checked_add(self.size)?)
        });
        page.ok_or_else(|| format!("page {number} lies behind its end"))
    }

    /// All rows below a page of a table; false of `each` ends it. `budget` pages may still be read: a page that is met
    /// twice makes a circle.
    fn rows(
        &self,
        number: usize,
        depth: usize,
        budget: &mut usize,
        each: &mut impl FnMut(&[u8]) -> bool,
    ) -> Result<bool, String> {
        if depth > MAX_DEPTH || *budget == 0 {
            return Err(format!("its pages run in a circle at page {number}"));
        }
        *budget -= 1;
        let page = self.page(number)?;
        // The file's own header stands before that of its first page.
        let head = if number == 1 { 100 } else { 0 };
        let bad = || format!("page {number} is damaged");
        let kind = *page.get(head).ok_or_else(bad)?;
        let cells = usize::from(be16(page, head + 3).ok_or_else(bad)?);
        let pointers = head + if kind == 0x05 { 12 } else { 8 };
        for cell in 0..cells {
            let at = usize::from(be16(page, pointers + 2 * cell).ok_or_else(bad)?);
            let cell = page.get(at..).ok_or_else(bad)?;
            match kind {
                0x05 => {
                    let child = be32(cell, 0).ok_or_else(bad)?;
                    if !self.rows(child, depth + 1, budget, each)? {
                        return Ok(false);
                    }
                }
                0x0d => {
                    let row = self.row(cell).ok_or_else(bad)?;
                    if !each(&row) {
                        return Ok(false);
                    }
                }
                _ => return Err(format!("page {number} belongs to no table")),
            }
        }
        match kind {
            0x05 => self.rows(be32(page, head + 8).ok_or_else(bad)?, depth + 1, budget, each),
            _ => Ok(true),
        }
    }

    /// A leaf's cell as its whole row ("B-tree Pages", "Cell Payload Overflow Pages").
    fn row(&self, cell: &'a [u8]) -> Option<std::borrow::Cow<'a, [u8]>> {
        let (length, rest) = varint(cell)?;
        let (_rowid, rest) = varint(rest)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= MAX_HEADER)?;
        let most = self.usable - 35;
        if length <= most {
            return rest.get(..length).map(Into::into);
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let here = least + (length - least) % (self.usable - 4);
        let here = if here <= most { here } else { least };
        let (local, rest) = rest.split_at_checked(here)?;
        let mut row = Vec::with_capacity(length.min(1 << 20));
        row.extend_from_slice(local);
        let mut next = be32(rest, 0)?;
        while row.len() < length {
            let page = self.page(next).ok()?;
            let content = page.get(4..self.usable)?;
            row.extend_from_slice(content.get(..content.len().min(length - row.len()))?);
            next = be32(page, 0)?;
        }
        Some(row.into())
    }
}

/// What is read of a row's columns.
#[derive(Debug, PartialEq, Eq)]
enum Value<'r> {
    Text(&'r [u8]),
    Blob(&'r [u8]),
    Number(i64),
    Other,
}

/// A row's columns ("Record Format").
fn columns(row: &[u8]) -> Option<Vec<Value<'_>>> {
    let (length, rest) = varint(row)?;
    let length = usize::try_from(length).ok()?;
    let mut kinds = rest.get(..length.checked_sub(row.len() - rest.len())?)?;
    let mut data = row.get(length..)?;
    let mut values = Vec::new();
    while !kinds.is_empty() {
        let (kind, rest) = varint(kinds)?;
        kinds = rest;
        let size = match kind {
            0 | 8 | 9 | 10 | 11 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            _ => (kind - 12) / 2,
        };
        let (value, rest) = data.split_at_checked(usize::try_from(size).ok()?)?;
        data = rest;
        values.push(match kind {
            1..=6 => Value::Number(value.iter().fold(0, |number, byte| number << 8 | i64::from(*byte))),
            8 => Value::Number(0),
            9 => Value::Number(1),
            12.. if kind % 2 == 0 => Value::Blob(value),
            13.. => Value::Text(value),
            _ => Value::Other,
        });
        if values.len() > 64 {
            return None;
        }
    }
    Some(values)
}

/// SQLite's variable-length number: seven bits a byte, the ninth whole.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value: u64 = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((value << 8 | u64::from(*byte), bytes.get(9..)?));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn be32(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
    usize::try_from(number).ok()
}
