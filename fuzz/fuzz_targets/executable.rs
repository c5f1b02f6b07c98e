//! Programs and Java archives, as they are and by way of their distilled form: both say the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_inventory::{File, distil, read};

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let path = ["app/program", "usr/bin/openssl", "app/a.jar", "app/program.exe"][usize::from(*which) % 4];
    let whole = read(&[File::new(path, bytes)]);
    if let Some(facts) = distil(path, bytes) {
        let told = read(&[File::new(path, &facts)]);
        // A file that only claims to be distilled is not believed.
        assert!(bytes.starts_with(b"\0seawall") || told.packages == whole.packages);
    }
});
