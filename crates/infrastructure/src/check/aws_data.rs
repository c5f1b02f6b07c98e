//! AWS: databases, caches, search, files.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row};
use crate::Resource;

const INSTANCE: &[&str] = &["aws_db_instance"];
const CLUSTER: &[&str] = &["aws_rds_cluster"];
const DATABASES: &[&str] = &["aws_db_instance", "aws_rds_cluster_instance"];
const SEARCH: &[&str] = &["aws_elasticsearch_domain", "aws_opensearch_domain"];
const DOCUMENT: &[&str] = &["aws_docdb_cluster"];
const NEPTUNE: &[&str] = &["aws_neptune_cluster"];
const REDSHIFT: &[&str] = &["aws_redshift_cluster"];
const REPLICATION: &[&str] = &["aws_elasticache_replication_group"];

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.html",
    checks: &[
        row(
            "rds-backup",
            "AWS-0077",
            Medium,
            "A database keeps its backups for a day or not at all",
            "What is lost on Friday is gone on Monday.",
            "Keep them longer: `backup_retention_period = 14`.",
            Look::Each(&["aws_db_instance", "aws_rds_cluster"], backup),
        ),
        row(
            "rds-insights-key",
            "AWS-0078",
            Low,
            "Performance Insights are not encrypted with a key of one's own",
            "Queries with their values are in there, under a key that cannot be revoked.",
            "Name a key: `performance_insights_kms_key_id = aws_kms_key.rds.arn`.",
            Look::Each(DATABASES, insights_key),
        ),
        row(
            "rds-insights",
            "AWS-0133",
            Low,
            "Performance Insights of a database are off",
            "Unusual load, also of an attack, is not seen.",
            "Enable them: `performance_insights_enabled = true`.",
            Look::Value(DATABASES, "performance_insights_enabled", Want::On),
        ),
        row(
            "rds-cluster-encryption",
            "AWS-0079",
            High,
            "A database cluster is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `storage_encrypted = true` with `kms_key_id`.",
            Look::Value(CLUSTER, "storage_encrypted", Want::On),
        ),
        row(
            "rds-encryption",
            "AWS-0080",
            High,
            "A database is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `storage_encrypted = true`.",
            Look::Each(INSTANCE, instance_encryption),
        ),
        row(
            "rds-iam",
            "AWS-0176",
            Medium,
            "A database does not take IAM's short-lived credentials",
            "Passwords that live for years are copied into many places.",
            "Allow it: `iam_database_authentication_enabled = true`.",
            Look::Each(INSTANCE, iam_login),
        ),
        row(
            "rds-deletion",
            "AWS-0177",
            Medium,
            "A database can be deleted by mistake",
            "One wrong apply removes it.",
            "Protect it: `deletion_protection = true`.",
            Look::Value(INSTANCE, "deletion_protection", Want::On),
        ),
        row(
            "rds-cluster-deletion",
            "AWS-0343",
            Medium,
            "A database cluster can be deleted by mistake",
            "One wrong apply removes it.",
            "Protect it: `deletion_protection = true`.",
            Look::Value(CLUSTER, "deletion_protection", Want::On),
        ),
        row(
            "rds-public",
            "AWS-0180",
            High,
            "A database has a public address",
            "Its password is then all that stands between it and everybody.",
            "Take it back: `publicly_accessible = false`.",
            Look::Value(DATABASES, "publicly_accessible", Want::Off),
        ),
        row(
            "docdb-logs",
            "AWS-0020",
            Medium,
            "A DocumentDB cluster exports no logs",
            "Who read what cannot be told afterwards.",
            "Export them: `enabled_cloudwatch_logs_exports = [\"audit\", \"profiler\"]`.",
            Look::Value(DOCUMENT, "enabled_cloudwatch_logs_exports", Want::HasOne(&["audit", "profiler"])),
        ),
        row(
            "docdb-encryption",
            "AWS-0021",
            High,
            "A DocumentDB cluster is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `storage_encrypted = true`.",
            Look::Value(DOCUMENT, "storage_encrypted", Want::On),
        ),
        row(
            "docdb-own-key",
            "AWS-0022",
            Low,
            "A DocumentDB cluster is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `kms_key_id = aws_kms_key.docdb.arn`.",
            Look::Value(&["aws_docdb_cluster", "aws_docdb_cluster_instance"], "kms_key_id", Want::Set),
        ),
        row(
            "dax-encryption",
            "AWS-0023",
            High,
            "A DAX cluster is not encrypted",
            "What the cache writes to disk can be read.",
            "Encrypt it: `server_side_encryption { enabled = true }`.",
            Look::Value(&["aws_dax_cluster"], "server_side_encryption.enabled", Want::On),
        ),
        row(
            "dynamodb-recovery",
            "AWS-0024",
            Medium,
            "A table cannot be restored to a point in time",
            "What a fault or an intruder deletes is gone.",
            "Enable it: `point_in_time_recovery { enabled = true }`.",
            Look::Value(&["aws_dynamodb_table"], "point_in_time_recovery.enabled", Want::On),
        ),
        row(
            "dynamodb-own-key",
            "AWS-0025",
            Low,
            "A table is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `server_side_encryption { enabled = true kms_key_arn = aws_kms_key.tables.arn }`.",
            Look::Each(&["aws_dynamodb_table"], table_key),
        ),
        row(
            "elasticache-encryption",
            "AWS-0045",
            High,
            "A Redis group is not encrypted at rest",
            "What the cache writes to disk can be read.",
            "Encrypt it: `at_rest_encryption_enabled = true`.",
            Look::Value(REPLICATION, "at_rest_encryption_enabled", Want::On),
        ),
        row(
            "elasticache-transit",
            "AWS-0051",
            High,
            "A Redis group takes unencrypted connections",
            "What is cached can be seen on the way.",
            "Encrypt them: `transit_encryption_enabled = true`.",
            Look::Value(REPLICATION, "transit_encryption_enabled", Want::On),
        ),
        row(
            "elasticache-backup",
            "AWS-0050",
            Medium,
            "A Redis cluster keeps no backups",
            "What a fault or an intruder deletes is gone.",
            "Keep some: `snapshot_retention_limit = 5`.",
            Look::Each(&["aws_elasticache_cluster"], redis_backup),
        ),
        row(
            "elasticache-description",
            "AWS-0049",
            Low,
            "A security group of ElastiCache has no description",
            "A rule whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"cache of the shop\"`.",
            Look::Value(
                &["aws_elasticache_security_group"],
                "description",
                Want::SetNot(&["Managed by Terraform"]),
            ),
        ),
        row(
            "search-logs",
            "AWS-0042",
            Medium,
            "A search domain keeps no audit log",
            "Who read what cannot be told afterwards.",
            "Keep it: `log_publishing_options { log_type = \"AUDIT_LOGS\" … }`.",
            Look::Each(SEARCH, audit_log),
        ),
        row(
            "search-node-encryption",
            "AWS-0043",
            High,
            "Nodes of a search domain talk in plain text",
            "What is indexed can be seen on the way.",
            "Encrypt it: `node_to_node_encryption { enabled = true }`.",
            Look::Value(SEARCH, "node_to_node_encryption.enabled", Want::On),
        ),
        row(
            "search-https",
            "AWS-0046",
            Critical,
            "A search domain takes plain HTTP",
            "Queries and credentials can be seen on the way.",
            "Ask for HTTPS: `domain_endpoint_options { enforce_https = true }`.",
            Look::Value(SEARCH, "domain_endpoint_options.enforce_https", Want::On),
        ),
        row(
            "search-encryption",
            "AWS-0048",
            High,
            "A search domain is not encrypted at rest",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `encrypt_at_rest { enabled = true }`.",
            Look::Value(SEARCH, "encrypt_at_rest.enabled", Want::On),
        ),
        row(
            "search-tls",
            "AWS-0126",
            High,
            "A search domain takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `tls_security_policy = \"Policy-Min-TLS-1-2-2019-07\"`.",
            Look::Value(
                SEARCH,
                "domain_endpoint_options.tls_security_policy",
                Want::Is(&[
                    "Policy-Min-TLS-1-2-2019-07",
                    "Policy-Min-TLS-1-2-PFS-2023-10",
                    "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
                ]),
            ),
        ),
        row(
            "neptune-logs",
            "AWS-0075",
            Medium,
            "A Neptune cluster keeps no audit log",
            "Who read what cannot be told afterwards.",
            "Keep it: `enable_cloudwatch_logs_exports = [\"audit\"]`.",
            Look::Value(NEPTUNE, "enable_cloudwatch_logs_exports", Want::Has(&["audit"])),
        ),
        row(
            "neptune-encryption",
            "AWS-0076",
            High,
            "A Neptune cluster is not encrypted",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `storage_encrypted = true`.",
            Look::Value(NEPTUNE, "storage_encrypted", Want::On),
        ),
        row(
            "neptune-own-key",
            "AWS-0128",
            High,
            "A Neptune cluster is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `kms_key_arn = aws_kms_key.graph.arn`.",
            Look::Value(NEPTUNE, "kms_key_arn", Want::Set),
        ),
        row(
            "redshift-description",
            "AWS-0083",
            Low,
            "A security group of Redshift has no description",
            "A rule whose purpose nobody knows is never removed.",
            "Say what it is for: `description = \"warehouse of the shop\"`.",
            Look::Value(
                &["aws_redshift_security_group"],
                "description",
                Want::SetNot(&["Managed by Terraform"]),
            ),
        ),
        row(
            "redshift-encryption",
            "AWS-0084",
            High,
            "A Redshift cluster is not encrypted with a key of one's own",
            "Snapshots and returned disks can be read.",
            "Encrypt it: `encrypted = true`, `kms_key_id = aws_kms_key.warehouse.arn`.",
            Look::Each(REDSHIFT, redshift_encryption),
        ),
        row(
            "redshift-classic",
            "AWS-0085",
            Critical,
            "A security group of EC2-Classic is used",
            "That network is shared with strangers, and AWS has ended it.",
            "Put the cluster into a VPC: `cluster_subnet_group_name` and `vpc_security_group_ids`.",
            Look::Each(
                &["aws_redshift_security_group", "aws_db_security_group", "aws_elasticache_security_group"],
                classic,
            ),
        ),
        row(
            "redshift-vpc",
            "AWS-0127",
            High,
            "A Redshift cluster is not in a VPC of one's own",
            "Only a VPC of one's own limits who reaches it.",
            "Place it: `cluster_subnet_group_name = aws_redshift_subnet_group.warehouse.name`.",
            Look::Value(REDSHIFT, "cluster_subnet_group_name", Want::Set),
        ),
        row(
            "efs-encryption",
            "AWS-0037",
            High,
            "A file system is not encrypted",
            "Backups and returned disks can be read.",
            "Encrypt it: `encrypted = true`.",
            Look::Value(&["aws_efs_file_system"], "encrypted", Want::On),
        ),
        row(
            "athena-encryption",
            "AWS-0006",
            High,
            "Results of queries are not encrypted",
            "Who reaches the bucket reads what was asked and answered.",
            "Encrypt them: `encryption_configuration { encryption_option = \"SSE_KMS\" kms_key = … }`.",
            Look::Whole(athena),
        ),
        row(
            "athena-override",
            "AWS-0007",
            High,
            "Clients may turn the encryption of results off",
            "A setting that clients can override protects nothing.",
            "Enforce it: `configuration { enforce_workgroup_configuration = true }`.",
            Look::Each(&["aws_athena_workgroup"], athena_override),
        ),
        row(
            "emr-rest",
            "AWS-0137",
            High,
            "An EMR cluster does not encrypt at rest",
            "Disks and buckets with the data can be read.",
            "Set `EnableAtRestEncryption` to `true` in the security configuration.",
            Look::Each(&["aws_emr_security_configuration"], emr_rest),
        ),
        row(
            "emr-transit",
            "AWS-0138",
            High,
            "An EMR cluster does not encrypt in transit",
            "What nodes exchange can be seen on the way.",
            "Set `EnableInTransitEncryption` to `true` in the security configuration.",
            Look::Each(&["aws_emr_security_configuration"], emr_transit),
        ),
        row(
            "emr-disk",
            "AWS-0139",
            High,
            "An EMR cluster does not encrypt its local disks",
            "Returned disks can be read.",
            "Name a provider: `\"LocalDiskEncryptionConfiguration\": {\"EncryptionKeyProviderType\": \"AwsKms\", …}`.",
            Look::Each(&["aws_emr_security_configuration"], emr_disk),
        ),
    ],
};

fn is_replica(resource: &Resource) -> bool {
    resource.get("replicate_source_db").is_set() || resource.get("replication_source_identifier").is_set()
}

fn backup(resource: &Resource, hits: &mut Hits<'_>) {
    if !is_replica(resource) {
        hits.want(resource, "backup_retention_period", Want::AtLeast(2.0));
    }
}

fn insights_key(resource: &Resource, hits: &mut Hits<'_>) {
    if resource.get("performance_insights_enabled").as_bool() == Some(true) {
        hits.want(resource, "performance_insights_kms_key_id", Want::Set);
    }
}

fn instance_encryption(resource: &Resource, hits: &mut Hits<'_>) {
    // A replica has its source's encryption.
    if !is_replica(resource) {
        hits.want(resource, "storage_encrypted", Want::On);
    }
}

fn iam_login(resource: &Resource, hits: &mut Hits<'_>) {
    let engine = resource.get("engine");
    let able = engine.as_str().is_some_and(|engine| {
        ["mysql", "postgres", "mariadb", "aurora"].iter().any(|name| engine.starts_with(name))
    });
    if able {
        hits.want(resource, "iam_database_authentication_enabled", Want::On);
    }
}

fn table_key(resource: &Resource, hits: &mut Hits<'_>) {
    let enabled = resource.get("server_side_encryption.enabled");
    if let Some(message) = Want::On.complaint(&enabled, "server_side_encryption.enabled") {
        hits.add(resource, &enabled, message);
        return;
    }
    hits.want(resource, "server_side_encryption.kms_key_arn", Want::SetNot(&["alias/aws/dynamodb"]));
}

fn redis_backup(resource: &Resource, hits: &mut Hits<'_>) {
    let redis = ["redis", "valkey"].iter().any(|engine| resource.get("engine").equals(engine) == Some(true));
    // The smallest nodes cannot keep any, and members of a group have the group's.
    if redis
        && resource.get("node_type").equals("cache.t1.micro") != Some(true)
        && !resource.get("replication_group_id").is_set()
    {
        hits.want(resource, "snapshot_retention_limit", Want::AtLeast(1.0));
    }
}

fn audit_log(resource: &Resource, hits: &mut Hits<'_>) {
    let logs = resource.all("log_publishing_options");
    if logs.iter().any(crate::value::Value::is_unknown) {
        return;
    }
    match logs.iter().find(|log| log.field("log_type").equals("AUDIT_LOGS") != Some(false)) {
        None => hits.on(resource, "there is no `log_publishing_options` of the type `AUDIT_LOGS`"),
        Some(log) => {
            hits.want_of(resource, &log.field("enabled"), "log_publishing_options.enabled", Want::OnOrUnset);
        }
    }
}

fn redshift_encryption(resource: &Resource, hits: &mut Hits<'_>) {
    let encrypted = resource.get("encrypted");
    if let Some(message) = Want::On.complaint(&encrypted, "encrypted") {
        hits.add(resource, &encrypted, message);
        return;
    }
    hits.want(resource, "kms_key_id", Want::Set);
}

fn classic(resource: &Resource, hits: &mut Hits<'_>) {
    hits.on(resource, format!("`{}` is of EC2-Classic", resource.kind));
}

fn athena(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for database in graph.of("aws_athena_database") {
        hits.want(database, "encryption_configuration.encryption_option", Want::Set);
    }
    for group in graph.of("aws_athena_workgroup") {
        hits.want(
            group,
            "configuration.result_configuration.encryption_configuration.encryption_option",
            Want::Set,
        );
    }
}

fn athena_override(resource: &Resource, hits: &mut Hits<'_>) {
    if resource.get("configuration").is_null() {
        hits.on(resource, "there is no `configuration` that could be enforced");
    } else {
        hits.want(resource, "configuration.enforce_workgroup_configuration", Want::OnOrUnset);
    }
}

fn emr(resource: &Resource, hits: &mut Hits<'_>, path: &str, want: Want) {
    let text = resource.get("configuration");
    let parsed = match text.pattern() {
        Some(json) => crate::value::parse_json(json, text.at),
        None if text.as_map().is_some() => Some(text),
        None => None,
    };
    if let Some(parsed) = parsed {
        hits.want_of(resource, &parsed.field("EncryptionConfiguration").get(path), path, want);
    }
}

fn emr_rest(resource: &Resource, hits: &mut Hits<'_>) {
    emr(resource, hits, "EnableAtRestEncryption", Want::On);
}

fn emr_transit(resource: &Resource, hits: &mut Hits<'_>) {
    emr(resource, hits, "EnableInTransitEncryption", Want::On);
}

fn emr_disk(resource: &Resource, hits: &mut Hits<'_>) {
    let path = "AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration.EncryptionKeyProviderType";
    emr(resource, hits, path, Want::Set);
}
