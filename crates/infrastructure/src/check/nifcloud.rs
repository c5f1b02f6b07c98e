//! Nifcloud.

use seawall_findings::Severity::{Critical, Low, Medium};

use super::others::{anywhere, certificate};
use super::{Hits, Look, Table, Want, row};
use crate::Resource;

const MANAGED: Want = Want::SetNot(&["Managed by Terraform"]);
/// Nifcloud's network that all its customers share.
const SHARED: Want = Want::Not(&["net-COMMON_PRIVATE"]);

pub(super) static TABLE: Table = Table {
    reference: "https://docs.nifcloud.com/",
    checks: &[
        row(
            "nif-group-ingress",
            "NIF-0001",
            Critical,
            "A security group of Nifcloud lets everybody in",
            "Every service behind it can be tried from anywhere.",
            "Name the source: `cidr_ip = \"10.0.0.0/16\"`.",
            Look::Each(&["nifcloud_security_group_rule"], |rule, hits| {
                if rule.get("type").equals("IN") == Some(true) {
                    anywhere(rule, hits, "cidr_ip");
                }
            }),
        ),
        row(
            "nif-group-description",
            "NIF-0002",
            Low,
            "A security group of Nifcloud has no description",
            "A group whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"HTTP from the load balancer\"`.",
            Look::Value(&["nifcloud_security_group"], "description", MANAGED),
        ),
        row(
            "nif-rule-description",
            "NIF-0003",
            Low,
            "A rule of a security group of Nifcloud has no description",
            "A rule whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"HTTP from the load balancer\"`.",
            Look::Value(&["nifcloud_security_group_rule"], "description", MANAGED),
        ),
        row(
            "nif-instance-group",
            "NIF-0004",
            Critical,
            "A machine of Nifcloud has no security group",
            "Nothing limits who reaches its ports.",
            "Attach one: `security_group = nifcloud_security_group.web.group_name`.",
            Look::Value(&["nifcloud_instance"], "security_group", Want::Set),
        ),
        row(
            "nif-instance-shared-network",
            "NIF-0005",
            Low,
            "A machine of Nifcloud is in a network that others share",
            "Other customers reach it.",
            "Use one of your own: `network_id = nifcloud_private_lan.main.id`.",
            Look::Each(&["nifcloud_instance"], shared),
        ),
        row(
            "nif-certificate-expired",
            "NIF-0006",
            Low,
            "A certificate of Nifcloud has expired",
            "Clients refuse it, or learn to ignore the warning.",
            "Replace it.",
            Look::Each(&["nifcloud_ssl_certificate"], |resource, hits| {
                certificate(resource, "certificate", hits);
            }),
        ),
        row(
            "nif-dns-verify",
            "NIF-0007",
            Critical,
            "A record that proved a domain is left behind",
            "Whoever gets the zone's name back proves that the domain is theirs.",
            "Remove the record after the proof.",
            Look::Each(&["nifcloud_dns_record"], nif_record),
        ),
        row(
            "nif-db-public",
            "NIF-0008",
            Critical,
            "A database of Nifcloud has a public address",
            "Its password is then all that stands between it and everybody.",
            "Take it back: `publicly_accessible = false`.",
            Look::Value(&["nifcloud_db_instance"], "publicly_accessible", Want::OffAndSet),
        ),
        row(
            "nif-db-backup",
            "NIF-0009",
            Medium,
            "A database of Nifcloud keeps its backups for a day or not at all",
            "What is lost on Friday is gone on Monday.",
            "Keep them longer: `backup_retention_period = 5`.",
            Look::Value(&["nifcloud_db_instance"], "backup_retention_period", Want::AtLeast(2.0)),
        ),
        row(
            "nif-db-shared-network",
            "NIF-0010",
            Low,
            "A database of Nifcloud is in a network that others share",
            "Other customers reach it.",
            "Use one of your own: `network_id = nifcloud_private_lan.main.id`.",
            Look::Value(&["nifcloud_db_instance"], "network_id", Want::SetNot(&["net-COMMON_PRIVATE"])),
        ),
        row(
            "nif-db-group-ingress",
            "NIF-0011",
            Critical,
            "A security group of a database of Nifcloud lets everybody in",
            "The database's password is then all that stands between it and everybody.",
            "Name the source: `rule { cidr_ip = \"10.0.0.0/16\" }`.",
            Look::Each(&["nifcloud_db_security_group"], |group, hits| anywhere(group, hits, "rule.cidr_ip")),
        ),
        row(
            "nif-db-group-description",
            "NIF-0012",
            Low,
            "A security group of a database of Nifcloud has no description",
            "A group whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"from the application\"`.",
            Look::Value(&["nifcloud_db_security_group"], "description", MANAGED),
        ),
        row(
            "nif-nas-shared-network",
            "NIF-0013",
            Low,
            "A file server of Nifcloud is in a network that others share",
            "Other customers reach it.",
            "Use one of your own: `network_id = nifcloud_private_lan.main.id`.",
            Look::Value(&["nifcloud_nas_instance"], "network_id", SHARED),
        ),
        row(
            "nif-nas-group-ingress",
            "NIF-0014",
            Critical,
            "A security group of a file server of Nifcloud lets everybody in",
            "Everybody reads its files.",
            "Name the source: `rule { cidr_ip = \"10.0.0.0/16\" }`.",
            Look::Each(&["nifcloud_nas_security_group"], |group, hits| anywhere(group, hits, "rule.cidr_ip")),
        ),
        row(
            "nif-nas-group-description",
            "NIF-0015",
            Low,
            "A security group of a file server of Nifcloud has no description",
            "A group whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"from the application\"`.",
            Look::Value(&["nifcloud_nas_security_group"], "description", MANAGED),
        ),
        row(
            "nif-router-group",
            "NIF-0016",
            Critical,
            "A router of Nifcloud has no security group",
            "Nothing limits what passes it.",
            "Attach one: `security_group = nifcloud_security_group.router.group_name`.",
            Look::Value(&["nifcloud_router"], "security_group", Want::Set),
        ),
        row(
            "nif-router-shared-network",
            "NIF-0017",
            Low,
            "A router of Nifcloud is in a network that others share",
            "Other customers reach it.",
            "Use one of your own: `network_id = nifcloud_private_lan.main.id`.",
            Look::Each(&["nifcloud_router"], shared),
        ),
        row(
            "nif-vpn-group",
            "NIF-0018",
            Critical,
            "A VPN gateway of Nifcloud has no security group",
            "Nothing limits what passes it.",
            "Attach one: `security_group = nifcloud_security_group.vpn.group_name`.",
            Look::Value(&["nifcloud_vpn_gateway"], "security_group", Want::Set),
        ),
        row(
            "nif-elb-shared-network",
            "NIF-0019",
            Low,
            "A load balancer of Nifcloud is in a network that others share",
            "Other customers reach it.",
            "Use one of your own: `network_id = nifcloud_private_lan.main.id`.",
            Look::Each(&["nifcloud_elb"], shared),
        ),
        row(
            "nif-lb-old-tls",
            "NIF-0020",
            Critical,
            "A load balancer of Nifcloud takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `ssl_policy_name = \"Standard Ciphers D ver1\"`.",
            Look::Each(&["nifcloud_load_balancer", "nifcloud_load_balancer_listener"], nif_tls),
        ),
        row(
            "nif-lb-http",
            "NIF-0021",
            Critical,
            "A load balancer of Nifcloud takes plain HTTP",
            "Requests and cookies can be seen and changed on the way.",
            "Use HTTPS: `protocol = \"HTTPS\"`, or `load_balancer_port = 443`.",
            Look::Each(
                &[
                    "nifcloud_elb",
                    "nifcloud_elb_listener",
                    "nifcloud_load_balancer",
                    "nifcloud_load_balancer_listener",
                ],
                nif_http,
            ),
        ),
    ],
};

fn shared(resource: &Resource, hits: &mut Hits<'_>) {
    for network in resource.all("network_interface.network_id") {
        hits.want_of(resource, &network, "network_interface.network_id", SHARED);
    }
}

fn nif_record(record: &Resource, hits: &mut Hits<'_>) {
    let value = record.get("record");
    if value.pattern().is_some_and(|text| text.starts_with("nifty-dns-verify=")) {
        hits.add(record, &value, "the record is a proof of ownership");
    }
}

fn nif_tls(balancer: &Resource, hits: &mut Hits<'_>) {
    if balancer.get("load_balancer_port").as_number() != Some(443.0) || balancer.get("ssl_policy_id").is_set()
    {
        return;
    }
    let old = [
        "Standard Ciphers A ver1",
        "Standard Ciphers B ver1",
        "Standard Ciphers C ver1",
        "Ats Ciphers A ver1",
    ];
    let name = balancer.get("ssl_policy_name");
    if !name.is_set() || old.iter().any(|old| name.equals(old) == Some(true)) {
        hits.add(balancer, &name, format!("`ssl_policy_name` is {}", name.show()));
    }
}

fn nif_http(balancer: &Resource, hits: &mut Hits<'_>) {
    if balancer.kind.starts_with("nifcloud_load_balancer") {
        let port = balancer.get("load_balancer_port");
        if port.as_number() == Some(80.0) {
            hits.add(balancer, &port, "`load_balancer_port` is `80`");
        }
        return;
    }
    let protocol = balancer.get("protocol");
    let interfaces = balancer.all("network_interface");
    let public = interfaces.is_empty()
        || interfaces.iter().any(|interface| {
            interface.field("network_id").equals("net-COMMON_GLOBAL") == Some(true)
                && interface.field("is_vip_network").as_bool() != Some(false)
        });
    if protocol.equals("HTTP") == Some(true) && public {
        hits.add(balancer, &protocol, "`protocol` is `HTTP`");
    }
}
