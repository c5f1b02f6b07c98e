//! One program of a file: its sections, and its memory by address.

use object::read::macho::{FatArch as _, MachOFatFile32};
use object::{File as Object, Object as _, ObjectSection as _, ObjectSegment as _};

/// A program; a Mach-O file may hold one for each architecture.
pub(super) struct Part<'a> {
    object: Object<'a>,
}

/// Architectures that are read of one file.
const MAX_PARTS: usize = 8;

/// The programs of a file. None where it is no executable after all: most of what starts with `MZ` is one.
pub(super) fn parts(bytes: &[u8]) -> Vec<Part<'_>> {
    if bytes.starts_with(&[0xca, 0xfe, 0xba, 0xbe]) {
        let Ok(fat) = MachOFatFile32::parse(bytes) else { return Vec::new() };
        let datas = fat.arches().iter().take(MAX_PARTS).filter_map(|arch| arch.data(bytes).ok());
        return datas.filter_map(|data| Object::parse(data).ok()).map(|object| Part { object }).collect();
    }
    Object::parse(bytes).ok().map(|object| Part { object }).into_iter().collect()
}

impl<'a> Part<'a> {
    /// The bytes of the first section with one of the names.
    pub(super) fn section(&self, names: &[&str]) -> Option<&'a [u8]> {
        self.object
            .sections()
            .find(|section| section.name().is_ok_and(|name| names.contains(&name)))
            .and_then(|section| section.data().ok())
    }

    /// The data that a program may write to: where a linker puts what has no section of its own.
    pub(super) fn data(&self) -> Option<&'a [u8]> {
        self.section(&[".data", "__data"]).or_else(|| {
            let is_writable = |flags| match flags {
                object::SegmentFlags::Elf { p_flags } => p_flags & object::elf::PF_W != 0,
                _ => false,
            };
            let found = self.object.segments().find(|segment| is_writable(segment.flags()));
            found.and_then(|segment| segment.data().ok())
        })
    }

    /// `length` bytes of the program's memory from an address on.
    pub(super) fn memory(&self, address: u64, length: u64) -> Option<&'a [u8]> {
        self.object.segments().find_map(|segment| segment.data_range(address, length).ok().flatten()).or_else(
            || self.object.sections().find_map(|section| section.data_range(address, length).ok().flatten()),
        )
    }
}
