//! The configuration file.

use std::io::Write as _;

use seawall_response::{Action, Config, Dispatcher, Sender, SenderOptions};

use crate::alerts::{alert, container, shell};

const GOOD: &str = "
notifiers:
  - {name: chat, type: slack, url: 'https://chat.example.com/s3cr3t'}
  - {name: team, type: teams, urlEnv: TEAMS}
bindings:
  - {rules: [Shell started in a container], actions: [delete-pod, kill-process], notify: [chat]}
  - {tags: [shell], minPriority: warning, notify: [team, chat]}
  - {minPriority: critical, actions: [stop-container]}
";

fn error(text: &str) -> String {
    Config::parse("seawall.yaml", text).and_then(|c| c.notifiers(|_| None)).err().unwrap().to_string()
}

#[test]
fn bindings_and_notifiers() {
    let config = Config::parse("seawall.yaml", GOOD).unwrap();
    assert!(!format!("{config:?}").contains("s3cr3t"));
    let notifiers = config.notifiers(|name| Some(format!("https://teams.example.com/{name}"))).unwrap();
    assert_eq!(notifiers.iter().map(|n| n.name()).collect::<Vec<_>>(), ["chat", "team"]);
    let alert = alert(shell(&["sh"]), Some(container()));
    let (actions, notify) = config.bindings.of(&alert);
    // In the order they are taken, whatever the file says.
    assert_eq!(actions, [Action::KillProcess, Action::DeletePod]);
    assert_eq!(notify, ["chat", "team"]);
}

#[test]
fn addresses_come_from_files_too() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "https://chat.example.com/from-file").unwrap();
    let text = format!("notifiers: [{{name: a, type: rocketchat, urlFile: {}}}]", file.path().display());
    let notifiers = Config::parse("c", &text).unwrap().notifiers(|_| None).unwrap();
    let note = seawall_response::Notification::new(
        "t",
        seawall_rules::Priority::Error,
        "x",
        "2026-01-02T03:04:05Z".parse().unwrap(),
    );
    assert_eq!(notifiers[0].request(&note).url.expose(), "https://chat.example.com/from-file");
}

#[test]
fn mistakes_are_named() {
    let misspelt = error("notifiers:\n  - {name: a, type: slack, urlfile: /run/x}\n");
    assert!(misspelt.contains("did you mean `urlFile`?"), "{misspelt}");
    assert!(misspelt.contains("line 2"), "{misspelt}");
    let action = error("bindings: [{actions: [kill-proces]}]");
    assert!(action.contains("did you mean `kill-process`?"), "{action}");
    let kind = error("notifiers: [{name: a, type: slak, url: 'https://x.example.com/s3cr3t'}]");
    assert!(kind.contains("did you mean `slack`?") && !kind.contains("s3cr3t"), "{kind}");
    for (text, said) in [
        ("notifiers: [{name: a, type: slack}]", "exactly one of"),
        ("notifiers: [{name: a, type: slack, urlEnv: NOPE}]", "`NOPE` is not set"),
        ("notifiers: [{name: a, type: slack, urlFile: /nonexistent/x}]", "cannot read /nonexistent/x"),
        ("notifiers: [{name: a, type: slack, url: 'ftp://s3cr3t'}]", "not an http"),
        (
            "notifiers: [{name: a, type: slack, url: 'https://x/'}, {name: a, type: teams, url: 'https://x/'}]",
            "two notifiers",
        ),
        ("bindings: [{minPriority: severe}]", "no priority"),
    ] {
        let error = error(text);
        assert!(error.contains(said) && !error.contains("s3cr3t"), "{text}: {error}");
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config::parse(
        "c",
        "bindings: [{notify: [chta]}]\nnotifiers: [{name: chat, type: slack, url: 'https://x.example.com'}]",
    )
    .unwrap();
    let sender = Sender::new(config.notifiers(|_| None).unwrap(), SenderOptions::default()).unwrap();
    let error = Dispatcher::new(config.bindings, Vec::new(), sender).unwrap_err().to_string();
    assert!(error.contains("no notifier `chta`; did you mean `chat`?"), "{error}");
}
