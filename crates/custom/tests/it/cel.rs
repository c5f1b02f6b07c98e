//! CEL.

use serde_json::json;

use crate::{lines, load, refused, run};

const CHECK: &str = r#"
apiVersion: seawall.dev/v1alpha1
kind: Check
metadata: {name: replicas}
spec:
  title: Deployments run at least two replicas
  severity: medium
  kinds: [Deployment]
  validations:
    - {cel: "object.spec.replicas >= 2", message: one replica is an outage, pointer: /spec/replicas}
  fix: set spec.replicas to 2 or more
  tests:
    - {name: two are enough, pass: true, object: {kind: Deployment, spec: {replicas: 2}}}
    - {name: one is not, pass: false, object: {kind: Deployment, spec: {replicas: 1}}}
    - {name: a wrong test, pass: true, object: {kind: Deployment, spec: {replicas: 1}}}
"#;

/// The example of Kubernetes' documentation, in other words.
const ADMISSION: &str = r#"
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few-replicas.example.com}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  matchConditions:
    - {name: not-system, expression: "request.namespace != 'kube-system'"}
  validations:
    - {expression: "object.spec.replicas <= 5", message: at most five replicas}
    - {expression: "!has(object.metadata.labels) || 'team' in object.metadata.labels"}
"#;

#[test]
fn a_check_of_ones_own_with_its_tests() {
    let checks = load(&[("replicas.yaml", CHECK), ("other.yaml", "kind: ConfigMap\n")]);
    let shop = |replicas| json!({"kind": "Deployment", "metadata": {"name": "shop"}, "spec": {"replicas": replicas}});
    assert_eq!(
        lines(&run(&checks, &shop(1))),
        ["replicas medium 3: Deployment shop: one replica is an outage"]
    );
    assert!(run(&checks, &shop(2)).is_empty());
    let unknown = lines(&run(&checks, &json!({"kind": "Deployment", "spec": {}})));
    assert!(unknown[0].contains("`object.spec.replicas >= 2` cannot be evaluated"), "{unknown:?}");
    assert!(run(&checks, &json!({"kind": "Pod"})).is_empty());
    let failures: Vec<_> = checks.test().into_iter().map(|test| (test.name, test.failure)).collect();
    assert_eq!(
        failures,
        [
            ("replicas: two are enough".into(), None),
            ("replicas: one is not".into(), None),
            (
                "replicas: a wrong test".into(),
                Some("it should pass, but: one replica is an outage".to_owned())
            ),
        ]
    );
}

#[test]
fn an_admission_policy_of_kubernetes_unmodified() {
    let checks = load(&[("policy.yaml", ADMISSION)]);
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": "prod", "labels": {"app": "shop"}}, "spec": {"replicas": 6}
    });
    assert_eq!(
        lines(&run(&checks, &object)),
        [
            "few-replicas.example.com high 1: Deployment shop: at most five replicas",
            "few-replicas.example.com high 1: Deployment shop: ValidatingAdmissionPolicy few-replicas.example.com",
        ]
    );
    let mut system = object.clone();
    system["metadata"]["namespace"] = json!("kube-system");
    assert!(run(&checks, &system).is_empty());
    assert!(run(&checks, &json!({"kind": "Service", "spec": {"replicas": 6}})).is_empty());
}

#[test]
fn mistakes_are_named() {
    let wrong = |from: &str, to: &str| refused(&[("a.yaml", &CHECK.replace(from, to))]);
    assert_eq!(
        wrong("object.spec.replicas >= 2", "objekt.spec"),
        "a.yaml: spec.validations[0].cel names `objekt`; here there is object"
    );
    assert_eq!(wrong("severity: medium", "severity: grave"), "a.yaml: spec.severity: `grave` is no severity");
}
