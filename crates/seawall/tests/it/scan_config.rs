//! `seawall scan config` and `seawall checks`.

use crate::home::Home;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostPID: true\n  containers: [{name: a, image: 'registry.example.com/a:1'}]\n";

#[test]
fn a_folder_with_good_bad_and_other_files() {
    let home = Home::bare();
    std::fs::create_dir_all(home.path("deploy")).unwrap();
    home.write("deploy/pod.yaml", POD);
    home.write("deploy/broken.yaml", "apiVersion: v1\nkind: Pod\nkind: Pod\n");
    home.write("deploy/values.yaml", "image: a\n");
    home.write("deploy/chart.yaml", "apiVersion: v1\nkind: {{ .Values.kind }}\n");
    home.write(
        "deploy/Dockerfile",
        "FROM debian:12\n# seawall:ignore docker-user-root it drops root itself\nUSER root\n",
    );
    let ran = home.run(&["scan", "config", "deploy", "--check", "KSV-0010,DS-0002"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @r"
    deploy

    deploy/pod.yaml
      5:3  high        pod-host-namespaces  Pod p: `hostPID` is true

    excepted: deploy/Dockerfile:3:1 docker-user-root by deploy/Dockerfile:2 (seawall:ignore): it drops root itself

    problem: deploy/broken.yaml:3:1: the key `kind` is there twice; readers disagree on which one counts, so remove one
    problem: deploy/chart.yaml:2:7: this is a template (`{{ … }}`); render it first, and scan the result: `helm template CHART | seawall scan config -`

    1 findings: 1 high; 1 excepted (1 file)
    ");
    assert_eq!(home.run(&["scan", "config", "deploy", "--fail-on", "high"]).code, Some(1));
    assert_eq!(
        home.run(&["scan", "config", "deploy", "--check", "KSV-0013", "--fail-on", "high"]).code,
        Some(3)
    );
    std::fs::remove_file(home.path("deploy/broken.yaml")).unwrap();
    assert_eq!(
        home.run(&["scan", "config", "deploy", "--check", "KSV-0013", "--fail-on", "high"]).code,
        Some(0)
    );
}

#[test]
fn wrong_usage() {
    let home = Home::bare();
    home.write("notes.txt", "hello");
    insta::assert_snapshot!(home.refused(&["scan", "config", "nowhere"]), @r"
    error: nowhere: No such file or directory (os error 2)
    exit code 2
    ");
    insta::assert_snapshot!(home.refused(&["scan", "config", ".", "--check", "KSV-9999"]), @r"
    error: there is no check `KSV-9999`; `seawall checks list` shows them all
    exit code 2
    ");
    let ran = home.run(&["scan", "config", "notes.txt"]);
    assert!(
        ran.stdout.contains("notes.txt:1:1: neither a Kubernetes manifest nor a Dockerfile"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_file_of_fifty_megabytes_and_one_that_is_no_text() {
    let home = Home::bare();
    let long = format!("{POD}# {}\n", "x".repeat(50 << 20));
    home.write("long.yaml", &long);
    std::fs::write(home.path("latin.yaml"), [POD.as_bytes(), b"  # caf\xe9\n"].concat()).unwrap();
    let ran = home.run(&["scan", "config", "."]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("problem: long.yaml:1:1: the text has 52428"), "{}", ran.stdout);
    assert!(ran.stdout.contains("problem: latin.yaml:7:8: not UTF-8"), "{}", ran.stdout);
}

#[test]
fn checks_are_listed_and_explained() {
    let home = Home::bare();
    let list = home.run(&["checks", "list"]);
    assert!(list.stdout.lines().count() > 150, "{}", list.stdout);
    let all: serde_json::Value =
        serde_json::from_str(&home.run(&["checks", "list", "--format", "json"]).stdout).unwrap();
    assert!(all.as_array().unwrap().iter().all(|check| !check["why"].as_str().unwrap().is_empty()));
    let shown = home.run(&["checks", "show", "KSV-0017"]).stdout;
    assert!(shown.starts_with("pod-privileged (critical)"), "{shown}");
}

#[test]
fn own_checks_and_infrastructure_beside_the_built_in_ones() {
    let home = Home::bare();
    std::fs::create_dir_all(home.path("deploy")).unwrap();
    std::fs::create_dir_all(home.path("policy")).unwrap();
    home.write("deploy/pod.yaml", POD);
    home.write("deploy/Dockerfile", "FROM scratch\nUSER 1000\nLABEL a=b\n");
    home.write("deploy/main.tf", "resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"logs\"\n}\n");
    home.write(
        "policy/label.rego",
        "package main\nimport rego.v1\ndeny contains msg if {\n  some stage in input.Stages\n  some c in stage.Commands\n  c.Cmd == \"label\"\n  msg := sprintf(\"label at line %d\", [c.StartLine])\n}\ntest_nothing if {\n  count(deny) == 0 with input as {}\n}\n",
    );
    home.write(
        "policy/name.yaml",
        "apiVersion: seawall.dev/v1alpha1\nkind: Check\nmetadata: {name: long-name}\nspec:\n  validations: [{cel: 'size(object.metadata.name) > 3', message: too short, pointer: /metadata/name}]\n",
    );
    let wanted = "main.deny,long-name,AWS-0086";
    let ran = home.run(&["scan", "config", "deploy", "--checks", "policy", "--check", wanted]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for line in ["label at line 3", "3:12  medium      long-name", "deploy/main.tf"] {
        assert!(ran.stdout.contains(line), "{line} in {}", ran.stdout);
    }
    let tested = home.run(&["checks", "test", "policy"]);
    assert_eq!(
        (tested.code, tested.stdout.trim()),
        (Some(0), "2 checks, 1 tests, 0 failed"),
        "{}",
        tested.stderr
    );
    home.write("policy/label.rego", "package main\ntest_never { false }\n");
    let tested = home.run(&["checks", "test", "policy"]);
    assert_eq!(tested.code, Some(1), "{}", tested.stdout);
    home.write("policy/label.rego", "package main\ndeny[msg] { msg := }\n");
    assert_eq!(home.run(&["checks", "test", "policy"]).code, Some(2));
    let shown = home.run(&["checks", "show", "AWS-0086"]);
    assert!(shown.stdout.contains("elsewhere: AWS-0086"), "{}", shown.stdout);
}
