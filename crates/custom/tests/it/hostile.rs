//! Bytes that are no checks, and documents that are not what checks expect.

use proptest::prelude::*;
use seawall_custom::Checks;

use crate::{load, run};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_panics(text in "\\PC{0,200}", ending in prop::sample::select(vec!["rego", "yaml", "json"])) {
        let _ = Checks::load(&[(format!("a.{ending}"), text)], None);
    }

    #[test]
    fn no_rego_panics(text in "(package main\n)?((deny|import|input|contains|if|some|in|\\{|\\}|\\[|\\]|:=|==|\"x\"|[a-z.]{1,5}|\n) ){0,30}") {
        let _ = Checks::load(&[("a.rego".to_owned(), text)], None);
    }
}

#[test]
fn a_check_without_end_ends() {
    let text = "package main\nimport rego.v1\nbig := numbers.range(1, 4000)\ndeny contains msg if {\n  some a in big\n  some b in big\n  some c in big\n  a * b * c == -1\n  msg := \"never\"\n}\n";
    let checks = load(&[("a.rego", text)]);
    let started = std::time::Instant::now();
    let findings = run(&checks, &serde_json::json!({"kind": "Pod"}));
    assert!(findings[0].title.starts_with("the check cannot be evaluated"), "{findings:?}");
    assert!(started.elapsed().as_secs() < 60);
}
