//! What is written is read back: by this crate, and by Debian's sysdig.

use std::sync::Arc;

use seawall_captures::{ScapHeader, ScapWriter, open};
use seawall_events::{Container, Event, EventKind, Pod, Process, Protocol};

use crate::sysdig::{matches, sysdig};

fn events() -> Vec<Event> {
    let init = Arc::new(Process {
        pid: 1,
        vpid: 1,
        name: "systemd".into(),
        exe_path: "/sbin/init".into(),
        args: vec!["/sbin/init".into()],
        ..Process::default()
    });
    let shim = Arc::new(Process {
        pid: 700,
        vpid: 700,
        ppid: 1,
        name: "containerd-shim".into(),
        exe_path: "/usr/bin/containerd-shim".into(),
        args: vec!["containerd-shim".into(), "-n".into(), "k8s".into()],
        parent: Some(init),
        ..Process::default()
    });
    let shell = Arc::new(Process {
        pid: 4321,
        vpid: 17,
        ppid: 700,
        name: "bash".into(),
        exe_path: "/bin/bash".into(),
        args: vec!["bash".into(), "-c".into(), "curl x".into()],
        cwd: Some("/root".into()),
        uid: 33,
        gid: 33,
        tty: 1,
        parent: Some(shim),
        ..Process::default()
    });
    let curl = Arc::new(Process {
        pid: 4322,
        vpid: 18,
        ppid: 4321,
        name: "curl".into(),
        exe_path: "/usr/bin/curl".into(),
        args: vec!["curl".into(), "x".into()],
        uid: 33,
        gid: 33,
        parent: Some(Arc::clone(&shell)),
        ..Process::default()
    });
    let container = Arc::new(Container {
        id: "ab".repeat(32),
        name: Some("web".into()),
        image: Some("registry.example.com:5000/shop:1.1".into()),
        digest: Some(format!("sha256:{}", "1c".repeat(32)).parse().unwrap()),
        runtime: Some("docker".into()),
        pod: Some(Arc::new(Pod {
            namespace: "prod".into(),
            name: "shop-0".into(),
            uid: "9c".into(),
            ..Pod::default()
        })),
        ..Container::default()
    });
    let open = |path: &str, flags, result, syscall: &str| EventKind::Open {
        path: path.into(),
        flags,
        result,
        syscall: syscall.into(),
    };
    let connect = |address: &str, port, result| EventKind::Connect {
        protocol: Protocol::Tcp,
        address: address.parse().unwrap(),
        port,
        result,
    };
    let kinds = [
        (EventKind::Exec, &shell),
        (open("/etc/shadow", 0o2_000_000, 3, "openat"), &shell),
        (open("/etc/none", 0, -2, "open"), &shell),
        (open("/tmp/new", 0o101, 4, "openat2"), &shell),
        (open("/tmp/old", 0o1101, 5, "creat"), &shell),
        (EventKind::Exec, &curl),
        (connect("10.1.2.3", 443, -115), &curl),
        (connect("2001:db8::1", 80, 0), &curl),
        (EventKind::Exit { status: 9 }, &curl),
        (EventKind::Exit { status: 256 }, &shell),
    ];
    kinds
        .into_iter()
        .enumerate()
        .map(|(index, (kind, process))| Event {
            number: index as u64 + 1,
            time: 1_767_366_000_000_000_000 + index as u64 * 1_000,
            cpu: 1,
            kind,
            process: Arc::clone(process),
            container: Some(Arc::clone(&container)),
        })
        .collect()
}

fn written() -> Vec<u8> {
    let header = ScapHeader {
        hostname: "node-1".into(),
        cpus: 2,
        users: vec![(0, "root".into()), (33, "www-data".into())],
        groups: vec![(33, "www-data".into())],
    };
    let mut writer = ScapWriter::new(Vec::new(), &header).unwrap();
    for event in events() {
        assert!(writer.write(&event).unwrap());
    }
    writer.finish().unwrap()
}

/// Filters and how many of the events match each.
const FILTERS: &[(&str, usize)] = &[
    ("evt.type exists", 10),
    ("evt.type = execve", 2),
    (
        "evt.type = execve and proc.name = bash and proc.exepath = /bin/bash and proc.pname = containerd-shim",
        1,
    ),
    ("proc.cmdline = 'bash -c curl x'", 6),
    (
        "proc.name = curl and proc.pname = bash and proc.aname[2] = containerd-shim and proc.aname[3] = systemd",
        4,
    ),
    ("proc.pname = bash", 4),
    ("proc.vpid = 17 and proc.pid = 4321", 6),
    ("fd.name = /etc/shadow and evt.type = openat and evt.is_open_read = true", 1),
    ("fd.name = /etc/none and evt.res = ENOENT", 1),
    (
        "evt.type = openat2 and fd.name = /tmp/new and evt.is_open_write = true and evt.arg.flags contains O_CREAT",
        1,
    ),
    ("evt.type = creat and fd.name = /tmp/old", 1),
    ("fd.typechar = f", 4),
    ("evt.type = connect and fd.sip = 10.1.2.3 and fd.sport = 443 and evt.res = EINPROGRESS", 1),
    ("evt.type = connect and fd.name contains 2001:db8::1", 1),
    ("fd.l4proto = tcp", 2),
    ("user.name = www-data and user.uid = 33", 10),
    ("group.name = www-data", 10),
    ("container.id = abababababab", 10),
    (
        "container.name = web and container.image.repository = registry.example.com:5000/shop and container.image.tag = 1.1",
        10,
    ),
    ("evt.type = procexit", 2),
    ("evt.cpu = 1", 10),
];

#[test]
fn it_is_read_back_here() {
    let bytes = written();
    let back: Vec<Event> = open(&bytes[..], None).unwrap().map(|event| event.unwrap()).collect();
    let filters: Vec<&str> = FILTERS.iter().map(|(filter, _)| *filter).collect();
    let found = matches(&filters, &back);
    for ((filter, count), found) in FILTERS.iter().zip(found) {
        assert_eq!(found.len(), *count, "{filter}");
    }
    let container = back[0].container.as_ref().unwrap();
    assert_eq!((container.id.len(), container.pod.as_ref().unwrap().name.as_str()), (64, "shop-0"));
}

#[test]
fn sysdig_reads_it() {
    let folder = std::env::temp_dir().join(format!("seawall-captures-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("written.scap");
    std::fs::write(&path, written()).unwrap();
    let mut wrong = String::new();
    for (filter, count) in FILTERS {
        let Some(found) = sysdig(&path, &["-p", "%evt.num", filter]) else { return };
        if found.lines().count() != *count {
            let all = sysdig(
                &path,
                &["-p", "*%evt.num %evt.dir %evt.type %proc.name %proc.pname %fd.name %evt.args"],
            )
            .unwrap();
            wrong += &format!("{filter}: {} instead of {count}\n{all}", found.lines().count());
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(wrong, "");
}
