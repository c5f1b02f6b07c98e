//! Captures: recorded events in the formats of the field, read and written.
//!
//! In: bytes of a `.scap` file of Falco or sysdig (plain or gzip), of a Kubernetes audit log (JSON, one entry a line or
//! lists of them), or of Seawall's own JSON lines; [`open`] finds out which. Out: [`seawall_events::Event`]s with
//! process lineage, file descriptors, names and containers as they were at that moment; and for [`ScapWriter`], events
//! in and the bytes of a `.scap` file out that sysdig and Falco read. Pure: no file, network or clock.

mod audit;
mod error;
mod open;
mod scap;

pub use audit::AuditReader;
pub use error::CaptureError;
pub use open::{Capture, Form, open};
pub use scap::{ScapHeader, ScapReader, ScapWriter};
