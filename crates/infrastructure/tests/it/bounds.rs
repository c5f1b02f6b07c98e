//! Bad input: bounded, and said with its place.

use std::fmt::Write as _;

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::support::scanned;

fn problems(files: &[(&str, &str)]) -> String {
    scanned(files).problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn damaged_text_is_said_with_its_place() {
    let text = problems(&[
        ("a/main.tf", "resource \"x\" \"y\" {\n  a = \n}\n"),
        ("ok.tf", "resource \"aws_default_vpc\" \"d\" {}\n"),
    ]);
    assert!(text.starts_with("a/main.tf:2:"), "{text}");
    let outcome = seawall_infrastructure::scan(
        &[("main.tf", b"\xff\xfe".as_slice())],
        &seawall_infrastructure::Options::default(),
    );
    assert_snapshot!(outcome.problems[0].to_string(), @"main.tf:1:1: the file is not UTF-8: save it as UTF-8");
}

#[test]
fn long_files_are_refused() {
    let text = "#".repeat(seawall_infrastructure::MAX_FILE + 1);
    assert_snapshot!(problems(&[("main.tf", &text)]), @"main.tf:1:1: the file has 16777217 bytes; at most 16777216 are read: split it");
}

#[test]
fn values_that_refer_to_themselves() {
    assert_snapshot!(
        problems(&[("main.tf", "locals {\n  a = local.b\n  b = local.a\n}\nresource \"x_y\" \"z\" {\n  a = local.a\n}\n")]),
        @"main.tf:3:7: `local.a` refers to itself, directly or through others; it counts as unknown"
    );
}

#[test]
fn modules_that_call_themselves() {
    let text = problems(&[
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n}\n"),
        ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\nmodule \"c\" {\n  source = \"../b\"\n}\n"),
        ("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\nresource \"aws_default_vpc\" \"d\" {}\n"),
    ]);
    assert!(text.contains("nested more than 24 deep: does it call itself?"), "{text}");
    let circle = scanned(&[
        ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n"),
        ("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\nresource \"aws_default_vpc\" \"d\" {}\n"),
    ]);
    assert!(circle.findings.iter().any(|finding| finding.id == "vpc-default"));
}

#[test]
fn long_chains_and_large_results() {
    let mut chain = String::from("locals {\n  a0 = 1\n");
    for i in 1..5_000 {
        let _ = writeln!(chain, "  a{i} = local.a{}", i - 1);
    }
    chain.push_str("}\nresource \"x_y\" \"z\" {\n  a = local.a4999\n}\n");
    assert!(problems(&[("main.tf", &chain)]).contains("nested more than 1000 deep"));
    let mut doubled = String::from("locals {\n  a0 = \"0123456789\"\n  l0 = [1, 2, 3, 4]\n");
    for i in 1..60 {
        let _ = writeln!(
            doubled,
            "  a{i} = \"${{local.a{0}}}${{local.a{0}}}\"\n  l{i} = concat(local.l{0}, local.l{0})",
            i - 1
        );
    }
    doubled.push_str("}\nresource \"x_y\" \"z\" {\n  a = local.a59\n  b = local.l59\n}\n");
    assert_eq!(problems(&[("main.tf", &doubled)]), "");
    let loops = "resource \"x_y\" \"z\" {\n  a = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]\n}\n";
    assert!(problems(&[("main.tf", loops)]).contains("more than 5000000 steps"));
    let many = "resource \"aws_default_vpc\" \"d\" {\n  count = 1000000000\n}\n";
    assert!(problems(&[("main.tf", many)]).contains("more than 1000 instances"));
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("locals {{\n  a = {}{}\n}}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(problems(&[("main.tf", &deep)]).starts_with("main.tf:2:"));
    let yaml =
        format!("AWSTemplateFormatVersion: x\nResources: {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let text = problems(&[("t.yaml", &yaml)]);
    assert!(text.starts_with("t.yaml:2:"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for path in ["main.tf", "main.tf.json", "t.yaml", "terraform.tfvars"] {
            let _ = seawall_infrastructure::scan(&[(path, &bytes)], &seawall_infrastructure::Options::default());
        }
    }

    #[test]
    fn no_expression_panics(text in r#"[a-z0-9"${}\[\]().*,:?=! +<>-]{0,60}"#) {
        let text = format!("variable \"a\" {{}}\nlocals {{\n  b = [1]\n}}\nresource \"x_y\" \"z\" {{\n  a = {text}\n}}\n");
        let _ = scanned(&[("main.tf", &text)]);
    }
}
