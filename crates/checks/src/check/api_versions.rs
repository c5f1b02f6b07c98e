//! API versions that newer clusters no longer serve.

use seawall_findings::Severity;

use super::{Check, Hit, Run, Subject};

pub(super) const CHECKS: &[Check] = &[Check {
    id: "api-version-removed",
    aliases: &[
        "KSV-0107",
        "K8S_DEPRECATED_APIVERSION_1.16",
        "K8S_DEPRECATED_APIVERSION_1.17",
        "K8S_DEPRECATED_APIVERSION_1.19",
        "K8S_DEPRECATED_APIVERSION_1.21",
        "K8S_DEPRECATED_APIVERSION_1.22",
        "K8S_DEPRECATED_APIVERSION_1.23",
        "K8S_DEPRECATED_APIVERSION_1.24",
        "K8S_REMOVED_APIVERSION_1.22",
        "K8S_REMOVED_APIVERSION_1.23",
        "K8S_REMOVED_APIVERSION_1.24",
        "K8S_REMOVED_APIVERSION_1.25",
        "K8S_REMOVED_APIVERSION_1.26",
        "K8S_REMOVED_APIVERSION_1.27",
        "no-extensions-v1beta",
    ],
    severity: Severity::Low,
    title: "A deprecated or removed API version",
    why: "After the update of the cluster the object cannot be applied any more.",
    fix: "Use the version that stays, and mind that fields may have changed:\n  apiVersion: policy/v1\n  kind: PodDisruptionBudget",
    references: &["https://kubernetes.io/docs/reference/using-api/deprecation-guide/"],
    run: Run::Object(run),
    ..Check::BLANK
}];

/// One line of Kubernetes' deprecation guide.
struct Old {
    version: &'static str,
    kinds: &'static [&'static str],
    /// Minor version that deprecates it.
    deprecated: u32,
    /// Minor version that no longer serves it, where that is decided.
    removed: Option<u32>,
    /// What to use; empty: nothing takes its place.
    instead: &'static str,
}

const fn old(
    version: &'static str,
    kinds: &'static [&'static str],
    deprecated: u32,
    removed: u32,
    instead: &'static str,
) -> Old {
    Old { version, kinds, deprecated, removed: Some(removed), instead }
}

const ROLES: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const FLOW: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const HOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const REVIEWS: &[&str] =
    &["SubjectAccessReview", "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview"];
const APPS: &[&str] = &["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ControllerRevision"];

const TABLE: &[Old] = &[
    old("extensions/v1beta1", APPS, 9, 16, "apps/v1"),
    old("apps/v1beta1", APPS, 9, 16, "apps/v1"),
    old("apps/v1beta2", APPS, 9, 16, "apps/v1"),
    old("extensions/v1beta1", &["NetworkPolicy"], 9, 16, "networking.k8s.io/v1"),
    old("extensions/v1beta1", &["PodSecurityPolicy"], 10, 16, ""),
    old("extensions/v1beta1", &["Ingress"], 14, 22, "networking.k8s.io/v1"),
    old("admissionregistration.k8s.io/v1beta1", HOOKS, 16, 22, "admissionregistration.k8s.io/v1"),
    old("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], 16, 22, "apiextensions.k8s.io/v1"),
    old("rbac.authorization.k8s.io/v1alpha1", ROLES, 17, 23, "rbac.authorization.k8s.io/v1"),
    old("rbac.authorization.k8s.io/v1beta1", ROLES, 17, 22, "rbac.authorization.k8s.io/v1"),
    old("storage.k8s.io/v1beta1", &["CSINode"], 17, 22, "storage.k8s.io/v1"),
    old(
        "storage.k8s.io/v1beta1",
        &["StorageClass", "VolumeAttachment", "CSIDriver"],
        19,
        22,
        "storage.k8s.io/v1",
    ),
    old("scheduling.k8s.io/v1beta1", &["PriorityClass"], 14, 22, "scheduling.k8s.io/v1"),
    old("scheduling.k8s.io/v1alpha1", &["PriorityClass"], 14, 23, "scheduling.k8s.io/v1"),
    old("node.k8s.io/v1alpha1", &["RuntimeClass"], 20, 24, "node.k8s.io/v1"),
    old("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], 19, 22, "networking.k8s.io/v1"),
    old("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 19, 22, "certificates.k8s.io/v1"),
    old("coordination.k8s.io/v1beta1", &["Lease"], 19, 22, "coordination.k8s.io/v1"),
    old("apiregistration.k8s.io/v1beta1", &["APIService"], 19, 22, "apiregistration.k8s.io/v1"),
    old("authentication.k8s.io/v1beta1", &["TokenReview"], 19, 22, "authentication.k8s.io/v1"),
    old("authorization.k8s.io/v1beta1", REVIEWS, 19, 22, "authorization.k8s.io/v1"),
    old(
        "client.authentication.k8s.io/v1alpha1",
        &["ExecCredential"],
        22,
        24,
        "client.authentication.k8s.io/v1",
    ),
    old("audit.k8s.io/v1alpha1", &["Event", "Policy"], 21, 24, "audit.k8s.io/v1"),
    old("audit.k8s.io/v1beta1", &["Event", "Policy"], 21, 24, "audit.k8s.io/v1"),
    old("events.k8s.io/v1beta1", &["Event"], 19, 25, "events.k8s.io/v1"),
    old("node.k8s.io/v1beta1", &["RuntimeClass"], 20, 25, "node.k8s.io/v1"),
    old("policy/v1beta1", &["PodDisruptionBudget"], 21, 25, "policy/v1"),
    old("policy/v1beta1", &["PodSecurityPolicy"], 21, 25, ""),
    old("batch/v1beta1", &["CronJob"], 21, 25, "batch/v1"),
    old("batch/v2alpha1", &["CronJob"], 8, 21, "batch/v1"),
    old("discovery.k8s.io/v1beta1", &["EndpointSlice"], 21, 25, "discovery.k8s.io/v1"),
    old("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 22, 25, "autoscaling/v2"),
    old("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 23, 26, "autoscaling/v2"),
    old("flowcontrol.apiserver.k8s.io/v1beta1", FLOW, 24, 26, "flowcontrol.apiserver.k8s.io/v1"),
    old("flowcontrol.apiserver.k8s.io/v1beta2", FLOW, 26, 29, "flowcontrol.apiserver.k8s.io/v1"),
    old("flowcontrol.apiserver.k8s.io/v1beta3", FLOW, 29, 32, "flowcontrol.apiserver.k8s.io/v1"),
    old("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 24, 27, "storage.k8s.io/v1"),
    Old { version: "v1", kinds: &["ComponentStatus"], deprecated: 19, removed: None, instead: "" },
    Old {
        version: "v1",
        kinds: &["Endpoints"],
        deprecated: 33,
        removed: None,
        instead: "discovery.k8s.io/v1 (EndpointSlice)",
    },
];

fn run(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let kind = document.kind.strip_suffix("List").unwrap_or(&document.kind);
    let Some(old) = TABLE.iter().find(|old| old.version == document.api_version && old.kinds.contains(&kind))
    else {
        return Vec::new();
    };
    // Without a version every cluster that is still supported counts: newer than all of these.
    let minor = subject.cluster.map_or(u32::MAX, |(_, minor)| minor);
    let since = |then: u32| minor >= then;
    let what = format!("`{}` of {kind}", old.version);
    let (message, severity) = match old.removed {
        Some(removed) if since(removed) => {
            (format!("{what} is gone since Kubernetes 1.{removed}"), Severity::High)
        }
        Some(removed) if since(old.deprecated) => (
            format!("{what} is deprecated since Kubernetes 1.{} and gone in 1.{removed}", old.deprecated),
            Severity::Medium,
        ),
        None if since(old.deprecated) => {
            (format!("{what} is deprecated since Kubernetes 1.{}", old.deprecated), Severity::Low)
        }
        _ => return Vec::new(),
    };
    let mut aliases = vec!["KSV-0107"];
    if old.version == "extensions/v1beta1" {
        aliases.push("no-extensions-v1beta");
    }
    let names = CHECKS.iter().flat_map(|check| check.aliases).copied();
    let deprecated = format!("K8S_DEPRECATED_APIVERSION_1.{}", old.deprecated);
    let removed = old.removed.map(|removed| format!("K8S_REMOVED_APIVERSION_1.{removed}"));
    aliases.extend(names.filter(|name| *name == deprecated || Some(*name) == removed.as_deref()));
    let fix = match old.instead {
        "" => "Remove it: nothing takes its place.".to_owned(),
        instead => format!(
            "Use the version that stays, and mind that fields may have changed:\n  apiVersion: {instead}"
        ),
    };
    vec![Hit::new("/apiVersion", message).severity(severity).known_as(&aliases).fix(fix)]
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn by_the_clusters_version() {
        let text = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: p}\n";
        assert_eq!(
            run("api-version-removed", text),
            [
                "1:1 high PodDisruptionBudget p: `policy/v1beta1` of PodDisruptionBudget is gone since Kubernetes 1.25"
            ]
        );
        let document = &crate::documents("p.yaml", text).unwrap()[0];
        let said = |minor| {
            let found = super::super::check_with(document, Some((1, minor)), &|check| {
                check.id == "api-version-removed"
            });
            found.into_iter().map(|finding| finding.severity.to_string()).collect::<Vec<_>>()
        };
        assert_eq!((said(20), said(21), said(25)), (vec![], vec!["medium".into()], vec!["high".into()]));
        assert!(
            run(
                "api-version-removed",
                "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: p}\n"
            )
            .is_empty()
        );
    }
}
