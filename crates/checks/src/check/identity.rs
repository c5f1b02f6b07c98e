//! Who a container is on the node: users and groups.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, list};

const REFERENCES: &[&str] = &["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "identity-low-user",
        aliases: &["KSV-0020", "CONTAINERS_INCORRECT_RUNASUSER_VALUE_LOWUID"],
        severity: Severity::Low,
        title: "User id that the node may have as well",
        why: "Ids up to 10,000 belong to users of the node: out of the container, the process has their files.",
        fix: "Take a high one:\n  securityContext: {runAsUser: 10001}",
        references: REFERENCES,
        run: Run::Pod(|context| low(context, "runAsUser", "user")),
        ..Check::BLANK
    },
    Check {
        id: "identity-low-group",
        aliases: &["KSV-0021", "CONTAINERS_INCORRECT_RUNASGROUP_VALUE_LOWGID"],
        severity: Severity::Low,
        title: "Group id that the node may have as well",
        why: "Ids up to 10,000 belong to groups of the node: out of the container, the process has their files.",
        fix: "Take a high one:\n  securityContext: {runAsGroup: 10001}",
        references: REFERENCES,
        run: Run::Pod(|context| low(context, "runAsGroup", "group")),
        ..Check::BLANK
    },
    Check {
        id: "identity-root-group",
        aliases: &["KSV-0116"],
        severity: Severity::Low,
        title: "Member of root's group",
        why: "Files that root's group may write, in the image and on volumes, are the container's to change.",
        fix: "Take other groups:\n  securityContext: {runAsGroup: 10001, fsGroup: 10001, supplementalGroups: [10001]}",
        references: REFERENCES,
        run: Run::Pod(root_group),
        ..Check::BLANK
    },
];

/// The highest id that a node gives to users and groups of its own.
const HIGHEST: u64 = 10_000;

fn low(context: &Context<'_>, field: &str, noun: &str) -> Vec<Hit> {
    if context.windows_exempt() || context.user_namespace() {
        return Vec::new();
    }
    context
        .lasting()
        .filter_map(|container| {
            let what = match context.effective(container, field).and_then(Value::as_u64) {
                None => format!("does not say which {noun} it runs as"),
                Some(id) if id <= HIGHEST => format!("runs as {noun} {id}"),
                Some(_) => return None,
            };
            Some(Context::container_hit(container, &format!("securityContext/{field}"), &what))
        })
        .collect()
}

fn root_group(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let security = |field: &str| context.template.spec.pointer(&format!("/securityContext/{field}"));
    for field in ["runAsGroup", "fsGroup"] {
        if security(field).and_then(Value::as_u64) == Some(0) {
            hits.push(
                context.pod_hit(&format!("securityContext/{field}"), format!("the pod has `{field}` 0")),
            );
        }
    }
    for (index, group) in
        list(context.template.spec, "/securityContext/supplementalGroups").iter().enumerate()
    {
        if group.as_u64() == Some(0) {
            let field = format!("securityContext/supplementalGroups/{index}");
            hits.push(context.pod_hit(&field, "the pod has the supplemental group 0"));
        }
    }
    for container in &context.containers {
        if container.value.pointer("/securityContext/runAsGroup").and_then(Value::as_u64) == Some(0) {
            hits.push(Context::container_hit(container, "securityContext/runAsGroup", "runs as group 0"));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn the_pod_speaks_for_its_containers() {
        let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  securityContext: {runAsUser: 20000, supplementalGroups: [1, 0]}\n  containers:\n  - {name: a}\n  - {name: b, securityContext: {runAsUser: 1000, runAsGroup: 0}}\n";
        assert_eq!(run("identity-low-user", text), ["7:33 low Pod p: container `b` runs as user 1000"]);
        assert_eq!(run("identity-low-group", text).len(), 2);
        assert_eq!(run("identity-root-group", text).len(), 2);
    }
}
