//! System calls that rules name, made by a real program in a real container, and the rules that fire.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use seawall_events::{Event, EventKind};
use seawall_rules::Rules;
use seawall_sensor::Options;

use crate::container::Bundle;
use crate::watch::Watch;

const RULES: &str = r#"
- required_engine_version: 0.57.0
- macro: inside
  condition: (container.id != host and proc.exepath = /bin/actor)
- rule: anti-debug
  desc: d
  condition: evt.type = ptrace and inside and evt.arg.request contains PTRACE_TRACEME
  output: "%evt.args"
  priority: NOTICE
- rule: injection
  desc: d
  condition: evt.type = ptrace and inside and evt.arg.request contains PTRACE_SEIZE
  output: "%evt.args"
  priority: NOTICE
- rule: memory file
  desc: d
  condition: evt.type = memfd_create and inside and evt.arg.name = payload and evt.arg.flags contains MFD_CLOEXEC and fd.num > 2
  output: "%evt.args"
  priority: NOTICE
- rule: symlink
  desc: d
  condition: evt.type in (symlink, symlinkat) and inside and evt.arg.target = /etc/shadow and evt.arg.linkpath = /tmp/link
  output: "%evt.args"
  priority: NOTICE
- rule: hardlink
  desc: d
  condition: evt.type in (link, linkat) and inside and evt.arg.oldpath = /etc/shadow and evt.arg.newpath = /tmp/hard
  output: "%evt.args"
  priority: NOTICE
- rule: packet socket
  desc: d
  condition: evt.type = socket and inside and evt.arg.domain contains AF_PACKET
  output: "%evt.args"
  priority: NOTICE
- rule: redirect
  desc: d
  condition: evt.type in (dup, dup2, dup3) and inside and evt.rawres in (0, 1, 2) and fd.type in ("ipv4", "ipv6")
  output: "%evt.args"
  priority: NOTICE
- rule: setuid bit
  desc: d
  condition: evt.type in (chmod, fchmod, fchmodat) and inside and evt.arg.mode contains "S_ISUID" and evt.arg.filename = /tmp/file and evt.res = SUCCESS
  output: "%evt.args"
  priority: NOTICE
- rule: namespace
  desc: d
  condition: evt.type = unshare and inside and evt.arg.flags contains CLONE_NEWNS and evt.failed = true
  output: "%evt.args"
  priority: NOTICE
- rule: mount
  desc: d
  condition: evt.type = mount and inside and evt.arg.type = proc and evt.arg.dir = /mnt and evt.arg.flags contains NOSUID
  output: "%evt.args"
  priority: NOTICE
- rule: renamed
  desc: d
  condition: evt.type in (rename, renameat, renameat2) and inside and evt.arg.oldpath = /tmp/file and evt.arg.newpath = /tmp/other
  output: "%evt.args"
  priority: NOTICE
- rule: removed
  desc: d
  condition: >
    inside and ((evt.type = unlink and evt.arg.path = /tmp/other) or (evt.type = unlinkat and evt.arg.name = /tmp/other) or
    (evt.type = rmdir and evt.arg.path = /tmp/folder))
  output: "%evt.args"
  priority: NOTICE
- rule: folder
  desc: d
  condition: evt.type in (mkdir, mkdirat) and inside and evt.arg.path = /tmp/folder
  output: "%evt.args"
  priority: NOTICE
- rule: listens
  desc: d
  condition: evt.type = listen and inside and fd.sport = 4444 and fd.l4proto = tcp
  output: "%evt.args"
  priority: NOTICE
- rule: binds
  desc: d
  condition: evt.type = bind and inside and fd.sport = 4444
  output: "%evt.args"
  priority: NOTICE
- rule: datagram
  desc: d
  condition: >
    inside and fd.sip = 192.0.2.7 and fd.l4proto = udp and
    ((evt.type = sendto and fd.sport = 4444) or (evt.type = sendmsg and fd.sport = 5555))
  output: "%evt.args"
  priority: NOTICE
- rule: privileges
  desc: d
  condition: >
    inside and ((evt.type = setuid and evt.arg.uid = 12345) or (evt.type = capset and evt.rawarg.cap_permitted = 3) or
    (evt.type = kill and evt.arg.sig = "0") or (evt.type = prctl and evt.arg.arg2_str = renamed))
  output: "%evt.args"
  priority: NOTICE
- rule: kernel
  desc: d
  condition: >
    inside and ((evt.type = init_module and evt.failed = true and evt.arg.uargs = "option=1") or (evt.type = bpf and evt.arg.cmd = 5) or
    evt.type = userfaultfd or (evt.type = io_uring_setup and evt.arg.entries = 8))
  output: "%evt.args"
  priority: NOTICE
- rule: new root
  desc: d
  condition: evt.type = chroot and inside and evt.arg.path = /tmp
  output: "%evt.args"
  priority: NOTICE
"#;

/// What each behaviour of the program must set off, and how often; the last two are benign.
const EXPECTED: [(&str, &[(&str, usize)]); 18] = [
    ("traceme", &[("anti-debug", 1)]),
    ("seize", &[("injection", 1)]),
    ("memfd", &[("memory file", 1)]),
    ("symlink", &[("symlink", 1)]),
    ("hardlink", &[("hardlink", 1)]),
    ("packet", &[("packet socket", 1)]),
    ("redirect", &[("redirect", 1)]),
    ("setuid-bit", &[("setuid bit", 1)]),
    ("unshare", &[("namespace", 1)]),
    ("mount", &[("mount", 1)]),
    ("remove", &[("renamed", 1), ("removed", 2), ("folder", 1)]),
    ("listen", &[("listens", 1), ("binds", 1)]),
    ("datagram", &[("datagram", 2)]),
    ("privileges", &[("privileges", 4)]),
    ("kernel", &[("kernel", 4)]),
    ("root", &[("new root", 1)]),
    ("plain-bits", &[]),
    ("nothing", &[]),
];

/// The bundle with the program that makes the calls; None where there is no compiler for it.
fn bundle(id: &str) -> Option<Bundle> {
    let bundle = Bundle::new(id, "sleep 120 & wait")?;
    let root = bundle.folder.path().join("rootfs");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/actor.c");
    let compiled =
        Command::new("gcc").arg("-static").arg("-o").arg(root.join("bin/actor")).arg(source).status();
    if !compiled.is_ok_and(|status| status.success()) {
        eprintln!("skipped: needs gcc and a static libc");
        return None;
    }
    std::fs::create_dir_all(root.join("tmp")).unwrap();
    std::fs::create_dir_all(root.join("mnt")).unwrap();
    let path = bundle.folder.path().join("config.json");
    let mut config: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    config["root"]["readonly"] = false.into();
    for set in ["bounding", "effective", "permitted"] {
        config["process"]["capabilities"][set].as_array_mut().unwrap().push("CAP_SYS_CHROOT".into());
    }
    std::fs::write(&path, config.to_string()).unwrap();
    Some(bundle)
}

fn act(bundle: &Bundle, what: &str) {
    std::fs::write(bundle.folder.path().join("rootfs/tmp/file"), "x").unwrap();
    let _ = bundle.runc().args(["exec", &bundle.id, "/bin/actor", what]).stdout(Stdio::null()).status();
}

fn options(bundle: &Bundle, rules: &Rules) -> Options {
    let calls = rules.captured_types().unwrap().into_iter().map(str::to_owned).collect();
    Options { open: false, connect: false, calls, ..bundle.options() }
}

/// The rules that fire for what `/bin/actor` does, by its argument, until a second has passed in silence.
async fn fired(watch: &mut Watch, rules: &Rules) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut all: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(1), watch.sensor.next()).await {
        if matches!(event.kind, EventKind::Call(_)) && event.process.exe_path == "/bin/actor" {
            eprintln!("{:?} {}", event.process.args.get(1), shown(&event));
        }
        for alert in rules.evaluate(&event) {
            let what = event.process.args.get(1).cloned().unwrap_or_default();
            *all.entry(what).or_default().entry(alert.rule).or_default() += 1;
        }
    }
    all
}

fn shown(event: &Event) -> String {
    let EventKind::Call(call) = &event.kind else { return String::new() };
    let arguments = call.arguments.iter().map(|argument| format!("{}={}", argument.name, argument.text()));
    format!("{} {} {:?}", call.name, arguments.collect::<Vec<_>>().join(" "), call.fd)
}

fn start(bundle: &Bundle) -> bool {
    let mut run = bundle.runc();
    run.args(["run", "--detach", "--bundle"]).arg(bundle.folder.path()).arg(&bundle.id);
    run.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

#[tokio::test]
async fn rules_over_system_calls_fire_in_a_container() {
    let Some(bundle) = bundle("seawall-calls") else { return };
    let (rules, _) = Rules::load(&[("calls.yaml", RULES)]).unwrap();
    let Some(mut watch) = Watch::start(options(&bundle, &rules)) else { return };
    assert!(start(&bundle));
    for (what, _) in EXPECTED {
        act(&bundle, what);
    }
    let found = fired(&mut watch, &rules).await;
    let expected: BTreeMap<String, BTreeMap<String, usize>> = EXPECTED
        .iter()
        .filter(|(_, fired)| !fired.is_empty())
        .map(|(what, fired)| {
            ((*what).to_owned(), fired.iter().map(|(rule, count)| ((*rule).to_owned(), *count)).collect())
        })
        .collect();
    assert_eq!(found, expected);
    let stats = watch.sensor.stats();
    assert_eq!((stats.dropped_in_kernel.total(), stats.dropped_in_queue, stats.unreadable), (0, 0, 0));
}

#[tokio::test]
async fn what_no_rule_names_is_not_told() {
    let Some(bundle) = bundle("seawall-quiet") else { return };
    let calls = ["chroot".to_owned(), "no such call".to_owned()].into();
    let options = Options { open: false, connect: false, calls, ..bundle.options() };
    let Some(mut watch) = Watch::start(options) else { return };
    assert!(start(&bundle));
    for what in ["symlink", "remove", "root"] {
        act(&bundle, what);
    }
    let is_call = |event: &Event| matches!(event.kind, EventKind::Call(_));
    let event = watch.find(|event| is_call(event) && event.process.exe_path == "/bin/actor").await;
    assert!(shown(&event).starts_with("chroot res=0 path=/tmp"), "{}", shown(&event));
}

#[tokio::test]
async fn a_forbidden_program_is_killed_before_it_begins() {
    let Some(bundle) = bundle(&"f".repeat(64)) else { return };
    let kill = ["/bin/actor".to_owned()].into();
    let options = Options { open: false, connect: false, kill, ..bundle.options() };
    let Some(mut watch) = Watch::start(options) else { return };
    assert!(start(&bundle));
    // The same path on the host is left alone.
    let host = Command::new(bundle.folder.path().join("rootfs/bin/actor")).status().unwrap();
    assert_eq!(host.code(), Some(0));
    let run =
        |program: &[&str]| bundle.runc().args(["exec", &bundle.id]).args(program).status().unwrap().code();
    assert_eq!(run(&["/bin/true"]), Some(0));
    assert_eq!(run(&["/bin/actor", "hardlink"]), Some(137));
    assert!(!bundle.folder.path().join("rootfs/tmp/hard").exists(), "not one instruction ran");
    let event = watch.find(|event| event.process.exe_path == "/bin/actor" && event.container.is_some()).await;
    assert_eq!(event.kind, EventKind::Exec);
    assert_eq!(watch.sensor.stats().killed, 1);
}

/// A 32-bit program has other numbers for its calls and other registers.
#[tokio::test]
#[cfg(target_arch = "x86_64")]
async fn a_32_bit_program_hides_nothing() {
    let Some(bundle) = bundle("seawall-32") else { return };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/actor32.c");
    let program = bundle.folder.path().join("rootfs/bin/actor");
    let mut gcc = Command::new("gcc");
    gcc.args(["-m32", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-o"]).arg(&program).arg(source);
    if !gcc.status().unwrap().success() {
        eprintln!("skipped: this gcc makes no 32-bit programs");
        return;
    }
    let calls = ["symlink".to_owned()].into();
    let options = Options { open: false, connect: false, calls, ..bundle.options() };
    let Some(mut watch) = Watch::start(options) else { return };
    assert!(start(&bundle));
    let status = bundle.runc().args(["exec", &bundle.id, "/bin/actor"]).status().unwrap();
    if !status.success() {
        eprintln!("skipped: this kernel runs no 32-bit programs");
        return;
    }
    let event = watch.find(|event| event.process.exe_path == "/bin/actor" && !shown(event).is_empty()).await;
    assert_eq!(shown(&event), "symlink res=0 target=/etc/shadow linkpath=/tmp/link32 None");
}

/// Falco's own rules, unmodified.
#[tokio::test]
async fn upstream_rules_fire() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures/falco-rules/falco_rules.yaml");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: Falco's rules are not here");
        return;
    };
    let Some(bundle) = bundle("seawall-upstream") else { return };
    let (rules, _) = Rules::load(&[("falco_rules.yaml", text.as_str())]).unwrap();
    let Some(mut watch) = Watch::start(options(&bundle, &rules)) else { return };
    assert!(start(&bundle));
    let expected = [
        ("traceme", "PTRACE anti-debug attempt"),
        ("seize", "PTRACE attached to process"),
        ("symlink", "Create Symlink Over Sensitive Files"),
        ("hardlink", "Create Hardlink Over Sensitive Files"),
        ("packet", "Packet socket created in container"),
        ("redirect", "Redirect STDOUT/STDIN to Network Connection in Container"),
    ];
    for (what, _) in expected {
        act(&bundle, what);
    }
    act(&bundle, "plain-bits");
    let found = fired(&mut watch, &rules).await;
    for (what, rule) in expected {
        assert!(found.get(what).is_some_and(|rules| rules.contains_key(rule)), "{what}: {found:?}");
    }
    assert_eq!(found.get("plain-bits"), None);
}

#[test]
fn the_rules_know_which_calls_are_told() {
    for name in seawall_sensor::calls() {
        assert!(seawall_rules::delivered(name), "{name} is told and no rule is said to be able to use it");
    }
}
