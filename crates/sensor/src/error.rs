//! What can keep the sensor from starting.

/// What can keep the sensor from starting.
#[derive(Debug, thiserror::Error)]
pub enum SensorError {
    /// The process lacks the capabilities that loading programs needs.
    #[error(
        "the sensor needs root or the capabilities {0}: run it as root, or give its container these capabilities and `hostPID: true`"
    )]
    NotPermitted(String),
    /// The kernel tells no types of its own structures.
    #[error(
        "the kernel's type information /sys/kernel/btf/vmlinux cannot be read: a kernel built with CONFIG_DEBUG_INFO_BTF=y \
         (5.8 or newer) is needed, and /sys must be mounted: {0}"
    )]
    Btf(#[source] aya::BtfError),
    /// Only a part of the host's processes can be seen from here.
    #[error(
        "the sensor runs in a pid namespace of its own and could not name the host's processes: give its container `hostPID: true`"
    )]
    PidNamespace,
    /// The embedded object was refused.
    #[error("the kernel refused the sensor's maps or types: {0}")]
    Load(#[source] Box<aya::EbpfError>),
    /// One program was refused; the verifier's words are in the source.
    #[error("the kernel refused the program `{program}`: {source}")]
    Program {
        /// The program's name in `bpf/sensor.bpf.c`.
        program: &'static str,
        /// Why.
        #[source]
        source: Box<aya::programs::ProgramError>,
    },
    /// A map of the embedded object cannot be used.
    #[error("the sensor's map `{map}` cannot be used: {source}")]
    Map {
        /// The map's name in `bpf/sensor.bpf.c`.
        map: &'static str,
        /// Why.
        #[source]
        source: aya::maps::MapError,
    },
    /// A path in [`crate::Options::kill`] that no executable can have in the kernel side's form.
    #[error(
        "`{0}` cannot be forbidden: it must be absolute, without `.`, `..` and doubled slashes, of at most 31 names and \
         about 250 bytes"
    )]
    KillPath(String),
    /// The embedded object does not hold what this program expects: a build fault.
    #[error("the embedded object has no `{0}`: build it again with crates/sensor/bpf/build.sh")]
    Missing(&'static str),
    /// A clock or a thread could not be had.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}
