//! How Kubernetes learns that a container works.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, list, present};

const REFERENCES: &[&str] = &[
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "probe-liveness",
        aliases: &["CONTAINERS_MISSING_LIVENESSPROBE_KEY", "no-liveness-probe"],
        severity: Severity::Low,
        title: "No liveness probe",
        why: "A program that hangs without ending is never started anew.",
        fix: "Ask the program itself, cheaply:\n  livenessProbe:\n    httpGet: {path: /healthz, port: 8080}",
        references: REFERENCES,
        run: Run::Pod(|context| missing(context, "livenessProbe")),
        ..Check::BLANK
    },
    Check {
        id: "probe-readiness",
        aliases: &["CONTAINERS_MISSING_READINESSPROBE_KEY", "no-readiness-probe"],
        severity: Severity::Low,
        title: "No readiness probe",
        why: "Requests reach the container before it can answer, at every start and every rollout.",
        fix: "Say when it can answer:\n  readinessProbe:\n    httpGet: {path: /ready, port: 8080}",
        references: REFERENCES,
        run: Run::Pod(|context| missing(context, "readinessProbe")),
        ..Check::BLANK
    },
    Check {
        id: "probe-port",
        aliases: &["liveness-port", "readiness-port", "startup-port"],
        severity: Severity::Low,
        title: "A probe asks a port that the container does not have",
        why: "A named port that no container port has can never be asked: the container counts as broken.",
        fix: "Name a port of the same container:\n  ports: [{name: http, containerPort: 8080}]\n  livenessProbe:\n    httpGet: {path: /healthz, port: http}",
        references: REFERENCES,
        run: Run::Pod(unknown_port),
        ..Check::BLANK
    },
    timing(
        "probe-initial-delay",
        &["CONTAINERS_INCORRECT_INITIALDELAYSECONDS_VALUE"],
        "A probe without an initial delay",
        |context| unset(context, "initialDelaySeconds"),
    ),
    timing(
        "probe-period",
        &["CONTAINERS_INCORRECT_PERIODSECONDS_VALUE"],
        "A probe without a period",
        |context| unset(context, "periodSeconds"),
    ),
    timing(
        "probe-timeout",
        &["CONTAINERS_INCORRECT_TIMEOUTSECONDS_VALUE"],
        "A probe without a timeout",
        |context| unset(context, "timeoutSeconds"),
    ),
    timing(
        "probe-success-threshold",
        &["CONTAINERS_INCORRECT_SUCCESSTHRESHOLD_VALUE"],
        "A probe without a success threshold",
        |context| unset(context, "successThreshold"),
    ),
    timing(
        "probe-failure-threshold",
        &["CONTAINERS_INCORRECT_FAILURETHRESHOLD_VALUE"],
        "A probe without a failure threshold",
        |context| unset(context, "failureThreshold"),
    ),
];

const fn timing(
    id: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    run: fn(&Context<'_>) -> Vec<Hit>,
) -> Check {
    Check {
        id,
        aliases,
        severity: Severity::Low,
        title,
        why: "The default (ask every 10 s from the start, wait 1 s, give up after 3) fits few programs.",
        fix: "Say what fits the program:\n  livenessProbe:\n    initialDelaySeconds: 5\n    periodSeconds: 10\n    timeoutSeconds: 2\n    successThreshold: 1\n    failureThreshold: 3",
        references: REFERENCES,
        opt_in: true,
        run: Run::Pod(run),
        ..Check::BLANK
    }
}

const NAMES: &[&str] = &["livenessProbe", "readinessProbe", "startupProbe"];

/// Work that ends is not asked for a probe.
fn missing(context: &Context<'_>, probe: &str) -> Vec<Hit> {
    if matches!(context.document.kind.as_str(), "Job" | "CronJob") {
        return Vec::new();
    }
    let what = format!("has no {} probe", probe.strip_suffix("Probe").unwrap_or(probe));
    context
        .main()
        .filter(|container| present(container.value.get(probe)).is_none())
        .map(|container| Context::container_hit(container, probe, &what))
        .collect()
}

fn unset(context: &Context<'_>, field: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in context.lasting() {
        for name in NAMES {
            let Some(probe) = present(container.value.get(name)) else { continue };
            if present(probe.get(field)).is_none() {
                let what = format!("has a {name} without `{field}`");
                hits.push(Context::container_hit(container, &format!("{name}/{field}"), &what));
            }
        }
    }
    hits
}

/// Ports by number may be open without being declared; a name must be.
fn unknown_port(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in context.lasting() {
        let ports = list(container.value, "/ports");
        for name in NAMES {
            for how in ["httpGet", "tcpSocket"] {
                let pointer = format!("/{name}/{how}/port");
                let Some(port) = container.value.pointer(&pointer).and_then(Value::as_str) else { continue };
                let known = ports.iter().any(|one| one.get("name").and_then(Value::as_str) == Some(port));
                if !known && port.parse::<u16>().is_err() {
                    let what = format!("has a {name} for the port `{port}`, which it does not declare");
                    hits.push(Context::container_hit(container, &pointer[1..], &what));
                }
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn work_that_ends_needs_none() {
        let pod = |kind: &str| {
            format!(
                "kind: {kind}\nmetadata: {{name: p}}\nspec: {{template: {{spec: {{containers: [{{name: a}}]}}}}}}\n"
            )
        };
        assert_eq!(run("probe-liveness", &pod("Deployment")).len(), 1);
        assert!(run("probe-liveness", &pod("Job")).is_empty());
    }

    #[test]
    fn a_named_port_must_be_there() {
        let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    ports: [{name: http, containerPort: 80}]\n    livenessProbe: {httpGet: {port: http}}\n    readinessProbe: {httpGet: {port: htpp}}\n    startupProbe: {tcpSocket: {port: 81}}\n";
        assert_eq!(run("probe-port", text).len(), 1);
        assert_eq!(run("probe-period", text).len(), 3);
    }
}
