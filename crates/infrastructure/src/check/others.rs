//! DigitalOcean, Linode, Hetzner, OpenStack, Oracle, CloudStack, GitHub, and Kubernetes' own resources.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row, words};
use crate::Resource;

const DOKS: &[&str] = &["digitalocean_kubernetes_cluster"];
const DO_FIREWALL: &[&str] = &["digitalocean_firewall"];
const SPACE: &[&str] = &["digitalocean_spaces_bucket"];
const HCLOUD_SERVER: &[&str] = &["hcloud_server"];
const LINODE: &[&str] = &["linode_instance"];
const SECGROUP_RULE: &[&str] = &["openstack_networking_secgroup_rule_v2"];
const POLICY: &[&str] = &["kubernetes_network_policy", "kubernetes_network_policy_v1"];

pub(super) static TABLE: Table = Table {
    reference: "https://kubernetes.io/docs/concepts/security/",
    checks: &[
        row(
            "do-firewall-ingress",
            "DIG-0001",
            Critical,
            "A firewall of DigitalOcean lets everybody in",
            "Every service behind it can be tried from anywhere.",
            "Name the source: `source_addresses = [\"203.0.113.0/24\"]`.",
            Look::Each(DO_FIREWALL, |rule, hits| anywhere(rule, hits, "inbound_rule.source_addresses")),
        ),
        row(
            "do-firewall-egress",
            "DIG-0003",
            Critical,
            "A firewall of DigitalOcean lets everything out",
            "Whoever takes over one machine behind it loads tools and sends data anywhere.",
            "Name the destination: `destination_addresses = [\"10.0.0.0/16\"]`.",
            Look::Each(DO_FIREWALL, |rule, hits| anywhere(rule, hits, "outbound_rule.destination_addresses")),
        ),
        row(
            "do-lb-http",
            "DIG-0002",
            Critical,
            "A load balancer of DigitalOcean takes plain HTTP",
            "Requests and cookies can be seen and changed on the way.",
            "Use `entry_protocol = \"https\"`, or `redirect_http_to_https = true`.",
            Look::Each(&["digitalocean_loadbalancer"], do_balancer),
        ),
        row(
            "do-droplet-keys",
            "DIG-0004",
            High,
            "A droplet takes passwords over SSH",
            "Passwords are tried from all over the world, all the time.",
            "Give it keys: `ssh_keys = [digitalocean_ssh_key.admin.id]`.",
            Look::Value(&["digitalocean_droplet"], "ssh_keys", Want::Set),
        ),
        row(
            "doks-surge-upgrade",
            "DIG-0005",
            Medium,
            "A DOKS cluster is upgraded in place",
            "Upgrades that take nodes away are put off, and known flaws stay.",
            "Let new nodes come first: `surge_upgrade = true`.",
            Look::Value(DOKS, "surge_upgrade", Want::OnOrUnset),
        ),
        row(
            "doks-auto-upgrade",
            "DIG-0008",
            Critical,
            "A DOKS cluster is not upgraded automatically",
            "Known flaws stay until somebody has the time.",
            "Let it: `auto_upgrade = true`.",
            Look::Value(DOKS, "auto_upgrade", Want::On),
        ),
        row(
            "do-space-public",
            "DIG-0006",
            Critical,
            "A bucket or object of Spaces is public",
            "Everybody lists and reads it.",
            "Make it private: `acl = \"private\"`.",
            Look::Value(
                &["digitalocean_spaces_bucket", "digitalocean_spaces_bucket_object"],
                "acl",
                Want::Not(&["public-read"]),
            ),
        ),
        row(
            "do-space-versioning",
            "DIG-0007",
            Medium,
            "A bucket of Spaces keeps no old versions",
            "What a fault or an intruder overwrites is gone.",
            "Keep them: `versioning { enabled = true }`.",
            Look::Value(SPACE, "versioning.enabled", Want::On),
        ),
        row(
            "do-space-force-destroy",
            "DIG-0009",
            Medium,
            "A bucket of Spaces is deleted with everything in it",
            "One wrong apply removes it.",
            "Leave it out: `force_destroy = false`.",
            Look::Value(SPACE, "force_destroy", Want::Off),
        ),
        row(
            "do-registry-public-cluster",
            "",
            Medium,
            "A DOKS cluster's API server answers to every address",
            "Every stolen credential and every flaw of the API server can then be used from anywhere.",
            "Limit it: `control_plane_firewall { enabled = true allowed_addresses = [\"203.0.113.0/24\"] }`.",
            Look::Each(DOKS, |cluster, hits| {
                hits.want(cluster, "control_plane_firewall.enabled", Want::On);
                anywhere(cluster, hits, "control_plane_firewall.allowed_addresses");
            }),
        ),
        row(
            "lke-public-control-plane",
            "",
            High,
            "The API server of an LKE cluster answers to every address",
            "Every stolen credential and every flaw of the API server can then be used from anywhere.",
            "Limit it: `control_plane { acl { enabled = true addresses { ipv4 = [\"203.0.113.0/24\"] } } }`.",
            Look::Each(&["linode_lke_cluster"], |cluster, hits| {
                hits.want(cluster, "control_plane.acl.enabled", Want::On);
                anywhere(cluster, hits, "control_plane.acl.addresses.ipv4");
                anywhere(cluster, hits, "control_plane.acl.addresses.ipv6");
            }),
        ),
        row(
            "lke-audit-logs",
            "",
            Low,
            "The control plane of an LKE cluster keeps no audit log",
            "Without it nobody can tell who did what to the cluster.",
            "Keep it: `control_plane { audit_logs_enabled = true }`.",
            Look::Value(&["linode_lke_cluster"], "control_plane.audit_logs_enabled", Want::OnOrUnset),
        ),
        row(
            "linode-firewall-policy",
            "",
            High,
            "A firewall of Linode accepts what no rule names",
            "Every service that nobody thought of is open.",
            "Drop it: `inbound_policy = \"DROP\"`.",
            Look::Value(&["linode_firewall"], "inbound_policy", Want::Is(&["DROP"])),
        ),
        row(
            "linode-firewall-admin",
            "",
            High,
            "A firewall of Linode opens SSH or RDP to every address",
            "Passwords and keys are tried from all over the world, all the time.",
            "Name the source: `ipv4 = [\"203.0.113.7/32\"]`.",
            Look::Each(&["linode_firewall"], linode_firewall),
        ),
        row(
            "linode-root-password",
            "",
            High,
            "A machine of Linode has its root password in the configuration",
            "Everybody who reads the configuration or its state logs in.",
            "Use keys: `authorized_keys = [linode_sshkey.admin.ssh_key]`.",
            Look::Each(LINODE, |machine, hits| literal(machine, hits, "root_pass")),
        ),
        row(
            "linode-disk-encryption",
            "",
            Medium,
            "The disk of a machine of Linode is not encrypted",
            "Returned disks can be read.",
            "Encrypt it: `disk_encryption = \"enabled\"`.",
            Look::Value(LINODE, "disk_encryption", Want::IsOrUnset(&["enabled"])),
        ),
        row(
            "linode-bucket-public",
            "",
            High,
            "A bucket of Linode is public",
            "Everybody lists and reads it.",
            "Make it private: `acl = \"private\"`.",
            Look::Value(
                &["linode_object_storage_bucket"],
                "acl",
                Want::Not(&["public-read", "public-read-write", "authenticated-read"]),
            ),
        ),
        row(
            "linode-database-open",
            "",
            High,
            "A database of Linode answers to every address",
            "Its password is then all that stands between it and everybody.",
            "Name the addresses: `allow_list = [\"203.0.113.7/32\"]`.",
            Look::Each(
                &[
                    "linode_database_mysql",
                    "linode_database_postgresql",
                    "linode_database_mysql_v2",
                    "linode_database_postgresql_v2",
                ],
                |database, hits| {
                    anywhere(database, hits, "allow_list");
                },
            ),
        ),
        row(
            "hcloud-server-keys",
            "",
            High,
            "A server of Hetzner gets a root password by mail",
            "Passwords are tried from all over the world, all the time, and mail is read by others.",
            "Give it keys: `ssh_keys = [hcloud_ssh_key.admin.id]`.",
            Look::Value(HCLOUD_SERVER, "ssh_keys", Want::Set),
        ),
        row(
            "hcloud-server-firewall",
            "",
            Medium,
            "A server of Hetzner has no firewall",
            "Every port that a program opens is open to the Internet.",
            "Attach one: `firewall_ids = [hcloud_firewall.web.id]`.",
            Look::Each(HCLOUD_SERVER, hcloud_server),
        ),
        row(
            "hcloud-firewall-admin",
            "",
            High,
            "A firewall of Hetzner opens SSH, RDP or the Kubernetes API to every address",
            "Passwords and keys are tried from all over the world, all the time.",
            "Name the source: `source_ips = [\"203.0.113.7/32\"]`.",
            Look::Each(&["hcloud_firewall"], hcloud_firewall),
        ),
        row(
            "hcloud-lb-http",
            "",
            High,
            "A load balancer of Hetzner takes plain HTTP",
            "Requests and cookies can be seen and changed on the way.",
            "Use `protocol = \"https\"`, and `http { redirect_http = true }`.",
            Look::Value(&["hcloud_load_balancer_service"], "protocol", Want::Not(&["http"])),
        ),
        row(
            "hcloud-user-data-secret",
            "",
            Critical,
            "User data of a server of Hetzner holds a secret",
            "Everybody on the server, and everybody with the project's token, reads it.",
            "Let the server fetch it from a secret store when it starts.",
            Look::Each(HCLOUD_SERVER, user_data),
        ),
        row(
            "openstack-password",
            "OPNSTK-0001",
            Medium,
            "A machine of OpenStack has its password in the configuration",
            "Everybody who reads the configuration or its state logs in.",
            "Use keys: `key_pair = \"admin\"` and no `admin_pass`.",
            Look::Each(&["openstack_compute_instance_v2"], |machine, hits| {
                literal(machine, hits, "admin_pass");
            }),
        ),
        row(
            "openstack-firewall-public",
            "OPNSTK-0002",
            Medium,
            "A firewall of OpenStack lets the Internet through",
            "Every service behind it can be tried from anywhere.",
            "Name both ends: `source_ip_address = \"203.0.113.7\"`, `destination_ip_address = \"10.0.0.4\"`.",
            Look::Each(&["openstack_fw_rule_v1", "openstack_fw_rule_v2"], openstack_firewall),
        ),
        row(
            "openstack-group-ingress",
            "OPNSTK-0003",
            Medium,
            "A security group of OpenStack lets the Internet in",
            "Every service behind it can be tried from anywhere.",
            "Name the source: `remote_ip_prefix = \"203.0.113.7/32\"`.",
            Look::Each(SECGROUP_RULE, |rule, hits| openstack_rule(rule, hits, "ingress")),
        ),
        row(
            "openstack-group-egress",
            "OPNSTK-0004",
            Medium,
            "A security group of OpenStack lets everything out",
            "Whoever takes over one machine behind it loads tools and sends data anywhere.",
            "Name the destination: `remote_ip_prefix = \"10.0.0.0/16\"`.",
            Look::Each(SECGROUP_RULE, |rule, hits| openstack_rule(rule, hits, "egress")),
        ),
        row(
            "openstack-group-description",
            "OPNSTK-0005",
            Medium,
            "A security group of OpenStack has no description",
            "A group whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"HTTP from the load balancer\"`.",
            Look::Value(&["openstack_networking_secgroup_v2"], "description", Want::Set),
        ),
        row(
            "oracle-public-pool",
            "OCI-0001",
            Critical,
            "A machine of Oracle takes an address of the public pool",
            "It can be reached from the Internet.",
            "Use another pool: `ip_address_pool = \"cloud-ippool\"`.",
            Look::Value(
                &["opc_compute_ip_address_reservation"],
                "ip_address_pool",
                Want::Not(&["public-ippool"]),
            ),
        ),
        row(
            "cloudstack-user-data-secret",
            "CLDSTK-0001",
            High,
            "User data of a machine of CloudStack holds a secret",
            "Everybody on the machine reads it.",
            "Let the machine fetch it from a secret store when it starts.",
            Look::Each(&["cloudstack_instance"], user_data),
        ),
        row(
            "github-public-repository",
            "GIT-0001",
            Critical,
            "A repository of GitHub is public",
            "Everybody reads the code, and every secret that was ever in it.",
            "Make it private: `visibility = \"private\"`; or say that it is meant: `# seawall:ignore github-public-repository`.",
            Look::Each(&["github_repository"], github_visibility),
        ),
        row(
            "github-plain-secret",
            "GIT-0002",
            High,
            "A secret of GitHub Actions is written in plain text",
            "Everybody who reads the configuration or its state reads it.",
            "Encrypt it: `encrypted_value = var.encrypted_token`.",
            Look::Each(
                &[
                    "github_actions_environment_secret",
                    "github_actions_secret",
                    "github_actions_organization_secret",
                ],
                |secret, hits| literal(secret, hits, "plaintext_value"),
            ),
        ),
        row(
            "github-alerts",
            "GIT-0003",
            High,
            "A repository of GitHub gets no alerts about vulnerable packages",
            "What nobody is told about is not fixed.",
            "Turn them on: `vulnerability_alerts = true`.",
            Look::Each(&["github_repository"], github_alerts),
        ),
        row(
            "github-signed-commits",
            "GIT-0004",
            High,
            "A protected branch takes commits that are not signed",
            "Anybody can write somebody else's name into a commit.",
            "Ask for it: `require_signed_commits = true`.",
            Look::Value(
                &["github_branch_protection", "github_branch_protection_v3"],
                "require_signed_commits",
                Want::On,
            ),
        ),
        row(
            "network-policy-ingress-anywhere",
            "KUBE-0001",
            High,
            "A network policy lets everybody in",
            "A policy that allows everything is none.",
            "Name the source: `ip_block { cidr = \"10.0.0.0/16\" }`.",
            Look::Each(POLICY, |policy, hits| anywhere(policy, hits, "spec.ingress.from.ip_block.cidr")),
        ),
        row(
            "network-policy-egress-anywhere",
            "KUBE-0002",
            High,
            "A network policy lets everything out",
            "A policy that allows everything is none.",
            "Name the destination: `ip_block { cidr = \"10.0.0.0/16\" }`.",
            Look::Each(POLICY, |policy, hits| anywhere(policy, hits, "spec.egress.to.ip_block.cidr")),
        ),
    ],
};

pub(super) fn anywhere(resource: &Resource, hits: &mut Hits<'_>, path: &str) {
    for address in resource.all(path).iter().filter(|address| words::is_anywhere(address)) {
        hits.add(resource, address, format!("`{path}` has {}", address.show()));
    }
}

/// A secret that is written out. Never shown.
fn literal(resource: &Resource, hits: &mut Hits<'_>, name: &str) {
    let value = resource.get(name);
    if value.as_str().is_some_and(|text| !text.is_empty()) {
        hits.add(resource, &value, format!("`{name}` is written out"));
    }
}

fn user_data(resource: &Resource, hits: &mut Hits<'_>) {
    let value = resource.get("user_data");
    if words::user_data(&value).is_some_and(|text| words::has_secret(&text)) {
        hits.add(resource, &value, "`user_data` has a secret in it");
    }
}

fn do_balancer(resource: &Resource, hits: &mut Hits<'_>) {
    let redirect = resource.get("redirect_http_to_https");
    if redirect.is_unknown() || redirect.as_bool() == Some(true) {
        return;
    }
    for protocol in resource.all("forwarding_rule.entry_protocol") {
        if protocol.equals("http") == Some(true) {
            hits.add(resource, &protocol, "`entry_protocol` is `http`, and is not redirected");
        }
    }
}

fn linode_firewall(resource: &Resource, hits: &mut Hits<'_>) {
    for rule in resource.all("inbound") {
        if rule.field("action").equals("ACCEPT") != Some(true)
            || rule.field("protocol").equals("TCP") != Some(true)
        {
            continue;
        }
        let ports = rule.field("ports");
        let open = match ports.as_str() {
            Some(list) => list.split(',').any(|part| {
                let part = crate::value::Value::text(part.trim(), ports.at);
                [22, 3389].iter().any(|port| words::has_port(words::ports(&part), *port))
            }),
            None => ports.is_null() || [22.0, 3389.0].iter().any(|port| ports.as_number() == Some(*port)),
        };
        for address in ["ipv4", "ipv6"]
            .iter()
            .flat_map(|name| rule.all(name))
            .filter(words::is_anywhere)
            .filter(|_| open)
        {
            hits.add(resource, &address, format!("SSH or RDP is open to {}", address.show()));
        }
    }
}

fn hcloud_server(server: &Resource, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let attached = graph.about("hcloud_firewall_attachment", "server_ids", server).next().is_some();
    // A firewall may also choose servers by their labels.
    let chosen = graph.of("hcloud_firewall").any(|firewall| firewall.get("apply_to").is_set());
    if !attached && !chosen {
        hits.want(server, "firewall_ids", Want::Set);
    }
}

fn hcloud_firewall(resource: &Resource, hits: &mut Hits<'_>) {
    for rule in resource.all("rule") {
        let inbound = rule.field("direction").equals("in") == Some(true)
            && rule.field("protocol").equals("tcp") == Some(true);
        let range = words::ports(&rule.field("port"));
        let open = [22, 3389, 6443].iter().any(|port| words::has_port(range, *port));
        for address in
            rule.all("source_ips").iter().filter(|address| inbound && open && words::is_anywhere(address))
        {
            hits.add(
                resource,
                address,
                format!("port {} is open to {}", rule.field("port").show(), address.show()),
            );
        }
    }
}

fn openstack_firewall(rule: &Resource, hits: &mut Hits<'_>) {
    let enabled = rule.get("enabled");
    if rule.get("action").equals("allow") != Some(true) || enabled.as_bool() == Some(false) {
        return;
    }
    for name in ["source_ip_address", "destination_ip_address"] {
        let address = rule.get(name);
        if address.is_null() || words::is_public_range(&address) {
            hits.add(rule, &address, format!("`{name}` is {}", address.show()));
        }
    }
}

fn openstack_rule(rule: &Resource, hits: &mut Hits<'_>, direction: &str) {
    let address = rule.get("remote_ip_prefix");
    if rule.get("direction").equals(direction) == Some(true) && words::is_public_range(&address) {
        hits.add(rule, &address, format!("`remote_ip_prefix` is {}", address.show()));
    }
}

fn github_visibility(repository: &Resource, hits: &mut Hits<'_>) {
    let visibility = repository.get("visibility");
    let private = repository.get("private");
    if visibility.is_null() {
        if private.as_bool() != Some(true) && !private.is_unknown() {
            hits.add(repository, &private, "neither `visibility` nor `private` makes it private");
        }
    } else {
        hits.want_of(repository, &visibility, "visibility", Want::Not(&["public"]));
    }
}

fn github_alerts(repository: &Resource, hits: &mut Hits<'_>) {
    if repository.get("archived").as_bool() != Some(true) {
        hits.want(repository, "vulnerability_alerts", Want::On);
    }
}

/// A PEM certificate that has expired on the day of the scan.
pub(super) fn certificate(resource: &Resource, name: &str, hits: &mut Hits<'_>) {
    let value = resource.get(name);
    let Some(today) = hits.today else { return };
    let Some(text) = value.as_str() else { return };
    let Some(end) = expiry(text) else { return };
    if end < today {
        hits.add(resource, &value, format!("the certificate has expired on {end}"));
    }
}

fn expiry(text: &str) -> Option<jiff::civil::Date> {
    let start = text.find("-----BEGIN CERTIFICATE-----")?;
    let end = text.find("-----END CERTIFICATE-----")?;
    let body: String = text.get(start + 27..end)?.split_whitespace().collect();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body).ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&bytes).ok()?;
    let end = jiff::Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
    Some(end.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
}
