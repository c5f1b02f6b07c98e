//! The sensor: what processes do, seen by the kernel, told as events.
//!
//! In: the running kernel, through small eBPF programs (`bpf/sensor.bpf.c`, built by `bpf/build.sh`, committed as
//! `bpf/sensor.bpf.o` and embedded), `/proc`, and the state files of container runtimes. Out: [`Sensor::next`] gives
//! [`seawall_events::Event`]s with process, lineage, container and pod; [`Sensor::stats`] tells what was lost, and
//! [`probe`] what this kernel allows.
//!
//! ```no_run
//! # async fn example() -> Result<(), seawall_sensor::SensorError> {
//! let mut sensor = seawall_sensor::Sensor::start(seawall_sensor::Options::default())?;
//! while let Some(event) = sensor.next().await {
//!     tracing::info!(number = event.number, name = event.process.name, "event");
//! }
//! # Ok(())
//! # }
//! ```

mod calls;
mod clock;
pub mod containers;
mod error;
mod kernel;
mod options;
mod path;
mod probe;
mod procfs;
mod reader;
mod record;
mod sensor;
mod stats;
mod table;
mod users;

pub use calls::names as calls;
pub use error::SensorError;
pub use options::Options;
pub use probe::{Capability, probe};
pub use sensor::Sensor;
pub use stats::{Dropped, Stats};
