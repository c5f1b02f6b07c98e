//! What `Role`s and `ClusterRole`s grant: the ways from a right to more rights.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, Subject, has, list};

const ROLE: &[&str] = &["Role"];
const CLUSTER: &[&str] = &["ClusterRole"];
const BOTH: &[&str] = &["Role", "ClusterRole"];

const MANAGE: &[&str] = &["create", "update", "patch", "delete", "deletecollection", "impersonate", "*"];
const READ: &[&str] = &["get", "list", "watch", "*"];
const ANY: &[&str] =
    &["create", "update", "patch", "delete", "deletecollection", "impersonate", "get", "list", "watch", "*"];

const WORKLOADS: &[&str] = &[
    "pods",
    "deployments",
    "jobs",
    "cronjobs",
    "statefulsets",
    "daemonsets",
    "replicasets",
    "replicationcontrollers",
];

const WHY_WORKLOADS: &str = "Whoever makes pods chooses their service account, image and mounts: every secret and right of the namespace, and without Pod Security the node.";
const FIX: &str = "Grant the verbs and objects that are needed:\n  rules:\n  - apiGroups: [\"\"]\n    resources: [configmaps]\n    resourceNames: [shop]\n    verbs: [get]";

/// A role that grants one of the verbs on one of the resources.
const fn grant(
    id: &'static str,
    aliases: &'static [&'static str],
    severity: Severity,
    title: &'static str,
    why: &'static str,
    run: fn(&Subject<'_>) -> Vec<Hit>,
) -> Check {
    Check {
        id,
        aliases,
        severity,
        title,
        why,
        fix: FIX,
        references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/"],
        run: Run::Object(run),
        ..Check::BLANK
    }
}

pub(super) const CHECKS: &[Check] = &[
    grant(
        "rbac-all",
        &["KSV-0044"],
        Severity::Critical,
        "Grants everything",
        "All verbs on all resources of all groups is the cluster, or the namespace.",
        everything,
    ),
    grant(
        "rbac-any-verb",
        &["KSV-0045"],
        Severity::High,
        "Grants every verb",
        "`*` also grants what nobody thought of: impersonate, escalate, bind, and verbs that come later.",
        |subject| {
            rules(subject, BOTH, |rule| {
                let all = has(rule, "/verbs", &["*"]) && !has(rule, "/resources", &["*"]);
                all.then_some("every verb")
            })
        },
    ),
    grant(
        "rbac-any-resource-cluster",
        &["KSV-0046"],
        Severity::Critical,
        "Manages every resource of the cluster",
        "Secrets, roles and pods are among them: each is a way to the rest.",
        |subject| grants(subject, CLUSTER, &["*"], ANY, "every resource"),
    ),
    grant(
        "rbac-any-resource-namespace",
        &["KSV-0112"],
        Severity::High,
        "Manages every resource of the namespace",
        "Secrets, roles and pods are among them: each is a way to the rest.",
        |subject| grants(subject, ROLE, &["*"], ANY, "every resource"),
    ),
    grant(
        "rbac-wildcard",
        &["CIS_INVALID_WILDCARD_ROLE", "wildcard-in-rules"],
        Severity::Medium,
        "A wildcard in a role",
        "`*` grants what exists today and what is added tomorrow.",
        |subject| {
            rules(subject, BOTH, |rule| {
                let any = ["/apiGroups", "/resources", "/verbs"].iter().any(|list| has(rule, list, &["*"]));
                any.then_some("a wildcard")
            })
        },
    ),
    grant(
        "rbac-secrets-cluster",
        &["KSV-0041"],
        Severity::Critical,
        "Reads or changes the secrets of every namespace",
        "Tokens of all service accounts, passwords and keys of all applications.",
        |subject| grants(subject, CLUSTER, &["secrets"], ANY, "secrets"),
    ),
    grant(
        "rbac-secrets-namespace",
        &["KSV-0113"],
        Severity::Medium,
        "Reads or changes the namespace's secrets",
        "Passwords and keys of all applications of the namespace, and its service accounts' tokens.",
        |subject| grants(subject, ROLE, &["secrets"], ANY, "secrets"),
    ),
    grant(
        "rbac-secrets-read",
        &["CIS_INVALID_VERB_SECRETS", "access-to-secrets"],
        Severity::Medium,
        "Reads secrets",
        "`list` and `watch` return their content as `get` does.",
        |subject| grants(subject, BOTH, &["secrets"], READ, "reading secrets"),
    ),
    grant(
        "rbac-pod-logs-delete",
        &["KSV-0042"],
        Severity::Medium,
        "Deletes pods' logs",
        "An intruder removes what would tell of the visit.",
        |subject| grants(subject, BOTH, &["pods/log"], &["delete", "deletecollection", "*"], "deleting logs"),
    ),
    grant(
        "rbac-impersonate",
        &["KSV-0043"],
        Severity::Critical,
        "Impersonates others",
        "Whoever may impersonate a group or user has all its rights, those of administrators too.",
        |subject| {
            let who = ["users", "groups", "serviceaccounts", "uids", "userextras", "*"];
            grants(subject, BOTH, &who, &["impersonate"], "impersonation")
        },
    ),
    grant(
        "rbac-node-proxy",
        &["KSV-0047"],
        Severity::High,
        "Reaches the kubelets",
        "Through nodes/proxy commands run in every pod of a node, past admission and audit.",
        |subject| grants(subject, BOTH, &["nodes/proxy"], &["get", "create", "*"], "the nodes' proxy"),
    ),
    grant(
        "rbac-workloads",
        &["KSV-0048"],
        Severity::Medium,
        "Makes or changes workloads",
        WHY_WORKLOADS,
        |subject| grants(subject, BOTH, WORKLOADS, MANAGE, "changing workloads"),
    ),
    grant(
        "rbac-pods-create",
        &["CIS_INVALID_VALUE_CREATE_POD", "access-to-create-pods"],
        Severity::Medium,
        "Makes pods",
        WHY_WORKLOADS,
        |subject| grants(subject, BOTH, &["pods", "*"], &["create", "*"], "making pods"),
    ),
    grant(
        "rbac-config-maps",
        &["KSV-0049"],
        Severity::Medium,
        "Changes ConfigMaps",
        "They hold the configuration of other applications, DNS and the cluster itself.",
        |subject| grants(subject, BOTH, &["configmaps"], MANAGE, "changing ConfigMaps"),
    ),
    grant(
        "rbac-aws-auth",
        &["KSV-0115"],
        Severity::Critical,
        "Changes who may enter an EKS cluster",
        "The ConfigMap `aws-auth` maps AWS identities to users: another line is another administrator.",
        aws_auth,
    ),
    grant(
        "rbac-roles",
        &["KSV-0050"],
        Severity::Critical,
        "Changes roles and bindings",
        "Who may change roles gives itself any right, as far as escalation protection does not stop it.",
        |subject| {
            let roles = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"];
            grants(subject, BOTH, &roles, MANAGE, "changing roles and bindings")
        },
    ),
    grant(
        "rbac-bind-escalate",
        &["CIS_INVALID_VALUE_BIND_IMPERSONATE_ESCALATE"],
        Severity::High,
        "Grants `bind`, `escalate` or `impersonate`",
        "These verbs switch RBAC's protection off: their holder gives itself rights that it does not have.",
        |subject| {
            rules(subject, BOTH, |rule| {
                has(rule, "/verbs", &["bind", "escalate", "impersonate"])
                    .then_some("bind, escalate or impersonate")
            })
        },
    ),
    grant(
        "rbac-bind-role",
        &["KSV-0051"],
        Severity::High,
        "Binds itself to other roles of the namespace",
        "Making a RoleBinding and `bind` on roles together give any role there is.",
        |subject| both(subject, "rolebindings", &["roles", "clusterroles"]),
    ),
    grant(
        "rbac-bind-cluster-role",
        &["KSV-0052"],
        Severity::High,
        "Binds itself to other roles of the cluster",
        "Making a ClusterRoleBinding and `bind` on cluster roles together give cluster-admin.",
        |subject| both(subject, "clusterrolebindings", &["clusterroles"]),
    ),
    grant(
        "rbac-exec",
        &["KSV-0053", "CONTAINERS_INCORRECT_RESOURCES_VERBS_VALUE"],
        Severity::High,
        "Runs commands in pods",
        "A shell in a pod is its files, its secrets and its service account.",
        |subject| {
            grants(
                subject,
                BOTH,
                &["pods/exec", "*/exec"],
                &["create", "get", "update", "*"],
                "commands in pods",
            )
        },
    ),
    grant(
        "rbac-attach",
        &["KSV-0054"],
        Severity::High,
        "Attaches to pods",
        "Attaching reads what a program prints and types into it.",
        |subject| {
            grants(
                subject,
                BOTH,
                &["pods/attach", "*/attach"],
                &["create", "get", "update", "*"],
                "attaching to pods",
            )
        },
    ),
    grant(
        "rbac-role-bindings-patch",
        &["KSV-0055"],
        Severity::Low,
        "Adds others to its role binding",
        "Members let others in, and nobody decides about it.",
        |subject| grants(subject, BOTH, &["rolebindings"], &["patch", "get", "*"], "changing its members"),
    ),
    grant(
        "rbac-networking",
        &["KSV-0056"],
        Severity::High,
        "Changes services, ingresses or network policies",
        "Traffic is led elsewhere, and what is shut off is opened.",
        |subject| {
            let network = ["services", "endpoints", "endpointslices", "networkpolicies", "ingresses"];
            grants(subject, BOTH, &network, MANAGE, "changing the network")
        },
    ),
    grant(
        "rbac-webhooks",
        &["KSV-0114"],
        Severity::Critical,
        "Changes admission webhooks",
        "A webhook sees every object, secrets too, and changes what it likes; removing one removes the guard.",
        |subject| {
            let hooks = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
            grants(subject, BOTH, &hooks, MANAGE, "changing webhooks")
        },
    ),
    grant(
        "rbac-token-request",
        &[],
        Severity::High,
        "Makes tokens of service accounts",
        "A token of another service account is all its rights.",
        |subject| grants(subject, BOTH, &["serviceaccounts/token"], &["create", "*"], "making tokens"),
    ),
    grant(
        "rbac-certificates",
        &[],
        Severity::High,
        "Approves certificates",
        "An approved certificate is any user, also in the group system:masters.",
        |subject| {
            let requests = ["certificatesigningrequests/approval", "signers"];
            grants(
                subject,
                CLUSTER,
                &requests,
                &["update", "patch", "approve", "sign", "*"],
                "approving certificates",
            )
        },
    ),
    grant(
        "rbac-persistent-volumes",
        &[],
        Severity::Medium,
        "Makes persistent volumes",
        "A persistent volume of the type hostPath is any path of a node.",
        |subject| {
            grants(subject, CLUSTER, &["persistentvolumes"], &["create", "*"], "making persistent volumes")
        },
    ),
];

/// The rules of a role of these kinds for which `wrong` says what they grant.
fn rules(subject: &Subject<'_>, kinds: &[&str], wrong: impl Fn(&Value) -> Option<&'static str>) -> Vec<Hit> {
    let document = subject.document;
    if !kinds.contains(&document.kind.as_str()) {
        return Vec::new();
    }
    let rules = list(&document.value, "/rules").iter().enumerate();
    rules
        .filter_map(|(index, rule)| {
            let what = wrong(rule)?;
            let hit = Hit::new(format!("/rules/{index}"), format!("grants {what}"));
            // Only these objects, by their names: far less.
            let named = !list(rule, "/resourceNames").is_empty();
            Some(if named { hit.severity(Severity::Low) } else { hit })
        })
        .collect()
}

fn grants(
    subject: &Subject<'_>,
    kinds: &[&str],
    resources: &[&str],
    verbs: &[&str],
    what: &'static str,
) -> Vec<Hit> {
    rules(subject, kinds, |rule| {
        (has(rule, "/resources", resources) && has(rule, "/verbs", verbs)).then_some(what)
    })
}

fn everything(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = rules(subject, BOTH, |rule| {
        (has(rule, "/resources", &["*"]) && has(rule, "/verbs", &["*"]))
            .then_some("all verbs on all resources")
    });
    for hit in &mut hits {
        hit.severity = None;
    }
    hits
}

fn aws_auth(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = rules(subject, BOTH, |rule| {
        let map = has(rule, "/resources", &["configmaps"]) && has(rule, "/resourceNames", &["aws-auth"]);
        (map && has(rule, "/verbs", MANAGE)).then_some("changing `aws-auth`")
    });
    for hit in &mut hits {
        hit.severity = None;
    }
    hits
}

/// One rule makes bindings, another (or the same) has `bind`.
fn both(subject: &Subject<'_>, bindings: &str, roles: &[&str]) -> Vec<Hit> {
    let binds = rules(subject, BOTH, |rule| {
        (has(rule, "/resources", roles) && has(rule, "/verbs", &["bind", "*"])).then_some("bind")
    });
    if binds.is_empty() {
        return Vec::new();
    }
    grants(subject, BOTH, &[bindings], &["create", "*"], "making bindings, with `bind` on roles")
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    fn role(kind: &str, rule: &str) -> String {
        format!("kind: {kind}\nmetadata: {{name: r}}\nrules:\n- {rule}\n")
    }

    #[test]
    fn grants() {
        let secrets = "{apiGroups: [''], resources: [secrets], verbs: [get]}";
        assert_eq!(
            run("rbac-secrets-cluster", &role("ClusterRole", secrets)),
            ["4:3 critical ClusterRole r: grants secrets"]
        );
        assert!(run("rbac-secrets-cluster", &role("Role", secrets)).is_empty());
        assert_eq!(run("rbac-secrets-namespace", &role("Role", secrets)).len(), 1);
        let one = "{apiGroups: [''], resources: [secrets], resourceNames: [a], verbs: [get]}";
        assert_eq!(run("rbac-secrets-read", &role("Role", one)), ["4:3 low Role r: grants reading secrets"]);
        let all = "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}";
        for id in ["rbac-all", "rbac-any-resource-cluster", "rbac-wildcard"] {
            assert_eq!(run(id, &role("ClusterRole", all)).len(), 1, "{id}");
        }
        let bind = "{resources: [clusterroles], verbs: [bind]}\n- {resources: [clusterrolebindings], verbs: [create]}";
        assert_eq!(run("rbac-bind-cluster-role", &role("ClusterRole", bind)).len(), 1);
        assert_eq!(
            run(
                "rbac-aws-auth",
                &role("Role", "{resources: [configmaps], resourceNames: [aws-auth], verbs: [update]}")
            )[0],
            "4:3 critical Role r: grants changing `aws-auth`"
        );
    }
}
