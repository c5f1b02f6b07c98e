//! rpm's databases; the first byte says which form.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_inventory::{File, read};

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let (bytes, log) = bytes.split_at(bytes.len() - bytes.len() / 4);
    match which % 3 {
        0 => drop(read(&[File::new("var/lib/rpm/rpmdb.sqlite", bytes), File::new("var/lib/rpm/rpmdb.sqlite-wal", log)])),
        1 => drop(read(&[File::new("usr/lib/sysimage/rpm/Packages.db", bytes)])),
        _ => drop(read(&[File::new("var/lib/rpm/Packages", bytes)])),
    }
});
