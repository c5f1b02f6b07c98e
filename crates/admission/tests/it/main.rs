//! Behaviour of admission: reviews in, answers out, over TLS as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail by panicking, and skipped tests say why"
)]

mod requests;
mod reviews;
mod tls;

use std::collections::BTreeMap;

use seawall_admission::{Judgement, Request};
use seawall_findings::Digest;
use seawall_policy::{Outcome, Reason, Verdict};
use serde_json::{Value, json};

pub(crate) fn digest() -> Digest {
    Digest::from_sha256([0xab; 32])
}

/// A verdict of one reason.
pub(crate) fn verdict(outcome: Outcome) -> Verdict {
    Verdict::new(vec![Reason {
        policy: "production".into(),
        rule: "require[0].signature".into(),
        outcome,
        subject: "registry.example.com/shop:1.1".into(),
        message: "no valid signature by team.pub".into(),
        remedy: "sign it: seawall sign registry.example.com/shop:1.1".into(),
        finding: None,
        exception: None,
    }])
}

/// Allows and pins every image of the request.
pub(crate) fn pin_all(request: &Request) -> Judgement {
    let pins: BTreeMap<_, _> = request.images.iter().map(|image| (image.image.clone(), digest())).collect();
    Judgement { verdict: Verdict::new(vec![]), pins }
}

/// A review of a pod with an init and a main container.
pub(crate) fn pod() -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "operation": "CREATE",
            "namespace": "prod",
            "name": "shop",
            "userInfo": {"username": "alice"},
            "object": {
                "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "shop"},
                "spec": {
                    "initContainers": [{"name": "migrate", "image": "registry.example.com:5000/shop"}],
                    "containers": [
                        {"name": "shop", "image": "registry.example.com/shop:1.1"},
                        {"name": "side", "image": format!("registry.example.com/side:2@sha256:{}", "0".repeat(64))},
                    ],
                },
            },
        },
    })
}
