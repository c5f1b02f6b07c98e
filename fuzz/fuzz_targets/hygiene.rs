//! An image's configuration and accounts of any text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_hygiene::{HistoryStep, ImageFacts, Options, examine};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let facts = ImageFacts {
        reference: lines.first().cloned().unwrap_or_default(),
        user: lines.get(1).cloned().unwrap_or_default(),
        env: lines.clone(),
        history: lines.iter().map(|line| HistoryStep { created_by: line.clone(), base: false }).collect(),
        texts: [("etc/passwd".to_owned(), text.to_string()), ("etc/shadow".to_owned(), text.to_string())].into(),
        ..ImageFacts::default()
    };
    assert!(examine(&facts, &Options::default(), None).score <= 100);
});
