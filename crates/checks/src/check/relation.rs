//! What one object of a scan says of another that is not there, or is otherwise.
//!
//! Nothing is said where the scan holds none of what is looked for: then it is kept elsewhere.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, list, present, text_at};
use crate::objects::{Objects, Selector, Workload, same_namespace};
use crate::{Document, containers};

type Hits = Vec<(usize, Hit)>;

const SERVICES: &[&str] = &["https://kubernetes.io/docs/concepts/services-networking/service/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "relation-selector",
        aliases: &["mismatching-selector"],
        severity: Severity::High,
        title: "A selector that does not choose its own pods",
        why: "The API server refuses it, and a controller would make pods without end.",
        fix: "Make them the same:\n  selector: {matchLabels: {app: shop}}\n  template: {metadata: {labels: {app: shop}}}",
        references: &["https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector"],
        run: Run::Objects(own_selector),
        ..Check::BLANK
    },
    Check {
        id: "relation-service",
        aliases: &["dangling-service"],
        severity: Severity::Medium,
        title: "A service without pods",
        why: "Its requests are refused: mostly a label was renamed in one place only.",
        fix: "Choose the labels of the pods:\n  selector: {app: shop}",
        references: SERVICES,
        run: Run::Objects(services),
        ..Check::BLANK
    },
    Check {
        id: "relation-service-port",
        aliases: &[],
        severity: Severity::Medium,
        title: "A service's port that its pods do not have",
        why: "A target port by name must be a named port of the pods: else nothing is reached.",
        fix: "Name a port of the container:\n  ports: [{port: 80, targetPort: http}]\n  # pod: ports: [{name: http, containerPort: 8080}]",
        references: SERVICES,
        run: Run::Objects(service_ports),
        ..Check::BLANK
    },
    Check {
        id: "relation-ingress",
        aliases: &["dangling-ingress"],
        severity: Severity::Medium,
        title: "An ingress to a service that is not there",
        why: "Its requests end in an error page.",
        fix: "Name a service and one of its ports:\n  backend: {service: {name: shop, port: {number: 80}}}",
        references: &["https://kubernetes.io/docs/concepts/services-networking/ingress/"],
        run: Run::Objects(ingresses),
        ..Check::BLANK
    },
    Check {
        id: "relation-autoscaler",
        aliases: &["dangling-horizontalpodautoscaler"],
        severity: Severity::Medium,
        title: "An autoscaler of something that is not there",
        why: "Nothing is scaled when load comes.",
        fix: "Name what it scales:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}",
        references: &["https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"],
        run: Run::Objects(autoscalers),
        ..Check::BLANK
    },
    Check {
        id: "relation-disruption-budget",
        aliases: &[],
        severity: Severity::Medium,
        title: "A disruption budget without pods",
        why: "It protects nothing: an update of the nodes may stop all replicas at once.",
        fix: "Choose the labels of the pods:\n  selector: {matchLabels: {app: shop}}",
        references: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        run: Run::Objects(|objects| selects_none(objects, "PodDisruptionBudget", "/spec/selector")),
        ..Check::BLANK
    },
    Check {
        id: "relation-network-policy",
        aliases: &["dangling-networkpolicy"],
        severity: Severity::Medium,
        title: "A network policy without pods",
        why: "It forbids nothing: the pods that it means are open.",
        fix: "Choose the labels of the pods:\n  podSelector: {matchLabels: {app: shop}}",
        references: &["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
        run: Run::Objects(|objects| selects_none(objects, "NetworkPolicy", "/spec/podSelector")),
        ..Check::BLANK
    },
    Check {
        id: "relation-not-isolated",
        aliases: &["non-isolated-pod"],
        severity: Severity::Low,
        title: "Pods that no network policy covers",
        why: "Without a policy every pod of the cluster reaches them, and they reach everything.",
        fix: "Forbid all in the namespace, then allow what is needed:\n  kind: NetworkPolicy\n  spec: {podSelector: {}, policyTypes: [Ingress, Egress]}",
        references: &["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
        run: Run::Objects(not_isolated),
        ..Check::BLANK
    },
    Check {
        id: "relation-service-account",
        aliases: &["non-existent-service-account"],
        severity: Severity::Medium,
        title: "A service account that is not there",
        why: "Its pods never start.",
        fix: "Make it:\n  kind: ServiceAccount\n  metadata: {name: shop}\n  automountServiceAccountToken: false",
        references: &["https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"],
        run: Run::Objects(service_accounts),
        ..Check::BLANK
    },
    Check {
        id: "relation-twice",
        aliases: &[],
        severity: Severity::Low,
        title: "The same object twice in one file",
        why: "The one applied last counts.",
        fix: "Remove one, or give it another name:\n  metadata: {name: shop-canary}",
        references: &["https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"],
        run: Run::Objects(twice),
        ..Check::BLANK
    },
];

fn own_selector(objects: &Objects<'_>) -> Hits {
    let mut hits = Vec::new();
    for workload in objects.workloads() {
        let document = workload.document;
        let Some(selector) = present(document.value.pointer("/spec/selector")) else { continue };
        let selector = match document.kind.as_str() {
            "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => Selector::of(selector),
            "ReplicationController" => Selector::map(Some(selector)),
            _ => continue,
        };
        if !workload.fits(&selector) {
            hits.push((
                workload.index,
                Hit::new("/spec/selector", "the selector does not choose the template's labels"),
            ));
        }
    }
    hits
}

/// The Services that choose pods, with their selectors.
fn selecting<'o, 'a>(
    objects: &'o Objects<'a>,
) -> impl Iterator<Item = (usize, &'a Document, Selector<'a>)> + 'o {
    objects.of_kind("Service").filter_map(|(index, document)| {
        let selector = Selector::map(document.value.pointer("/spec/selector"));
        let external = text_at(&document.value, "/spec/type") == "ExternalName";
        (!selector.is_empty() && !external).then_some((index, document, selector))
    })
}

fn services(objects: &Objects<'_>) -> Hits {
    if objects.workloads().is_empty() {
        return Vec::new();
    }
    selecting(objects)
        .filter(|(_, document, selector)| objects.selected(selector, document).next().is_none())
        .map(|(index, _, _)| {
            (index, Hit::new("/spec/selector", "chooses the pods of no workload of this scan"))
        })
        .collect()
}

fn service_ports(objects: &Objects<'_>) -> Hits {
    let mut hits = Vec::new();
    for (index, document, selector) in selecting(objects) {
        let pods: Vec<&Workload<'_>> = objects.selected(&selector, document).collect();
        if pods.is_empty() {
            continue;
        }
        for (place, port) in list(&document.value, "/spec/ports").iter().enumerate() {
            let Some(name) = port.get("targetPort").and_then(Value::as_str) else { continue };
            let known = pods.iter().any(|pod| has_port(pod, name));
            if !known && name.parse::<u16>().is_err() {
                let pointer = format!("/spec/ports/{place}/targetPort");
                hits.push((index, Hit::new(pointer, format!("no pod of it has a port `{name}`"))));
            }
        }
    }
    hits
}

fn has_port(pod: &Workload<'_>, name: &str) -> bool {
    containers(&pod.template)
        .iter()
        .any(|container| list(container.value, "/ports").iter().any(|port| text_at(port, "/name") == name))
}

fn ingresses(objects: &Objects<'_>) -> Hits {
    let mut hits = Vec::new();
    if objects.of_kind("Service").next().is_none() {
        return hits;
    }
    for (index, document) in objects.of_kind("Ingress") {
        let mut backends = vec!["/spec/defaultBackend".to_owned()];
        for (rule, value) in list(&document.value, "/spec/rules").iter().enumerate() {
            for path in 0..list(value, "/http/paths").len() {
                backends.push(format!("/spec/rules/{rule}/http/paths/{path}/backend"));
            }
        }
        for backend in backends {
            let Some(value) = document.value.pointer(&backend) else { continue };
            let (name, port) = match present(value.get("service")) {
                Some(service) => (text_at(service, "/name"), service.get("port")),
                // The form before networking.k8s.io/v1.
                None => (text_at(value, "/serviceName"), value.get("servicePort")),
            };
            if name.is_empty() {
                continue;
            }
            match objects.find("Service", name, document) {
                None => hits.push((
                    index,
                    Hit::new(backend, format!("leads to the service `{name}`, which is not in this scan")),
                )),
                Some(service) if !serves(service, port) => {
                    hits.push((
                        index,
                        Hit::new(backend, format!("leads to a port that the service `{name}` does not have")),
                    ));
                }
                Some(_) => {}
            }
        }
    }
    hits
}

/// True if the service has that port: `{number: 80}`, `{name: http}`, or the older 80 and `http`.
fn serves(service: &Document, port: Option<&Value>) -> bool {
    let ports = list(&service.value, "/spec/ports");
    let number =
        |value: &Value| ports.iter().any(|port| port.get("port").and_then(Value::as_i64) == value.as_i64());
    let name =
        |value: &Value| ports.iter().any(|port| text_at(port, "/name") == value.as_str().unwrap_or_default());
    match port {
        Some(value @ Value::Number(_)) => number(value),
        Some(value @ Value::String(_)) => name(value),
        Some(Value::Object(map)) => match (map.get("number"), map.get("name")) {
            (Some(value), _) => number(value),
            (None, Some(value)) => name(value),
            (None, None) => true,
        },
        _ => true,
    }
}

fn autoscalers(objects: &Objects<'_>) -> Hits {
    if objects.workloads().is_empty() {
        return Vec::new();
    }
    objects
        .of_kind("HorizontalPodAutoscaler")
        .filter_map(|(index, document)| {
            let kind = text_at(&document.value, "/spec/scaleTargetRef/kind");
            let name = text_at(&document.value, "/spec/scaleTargetRef/name");
            let known = kind.is_empty() || objects.has(kind, name, document);
            let message = format!("scales {kind} `{name}`, which is not in this scan");
            (!known).then(|| (index, Hit::new("/spec/scaleTargetRef/name", message)))
        })
        .collect()
}

fn selects_none(objects: &Objects<'_>, kind: &str, pointer: &str) -> Hits {
    if objects.workloads().is_empty() {
        return Vec::new();
    }
    objects
        .of_kind(kind)
        .filter(|(_, document)| {
            let Some(selector) = present(document.value.pointer(pointer)).map(Selector::of) else {
                return false;
            };
            !selector.is_empty() && objects.selected(&selector, document).next().is_none()
        })
        .map(|(index, _)| (index, Hit::new(pointer, "chooses the pods of no workload of this scan")))
        .collect()
}

fn not_isolated(objects: &Objects<'_>) -> Hits {
    let mut covered = std::collections::HashSet::new();
    for (_, document) in objects.of_kind("NetworkPolicy") {
        let Some(selector) = document.value.pointer("/spec/podSelector").map(Selector::of) else { continue };
        covered.extend(objects.selected(&selector, document).map(|workload| workload.index));
    }
    let on_host = |workload: &Workload<'_>| super::is_true(workload.template.spec.get("hostNetwork"));
    objects
        .workloads()
        .iter()
        .filter(|workload| !covered.contains(&workload.index) && !on_host(workload))
        .map(|workload| {
            (workload.index, Hit::new("/metadata/name", "no network policy of this scan covers its pods"))
        })
        .collect()
}

fn service_accounts(objects: &Objects<'_>) -> Hits {
    if objects.of_kind("ServiceAccount").next().is_none() {
        return Vec::new();
    }
    objects
        .workloads()
        .iter()
        .filter_map(|workload| {
            let name = text_at(workload.template.spec, "/serviceAccountName");
            let known =
                matches!(name, "" | "default") || objects.has("ServiceAccount", name, workload.document);
            let pointer = format!("{}/serviceAccountName", workload.template.pointer);
            let message = format!("runs as the service account `{name}`, which is not in this scan");
            (!known).then(|| (workload.index, Hit::new(pointer, message)))
        })
        .collect()
}

/// In one file only: overlays and environments repeat objects on purpose.
fn twice(objects: &Objects<'_>) -> Hits {
    let mut seen: std::collections::HashMap<(&str, &str, &str, &str), &Document> =
        std::collections::HashMap::new();
    let mut hits = Vec::new();
    for (index, document) in objects.all() {
        let group = document.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let key = (document.path.as_str(), group, document.kind.as_str(), document.name.as_str());
        if document.name.is_empty() || document.value.pointer("/metadata/name").is_none() {
            continue;
        }
        match seen.get(&key) {
            Some(first) if same_namespace(first, document) => {
                hits.push((index, Hit::new("/metadata/name", "is in this file already")));
            }
            Some(_) => {}
            None => drop(seen.insert(key, document)),
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use crate::documents;

    /// `line id message` of the findings over all objects of a text.
    fn run(text: &str) -> Vec<String> {
        let documents = documents("all.yaml", text).unwrap();
        let documents: Vec<_> = documents.iter().collect();
        let found = super::super::check_objects(&documents, &|_| true);
        found
            .into_iter()
            .map(|finding| format!("{} {} {}", finding.position.unwrap().line, finding.id, finding.title))
            .collect()
    }

    const SHOP: &str = "kind: Deployment\nmetadata: {name: shop, namespace: s}\nspec:\n  selector: {matchLabels: {app: shop}}\n  template:\n    metadata: {labels: {app: shop}}\n    spec: {serviceAccountName: shop, containers: [{name: a, ports: [{name: http, containerPort: 80}]}]}\n---\nkind: NetworkPolicy\nmetadata: {name: all, namespace: s}\nspec: {podSelector: {}}\n---\nkind: ServiceAccount\nmetadata: {name: shop, namespace: s}\n---\nkind: Service\nmetadata: {name: shop, namespace: s}\nspec: {selector: {app: shop}, ports: [{port: 80, targetPort: http}]}\n---\nkind: Ingress\nmetadata: {name: shop, namespace: s}\nspec: {rules: [{host: a, http: {paths: [{backend: {service: {name: shop, port: {number: 80}}}}]}}]}\n---\nkind: HorizontalPodAutoscaler\nmetadata: {name: shop, namespace: s}\nspec: {scaleTargetRef: {kind: Deployment, name: shop}}\n---\nkind: PodDisruptionBudget\nmetadata: {name: shop, namespace: s}\nspec: {selector: {matchLabels: {app: shop}}}\n";

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(run(SHOP), Vec::<String>::new());
    }

    #[test]
    fn one_renamed_label() {
        let text = SHOP.replace("{labels: {app: shop}}", "{labels: {app: shops}}");
        let ids: Vec<_> = run(&text).iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
        assert_eq!(ids, ["relation-selector", "relation-service", "relation-disruption-budget"]);
    }

    #[test]
    fn other_names() {
        for (from, to, id) in [
            ("targetPort: http", "targetPort: web", "relation-service-port"),
            ("service: {name: shop,", "service: {name: shops,", "relation-ingress"),
            ("number: 80", "number: 81", "relation-ingress"),
            ("kind: Deployment, name: shop", "kind: Deployment, name: shops", "relation-autoscaler"),
            ("serviceAccountName: shop", "serviceAccountName: shops", "relation-service-account"),
            ("{podSelector: {}}", "{podSelector: {matchLabels: {app: x}}}", "relation-network-policy"),
            ("{podSelector: {}}", "{podSelector: {matchLabels: {app: x}}}", "relation-not-isolated"),
            ("kind: Ingress", "kind: Service", "relation-twice"),
        ] {
            let found = run(&SHOP.replace(from, to));
            assert!(found.iter().any(|line| line.contains(id)), "{to}: {found:?}");
        }
    }
}
