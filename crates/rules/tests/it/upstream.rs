//! The upstream rule files load unmodified.

use std::path::Path;

use seawall_rules::{Level, Rules};

fn shared() -> Option<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures/falco-rules");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not here", folder.display());
    None
}

#[test]
fn all_upstream_rules_load() {
    let Some(folder) = shared() else { return };
    let mut report = String::new();
    for name in ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let (rules, warnings) = Rules::load(&[(name, &text)]).unwrap_or_else(|errors| {
            panic!(
                "{}",
                errors
                    .iter()
                    .filter(|d| d.severity == Level::Error)
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n")
            );
        });
        let count = |code: &str| warnings.iter().filter(|warning| warning.code == code).count();
        let fires = rules.iter().filter(|rule| !rule.kinds.is_empty()).count();
        report += &format!(
            "{name}: {} rules, {fires} with events; warnings: {} no events, {} absent fields, {} unused lists, {} unused macros, {} all events, {} in all\n",
            rules.len(),
            count("LOAD_NO_EVENTS"),
            count("LOAD_ABSENT_FIELD"),
            count("LOAD_UNUSED_LIST"),
            count("LOAD_UNUSED_MACRO"),
            count("LOAD_NO_EVTTYPE"),
            warnings.len(),
        );
    }
    insta::assert_snapshot!(report, @r#"
falco_rules.yaml: 25 rules, 18 with events; warnings: 0 no events, 6 absent fields, 0 unused lists, 0 unused macros, 0 all events, 6 in all
falco-incubating_rules.yaml: 31 rules, 26 with events; warnings: 0 no events, 6 absent fields, 0 unused lists, 0 unused macros, 0 all events, 6 in all
falco-sandbox_rules.yaml: 37 rules, 30 with events; warnings: 1 no events, 9 absent fields, 0 unused lists, 0 unused macros, 0 all events, 10 in all
"#);
}
