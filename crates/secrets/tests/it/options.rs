//! A user's own configuration, in Seawall's words and in Trivy's.

use seawall_secrets::{Options, Scanner};

use crate::corpus::{Dice, checked};

fn ids(config: &str, path: &str, text: &str) -> Vec<String> {
    let scanner = Scanner::new(Options::parse(config).unwrap()).unwrap();
    scanner.scan(path, text.as_bytes()).into_iter().map(|finding| finding.id).collect()
}

const TRIVY: &str = r#"
rules:
  - id: team-token
    category: general
    title: Team token
    severity: HIGH
    keywords: [TEAM]
    regex: (?P<key>team)(=|:).{0,5}['"](?P<secret>[0-9a-z\-_=]{8,64})['"]
    secret-group-name: secret
    allow-rules:
      - id: known
        regex: knownvalue
enable-builtin-rules: [github-pat, gitlab-pat]
disable-rules: [gitlab-pat]
allow-rules:
  - id: fixtures
    path: ^fixtures/
exclude-block:
  description: blocks
  regexes: ["--- start ---(?s:.*?)--- stop ---"]
"#;

#[test]
fn trivys_configuration_is_read() {
    let pat = checked(&mut Dice::new(1), "ghp_", 30);
    let lab = format!("glpat-{}", Dice::new(2).text(crate::corpus::ALL, 20));
    let text = format!(
        "a {pat}\nb {lab}\nteam='abcdefgh1' TEAM\nteam='knownvalue1'\n--- start ---\nteam='blocked12'\n--- stop ---\n"
    );
    assert_eq!(ids(TRIVY, "a.txt", &text), ["github-pat", "team-token"]);
    let scanner = Scanner::new(Options::parse(TRIVY).unwrap()).unwrap();
    assert!(!scanner.wants("fixtures/a.txt", 100) && scanner.wants("src/a.txt", 100));
}

#[test]
fn seawalls_words_do_the_same() {
    let config = "disable: [github-pat]\nskip: ['**/*.bak']\nknownFormatsOnly: true\n";
    let text = format!("a {}\npassword = \"Tr0ub4dor&3x!\"", checked(&mut Dice::new(1), "ghp_", 30));
    assert_eq!(ids(config, "a.py", &text), [""; 0]);
    let scanner = Scanner::new(Options::parse(config).unwrap()).unwrap();
    assert!(!scanner.wants("a/b.bak", 100));
    assert_eq!(ids("", "a.py", &text).len(), 2);
}

#[test]
fn mistakes_are_named() {
    let told = |text: &str| {
        let error = Options::parse(text).unwrap_err();
        error.to_string().lines().next().unwrap_or_default().to_owned()
    };
    assert!(told("rules: [{id: a, regex: '('}]").starts_with("the pattern of `a` cannot be used"));
    assert_eq!(
        told("rules: [{regex: a}]"),
        "rule 1 of the secret configuration has no id of its own: give each rule an id"
    );
    assert_eq!(
        told("rules: [{id: a, regex: a, secret-group-name: s}]"),
        "the pattern of `a` has no group named `s`"
    );
    assert!(told("rulez: []").contains("rulez"));
    assert!(told("rules: [{id: a, regex: '(a{1000}){1000}'}]").contains("cannot be used"));
}
