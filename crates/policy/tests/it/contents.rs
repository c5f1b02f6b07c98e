//! Secrets, hygiene, licences and the user's own rules; attested facts; what the ledger remembers; exceptions of a scan.

use seawall_findings::FindingKind::{Damaged, Hygiene, Secret};
use seawall_findings::{Finding, FindingKind, Found, Location, Package, PackageType, Severity};
use seawall_policy::{Object, Outcome, Question, Stage, Verdict, evaluate, except, parse};
use serde_json::json;

use super::evidence::{ask, finding, good, report};

fn policy(spec: &str) -> Vec<seawall_policy::Policy> {
    let text =
        format!("apiVersion: seawall.dev/v1alpha1\nkind: Policy\nmetadata: {{name: own}}\nspec:\n{spec}");
    parse("own.yaml", &text).unwrap_or_else(|error| panic!("{error}"))
}

fn lines(verdict: &Verdict, outcome: Outcome) -> Vec<String> {
    verdict.of(outcome).map(|reason| format!("{}: {}", reason.rule, reason.message)).collect()
}

fn seen(kind: FindingKind, id: &str, severity: Severity, path: &str) -> Finding {
    Finding {
        location: Location { path: path.into(), layer: None },
        ..Finding::new(kind, id, severity, format!("{id} is here"))
    }
}

fn asked(findings: Vec<Finding>, looked_for: Vec<FindingKind>) -> Question<'static> {
    let mut image = good(vec![]);
    image.report = Some(seawall_findings::Report { looked_for, ..report(findings) });
    ask(Stage::Admit, image)
}

#[test]
fn secrets_and_tools_are_refused_by_id_and_severity() {
    let policies = policy(
        "  deny:\n    - secret: {}\n    - hygiene: {forbid: [curl, package-manager], severity: medium}\n  warn:\n    \
         - hygiene: {ids: [\"setuid-*\"]}\n    - damaged: {}\n  exceptions:\n    \
         - {id: aws-access-key-id, paths: [\"test/**\"], reason: example, owner: shop, until: 2027-01-01}\n",
    );
    let findings = vec![
        seen(Secret, "aws-access-key-id", Severity::Critical, "app/.env"),
        seen(Secret, "aws-access-key-id", Severity::Critical, "test/data/.env"),
        seen(Hygiene, "tool-curl", Severity::Medium, "usr/bin/curl"),
        seen(Hygiene, "tool-wget", Severity::Medium, "usr/bin/wget"),
        seen(Hygiene, "tool-package-manager", Severity::Low, "usr/bin/apt"),
        seen(Hygiene, "setuid-file", Severity::Low, "usr/bin/su"),
        seen(Damaged, "damaged-lockfile", Severity::Low, "app/yarn.lock"),
    ];
    let verdict = evaluate(&policies, &asked(findings, vec![Secret, Hygiene]));
    insta::assert_debug_snapshot!(lines(&verdict, Outcome::Deny), @r#"
    [
        "deny[0].secret: aws-access-key-id (critical) aws-access-key-id is here in app/.env",
        "deny[1].hygiene: tool-curl (medium) tool-curl is here in usr/bin/curl",
    ]
    "#);
    insta::assert_debug_snapshot!(lines(&verdict, Outcome::Warn), @r#"
    [
        "warn[0].hygiene: setuid-file (low) setuid-file is here in usr/bin/su",
        "warn[1].damaged: damaged-lockfile (low) damaged-lockfile is here in app/yarn.lock",
    ]
    "#);
    insta::assert_debug_snapshot!(lines(&verdict, Outcome::Allow), @r#"
    [
        "deny[0].secret: aws-access-key-id (critical) aws-access-key-id is here in test/data/.env; accepted by shop until 2027-01-01: example",
    ]
    "#);
}

#[test]
fn what_was_not_looked_for_is_not_taken_for_absent() {
    let policies = policy("  deny:\n    - secret: {}\n    - hygiene: {forbid: [curl]}\n");
    let verdict = evaluate(&policies, &asked(vec![], vec![FindingKind::Hygiene]));
    assert_eq!(lines(&verdict, Outcome::Deny), ["deny[0].secret: the scan did not look for secret"]);
    assert!(policies[0].needs_report());
    let kinds: Vec<_> = policies[0].looks_for().collect();
    assert_eq!(kinds, [FindingKind::Secret, FindingKind::Hygiene]);
}

#[test]
fn licences_of_packages() {
    let package = |name: &str, licences: &[&str]| Package {
        kind: PackageType::Npm,
        name: name.into(),
        version: "1.0".into(),
        purl: format!("pkg:npm/{name}@1.0"),
        source_name: None,
        source_version: None,
        architecture: None,
        licences: licences.iter().map(ToString::to_string).collect(),
        location: Location::default(),
        found: Found::Installed,
    };
    let mut question = asked(vec![], vec![]);
    question.images[0].report.as_mut().unwrap().packages = vec![
        package("fine", &["MIT OR AGPL-3.0-only"]),
        package("bad", &["AGPL-3.0-only"]),
        package("silent", &[]),
        package("excepted", &["AGPL-3.0-or-later"]),
    ];
    let policies = policy(
        "  deny:\n    - licence: {deny: [\"AGPL-*\"]}\n  warn:\n    - licence: {unknown: true}\n  exceptions:\n    \
         - {id: AGPL-3.0-or-later, packages: [excepted], reason: bought, owner: legal, until: 2027-01-01}\n",
    );
    let verdict = evaluate(&policies, &question);
    assert_eq!(lines(&verdict, Outcome::Deny), ["deny[0].licence: bad 1.0: its licence is AGPL-3.0-only"]);
    assert_eq!(lines(&verdict, Outcome::Warn), ["warn[0].licence: silent 1.0: its licence is not known"]);
}

#[test]
fn own_rules_hold_for_every_object_that_they_mean() {
    let policies = policy(
        "  deny:\n    - rule: {name: replicas, cel: \"object.spec.replicas >= 2\", kinds: [Deployment], \
         message: run at least two replicas}\n",
    );
    let mut question = ask(Stage::Gate, good(vec![]));
    let object = |place: &str, kind: &str, spec| Object {
        place: place.into(),
        value: json!({"kind": kind, "spec": spec}),
    };
    question.objects = vec![
        object("a.yaml:1:1", "Deployment", json!({"replicas": 3})),
        object("a.yaml:9:1", "Deployment", json!({"replicas": 1})),
        object("b.yaml:1:1", "Deployment", json!({})),
        object("c.yaml:1:1", "Service", json!({})),
    ];
    let verdict = evaluate(&policies, &question);
    insta::assert_debug_snapshot!(lines(&verdict, Outcome::Deny), @r#"
    [
        "deny[0].rule: replicas: run at least two replicas",
        "deny[0].rule: replicas: `object.spec.replicas >= 2` cannot be evaluated: No such key: replicas",
    ]
    "#);
    assert_eq!(
        verdict.of(Outcome::Deny).map(|r| r.subject.as_str()).collect::<Vec<_>>(),
        ["a.yaml:9:1", "b.yaml:1:1"]
    );
}

#[test]
fn a_condition_over_what_was_attested() {
    let policies = policy(
        "  require:\n    - attestation: {type: slsaprovenance1, keys: [ci.pub], \
         cel: \"predicate.runDetails.builder.id.startsWith('https://ci.example.com/')\"}\n",
    );
    let ask_with = |predicate| {
        let mut question = ask(Stage::Admit, good(vec![]));
        question.images[0].attestations[0].predicate_type = "https://slsa.dev/provenance/v1".into();
        question.images[0].attestations[0].predicate = predicate;
        lines(&evaluate(&policies, &question), Outcome::Deny)
    };
    let built_by = |id: &str| Some(json!({"runDetails": {"builder": {"id": id}}}));
    assert!(ask_with(built_by("https://ci.example.com/runner")).is_empty());
    insta::assert_debug_snapshot!([
        ask_with(built_by("https://elsewhere.example.com/")),
        ask_with(Some(json!({}))),
        ask_with(None)
    ], @r#"
    [
        [
            "require[0].attestation: no `slsaprovenance1` attestation by ci.pub fulfils `predicate.runDetails.builder.id.startsWith('https://ci.example.com/')`",
        ],
        [
            "require[0].attestation: no `slsaprovenance1` attestation by ci.pub fulfils `predicate.runDetails.builder.id.startsWith('https://ci.example.com/')` (No such key: runDetails)",
        ],
        [
            "require[0].attestation: no `slsaprovenance1` attestation by ci.pub fulfils `predicate.runDetails.builder.id.startsWith('https://ci.example.com/')` (its predicate was not read)",
        ],
    ]
    "#);
}

#[test]
fn an_identity_counts_as_a_key_does() {
    let identity = "{subject: \"https://ci.example.com/shop\", issuer: \"https://token.example.com\", trustedRoot: root.json}";
    let policies = policy(&format!(
        "  require:\n    - signature: {{keys: [team.pub], identities: [{identity}], threshold: 2}}\n"
    ));
    assert_eq!(policies[0].identities()[0].trusted_root, "root.json");
    let mut question = ask(Stage::Admit, good(vec![]));
    let denied = lines(&evaluate(&policies, &question), Outcome::Deny);
    assert_eq!(
        denied,
        ["require[0].signature: 2 of these keys must have signed: team.pub, https://ci.example.com/shop by \
          https://token.example.com; valid: team.pub"]
    );
    let mut second = question.images[0].signatures[0].clone();
    second.key = policies[0].identities()[0].name();
    question.images[0].signatures.push(second);
    assert!(evaluate(&policies, &question).allowed());
    let wrong = format!(
        "apiVersion: seawall.dev/v1alpha1\nkind: Policy\nmetadata: {{name: own}}\nspec:\n  require:\n    - signature: {{identities: [{}]}}\n",
        identity.replace("issuer: \"https://token.example.com\", ", "")
    );
    assert_eq!(
        parse("own.yaml", &wrong).unwrap_err().to_string(),
        "own.yaml:6:32: the identity needs `issuer`: who vouched for the subject: the OIDC issuer"
    );
}

#[test]
fn a_remembered_signature_counts_as_long_as_the_policy_lets_it() {
    let ask_at = |remember: &str, time: &str| {
        let policies = policy(&format!("  require:\n    - signature: {{keys: [team.pub]{remember}}}\n"));
        let mut question = ask(Stage::Admit, good(vec![]));
        question.images[0].signatures[0].remembered = Some(time.parse().unwrap());
        evaluate(&policies, &question)
    };
    let fine = ask_at(", remember: 24h", "2026-11-24T00:00:00Z");
    assert!(fine.allowed());
    assert_eq!(
        lines(&fine, Outcome::Allow),
        ["require[0].signature: signed with team.pub, as the ledger remembers of 2026-11-24T00:00:00Z"]
    );
    assert!(!ask_at(", remember: 24h", "2026-11-23T11:00:00Z").allowed(), "too old");
    assert!(!ask_at(", remember: 24h", "2026-11-25T11:00:00Z").allowed(), "of a time to come");
    assert!(!ask_at("", "2026-11-24T11:59:00Z").allowed(), "the policy lets nothing be remembered");
}

#[test]
fn exceptions_mark_the_findings_of_a_report() {
    let until = "reason: r, owner: o, until: 2027-01-01";
    let policies = policy(&format!(
        "  exceptions:\n    - {{id: CVE-1, packages: [expat], {until}}}\n    \
         - {{id: CVE-2, purls: [\"pkg:deb/debian/curl\"], images: [\"registry.example.com/shop\"], {until}}}\n    \
         - {{id: CVE-3, images: [\"registry.example.com/other\"], {until}}}\n    \
         - {{id: CVE-4, reason: r, owner: o, until: 2026-11-23}}\n"
    ));
    let mut report = report(vec![
        finding("CVE-1", Severity::High, "expat", &[]),
        finding("CVE-1", Severity::High, "curl", &[]),
        finding("CVE-2", Severity::High, "curl", &[]),
        finding("CVE-3", Severity::High, "curl", &[]),
        finding("CVE-4", Severity::High, "curl", &[]),
    ]);
    except(&policies, &mut report, jiff::civil::date(2026, 11, 24));
    let marked: Vec<bool> = report.findings.iter().map(|finding| finding.suppressed.is_some()).collect();
    assert_eq!(marked, [true, false, true, false, false]);
    assert_eq!(report.summary().suppressed, 2);
}
