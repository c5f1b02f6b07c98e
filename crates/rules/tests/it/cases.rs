//! The upstream engine's own cases: which files must be refused, and which must load.

use std::path::Path;

use seawall_rules::{Level, Rules};

#[test]
fn the_same_files_are_refused_as_upstream() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let Ok(text) = std::fs::read_to_string(folder.join("cases.json")) else {
        eprintln!("skipped: {} is not here", folder.display());
        return;
    };
    let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut wrong = String::new();
    let mut count = 0;
    for case in cases.as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let mut files = Vec::new();
        for file in case["rules"].as_array().into_iter().flatten() {
            let path = folder.join(file.as_str().unwrap());
            let mut paths = vec![path.clone()];
            if path.is_dir() {
                paths = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
                paths.sort();
            }
            for path in paths {
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                files.push((path.file_name().unwrap().to_string_lossy().into_owned(), text));
            }
        }
        if files.is_empty() {
            continue;
        }
        count += 1;
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
        let refused = case["expect"]["validate_errors"].as_array().is_some_and(|errors| !errors.is_empty())
            || case["expect"]["exit_status"].as_i64().is_some_and(|status| status != 0);
        // These are about the command line and the drop monitor of upstream's program, not about rules.
        if name.starts_with("monitor_syscall_drops") || name == "disabled_and_enabled_rules_1" {
            continue;
        }
        match Rules::load(&borrowed) {
            Ok(_) if refused => wrong += &format!("{name}: loads, but must be refused\n"),
            Err(errors) if !refused => {
                let first = errors.iter().find(|d| d.severity == Level::Error).unwrap();
                wrong += &format!("{name}: refused, but must load: {first}\n");
            }
            _ => {}
        }
    }
    assert!(count > 50, "{count}");
    insta::assert_snapshot!(wrong, @"");
}
