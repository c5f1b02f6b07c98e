//! Azure: databases, storage, keys.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row};
use crate::Resource;
use crate::value::Value;

const SQL: &[&str] = &["azurerm_sql_server", "azurerm_mssql_server"];
const OPEN: &[&str] = &["azurerm_postgresql_server", "azurerm_mysql_server", "azurerm_mariadb_server"];
const ALERTS: &[&str] = &["azurerm_mssql_server_security_alert_policy"];
const ACCOUNT: &[&str] = &["azurerm_storage_account"];
const VAULT: &[&str] = &["azurerm_key_vault"];
const POSTGRES: &[&str] = &["azurerm_postgresql_server"];

pub(super) static TABLE: Table = Table {
    reference: "https://learn.microsoft.com/azure/security/fundamentals/data-encryption-best-practices",
    checks: &[
        row(
            "azure-sql-alert-mail",
            "AZU-0018",
            Medium,
            "Nobody is written to about threats to a database",
            "What nobody reads is not acted on.",
            "Name somebody: `email_addresses = [\"security@example.com\"]`.",
            Look::Value(ALERTS, "email_addresses", Want::Set),
        ),
        row(
            "azure-sql-alert-owners",
            "AZU-0023",
            Low,
            "The owners are not told about threats to a database",
            "They are those who can act.",
            "Tell them: `email_account_admins = true`.",
            Look::Value(ALERTS, "email_account_admins", Want::On),
        ),
        row(
            "azure-sql-alerts-off",
            "AZU-0028",
            Medium,
            "Some threats to a database are not looked for",
            "An injection or a large export goes by unseen.",
            "Look for all: `disabled_alerts = []`.",
            Look::Each(ALERTS, disabled_alerts),
        ),
        row(
            "azure-sql-audit",
            "AZU-0027",
            Medium,
            "A database server is not audited",
            "Who read what cannot be told afterwards.",
            "Add `azurerm_mssql_server_extended_auditing_policy` for the server.",
            Look::Each(SQL, audited),
        ),
        row(
            "azure-sql-audit-retention",
            "AZU-0025",
            Medium,
            "Audit logs of a database are kept for less than 90 days",
            "Intrusions are often found after months.",
            "Keep them longer: `retention_in_days = 90`.",
            Look::Whole(retention),
        ),
        row(
            "azure-db-ssl",
            "AZU-0020",
            Medium,
            "A database takes unencrypted connections",
            "Queries and passwords can be seen on the way.",
            "Ask for TLS: `ssl_enforcement_enabled = true`.",
            Look::Value(OPEN, "ssl_enforcement_enabled", Want::On),
        ),
        row(
            "azure-db-public",
            "AZU-0022",
            Medium,
            "A database can be reached from the Internet",
            "Its password is then all that stands between it and everybody.",
            "Close it: `public_network_access_enabled = false`.",
            Look::Whole(public_databases),
        ),
        row(
            "azure-db-firewall",
            "AZU-0029",
            High,
            "The firewall of a database lets everybody in",
            "Its password is then all that stands between it and everybody.",
            "Name the addresses: `start_ip_address = \"203.0.113.7\"`, `end_ip_address = \"203.0.113.7\"`.",
            Look::Each(
                &[
                    "azurerm_sql_firewall_rule",
                    "azurerm_mssql_firewall_rule",
                    "azurerm_postgresql_firewall_rule",
                    "azurerm_mysql_firewall_rule",
                    "azurerm_mariadb_firewall_rule",
                    "azurerm_postgresql_flexible_server_firewall_rule",
                ],
                firewall,
            ),
        ),
        row(
            "azure-db-tls",
            "AZU-0026",
            Medium,
            "A database takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `minimum_tls_version = \"1.2\"`.",
            Look::Whole(database_tls),
        ),
        row(
            "azure-postgres-throttling",
            "AZU-0021",
            Medium,
            "A PostgreSQL server does not slow down guessing",
            "Passwords can be tried without end.",
            "Set `connection_throttling` to `on` by an `azurerm_postgresql_configuration`.",
            Look::Each(POSTGRES, |server, hits| postgres(server, "connection_throttling", hits)),
        ),
        row(
            "azure-postgres-connections",
            "AZU-0019",
            Medium,
            "A PostgreSQL server does not log connections",
            "Who tried to connect cannot be told afterwards.",
            "Set `log_connections` to `on` by an `azurerm_postgresql_configuration`.",
            Look::Each(POSTGRES, |server, hits| postgres(server, "log_connections", hits)),
        ),
        row(
            "azure-postgres-checkpoints",
            "AZU-0024",
            Medium,
            "A PostgreSQL server does not log checkpoints",
            "Unusual writes are not seen.",
            "Set `log_checkpoints` to `on` by an `azurerm_postgresql_configuration`.",
            Look::Each(POSTGRES, |server, hits| postgres(server, "log_checkpoints", hits)),
        ),
        row(
            "azure-storage-container-public",
            "AZU-0007",
            High,
            "A container of blobs is public",
            "Everybody reads its blobs, and perhaps lists them.",
            "Make it private: `container_access_type = \"private\"`.",
            Look::Value(
                &["azurerm_storage_container"],
                "container_access_type",
                Want::IsOrUnset(&["private"]),
            ),
        ),
        row(
            "azure-storage-https",
            "AZU-0008",
            High,
            "A storage account takes plain HTTP",
            "Keys and data can be seen on the way.",
            "Refuse it: `https_traffic_only_enabled = true`.",
            Look::Each(ACCOUNT, https_only),
        ),
        row(
            "azure-storage-queue-logging",
            "AZU-0009",
            Medium,
            "Use of a storage account's queues is not logged",
            "Who read or removed what cannot be told afterwards.",
            "Log it: `queue_properties { logging { delete = true read = true write = true version = \"1.0\" } }`.",
            Look::Each(ACCOUNT, queue_logging),
        ),
        row(
            "azure-storage-logging",
            "AZU-0057",
            Medium,
            "Use of a storage account is not logged",
            "Who read or removed what cannot be told afterwards.",
            "Log it: `queue_properties { logging { delete = true read = true write = true version = \"1.0\" } }`.",
            Look::Each(ACCOUNT, account_logging),
        ),
        row(
            "azure-storage-bypass",
            "AZU-0010",
            High,
            "Azure's own services cannot reach a storage account",
            "Backup, logging and threat detection stop working on it.",
            "Let them: `bypass = [\"AzureServices\"]`.",
            Look::Whole(|hits| network_rules(hits, "bypass")),
        ),
        row(
            "azure-storage-network",
            "AZU-0012",
            Critical,
            "A storage account answers to every network",
            "A leaked key is then enough, from anywhere.",
            "Deny by default: `network_rules { default_action = \"Deny\" … }`.",
            Look::Whole(|hits| network_rules(hits, "default_action")),
        ),
        row(
            "azure-storage-tls",
            "AZU-0011",
            Critical,
            "A storage account takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `min_tls_version = \"TLS1_2\"`.",
            Look::Value(ACCOUNT, "min_tls_version", Want::IsOrUnset(&["TLS1_2", "TLS1_3"])),
        ),
        row(
            "azure-storage-transfer",
            "AZU-0059",
            High,
            "A storage account takes weakly encrypted transfers",
            "Keys and data can be seen on the way.",
            "Ask for more: `https_traffic_only_enabled = true`, `min_tls_version = \"TLS1_2\"`.",
            Look::Each(ACCOUNT, transfer),
        ),
        row(
            "azure-storage-soft-delete",
            "AZU-0056",
            Medium,
            "Deleted blobs of a storage account are gone at once",
            "What a fault or an intruder deletes cannot be brought back.",
            "Keep them: `blob_properties { delete_retention_policy { days = 7 } }`.",
            Look::Value(ACCOUNT, "blob_properties.delete_retention_policy", Want::Set),
        ),
        row(
            "azure-storage-replication",
            "AZU-0058",
            Low,
            "A storage account is kept in one region",
            "What happens to the region happens to the data.",
            "Copy it: `account_replication_type = \"GRS\"`.",
            Look::Value(ACCOUNT, "account_replication_type", Want::Is(&["GRS", "RAGRS", "GZRS", "RAGZRS"])),
        ),
        row(
            "azure-storage-own-key",
            "AZU-0060",
            Medium,
            "A storage account is not encrypted with a key of one's own",
            "Azure's key cannot be revoked.",
            "Add `customer_managed_key { key_vault_key_id = … }`, or `azurerm_storage_account_customer_managed_key`.",
            Look::Each(ACCOUNT, own_key),
        ),
        row(
            "azure-storage-infrastructure",
            "AZU-0061",
            Medium,
            "A storage account is encrypted once only",
            "A second layer holds where the first is broken.",
            "Add it: `infrastructure_encryption_enabled = true`.",
            Look::Value(ACCOUNT, "infrastructure_encryption_enabled", Want::On),
        ),
        row(
            "azure-vault-network",
            "AZU-0013",
            Critical,
            "A key vault answers to every network",
            "A leaked credential is then enough, from anywhere.",
            "Deny by default: `network_acls { default_action = \"Deny\" bypass = \"AzureServices\" }`.",
            Look::Value(VAULT, "network_acls.default_action", Want::Is(&["Deny"])),
        ),
        row(
            "azure-vault-purge",
            "AZU-0016",
            Medium,
            "A key vault can be purged",
            "Whoever may delete it makes everything that its keys encrypt unreadable, for ever.",
            "Protect it: `purge_protection_enabled = true`, `soft_delete_retention_days = 30`.",
            Look::Each(VAULT, purge),
        ),
        row(
            "azure-key-expiry",
            "AZU-0014",
            Medium,
            "A key never expires",
            "A key that leaked stays useful for ever.",
            "Let it expire: `expiration_date = \"2027-12-31T00:00:00Z\"`.",
            Look::Value(&["azurerm_key_vault_key"], "expiration_date", Want::Set),
        ),
        row(
            "azure-secret-type",
            "AZU-0015",
            Low,
            "A secret does not say what it is",
            "Programs and people then guess, and print it.",
            "Say it: `content_type = \"password\"`.",
            Look::Value(&["azurerm_key_vault_secret"], "content_type", Want::Set),
        ),
        row(
            "azure-secret-expiry",
            "AZU-0017",
            Low,
            "A secret never expires",
            "A secret that leaked stays useful for ever.",
            "Let it expire: `expiration_date = \"2027-12-31T00:00:00Z\"`.",
            Look::Value(&["azurerm_key_vault_secret"], "expiration_date", Want::Set),
        ),
        row(
            "azure-data-factory-public",
            "AZU-0035",
            Critical,
            "A data factory can be reached from the Internet",
            "A leaked credential is then enough, from anywhere.",
            "Close it: `public_network_enabled = false`.",
            Look::Value(&["azurerm_data_factory"], "public_network_enabled", Want::OffAndSet),
        ),
        row(
            "azure-data-lake-encryption",
            "AZU-0036",
            High,
            "A data lake is not encrypted",
            "What is stored can be read by who reaches the storage.",
            "Encrypt it: `encryption_state = \"Enabled\"`.",
            Look::Value(&["azurerm_data_lake_store"], "encryption_state", Want::IsOrUnset(&["Enabled"])),
        ),
        row(
            "azure-synapse-network",
            "AZU-0034",
            Medium,
            "A Synapse workspace has no managed network",
            "Its traffic is not kept apart from that of others.",
            "Add one: `managed_virtual_network_enabled = true`.",
            Look::Value(&["azurerm_synapse_workspace"], "managed_virtual_network_enabled", Want::On),
        ),
    ],
};

fn disabled_alerts(resource: &Resource, hits: &mut Hits<'_>) {
    let disabled = resource.get("disabled_alerts");
    if disabled.is_set() && !disabled.is_unknown() {
        hits.add(resource, &disabled, format!("`disabled_alerts` has {}", disabled.show()));
    }
}

fn audited(server: &Resource, hits: &mut Hits<'_>) {
    let by_policy = hits
        .graph
        .about("azurerm_mssql_server_extended_auditing_policy", "server_id", server)
        .next()
        .is_some();
    // Or each of its databases is.
    let by_database = hits.graph.about("azurerm_mssql_database", "server_id", server).any(|database| {
        hits.graph
            .about("azurerm_mssql_database_extended_auditing_policy", "database_id", database)
            .next()
            .is_some()
    });
    if !by_policy && !by_database && !server.get("extended_auditing_policy").is_set() {
        hits.on(server, "no `azurerm_mssql_server_extended_auditing_policy` names the server");
    }
}

fn retention(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let policies =
        ["azurerm_mssql_database_extended_auditing_policy", "azurerm_mssql_server_extended_auditing_policy"];
    let mut values: Vec<(&Resource, Value)> =
        graph.of_any(&policies).map(|policy| (policy, policy.get("retention_in_days"))).collect();
    values.extend(
        graph.of_any(SQL).map(|server| (server, server.get("extended_auditing_policy.retention_in_days"))),
    );
    for (resource, days) in values {
        // 0, or nothing, is for ever.
        if let Some(number) = days.as_number().filter(|number| *number > 0.0 && *number < 90.0) {
            hits.add(resource, &days, format!("`retention_in_days` is {number}; at least 90 is wanted"));
        }
    }
}

fn public_databases(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for resource in graph.of_any(SQL).chain(graph.of_any(OPEN)) {
        hits.want(resource, "public_network_access_enabled", Want::OffAndSet);
    }
}

fn firewall(resource: &Resource, hits: &mut Hits<'_>) {
    let (start, end) = (resource.get("start_ip_address"), resource.get("end_ip_address"));
    // From 0.0.0.0 to 0.0.0.0 means Azure's own services.
    if start.equals("0.0.0.0") == Some(true) && end.as_str().is_some_and(|end| end != "0.0.0.0") {
        hits.add(resource, &end, format!("addresses from {} to {} may connect", start.show(), end.show()));
    }
}

fn database_tls(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for server in graph.of("azurerm_mssql_server") {
        hits.want(server, "minimum_tls_version", Want::IsOrUnset(&["1.2", "1.3"]));
    }
    for server in graph.of_any(OPEN) {
        hits.want(server, "ssl_minimal_tls_version_enforced", Want::IsOrUnset(&["TLS1_2", "TLS1_3"]));
    }
}

fn postgres(server: &Resource, name: &str, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let on = graph.about("azurerm_postgresql_configuration", "server_name", server).any(|setting| {
        setting.get("name").equals(name) != Some(false) && setting.get("value").equals("on") != Some(false)
    });
    if !on {
        hits.on(server, format!("`{name}` is not set to `on`"));
    }
}

fn https_only(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "https_traffic_only_enabled", Want::OnOrUnset);
    hits.want(resource, "enable_https_traffic_only", Want::OnOrUnset);
}

fn transfer(resource: &Resource, hits: &mut Hits<'_>) {
    https_only(resource, hits);
    hits.want(resource, "min_tls_version", Want::IsOrUnset(&["TLS1_2", "TLS1_3"]));
}

fn queue_logging(resource: &Resource, hits: &mut Hits<'_>) {
    let has_queues =
        hits.graph.about("azurerm_storage_queue", "storage_account_name", resource).next().is_some();
    if has_queues || resource.get("queue_properties").is_set() {
        account_logging(resource, hits);
    }
}

fn account_logging(resource: &Resource, hits: &mut Hits<'_>) {
    if resource.get("queue_properties.logging").is_null() {
        hits.on(resource, "`queue_properties.logging` is not set");
        return;
    }
    for name in ["delete", "read", "write"] {
        hits.want(resource, &format!("queue_properties.logging.{name}"), Want::On);
    }
}

fn network_rules(hits: &mut Hits<'_>, name: &str) {
    let graph = hits.graph;
    let mut rules: Vec<(&Resource, Value)> =
        graph.of("azurerm_storage_account_network_rules").map(|rules| (rules, rules.body.clone())).collect();
    for account in graph.of_any(ACCOUNT) {
        let elsewhere = graph
            .about("azurerm_storage_account_network_rules", "storage_account_id", account)
            .next()
            .is_some();
        if name == "default_action" && !elsewhere && account.get("network_rules").is_null() {
            hits.on(account, "there are no `network_rules`, so that every network is allowed");
        }
        rules.extend(account.all("network_rules").into_iter().map(|rules| (account, rules)));
    }
    for (resource, rules) in rules {
        let value = rules.field(name);
        if name == "default_action" {
            hits.want_of(resource, &value, name, Want::Is(&["Deny"]));
        } else if !value.is_null() {
            hits.want_of(resource, &value, name, Want::Has(&["AzureServices"]));
        }
    }
}

fn own_key(account: &Resource, hits: &mut Hits<'_>) {
    let other = hits
        .graph
        .about("azurerm_storage_account_customer_managed_key", "storage_account_id", account)
        .next();
    if other.is_none() {
        hits.want(account, "customer_managed_key", Want::Set);
    }
}

fn purge(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "purge_protection_enabled", Want::On);
    let days = resource.get("soft_delete_retention_days");
    if let Some(number) = days.as_number().filter(|number| !(7.0..=90.0).contains(number)) {
        hits.add(
            resource,
            &days,
            format!("`soft_delete_retention_days` is {number}; 7 to 90 is what Azure takes"),
        );
    }
}
