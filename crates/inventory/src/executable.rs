//! Executables: what a compiler recorded in them, and the version strings of well-known server software.

mod auditable;
mod golang;
mod image;
mod known;

use crate::collector::Collector;
use crate::{File, select};

/// Smaller than any program that carries packages.
const MIN_SIZE: u64 = 2048;

/// Whether [`read()`](crate::read()) can use the content of the file at this path, which [`wants`](crate::wants) did not
/// ask for: it is a program (ELF, PE or Mach-O), or a library of software that is recognised by its version string.
/// `size` is the file's, `head` its first bytes: 4 suffice to know an executable, 20 tell a program from an object file
/// or core dump; 64 are plenty. It allocates nothing.
pub fn wants_executable(path: &str, size: u64, head: &[u8]) -> bool {
    let path = select::clean(path);
    if size < MIN_SIZE || size > crate::facts::MAX_ARCHIVE as u64 || !is_executable(head) {
        return false;
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // Debug symbols repeat what the program says; kernel modules and bytecode of images carry no packages.
    if folder.starts_with("usr/lib/debug")
        || folder.starts_with("lib/modules")
        || folder.starts_with("usr/lib/modules")
    {
        return false;
    }
    let ends_with = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    // A Windows library may be the whole program of a .NET application, but no compiler's list is in it.
    let is_library = name.contains(".so") || ends_with(&[".dylib", ".node", ".dll", ".DLL"]);
    if is_library { known::is_known(name) } else { !ends_with(&[".o", ".ko"]) }
}

/// By the first bytes: ELF (a program or shared object, as far as they tell), PE, Mach-O (also of several architectures).
pub(crate) fn is_executable(head: &[u8]) -> bool {
    match head {
        [0x7f, b'E', b'L', b'F', rest @ ..] => {
            // e_type, in the byte order that the sixth byte tells: 2 program, 3 shared object.
            let kind = match (rest.get(1), rest.get(12), rest.get(13)) {
                (Some(1), Some(low), Some(high)) => u16::from_le_bytes([*low, *high]),
                (Some(2), Some(high), Some(low)) => u16::from_be_bytes([*high, *low]),
                _ => 2,
            };
            matches!(kind, 2 | 3)
        }
        [b'M', b'Z', ..] | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => true,
        // Java classes start alike; a fat binary has few architectures where they have their version (at least 45).
        [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, count, ..] => *count < 20,
        _ => false,
    }
}

/// Reads a program: build info first, version strings where its name is known.
pub(crate) fn read(file: &File<'_>, into: &mut Collector<'_>) {
    let path = select::clean(file.path);
    for part in image::parts(file.bytes) {
        let found_go = golang::read(file, &part, into);
        if !found_go {
            auditable::read(file, &part, into);
        }
    }
    known::read(file, path, into);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_wanted_and_other_files_not() {
        let elf =
            |kind: u8| [b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".as_slice(), &[kind, 0, 62, 0]].concat();
        assert!(wants_executable("usr/bin/shop", 1 << 20, &elf(2)));
        assert!(wants_executable("/opt/shop/shop", 1 << 20, &elf(3)[..4]));
        assert!(wants_executable("app/shop.exe", 1 << 20, b"MZ\x90\0"));
        assert!(wants_executable("app/shop", 1 << 20, b"\xcf\xfa\xed\xfe"));
        assert!(wants_executable("app/shop", 1 << 20, b"\xca\xfe\xba\xbe\0\0\0\x02"));
        assert!(wants_executable("usr/local/lib/libpython3.12.so.1.0", 1 << 20, &elf(3)));
        assert!(!wants_executable("usr/lib/libc.so.6", 1 << 20, &elf(3)));
        assert!(!wants_executable("app/Main.class", 1 << 20, b"\xca\xfe\xba\xbe\0\0\0\x34"));
        assert!(!wants_executable("usr/bin/shop", 100, &elf(2)));
        assert!(!wants_executable("x.o", 1 << 20, &elf(1)));
        assert!(!wants_executable("core", 1 << 20, &elf(4)));
        assert!(!wants_executable("usr/bin/script", 1 << 20, b"#!/bin/sh"));
        assert!(!wants_executable("usr/lib/debug/x", 1 << 20, &elf(2)));
        assert!(!wants_executable("", 0, b""));
    }
}
