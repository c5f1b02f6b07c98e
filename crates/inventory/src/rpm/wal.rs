//! SQLite's write-ahead log: pages that are not yet in the database's own file (SQLite, "WAL-mode File Format"). An image
//! whose last `dnf install` left one behind has its newest packages only there.

use std::collections::HashMap;

const MAGIC: [u32; 2] = [0x377f_0682, 0x377f_0683];

/// The pages of the log up to its last commit.
#[derive(Debug, Default)]
pub(super) struct Log<'a> {
    pages: HashMap<usize, &'a [u8]>,
    /// Pages of the database after that commit.
    count: usize,
}

impl<'a> Log<'a> {
    /// Of the log's bytes. What is no log, or of another page size, has no pages; frames behind a wrong sum are what a
    /// log that was begun anew left standing.
    pub(super) fn read(bytes: &'a [u8], size: usize) -> Self {
        Self::frames(bytes, size).unwrap_or_default()
    }

    fn frames(bytes: &'a [u8], size: usize) -> Option<Self> {
        let head = bytes.get(..32)?;
        let magic = be32(head, 0)?;
        if !MAGIC.contains(&magic) || be32(head, 8)? as usize != size {
            return None;
        }
        let big = magic & 1 == 1;
        let mut sum = checksum((0, 0), head.get(..24)?, big);
        if sum != (be32(head, 24)?, be32(head, 28)?) {
            return None;
        }
        let salt = head.get(16..24)?;
        let mut log = Self::default();
        let mut pending: Vec<(usize, &[u8])> = Vec::new();
        for frame in bytes.get(32..)?.chunks_exact(24 + size) {
            let (head, page) = frame.split_at_checked(24)?;
            sum = checksum(checksum(sum, head.get(..8)?, big), page, big);
            if head.get(8..16)? != salt || sum != (be32(head, 16)?, be32(head, 20)?) {
                break;
            }
            pending.push((be32(head, 0)? as usize, page));
            let commit = be32(head, 4)?;
            if commit != 0 {
                log.count = commit as usize;
                log.pages.extend(pending.drain(..));
            }
        }
        Some(log)
    }

    pub(super) fn page(&self, number: usize) -> Option<&'a [u8]> {
        self.pages.get(&number).copied()
    }

    /// How many pages the log brings the database to, at most what it holds itself and the file could.
    pub(super) fn pages(&self) -> usize {
        self.count.min(1 << 24)
    }
}

fn checksum((mut first, mut second): (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    let (words, _) = bytes.as_chunks::<4>();
    let number = |word: &[u8; 4]| if big { u32::from_be_bytes(*word) } else { u32::from_le_bytes(*word) };
    for pair in words.chunks_exact(2) {
        first = first.wrapping_add(number(&pair[0])).wrapping_add(second);
        second = second.wrapping_add(number(&pair[1])).wrapping_add(first);
    }
    (first, second)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
