//! Terraform's language: what is known is evaluated, what is not stays unknown.

use insta::assert_snapshot;

use crate::support::{ids, resource, resources, scanned};

fn shown(text: &str, attribute: &str) -> String {
    resource(&[("main.tf", text)], "x_y.z").get(attribute).show()
}

/// The value of an expression.
fn value(expression: &str) -> String {
    shown(&format!("resource \"x_y\" \"z\" {{\n  a = {expression}\n}}\n"), "a")
}

#[test]
fn expressions() {
    let cases = [
        ("1 + 2 * 3 == 7 && !false", "`true`"),
        ("true ? \"a\" : \"b\"", "`a`"),
        ("[for i, v in [\"a\", \"b\"] : \"${i}${v}\" if v != \"a\"]", "`1b`"),
        ("{for k, v in {a = 1, b = 2} : k => v + 1}.b", "`3`"),
        ("{for v in [\"ax\", \"ay\", \"bx\"] : substr(v, 0, 1) => v...}.a[1]", "`ay`"),
        ("[{n = 1}, {n = 2}][*].n", "`1`, `2`"),
        ("\"%{if true}yes%{else}no%{endif}\"", "`yes`"),
        ("\"%{for v in [1, 2]}${v},%{endfor}\"", "`1,2,`"),
        ("var.absent ? 1 : 1", "`1`"),
        ("var.absent ? 1 : 2", "unknown"),
        ("false && var.absent", "`false`"),
        ("\"a-${var.absent}\"", "`a-…`"),
        ("var.absent == null", "unknown"),
    ];
    for (expression, expected) in cases {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn functions() {
    let cases = [
        ("join(\",\", concat([\"a\"], compact([\"\", \"b\"])))", "`a,b`"),
        ("merge({a = 1}, {a = 2, b = 3}).a", "`2`"),
        ("lookup({a = 1}, \"b\", 9)", "`9`"),
        ("flatten([[1], [[2]]])", "`1`, `2`"),
        ("contains([\"a\"], \"a\")", "`true`"),
        ("coalesce(\"\", \"b\")", "`b`"),
        ("try(var.absent, \"b\")", "`b`"),
        ("element([1, 2], 3)", "`2`"),
        ("format(\"%s-%03d-%.1f%%\", \"a\", 7, 1.25)", "`a-007-1.2%`"),
        ("replace(\"a.b\", \"/[.]/\", \"-\")", "`a-b`"),
        ("regex(\"[0-9]+\", \"ab12\")", "`12`"),
        ("upper(trimspace(\" a \"))", "`A`"),
        ("split(\",\", \"a,b\")[1]", "`b`"),
        ("jsondecode(jsonencode({a = [1, true]})).a[1]", "`true`"),
        ("yamldecode(\"a: [x, y]\").a[0]", "`x`"),
        ("base64decode(base64encode(\"hi\"))", "`hi`"),
        ("max(1, 5, 3)", "`5`"),
        ("cidrsubnet(\"10.0.0.0/16\", 8, 2)", "`10.0.2.0/24`"),
        ("cidrhost(\"10.0.0.0/24\", 5)", "`10.0.0.5`"),
        ("cidrsubnets(\"10.0.0.0/16\", 4, 8)", "`10.0.0.0/20`, `10.0.16.0/24`"),
        ("setunion([\"a\"], [\"a\", \"b\"])", "`a`, `b`"),
        ("length(setproduct([1, 2], [3, 4, 5]))", "`6`"),
        ("range(3)", "`0`, `1`, `2`"),
        ("zipmap([\"a\"], [1]).a", "`1`"),
        ("one([])", "not set"),
        ("tobool(\"true\")", "`true`"),
        ("formatdate(\"YYYY-MM-DD\", \"2026-01-02T03:04:05Z\")", "`2026-01-02`"),
        ("timeadd(\"2026-01-02T03:04:05Z\", \"1h\")", "`2026-01-02T04:04:05Z`"),
        ("sha256(\"a\")", "unknown"),
    ];
    for (expression, expected) in cases {
        assert_eq!(value(expression), expected, "{expression}");
    }
    let outcome = scanned(&[("main.tf", "resource \"x_y\" \"z\" {\n  a = nosuch(1)\n}\n")]);
    assert_snapshot!(outcome.problems[0].to_string(), @"main.tf:2:7: the function `nosuch` is not evaluated; what it gives counts as unknown");
}

#[test]
fn variables_come_from_files_and_defaults() {
    let files = [
        (
            "main.tf",
            "variable \"a\" { default = 1 }\nvariable \"b\" {}\nvariable \"c\" {}\nvariable \"d\" {}\nresource \"x_y\" \"z\" {\n a = var.a\n b = var.b\n c = var.c\n d = var.d\n}\n",
        ),
        ("terraform.tfvars", "b = \"file\"\nc = \"file\"\n"),
        ("z.auto.tfvars", "c = \"auto\"\n"),
        ("other.tfvars", "d = \"not read\"\n"),
    ];
    let one = resource(&files, "x_y.z");
    let shown: Vec<String> = ["a", "b", "c", "d"].iter().map(|name| one.get(name).show()).collect();
    assert_eq!(shown, ["`1`", "`file`", "`auto`", "unknown"]);
}

#[test]
fn optional_attributes_have_their_defaults() {
    let text = r#"
variable "disks" {
  type    = list(object({ size = number, encrypted = optional(bool, true), note = optional(string) }))
  default = [{ size = 1 }, { size = 2, encrypted = false }]
}
resource "x_y" "z" {
  a = var.disks[*].encrypted
  b = var.disks[0].note
}
"#;
    assert_eq!(shown(text, "a"), "`true`, `false`");
    assert_eq!(shown(text, "b"), "not set");
}

#[test]
fn counts_and_dynamic_blocks_are_written_out() {
    let text = r#"
locals {
  ports = [22, 443]
}
resource "aws_security_group" "web" {
  count       = 2
  description = "web ${count.index}"
  dynamic "ingress" {
    for_each = local.ports
    content {
      description = "port ${ingress.value}"
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
resource "x_y" "each" {
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "x_y" "none" {
  count = 0
}
resource "x_y" "use" {
  a = x_y.each["a"].name
  b = aws_security_group.web[1].description
  c = aws_security_group.web[*].description
}
"#;
    let all = resources(&[("main.tf", text)]);
    let addresses: Vec<&str> = all.iter().map(|resource| resource.address.as_str()).collect();
    assert_eq!(
        addresses,
        [
            "aws_security_group.web[0]",
            "aws_security_group.web[1]",
            "x_y.each[\"a\"]",
            "x_y.each[\"b\"]",
            "x_y.use"
        ]
    );
    let uses = all.last().unwrap();
    assert_eq!(
        [uses.get("a").show(), uses.get("b").show(), uses.get("c").show()],
        ["`a`", "`web 1`", "`web 0`, `web 1`"]
    );
    let outcome = scanned(&[("main.tf", text)]);
    let ssh: Vec<String> = outcome
        .findings
        .iter()
        .filter(|finding| finding.id == "sg-ingress-admin")
        .map(|finding| finding.evidence.clone().unwrap())
        .collect();
    assert_eq!(ssh.len(), 2, "{ssh:?}");
}

#[test]
fn the_unknown_is_never_false() {
    let text = r#"
variable "encrypted" {}
variable "rules" {}
resource "aws_ebs_volume" "a" {
  encrypted  = var.encrypted
  kms_key_id = aws_kms_key.absent.arn
}
resource "aws_security_group" "b" {
  description = "b"
  dynamic "ingress" {
    for_each = var.rules
    content {
      cidr_blocks = ingress.value.cidrs
    }
  }
}
"#;
    assert_eq!(ids(&scanned(&[("main.tf", text)])), Vec::<&str>::new());
}

#[test]
fn a_finding_stands_where_the_value_was_written() {
    let files = [
        (
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nmodule \"logs\" {\n  source = \"./bucket\"\n  acl    = var.acl\n}\n",
        ),
        (
            "bucket/main.tf",
            "variable \"acl\" {}\nresource \"aws_s3_bucket\" \"this\" {\n  acl = var.acl\n}\n",
        ),
    ];
    let outcome = scanned(&files);
    let finding = outcome.findings.iter().find(|finding| finding.id == "s3-public-acl").unwrap();
    let position = finding.position.unwrap();
    assert_snapshot!(
        format!("{}:{}:{} {}", finding.location.path, position.line, position.column, finding.evidence.as_deref().unwrap()),
        @"main.tf:2:13 module.logs.aws_s3_bucket.this: the ACL is `public-read` (the resource is at bucket/main.tf:2)"
    );
    assert!(finding.aliases.contains(&"AVD-AWS-0092".to_owned()));
}

#[test]
fn modules_are_evaluated_with_their_inputs() {
    let files = [
        (
            "live/main.tf",
            r#"
module "network" {
  source = "../modules/network"
  cidr   = "10.0.0.0/16"
}
module "vpc" {
  source = "terraform-aws-modules/vpc/aws"
}
module "each" {
  source   = "../modules/network"
  for_each = { a = "10.1.0.0/16" }
  cidr     = each.value
}
resource "x_y" "z" {
  a = module.network.subnet
  b = module.each["a"].subnet
  c = module.vpc.name
}
"#,
        ),
        (
            "modules/network/main.tf",
            "variable \"cidr\" {}\nlocals { subnet = cidrsubnet(var.cidr, 8, 1) }\nresource \"aws_vpc\" \"this\" { cidr_block = var.cidr }\noutput \"subnet\" { value = local.subnet }\n",
        ),
        (
            "live/.terraform/modules/modules.json",
            r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc","Source":"x","Dir":".terraform/modules/vpc"}]}"#,
        ),
        (
            "live/.terraform/modules/vpc/main.tf",
            "output \"name\" { value = \"fetched\" }\nresource \"aws_vpc\" \"main\" {}\n",
        ),
    ];
    let one = resource(&files, "x_y.z");
    assert_eq!(
        [one.get("a").show(), one.get("b").show(), one.get("c").show()],
        ["`10.0.1.0/24`", "`10.1.1.0/24`", "`fetched`"]
    );
    let all = resources(&files);
    let addresses: Vec<&str> = all.iter().map(|resource| resource.address.as_str()).collect();
    assert_eq!(
        addresses,
        [
            "x_y.z",
            "module.each[\"a\"].aws_vpc.this",
            "module.network.aws_vpc.this",
            "module.vpc.aws_vpc.main"
        ]
    );
}

#[test]
fn a_module_that_is_not_here_is_said() {
    let outcome =
        scanned(&[("main.tf", "module \"vpc\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}\n")]);
    assert!(outcome.problems[0].is_note());
    assert_snapshot!(outcome.problems[0].to_string(), @"main.tf:1:1: module `vpc` is not here (`terraform-aws-modules/vpc/aws`), so it is not looked into: run `terraform init` to fetch it");
}

#[test]
fn overrides_and_opentofu_files_win() {
    let files = [
        ("main.tf", "resource \"x_y\" \"z\" {\n  a = 1\n  b = 1\n}\n"),
        ("main_override.tf", "resource \"x_y\" \"z\" {\n  b = 2\n}\n"),
        ("more.tf", "resource \"x_y\" \"old\" {}\n"),
        ("more.tofu", "resource \"x_y\" \"new\" {}\n"),
    ];
    let one = resource(&files, "x_y.z");
    assert_eq!([one.get("a").show(), one.get("b").show()], ["`1`", "`2`"]);
    let all = resources(&files);
    assert!(
        all.iter().any(|resource| resource.name == "new")
            && !all.iter().any(|resource| resource.name == "old")
    );
}

#[test]
fn the_json_form_is_the_same_language() {
    let text = r#"{
	"variable": {"acl": {"default": "public-read"}},
	"resource": {"aws_s3_bucket": {"logs": {"bucket": "x-${var.acl}", "acl": "${var.acl}"}}}
}"#;
    let one = resource(&[("main.tf.json", text)], "aws_s3_bucket.logs");
    assert_eq!([one.get("bucket").show(), one.get("acl").show()], ["`x-public-read`", "`public-read`"]);
    assert!(ids(&scanned(&[("main.tf.json", text)])).contains(&"s3-public-acl"));
}

#[test]
fn policy_documents_are_followed() {
    let text = r#"
data "aws_iam_policy_document" "base" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
}
resource "aws_iam_policy" "p" {
  policy = data.aws_iam_policy_document.all.json
}
resource "aws_iam_policy" "json" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "ec2:RunInstances", Resource = "arn:aws:ec2:::${var.x}" }] })
}
"#;
    let outcome = scanned(&[("main.tf", text)]);
    let lines: Vec<(&str, usize)> = outcome
        .findings
        .iter()
        .map(|finding| (finding.id.as_str(), finding.position.unwrap().line))
        .collect();
    assert_eq!(lines, [("iam-policy-wildcard", 4), ("iam-s3-everything", 4)]);
}

#[test]
fn kubernetes_resources_become_objects() {
    let text = r#"
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name   = "web"
    labels = { app_name = "web" }
  }
  spec {
    selector {
      match_labels = { app_name = "web" }
    }
    template {
      metadata {}
      spec {
        host_pid = true
        container {
          name  = "web"
          image = "nginx:${var.tag}"
          security_context {
            read_only_root_filesystem = true
            run_as_user               = var.user
          }
        }
      }
    }
  }
}
"#;
    let outcome = scanned(&[("main.tf", text)]);
    let object = &outcome.objects[0];
    assert_snapshot!(object.object.to_string(), @r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"labels":{"app_name":"web"},"name":"web"},"spec":{"selector":{"matchLabels":{"app_name":"web"}},"template":{"metadata":{},"spec":{"containers":[{"name":"web","securityContext":{"readOnlyRootFilesystem":true}}],"hostPID":true}}}}"#);
    assert_eq!(
        object.unknown,
        [
            "/spec/template/spec/containers/0/image",
            "/spec/template/spec/containers/0/securityContext/runAsUser"
        ]
    );
}
