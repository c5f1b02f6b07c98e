//! What the API server is told: a `v1` list of the mutating and the validating webhook configuration.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Where the API server finds the webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `https://127.0.0.1:8443`: an address, without a path.
    Url(String),
    /// A Service of the cluster.
    Service {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its port.
        port: u16,
    },
}

/// Name of both configuration objects.
const NAME: &str = "seawall";

/// The two configurations. `exempt_namespaces` are not asked about at all: `kube-system` at least, and the one Seawall
/// itself runs in, or a cluster that starts anew waits for a webhook that waits for the cluster.
///
/// Both fail closed (`failurePolicy: Fail`). Both have `sideEffects: NoneOnDryRun`: what was judged is written to the
/// ledger, unless it is a dry run.
pub fn webhook_configuration(target: &Target, ca_pem: &str, exempt_namespaces: &[String]) -> Value {
    let webhook = |name: &str, path: &str| {
        let mut client = match target {
            Target::Url(url) => json!({"url": format!("{}{path}", url.trim_end_matches('/'))}),
            Target::Service { namespace, name, port } => {
                json!({"service": {"namespace": namespace, "name": name, "port": port, "path": path}})
            }
        };
        client["caBundle"] = STANDARD.encode(ca_pem).into();
        let selector = if exempt_namespaces.is_empty() {
            json!({})
        } else {
            json!({"matchExpressions": [
                {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": exempt_namespaces}
            ]})
        };
        json!({
            "name": name,
            "admissionReviewVersions": ["v1"],
            "clientConfig": client,
            "failurePolicy": "Fail",
            "matchPolicy": "Equivalent",
            "sideEffects": "NoneOnDryRun",
            "timeoutSeconds": 10,
            "namespaceSelector": selector,
            "rules": rules(),
        })
    };
    let mut mutating = webhook("mutate.seawall.dev", "/mutate");
    // Another webhook may add a container after ours: then ours is asked again.
    mutating["reinvocationPolicy"] = "IfNeeded".into();
    let configuration = |kind: &str, webhook: Value| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": kind,
            "metadata": {"name": NAME, "labels": {"app.kubernetes.io/name": "seawall"}},
            "webhooks": [webhook],
        })
    };
    json!({
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            configuration("MutatingWebhookConfiguration", mutating),
            configuration("ValidatingWebhookConfiguration", webhook("validate.seawall.dev", "/validate")),
        ],
    })
}

fn rules() -> Value {
    let rule = |group: &str, resources: &[&str]| {
        json!({
            "apiGroups": [group],
            "apiVersions": ["*"],
            "operations": ["CREATE", "UPDATE"],
            "resources": resources,
            "scope": "Namespaced",
        })
    };
    json!([
        rule("", &["pods", "pods/ephemeralcontainers", "replicationcontrollers", "podtemplates"]),
        rule("apps", &["deployments", "replicasets", "statefulsets", "daemonsets"]),
        rule("batch", &["jobs", "cronjobs"]),
    ])
}
