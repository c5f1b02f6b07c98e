//! AWS: networks, security groups, access lists.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row, words};
use crate::Resource;
use crate::value::Value;

const GROUPS: &[&str] = &["aws_security_group", "aws_default_security_group"];

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html",
    checks: &[
        row(
            "sg-description",
            "AWS-0099",
            Low,
            "A security group has no description",
            "A group whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"HTTP from the load balancer\"`.",
            Look::Value(&["aws_security_group"], "description", Want::SetNot(&["Managed by Terraform"])),
        ),
        row(
            "sg-rule-description",
            "AWS-0124",
            Low,
            "A rule of a security group has no description",
            "A rule whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"HTTP from the load balancer\"`.",
            Look::Whole(rule_descriptions),
        ),
        row(
            "sg-egress-anywhere",
            "AWS-0104",
            Critical,
            "A security group lets everything out",
            "Whoever takes over one machine behind it loads tools and sends data anywhere.",
            "Name the destination: `cidr_blocks = [\"10.0.0.0/16\"]`.",
            Look::Whole(egress),
        ),
        row(
            "sg-ingress-admin",
            "AWS-0107",
            High,
            "SSH or RDP is open to every address",
            "Passwords and keys are tried from all over the world, all the time.",
            "Name the source: `cidr_blocks = [\"203.0.113.7/32\"]`, or use Session Manager.",
            Look::Whole(ingress),
        ),
        row(
            "nacl-ingress-admin",
            "AWS-0105",
            Medium,
            "A network ACL opens SSH or RDP to every address",
            "The outer of two locks stands open.",
            "Name the source: `cidr_block = \"203.0.113.0/24\"`.",
            Look::Whole(acl_ingress),
        ),
        row(
            "nacl-all-ports",
            "AWS-0102",
            Critical,
            "A rule of a network ACL opens all ports",
            "Every service of the subnet can be reached, also those that nobody meant to offer.",
            "Name the protocol and ports: `protocol = \"tcp\"`, `from_port = 443`, `to_port = 443`.",
            Look::Whole(acl_all),
        ),
        row(
            "vpc-default",
            "AWS-0101",
            High,
            "The default VPC is used",
            "It is open to the Internet and made for first steps.",
            "Make one of your own: `resource \"aws_vpc\" \"main\" { cidr_block = \"10.0.0.0/16\" }`.",
            Look::Each(&["aws_default_vpc"], default_vpc),
        ),
        row(
            "sg-default-open",
            "AWS-0173",
            Low,
            "The default security group lets traffic through",
            "What is created without a group of its own gets this one.",
            "Leave it empty: `resource \"aws_default_security_group\" \"default\" { vpc_id = aws_vpc.main.id }`.",
            Look::Each(&["aws_default_security_group"], default_group),
        ),
        row(
            "subnet-public-address",
            "AWS-0164",
            High,
            "Instances of a subnet get public addresses",
            "Each can then be reached from the Internet, whatever stands in front of it.",
            "Leave it out: `map_public_ip_on_launch = false`.",
            Look::Value(&["aws_subnet"], "map_public_ip_on_launch", Want::Off),
        ),
        row(
            "vpc-flow-logs",
            "AWS-0178",
            Medium,
            "The traffic of a VPC is not recorded",
            "After an incident nobody can say what was reached and how much was taken.",
            "Record it: `resource \"aws_flow_log\" \"main\" { vpc_id = aws_vpc.main.id traffic_type = \"ALL\" … }`.",
            Look::Each(&["aws_vpc", "aws_default_vpc"], flow_logs),
        ),
    ],
};

/// One rule of a security group, wherever it is written.
struct Rule<'r> {
    resource: &'r Resource,
    body: Value,
    inbound: bool,
}

fn rules<'g>(hits: &Hits<'g>) -> Vec<Rule<'g>> {
    let graph = hits.graph;
    let mut found = Vec::new();
    for resource in graph.of_any(GROUPS) {
        for (name, inbound) in [("ingress", true), ("egress", false)] {
            found.extend(resource.all(name).into_iter().map(|body| Rule { resource, body, inbound }));
        }
    }
    for resource in graph.of("aws_security_group_rule") {
        let kind = resource.get("type");
        if let Some(inbound) = kind.equals("ingress") {
            found.push(Rule { resource, body: resource.body.clone(), inbound });
        }
    }
    for (kind, inbound) in
        [("aws_vpc_security_group_ingress_rule", true), ("aws_vpc_security_group_egress_rule", false)]
    {
        found.extend(graph.of(kind).map(|resource| Rule { resource, body: resource.body.clone(), inbound }));
    }
    found
}

impl Rule<'_> {
    fn addresses(&self) -> Vec<Value> {
        ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"]
            .iter()
            .flat_map(|name| self.body.all(name))
            .collect()
    }

    fn protocol(&self) -> Value {
        let old = self.body.field("protocol");
        if old.is_null() { self.body.field("ip_protocol") } else { old }
    }

    fn range(&self) -> Option<(u32, u32)> {
        range(&self.body)
    }
}

fn range(rule: &Value) -> Option<(u32, u32)> {
    let (from, to) = (rule.field("from_port"), rule.field("to_port"));
    match (from.as_number(), to.as_number()) {
        (Some(from), Some(to)) if from >= 0.0 => Some((from as u32, to as u32)),
        _ => None,
    }
}

fn is_all(protocol: &Value) -> bool {
    ["-1", "all"].iter().any(|all| protocol.equals(all) == Some(true))
}

fn is_tcp(protocol: &Value) -> bool {
    protocol.is_null()
        || is_all(protocol)
        || ["tcp", "6"].iter().any(|tcp| protocol.equals(tcp) == Some(true))
}

fn rule_descriptions(hits: &mut Hits<'_>) {
    for rule in rules(hits) {
        if !rule.body.is_unknown() {
            hits.want_of(rule.resource, &rule.body.field("description"), "description", Want::Set);
        }
    }
}

fn egress(hits: &mut Hits<'_>) {
    for rule in rules(hits).iter().filter(|rule| !rule.inbound) {
        for address in rule.addresses().iter().filter(|address| words::is_anywhere(address)) {
            hits.add(rule.resource, address, format!("outgoing traffic to {} is allowed", address.show()));
        }
    }
}

/// `SSH` or `RDP`, where a range of ports has it.
fn admin(range: Option<(u32, u32)>, all: bool) -> Option<&'static str> {
    let has = |port| all || words::has_port(range, port);
    if has(22) {
        Some("SSH")
    } else if has(3389) {
        Some("RDP")
    } else {
        None
    }
}

fn ingress(hits: &mut Hits<'_>) {
    for rule in rules(hits).iter().filter(|rule| rule.inbound) {
        let protocol = rule.protocol();
        let Some(service) = admin(rule.range(), is_all(&protocol)).filter(|_| is_tcp(&protocol)) else {
            continue;
        };
        for address in rule.addresses().iter().filter(|address| words::is_anywhere(address)) {
            hits.add(rule.resource, address, format!("{service} is open to {}", address.show()));
        }
    }
}

/// The rules of access lists that surely allow: the resource, the rule, whether it is inbound.
fn acl_rules<'g>(hits: &Hits<'g>) -> Vec<(&'g Resource, Value, bool)> {
    let graph = hits.graph;
    let mut found = Vec::new();
    for resource in graph.of("aws_network_acl_rule") {
        let outbound = resource.get("egress");
        if resource.get("rule_action").equals("allow") == Some(true) && !outbound.is_unknown() {
            found.push((resource, resource.body.clone(), outbound.as_bool() != Some(true)));
        }
    }
    for resource in graph.of_any(&["aws_network_acl", "aws_default_network_acl"]) {
        for (name, inbound) in [("ingress", true), ("egress", false)] {
            let allowing = resource
                .all(name)
                .into_iter()
                .filter(|rule| rule.field("action").equals("allow") == Some(true));
            found.extend(allowing.map(|rule| (resource, rule, inbound)));
        }
    }
    found
}

fn acl_ingress(hits: &mut Hits<'_>) {
    for (resource, rule, inbound) in acl_rules(hits) {
        let protocol = rule.field("protocol");
        let Some(service) = admin(range(&rule), is_all(&protocol)).filter(|_| inbound && is_tcp(&protocol))
        else {
            continue;
        };
        for address in ["cidr_block", "ipv6_cidr_block"]
            .map(|name| rule.field(name))
            .iter()
            .filter(|address| words::is_anywhere(address))
        {
            hits.add(resource, address, format!("{service} is open to {}", address.show()));
        }
    }
}

fn acl_all(hits: &mut Hits<'_>) {
    for (resource, rule, _) in acl_rules(hits) {
        let protocol = rule.field("protocol");
        if is_all(&protocol) {
            hits.add(resource, &protocol, format!("`protocol` is {}: all ports are open", protocol.show()));
        }
    }
}

fn default_vpc(resource: &Resource, hits: &mut Hits<'_>) {
    hits.on(resource, "the default VPC is managed here");
}

fn default_group(resource: &Resource, hits: &mut Hits<'_>) {
    for name in ["ingress", "egress"] {
        let rules = resource.get(name);
        if rules.is_set() && !rules.is_unknown() {
            hits.add(resource, &rules, format!("the default group has an `{name}` rule"));
        }
    }
}

fn flow_logs(resource: &Resource, hits: &mut Hits<'_>) {
    if hits.graph.about("aws_flow_log", "vpc_id", resource).next().is_none() {
        hits.on(resource, "there is no `aws_flow_log` for the VPC");
    }
}
