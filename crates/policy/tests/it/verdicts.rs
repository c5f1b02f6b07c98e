//! Verdicts.

use seawall_findings::{Finding, Severity};
use seawall_policy::{ImageEvidence, Outcome, Policy, Question, Stage, Verdict, evaluate, parse};

use super::evidence::{ask, digest, finding, good, report};

fn policies() -> Vec<Policy> {
    parse("policy.yaml", super::PRODUCTION).unwrap()
}

fn judge(question: &Question<'_>) -> Verdict {
    evaluate(&policies(), question)
}

/// Messages of the denials.
fn denials(verdict: &Verdict) -> Vec<String> {
    verdict.of(Outcome::Deny).map(|reason| format!("{}: {}", reason.rule, reason.message)).collect()
}

#[test]
fn everything_there_is_allowed() {
    let verdict = judge(&ask(Stage::Admit, good(vec![])));
    assert!(verdict.allowed());
    insta::assert_snapshot!(verdict.render(5), @r#"
    ALLOWED

    ok: policy `production`, require[0].signature: signed with team.pub
    ok: policy `production`, require[1].attestation: `vuln` attestation by ci.pub of 2026-11-24T08:00:00Z
    ok: policy `production`, require[2].digest: named by digest
    "#);
    let text = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
}

#[test]
fn nothing_there_is_denied() {
    let image = ImageEvidence {
        reference: "registry.example.com/shop:1.0".into(),
        repository: "registry.example.com/shop".into(),
        problems: vec!["registry.example.com: connection refused".into()],
        ..ImageEvidence::default()
    };
    insta::assert_snapshot!(judge(&ask(Stage::Admit, image)).render(5), @r#"
    DENIED

    deny: policy `production`, require[0].signature
      registry.example.com/shop:1.0
        - the image's digest is not known (registry.example.com: connection refused), so nothing can be verified about it
        remedy: check that the image is in the registry and that Seawall can reach and read it

    deny: policy `production`, require[1].attestation
      registry.example.com/shop:1.0
        - the image's digest is not known (registry.example.com: connection refused), so nothing can be verified about it
        remedy: check that the image is in the registry and that Seawall can reach and read it

    deny: policy `production`, require[2].digest
      registry.example.com/shop:1.0
        - the image's digest is not known (registry.example.com: connection refused)
        remedy: name the image by digest: registry.example.com/shop@sha256:…

    deny: policy `production`, deny[0].vulnerability
      registry.example.com/shop:1.0
        - not scanned (registry.example.com: connection refused)
        remedy: scan it: seawall scan image registry.example.com/shop:1.0
    "#);
}

#[test]
fn vulnerabilities_are_grouped_and_excepted() {
    let many: Vec<Finding> = (1..=7)
        .map(|n| finding(&format!("CVE-2026-000{n}"), Severity::High, "openssl", &["3.0.20"]))
        .collect();
    let mut findings = many;
    findings.push(finding("CVE-2026-24515", Severity::Critical, "expat", &["2.7.4"]));
    findings.push(finding("CVE-2026-24515", Severity::Critical, "xmltools", &["2.7.4"]));
    findings.push(finding("CVE-2026-0099", Severity::Medium, "zlib", &[]));
    insta::assert_snapshot!(judge(&ask(Stage::Gate, good(findings))).render(3), @r#"
    DENIED

    deny: policy `production`, deny[0].vulnerability
      registry.example.com/shop:1.1@sha256:abababababababababababababababababababababababababababababababab
        - CVE-2026-0001 (high) in openssl 1.0, fixed in 3.0.20
        - CVE-2026-0002 (high) in openssl 1.0, fixed in 3.0.20
        - CVE-2026-0003 (high) in openssl 1.0, fixed in 3.0.20
        … and 5 more
        remedy: upgrade openssl to 3.0.20
        remedy: upgrade xmltools to 2.7.4

    warn: policy `production`, warn[0].vulnerability
      registry.example.com/shop:1.1@sha256:abababababababababababababababababababababababababababababababab
        - CVE-2026-0099 (medium) in zlib 1.0, no fix known
        remedy: remove zlib, or write an exception with reason, owner and date

    allow: policy `production`, deny[0].vulnerability
      registry.example.com/shop:1.1@sha256:abababababababababababababababababababababababababababababababab
        - CVE-2026-24515 (critical) in expat 1.0, fixed in 2.7.4; accepted by payments until 2027-01-31: no untrusted XML reaches it

    ok: policy `production`, require[0].signature: signed with team.pub
    ok: policy `production`, require[1].attestation: `vuln` attestation by ci.pub of 2026-11-24T08:00:00Z
    ok: policy `production`, require[2].digest: named by digest
    "#);
}

#[test]
fn an_expired_exception_says_so() {
    let mut question =
        ask(Stage::Gate, good(vec![finding("CVE-2026-24515", Severity::High, "expat", &["2.7.4"])]));
    question.today = jiff::civil::date(2027, 1, 31);
    assert!(judge(&question).allowed());
    question.today = jiff::civil::date(2027, 2, 1);
    assert_eq!(
        denials(&judge(&question)),
        [
            "deny[0].vulnerability: CVE-2026-24515 (high) in expat 1.0, fixed in 2.7.4; exception by payments expired on 2027-01-31"
        ]
    );
}

#[test]
fn grace_runs_from_publication() {
    let at = |published: Option<&str>| {
        let mut found = finding("CVE-2026-1", Severity::High, "openssl", &["2"]);
        found.published = published.map(str::to_owned);
        judge(&ask(Stage::Gate, good(vec![found]))).outcome
    };
    assert_eq!(at(Some("2026-11-17T23:00:00Z")), Outcome::Warn, "seven days, and `warn` still sees it");
    assert_eq!(at(Some("2026-11-16T01:00:00Z")), Outcome::Deny);
    assert_eq!(at(None), Outcome::Deny, "no date, no grace");
    let mut exploited = finding("CVE-2026-1", Severity::Low, "openssl", &[]);
    exploited.exploited = true;
    assert!(!judge(&ask(Stage::Gate, good(vec![exploited]))).allowed());
}

#[test]
fn signatures_and_attestations() {
    let mut image = good(vec![]);
    image.signatures[0].key = "rogue.pub".into();
    image.attestations[0].timestamp = Some("2026-11-23T11:00:00Z".parse().unwrap());
    assert_eq!(
        denials(&judge(&ask(Stage::Admit, image))),
        [
            "require[0].signature: no valid signature by team.pub",
            "require[1].attestation: the newest `vuln` attestation is of 2026-11-23T11:00:00Z, older than 24h",
        ]
    );
    let mut image = good(vec![]);
    image.attestations[0].timestamp = None;
    image.attestations[0].key = "team.pub".into();
    assert_eq!(denials(&judge(&ask(Stage::Admit, image))).len(), 1, "the wrong key attested");
}

#[test]
fn a_threshold_counts_different_keys() {
    let text = super::PRODUCTION
        .replace("keys: [team.pub], threshold: 1", "keys: [team.pub, lead.pub], threshold: 2");
    let policies = parse("policy.yaml", &text).unwrap();
    let mut image = good(vec![]);
    let again = image.signatures[0].clone();
    image.signatures.push(again);
    let verdict = evaluate(&policies, &ask(Stage::Admit, image.clone()));
    assert_eq!(
        denials(&verdict),
        ["require[0].signature: 2 of these keys must have signed: team.pub, lead.pub; valid: team.pub"]
    );
    image.signatures[1].key = "lead.pub".into();
    assert!(evaluate(&policies, &ask(Stage::Admit, image)).allowed());
}

#[test]
fn pinning_depends_on_the_stage() {
    let unpinned = |stage, in_manifest| {
        judge(&ask(stage, ImageEvidence { pinned: false, in_manifest, ..good(vec![]) })).outcome
    };
    assert_eq!(unpinned(Stage::Admit, true), Outcome::Allow);
    assert_eq!(unpinned(Stage::Gate, false), Outcome::Allow);
    assert_eq!(unpinned(Stage::Gate, true), Outcome::Deny);
    assert_eq!(unpinned(Stage::Promote, true), Outcome::Deny);
}

#[test]
fn a_report_of_something_else_is_none() {
    let mut image = good(vec![]);
    image.digest = Some(seawall_findings::Digest::from_sha256([1; 32]));
    assert!(denials(&judge(&ask(Stage::Gate, image)))[0].contains("not about this digest"));
    let mut image = good(vec![]);
    image.report = Some(seawall_findings::Report { database: None, ..report(vec![]) });
    assert!(denials(&judge(&ask(Stage::Gate, image)))[0].contains("not matched against advisories"));
    assert_eq!(digest().short().len(), 12);
}

#[test]
fn where_a_policy_applies() {
    let mut question = ask(Stage::Admit, ImageEvidence { signatures: vec![], ..good(vec![]) });
    question.namespace = Some("dev");
    let verdict = judge(&question);
    assert_eq!(
        (verdict.outcome, verdict.reasons[0].message.as_str()),
        (Outcome::Allow, "no policy applies to this image")
    );
    question.namespace = None;
    assert_eq!(judge(&question).outcome, Outcome::Deny, "a namespace that is not known may be any");
    question.images[0].repository = "elsewhere.example.com/shop".into();
    question.images[0].reference = "elsewhere.example.com/shop:1.1".into();
    assert_eq!(judge(&question).outcome, Outcome::Allow);
    question.images[0].repository = String::new();
    assert_eq!(judge(&question).outcome, Outcome::Deny, "a reference that cannot be read may be any");
}

#[test]
fn a_privileged_pod() {
    let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: registry.example.com/shop:1.1\n    securityContext: {privileged: true, allowPrivilegeEscalation: false, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}, capabilities: {drop: [ALL]}}\n";
    let documents = seawall_checks::documents("pod.yaml", text).unwrap();
    let mut question = ask(Stage::Admit, good(vec![]));
    question.checks = documents.iter().flat_map(seawall_checks::check).collect();
    insta::assert_snapshot!(judge(&question).render(5), @r#"
    DENIED

    deny: policy `production`, deny[2].check
      pod.yaml:7:23
        - pod-privileged (critical) Pod p: container `c` is privileged
        remedy: Remove `privileged` (and Windows' `hostProcess`); add the one capability that is needed instead:
            securityContext:
              privileged: false
              capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}

    ok: policy `production`, require[0].signature: signed with team.pub
    ok: policy `production`, require[1].attestation: `vuln` attestation by ci.pub of 2026-11-24T08:00:00Z
    ok: policy `production`, require[2].digest: named by digest
    "#);
    insta::assert_snapshot!(judge(&question).headline(), @"deny by policy `production`: pod.yaml:7:23: pod-privileged (critical) Pod p: container `c` is privileged");
}

#[test]
fn a_policy_can_be_asked_at_some_stages_only() {
    let text = "
apiVersion: seawall.dev/v1alpha1
kind: Policy
metadata: {name: provenance}
spec:
  match: {stages: [promote, admit]}
  require:
    - signature: {keys: [team.pub]}
";
    let policies = parse("policy.yaml", text).unwrap();
    let unsigned = || ImageEvidence { signatures: vec![], ..good(vec![]) };
    assert!(evaluate(&policies, &ask(Stage::Gate, unsigned())).allowed());
    assert!(!evaluate(&policies, &ask(Stage::Promote, unsigned())).allowed());
    assert!(!evaluate(&policies, &ask(Stage::Admit, unsigned())).allowed());
    let misspelt = parse("policy.yaml", &text.replace("admit]", "admission]")).unwrap_err().to_string();
    assert!(misspelt.contains("`admission` is no stage") && misspelt.contains("admit"), "{misspelt}");
}

#[test]
fn a_registrys_other_spelling_does_not_pass_a_policy_by() {
    let named = |repository: &str| ImageEvidence {
        reference: format!("{repository}:1.0"),
        repository: repository.to_owned(),
        ..ImageEvidence::default()
    };
    let asked = |policies: &[Policy], repository: &str| {
        evaluate(policies, &ask(Stage::Admit, named(repository))).allowed()
    };
    let without = policies();
    assert!(!asked(&without, "registry.example.com:443/shop"));
    assert!(asked(&without, "registry.example.com:8443/shop"), "that is another registry");
    let text = super::PRODUCTION.replace("registry.example.com/**", "registry.example.com:443/**");
    let with = parse("policy.yaml", &text).unwrap();
    assert!(!asked(&with, "registry.example.com/shop"));
    assert!(!asked(&with, "registry.example.com:443/shop"));
}
