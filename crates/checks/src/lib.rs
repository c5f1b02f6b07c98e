//! Kubernetes documents and Dockerfiles with positions, and the built-in checks over them.
//!
//! In: the text of a file (YAML or JSON with several documents, `kind: List`; a Dockerfile), or one JSON value. Out:
//! [`Document`]s whose values know their line and column, the pod template and the images of every workload kind, the
//! instructions and stages of a [`Dockerfile`], and one [`Finding`](seawall_findings::Finding) for each thing that a check
//! holds against them, exceptions beside them marked.
//!
//! [`pod_security`] says what the API server would refuse a pod for, by level and version of the Pod Security Standards.
//!
//! A check is one entry of a table in `check/` with its function beside; [`CHECKS`] lists all. A scan reads each file with
//! [`source`], runs [`Source::check`] on each and [`check_together`] on all. This crate does no I/O and knows no cluster.

mod check;
mod docker;
mod document;
mod error;
mod names;
mod objects;
mod pod;
mod profile;
mod source;
mod standard;
mod suppress;
pub mod yaml;

pub use check::{CHECKS, Check, Context, Hit, check, find};
pub use docker::{DockerError, DockerProblem, Dockerfile, Instruction, MAX_DOCKERFILE, Stage, dockerfile};
pub use document::{Document, documents};
pub use error::{Problem, YamlError};
pub use pod::{Container, ImageKind, ImageUse, PodTemplate, WORKLOADS, containers, images, pod_template};
pub use profile::Profile;
pub use source::{
    ClusterVersion, Kind, Options, Selection, Source, SourceError, UnknownCheck, check_together,
    may_be_config, recognise, source, too_long,
};
pub use standard::{LATEST, Standard, Version, pod_security, version_from_name};
