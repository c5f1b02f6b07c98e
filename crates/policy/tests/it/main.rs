//! Behaviour of policies: what is refused with which words, and which verdicts evidence gives.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail by panicking, and skipped tests say why"
)]

mod contents;
mod evidence;
mod refused;
mod verdicts;

/// The policy of the design, as far as this version goes.
const PRODUCTION: &str = r#"
apiVersion: seawall.dev/v1alpha1
kind: Policy
metadata: {name: production}
spec:
  match:
    images: ["registry.example.com/**"]
    namespaces: ["prod-*"]
  require:
    - signature: {keys: [team.pub], threshold: 1}
    - attestation: {type: vuln, maxAge: 24h, keys: [ci.pub]}
    - digest: pinned
  deny:
    - vulnerability: {severity: high, fixable: true, graceDays: 7}
    - vulnerability: {exploited: true}
    - check: {profile: restricted}
  warn:
    - vulnerability: {severity: medium}
  exceptions:
    - {id: CVE-2026-24515, packages: [expat], reason: "no untrusted XML reaches it", owner: payments, until: 2027-01-31}
"#;
