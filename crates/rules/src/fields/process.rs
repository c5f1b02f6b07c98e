//! `proc.*` and `thread.*`: the process and its ancestors.

use std::borrow::Cow;

use seawall_events::{Event, Process};

use super::table::{absent, field, recorded, with};
use super::value::{Value, number, text, truth};
use super::{Argument, Field, Takes, Type};

use Type::{Bool, Number, Text, Texts};

#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    field("proc.name", Text, |e, _| text(&*who(e)?.name), "comm"),
    field("proc.exe", Text, |e, _| text(exe(who(e)?)), "argv[0]"),
    field("proc.exepath", Text, |e, _| text(&*who(e)?.exe_path), "path of the executable"),
    field("proc.exeline", Text, |e, _| text(who(e)?.args.join(" ")), "argv[0] and the arguments"),
    field("proc.cmdline", Text, |e, _| text(who(e)?.command_line()), "name and arguments"),
    field("proc.args", Type::List, |e, _| Some(Value::Joined(who(e)?.args.get(1..).unwrap_or_default())), "the arguments"),
    field("proc.nargs", Number, |e, _| number(who(e)?.args.len().saturating_sub(1)), "how many arguments"),
    field("proc.cmdnargs", Number, |e, _| number(who(e)?.args.len().saturating_sub(1)), "how many arguments"),
    field("proc.cmdlenargs", Number, |e, _| number(who(e)?.args.iter().skip(1).map(String::len).sum::<usize>()), "how long the arguments are, blanks between them not counted"),
    field("proc.cwd", Text, |e, _| text(directory(who(e)?.cwd.as_deref()?)), "working directory, with a slash at its end"),
    field("proc.pid", Number, |e, _| number(who(e)?.pid), "pid on the host"),
    field("proc.vpid", Number, |e, _| number(who(e)?.vpid), "pid in the container"),
    field("proc.ppid", Number, |e, _| number(who(e)?.ppid), "the parent's pid on the host"),
    field("proc.pvpid", Number, |e, _| number(parent(e)?.vpid), "the parent's pid in the container"),
    field("proc.tty", Number, |e, _| number(who(e)?.tty), "terminal; 0 without one"),
    field("proc.duration", Number, |e, _| duration(e, &e.process), "nanoseconds since it started"),
    field("proc.ppid.duration", Number, |e, _| duration(e, parent(e)?), "nanoseconds since the parent started"),
    field("proc.pid.ts", Number, |e, _| known(e.process.started), "when it started"),
    field("proc.ppid.ts", Number, |e, _| known(parent(e)?.started), "when the parent started"),
    field("proc.pname", Text, |e, _| text(&*parent(e)?.name), "the parent's name"),
    field("proc.pexe", Text, |e, _| text(exe(parent(e)?)), "the parent's argv[0]"),
    field("proc.pexepath", Text, |e, _| text(&*parent(e)?.exe_path), "path of the parent's executable"),
    field("proc.pcmdline", Text, |e, _| text(parent(e)?.command_line()), "the parent's name and arguments"),
    with(Takes::Index, field("proc.aname", Texts, |e, a| ancestors(e, a, |p| p.name.as_str().into()), "an ancestor's name; 1 is the parent")),
    with(Takes::Index, field("proc.aexe", Texts, |e, a| ancestors(e, a, |p| exe(p).into()), "an ancestor's argv[0]")),
    with(Takes::Index, field("proc.aexepath", Texts, |e, a| ancestors(e, a, |p| p.exe_path.as_str().into()), "path of an ancestor's executable")),
    with(Takes::Index, field("proc.acmdline", Texts, |e, a| ancestors(e, a, |p| p.command_line().into()), "an ancestor's name and arguments")),
    with(Takes::Index, field("proc.apid", Number, ancestor_pid, "an ancestor's pid")),
    field("thread.tid", Number, |e, _| number(thread(e)?), "thread id"),
    field("thread.vtid", Number, |e, _| number(match who(e)?.vtid { 0 => e.process.vpid, id => id }), "thread id in the container"),
    field("thread.ismain", Bool, |e, _| truth(who(e)?.thread_id() == e.process.pid), "whether it is the main thread"),
    recorded("thread.cap_effective", Text, |e, _| text(capabilities(who(e)?.capabilities?.effective)), "effective capabilities"),
    recorded("thread.cap_permitted", Text, |e, _| text(capabilities(who(e)?.capabilities?.permitted)), "permitted capabilities"),
    recorded("thread.cap_inheritable", Text, |e, _| text(capabilities(who(e)?.capabilities?.inheritable)), "inheritable capabilities"),
    recorded("proc.sid", Number, |e, _| number(match who(e)?.sid { 0 => -1, id => i64::from(id) }), "session id; -1 when unknown"),
    recorded("proc.sname", Text, |e, _| text(&*session(e)?.name), "name of the session leader"),
    recorded("proc.sid.exe", Text, |e, _| text(exe(session(e)?)), "argv[0] of the session leader"),
    recorded("proc.sid.exepath", Text, |e, _| text(&*session(e)?.exe_path), "executable of the session leader"),
    recorded("proc.pgid", Number, |e, _| number(who(e)?.pgid), "process group"),
    recorded("proc.pgid.name", Text, |e, _| text(&*group(e)?.name), "name of the process group's leader"),
    recorded("proc.pgid.exe", Text, |e, _| text(exe(group(e)?)), "argv[0] of the process group's leader"),
    recorded("proc.pgid.exepath", Text, |e, _| text(&*group(e)?.exe_path), "executable of the process group's leader"),
    recorded("proc.is_pgid_leader", Bool, |e, _| truth(who(e)?.pgid == e.process.pid), "whether it leads its process group"),
    recorded("proc.vpgid", Number, |e, _| number(who(e)?.vpgid), "process group in the container"),
    recorded("proc.vpgid.name", Text, |e, _| text(&*group(e)?.name), "name of the process group's leader"),
    recorded("proc.vpgid.exe", Text, |e, _| text(exe(group(e)?)), "argv[0] of the process group's leader"),
    recorded("proc.vpgid.exepath", Text, |e, _| text(&*group(e)?.exe_path), "executable of the process group's leader"),
    recorded("proc.is_vpgid_leader", Bool, |e, _| truth(who(e)?.vpgid == e.process.vpid), "whether it leads its process group"),
    recorded("proc.is_sid_leader", Bool, |e, _| truth(who(e)?.sid == e.process.vpid), "whether it leads its session"),
    recorded("proc.is_exe_writable", Bool, |e, _| truth(who(e)?.executable.writable?), "whether its user may write its executable"),
    recorded("proc.is_exe_upper_layer", Bool, |e, _| truth(who(e)?.executable.upper_layer?), "whether its executable is not of the image"),
    recorded("proc.is_exe_lower_layer", Bool, |e, _| truth(who(e)?.executable.lower_layer?), "whether its executable is of the image"),
    recorded("proc.is_exe_from_memfd", Bool, |e, _| truth(who(e)?.executable.from_memory?), "whether its executable lives in memory only"),
    recorded("proc.exe_ino", Number, |e, _| known(who(e)?.executable.ino), "the executable's inode"),
    recorded("proc.exe_ino.ctime", Number, |e, _| known(who(e)?.executable.ctime), "when the executable's inode changed"),
    recorded("proc.exe_ino.mtime", Number, |e, _| known(who(e)?.executable.mtime), "when the executable's content changed"),
    recorded("proc.exe_ino.ctime_duration_proc_start", Number, |e, _| between(who(e)?.executable.ctime, e.process.started), "from the executable's change to the start"),
    recorded("proc.exe_ino.ctime_duration_pidns_start", Number, |e, _| between(who(e)?.namespace_started, e.process.executable.ctime), "from the container's start to the executable's change"),
    recorded("proc.pidns_init_start_ts", Number, |e, _| known(who(e)?.namespace_started), "when the container's first process started"),
    with(Takes::OptionalName, recorded("proc.env", Type::List, environment, "environment variables; the value of one")),
    with(Takes::OptionalName, recorded("proc.aenv", Texts, ancestor_environment, "an ancestor's environment variables")),
    field("proc.loginshellid", Number, |e, _| login_shell(who(e)?), "pid of the oldest shell among the ancestors"),
    recorded("proc.vmsize", Number, |e, _| number(who(e)?.resources?.vm_size), "virtual memory"),
    recorded("proc.vmrss", Number, |e, _| number(who(e)?.resources?.vm_rss), "resident memory"),
    recorded("proc.vmswap", Number, |e, _| number(who(e)?.resources?.vm_swap), "swapped memory"),
    recorded("thread.vmsize", Number, |e, _| number(who(e)?.resources?.vm_size), "virtual memory"),
    recorded("thread.vmrss", Number, |e, _| number(who(e)?.resources?.vm_rss), "resident memory"),
    recorded("thread.pfmajor", Number, |e, _| number(who(e)?.resources?.major_faults), "major page faults"),
    recorded("thread.pfminor", Number, |e, _| number(who(e)?.resources?.minor_faults), "minor page faults"),
    recorded("proc.fdlimit", Number, |e, _| number(who(e)?.resources?.fd_limit), "most open file descriptors"),
    absent("proc.is_container_healthcheck", Bool, "whether it is a health check"),
    absent("proc.is_container_liveness_probe", Bool, "whether it is a liveness probe"),
    absent("proc.is_container_readiness_probe", Bool, "whether it is a readiness probe"),
    absent("proc.stdin.type", Text, "type of file descriptor 0"),
    absent("proc.stdin.name", Text, "name of file descriptor 0"),
    absent("proc.stdout.type", Text, "type of file descriptor 1"),
    absent("proc.stdout.name", Text, "name of file descriptor 1"),
    absent("proc.stderr.type", Text, "type of file descriptor 2"),
    absent("proc.stderr.name", Text, "name of file descriptor 2"),
    absent("proc.fdopencount", Number, "open file descriptors"),
    absent("proc.fdusage", Number, "share of the file descriptors in use"),
    absent("proc.nchilds", Number, "how many threads beside the main one"),
    absent("proc.nthreads", Number, "how many threads"),
    absent("thread.cgroup", Text, "the cgroup of a subsystem"),
    absent("thread.cgroups", Text, "all cgroups"),
    absent("thread.cpu", Number, "processor time"),
    absent("thread.cpu.user", Number, "processor time of the program"),
    absent("thread.cpu.system", Number, "processor time of the kernel"),
    absent("thread.exectime", Number, "time since it was scheduled"),
    absent("thread.totexectime", Number, "time it was scheduled in all"),
];

/// The process; none where no one told of it, as with audit events.
pub(super) fn who(event: &Event) -> Option<&Process> {
    if event.process.name.is_empty() { None } else { Some(&event.process) }
}

fn thread(event: &Event) -> Option<u32> {
    let id = event.process.thread_id();
    if id == 0 && event.process.name.is_empty() { None } else { Some(id) }
}

fn parent(event: &Event) -> Option<&Process> {
    who(event)?.parent.as_deref()
}

fn session(event: &Event) -> Option<&Process> {
    who(event).map(Process::session_leader)
}

fn group(event: &Event) -> Option<&Process> {
    who(event).map(Process::group_leader)
}

/// A directory as Falco writes it: with a slash at its end.
fn directory(path: &str) -> Cow<'_, str> {
    if path.is_empty() || path.ends_with('/') { path.into() } else { format!("{path}/").into() }
}

/// A time or number for which zero stands for unknown.
fn known(value: u64) -> Option<Value<'static>> {
    if value == 0 { None } else { number(value) }
}

fn between(from: u64, to: u64) -> Option<Value<'static>> {
    if from == 0 || to < from { None } else { number(to - from) }
}

/// The arguments after `argv[0]`, joined by blanks.
pub(super) fn args(process: &Process) -> String {
    process.args.get(1..).unwrap_or_default().join(" ")
}

/// `argv[0]`.
pub(super) fn exe(process: &Process) -> &str {
    process.args.first().map_or(process.exe_path.as_str(), String::as_str)
}

/// Ancestor number `argument` (0 is the process itself, 1 its parent), or all ancestors without one.
fn ancestors<'a>(
    event: &'a Event,
    argument: &Argument,
    get: fn(&'a Process) -> Cow<'a, str>,
) -> Option<Value<'a>> {
    match argument {
        Argument::Index(0) => text(get(who(event)?)),
        Argument::Index(index) => text(get(event.process.ancestors().nth(index - 1)?)),
        _ => Some(Value::Texts(event.process.ancestors().map(get).collect())),
    }
}

/// The pid of an ancestor, or of all.
fn ancestor_pid<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    match argument {
        Argument::Index(0) => number(who(event)?.pid),
        Argument::Index(index) => number(event.process.ancestors().nth(index - 1)?.pid),
        _ => Some(Value::Numbers(event.process.ancestors().map(|process| process.pid.into()).collect())),
    }
}

/// Nanoseconds from a process's start to the event.
fn duration(event: &Event, process: &Process) -> Option<Value<'static>> {
    if process.started == 0 { None } else { number(event.time.saturating_sub(process.started)) }
}

fn variable<'a>(process: &'a Process, name: &str) -> Option<&'a str> {
    process.env.iter().find_map(|one| one.strip_prefix(name)?.strip_prefix('='))
}

fn environment<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    let process = who(event)?;
    match argument {
        Argument::Name(name) => text(variable(process, name)?),
        _ if process.env.is_empty() => None,
        _ => Some(Value::Joined(&process.env)),
    }
}

fn ancestor_environment<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    let process = who(event)?;
    let Argument::Name(name) = argument else {
        return Some(Value::Texts(process.ancestors().map(|one| one.env.join(" ").into()).collect()));
    };
    match name.parse::<usize>() {
        Ok(0) => text(process.env.join(" ")),
        Ok(index) => text(process.ancestors().nth(index - 1)?.env.join(" ")),
        Err(_) => text(process.ancestors().find_map(|one| variable(one, name))?),
    }
}

fn login_shell(process: &Process) -> Option<Value<'static>> {
    const SHELLS: [&str; 8] = ["sh", "bash", "csh", "tcsh", "zsh", "ksh", "dash", "fish"];
    let line = std::iter::once(process).chain(process.ancestors());
    number(line.filter(|one| SHELLS.contains(&one.name.trim_start_matches('-'))).last()?.pid)
}

/// The names of capabilities, as capabilities(7) numbers them.
const CAPABILITIES: &str = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID \
    CAP_SETUID CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW \
    CAP_IPC_LOCK CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN \
    CAP_SYS_BOOT CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE \
    CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM CAP_BLOCK_SUSPEND \
    CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE";

fn capabilities(set: u64) -> String {
    let names = CAPABILITIES.split_ascii_whitespace().enumerate();
    let held: Vec<&str> = names.filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, name)| name).collect();
    held.join(" ")
}
