//! Any text is answered with rules or diagnostics.

use proptest::prelude::*;
use seawall_rules::Rules;

fn rule(condition: &str, output: &str) -> String {
    let quote = |text: &str| serde_json::to_string(text).unwrap();
    format!(
        "- rule: r\n  desc: d\n  condition: {}\n  output: {}\n  priority: INFO\n",
        quote(condition),
        quote(output)
    )
}

fn load(text: &str) -> bool {
    match Rules::load(&[("f", text)]) {
        Ok(_) => true,
        Err(diagnostics) => {
            for diagnostic in diagnostics {
                assert!(!diagnostic.to_string().is_empty());
            }
            false
        }
    }
}

proptest! {
    #[test]
    fn any_file(text in "\\PC{0,200}") {
        load(&text);
    }

    #[test]
    fn any_condition(condition in "\\PC{0,80}", output in "\\PC{0,40}") {
        load(&rule(&condition, &output));
    }

    #[test]
    fn any_words(words in proptest::collection::vec(prop::sample::select(vec![
        "and", "or", "not", "(", ")", ",", "=", "!=", "in", "proc.name", "proc.aname[2]", "evt.type", "open", "\"a b\"",
        "'", "pmatch", "exists", "tolower(", "val(", "fd.sip", "10.0.0.0/8", "[", "]", "é", "glob", "[a-",
    ]), 0..14)) {
        load(&rule(&words.join(" "), &words.join("%")));
        load(&rule(&words.concat(), &words.concat()));
    }
}

#[test]
fn deep_wide_and_explosive() {
    let deep = format!("{}evt.num=1{}", "(".repeat(50_000), ")".repeat(50_000));
    assert!(!load(&rule(&deep, "x")));
    assert!(!load(&rule(&"not ".repeat(50_000), "x")));
    assert!(!load(&format!("- {}", "[".repeat(100_000))));
    assert!(!load(&rule("proc.name regex \"(a{1000}){1000}\"", "x")));
    // Twice as many items per list: 2^40 in all.
    let mut lists = "- list: l0\n  items: [a, b]\n".to_owned();
    let mut macros = "- macro: m0\n  condition: proc.name in (l40)\n".to_owned();
    for n in 1..=40 {
        lists += &format!("- list: l{n}\n  items: [l{m}, l{m}]\n", m = n - 1);
        macros += &format!("- macro: m{n}\n  condition: m{m} or not m{m}\n", m = n - 1);
    }
    assert!(!load(&format!("{lists}{macros}{}", rule("m40", "x"))));
    // The macros alone are compiled once each.
    let macros = macros.replace("(l40)", "(a)");
    assert!(load(&format!("{macros}{}", rule("evt.type = open and m40", "x"))));
    // A hundred thousand items are fine.
    let items = (0..100_000).map(|n| format!("p{n}")).collect::<Vec<_>>().join(", ");
    assert!(load(&format!(
        "- list: l\n  items: [{items}]\n{}",
        rule("evt.type = open and proc.name in (l)", "x")
    )));
    // Aliases that repeat themselves.
    let mut bomb = "- a: &a0 [x, x]\n".to_owned();
    for n in 1..30 {
        bomb += &format!("- a: &a{n} [*a{m}, *a{m}]\n", m = n - 1);
    }
    assert!(!load(&bomb));
}
