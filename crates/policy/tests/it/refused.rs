//! Files that are refused, with the words people see.

use proptest::prelude::*;
use seawall_policy::parse;

/// The production policy with one replacement.
fn error(from: &str, to: &str) -> String {
    assert!(super::PRODUCTION.contains(from), "{from}");
    parse("policy.yaml", &super::PRODUCTION.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn each_mistake_says_where_what_and_what_instead() {
    insta::assert_snapshot!(error("{severity: high,", "{severty: high,"),
        @"policy.yaml:14:23: unknown key `severty` in `vulnerability`: did you mean `severity`? Keys here are: severity, fixable, graceDays, exploited");
    insta::assert_snapshot!(error("severity: high", "severity: hihg"),
        @"policy.yaml:14:33: `severity`: `hihg` is no severity, did you mean `high`?; they are: unknown, negligible, low, medium, high, critical");
    insta::assert_snapshot!(error("- vulnerability: {exploited", "- vulnerabilty: {exploited"),
        @"policy.yaml:15:7: unknown kind of rule `vulnerabilty` in `deny`: did you mean `vulnerability`? Kinds here are: vulnerability, check, secret, hygiene, damaged, licence, rule");
    insta::assert_snapshot!(error(
        "- check: {profile: restricted}",
        "- rule: {name: replicas, cel: 'object.spec.replicas >='}"
    ), @r"
    policy.yaml:16:30: `cel`: is no CEL expression: 1:24: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}
    ");
    insta::assert_snapshot!(error(
        "- check: {profile: restricted}",
        "- rule: {name: replicas, cel: 'objekt.spec.replicas >= 2'}"
    ), @r"
    policy.yaml:16:30: `cel`: names `objekt`; here there is object
    ");
    insta::assert_snapshot!(error("- check: {profile: restricted}", "- hygiene: {forbid: []}"), @r"
    policy.yaml:16:17: `forbid`: is empty, so the rule would match nothing; name something or remove it
    ");
    insta::assert_snapshot!(error("- check: {profile: restricted}", "- licence: {}"), @r"
    policy.yaml:16:16: `licence`: says nothing: give `deny` or `allow` (SPDX ids, with globs), or `unknown: true`
    ");
    insta::assert_snapshot!(error("maxAge: 24h", "cel: 'object.x'"), @r"
    policy.yaml:11:33: `cel`: names `object`; here there is predicate
    ");
    insta::assert_snapshot!(error("profile: restricted", "profile: restrict"),
        @"policy.yaml:16:15: `profile`: there is no profile `restrict`, did you mean `restricted`?; there are: baseline, restricted");
    // All ids follow; which ones there are is the checks' to say.
    let unknown = error("profile: restricted", "ids: [pod-priviledged]");
    insta::assert_snapshot!(unknown.split_once(", ").unwrap().0,
        @"policy.yaml:16:15: `ids`: there is no check `pod-priviledged`");
    assert!(unknown.contains("did you mean `pod-privileged`?; there are: pod-privileged, "), "{unknown}");
    insta::assert_snapshot!(error("reason: \"no untrusted XML reaches it\", ", ""),
        @"policy.yaml:20:7: the exception needs `reason`: why it is acceptable");
    insta::assert_snapshot!(error("until: 2027-01-31", "until: 31.01.2027"),
        @"policy.yaml:20:103: `until`: `31.01.2027` is no day; write year-month-day, such as 2027-01-31");
    insta::assert_snapshot!(error("until: 2027-01-31", "until: 2027-02-30"),
        @"policy.yaml:20:103: `until`: `2027-02-30` is no day; write year-month-day, such as 2027-01-31");
    insta::assert_snapshot!(error("keys: [team.pub]", "keys: []"),
        @"policy.yaml:10:25: `keys`: is empty, so nothing could ever satisfy it; name a public key file");
    insta::assert_snapshot!(error("threshold: 1", "threshold: 2"),
        @"policy.yaml:10:37: `threshold`: 2 signatures by different keys are asked for, but `keys` names 1");
    insta::assert_snapshot!(error("threshold: 1", "threshold: 0"),
        @"policy.yaml:10:48: `threshold`: `0` is no whole number from 1 to 1000000");
    insta::assert_snapshot!(error("fixable: true", "fixable: \"true\""),
        @"policy.yaml:14:48: `fixable` must be true or false, but is a text");
    insta::assert_snapshot!(error("maxAge: 24h", "maxAge: soon"),
        @"policy.yaml:11:41: `maxAge`: `soon` is no duration; write `24h` or `7d`");
    insta::assert_snapshot!(error("type: vuln", "type: vulns"),
        @"policy.yaml:11:21: `type`: `vulns` is no predicate type: use a URI or one of vuln, cyclonedx, spdx, spdxjson, slsaprovenance, slsaprovenance02, slsaprovenance1, openvex, custom");
    insta::assert_snapshot!(error("digest: pinned", "digest: pined"),
        @"policy.yaml:12:15: `digest`: `pined` is not known; write `digest: pinned`");
    insta::assert_snapshot!(error("apiVersion: seawall.dev/v1alpha1", "apiVersion: seawall.dev/v1"),
        @"policy.yaml:2:13: `apiVersion`: expected `seawall.dev/v1alpha1`");
    insta::assert_snapshot!(error("kind: Policy", "kind: Polices"),
        @"policy.yaml:3:7: `kind`: expected `Policy`");
    insta::assert_snapshot!(error("  require:", "  requires:"),
        @"policy.yaml:9:3: unknown key `requires` in `spec`: did you mean `require`? Keys here are: match, require, deny, warn, exceptions");
    insta::assert_snapshot!(error("[\"prod-*\"]", "[\"prod-[\"]"),
        @"policy.yaml:8:5: `namespaces`: `prod-[` is no glob: unclosed character class; missing ']'");
    insta::assert_snapshot!(error("metadata: {name: production}", "metadata: {}"),
        @"policy.yaml:4:11: `metadata` needs `name`: verdicts name the policy");
    insta::assert_snapshot!(error("exploited: true}", "exploited: true"),
        @"policy.yaml:16:12: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'");
    insta::assert_snapshot!(parse("policy.yaml", "# nothing\n").unwrap_err(),
        @"policy.yaml: no policy in this file; it needs `apiVersion: seawall.dev/v1alpha1` and `kind: Policy`");
    let twice = format!("{0}---{0}", super::PRODUCTION);
    insta::assert_snapshot!(parse("policy.yaml", &twice).unwrap_err(),
        @"policy.yaml:24:12: `name`: two policies of this file have the name `production`; verdicts name policies");
}

#[test]
fn several_policies_of_one_file() {
    let text =
        format!("{}---{}", super::PRODUCTION, super::PRODUCTION.replace("name: production", "name: staging"));
    let policies = parse("policy.yaml", &text).unwrap();
    assert_eq!(
        policies.iter().map(|policy| policy.name.as_str()).collect::<Vec<_>>(),
        ["production", "staging"]
    );
    assert_eq!(policies[0].keys(), ["team.pub", "ci.pub"]);
    assert!(policies[0].needs_report());
    let lints = seawall_policy::lint(&policies[0], jiff::civil::date(2027, 2, 1));
    insta::assert_snapshot!(lints[0], @"policy.yaml:20:7: the exception for CVE-2026-24515 by payments expired on 2027-01-31 and no longer applies; remove it, or renew it with a new date");
    assert!(seawall_policy::lint(&policies[0], jiff::civil::date(2027, 1, 31)).is_empty());
}

proptest! {
    #[test]
    fn any_change_of_one_character_is_a_policy_or_an_error(at in 0usize..700, with in "[ -~\n]") {
        let mut text: Vec<char> = super::PRODUCTION.chars().collect();
        let at = at % text.len();
        text[at] = with.chars().next().unwrap_or(' ');
        let _ = parse("policy.yaml", &text.into_iter().collect::<String>());
    }
}
