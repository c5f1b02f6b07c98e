//! Kubernetes documents with positions, and the built-in checks over them.
//!
//! In: the text of a YAML or JSON file (several documents, `kind: List`), or one JSON value. Out: [`Document`]s whose
//! values know their line and column, the pod template and the images of every workload kind, and one
//! [`Finding`](seawall_findings::Finding) for each thing that a check holds against them.
//!
//! [`pod_security`] says what the API server would refuse a pod for, by level and version of the Pod Security Standards.
//!
//! A check is one file in `check/` and one line in [`CHECKS`]. This crate does no I/O and knows no cluster.

mod check;
mod document;
mod error;
mod pod;
mod profile;
mod standard;
pub mod yaml;

pub use check::{CHECKS, Check, Context, Hit, check, find};
pub use document::{Document, documents};
pub use error::{Problem, YamlError};
pub use pod::{Container, ImageKind, ImageUse, PodTemplate, WORKLOADS, containers, images, pod_template};
pub use profile::Profile;
pub use standard::{LATEST, Standard, Version, pod_security, version_from_name};
