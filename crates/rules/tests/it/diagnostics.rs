//! What is wrong is said with its place and a hint, several at once.

use seawall_rules::{Level, Rules};

fn report(text: &str) -> String {
    let diagnostics = match Rules::load(&[("rules.yaml", text)]) {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    };
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn several_errors_at_once() {
    let text = "\
- macro: spawned
  condition: evt.type = execve and porc.name exists

- rule: one
  desc: d
  condition: >
    spawned and container.id != host
    and proc.naem in (a, b)
  output: shell %proc.cmdlin by %user.name
  priority: WARNIN

- rule: two
  desc: d
  condition: evt.type=open and (fd.name startswith /etc or proc.pid = abc
  output: x
  priority: INFO

- rule: three
  desc: d
  condition: spwaned and proc.name == sh proc.pid = 3
  output: x
  priority: INFO
";
    insta::assert_snapshot!(report(text), @r#"
error[LOAD_ERR_COMPILE_CONDITION]: there is no field `porc.name`
 --> rules.yaml:2:36
  |
2 |   condition: evt.type = execve and porc.name exists
  |                                    ^^^^^^^^^
  = help: did you mean `proc.name`?

error[LOAD_ERR_COMPILE_CONDITION]: there is no field `proc.naem`
 --> rules.yaml:8:9
  |
8 |     and proc.naem in (a, b)
  |         ^^^^^^^^^
  = help: did you mean `proc.name`?

error[LOAD_ERR_COMPILE_OUTPUT]: there is no field `proc.cmdlin`
 --> rules.yaml:9:18
  |
9 |   output: shell %proc.cmdlin by %user.name
  |                  ^^^^^^^^^^^
  = help: did you mean `proc.cmdline`?

error[LOAD_ERR_YAML_VALIDATE]: `WARNIN` is no priority: use debug, informational, notice, warning, error, critical, alert or emergency
  --> rules.yaml:10:13
   |
10 |   priority: WARNIN
   |             ^^^^^^
   = help: did you mean `warning`?

error[LOAD_ERR_COMPILE_CONDITION]: a `)` is missing here, or `and` or `or`
  --> rules.yaml:14:74
   |
14 |   condition: evt.type=open and (fd.name startswith /etc or proc.pid = abc
   |                                                                          ^

error[LOAD_ERR_COMPILE_CONDITION]: the condition should end here, or go on with `and` or `or`
  --> rules.yaml:20:42
   |
20 |   condition: spwaned and proc.name == sh proc.pid = 3
   |                                          ^^^^^^^^
   = help: join two checks with `and` or `or`; put a value with blanks into quotes
"#);
}

#[test]
fn names_and_types() {
    let text = r#"
- rule: r
  desc: d
  condition: |
    evt.type in (opn) and spawnedd
      and proc.pid = abc and fd.sip = "300.1.1.1"
      and proc.name regex "a(" and proc.name satrtswith x
  output: "%nope and %proc.cmdline"
  priority: INFO
- rule: s
  desc: d
  condition: "evt.type = open and proc.name = \"a\\\" b\" and user.nme = x"
  output: x
  priority: INFO
- rule: t
  desc: d
  condition: evt.type = execve and
    proc.name = proc.pname and
    user.uid contains 3
  output: x
  priority: INFO
- rule: u
  desc: d
  condition: |
    evt.type in (opn) and spawnedd
      and proc.pid = abc and fd.sip = "300.1.1.1" and proc.name regex "a("
      and evt.is_open_read = yes and proc.aname[x] = sh and proc.name = tolowr(proc.name)
  output: "%nope and %proc.cmdline"
  priority: INFO
- rule: v
  desc: d
  condition: |
    evt.type in (opn) and spawnedd
      and proc.pid = abc and fd.sip = "300.1.1.1" and proc.name regex "a("
      and evt.is_open_read = yes and proc.aname[x] = sh and shells and user.name in nobody
  output: "%nope and %proc.cmdline"
  priority: INFO
- macro: spawned
  condition: evt.type = execve
- list: shells
  items: [sh]
  itmes: [x]
"#;
    insta::assert_snapshot!(report(text), @r#"
error[LOAD_ERR_COMPILE_CONDITION]: an operator like `=`, `in` or `contains` should stand here
 --> rules.yaml:7:46
  |
7 |       and proc.name regex "a(" and proc.name satrtswith x
  |                                              ^^^^^^^^^^
  = help: did you mean `startswith`?

error[LOAD_ERR_COMPILE_CONDITION]: there is no field `user.nme`
  --> rules.yaml:12:63
   |
12 |   condition: "evt.type = open and proc.name = \"a\\\" b\" and user.nme = x"
   |                                                               ^^^^^^^^
   = help: did you mean `user.name`?

error[LOAD_ERR_COMPILE_CONDITION]: `contains` does not work on numbers
  --> rules.yaml:19:14
   |
19 |     user.uid contains 3
   |              ^^^^^^^^

error[LOAD_ERR_COMPILE_CONDITION]: the condition should end here, or go on with `and` or `or`
  --> rules.yaml:27:79
   |
27 |       and evt.is_open_read = yes and proc.aname[x] = sh and proc.name = tolowr(proc.name)
   |                                                                               ^
   = help: join two checks with `and` or `or`; put a value with blanks into quotes

error[LOAD_ERR_COMPILE_CONDITION]: there is no event type `opn`
  --> rules.yaml:33:18
   |
33 |     evt.type in (opn) and spawnedd
   |                  ^^^
   = help: did you mean `open`?

error[LOAD_ERR_VALIDATE]: there is no macro `spawnedd`
  --> rules.yaml:33:27
   |
33 |     evt.type in (opn) and spawnedd
   |                           ^^^^^^^^
   = help: did you mean `spawned`?

error[LOAD_ERR_COMPILE_CONDITION]: a number should stand here, not `abc`
  --> rules.yaml:34:22
   |
34 |       and proc.pid = abc and fd.sip = "300.1.1.1" and proc.name regex "a("
   |                      ^^^

error[LOAD_ERR_COMPILE_CONDITION]: an address or a network should stand here, not `300.1.1.1`
  --> rules.yaml:34:39
   |
34 |       and proc.pid = abc and fd.sip = "300.1.1.1" and proc.name regex "a("
   |                                       ^^^^^^^^^^^
   = help: for example "169.254.169.254" or "10.0.0.0/8"

error[LOAD_ERR_COMPILE_CONDITION]: not a regular expression: unclosed group
  --> rules.yaml:34:71
   |
34 |       and proc.pid = abc and fd.sip = "300.1.1.1" and proc.name regex "a("
   |                                                                       ^^^^
   = help: the syntax is that of RE2; an expression may compile to 1 MiB at most

error[LOAD_ERR_COMPILE_CONDITION]: `true` or `false` should stand here, not `yes`
  --> rules.yaml:35:30
   |
35 |       and evt.is_open_read = yes and proc.aname[x] = sh and shells and user.name in nobody
   |                              ^^^

error[LOAD_ERR_COMPILE_CONDITION]: `proc.aname` takes a number: `proc.aname[2]`
  --> rules.yaml:35:38
   |
35 |       and evt.is_open_read = yes and proc.aname[x] = sh and shells and user.name in nobody
   |                                      ^^^^^^^^^^^^^

error[LOAD_ERR_VALIDATE]: there is no macro `shells`
  --> rules.yaml:35:61
   |
35 |       and evt.is_open_read = yes and proc.aname[x] = sh and shells and user.name in nobody
   |                                                             ^^^^^^
   = help: `shells` is a list: write `field in (shells)`

error[LOAD_ERR_COMPILE_CONDITION]: there is no list `nobody`
  --> rules.yaml:35:85
   |
35 |       and evt.is_open_read = yes and proc.aname[x] = sh and shells and user.name in nobody
   |                                                                                     ^^^^^^
   = help: for the text itself write `in (nobody)`

error[LOAD_ERR_COMPILE_OUTPUT]: `%nope` names no field
  --> rules.yaml:36:13
   |
36 |   output: "%nope and %proc.cmdline"
   |             ^^^^
   = help: a field looks like `%proc.name`

warning[LOAD_COMPILE_CONDITION]: `proc.pname` is compared as a text here, not as a field
  --> rules.yaml:18:17
   |
18 |     proc.name = proc.pname and
   |                 ^^^^^^^^^^
   = help: write `val(proc.pname)` to compare with the field

warning[LOAD_UNKNOWN_KEY]: the key `itmes` is not known and is ignored
  --> rules.yaml:42:3
   |
42 |   itmes: [x]
   |   ^^^^^
   = help: did you mean `items`?
"#);
}

#[test]
fn circles_are_found() {
    let text = "
- macro: a
  condition: b and evt.type = open
- macro: b
  condition: not a
- list: x
  items: [y, 1]
- list: y
  items: [x]
- rule: r
  desc: d
  condition: a and proc.name in (x)
  output: o
  priority: INFO
";
    let said = report(text);
    assert!(said.contains("macros go round in a circle: `a` → `b` → `a`"), "{said}");
    assert!(said.contains("lists go round in a circle: `x` → `y` → `x`"), "{said}");
}

#[test]
fn a_rule_may_be_skipped_for_an_unknown_field() {
    let text = "
- rule: r
  desc: d
  condition: evt.type = open and some.field = 3
  output: o
  priority: INFO
  skip-if-unknown-filter: true
";
    let (rules, warnings) = Rules::load(&[("rules.yaml", text)]).unwrap();
    assert!(rules.is_empty());
    assert_eq!(warnings.len(), 1);
    assert_eq!((warnings[0].code, warnings[0].severity), ("LOAD_UNKNOWN_FILTER", Level::Warning));
}
