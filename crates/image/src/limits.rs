//! How much of an image is read at most, and the account of it that all its layers share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How much of an image is read at most. The defaults let real images through and stop those made to exhaust a scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Unpacked bytes of all layers together.
    pub unpacked: u64,
    /// Entries of one layer.
    pub entries: u64,
    /// Bytes of one selected file.
    pub file: u64,
    /// Bytes of all selected files together: they are held in memory.
    pub selected: u64,
    /// Unpacked bytes per compressed byte of one layer, after the first 64 MiB. Real layers stay below 100.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: 64 * 1024 * 1024 * 1024,
            entries: 2_000_000,
            file: 512 * 1024 * 1024,
            selected: 2 * 1024 * 1024 * 1024,
            ratio: 500,
        }
    }
}

/// What all layers of one call have used up together.
#[derive(Default)]
pub(crate) struct Account {
    unpacked: AtomicU64,
    selected: AtomicU64,
    cancelled: AtomicBool,
}

impl Account {
    /// Adds unpacked bytes; false: beyond the limit.
    pub(crate) fn unpack(&self, bytes: u64, limits: &Limits) -> bool {
        self.unpacked.fetch_add(bytes, Ordering::Relaxed) + bytes <= limits.unpacked
    }

    /// Adds bytes that are kept; false: beyond the limit.
    pub(crate) fn select(&self, bytes: u64, limits: &Limits) -> bool {
        self.selected.fetch_add(bytes, Ordering::Relaxed) + bytes <= limits.selected
    }

    /// Another layer failed, or nobody waits any more: threads cannot be stopped from outside, so they look here.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
