//! Argo's workflows, rollouts and applications.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, Subject, list, present, text_at};

pub(super) const CHECKS: &[Check] = &[
    rule(
        "argo-fail-fast",
        &["ARGO_WORKFLOW_INCORRECT_FAILFAST_VALUE_FALSE"],
        "A workflow that goes on after a failure",
        "Tasks that follow a failed one work on nothing, and hold their nodes.",
        "Stop at the first failure:\n  dag: {failFast: true}",
        |subject| {
            templates(subject, "/dag/failFast", "goes on after a failed task", |template| {
                template.pointer("/dag/failFast") == Some(&Value::Bool(false))
            })
        },
    ),
    rule(
        "argo-default-account",
        &["ARGO_WORKFLOW_INCORRECT_SERVICE_ACCOUNT_NAME_VALUE_DEFAULT"],
        "A workflow with the default service account",
        "Its steps have what is granted to every pod of the namespace, and others have what they need.",
        "Give it one of its own:\n  spec: {serviceAccountName: build}",
        |subject| {
            let name = text_at(&subject.document.value, "/spec/serviceAccountName");
            let wrong = is(subject, &["Workflow", "WorkflowTemplate"]) && matches!(name, "" | "default");
            wrong
                .then(|| Hit::new("/spec/serviceAccountName", "runs as the default service account"))
                .into_iter()
                .collect()
        },
    ),
    rule(
        "argo-retry-empty",
        &["ARGO_WORKFLOW_INCORRECT_RETRY_STRATEGY_VALUE_EMPTY"],
        "An empty retry strategy",
        "It retries a failing step without end.",
        "Say how often:\n  retryStrategy: {limit: \"3\"}",
        |subject| {
            templates(subject, "/retryStrategy", "retries without end", |template| {
                let strategy = template.get("retryStrategy");
                strategy.is_some_and(|value| value.as_object().is_none_or(serde_json::Map::is_empty))
            })
        },
    ),
    rule(
        "argo-retry-always",
        &["ARGO_WORKFLOW_ENSURE_RETRY_ON_BOTH_ERROR_AND_TRANSIENT_ERROR"],
        "Retries what cannot succeed",
        "`Always` also retries a step that ended as it should with a failure; an expression tells them apart.",
        "Add the condition:\n  retryStrategy:\n    retryPolicy: Always\n    expression: 'lastRetry.status == \"Error\" or (lastRetry.status == \"Failed\" and asInt(lastRetry.exitCode) not in [0])'",
        |subject| {
            templates(subject, "/retryStrategy", "retries always, without a condition", |template| {
                let strategy = template.get("retryStrategy");
                let always = strategy.is_some_and(|strategy| text_at(strategy, "/retryPolicy") == "Always");
                always && strategy.is_none_or(|strategy| text_at(strategy, "/expression").is_empty())
            })
        },
    ),
    rule(
        "argo-part-of",
        &["ARGO_CONFIGMAP_MISSING_PART_OF_LABEL_VALUE_ARGOCD"],
        "A ConfigMap of Argo CD's without its label",
        "Argo CD reads its ConfigMaps by the label; without it the settings have no effect.",
        "Label it:\n  labels: {app.kubernetes.io/part-of: argocd}",
        part_of,
    ),
    rule(
        "argo-pause",
        &["ARGO_ROLLOUT_MISSING_PAUSE_DURATION"],
        "A rollout that waits for a person",
        "A pause without a duration waits until somebody goes on: half the users have the new version meanwhile.",
        "Say how long:\n  steps: [{pause: {duration: 1h}}]",
        pause,
    ),
    rule(
        "argo-namespace",
        &["ARGO_APP_PROJECT_INCORRECT_NAMESPACE_VALUE"],
        "An Argo CD object outside of its namespace",
        "Argo CD sees applications in its own namespace, unless it is told of others.",
        "Place it there:\n  metadata: {namespace: argocd}",
        |subject| {
            let wrong = is(subject, &["Application", "AppProject"])
                && subject.document.namespace.as_deref() != Some("argocd");
            wrong
                .then(|| Hit::new("/metadata/namespace", "is not in the namespace argocd"))
                .into_iter()
                .collect()
        },
    ),
    rule(
        "argo-revision-history",
        &["ARGO_WORKFLOW_INCORRECT_REVISION_HISTORY_LIMIT_VALUE_0"],
        "A rollout that keeps no revision",
        "There is nothing to go back to.",
        "Keep some:\n  spec: {revisionHistoryLimit: 3}",
        |subject| {
            let limit = subject.document.value.pointer("/spec/revisionHistoryLimit").and_then(Value::as_i64);
            let wrong = is(subject, &["Rollout"]) && limit == Some(0);
            wrong.then(|| Hit::new("/spec/revisionHistoryLimit", "keeps no revision")).into_iter().collect()
        },
    ),
    rule(
        "argo-scale-down-delay",
        &["ARGO_ROLLOUT_INCORRECT_SCALE_DOWN_DELAY_VALUE_BELOW_30"],
        "A rollout that ends the old version at once",
        "Nodes learn of the new addresses over some seconds; until then requests go to pods that are gone.",
        "Wait:\n  strategy: {blueGreen: {scaleDownDelaySeconds: 30}}",
        |subject| {
            let strategy = subject.document.value.pointer("/spec/strategy/blueGreen");
            let delay = strategy.and_then(|one| one.get("scaleDownDelaySeconds")).and_then(Value::as_i64);
            let wrong = is(subject, &["Rollout"])
                && present(strategy).is_some()
                && delay.is_none_or(|delay| delay < 30);
            let pointer = "/spec/strategy/blueGreen/scaleDownDelaySeconds";
            wrong.then(|| Hit::new(pointer, "ends the old version within 30 seconds")).into_iter().collect()
        },
    ),
    rule(
        "argo-deadline-abort",
        &["ARGO_ROLLOUT_INCORRECT_PROGRESS_DEADLINE_ABORT_VALUE_FALSE"],
        "A stuck rollout that goes on",
        "Past its deadline the broken version keeps its pods.",
        "Go back by itself:\n  spec: {progressDeadlineSeconds: 600, progressDeadlineAbort: true}",
        |subject| {
            let abort = subject.document.value.pointer("/spec/progressDeadlineAbort");
            let wrong = is(subject, &["Rollout"]) && abort != Some(&Value::Bool(true));
            wrong
                .then(|| Hit::new("/spec/progressDeadlineAbort", "does not go back when it is stuck"))
                .into_iter()
                .collect()
        },
    ),
];

const fn rule(
    id: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    why: &'static str,
    fix: &'static str,
    run: fn(&Subject<'_>) -> Vec<Hit>,
) -> Check {
    Check {
        id,
        aliases,
        severity: Severity::Low,
        title,
        why,
        fix,
        references: &["https://argoproj.github.io/"],
        opt_in: true,
        run: Run::Object(run),
        ..Check::BLANK
    }
}

/// One of these kinds, of Argo's API group.
fn is(subject: &Subject<'_>, kinds: &[&str]) -> bool {
    let document = subject.document;
    document.api_version.starts_with("argoproj.io/") && kinds.contains(&document.kind.as_str())
}

fn templates(subject: &Subject<'_>, field: &str, what: &str, wrong: impl Fn(&Value) -> bool) -> Vec<Hit> {
    if !is(subject, &["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"]) {
        return Vec::new();
    }
    let all = list(&subject.document.value, "/spec/templates").iter().enumerate();
    all.filter(|(_, template)| wrong(template))
        .map(|(index, _)| Hit::new(format!("/spec/templates/{index}{field}"), what))
        .collect()
}

fn part_of(subject: &Subject<'_>) -> Vec<Hit> {
    const NAMES: &[&str] = &[
        "argocd-tls-certs-cm",
        "argocd-rbac-cm",
        "argocd-ssh-known-hosts-cm",
        "argocd-cmd-params-cm",
        "argocd-cm",
    ];
    let document = subject.document;
    let label = text_at(&document.value, "/metadata/labels/app.kubernetes.io~1part-of");
    if document.kind != "ConfigMap" || !NAMES.contains(&document.name.as_str()) || label == "argocd" {
        return Vec::new();
    }
    vec![Hit::new("/metadata/labels/app.kubernetes.io~1part-of", "is not labelled as a part of argocd")]
}

fn pause(subject: &Subject<'_>) -> Vec<Hit> {
    if !is(subject, &["Rollout"]) {
        return Vec::new();
    }
    let steps = list(&subject.document.value, "/spec/strategy/canary/steps").iter().enumerate();
    steps
        .filter(|(_, step)| step.get("pause").is_some_and(|pause| present(pause.get("duration")).is_none()))
        .map(|(index, _)| {
            Hit::new(format!("/spec/strategy/canary/steps/{index}/pause"), "pauses without an end")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn only_argos_kinds() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec: {revisionHistoryLimit: 0, strategy: {canary: {steps: [{pause: {}}, {pause: {duration: 1h}}]}}}\n";
        assert_eq!(run("argo-pause", text).len(), 1);
        assert_eq!(run("argo-revision-history", text).len(), 1);
        assert!(run("argo-pause", &text.replace("argoproj.io", "example.com")).is_empty());
    }
}
