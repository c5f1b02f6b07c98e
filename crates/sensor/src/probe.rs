//! What this kernel and this process allow.

use std::path::Path;

use aya::maps::MapType;
use aya::programs::{BtfTracePoint, FEntry, Lsm, Program, ProgramError, ProgramType};
use aya::sys::{is_map_supported, is_program_supported};
use aya::{Btf, Ebpf, EbpfLoader};

static OBJECT: &[u8] = aya::include_bytes_aligned!("../bpf/probe.bpf.o");

/// Inode of the first pid namespace (`PROC_PID_INIT_INO` in the kernel).
const FIRST_PID_NAMESPACE: u32 = 0xEFFF_FFFC;

/// Bits of capability sets (capabilities(7)).
const CAP_SYS_PTRACE: u32 = 19;
const CAP_SYS_ADMIN: u32 = 21;
const CAP_PERFMON: u32 = 38;
const CAP_BPF: u32 = 39;

/// One thing that the sensor needs or can use.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Capability {
    /// `btf`, `ring-buffer`, `raw-tracepoint`, `tp_btf`, `fentry`, `lsm`, `capabilities`, `pid-namespace`, `cgroup`.
    pub name: &'static str,
    /// Whether the sensor cannot do without.
    pub required: bool,
    /// Whether it is there.
    pub available: bool,
    /// Which, or why not.
    pub detail: String,
}

/// Tries what the sensor needs, and what it could use.
pub fn probe() -> Vec<Capability> {
    let btf = Path::new("/sys/kernel/btf/vmlinux");
    let missing = missing_capabilities();
    let host = in_host_pid_namespace();
    let mut list = vec![
        Capability {
            name: "capabilities",
            required: true,
            available: missing.is_none(),
            detail: missing
                .map_or_else(|| "sufficient".to_owned(), |names| format!("missing: {names}; run as root")),
        },
        Capability {
            name: "pid-namespace",
            required: true,
            available: host,
            detail: if host { "the host's" } else { "not the host's; a container needs `hostPID: true`" }
                .to_owned(),
        },
        Capability {
            name: "btf",
            required: true,
            available: btf.is_file(),
            detail: if btf.is_file() {
                btf.display().to_string()
            } else {
                format!("{} is absent: the kernel needs CONFIG_DEBUG_INFO_BTF=y", btf.display())
            },
        },
    ];
    let map = is_map_supported(MapType::RingBuf).map_err(|error| error.to_string());
    list.push(tried("ring-buffer", true, map, "Linux 5.8 or newer"));
    let raw = is_program_supported(ProgramType::RawTracePoint).map_err(|error| error.to_string());
    list.push(tried("raw-tracepoint", true, raw, "Linux 4.17 or newer"));
    let mut programs = Btf::from_sys_fs().map_err(|error| error.to_string()).and_then(|btf| {
        let programs = EbpfLoader::new().btf(Some(&btf)).load(OBJECT).map_err(|error| error.to_string())?;
        Ok((btf, programs))
    });
    for (name, attempt) in OPTIONAL {
        let answer = match &mut programs {
            Ok((btf, programs)) => attempt(programs, btf),
            Err(error) => Err(error.clone()),
        };
        let detail =
            answer.as_ref().err().cloned().unwrap_or_else(|| "a program could be attached".to_owned());
        list.push(Capability { name, required: false, available: answer.is_ok(), detail });
    }
    list.push(cgroup());
    list
}

fn tried(name: &'static str, required: bool, answer: Result<bool, String>, since: &str) -> Capability {
    let (available, detail) = match answer {
        Ok(true) => (true, "supported".to_owned()),
        Ok(false) => (false, format!("not supported by this kernel; needs {since}")),
        Err(error) => (false, error),
    };
    Capability { name, required, available, detail }
}

type Attempt = fn(&mut Ebpf, &Btf) -> Result<(), String>;

/// Kinds of programs that the sensor does not need; `bpf/probe.bpf.c` has an empty one of each.
const OPTIONAL: [(&str, Attempt); 3] = [
    ("tp_btf", |programs, btf| {
        let program: &mut BtfTracePoint = named(programs, "try_tp_btf")?;
        program.load("sched_process_exec", btf).and_then(|()| program.attach()).map(drop).map_err(words)
    }),
    ("fentry", |programs, btf| {
        let program: &mut FEntry = named(programs, "try_fentry")?;
        program.load("security_file_open", btf).and_then(|()| program.attach()).map(drop).map_err(words)
    }),
    ("lsm", |programs, btf| {
        let program: &mut Lsm = named(programs, "try_lsm")?;
        program.load("file_open", btf).and_then(|()| program.attach()).map(drop).map_err(words)
    }),
];

fn named<'a, P>(programs: &'a mut Ebpf, name: &'static str) -> Result<&'a mut P, String>
where
    &'a mut P: TryFrom<&'a mut Program, Error = ProgramError>,
{
    let program = programs.program_mut(name).ok_or_else(|| format!("the embedded object has no `{name}`"))?;
    program.try_into().map_err(words)
}

/// The error with its causes: the kernel's own word is the innermost.
#[allow(clippy::needless_pass_by_value, reason = "used with map_err")]
fn words(error: ProgramError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.lines().next().unwrap_or_default().to_owned()
}

fn cgroup() -> Capability {
    let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let (mut v1, mut v2) = (false, false);
    for line in table.lines() {
        if let Some((_, after)) = line.split_once(" - ") {
            v1 |= after.starts_with("cgroup ");
            v2 |= after.starts_with("cgroup2 ");
        }
    }
    let detail = match (v1, v2) {
        (false, true) => "version 2",
        (true, false) => "version 1",
        (true, true) => "version 1 with an additional version 2 hierarchy",
        (false, false) => "not mounted here; the kernel side needs no mount",
    };
    Capability { name: "cgroup", required: false, available: v1 || v2, detail: detail.to_owned() }
}

/// The capabilities that are missing, in words; None when all are there. `CAP_SYS_ADMIN` stands for the finer ones.
pub(crate) fn missing_capabilities() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|text| u64::from_str_radix(text.trim(), 16).ok())
        .unwrap_or(0);
    let has = |bit: u32| effective & (1 << bit) != 0;
    let mut missing = Vec::new();
    if !has(CAP_SYS_ADMIN) {
        if !has(CAP_BPF) {
            missing.push("CAP_BPF");
        }
        if !has(CAP_PERFMON) {
            missing.push("CAP_PERFMON");
        }
    }
    if !has(CAP_SYS_PTRACE) {
        missing.push("CAP_SYS_PTRACE");
    }
    (!missing.is_empty()).then(|| missing.join(", "))
}

pub(crate) fn in_host_pid_namespace() -> bool {
    crate::procfs::namespace("self", "pid") == Some(FIRST_PID_NAMESPACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_says_which_or_why_not() {
        let list = probe();
        assert_eq!(list.len(), 9);
        assert!(list.iter().all(|capability| !capability.detail.is_empty()), "{list:?}");
    }
}
