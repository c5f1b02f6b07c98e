//! Whom bindings give a role to.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, Subject, list, text_at};

const REFERENCES: &[&str] = &[
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    "https://www.cisecurity.org/benchmark/kubernetes",
];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "binding-admin",
        aliases: &["KSV-0111"],
        severity: Severity::Medium,
        title: "Binds an administrator's role",
        why: "`cluster-admin`, `admin` and `edit` read secrets and make pods: more than an application or a person needs for long.",
        fix: "Bind a role that grants what is needed:\n  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: shop-reader}",
        references: REFERENCES,
        run: Run::Object(|subject| role(subject, &["cluster-admin", "admin", "edit"])),
        ..Check::BLANK
    },
    Check {
        id: "binding-cluster-admin",
        aliases: &["CIS_INVALID_ROLE_CLUSTER_ADMIN", "cluster-admin-role-binding"],
        severity: Severity::High,
        title: "Binds `cluster-admin`",
        why: "Whoever takes the bound account over has the cluster.",
        fix: "Bind a role that grants what is needed:\n  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}",
        references: REFERENCES,
        run: Run::Object(|subject| role(subject, &["cluster-admin"])),
        ..Check::BLANK
    },
    Check {
        id: "binding-anonymous",
        aliases: &["KSV-0122"],
        severity: Severity::Critical,
        title: "Binds a role to everybody, without a login",
        why: "Whoever reaches the API server has the role.",
        fix: "Bind it to who needs it:\n  subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: payments}]",
        references: REFERENCES,
        run: Run::Object(|subject| bound(subject, &["system:anonymous", "system:unauthenticated"])),
        ..Check::BLANK
    },
    Check {
        id: "binding-authenticated",
        aliases: &["KSV-01011"],
        severity: Severity::High,
        title: "Binds a role to every account",
        why: "Every service account of every namespace is in it, and on hosted clusters often everybody with an account at the provider.",
        fix: "Bind it to who needs it:\n  subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: payments}]",
        references: REFERENCES,
        run: Run::Object(|subject| bound(subject, &["system:authenticated", "system:serviceaccounts"])),
        ..Check::BLANK
    },
    Check {
        id: "binding-masters",
        aliases: &["KSV-0123", "CIS_INVALID_VALUE_SYSTEM_MASTERS"],
        severity: Severity::Critical,
        title: "Binds the group system:masters",
        why: "Its members pass by RBAC and by every webhook; it cannot be taken from them but by changing the cluster's keys.",
        fix: "Make a group of your own and bind it to what it needs:\n  subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: operators}]",
        references: REFERENCES,
        run: Run::Object(|subject| bound(subject, &["system:masters"])),
        ..Check::BLANK
    },
    Check {
        id: "binding-default-account",
        aliases: &["default-service-account"],
        severity: Severity::Medium,
        title: "Binds a role to the default service account",
        why: "Every pod of the namespace that names no service account has it.",
        fix: "Give the application a service account of its own:\n  subjects: [{kind: ServiceAccount, name: shop, namespace: shop}]",
        references: REFERENCES,
        run: Run::Object(default_account),
        ..Check::BLANK
    },
];

fn is_binding(subject: &Subject<'_>) -> bool {
    matches!(subject.document.kind.as_str(), "RoleBinding" | "ClusterRoleBinding")
}

fn role(subject: &Subject<'_>, names: &[&str]) -> Vec<Hit> {
    let name = text_at(&subject.document.value, "/roleRef/name");
    if !is_binding(subject) || !names.contains(&name) {
        return Vec::new();
    }
    // Kubernetes' own binding of its administrators.
    if subject.document.name == "cluster-admin"
        && text_at(&subject.document.value, "/subjects/0/name") == "system:masters"
    {
        return Vec::new();
    }
    vec![Hit::new("/roleRef/name", format!("binds `{name}`"))]
}

fn bound(subject: &Subject<'_>, names: &[&str]) -> Vec<Hit> {
    subjects(subject, |one| {
        names.contains(&text_at(one, "/name")) && text_at(one, "/kind") != "ServiceAccount"
    })
}

fn default_account(subject: &Subject<'_>) -> Vec<Hit> {
    subjects(subject, |one| text_at(one, "/kind") == "ServiceAccount" && text_at(one, "/name") == "default")
}

fn subjects(subject: &Subject<'_>, wrong: impl Fn(&Value) -> bool) -> Vec<Hit> {
    if !is_binding(subject) {
        return Vec::new();
    }
    let all = list(&subject.document.value, "/subjects").iter().enumerate();
    all.filter(|(_, one)| wrong(one))
        .map(|(index, one)| {
            Hit::new(
                format!("/subjects/{index}/name"),
                format!("binds {} `{}`", text_at(one, "/kind"), text_at(one, "/name")),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn bindings() {
        let text = "kind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects:\n- {kind: Group, name: 'system:unauthenticated'}\n- {kind: Group, name: 'system:masters'}\n- {kind: Group, name: 'system:authenticated'}\n- {kind: ServiceAccount, name: default}\n";
        for id in [
            "binding-admin",
            "binding-cluster-admin",
            "binding-anonymous",
            "binding-masters",
            "binding-authenticated",
            "binding-default-account",
        ] {
            assert_eq!(run(id, text).len(), 1, "{id}");
        }
        assert_eq!(
            run("binding-anonymous", text)[0],
            "5:17 critical ClusterRoleBinding b: binds Group `system:unauthenticated`"
        );
    }
}
