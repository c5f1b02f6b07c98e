//! Names, labels and namespaces of objects.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, Subject, escaped, list, present, text_at};

const REFERENCES: &[&str] = &["https://kubernetes.io/docs/concepts/overview/working-with-objects/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "metadata-name",
        aliases: &["RESOURCE_MISSING_NAME"],
        severity: Severity::Medium,
        title: "No valid name",
        why: "The API server refuses the object.",
        fix: "Lower-case letters, digits, `-` and `.`:\n  metadata: {name: shop}",
        references: &["https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"],
        run: Run::Object(name),
        ..Check::BLANK
    },
    Check {
        id: "metadata-label-value",
        aliases: &["WORKLOAD_INVALID_LABELS_VALUE"],
        severity: Severity::Medium,
        title: "A label's value that is not allowed",
        why: "The API server refuses the object.",
        fix: "At most 63 letters, digits, `-`, `_` and `.`; longer texts are annotations:\n  labels: {contact: payments}\n  annotations: {contact: payments@example.com}",
        references: &["https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"],
        run: Run::Object(label_values),
        ..Check::BLANK
    },
    Check {
        id: "metadata-default-namespace",
        aliases: &["KSV-0110", "WORKLOAD_INCORRECT_NAMESPACE_VALUE_DEFAULT", "use-namespace"],
        severity: Severity::Low,
        title: "In the default namespace",
        why: "Policies, quotas and rights belong to namespaces; in `default` everything shares them.",
        fix: "Give the application a namespace:\n  metadata: {namespace: shop}",
        references: REFERENCES,
        run: Run::Object(default_namespace),
        ..Check::BLANK
    },
    Check {
        id: "metadata-owner-label",
        aliases: &["WORKLOAD_MISSING_LABEL_OWNER_VALUE", "required-label-owner"],
        severity: Severity::Low,
        title: "No `owner` label",
        why: "When it fails or is attacked, nobody knows whom to call.",
        fix: "Say who answers for it:\n  metadata: {labels: {owner: payments}}",
        references: REFERENCES,
        opt_in: true,
        run: Run::Object(|subject| {
            let workload = crate::pod_template(&subject.document.value).is_some();
            if workload { missing_label(subject, "owner") } else { Vec::new() }
        }),
        ..Check::BLANK
    },
    Check {
        id: "metadata-env-label",
        aliases: &["DEPLOYMENT_MISSING_LABEL_ENV_VALUE"],
        severity: Severity::Low,
        title: "No `env` label",
        why: "Whoever sees the object does not see whether it is production.",
        fix: "Say where it belongs:\n  metadata: {labels: {env: production}}",
        references: REFERENCES,
        opt_in: true,
        run: Run::Object(|subject| {
            let deployment = subject.document.kind == "Deployment";
            if deployment { missing_label(subject, "env") } else { Vec::new() }
        }),
        ..Check::BLANK
    },
    Check {
        id: "quota-empty",
        aliases: &["KSV-0040"],
        severity: Severity::Low,
        title: "A quota that does not bound CPU and memory",
        why: "One namespace can use up the cluster.",
        fix: "Bound them:\n  kind: ResourceQuota\n  spec: {hard: {requests.cpu: \"4\", requests.memory: 8Gi, limits.cpu: \"8\", limits.memory: 16Gi}}",
        references: &["https://kubernetes.io/docs/concepts/policy/resource-quotas/"],
        run: Run::Object(quota),
        ..Check::BLANK
    },
    Check {
        id: "limit-range-empty",
        aliases: &["KSV-0039"],
        severity: Severity::Low,
        title: "A limit range without defaults",
        why: "Containers that say nothing stay without requests and limits.",
        fix: "Give both:\n  kind: LimitRange\n  spec: {limits: [{type: Container, default: {cpu: 500m, memory: 256Mi}, defaultRequest: {cpu: 100m, memory: 128Mi}, max: {cpu: \"1\", memory: 1Gi}, min: {cpu: 10m, memory: 16Mi}}]}",
        references: &["https://kubernetes.io/docs/concepts/policy/limit-range/"],
        run: Run::Object(limit_range),
        ..Check::BLANK
    },
    Check {
        id: "gatekeeper-open-prefix",
        aliases: &["KSV-0124"],
        severity: Severity::High,
        title: "A prefix of allowed images that has no end",
        why: "`registry.example.com` as a prefix allows `registry.example.com.attacker.test/…` as well.",
        fix: "End it with a slash:\n  parameters: {repos: [\"registry.example.com/\"]}",
        references: &[
            "https://open-policy-agent.github.io/gatekeeper-library/website/validation/allowedrepos/",
        ],
        run: Run::Object(open_prefix),
        ..Check::BLANK
    },
];

/// A name as the object's kind needs it: role names are parts of a path, all others DNS names (RFC 1123).
fn name(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    // Files of tools that never reach the API server.
    if document.kind.is_empty() || matches!(document.kind.as_str(), "Kustomization" | "Component" | "Config")
    {
        return Vec::new();
    }
    if !document.api_version.is_empty() && document.api_version.ends_with("config.k8s.io/v1") {
        return Vec::new();
    }
    let written = text_at(&document.value, "/metadata/name");
    let (field, text) = if written.is_empty() {
        ("generateName", text_at(&document.value, "/metadata/generateName"))
    } else {
        ("name", written)
    };
    if text.is_empty() {
        let review = document.kind.ends_with("Review") || document.kind == "Eviction";
        return if review { Vec::new() } else { vec![Hit::new("/metadata/name", "has no name")] };
    }
    let path_like = document.api_version.starts_with("rbac.authorization.k8s.io/");
    let good =
        if path_like { !text.contains(['/', '%']) } else { is_dns_name(text, field == "generateName") };
    if good {
        Vec::new()
    } else {
        vec![Hit::new(format!("/metadata/{field}"), format!("`{text}` is not a valid name"))]
    }
}

fn is_dns_name(text: &str, is_prefix: bool) -> bool {
    let text = if is_prefix { text.trim_end_matches('-') } else { text };
    let ends =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.len() <= 253
        && text.split('.').all(|part| {
            let bytes = part.as_bytes();
            ends(bytes.first())
                && ends(bytes.last())
                && bytes
                    .iter()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
        })
}

fn label_values(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for place in ["/metadata/labels", "/spec/template/metadata/labels"] {
        let labels = subject.document.value.pointer(place).and_then(Value::as_object).into_iter().flatten();
        for (name, value) in labels.filter(|(_, value)| !value.is_null()) {
            let pointer = format!("{place}/{}", escaped(name));
            match value.as_str() {
                None => hits.push(Hit::new(pointer, format!("the label `{name}` is not a text: quote it"))),
                Some(text) if !is_label(text) => {
                    hits.push(Hit::new(pointer, format!("the label `{name}` has the value `{text}`")));
                }
                Some(_) => {}
            }
        }
    }
    hits
}

fn is_label(text: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    text.is_empty()
        || (text.len() <= 63
            && edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)))
}

/// An object without a namespace goes where whoever applies it says: that may be meant.
fn default_namespace(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let workload = crate::pod_template(&document.value).is_some();
    match document.namespace.as_deref().filter(|_| workload) {
        Some("default") => vec![Hit::new("/metadata/namespace", "is in the namespace `default`")],
        None if workload => {
            let hit = Hit::new(
                "/metadata/namespace",
                "names no namespace, which means `default` unless who applies it says another",
            );
            vec![hit.severity(Severity::Negligible).known_as(&["KSV-0110", "use-namespace"])]
        }
        _ => Vec::new(),
    }
}

fn missing_label(subject: &Subject<'_>, label: &str) -> Vec<Hit> {
    let value = subject.document.value.pointer(&format!("/metadata/labels/{label}"));
    if present(value).is_some() {
        return Vec::new();
    }
    vec![Hit::new(format!("/metadata/labels/{label}"), format!("has no label `{label}`"))]
}

fn quota(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let hard = document.value.pointer("/spec/hard");
    let missing: Vec<_> = ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]
        .into_iter()
        .filter(|name| present(hard.and_then(|hard| hard.get(name))).is_none())
        .collect();
    if document.kind != "ResourceQuota" || missing.is_empty() {
        return Vec::new();
    }
    vec![Hit::new("/spec/hard", format!("does not bound {}", missing.join(", ")))]
}

fn limit_range(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    if document.kind != "LimitRange" {
        return Vec::new();
    }
    let limits = list(&document.value, "/spec/limits");
    let good = |limit: &Value| {
        let has = |name: &str| present(limit.get(name)).is_some();
        has("type") && has("max") && has("min") && has("default") && has("defaultRequest")
    };
    if limits.iter().any(good) {
        return Vec::new();
    }
    vec![Hit::new("/spec/limits", "does not give default, request, maximum and minimum")]
}

fn open_prefix(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    if !matches!(document.kind.as_str(), "K8sAllowedRepos" | "K8sDisallowedRepos") {
        return Vec::new();
    }
    let repos = list(&document.value, "/spec/parameters/repos").iter().enumerate();
    repos
        .filter_map(|(index, repo)| {
            let repo = repo.as_str().filter(|repo| !repo.ends_with('/') && !repo.contains([':', '@']))?;
            // A name with a path that ends without a slash also allows its longer neighbours.
            let message = format!("the prefix `{repo}` has no end");
            Some(Hit::new(format!("/spec/parameters/repos/{index}"), message))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn names_and_labels() {
        assert_eq!(run("metadata-name", "kind: Service\nmetadata: {name: 'a:b'}\n").len(), 1);
        assert!(
            run(
                "metadata-name",
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:x'}\n"
            )
            .is_empty()
        );
        assert!(run("metadata-name", "kind: Pod\nmetadata: {generateName: shop-}\n").is_empty());
        let text = "kind: Pod\nmetadata: {name: p, namespace: default, labels: {a: 'x@y', b: 1, c: ok, d: ''}}\nspec: {containers: []}\n";
        assert_eq!(run("metadata-label-value", text).len(), 2);
        assert_eq!(run("metadata-default-namespace", text).len(), 1);
        assert_eq!(run("metadata-owner-label", text).len(), 1);
    }

    #[test]
    fn bounds() {
        assert_eq!(
            run("quota-empty", "kind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {limits.cpu: 1}}\n")
                .len(),
            1
        );
        assert_eq!(
            run("limit-range-empty", "kind: LimitRange\nmetadata: {name: q}\nspec: {limits: []}\n").len(),
            1
        );
        assert_eq!(run("gatekeeper-open-prefix", "kind: K8sAllowedRepos\nmetadata: {name: q}\nspec: {parameters: {repos: [a.example.com, b.example.com/]}}\n").len(), 1);
    }
}
