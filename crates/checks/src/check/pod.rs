//! A pod as a whole: its token, its place, how it is spread.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Subject, list, present, text_at};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "pod-service-account-token",
        aliases: &["KSV-0036", "SRVACC_INCORRECT_AUTOMOUNTSERVICEACCOUNTTOKEN_VALUE"],
        severity: Severity::Low,
        title: "Mounts a token for the API server",
        why: "Hardly a program asks the API server anything; whoever takes the pod over does, as its service account.",
        fix: "Leave it out, in the pod or in its service account:\n  spec: {automountServiceAccountToken: false}",
        references: &["https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"],
        run: Run::Pod(token),
        ..Check::BLANK
    },
    Check {
        id: "service-account-token",
        aliases: &["CIS_INVALID_VALUE_AUTOMOUNTSERVICEACCOUNTTOKEN"],
        severity: Severity::Low,
        title: "A service account whose token every pod mounts",
        why: "Pods that name no service account get `default`: what is granted to it, all of them have.",
        fix: "Let pods that need the token ask for it:\n  kind: ServiceAccount\n  metadata: {name: default}\n  automountServiceAccountToken: false",
        references: &["https://www.cisecurity.org/benchmark/kubernetes"],
        opt_in: true,
        run: Run::Object(account_token),
        ..Check::BLANK
    },
    Check {
        id: "pod-host-aliases",
        aliases: &["KSV-0007"],
        severity: Severity::Low,
        title: "Writes names into /etc/hosts",
        why: "A name that only this pod resolves otherwise hides where its traffic goes.",
        fix: "Remove `hostAliases` and use a Service or DNS:\n  kind: Service\n  spec: {type: ExternalName, externalName: db.example.com}",
        references: &["https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/"],
        run: Run::Pod(|context| {
            let there = present(context.template.spec.get("hostAliases")).is_some();
            there.then(|| context.pod_hit("hostAliases", "the pod has `hostAliases`")).into_iter().collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "pod-tiller",
        aliases: &["KSV-0102"],
        severity: Severity::Critical,
        title: "Runs Tiller",
        why: "Helm 2's server does what anybody in the cluster asks it to, mostly as cluster administrator.",
        fix: "Move to Helm 3, which has no server:\n  helm 2to3 convert RELEASE\n  kubectl -n kube-system delete deployment tiller-deploy",
        references: &["https://helm.sh/docs/topics/v2_v3_migration/"],
        run: Run::Pod(tiller),
        ..Check::BLANK
    },
    Check {
        id: "pod-system-namespace",
        aliases: &["KSV-0037"],
        severity: Severity::Medium,
        title: "In the cluster's own namespace",
        why: "What runs in kube-system is trusted by policies and administrators, and quotas leave it out.",
        fix: "Give the application a namespace:\n  metadata: {namespace: shop}",
        references: &["https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"],
        run: Run::Object(system_namespace),
        ..Check::BLANK
    },
    Check {
        id: "pod-topology-key",
        aliases: &["EKS_MISSING_KEY_TOPOLOGYKEY", "no-anti-affinity"],
        severity: Severity::Low,
        title: "An anti-affinity without a topology key",
        why: "Without a key nothing is kept apart, and the API server refuses the pod.",
        fix: "Say what to spread over:\n  podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: shop}}}",
        references: &["https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"],
        run: Run::Pod(topology_key),
        ..Check::BLANK
    },
    Check {
        id: "pod-do-not-schedule",
        aliases: &["EKS_INVALID_VALUE_DONOOTSCHEDULE"],
        severity: Severity::Low,
        title: "Rather not scheduled than unevenly spread",
        why: "With `DoNotSchedule` a failed zone keeps new pods from starting in the others.",
        fix: "Spread as well as possible:\n  topologySpreadConstraints: [{whenUnsatisfiable: ScheduleAnyway, maxSkew: 1, topologyKey: topology.kubernetes.io/zone}]",
        references: &["https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"],
        opt_in: true,
        run: Run::Pod(do_not_schedule),
        ..Check::BLANK
    },
    Check {
        id: "pod-restart-policy",
        aliases: &["WORKLOAD_INCORRECT_RESTARTPOLICY_VALUE_ALWAYS", "restart-policy"],
        severity: Severity::Medium,
        title: "A restart policy that the kind does not allow",
        why: "Deployments and their like are refused with anything but `Always`, Jobs with `Always`.",
        fix: "Remove it, or say what the kind allows:\n  restartPolicy: Always      # Deployment, ReplicaSet, DaemonSet, StatefulSet\n  restartPolicy: OnFailure   # Job, CronJob (or Never)",
        references: &["https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy"],
        run: Run::Pod(restart_policy),
        ..Check::BLANK
    },
    Check {
        id: "pod-naked",
        aliases: &["K8S_INCORRECT_KIND_VALUE_POD"],
        severity: Severity::Low,
        title: "A pod that nothing keeps running",
        why: "When its node fails, a pod without a controller is gone.",
        fix: "Let a controller make it:\n  kind: Deployment\n  spec: {replicas: 2, template: {spec: {containers: […]}}}",
        references: &["https://kubernetes.io/docs/concepts/configuration/overview/"],
        opt_in: true,
        run: Run::Object(naked),
        ..Check::BLANK
    },
    Check {
        id: "pod-process-namespace",
        aliases: &[],
        severity: Severity::Low,
        title: "Containers share their processes",
        why: "With `shareProcessNamespace` a container reads its neighbours' memory and files through /proc.",
        fix: "Remove it; share a volume instead:\n  spec: {shareProcessNamespace: false}",
        references: &["https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/"],
        run: Run::Pod(|context| {
            let on = super::is_true(context.template.spec.get("shareProcessNamespace"));
            let hit = || context.pod_hit("shareProcessNamespace", "containers share their processes");
            on.then(hit).into_iter().collect()
        }),
        ..Check::BLANK
    },
];

/// Where the pod leaves it open, its service account decides; `pod-service-account-unused` of the relations knows it. A
/// volume that asks for the token by hand is not held against it.
fn token(context: &Context<'_>) -> Vec<Hit> {
    // Work of the control plane has its own.
    match context.template.spec.get("automountServiceAccountToken") {
        Some(Value::Bool(false)) => Vec::new(),
        Some(Value::Bool(true)) => {
            vec![
                context.pod_hit("automountServiceAccountToken", "the pod mounts its service account's token"),
            ]
        }
        _ => vec![
            context
                .pod_hit(
                    "automountServiceAccountToken",
                    "the pod does not say that it needs no service account token, so it gets one",
                )
                .known_as(&["SRVACC_INCORRECT_AUTOMOUNTSERVICEACCOUNTTOKEN_VALUE"]),
        ],
    }
}

fn account_token(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let off = document.value.get("automountServiceAccountToken") == Some(&Value::Bool(false));
    if document.kind != "ServiceAccount" || off {
        return Vec::new();
    }
    let hit = Hit::new("/automountServiceAccountToken", "pods with this service account mount its token");
    let default = document.name == "default";
    vec![if default { hit } else { hit.known_as(&["SRVACC_INCORRECT_AUTOMOUNTSERVICEACCOUNTTOKEN_VALUE"]) }]
}

fn tiller(context: &Context<'_>) -> Vec<Hit> {
    let labels = context.template.metadata.and_then(|metadata| metadata.get("labels"));
    let label = |name: &str| labels.and_then(|labels| labels.get(name)).and_then(Value::as_str);
    let labelled = label("app") == Some("helm") && label("name") == Some("tiller");
    let mut hits = Vec::new();
    for container in &context.containers {
        let image = text_at(container.value, "/image");
        let name = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or_default();
        if name == "tiller" {
            hits.push(Context::container_hit(container, "image", "runs Tiller"));
        }
    }
    if hits.is_empty() && (labelled || context.document.name == "tiller-deploy") {
        hits.push(context.pod_hit("", "the pod is Tiller's"));
    }
    hits
}

fn system_namespace(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let labels = document.value.pointer("/metadata/labels");
    let label = |name: &str| labels.and_then(|labels| labels.get(name)).and_then(Value::as_str);
    let own = label("tier") == Some("control-plane")
        || label("k8s-app") == Some("kube-proxy")
        || label("component") == Some("kube-proxy");
    if document.namespace.as_deref() != Some("kube-system")
        || own
        || crate::pod_template(&document.value).is_none()
    {
        return Vec::new();
    }
    vec![Hit::new("/metadata/namespace", "is in the namespace kube-system")]
}

fn topology_key(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (which, term) in [
        ("preferredDuringSchedulingIgnoredDuringExecution", "/podAffinityTerm"),
        ("requiredDuringSchedulingIgnoredDuringExecution", ""),
    ] {
        let pointer = format!("/affinity/podAntiAffinity/{which}");
        for (index, rule) in list(context.template.spec, &pointer).iter().enumerate() {
            if text_at(rule, &format!("{term}/topologyKey")).is_empty() {
                let field = format!("{}/{index}{term}", &pointer[1..]);
                hits.push(context.pod_hit(&field, "the anti-affinity has no topology key"));
            }
        }
    }
    hits
}

fn do_not_schedule(context: &Context<'_>) -> Vec<Hit> {
    let constraints = list(context.template.spec, "/topologySpreadConstraints");
    let wrong = constraints
        .iter()
        .enumerate()
        .filter(|(_, one)| text_at(one, "/whenUnsatisfiable") == "DoNotSchedule");
    wrong
        .map(|(index, _)| {
            let field = format!("topologySpreadConstraints/{index}/whenUnsatisfiable");
            context.pod_hit(&field, "a pod that cannot be spread evenly is not scheduled")
        })
        .collect()
}

fn restart_policy(context: &Context<'_>) -> Vec<Hit> {
    let policy = text_at(context.template.spec, "/restartPolicy");
    let allowed: &[&str] = match context.document.kind.as_str() {
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" | "ReplicationController" => {
            &["Always", ""]
        }
        "Job" | "CronJob" => &["OnFailure", "Never"],
        _ => return Vec::new(),
    };
    if allowed.contains(&policy) {
        return Vec::new();
    }
    let what = if policy.is_empty() {
        "no restart policy, which means `Always`".into()
    } else {
        format!("the restart policy `{policy}`")
    };
    vec![context.pod_hit("restartPolicy", format!("the pod has {what}; allowed is {}", allowed[0]))]
}

fn naked(subject: &Subject<'_>) -> Vec<Hit> {
    let owned = !list(&subject.document.value, "/metadata/ownerReferences").is_empty();
    if subject.document.kind != "Pod" || owned {
        return Vec::new();
    }
    vec![Hit::new("/kind", "is a pod without a controller")]
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn tokens() {
        let pod = |field: &str| {
            format!("kind: Pod\nmetadata: {{name: p}}\nspec:\n  containers: [{{name: a}}]\n  {field}\n")
        };
        assert!(run("pod-service-account-token", &pod("automountServiceAccountToken: false")).is_empty());
        assert_eq!(
            run("pod-service-account-token", &pod("automountServiceAccountToken: true"))[0],
            "5:3 low Pod p: the pod mounts its service account's token"
        );
        assert_eq!(
            run("service-account-token", "kind: ServiceAccount\nmetadata: {name: default}\n").len(),
            1
        );
    }

    #[test]
    fn places() {
        let text = "kind: Pod\nmetadata: {name: p, namespace: kube-system}\nspec:\n  hostAliases: []\n  containers: [{name: a, image: 'x/tiller:2'}]\n";
        for id in ["pod-system-namespace", "pod-host-aliases", "pod-tiller", "pod-naked"] {
            assert_eq!(run(id, text).len(), 1, "{id}");
        }
        let job = "kind: Job\nmetadata: {name: p}\nspec: {template: {spec: {containers: [{name: a}]}}}\n";
        assert_eq!(run("pod-restart-policy", job).len(), 1);
    }
}
