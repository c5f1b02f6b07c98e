//! Alerts to respond to.

use std::sync::Arc;

use seawall_events::{Container, Event, EventKind, Pod, Process};
use seawall_rules::{Alert, Rules};

const RULE: &str = "
- rule: Shell started in a container
  desc: d
  condition: evt.type = execve
  output: Shell (command=%proc.cmdline)
  priority: WARNING
  tags: [shell, T1059]
";

pub(crate) fn container() -> Arc<Container> {
    Arc::new(Container {
        id: "cd".repeat(32),
        name: Some("web".to_owned()),
        image: Some("registry.example.com/shop:1.1".to_owned()),
        digest: Some(format!("sha256:{}", "1c".repeat(32)).parse().unwrap()),
        pod: Some(Arc::new(Pod {
            namespace: "prod".to_owned(),
            name: "shop-0".to_owned(),
            uid: "9c0f".to_owned(),
            ..Pod::default()
        })),
        ..Container::default()
    })
}

/// The alert of a shell with these arguments.
pub(crate) fn alert(process: Process, container: Option<Arc<Container>>) -> Alert {
    let (rules, _) = Rules::load(&[("t", RULE)]).unwrap();
    let event = Event {
        number: 1,
        time: 1_767_366_001_500_000_000,
        cpu: 0,
        kind: EventKind::Exec,
        process: Arc::new(process),
        container,
    };
    rules.evaluate(&event).remove(0)
}

pub(crate) fn shell(args: &[&str]) -> Process {
    Process {
        pid: 4321,
        vpid: 7,
        ppid: 4300,
        name: "sh".to_owned(),
        exe_path: "/bin/sh".to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        started: 1_767_366_001_000_000_000,
        ..Process::default()
    }
}

/// What a process would write into chats if it could.
pub(crate) const HOSTILE: &[&str] = &[
    "sh",
    "-c",
    "<!channel> <@U123> @all @here #general [click](http://evil.example) *b* `x` ```y``` <http://evil.example|ok>\nforged: line\u{1b}[2J\u{202e}",
];
