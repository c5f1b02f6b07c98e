//! Events to test rules with.

use std::sync::Arc;

use seawall_events::{Container, Event, EventKind, Pod, Process, Protocol};

pub(crate) fn process(name: &str, args: &[&str]) -> Process {
    Process {
        pid: 4321,
        vpid: 17,
        ppid: 4300,
        name: name.to_owned(),
        exe_path: format!("/usr/bin/{name}"),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        started: 1_767_366_000_000_000_000,
        ..Process::default()
    }
}

/// A parent that lives in the host's pid namespace.
pub(crate) fn host_parent(name: &str) -> Process {
    Process {
        pid: 4300,
        vpid: 4300,
        name: name.to_owned(),
        exe_path: format!("/usr/bin/{name}"),
        ..Process::default()
    }
}

pub(crate) fn container() -> Arc<Container> {
    let digest = format!("sha256:{}", "1c".repeat(32));
    Arc::new(Container {
        id: "ab".repeat(32),
        name: Some("web".to_owned()),
        image: Some("registry.example.com:5000/shop:1.1".to_owned()),
        digest: Some(digest.parse().unwrap()),
        runtime: Some("containerd".to_owned()),
        pod: Some(Arc::new(Pod {
            namespace: "prod".to_owned(),
            name: "shop-0".to_owned(),
            uid: "9c0f".to_owned(),
            labels: [("app.kubernetes.io/name".to_owned(), "shop".to_owned())].into(),
        })),
        ..Container::default()
    })
}

pub(crate) fn event(kind: EventKind, process: Process, parent: Option<Process>) -> Event {
    let process = Process { parent: parent.map(Arc::new), ..process };
    Event {
        number: 7,
        time: 1_767_366_001_500_000_000,
        cpu: 1,
        kind,
        process: Arc::new(process),
        container: Some(container()),
    }
}

pub(crate) fn open(path: &str, flags: u32, result: i64) -> EventKind {
    EventKind::Open { path: path.to_owned(), flags, result, syscall: "openat".to_owned() }
}

pub(crate) fn connect(address: &str, port: u16) -> EventKind {
    EventKind::Connect { protocol: Protocol::Tcp, address: address.parse().unwrap(), port, result: -115 }
}
