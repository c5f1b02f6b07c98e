//! Files of any bytes, and the scanner for secrets.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_secrets::{Options, Scanner};

static SCANNER: LazyLock<Option<Scanner>> = LazyLock::new(|| Scanner::new(Options::default()).ok());

fuzz_target!(|data: &[u8]| {
    if let Some(scanner) = &*SCANNER {
        for path in ["a.yaml", "settings.xml", "src/a.py"] {
            let _ = scanner.scan(path, data);
        }
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(options) = Options::parse(text)
        && let Ok(scanner) = Scanner::new(options)
    {
        let _ = scanner.scan("a.yaml", data);
    }
});
