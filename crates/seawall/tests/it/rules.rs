//! `seawall rules` and `seawall replay` over the captures of the field.

use std::path::{Path, PathBuf};

use crate::home::Home;

const RULES: &str = "
- list: shells
  items: [bash, sh]
- macro: spawned
  condition: (evt.type in (execve, execveat) and evt.dir = <)
- rule: Shell
  desc: a shell is started
  condition: spawned and proc.name in (shells)
  output: shell (cmd=%proc.cmdline parent=%proc.pname)
  priority: WARNING
  tags: [shell, T1059]
- rule: Read of shadow
  desc: passwords are read
  condition: evt.type = openat and fd.name = /etc/shadow
  output: read (file=%fd.name)
  priority: ERROR
  tags: [file]
- rule: Secrets by hand
  desc: someone reads secrets
  condition: ka.verb = get and ka.target.resource = secrets
  output: secret (user=%ka.user.name)
  priority: NOTICE
  source: k8s_audit
";

fn home() -> Home {
    let home = Home::bare();
    home.write("rules.yaml", RULES);
    home
}

fn captures() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    if folder.is_dir() {
        return Some(folder);
    }
    skipped(&folder);
    None
}

#[allow(clippy::print_stderr, reason = "a skipped test says why")]
pub(crate) fn skipped(folder: &Path) {
    eprintln!("skipped: {} is not here", folder.display());
}

#[test]
fn check_says_all_that_is_wrong() {
    let home = home();
    let ran = home.run(&["rules", "check", "rules.yaml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("3 rules load"), "{}", ran.stderr);
    home.write(
        "wrong.yaml",
        &RULES
            .replace("proc.name in", "proc.nmae in")
            .replace("fd.name = ", "fd.name == /x or spwned and fd.name = "),
    );
    let ran = home.run(&["rules", "check", "wrong.yaml", "--format", "json"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let result: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(result["successful"], false);
    let errors: Vec<(&str, u64)> = result["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["hint"].as_str().unwrap_or_default(), one["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(errors, [("did you mean `proc.name`?", 8), ("did you mean `spawned`?", 14)]);
    let ran = home.run(&["rules", "check", "wrong.yaml"]);
    assert!(ran.stdout.contains("--> wrong.yaml:8:26"), "{}", ran.stdout);
    assert_eq!(home.run(&["rules", "check", "none.yaml"]).code, Some(2));
}

#[test]
fn list_and_explain() {
    let home = home();
    let ran = home.run(&["rules", "list", "--rules", "rules.yaml", "--without-tag", "file"]);
    insta::assert_snapshot!(ran.stdout, @r"
    Shell            Warning        on   syscall    shell,T1059
    Read of shadow   Error          off  syscall    file
    Secrets by hand  Notice         on   k8s_audit
    ");
    let ran = home.run(&["rules", "explain", "Shell", "--rules", "rules.yaml"]);
    insta::assert_snapshot!(ran.stdout, @r"
    Shell (Warning, source syscall, on)
    a shell is started

    defined in  rules.yaml:6
    tags        shell, T1059
    events      execve, execveat
    fields      evt.dir, evt.type, proc.name
    exceptions  0 values
    output      shell (cmd=%proc.cmdline parent=%proc.pname)

    condition
      all of
        spawned:
          all of
            evt.type in (execve, execveat)
            evt.dir = <
        proc.name in (shells)

    what the kernel could decide
      evt.type in (execve, execveat)
      evt.dir = <
      proc.name in (shells)
    ");
    assert_eq!(home.run(&["rules", "explain", "Nothing", "--rules", "rules.yaml"]).code, Some(2));
    assert_eq!(home.run(&["rules", "list", "--rules", "rules.yaml", "--tag", "x"]).code, Some(2));
}

#[test]
fn rules_are_tested() {
    let home = home();
    home.write(
        "tests.yaml",
        "
rules: [rules.yaml]
tests:
  - name: a shell
    events:
      - {event: exec, process: {name: bash, parent: {name: sshd}}}
      - {event: exec, process: {name: ls}}
    expect: [Shell]
  - name: shadow twice
    events:
      - {event: open, path: /etc/shadow, flags: 0, result: 3, syscall: openat, process: {name: cat}}
      - {event: open, path: /etc/shadow, flags: 0, result: 3, syscall: openat, process: {name: cat}}
    expect: {Read of shadow: 2}
  - name: secrets
    audit:
      - {kind: Event, apiVersion: audit.k8s.io/v1, verb: get, objectRef: {resource: secrets}}
    expect: [Secrets by hand]
",
    );
    let ran = home.run(&["rules", "test", "tests.yaml"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.lines().count(), 3);
    home.write(
        "failing.yaml",
        "
rules: [rules.yaml]
tests:
  - name: no shell
    events: [{event: exec, process: {name: bash}}]
    expect: [Read of shadow]
",
    );
    let ran = home.run(&["rules", "test", "failing.yaml"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(ran.stdout.trim(), "FAIL  no shell: `Read of shadow` did not match; `Shell` matched as well");
}

#[test]
fn captures_of_the_field_are_replayed() {
    let Some(folder) = captures() else { return };
    let home = home();
    let path = |name: &str| folder.join(name).display().to_string();
    let (cat, rule) = (path("trace_files/cat_write.scap"), path("rules/single_rule.yaml"));
    let ran = home.run(&["replay", &cat, "--rules", &rule, "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let alerts: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(alerts.len(), 8);
    assert_eq!(alerts[0]["output_fields"]["proc.cmdline"], "cat /dev/null");
    let keys: Vec<&String> = alerts[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["hostname", "output", "output_fields", "priority", "rule", "source", "tags", "time"]);
    for (format, key) in [("ecs", "@timestamp"), ("ocsf", "class_uid")] {
        let ran = home.run(&["replay", &cat, "--rules", &rule, "--format", format]);
        let first: serde_json::Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
        assert!(first.get(key).is_some(), "{first}");
    }
    let (audit, rules) = (
        path("trace_files/k8s_audit/create_nginx_pod_privileged.json"),
        path("rules/k8s_audit/engine_v4_k8s_audit_rules.yaml"),
    );
    let ran = home.run(&["replay", &audit, "--rules", &rules]);
    assert!(
        ran.stdout.contains("Pod started with privileged container (user=system:serviceaccount:kube-system"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let cut = std::fs::read(&cat).unwrap();
    std::fs::write(home.path("cut.scap"), &cut[..cut.len() / 2]).unwrap();
    let ran = home.run(&["replay", "cut.scap", "--rules", &rule]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("cut off"), "{}", ran.stderr);
}
