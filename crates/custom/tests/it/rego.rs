//! Rego.

use serde_json::json;

use crate::{lines, load, refused, run};

const CONFTEST: &str = r#"package main

deny[msg] {
  input.kind == "Deployment"
  not input.spec.template.spec.securityContext.runAsNonRoot
  msg := "Containers must not run as root"
}

deny_selector[{"msg": msg}] {
  input.kind == "Deployment"
  not input.spec.selector.matchLabels.app
  msg := sprintf("%s must provide app label for pod selectors", [input.metadata.name])
}

warn[msg] {
  input.kind == "Service"
  msg := "Services are not wanted"
}

exception[rules] {
  input.metadata.labels.legacy == "yes"
  rules := ["selector"]
}

test_root_is_denied {
  deny["Containers must not run as root"] with input as {"kind": "Deployment"}
}

test_that_fails {
  count(deny) == 17 with input as {"kind": "Service"}
}
"#;

const TRIVY: &str = r#"# METADATA
# title: No latest tag
# description: The tag moves.
# scope: package
# related_resources:
#   - https://example.com/tags
# custom:
#   id: ID001
#   avd_id: USR-ID-0001
#   severity: MEDIUM
#   recommended_actions: Name a version.
#   input:
#     selector:
#       - type: kubernetes
#         subtypes:
#           - kind: Deployment
package user.kubernetes.ID001

import rego.v1
import data.lib.kubernetes

deny contains res if {
	some container in kubernetes.containers
	endswith(container.image, ":latest")
	res := result.new(sprintf("%s: image %q uses latest", [container.name, container.image]), container)
}
"#;

const OLD: &str = r#"package user.kubernetes.ID002

__rego_metadata__ := {
	"id": "ID002",
	"severity": "CRITICAL",
	"title": "Deployment not allowed",
	"recommended_actions": "Use a StatefulSet.",
}

__rego_input__ := {"selector": [{"type": "kubernetes"}]}

deny[res] {
	input.kind == "Deployment"
	res := {"msg": "Deployments are not allowed", "filepath": "other.yaml", "startline": 7, "endline": 9}
}
"#;

#[test]
fn conftests_conventions() {
    let checks = load(&[("policy/main.rego", CONFTEST)]);
    assert_eq!(checks.len(), 3);
    let deployment = json!({"kind": "Deployment", "metadata": {"name": "shop"}, "spec": {}});
    assert_eq!(
        lines(&run(&checks, &deployment)),
        [
            "main.deny high 1: Containers must not run as root",
            "main.deny_selector high 1: shop must provide app label for pod selectors"
        ]
    );
    let excepted = json!({"kind": "Deployment", "metadata": {"name": "shop", "labels": {"legacy": "yes"}}});
    assert_eq!(lines(&run(&checks, &excepted)), ["main.deny high 1: Containers must not run as root"]);
    assert_eq!(
        lines(&run(&checks, &json!({"kind": "Service"}))),
        ["main.warn low 1: Services are not wanted"]
    );
    let tested: Vec<_> = checks.test().into_iter().map(|test| (test.name, test.failure.is_none())).collect();
    assert_eq!(
        tested,
        [("data.main.test_root_is_denied".to_owned(), true), ("data.main.test_that_fails".to_owned(), false)]
    );
}

#[test]
fn trivys_conventions_new_and_old() {
    let checks = load(&[("user/latest.rego", TRIVY), ("user/old.rego", OLD)]);
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"},
        "spec": {"template": {"spec": {"containers": [
            {"name": "web", "image": "shop:latest"}, {"name": "log", "image": "log:1.0"}
        ]}}}
    });
    let findings = run(&checks, &deployment);
    assert_eq!(
        lines(&findings),
        [
            // /spec/template/spec/containers/0 is five deep.
            "ID001 medium 6: web: image \"shop:latest\" uses latest",
            "ID002 critical 7: Deployments are not allowed"
        ]
    );
    assert_eq!(findings[0].aliases, ["USR-ID-0001"]);
    assert_eq!(findings[0].remedy, "Name a version.");
    assert_eq!(findings[0].references, ["https://example.com/tags"]);
    assert_eq!(findings[0].sources, ["user/latest.rego"]);
    assert_eq!(findings[1].location.path, "other.yaml");
    let pod = json!({"kind": "Pod", "spec": {"containers": [{"name": "web", "image": "shop:latest"}]}});
    assert!(run(&checks, &pod).is_empty(), "the selector means Deployments");
}

#[test]
fn what_fails_while_it_runs_is_a_finding() {
    let checks = load(&[(
        "a.rego",
        "package main\nimport rego.v1\ndeny contains msg if {\n  msg := a_function(input.kind)\n}\na_function(x) := 1 if x == \"Pod\"\na_function(x) := 2 if x == \"Pod\"\n",
    )]);
    let found = lines(&run(&checks, &json!({"kind": "Pod"})));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("main.deny unknown 1: the check cannot be evaluated: "), "{found:?}");
}

#[test]
fn what_does_not_load_says_where() {
    let told = refused(&[
        ("a.rego", "package main\nimport rego.v1\ndeny contains msg if {\n  msg := \n}\n"),
        ("b.yaml", "apiVersion: seawall.dev/v1alpha1\nkind: Check\nmetadata: {}\nspec: {}\n"),
        ("c.rego", "# METADATA\n# title: [\npackage c\n"),
    ]);
    assert!(told.contains("a.rego: ") && told.contains("b.yaml: metadata.name is missing"), "{told}");
    assert!(told.contains("c.rego: # METADATA"), "{told}");
}
