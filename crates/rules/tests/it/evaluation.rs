//! Conditions over events: operators, fields, missing values, overrides, outputs.

use std::sync::Arc;

use seawall_events::{Event, EventKind, Process};
use seawall_rules::Rules;

use crate::events::{connect, event, open, process};

fn holds(condition: &str, event: &Event) -> bool {
    let condition = serde_json::to_string(condition).unwrap();
    let text = format!(
        "- list: shells\n  items: [sh, bash, '\"(odd)\"']\n- rule: r\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO\n"
    );
    let (rules, _) =
        Rules::load(&[("t", &text)]).unwrap_or_else(|errors| panic!("{condition}: {}", errors[0]));
    rules.evaluate(event).len() == 1
}

fn shell() -> Event {
    let grandparent = Arc::new(process("systemd", &["systemd"]));
    let parent = Process { parent: Some(grandparent), tty: 0, ..process("sshd", &["/usr/sbin/sshd", "-D"]) };
    event(EventKind::Exec, Process { tty: 3, ..process("bash", &["-bash", "-c", "Echo hi"]) }, Some(parent))
}

#[test]
fn texts() {
    let shell = shell();
    for good in [
        "proc.name = bash",
        "proc.name == 'bash'",
        "proc.name != sh",
        "proc.name in (shells)",
        "proc.name in shells",
        "proc.name in (zsh, shells)",
        "not proc.name in (zsh, \"shells\")",
        "proc.cmdline contains \"-c Echo\"",
        "proc.cmdline icontains 'ECHO HI'",
        "proc.cmdline startswith bash and proc.cmdline endswith hi",
        "proc.exepath glob '/usr/*/ba?h' and proc.exepath glob '/*sh'",
        "proc.name iglob 'BA*'",
        "proc.name regex '[a-z]+' and not proc.name regex 'ba'",
        "proc.exepath pmatch (/usr/bin) and proc.exepath pmatch (/usr) and not proc.exepath pmatch (/us)",
        "proc.exepath pmatch (/u*/bin)",
        "basename(proc.exepath) = bash and toupper(proc.name) = BASH and tolower(proc.args) contains 'echo'",
        "len(proc.name) = 4",
        "proc.exe = -bash and proc.exeline = '-bash -c Echo hi' and proc.args = '-c Echo hi'",
        "proc.name bcontains 6173 and proc.name bstartswith 6261",
        "proc.aname = systemd and proc.aname[1] = sshd and proc.aname[2] = systemd and proc.pname = sshd",
        "proc.aname in (x, systemd) and proc.aname intersects (systemd) and not proc.aname in (bash)",
        "proc.acmdline[1] = 'sshd -D' and proc.pcmdline contains -D",
        "not proc.aname[3] exists and proc.aname[2] exists and proc.name exists",
        // A missing value fails every check, also `!=`.
        "not proc.cwd = x and not proc.cwd != x",
        "proc.name != val(proc.pname) and proc.pid = val(proc.pid) and proc.aname contains val(proc.pname)",
        "proc.tty != 0 and proc.tty < 4 and proc.tty >= 0x3 and proc.nargs in (1, 2)",
        "proc.duration <= 5000000000 and proc.duration > 1000000000",
        "user.name = root and user.uid = 0 and evt.res = SUCCESS",
        "evt.type = execve or evt.type = open and proc.name = never",
        "(evt.type = open or proc.name = bash) and not (proc.name = sh)",
    ] {
        assert!(holds(good, &shell), "{good}");
        assert!(!holds(&format!("not ({good})"), &shell), "not ({good})");
    }
}

#[test]
fn containers_files_and_connections() {
    let inside = process("cat", &["cat"]);
    let file = event(open("/etc/pam.d/login", 0o2_000_101, -13), inside.clone(), None);
    for good in [
        "fd.name = /etc/pam.d/login and fd.directory = /etc/pam.d and fd.filename = login and fd.type = file",
        "fd.typechar = 'f' and fd.num = -1 and evt.res = EACCES and evt.rawres < 0 and evt.failed = true",
        "evt.is_open_write = true and evt.is_open_read = false and evt.is_open_read != true",
        "evt.arg.flags contains O_CREAT and evt.arg.flags = 'O_WRONLY|O_CREAT|O_CLOEXEC' and evt.arg[name] endswith login",
        "container.id = abababababab and container.id != host and container.name = web",
        "container.image.repository = registry.example.com:5000/shop and container.image.tag = 1.1",
        "container.image.digest startswith sha256:1c1c and container.privileged = false",
        "k8s.ns.name = prod and k8s.pod.name = shop-0 and k8s.pod.uid = 9c0f",
        "k8s.pod.label[app.kubernetes.io/name] = shop",
    ] {
        assert!(holds(good, &file), "{good}");
    }
    let call = event(connect("10.1.2.3", 5432), inside, None);
    for good in [
        "fd.sip = 10.1.2.3 and fd.rip in (10.1.2.3, 1.1.1.1) and fd.snet = '10.0.0.0/8' and fd.net != '127.0.0.0/8'",
        "fd.sport = 5432 and fd.rport in (1, 5432) and fd.l4proto = tcp and fd.typechar = 4 and fd.type = ipv4",
        "fd.name = '10.1.2.3:5432' and evt.res = EINPROGRESS and evt.rawres = -115",
        "not fd.directory exists and not fd.lport = 3",
    ] {
        assert!(holds(good, &call), "{good}");
    }
    let host = Event { container: None, ..call };
    assert!(holds("container.id = host and container.name = host and not k8s.ns.name exists", &host));
}

#[test]
fn appends_overrides_and_exceptions() {
    let base = "
- list: names
  items: [cat]
- macro: opened
  condition: evt.type = openat
- rule: r
  desc: d
  condition: opened and proc.name in (names)
  output: first %proc.name
  priority: INFO
  tags: [a]
  exceptions:
    - name: pair
      fields: [fd.name, user.uid]
      comps: [startswith, '=']
      values: [[/proc/, 0]]
    - name: single
      fields: container.name
      values: [other]
";
    let more = "
- list: names
  items: [less]
  override: {items: append}
- rule: r
  condition: and fd.name != /ok
  output: second %fd.name
  priority: ERROR
  tags: [b]
  override: {condition: append, output: replace, priority: replace, tags: append}
- rule: r
  exceptions: [{name: single, values: [third]}]
  append: true
";
    let (rules, _) = Rules::load(&[("base", base), ("more", more)]).unwrap_or_else(|e| panic!("{}", e[0]));
    let less = |path: &str| event(open(path, 0, 3), process("less", &["less"]), None);
    let alerts = rules.evaluate(&less("/x"));
    assert_eq!(alerts[0].output, "second /x");
    assert_eq!((alerts[0].tags.join(","), alerts[0].priority.as_str()), ("a,b".to_owned(), "Error"));
    assert!(rules.evaluate(&less("/ok")).is_empty());
    assert!(rules.evaluate(&less("/proc/1")).is_empty());
    let off = "- rule: r\n  enabled: false\n";
    let (rules, _) = Rules::load(&[("base", base), ("more", more), ("off", off)]).unwrap();
    assert!(rules.evaluate(&less("/x")).is_empty());
    assert!(rules.event_kinds().is_empty());
}

#[test]
fn the_alert_in_falcos_shape() {
    let text = "
- rule: Shell
  desc: d
  condition: evt.type = execve
  output: Shell (cmd=%proc.cmdline gparent=%proc.aname[2] pid=%proc.pid cwd=%proc.cwd up=%toupper(proc.name) ns=%k8s.ns.name 5%)
  priority: NOTICE
  tags: [container, T1059]
";
    let (rules, _) = Rules::load(&[("t", text)]).unwrap();
    let mut event = shell();
    Arc::get_mut(&mut event.process).unwrap().args = vec!["bash".into(), "a\nNotice forged".into()];
    let alert = rules.evaluate(&event).remove(0);
    assert_eq!(alert.digest().unwrap().short(), "1c1c1c1c1c1c");
    insta::assert_snapshot!(serde_json::to_string_pretty(&alert.falco_json("node-1")).unwrap(), @r#"
{
  "hostname": "node-1",
  "output": "15:00:01.500000000: Notice Shell (cmd=bash a\\nNotice forged gparent=systemd pid=4321 cwd=<NA> up=BASH ns=prod 5%)",
  "output_fields": {
    "evt.time": 1767366001500000000,
    "k8s.ns.name": "prod",
    "proc.aname[2]": "systemd",
    "proc.cmdline": "bash a\nNotice forged",
    "proc.cwd": null,
    "proc.pid": 4321,
    "toupper(proc.name)": "BASH"
  },
  "priority": "Notice",
  "rule": "Shell",
  "source": "syscall",
  "tags": [
    "container",
    "T1059"
  ],
  "time": "2026-01-02T15:00:01.500000000Z"
}
"#);
    let back: seawall_rules::Alert = serde_json::from_str(&serde_json::to_string(&alert).unwrap()).unwrap();
    assert_eq!(back, alert);
}

#[test]
fn transformers_of_several_values() {
    let shell = shell();
    for good in [
        "join(\",\", proc.args) = '-c,Echo hi' or join(\",\", proc.args) = '-c,Echo,hi'",
        "concat(proc.name, \":\", user.name) = bash:root",
        "concat(toupper(proc.name), \"-x\") in (BASH-x, y)",
        "getopt(proc.args, \"c:\") intersects (c) and getopt(proc.args, \"c:\")[c] contains Echo",
        "not getopt(proc.args, \"x\")[x] exists",
        "join(\"-\", (proc.name, proc.pname)) = bash-sshd",
        "len(proc.args) = 2",
        "concat(\"b\", \"ash\") = val(proc.name)",
    ] {
        assert!(holds(good, &shell), "{good}");
    }
    for (bad, words) in [
        ("join(proc.name, \",\") = x", "a separator and a list"),
        ("concat(proc.name) = x", "two texts or more"),
        ("getopt(proc.args, \"a\")[ab] = x", "one option"),
        ("jion(\",\", proc.args) = x", "did you mean `join`?"),
        ("join(\",\", proc.args = x", "`,` or `)`"),
    ] {
        let text = format!(
            "- {{rule: r, desc: d, condition: {}, output: o, priority: INFO}}",
            serde_json::to_string(bad).unwrap()
        );
        let errors = Rules::load(&[("t", &text)]).unwrap_err();
        assert!(errors[0].to_string().contains(words), "{}", errors[0]);
    }
}

#[test]
fn a_rule_explained() {
    let text = "
- required_engine_version: 0.57.0
- list: shells
  items: [sh, bash]
- macro: spawned
  condition: (evt.type in (execve, execveat))
- macro: in_container
  condition: (container.id != host)
- rule: Shell
  desc: d
  condition: spawned and in_container and proc.name in (shells) and not (proc.pname = cron or user.uid > 5)
  output: o
  priority: NOTICE
";
    let explained = Rules::explain(&[("t", text)], "Shell").unwrap().unwrap();
    insta::assert_snapshot!(explained.condition, @r"
    all of
      spawned:
        evt.type in (execve, execveat)
      in_container:
        container.id != host
      proc.name in (shells)
      not
        any of
          proc.pname = cron
          user.uid > 5
    ");
    insta::assert_snapshot!(explained.kernel.join("\n"), @r"
    evt.type in (execve, execveat)
    container.id != host
    proc.name in (shells)
    ");
    assert_eq!(explained.rule.types.as_deref(), Some(&["execve".to_owned(), "execveat".to_owned()][..]));
    assert_eq!(explained.rule.fields, ["container.id", "evt.type", "proc.name", "proc.pname", "user.uid"]);
    assert!(Rules::explain(&[("t", text)], "None").unwrap().is_none());
}

#[test]
fn the_alert_in_other_schemas() {
    let text = "
- rule: Shell
  desc: d
  condition: evt.type = execve
  output: Shell %proc.name
  priority: CRITICAL
  tags: [container, mitre_privilege_escalation, T1059]
";
    let (rules, _) = Rules::load(&[("t", text)]).unwrap();
    let alert = rules.evaluate(&shell()).remove(0);
    let (ecs, ocsf) = (alert.ecs("node-1"), alert.ocsf("node-1"));
    assert_eq!(ecs["threat"]["tactic"]["name"][0], "Privilege Escalation");
    assert_eq!((&ecs["event"]["severity"], &ocsf["severity_id"]), (&80.into(), &5.into()));
    assert_eq!(ecs["orchestrator"]["resource"]["name"], "shop-0");
    assert_eq!((&ocsf["class_uid"], &ocsf["type_uid"]), (&2004.into(), &200_401.into()));
    assert_eq!(ocsf["finding_info"]["attacks"][0]["technique"]["uid"], "T1059");
    assert_eq!(ocsf["evidences"][0]["process"]["pid"], 4321);
}
