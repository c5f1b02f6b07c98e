//! Beside Debian's sysdig: the same filter over the same capture matches the same events.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use seawall_captures::open;
use seawall_events::Event;
use seawall_rules::Rules;

pub(crate) fn captures() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures/trace_files");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not here", folder.display());
        return None;
    };
    let mut all: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    all.retain(|path| path.extension().is_some_and(|end| end == "scap"));
    all.sort();
    Some(all)
}

pub(crate) fn events(path: &Path) -> Vec<Event> {
    let file = std::fs::File::open(path).unwrap();
    open(file, None).unwrap().map(|event| event.unwrap()).collect()
}

pub(crate) fn sysdig(path: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("sysdig").arg("-r").arg(path).args(arguments).output();
    let Ok(output) = output else {
        eprintln!("skipped: sysdig is not here");
        return None;
    };
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The numbers of the events that match each filter.
pub(crate) fn matches(filters: &[&str], events: &[Event]) -> Vec<BTreeSet<u64>> {
    let mut text = String::new();
    for (index, filter) in filters.iter().enumerate() {
        let condition = serde_json::to_string(filter).unwrap();
        writeln!(text, "- {{rule: r{index}, desc: d, condition: {condition}, output: o, priority: INFO}}")
            .unwrap();
    }
    let (rules, _) = Rules::load(&[("filters", &text)]).unwrap_or_else(|errors| panic!("{}", errors[0]));
    let mut found = vec![BTreeSet::new(); filters.len()];
    for event in events {
        for alert in rules.evaluate(event) {
            found[alert.rule[1..].parse::<usize>().unwrap()].insert(event.number);
        }
    }
    found
}

const FILTERS: &[&str] = &[
    "evt.type exists",
    "evt.dir = <",
    "evt.type = open",
    "evt.type in (open, close, fstat) and evt.dir = >",
    "evt.type != open",
    "not evt.type in (open, close)",
    "evt.category = file",
    "evt.category = memory",
    "evt.category = net",
    "evt.res = SUCCESS",
    "evt.res = ENOENT",
    "evt.failed = true",
    "evt.rawres < 0",
    "evt.rawres >= 3",
    "evt.cpu = 0",
    "evt.is_open_read = true",
    "evt.is_open_read = false",
    "evt.is_open_write = true",
    "evt.is_io = true",
    "evt.is_io_read = true",
    "evt.buflen > 0",
    "evt.buffer contains ELF",
    "evt.arg.fd exists",
    "evt.arg.name contains libc",
    "evt.arg.flags contains O_CLOEXEC",
    "evt.args contains O_RDONLY",
    "evt.arg[0] contains 3",
    "evt.rawarg.flags = 4097",
    "evt.latency > 1000",
    "fd.num = 3",
    "fd.num >= 0",
    "fd.name exists",
    "fd.name contains /etc",
    "fd.name startswith /tmp",
    "fd.name endswith .so.6",
    "fd.name = /dev/null",
    "fd.name pmatch (/etc, /lib)",
    "fd.name glob '/tmp/file-*'",
    "fd.directory = /etc",
    "fd.filename = libc.so.6",
    "fd.type = file",
    "fd.type = ipv4",
    "fd.typechar = f",
    "fd.typechar = 4",
    "fd.typechar = 'u'",
    "fd.l4proto = tcp",
    "fd.l4proto = udp",
    "fd.sip = 127.0.0.1",
    "fd.cip = 127.0.0.1",
    "fd.ip = 127.0.0.1",
    "fd.rip exists",
    "fd.net = 127.0.0.0/8",
    "fd.sport = 9999",
    "fd.port in (22, 53, 80)",
    "fd.sockfamily = ip",
    "fd.is_server = true",
    "fd.is_server = false",
    "proc.name = cat",
    "proc.name exists",
    "proc.name in (cat, ping, sysdig, nc)",
    "proc.exe contains /bin",
    "proc.exe = cat",
    "proc.args contains null",
    "proc.args = '/dev/null'",
    "proc.cmdline contains cat",
    "proc.cmdline = 'cat /dev/null'",
    "proc.exeline contains cat",
    "proc.cwd startswith /home",
    "proc.cwd exists",
    "proc.pid > 1000",
    "proc.ppid > 1000",
    "proc.vpid > 0",
    "proc.pname = bash",
    "proc.pname exists",
    "proc.pcmdline contains bash",
    "proc.aname = bash",
    "proc.aname = sshd",
    "proc.aname[1] = bash",
    "proc.aname[2] exists",
    "proc.apid = 1",
    "proc.sname = bash",
    "proc.env contains PATH",
    "proc.is_exe_writable = true",
    "thread.ismain = true",
    "thread.tid > 0",
    "thread.vtid > 0",
    "thread.vmsize > 0",
    "proc.vmrss > 0",
    "user.name = root",
    "user.name exists",
    "user.uid = 0",
    "user.uid > 0",
    "user.homedir startswith /home",
    "user.shell endswith bash",
    "group.gid = 0",
    "group.name = root",
    "group.name exists",
    "container.id = host",
    "container.id != host",
    "container.name exists",
    "container.image exists",
    "syscall.type = open",
    "syscall.type exists",
];

/// Where Seawall answers otherwise, on purpose.
/// Captures, filters, reasons.
const OTHERWISE: &[(&str, &str, &str)] = &[
    ("cat_write", "fd.name exists", UNNAMED),
    ("ping_sendto", "fd.name exists", UNNAMED),
    ("cat_write", "evt.buflen > 0", LENGTH),
    ("ping_sendto", "evt.buflen > 0", LENGTH),
    (
        "connect_localhost",
        "fd.l4proto = tcp",
        "sysdig knows the protocol from the connection on, not from the socket's type",
    ),
    ("connect_localhost", "fd.is_server = true", CLIENT),
    ("connect_localhost", "fd.is_server = false", CLIENT),
    (
        "open-multiple-files",
        "evt.latency > 1000",
        "sysdig shows the latency of the call before for a task switch",
    ),
];

const UNNAMED: &str = "sysdig gives an unknown descriptor an empty name where the call ends and none where it begins; it has none";
const LENGTH: &str = "sysdig 0.29 compares no length; Falco documents the length of the buffer";
const CLIENT: &str = "sysdig takes whoever connects to an address of the machine for the server";

#[test]
fn the_same_events_match_as_with_sysdig() {
    let Some(captures) = captures() else { return };
    let mut wrong = String::new();
    let mut compared = 0;
    for path in captures {
        let events = events(&path);
        let ours = matches(FILTERS, &events);
        for (filter, ours) in FILTERS.iter().zip(ours) {
            let Some(theirs) = sysdig(&path, &["-p", "%evt.num", filter]) else { return };
            let theirs: BTreeSet<u64> = theirs.lines().map(|line| line.trim().parse().unwrap()).collect();
            compared += 1;
            let name = path.file_stem().unwrap().to_string_lossy();
            let known = OTHERWISE.iter().any(|(capture, known, _)| *capture == name && known == filter);
            if known && ours == theirs {
                writeln!(wrong, "{name}: {filter}: is listed, but the same events match").unwrap();
            }
            if ours != theirs && !known {
                let only = |one: &BTreeSet<u64>, other: &BTreeSet<u64>| {
                    one.difference(other).take(6).map(u64::to_string).collect::<Vec<_>>().join(" ")
                };
                writeln!(
                    wrong,
                    "{name}: {filter}: {} and {}; only here: {}; only there: {}",
                    ours.len(),
                    theirs.len(),
                    only(&ours, &theirs),
                    only(&theirs, &ours)
                )
                .unwrap();
            }
        }
    }
    eprintln!("{compared} filters compared");
    assert_eq!(wrong, "");
}

#[test]
fn every_field_of_sysdigs_is_known() {
    let Ok(output) = Command::new("sysdig").arg("-l").output() else {
        eprintln!("skipped: sysdig is not here");
        return;
    };
    let list = String::from_utf8(output.stdout).unwrap();
    let names = list.lines().filter_map(|line| line.split_ascii_whitespace().next()).filter(|name| {
        name.contains('.')
            && !name.ends_with('.')
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b))
    });
    let (mut count, mut unknown) = (0, Vec::new());
    for name in names {
        count += 1;
        let known = ["", "[0]", "[x]"].iter().any(|argument| {
            let text = format!(
                "- {{rule: r, desc: d, condition: '{name}{argument} exists', output: o, priority: INFO}}"
            );
            Rules::load(&[("t", &text)]).is_ok()
        });
        if !known {
            unknown.push(name);
        }
    }
    assert!(count > 200, "{count}");
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// Fields whose values must be the same text, event by event.
const FIELDS: &[&str] = &[
    "evt.num",
    "evt.cpu",
    "evt.dir",
    "evt.type",
    "evt.category",
    "evt.res",
    "evt.rawtime",
    "evt.args",
    "evt.arg[0]",
    "evt.arg[1]",
    "evt.io_dir",
    "fd.num",
    "fd.name",
    "fd.type",
    "fd.typechar",
    "fd.directory",
    "fd.filename",
    "fd.cip",
    "fd.sip",
    "fd.cport",
    "fd.sport",
    "fd.l4proto",
    "proc.pid",
    "proc.ppid",
    "proc.name",
    "proc.exe",
    "proc.exepath",
    "proc.args",
    "proc.cmdline",
    "proc.cwd",
    "proc.pname",
    "proc.pcmdline",
    "proc.aname[2]",
    "proc.apid[3]",
    "proc.sid",
    "proc.sname",
    "proc.vmsize",
    "proc.fdlimit",
    "proc.tty",
    "thread.tid",
    "thread.ismain",
    "user.uid",
    "user.name",
    "user.homedir",
    "user.shell",
    "group.gid",
    "group.name",
    "container.id",
    "container.name",
];

/// Captures and fields whose values are other ones here, and why.
const OTHER_VALUES: &[(&str, &str, &str)] = &[
    ("cat_write", "evt.args", "sysdig cuts buffers after 80 bytes; here they are whole"),
    ("cat_write", "fd.name", UNNAMED),
    ("ping_sendto", "fd.name", UNNAMED),
    ("cat_write", "fd.directory", NO_FILE),
    ("ping_sendto", "fd.directory", NO_FILE),
    (
        "cat_write",
        "proc.cwd",
        "sysdig forgets the working directory of a program that began before the capture",
    ),
    (
        "connect_localhost",
        "fd.l4proto",
        "sysdig knows the protocol from the connection on, not from the socket's type",
    ),
    ("cat_write", "proc.vmsize", MEMORY),
    ("connect_localhost", "proc.vmsize", MEMORY),
    ("open-multiple-files", "proc.vmsize", MEMORY),
    ("ping_sendto", "proc.vmsize", MEMORY),
    ("syscall", "proc.vmsize", MEMORY),
    ("connect_localhost", "proc.fdlimit", UNKNOWN),
    ("ping_sendto", "proc.fdlimit", UNKNOWN),
    ("syscall", "proc.fdlimit", UNKNOWN),
    ("connect_localhost", "proc.ppid", UNKNOWN),
    ("ping_sendto", "proc.ppid", UNKNOWN),
    ("syscall", "proc.ppid", UNKNOWN),
];

const NO_FILE: &str = "sysdig gives a descriptor of which nothing is known the directory /";
const MEMORY: &str = "memory is that of the start, not of the last brk or mmap; of a process that no one told of, nothing is known";
const UNKNOWN: &str = "of a process that no one told of, sysdig says -1";

#[test]
fn the_same_values_come_out_as_with_sysdig() {
    let Some(captures) = captures() else { return };
    let mut text = String::new();
    for (index, field) in FIELDS.iter().enumerate() {
        writeln!(
            text,
            "- {{rule: r{index}, desc: d, condition: evt.num > 0, output: '%{field}', priority: INFO}}"
        )
        .unwrap();
    }
    let (rules, _) = Rules::load(&[("fields", &text)]).unwrap_or_else(|errors| panic!("{}", errors[0]));
    let (mut wrong, mut compared) = (String::new(), 0);
    for path in captures {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut ours: Vec<Vec<String>> = vec![Vec::new(); FIELDS.len()];
        for event in events(&path) {
            for alert in rules.evaluate(&event) {
                ours[alert.rule[1..].parse::<usize>().unwrap()].push(alert.output);
            }
        }
        for (field, ours) in FIELDS.iter().zip(ours) {
            let Some(theirs) = sysdig(&path, &["-p", &format!("*|%{field}|")]) else { return };
            let theirs: Vec<&str> = theirs.lines().map(|line| line.trim().trim_matches('|').trim()).collect();
            compared += theirs.len();
            let differ: Vec<String> = ours
                .iter()
                .zip(&theirs)
                .filter(|(ours, theirs)| ours.trim() != **theirs)
                .map(|(ours, theirs)| format!("{ours:?} there {theirs:?}"))
                .collect();
            let known = OTHER_VALUES.iter().any(|(capture, other, _)| *capture == name && other == field);
            if ours.len() != theirs.len() || differ.is_empty() == known {
                let first: Vec<&String> = differ.iter().take(3).collect();
                writeln!(wrong, "{name}: {field}: {} of {} differ: {first:?}", differ.len(), theirs.len())
                    .unwrap();
            }
        }
    }
    eprintln!("{compared} values compared");
    assert_eq!(wrong, "");
}
