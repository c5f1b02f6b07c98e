//! What a container may use of the node, and what it asks for.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, present};

const REFERENCES: &[&str] =
    &["https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "resources-memory-limit",
        aliases: &["KSV-0018", "CONTAINERS_MISSING_MEMORY_LIMIT_KEY", "unset-memory-requirements"],
        severity: Severity::Low,
        title: "Memory is not limited",
        why: "A container without a limit takes the node's memory when it leaks or is attacked; the kernel then kills its neighbours.",
        fix: "Limit it:\n  resources:\n    limits: {memory: 256Mi}",
        references: REFERENCES,
        run: Run::Pod(|context| unset(context, "limits", "memory")),
        ..Check::BLANK
    },
    Check {
        id: "resources-memory-request",
        aliases: &["KSV-0016", "CONTAINERS_MISSING_MEMORY_REQUEST_KEY"],
        severity: Severity::Low,
        title: "Memory is not requested",
        why: "The scheduler packs pods by their requests: without one, nodes run out of memory, and this pod is the first to be evicted.",
        fix: "Request what it uses normally:\n  resources:\n    requests: {memory: 128Mi}",
        references: REFERENCES,
        run: Run::Pod(|context| unset(context, "requests", "memory")),
        ..Check::BLANK
    },
    Check {
        id: "resources-cpu-limit",
        aliases: &["KSV-0011", "CONTAINERS_MISSING_CPU_LIMIT_KEY", "unset-cpu-requirements"],
        severity: Severity::Low,
        title: "CPU is not limited",
        why: "A container without a limit can slow the others of its node down, when it is busy or mines coins for somebody else.",
        fix: "Limit it:\n  resources:\n    limits: {cpu: \"1\"}",
        references: REFERENCES,
        run: Run::Pod(|context| unset(context, "limits", "cpu")),
        ..Check::BLANK
    },
    Check {
        id: "resources-cpu-request",
        aliases: &["KSV-0015", "CONTAINERS_MISSING_CPU_REQUEST_KEY"],
        severity: Severity::Low,
        title: "CPU is not requested",
        why: "The scheduler packs pods by their requests: without one, the container gets what the others leave over.",
        fix: "Request what it uses normally:\n  resources:\n    requests: {cpu: 100m}",
        references: REFERENCES,
        run: Run::Pod(|context| unset(context, "requests", "cpu")),
        ..Check::BLANK
    },
    Check {
        id: "resources-memory-unequal",
        aliases: &["EKS_MEMORY_REQUEST_LIMIT", "EKS_INVALID_MEMORY_REQUEST_LIMIT"],
        severity: Severity::Low,
        title: "Memory request and limit differ",
        why: "Memory between request and limit is not promised: when the node is full, the container is killed for what it was allowed.",
        fix: "Make both the same:\n  resources:\n    requests: {memory: 256Mi}\n    limits: {memory: 256Mi}",
        references: REFERENCES,
        opt_in: true,
        run: Run::Pod(unequal),
        ..Check::BLANK
    },
    Check {
        id: "resources-cpu-limited",
        aliases: &["EKS_INVALID_CPU_LIMIT"],
        severity: Severity::Low,
        title: "CPU is limited",
        why: "A CPU limit throttles the container even while the node is idle; a request alone shares it fairly. (The opposite of resources-cpu-limit: choose one.)",
        fix: "Request, and set no limit:\n  resources:\n    requests: {cpu: 100m}",
        references: REFERENCES,
        opt_in: true,
        run: Run::Pod(limited),
        ..Check::BLANK
    },
];

/// Containers without the value; what the whole pod has (Kubernetes 1.34) counts for all of them.
fn unset(context: &Context<'_>, which: &str, resource: &str) -> Vec<Hit> {
    let pointer = format!("/resources/{which}/{resource}");
    if present(context.template.spec.pointer(&pointer)).is_some() {
        return Vec::new();
    }
    let what = format!("sets no {resource} {}", which.strip_suffix('s').unwrap_or(which));
    context
        .lasting()
        .filter(|container| present(container.value.pointer(&pointer)).is_none())
        .map(|container| Context::container_hit(container, &pointer[1..], &what))
        .collect()
}

/// Containers that set both to different amounts; a limit alone is its own request.
fn unequal(context: &Context<'_>) -> Vec<Hit> {
    let amount = |value: &Value, which: &str| {
        let value = value.pointer(&format!("/resources/{which}/memory"))?;
        bytes(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    context
        .lasting()
        .filter_map(|container| {
            let request = amount(container.value, "requests")?;
            let limit = amount(container.value, "limits");
            (limit != Some(request)).then(|| {
                Context::container_hit(
                    container,
                    "resources/requests/memory",
                    "has another memory limit than request",
                )
            })
        })
        .collect()
}

fn limited(context: &Context<'_>) -> Vec<Hit> {
    context
        .lasting()
        .filter(|container| present(container.value.pointer("/resources/limits/cpu")).is_some())
        .map(|container| Context::container_hit(container, "resources/limits/cpu", "limits its CPU"))
        .collect()
}

/// A quantity in thousandths of a byte (Kubernetes' `resource.Quantity`); none where it is not one.
fn bytes(text: &str) -> Option<u128> {
    const UNITS: &[(&str, u128)] = &[
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("Ti", 1 << 40),
        ("Pi", 1 << 50),
        ("Ei", 1 << 60),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
        ("P", 1_000_000_000_000_000),
        ("E", 1_000_000_000_000_000_000),
    ];
    if let Some(number) = text.strip_suffix('m') {
        return number.parse().ok();
    }
    let unit = UNITS.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, *size)));
    let (number, size) = unit.unwrap_or((text, 1));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: u128 = whole.parse().ok().filter(|_| whole.len() <= 18)?;
    let part: u128 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    Some((whole * 1000 + part) * size)
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;
    use super::*;

    #[test]
    fn each_container_and_the_whole_pod() {
        let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    resources: {limits: {memory: 1Gi}}\n  - name: b\n  initContainers:\n  - name: i\n";
        assert_eq!(
            run("resources-memory-limit", text),
            [
                "9:5 low Pod p: init container `i` sets no memory limit",
                "7:5 low Pod p: container `b` sets no memory limit"
            ]
        );
        assert_eq!(run("resources-cpu-request", text).len(), 3);
        let whole = "kind: Pod\nmetadata: {name: p}\nspec:\n  resources: {limits: {memory: 1Gi}}\n  containers: [{name: a}]\n";
        assert!(run("resources-memory-limit", whole).is_empty());
    }

    #[test]
    fn the_same_amount_in_other_words() {
        assert_eq!(bytes("1Gi"), bytes("1024Mi"));
        assert_eq!(bytes("0.5Ki"), bytes("512"));
        assert_eq!(bytes("1500m"), bytes("1.5"));
        assert_eq!((bytes("x"), bytes(""), bytes("99999999999999999999Ei")), (None, None, None));
        let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    resources: {limits: {memory: 1Gi}, requests: {memory: 1024Mi}}\n  - name: b\n    resources: {limits: {memory: 1Gi}, requests: {memory: 1G}}\n";
        assert_eq!(run("resources-memory-unequal", text).len(), 1);
    }
}
