//! Services, ingresses and network policies.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, Subject, escaped, list, present, text, text_at};

const POLICIES: &[&str] = &["https://kubernetes.io/docs/concepts/services-networking/network-policies/"];
const SERVICES: &[&str] = &["https://kubernetes.io/docs/concepts/services-networking/service/"];
const INGRESS: &[&str] = &["https://kubernetes.io/docs/concepts/services-networking/ingress/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "network-policy-ingress-anywhere",
        aliases: &["KUBE-0001"],
        severity: Severity::High,
        title: "A network policy lets the whole world in",
        why: "0.0.0.0/0 is everybody: the policy forbids nothing.",
        fix: "Name who may come:\n  ingress: [{from: [{podSelector: {matchLabels: {app: gateway}}}]}]",
        references: POLICIES,
        run: Run::Object(|subject| anywhere(subject, "ingress", "from", "lets the whole world in")),
        ..Check::BLANK
    },
    Check {
        id: "network-policy-egress-anywhere",
        aliases: &["KUBE-0002"],
        severity: Severity::High,
        title: "A network policy lets traffic out to the whole world",
        why: "Whoever takes the pod over sends out what it finds and fetches tools.",
        fix: "Name where it goes:\n  egress: [{to: [{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 443}]}]",
        references: POLICIES,
        run: Run::Object(|subject| anywhere(subject, "egress", "to", "lets traffic out to the whole world")),
        ..Check::BLANK
    },
    Check {
        id: "network-policy-open",
        aliases: &["KSV-0038"],
        severity: Severity::Medium,
        title: "A network policy that forbids nothing",
        why: "An empty rule allows all traffic, and a policy without a pod selector is not what it seems.",
        fix: "Say which pods, and who may reach them:\n  podSelector: {matchLabels: {app: shop}}\n  ingress: [{from: [{podSelector: {matchLabels: {app: gateway}}}]}]",
        references: POLICIES,
        run: Run::Object(open_policy),
        ..Check::BLANK
    },
    Check {
        id: "service-external-ip",
        aliases: &["KSV-0108"],
        severity: Severity::High,
        title: "A service takes over an address",
        why: "With `externalIPs` whoever makes services draws other people's traffic to it (CVE-2020-8554).",
        fix: "Remove it, and use a load balancer or an ingress:\n  spec: {type: LoadBalancer}",
        references: &["https://github.com/kubernetes/kubernetes/issues/97076"],
        run: Run::Object(|subject| {
            let ips = list(&subject.document.value, "/spec/externalIPs");
            let wrong = subject.document.kind == "Service" && !ips.is_empty();
            wrong.then(|| Hit::new("/spec/externalIPs", "has external addresses")).into_iter().collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "service-node-port",
        aliases: &["SERVICE_INCORRECT_TYPE_VALUE_NODEPORT", "exposed-services"],
        severity: Severity::Low,
        title: "A port on every node",
        why: "It passes by the load balancer, its certificate and often the firewall.",
        fix: "Offer it inside the cluster, and through an ingress outside:\n  spec: {type: ClusterIP}",
        references: SERVICES,
        run: Run::Object(|subject| {
            let wrong = subject.document.kind == "Service"
                && text_at(&subject.document.value, "/spec/type") == "NodePort";
            wrong.then(|| Hit::new("/spec/type", "opens a port on every node")).into_iter().collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "service-open-load-balancer",
        aliases: &[],
        severity: Severity::Low,
        title: "A load balancer open to the whole world",
        why: "Without `loadBalancerSourceRanges` everybody reaches it.",
        fix: "Name who may come, if it is not for everybody:\n  spec: {type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]}",
        references: SERVICES,
        opt_in: true,
        run: Run::Object(open_load_balancer),
        ..Check::BLANK
    },
    Check {
        id: "ingress-any-host",
        aliases: &["INGRESS_INCORRECT_HOST_VALUE_PERMISSIVE"],
        severity: Severity::Medium,
        title: "An ingress for every host",
        why: "It takes the requests of all names that no other ingress has.",
        fix: "Name the host:\n  rules: [{host: shop.example.com, http: {paths: […]}}]",
        references: INGRESS,
        run: Run::Object(any_host),
        ..Check::BLANK
    },
    Check {
        id: "ingress-no-tls",
        aliases: &[],
        severity: Severity::Low,
        title: "An ingress without TLS",
        why: "What people send, passwords and cookies too, is readable on the way.",
        fix: "Give it a certificate:\n  tls: [{hosts: [shop.example.com], secretName: shop-tls}]",
        references: INGRESS,
        run: Run::Object(no_tls),
        ..Check::BLANK
    },
    Check {
        id: "ingress-snippet",
        aliases: &["KCV-0093", "INGRESS_CVE2021_25742_INCORRECT_SERVER_SNIPPET_KEY"],
        severity: Severity::Critical,
        title: "Configuration of nginx in an annotation",
        why: "Snippets and their like run code in the ingress controller, which reads all secrets of the cluster (CVE-2021-25742, CVE-2025-1974).",
        fix: "Remove it; use annotations with a meaning of their own:\n  annotations: {nginx.ingress.kubernetes.io/ssl-redirect: \"true\"}",
        references: &[
            "https://github.com/kubernetes/ingress-nginx/issues/7837",
            "https://kubernetes.io/blog/2025/03/24/ingress-nginx-cve-2025-1974/",
        ],
        run: Run::Object(snippet),
        ..Check::BLANK
    },
    Check {
        id: "ingress-snippets-allowed",
        aliases: &["CONFIGMAP_CVE2021_25742_INCORRECT_SNIPPET_ANNOTATIONS_VALUE"],
        severity: Severity::High,
        title: "The ingress controller allows snippets",
        why: "Whoever makes an ingress runs code in the controller, which reads all secrets of the cluster (CVE-2021-25742).",
        fix: "Switch them off:\n  data: {allow-snippet-annotations: \"false\"}",
        references: &["https://github.com/kubernetes/ingress-nginx/issues/7837"],
        run: Run::Object(snippets_allowed),
        ..Check::BLANK
    },
    Check {
        id: "endpoint-local",
        aliases: &["ENDPOINTSLICE_CVE2021_25373_INCORRECT_ADDRESSES_VALUE"],
        severity: Severity::Medium,
        title: "An endpoint at the node itself",
        why: "Loopback and link-local addresses lead to services of the node that trust it (CVE-2021-25737).",
        fix: "Name the pods' addresses, or leave it to a selector:\n  endpoints: [{addresses: [10.1.2.3]}]",
        references: &["https://github.com/kubernetes/kubernetes/issues/102106"],
        run: Run::Object(local_endpoint),
        ..Check::BLANK
    },
];

fn is_all(cidr: &str) -> bool {
    matches!(cidr, "0.0.0.0/0" | "::/0" | "0000::/0" | "*")
}

fn anywhere(subject: &Subject<'_>, direction: &str, side: &str, what: &str) -> Vec<Hit> {
    let document = subject.document;
    if document.kind != "NetworkPolicy" {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for (rule, value) in list(&document.value, &format!("/spec/{direction}")).iter().enumerate() {
        for (peer, value) in list(value, &format!("/{side}")).iter().enumerate() {
            if is_all(text_at(value, "/ipBlock/cidr")) {
                let pointer = format!("/spec/{direction}/{rule}/{side}/{peer}/ipBlock/cidr");
                hits.push(Hit::new(pointer, what));
            }
        }
    }
    hits
}

fn open_policy(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    if document.kind != "NetworkPolicy"
        || !document.api_version.contains("networking.k8s.io")
            && !document.api_version.is_empty()
            && document.api_version != "v1"
    {
        return Vec::new();
    }
    let spec = document.value.get("spec");
    let mut hits = Vec::new();
    if present(spec.and_then(|spec| spec.get("podSelector"))).is_none() {
        hits.push(Hit::new("/spec/podSelector", "selects no pods by name: it has no pod selector"));
    }
    for direction in ["ingress", "egress"] {
        for (index, rule) in list(&document.value, &format!("/spec/{direction}")).iter().enumerate() {
            if rule.as_object().is_none_or(serde_json::Map::is_empty) {
                hits.push(Hit::new(
                    format!("/spec/{direction}/{index}"),
                    format!("has an empty {direction} rule, which allows everything"),
                ));
            }
        }
    }
    hits
}

fn open_load_balancer(subject: &Subject<'_>) -> Vec<Hit> {
    let value = &subject.document.value;
    let balancer = subject.document.kind == "Service" && text_at(value, "/spec/type") == "LoadBalancer";
    let ranges = list(value, "/spec/loadBalancerSourceRanges");
    let open = ranges.is_empty() || ranges.iter().any(|range| is_all(text(Some(range))));
    (balancer && open)
        .then(|| Hit::new("/spec/loadBalancerSourceRanges", "is open to the whole world"))
        .into_iter()
        .collect()
}

fn any_host(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    if document.kind != "Ingress" {
        return Vec::new();
    }
    let rules = list(&document.value, "/spec/rules").iter().enumerate();
    rules
        .filter_map(|(index, rule)| {
            let host = rule.get("host").and_then(Value::as_str);
            let (what, known) = match host {
                Some("*") => ("`*`", true),
                None | Some("") => ("no host, which means all", false),
                Some(_) => return None,
            };
            let hit = Hit::new(format!("/spec/rules/{index}/host"), format!("has a rule for {what}"));
            Some(if known { hit } else { hit.severity(Severity::Low).known_as(&[]) })
        })
        .collect()
}

fn no_tls(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let plain = document.kind == "Ingress" && list(&document.value, "/spec/tls").is_empty();
    plain.then(|| Hit::new("/spec/tls", "has no TLS")).into_iter().collect()
}

/// Annotations of ingress-nginx that place text into nginx's configuration.
const CODE: &[&str] = &[
    "server-snippet",
    "configuration-snippet",
    "location-snippet",
    "http-snippet",
    "main-snippet",
    "stream-snippet",
    "modsecurity-snippet",
    "auth-snippet",
];
/// Those that did so in versions before 1.12.1.
const ONCE: &[&str] = &["auth-url", "auth-tls-match-cn", "mirror-host", "mirror-target"];

fn snippet(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    if document.kind != "Ingress" {
        return Vec::new();
    }
    let annotations = document.value.pointer("/metadata/annotations").and_then(Value::as_object);
    let mut hits = Vec::new();
    for (name, value) in annotations.into_iter().flatten() {
        let last = name.rsplit('/').next().unwrap_or(name);
        let value = text(Some(value));
        // A newline, brace or semicolon ends what the value should be and begins a directive.
        let breaks_out = ONCE.contains(&last) && value.contains(['\n', '{', '}', ';', '#']);
        if CODE.contains(&last) || breaks_out {
            let mut aliases = vec!["KCV-0093"];
            if last == "server-snippet" {
                aliases.push("INGRESS_CVE2021_25742_INCORRECT_SERVER_SNIPPET_KEY");
            }
            let pointer = format!("/metadata/annotations/{}", escaped(name));
            hits.push(Hit::new(pointer, format!("configures nginx by `{name}`")).known_as(&aliases));
        }
    }
    hits
}

fn snippets_allowed(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let nginx = matches!(document.name.as_str(), "nginx-config" | "nginx-conf" | "ingress-nginx-controller")
        || matches!(document.namespace.as_deref(), Some("ingress-nginx" | "nginx-ingress"));
    let off = text_at(&document.value, "/data/allow-snippet-annotations") == "false";
    if document.kind != "ConfigMap" || !nginx || off {
        return Vec::new();
    }
    vec![Hit::new("/data/allow-snippet-annotations", "does not switch snippets off")]
}

fn local_endpoint(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    if document.kind != "EndpointSlice" {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for (endpoint, value) in list(&document.value, "/endpoints").iter().enumerate() {
        for (index, address) in list(value, "/addresses").iter().enumerate() {
            let address = text(Some(address));
            if address.starts_with("127.")
                || address.starts_with("169.254.")
                || address == "::1"
                || address.starts_with("fe80:")
            {
                let pointer = format!("/endpoints/{endpoint}/addresses/{index}");
                hits.push(Hit::new(pointer, format!("leads to {address}")));
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn policies() {
        let text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np}\nspec:\n  podSelector: {}\n  ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]\n  egress: [{}]\n";
        assert_eq!(run("network-policy-ingress-anywhere", text).len(), 1);
        assert_eq!(
            run("network-policy-open", text),
            ["7:12 medium NetworkPolicy np: has an empty egress rule, which allows everything"]
        );
    }

    #[test]
    fn services_and_ingresses() {
        assert_eq!(
            run("service-node-port", "kind: Service\nmetadata: {name: s}\nspec: {type: NodePort}\n").len(),
            1
        );
        let text = "kind: Ingress\nmetadata: {name: i, annotations: {nginx.ingress.kubernetes.io/server-snippet: x, nginx.ingress.kubernetes.io/auth-url: 'http://a'}}\nspec: {rules: [{host: '*'}, {}]}\n";
        assert_eq!(run("ingress-any-host", text).len(), 2);
        assert_eq!(run("ingress-snippet", text).len(), 1);
        assert_eq!(run("ingress-no-tls", text).len(), 1);
        assert_eq!(
            run(
                "endpoint-local",
                "kind: EndpointSlice\nmetadata: {name: e}\nendpoints: [{addresses: [127.0.0.1, 10.0.0.1]}]\n"
            )
            .len(),
            1
        );
    }
}
