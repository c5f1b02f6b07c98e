//! Azure: AKS, networks, machines, roles.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row, words};
use crate::Resource;
use crate::value::Value;

const AKS: &[&str] = &["azurerm_kubernetes_cluster"];
const CONTACT: &[&str] = &["azurerm_security_center_contact"];
const ROLE: &[&str] = &["azurerm_role_definition"];
const PROFILE: &[&str] = &["azurerm_monitor_log_profile"];
const FLOW: &[&str] = &["azurerm_network_watcher_flow_log"];
const MACHINES: &[&str] =
    &["azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine", "azurerm_virtual_machine"];

/// Ports of databases, caches, administration and file sharing.
const SENSITIVE: &[u32] = &[
    20, 21, 22, 23, 25, 53, 110, 135, 137, 138, 139, 143, 161, 389, 445, 636, 1433, 1434, 1521, 2375, 2376,
    2379, 2380, 3306, 3389, 5432, 5500, 5601, 5900, 5985, 5986, 6379, 6443, 7001, 8020, 9042, 9092, 9200,
    9300, 10_250, 11_211, 27_017, 27_018,
];

pub(super) static TABLE: Table = Table {
    reference: "https://learn.microsoft.com/azure/aks/best-practices",
    checks: &[
        row(
            "aks-monitoring",
            "AZU-0040",
            Medium,
            "Logs of an AKS cluster are not sent to Azure Monitor",
            "Without its logs nobody can tell who did what to the cluster.",
            "Add `oms_agent { log_analytics_workspace_id = azurerm_log_analytics_workspace.main.id }`.",
            Look::Each(AKS, aks_monitoring),
        ),
        row(
            "aks-api-addresses",
            "AZU-0041",
            Critical,
            "The API server of an AKS cluster answers to every address",
            "Every stolen credential and every flaw of the API server can then be used from anywhere.",
            "Limit it: `api_server_access_profile { authorized_ip_ranges = [\"203.0.113.0/24\"] }`, or make the cluster private.",
            Look::Each(AKS, aks_addresses),
        ),
        row(
            "aks-rbac",
            "AZU-0042",
            High,
            "An AKS cluster has no role-based access control",
            "Everybody who may talk to it may do everything.",
            "Enable it: `role_based_access_control_enabled = true`.",
            Look::Each(AKS, aks_rbac),
        ),
        row(
            "aks-network-policy",
            "AZU-0043",
            High,
            "An AKS cluster cannot apply network policies",
            "Whoever takes over one pod reaches all others.",
            "Choose an engine: `network_profile { network_plugin = \"azure\" network_policy = \"calico\" }`.",
            Look::Value(AKS, "network_profile.network_policy", Want::Set),
        ),
        row(
            "aks-private",
            "AZU-0065",
            Medium,
            "The API server of an AKS cluster has a public address",
            "Every stolen credential and every flaw of the API server can then be used from the Internet.",
            "Make it private: `private_cluster_enabled = true`.",
            Look::Value(AKS, "private_cluster_enabled", Want::On),
        ),
        row(
            "aks-policy",
            "AZU-0066",
            Low,
            "Azure Policy is not installed in an AKS cluster",
            "The rules of the organisation are not applied to what runs there.",
            "Install it: `azure_policy_enabled = true`.",
            Look::Each(AKS, aks_policy),
        ),
        row(
            "aks-disk-key",
            "AZU-0067",
            Low,
            "Disks of an AKS cluster are not encrypted with a key of one's own",
            "Azure's key cannot be revoked.",
            "Name a set: `disk_encryption_set_id = azurerm_disk_encryption_set.aks.id`.",
            Look::Value(AKS, "disk_encryption_set_id", Want::Set),
        ),
        row(
            "azure-role-everything",
            "AZU-0030",
            Medium,
            "A role may do everything everywhere",
            "Whoever takes over one holder of the role has the whole subscription.",
            "Name the actions and the scope: `actions = [\"Microsoft.Storage/*/read\"]`.",
            Look::Each(ROLE, role_everything),
        ),
        row(
            "azure-role-roles",
            "AZU-0052",
            Medium,
            "A role may change roles",
            "Its holders give themselves whatever they lack.",
            "Leave it out: no `Microsoft.Authorization/roleDefinitions/write` in `actions`.",
            Look::Each(ROLE, role_roles),
        ),
        row(
            "azure-vm-custom-data",
            "AZU-0037",
            Medium,
            "Custom data of a machine holds a secret",
            "Everybody on the machine reads it.",
            "Give the machine an identity, and let it fetch the secret from a key vault.",
            Look::Each(MACHINES, custom_data),
        ),
        row(
            "azure-disk-encryption",
            "AZU-0038",
            High,
            "A disk is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: remove `enabled = false` from `encryption_settings`.",
            Look::Value(&["azurerm_managed_disk"], "encryption_settings.enabled", Want::OnOrUnset),
        ),
        row(
            "azure-vm-password",
            "AZU-0039",
            High,
            "A machine takes passwords over SSH",
            "Passwords are tried from all over the world, all the time.",
            "Take keys only: `disable_password_authentication = true` with `admin_ssh_key`.",
            Look::Each(&["azurerm_linux_virtual_machine", "azurerm_virtual_machine"], vm_password),
        ),
        row(
            "azure-vm-network",
            "AZU-0068",
            Medium,
            "A machine's network interface has no security group",
            "Nothing limits who reaches its ports.",
            "Attach one: `azurerm_network_interface_security_group_association`.",
            Look::Each(MACHINES, vm_network),
        ),
        row(
            "azure-nsg-ingress",
            "AZU-0047",
            Critical,
            "A security rule lets everybody in",
            "Every service behind it can be tried from anywhere.",
            "Name the source: `source_address_prefix = \"203.0.113.0/24\"`.",
            Look::Whole(|hits| inbound(hits, &|_| Some("traffic"))),
        ),
        row(
            "azure-nsg-rdp",
            "AZU-0048",
            Critical,
            "RDP is open to every address",
            "Passwords are tried from all over the world, all the time.",
            "Name the source: `source_address_prefix = \"203.0.113.7\"`, or use Azure Bastion.",
            Look::Whole(|hits| inbound(hits, &|rule| rule.has_port(3389).then_some("RDP"))),
        ),
        row(
            "azure-nsg-ssh",
            "AZU-0050",
            Critical,
            "SSH is open to every address",
            "Passwords and keys are tried from all over the world, all the time.",
            "Name the source: `source_address_prefix = \"203.0.113.7\"`, or use Azure Bastion.",
            Look::Whole(|hits| inbound(hits, &|rule| rule.has_port(22).then_some("SSH"))),
        ),
        row(
            "azure-nsg-sensitive-port",
            "AZU-0074",
            High,
            "A port of a database or of administration is open to every address",
            "Such services are made for a network that one trusts.",
            "Name the source: `source_address_prefix = \"10.0.0.0/8\"`.",
            Look::Whole(|hits| {
                inbound(hits, &|rule| {
                    SENSITIVE.iter().any(|port| rule.has_port(*port)).then_some("a sensitive port")
                });
            }),
        ),
        row(
            "azure-nsg-egress",
            "AZU-0051",
            Critical,
            "A security rule lets everything out",
            "Whoever takes over one machine behind it loads tools and sends data anywhere.",
            "Name the destination: `destination_address_prefix = \"10.0.0.0/16\"`.",
            Look::Whole(outbound),
        ),
        row(
            "azure-nic-forwarding",
            "AZU-0075",
            Medium,
            "A network interface forwards packets",
            "The machine passes traffic around the rules of the network.",
            "Leave it out: `ip_forwarding_enabled = false`.",
            Look::Each(&["azurerm_network_interface"], forwarding),
        ),
        row(
            "azure-nic-public",
            "AZU-0076",
            Medium,
            "A network interface has a public address",
            "The machine can be reached from the Internet, whatever stands in front of it.",
            "Remove `public_ip_address_id`, and reach it through a load balancer or Azure Bastion.",
            Look::Each(&["azurerm_network_interface"], public_interface),
        ),
        row(
            "azure-flow-log",
            "AZU-0073",
            Medium,
            "The traffic of a network is not recorded",
            "After an incident nobody can say what was reached and how much was taken.",
            "Record it: `enabled = true`.",
            Look::Value(FLOW, "enabled", Want::On),
        ),
        row(
            "azure-flow-log-retention",
            "AZU-0049",
            Low,
            "Flow logs are kept for less than 90 days",
            "Intrusions are often found after months.",
            "Keep them: `retention_policy { enabled = true days = 90 }`.",
            Look::Each(FLOW, flow_retention),
        ),
        row(
            "azure-activity-retention",
            "AZU-0031",
            Medium,
            "Activity logs are kept for less than a year",
            "Intrusions are often found after months.",
            "Keep them: `retention_policy { enabled = true days = 365 }`.",
            Look::Each(PROFILE, activity_retention),
        ),
        row(
            "azure-activity-locations",
            "AZU-0032",
            Medium,
            "Activity logs leave regions out",
            "Intruders work in regions that nobody uses, and there nothing is recorded.",
            "Name all regions in `locations`, and `global`.",
            Look::Each(PROFILE, activity_locations),
        ),
        row(
            "azure-activity-categories",
            "AZU-0033",
            Medium,
            "Activity logs leave activities out",
            "What is not recorded cannot be told afterwards.",
            "Record all: `categories = [\"Action\", \"Delete\", \"Write\"]`.",
            Look::Value(PROFILE, "categories", Want::Has(&["Action", "Delete", "Write"])),
        ),
        row(
            "azure-contact-severe-alerts",
            "AZU-0044",
            Medium,
            "Severe security alerts are not sent by mail",
            "What nobody reads is not acted on.",
            "Send them: `alert_notifications = true`.",
            Look::Value(CONTACT, "alert_notifications", Want::On),
        ),
        row(
            "azure-contact-alerts",
            "AZU-0063",
            Medium,
            "Security alerts are not sent to everybody who can act",
            "What nobody reads is not acted on.",
            "Send them: `alert_notifications = true`, `alerts_to_admins = true`.",
            Look::Each(CONTACT, contact),
        ),
        row(
            "azure-contact-mail",
            "AZU-0062",
            Medium,
            "The security contact has no mail address",
            "What nobody reads is not acted on.",
            "Name one: `email = \"security@example.com\"`.",
            Look::Value(CONTACT, "email", Want::Set),
        ),
        row(
            "azure-contact-phone",
            "AZU-0046",
            Low,
            "The security contact has no telephone number",
            "Some incidents cannot wait for mail.",
            "Name one: `phone = \"+1-555-555-5555\"`.",
            Look::Value(CONTACT, "phone", Want::Set),
        ),
        row(
            "azure-defender-tier",
            "AZU-0045",
            Low,
            "Microsoft Defender is in its free tier",
            "Threats to running machines are not looked for.",
            "Choose the other: `tier = \"Standard\"`.",
            Look::Value(&["azurerm_security_center_subscription_pricing"], "tier", Want::Not(&["Free"])),
        ),
    ],
};

fn aks_monitoring(resource: &Resource, hits: &mut Hits<'_>) {
    let agent = resource.get("oms_agent");
    let addon = resource.get("addon_profile.oms_agent.enabled");
    if agent.is_null() && !addon.is_unknown() && addon.as_bool() != Some(true) {
        hits.on(resource, "there is no `oms_agent`");
    }
}

fn aks_addresses(resource: &Resource, hits: &mut Hits<'_>) {
    let private = resource.get("private_cluster_enabled");
    let ranges = ["api_server_authorized_ip_ranges", "api_server_access_profile.authorized_ip_ranges"];
    if private.is_unknown()
        || private.as_bool() == Some(true)
        || ranges.iter().any(|path| resource.get(path).is_set())
    {
        return;
    }
    hits.on(
        resource,
        "neither `api_server_access_profile.authorized_ip_ranges` nor `private_cluster_enabled` is set",
    );
}

fn aks_rbac(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "role_based_access_control_enabled", Want::OnOrUnset);
    hits.want(resource, "role_based_access_control.enabled", Want::OnOrUnset);
}

fn aks_policy(resource: &Resource, hits: &mut Hits<'_>) {
    let addon = resource.get("addon_profile.azure_policy.enabled");
    if addon.as_bool() != Some(true) && !addon.is_unknown() {
        hits.want(resource, "azure_policy_enabled", Want::On);
    }
}

fn role_everything(resource: &Resource, hits: &mut Hits<'_>) {
    let everywhere = resource.all("assignable_scopes").iter().any(|scope| scope.equals("/") == Some(true));
    for action in resource.all("permissions.actions") {
        if everywhere && action.equals("*") == Some(true) {
            hits.add(resource, &action, "`actions` has `*`, and `assignable_scopes` has `/`");
        }
    }
}

fn role_roles(resource: &Resource, hits: &mut Hits<'_>) {
    for action in resource.all("permissions.actions") {
        let changes = [
            "*",
            "Microsoft.Authorization/*",
            "Microsoft.Authorization/*/write",
            "Microsoft.Authorization/roleDefinitions/*",
            "Microsoft.Authorization/roleDefinitions/write",
        ];
        if changes.iter().any(|change| action.equals(change) == Some(true)) {
            hits.add(resource, &action, format!("`actions` has {}", action.show()));
        }
    }
}

fn custom_data(resource: &Resource, hits: &mut Hits<'_>) {
    for path in ["custom_data", "os_profile.custom_data", "user_data"] {
        let value = resource.get(path);
        if words::user_data(&value).is_some_and(|text| words::has_secret(&text)) {
            hits.add(resource, &value, format!("`{path}` has a secret in it"));
        }
    }
}

fn vm_password(resource: &Resource, hits: &mut Hits<'_>) {
    if resource.kind == "azurerm_linux_virtual_machine" {
        hits.want(resource, "disable_password_authentication", Want::OnOrUnset);
    } else if resource.get("os_profile_linux_config").is_set() {
        hits.want(resource, "os_profile_linux_config.disable_password_authentication", Want::On);
    }
}

fn vm_network(machine: &Resource, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for id in machine.all("network_interface_ids") {
        let Some(interface) = graph.named("azurerm_network_interface", &id) else { continue };
        let direct = interface.get("network_security_group_id").is_set();
        let associated = graph
            .about("azurerm_network_interface_security_group_association", "network_interface_id", interface)
            .next()
            .is_some();
        let subnet = interface.all("ip_configuration.subnet_id").iter().any(|subnet| {
            graph.of("azurerm_subnet_network_security_group_association").any(|other| {
                let named = other.get("subnet_id");
                named.of.is_some() && named.of == subnet.of
            })
        });
        if !direct && !associated && !subnet {
            hits.on(machine, format!("`{}` has no security group", interface.address));
        }
    }
}

/// One security rule, wherever it is written.
struct Rule<'r> {
    resource: &'r Resource,
    body: Value,
}

impl Rule<'_> {
    fn is(&self, name: &str, wanted: &str) -> bool {
        self.body.field(name).equals(wanted) == Some(true)
    }

    fn has_port(&self, port: u32) -> bool {
        // ICMP has no ports.
        let protocol = self.body.field("protocol");
        let ports = protocol.is_null()
            || ["*", "Tcp", "Any"].iter().any(|wanted| protocol.equals(wanted) == Some(true));
        ports
            && ["destination_port_range", "destination_port_ranges"]
                .iter()
                .flat_map(|name| self.body.all(name))
                .any(|range| words::has_port(words::ports(&range), port))
    }

    fn addresses(&self, side: &str) -> Vec<Value> {
        let mut found = self.body.all(&format!("{side}_address_prefix"));
        found.extend(self.body.all(&format!("{side}_address_prefixes")));
        found
    }
}

fn rules<'g>(hits: &Hits<'g>) -> Vec<Rule<'g>> {
    let graph = hits.graph;
    let mut found: Vec<Rule<'g>> = graph
        .of("azurerm_network_security_rule")
        .map(|resource| Rule { resource, body: resource.body.clone() })
        .collect();
    for resource in graph.of("azurerm_network_security_group") {
        found.extend(resource.all("security_rule").into_iter().map(|body| Rule { resource, body }));
    }
    found.retain(|rule| rule.is("access", "Allow"));
    found
}

fn inbound(hits: &mut Hits<'_>, service: &dyn Fn(&Rule<'_>) -> Option<&'static str>) {
    for rule in rules(hits).iter().filter(|rule| rule.is("direction", "Inbound")) {
        let Some(service) = service(rule) else { continue };
        for address in rule.addresses("source").iter().filter(|address| words::is_anywhere(address)) {
            hits.add(rule.resource, address, format!("{service} is allowed from {}", address.show()));
        }
    }
}

fn outbound(hits: &mut Hits<'_>) {
    for rule in rules(hits).iter().filter(|rule| rule.is("direction", "Outbound")) {
        for address in rule.addresses("destination").iter().filter(|address| words::is_anywhere(address)) {
            hits.add(rule.resource, address, format!("traffic is allowed to {}", address.show()));
        }
    }
}

fn forwarding(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "enable_ip_forwarding", Want::Off);
    hits.want(resource, "ip_forwarding_enabled", Want::Off);
}

fn public_interface(resource: &Resource, hits: &mut Hits<'_>) {
    for configuration in resource.all("ip_configuration") {
        let address = configuration.field("public_ip_address_id");
        if address.is_set() && (!address.is_unknown() || address.of.is_some()) {
            hits.add(resource, &address, "`public_ip_address_id` is set");
        }
    }
}

fn flow_retention(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "retention_policy.enabled", Want::On);
    let days = resource.get("retention_policy.days");
    // 0 is for ever.
    if days.as_number() != Some(0.0) {
        hits.want_of(resource, &days, "retention_policy.days", Want::AtLeast(90.0));
    }
}

fn activity_retention(resource: &Resource, hits: &mut Hits<'_>) {
    let enabled = resource.get("retention_policy.enabled");
    let days = resource.get("retention_policy.days");
    match enabled.as_bool() {
        Some(true) => hits.want_of(resource, &days, "retention_policy.days", Want::AtLeast(365.0)),
        // Without a policy, and with 0 days, they are kept for ever.
        Some(false) if days.as_number().is_some_and(|days| days != 0.0) => {
            hits.add(resource, &enabled, "`retention_policy.enabled` is `false`");
        }
        _ => {}
    }
}

fn activity_locations(resource: &Resource, hits: &mut Hits<'_>) {
    let wanted = [
        "eastus",
        "eastus2",
        "westus",
        "westus2",
        "centralus",
        "northcentralus",
        "southcentralus",
        "westcentralus",
        "northeurope",
        "westeurope",
        "eastasia",
        "southeastasia",
        "japaneast",
        "japanwest",
        "australiaeast",
        "australiasoutheast",
        "brazilsouth",
        "southindia",
        "centralindia",
        "westindia",
        "canadacentral",
        "canadaeast",
        "uksouth",
        "ukwest",
        "koreacentral",
        "koreasouth",
        "francecentral",
        "southafricanorth",
        "uaenorth",
        "switzerlandnorth",
        "germanywestcentral",
        "norwayeast",
        "global",
    ];
    let locations = resource.get("locations");
    if locations.has_unknown() {
        return;
    }
    let named: Vec<String> = locations
        .items()
        .iter()
        .filter_map(|place| Some(place.as_str()?.to_ascii_lowercase().replace(' ', "")))
        .collect();
    let missing = wanted.iter().filter(|place| !named.iter().any(|named| named == **place)).count();
    if missing > 0 {
        hits.add(resource, &locations, format!("`locations` lacks {missing} of {} regions", wanted.len()));
    }
}

fn contact(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "alert_notifications", Want::On);
    hits.want(resource, "alerts_to_admins", Want::On);
}
