//! Google: machines, networks, firewalls.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row, words};
use crate::Resource;
use crate::value::Value;

const INSTANCE: &[&str] = &["google_compute_instance", "google_compute_instance_template"];
const FIREWALL: &[&str] = &["google_compute_firewall"];
const SUBNET: &[&str] = &["google_compute_subnetwork"];

pub(super) static TABLE: Table = Table {
    reference: "https://cloud.google.com/docs/security/best-practices",
    checks: &[
        row(
            "gcp-firewall-ingress",
            "GCP-0027",
            Critical,
            "A firewall lets everybody in",
            "Every service behind it can be tried from anywhere.",
            "Name the source: `source_ranges = [\"203.0.113.0/24\"]`.",
            Look::Each(FIREWALL, |rule, hits| ingress(rule, hits, None)),
        ),
        row(
            "gcp-firewall-egress",
            "GCP-0035",
            Critical,
            "A firewall lets everything out",
            "Whoever takes over one machine behind it loads tools and sends data anywhere.",
            "Name the destination: `destination_ranges = [\"10.0.0.0/16\"]`.",
            Look::Each(FIREWALL, egress),
        ),
        row(
            "gcp-firewall-rdp",
            "GCP-0070",
            High,
            "RDP is open to every address",
            "Passwords are tried from all over the world, all the time.",
            "Name the source, or use Identity-Aware Proxy: `source_ranges = [\"35.235.240.0/20\"]`.",
            Look::Each(FIREWALL, |rule, hits| ingress(rule, hits, Some((3389, "RDP")))),
        ),
        row(
            "gcp-firewall-ssh",
            "GCP-0071",
            Medium,
            "SSH is open to every address",
            "Passwords and keys are tried from all over the world, all the time.",
            "Name the source, or use Identity-Aware Proxy: `source_ranges = [\"35.235.240.0/20\"]`.",
            Look::Each(FIREWALL, |rule, hits| ingress(rule, hits, Some((22, "SSH")))),
        ),
        row(
            "gcp-firewall-all-ports",
            "GCP-0072",
            Medium,
            "A firewall opens all ports",
            "Every service can be reached, also those that nobody meant to offer.",
            "Name the ports: `allow { protocol = \"tcp\" ports = [\"443\"] }`.",
            Look::Each(FIREWALL, all_ports),
        ),
        row(
            "gcp-firewall-default",
            "GCP-0073",
            Medium,
            "A rule of the default network is kept",
            "These rules let SSH and RDP in from everywhere.",
            "Remove it, and write rules of your own.",
            Look::Each(FIREWALL, default_rule),
        ),
        row(
            "gcp-firewall-port-range",
            "GCP-0074",
            Low,
            "A firewall opens a large range of ports",
            "Services that nobody meant to offer are among them.",
            "Name the ports: `ports = [\"8080\", \"8443\"]`.",
            Look::Each(FIREWALL, large_range),
        ),
        row(
            "gcp-subnet-flow-logs",
            "GCP-0029 GCP-0076",
            Low,
            "The traffic of a subnetwork is not recorded",
            "After an incident nobody can say what was reached and how much was taken.",
            "Record it: `log_config { aggregation_interval = \"INTERVAL_10_MIN\" … }`.",
            Look::Each(SUBNET, flow_logs),
        ),
        row(
            "gcp-subnet-private-access",
            "GCP-0075",
            Low,
            "Machines of a subnetwork need public addresses to reach Google's services",
            "Each public address is a way in.",
            "Do without: `private_ip_google_access = true`.",
            Look::Each(SUBNET, private_access),
        ),
        row(
            "gcp-instance-project-keys",
            "GCP-0030",
            Medium,
            "A machine takes the SSH keys of the whole project",
            "One lost key opens every machine.",
            "Refuse them: `metadata = { block-project-ssh-keys = true }`.",
            Look::Value(INSTANCE, "metadata.block-project-ssh-keys", Want::On),
        ),
        row(
            "gcp-instance-public-address",
            "GCP-0031",
            High,
            "A machine has a public address",
            "It can be reached from the Internet, whatever stands in front of it.",
            "Remove the `access_config` block from `network_interface`.",
            Look::Each(INSTANCE, public_address),
        ),
        row(
            "gcp-instance-serial-port",
            "GCP-0032",
            Medium,
            "The serial port of a machine is open",
            "It cannot be limited to addresses.",
            "Close it: `metadata = { serial-port-enable = false }`.",
            Look::Value(INSTANCE, "metadata.serial-port-enable", Want::Off),
        ),
        row(
            "gcp-instance-disk-key",
            "GCP-0033",
            Low,
            "A machine's disk is not encrypted with a key of one's own",
            "Google's key cannot be revoked.",
            "Name a key: `boot_disk { kms_key_self_link = google_kms_crypto_key.disks.id }`.",
            Look::Each(&["google_compute_instance"], instance_disks),
        ),
        row(
            "gcp-disk-key",
            "GCP-0034",
            Low,
            "A disk is not encrypted with a key of one's own",
            "Google's key cannot be revoked.",
            "Name a key: `disk_encryption_key { kms_key_self_link = google_kms_crypto_key.disks.id }`.",
            Look::Each(&["google_compute_disk"], disk_key),
        ),
        row(
            "gcp-disk-plain-key",
            "GCP-0037",
            Critical,
            "A disk's key is written in the configuration",
            "Everybody who reads the configuration or its state reads the disk.",
            "Refer to a key: `disk_encryption_key { kms_key_self_link = google_kms_crypto_key.disks.id }`.",
            Look::Whole(plain_keys),
        ),
        row(
            "gcp-instance-oslogin",
            "GCP-0036",
            Medium,
            "A machine turns the project's OS Login off",
            "Its own SSH keys are then what counts, and nobody takes them back.",
            "Remove `enable-oslogin = false` from `metadata`.",
            Look::Value(INSTANCE, "metadata.enable-oslogin", Want::OnOrUnset),
        ),
        row(
            "gcp-project-oslogin",
            "GCP-0042",
            Medium,
            "OS Login is not on for the project",
            "SSH keys in metadata are what counts, and nobody takes them back.",
            "Turn it on: `google_compute_project_metadata` with `metadata = { enable-oslogin = true }`.",
            Look::Value(&["google_compute_project_metadata"], "metadata.enable-oslogin", Want::On),
        ),
        row(
            "gcp-instance-vtpm",
            "GCP-0041",
            Medium,
            "A machine has no virtual TPM",
            "What booted cannot be proven.",
            "Add it: `shielded_instance_config { enable_vtpm = true }`.",
            Look::Value(INSTANCE, "shielded_instance_config.enable_vtpm", Want::OnOrUnset),
        ),
        row(
            "gcp-instance-integrity",
            "GCP-0045",
            Medium,
            "The boot of a machine is not watched",
            "A changed boot loader goes unnoticed.",
            "Watch it: `shielded_instance_config { enable_integrity_monitoring = true }`.",
            Look::Value(INSTANCE, "shielded_instance_config.enable_integrity_monitoring", Want::OnOrUnset),
        ),
        row(
            "gcp-instance-secure-boot",
            "GCP-0067",
            Medium,
            "A machine boots what is not signed",
            "A changed boot loader or kernel starts.",
            "Refuse it: `shielded_instance_config { enable_secure_boot = true }`.",
            Look::Value(INSTANCE, "shielded_instance_config.enable_secure_boot", Want::On),
        ),
        row(
            "gcp-instance-forwarding",
            "GCP-0043",
            High,
            "A machine forwards packets",
            "It passes traffic around the rules of the network.",
            "Leave it out: `can_ip_forward = false`.",
            Look::Value(INSTANCE, "can_ip_forward", Want::Off),
        ),
        row(
            "gcp-instance-default-account",
            "GCP-0044",
            Critical,
            "A machine runs as the default service account",
            "Whoever takes it over can edit the project.",
            "Make an account for it: `service_account { email = google_service_account.app.email … }`.",
            Look::Each(INSTANCE, default_account),
        ),
        row(
            "gcp-ssl-policy",
            "GCP-0039",
            Critical,
            "An SSL policy takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `min_tls_version = \"TLS_1_2\"`.",
            Look::Value(&["google_compute_ssl_policy"], "min_tls_version", Want::Is(&["TLS_1_2", "TLS_1_3"])),
        ),
        row(
            "gcp-dns-dnssec",
            "GCP-0013",
            Medium,
            "A public zone is not signed",
            "Answers about the zone can be forged.",
            "Sign it: `dnssec_config { state = \"on\" }`.",
            Look::Each(&["google_dns_managed_zone"], dnssec),
        ),
        row(
            "gcp-dns-sha1",
            "GCP-0012",
            Medium,
            "A zone is signed with SHA-1",
            "Signatures of SHA-1 can be forged.",
            "Use another: `default_key_specs { algorithm = \"rsasha256\" … }`.",
            Look::Each(&["google_dns_managed_zone"], sha1),
        ),
    ],
};

fn is_off(rule: &Resource) -> bool {
    rule.get("disabled").as_bool() == Some(true)
}

fn is_inbound(rule: &Resource) -> bool {
    let direction = rule.get("direction");
    direction.is_null() || direction.equals("INGRESS") == Some(true)
}

fn ingress(rule: &Resource, hits: &mut Hits<'_>, port: Option<(u32, &str)>) {
    if is_off(rule) || !is_inbound(rule) {
        return;
    }
    // A rule for tagged machines says which ones are meant to be public.
    if port.is_none() && rule.get("target_tags").is_set() {
        return;
    }
    let allowed = rule.all("allow");
    let opens = |allow: &Value| match port {
        None => !allow.is_unknown(),
        Some((port, _)) => {
            let protocol = allow.field("protocol");
            let ports = allow.all("ports");
            ["tcp", "all", "6"].iter().any(|wanted| protocol.equals(wanted) == Some(true))
                && (ports.is_empty() || ports.iter().any(|range| words::has_port(words::ports(range), port)))
        }
    };
    if !allowed.iter().any(opens) {
        return;
    }
    for address in rule.all("source_ranges").iter().filter(|address| words::is_anywhere(address)) {
        let what = port.map_or("traffic", |(_, name)| name);
        hits.add(rule, address, format!("{what} is allowed from {}", address.show()));
    }
}

fn egress(rule: &Resource, hits: &mut Hits<'_>) {
    if is_off(rule) || rule.get("direction").equals("EGRESS") != Some(true) || !rule.get("allow").is_set() {
        return;
    }
    for address in rule.all("destination_ranges").iter().filter(|address| words::is_anywhere(address)) {
        hits.add(rule, address, format!("traffic is allowed to {}", address.show()));
    }
}

fn all_ports(rule: &Resource, hits: &mut Hits<'_>) {
    for allow in rule.all("allow") {
        let protocol = allow.field("protocol");
        let has_ports = ["tcp", "udp", "6", "17"].iter().any(|wanted| protocol.equals(wanted) == Some(true));
        let ports = allow.field("ports");
        let all = protocol.equals("all") == Some(true)
            || (has_ports && ports.is_null())
            || ports
                .items()
                .iter()
                .any(|range| words::ports(range).is_some_and(|(from, to)| from <= 1 && to >= 65_535));
        if all && !is_off(rule) {
            hits.add(rule, &allow, format!("all ports of {} are open", protocol.show()));
        }
    }
}

fn default_rule(rule: &Resource, hits: &mut Hits<'_>) {
    let name = rule.get("name");
    let default = ["default-allow-icmp", "default-allow-internal", "default-allow-rdp", "default-allow-ssh"];
    if default.iter().any(|wanted| name.equals(wanted) == Some(true)) && !is_off(rule) {
        hits.add(rule, &name, format!("{} is a rule of the default network", name.show()));
    }
}

fn large_range(rule: &Resource, hits: &mut Hits<'_>) {
    for range in rule.all("allow.ports") {
        if words::ports(&range).is_some_and(|(from, to)| to.saturating_sub(from) > 30) && !is_off(rule) {
            hits.add(rule, &range, format!("the ports {} are open", range.show()));
        }
    }
}

/// Subnetworks that are for Google's own proxies have neither logs nor machines.
fn is_for_proxies(subnet: &Resource) -> bool {
    let purpose = subnet.get("purpose");
    purpose.is_unknown()
        || [
            "INTERNAL_HTTPS_LOAD_BALANCER",
            "REGIONAL_MANAGED_PROXY",
            "GLOBAL_MANAGED_PROXY",
            "PRIVATE_SERVICE_CONNECT",
        ]
        .iter()
        .any(|proxy| purpose.equals(proxy) == Some(true))
}

fn flow_logs(subnet: &Resource, hits: &mut Hits<'_>) {
    if !is_for_proxies(subnet) {
        hits.want(subnet, "log_config", Want::Set);
    }
}

fn private_access(subnet: &Resource, hits: &mut Hits<'_>) {
    if !is_for_proxies(subnet) {
        hits.want(subnet, "private_ip_google_access", Want::On);
    }
}

fn public_address(instance: &Resource, hits: &mut Hits<'_>) {
    for interface in instance.all("network_interface") {
        for name in ["access_config", "ipv6_access_config"] {
            let config = interface.field(name);
            if config.as_list().is_some_and(|blocks| blocks.iter().any(|block| !block.is_unknown())) {
                hits.add(instance, &config, format!("`network_interface` has an `{name}`"));
            }
        }
    }
}

fn instance_disks(instance: &Resource, hits: &mut Hits<'_>) {
    for name in ["boot_disk", "attached_disk"] {
        for disk in instance.all(name) {
            if !disk.field("disk_encryption_key_raw").is_set() {
                hits.want_of(
                    instance,
                    &disk.field("kms_key_self_link"),
                    &format!("{name}.kms_key_self_link"),
                    Want::Set,
                );
            }
        }
    }
}

fn disk_key(disk: &Resource, hits: &mut Hits<'_>) {
    if !disk.get("disk_encryption_key.raw_key").is_set() {
        hits.want(disk, "disk_encryption_key.kms_key_self_link", Want::Set);
    }
}

fn plain_keys(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let paths = [
        "disk_encryption_key.raw_key",
        "boot_disk.disk_encryption_key_raw",
        "attached_disk.disk_encryption_key_raw",
    ];
    for resource in graph.of_any(&["google_compute_disk", "google_compute_instance"]) {
        for path in paths {
            for key in resource.all(path) {
                // Never the key itself.
                if key.as_str().is_some_and(|key| !key.is_empty()) {
                    hits.add(resource, &key, format!("`{path}` is written out"));
                }
            }
        }
    }
}

fn default_account(instance: &Resource, hits: &mut Hits<'_>) {
    for account in instance.all("service_account") {
        let email = account.field("email");
        if email.is_null()
            || email.pattern().is_some_and(|email| {
                email.is_empty() || email.ends_with("-compute@developer.gserviceaccount.com")
            })
        {
            hits.add(instance, &email, "`service_account.email` is the default account");
        }
    }
}

fn dnssec(zone: &Resource, hits: &mut Hits<'_>) {
    if zone.get("visibility").equals("private") != Some(true) {
        hits.want(zone, "dnssec_config.state", Want::Is(&["on", "transfer"]));
    }
}

fn sha1(zone: &Resource, hits: &mut Hits<'_>) {
    for algorithm in zone.all("dnssec_config.default_key_specs.algorithm") {
        if algorithm.equals("rsasha1") == Some(true) {
            hits.add(zone, &algorithm, "`algorithm` is `rsasha1`");
        }
    }
}
