//! Seawall's own rules: each fires, and does not for its benign look-alike.

use std::collections::BTreeSet;

use seawall_events::{Event, EventKind, Process};
use seawall_rules::{Kind, Rules};

use crate::events::{connect, event, host_parent, open, process};

fn rules() -> Rules {
    let (rules, warnings) =
        Rules::load(&[("seawall.yaml", Rules::default_text())]).unwrap_or_else(|errors| {
            panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        });
    assert!(warnings.is_empty(), "{warnings:#?}");
    rules
}

fn fired(event: &Event) -> Vec<String> {
    rules().evaluate(event).into_iter().map(|alert| alert.rule).collect()
}

const SHELL: &str = "Shell started in a container";

#[test]
fn a_shell_by_exec_fires() {
    // kubectl exec -it: a terminal, and the runtime or its shim as parent.
    let with_terminal = Process { tty: 34816, ..process("sh", &["sh"]) };
    assert_eq!(fired(&event(EventKind::Exec, with_terminal, Some(host_parent("containerd-shim")))), [SHELL]);
    // runc exec without a terminal.
    let plain = process("bash", &["bash", "-c", "id"]);
    assert_eq!(fired(&event(EventKind::Exec, plain.clone(), Some(host_parent("runc")))), [SHELL]);
    // The runtime under a name that nobody listed: its pid namespace is the host's.
    assert_eq!(fired(&event(EventKind::Exec, plain.clone(), Some(host_parent("youki")))), [SHELL]);
    // A parent that nobody knows.
    assert_eq!(fired(&event(EventKind::Exec, plain, None)), [SHELL]);
    // busybox, whose comm may be anything.
    let busybox = Process { name: "x".to_owned(), exe_path: "/bin/ash".to_owned(), ..process("x", &["x"]) };
    assert_eq!(fired(&event(EventKind::Exec, busybox, Some(host_parent("runc")))), [SHELL]);
}

#[test]
fn the_entrypoint_and_its_children_do_not_fire() {
    let entrypoint = Process { vpid: 1, ..process("sh", &["sh", "-c", "exec node server.js"]) };
    assert!(
        fired(&event(EventKind::Exec, entrypoint.clone(), Some(host_parent("runc:[2:INIT]")))).is_empty()
    );
    // What the entrypoint's script starts: its parent has a pid of the container.
    let parent = Process { pid: 4300, vpid: 1, ..process("node", &["node"]) };
    assert!(fired(&event(EventKind::Exec, process("sh", &["sh", "-c", "date"]), Some(parent))).is_empty());
    // On the host.
    let host = Event {
        container: None,
        ..event(EventKind::Exec, process("bash", &["bash"]), Some(host_parent("sshd")))
    };
    assert!(fired(&host).is_empty());
    // With the host's pid namespace, a child of the application has its host pid: not from outside.
    let shared = Process { pid: 4321, vpid: 4321, ..process("sh", &["sh"]) };
    assert!(fired(&event(EventKind::Exec, shared, Some(host_parent("node")))).is_empty());
}

#[test]
fn package_managers() {
    let inside = Process { pid: 4300, vpid: 5, ..process("node", &["node"]) };
    let apt = process("apt-get", &["apt-get", "install", "nmap"]);
    assert_eq!(
        fired(&event(EventKind::Exec, apt, Some(inside.clone()))),
        ["Package manager run in a container"]
    );
    let start = process("npm", &["npm", "start"]);
    assert!(fired(&event(EventKind::Exec, start, Some(inside.clone()))).is_empty());
    let build = Process { vpid: 9, ..process("buildkitd", &["buildkitd"]) };
    assert!(fired(&event(EventKind::Exec, process("apk", &["apk", "add", "git"]), Some(build))).is_empty());
}

#[test]
fn sensitive_files() {
    let inside = Process { pid: 4300, vpid: 5, ..process("node", &["node"]) };
    let read = open("/etc/shadow", 0o2_000_000, 3);
    let cat = process("cat", &["cat", "/etc/shadow"]);
    assert_eq!(
        fired(&event(read.clone(), cat.clone(), Some(inside.clone()))),
        ["Sensitive file read in a container"]
    );
    // A failed attempt counts.
    assert_eq!(fired(&event(open("/etc/shadow", 0, -13), cat.clone(), Some(inside.clone()))).len(), 1);
    assert!(fired(&event(read, process("su", &["su", "-"]), Some(inside.clone()))).is_empty());
    assert!(fired(&event(open("/etc/passwd", 0, 3), cat.clone(), Some(inside.clone()))).is_empty());
    // Writing is not reading.
    assert!(fired(&event(open("/etc/shadow", 1, 3), cat, Some(inside))).is_empty());
}

#[test]
fn the_metadata_address() {
    let curl = process("curl", &["curl", "http://169.254.169.254/latest/meta-data/"]);
    let rule = "Outbound connection to the cloud metadata address";
    assert_eq!(fired(&event(connect("169.254.169.254", 80), curl.clone(), None)), [rule]);
    assert_eq!(fired(&event(connect("::ffff:169.254.169.254", 80), curl.clone(), None)), [rule]);
    assert!(fired(&event(connect("169.254.1.1", 80), curl, None)).is_empty());
}

#[test]
fn every_rule_says_what_to_do_and_which_technique_it_is() {
    let rules = rules();
    assert_eq!(rules.len(), 4);
    for rule in rules.iter() {
        assert!(rule.description.contains("What to do:"), "{}", rule.name);
        assert!(rule.tags.iter().any(|tag| tag.starts_with("mitre_")), "{}", rule.name);
        assert!(
            rule.tags.iter().any(|tag| tag.starts_with('T') && tag[1..5].parse::<u16>().is_ok()),
            "{}",
            rule.name
        );
        assert!(!rule.output.contains('\n'), "{}", rule.name);
    }
    assert_eq!(rules.event_kinds(), BTreeSet::from([Kind::Exec, Kind::Open, Kind::Connect]));
    assert_eq!(rules.event_types(), ["execve", "open", "openat", "openat2", "connect"]);
}
