//! How many replicas there are, and what changes them.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, Subject, present};

const REFERENCES: &[&str] = &["https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "replicas-single",
        aliases: &["DEPLOYMENT_INCORRECT_REPLICAS_VALUE", "minimum-three-replicas"],
        severity: Severity::Low,
        title: "One replica only",
        why: "Every update of a node stops the application.",
        fix: "Run two or more, or let an autoscaler do it (and leave the number out):\n  spec: {replicas: 2}",
        references: REFERENCES,
        run: Run::Object(single),
        ..Check::BLANK
    },
    Check {
        id: "autoscaler-minimum",
        aliases: &["HPA_MISSING_MINREPLICAS_KEY", "hpa-minimum-replicas"],
        severity: Severity::Low,
        title: "An autoscaler without a minimum",
        why: "The default is one: in quiet hours every update of a node stops the application.",
        fix: "Keep two:\n  spec: {minReplicas: 2, maxReplicas: 10}",
        references: &["https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"],
        run: Run::Object(|subject| autoscaler(subject, "minReplicas", "has no minimum of replicas")),
        ..Check::BLANK
    },
    Check {
        id: "autoscaler-maximum",
        aliases: &["HPA_MISSING_MAXREPLICAS_KEY"],
        severity: Severity::Medium,
        title: "An autoscaler without a maximum",
        why: "The API server refuses it: without an end, load or an attack would fill the cluster.",
        fix: "Set an end:\n  spec: {minReplicas: 2, maxReplicas: 10}",
        references: &["https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"],
        run: Run::Object(|subject| autoscaler(subject, "maxReplicas", "has no maximum of replicas")),
        ..Check::BLANK
    },
    Check {
        id: "disruption-budget-blocks",
        aliases: &["pdb-max-unavailable", "pdb-min-available"],
        severity: Severity::Medium,
        title: "A disruption budget that lets no pod go",
        why: "With `maxUnavailable: 0` or `minAvailable: 100%` no node can be drained: updates of the cluster hang.",
        fix: "Let one go:\n  spec: {maxUnavailable: 1}",
        references: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        run: Run::Object(blocks),
        ..Check::BLANK
    },
];

fn single(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let replicas = document.value.pointer("/spec/replicas").and_then(Value::as_i64);
    if document.kind != "Deployment" || replicas != Some(1) {
        return Vec::new();
    }
    vec![Hit::new("/spec/replicas", "runs one replica only")]
}

fn autoscaler(subject: &Subject<'_>, field: &str, what: &str) -> Vec<Hit> {
    let document = subject.document;
    let there = present(document.value.pointer(&format!("/spec/{field}"))).is_some();
    if document.kind != "HorizontalPodAutoscaler" || there {
        return Vec::new();
    }
    vec![Hit::new(format!("/spec/{field}"), what)]
}

fn blocks(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    if document.kind != "PodDisruptionBudget" {
        return Vec::new();
    }
    let is = |field: &str, texts: &[&str]| {
        let value = document.value.pointer(&format!("/spec/{field}"));
        let value = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        value.is_some_and(|value| texts.contains(&value.as_str()))
    };
    [("maxUnavailable", &["0", "0%"][..]), ("minAvailable", &["100%"])]
        .into_iter()
        .filter(|(field, texts)| is(field, texts))
        .map(|(field, texts)| Hit::new(format!("/spec/{field}"), format!("`{field}` is {}", texts[0])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn numbers() {
        assert_eq!(
            run("replicas-single", "kind: Deployment\nmetadata: {name: d}\nspec: {replicas: 1}\n").len(),
            1
        );
        assert!(run("replicas-single", "kind: Deployment\nmetadata: {name: d}\nspec: {}\n").is_empty());
        assert_eq!(
            run(
                "autoscaler-minimum",
                "kind: HorizontalPodAutoscaler\nmetadata: {name: d}\nspec: {maxReplicas: 3}\n"
            )
            .len(),
            1
        );
        assert_eq!(
            run(
                "disruption-budget-blocks",
                "kind: PodDisruptionBudget\nmetadata: {name: d}\nspec: {maxUnavailable: 0}\n"
            )[0],
            "3:8 medium PodDisruptionBudget d: `maxUnavailable` is 0"
        );
    }
}
