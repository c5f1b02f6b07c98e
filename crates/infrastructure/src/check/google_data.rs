//! Google: databases and buckets.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row, words};
use crate::Resource;
use crate::value::Value;

const SQL: &[&str] = &["google_sql_database_instance"];
const BUCKET: &[&str] = &["google_storage_bucket"];

pub(super) static TABLE: Table = Table {
    reference: "https://cloud.google.com/sql/docs/postgres/flags",
    checks: &[
        row(
            "gcp-sql-temporary-files",
            "GCP-0014",
            Medium,
            "A PostgreSQL database does not log temporary files",
            "Queries that spill, also those of an export, are not seen.",
            "Log them: `database_flags { name = \"log_temp_files\" value = \"0\" }`.",
            Look::Each(SQL, |db, hits| flag(db, hits, "POSTGRES", "log_temp_files", &["0"], true)),
        ),
        row(
            "gcp-sql-ssl",
            "GCP-0015",
            High,
            "A database takes unencrypted connections",
            "Queries and passwords can be seen on the way.",
            "Ask for TLS: `ip_configuration { ssl_mode = \"ENCRYPTED_ONLY\" }`.",
            Look::Each(SQL, ssl),
        ),
        row(
            "gcp-sql-connections",
            "GCP-0016",
            Medium,
            "A PostgreSQL database does not log connections",
            "Who tried to connect cannot be told afterwards.",
            "Log them: `database_flags { name = \"log_connections\" value = \"on\" }`.",
            Look::Each(SQL, |db, hits| flag(db, hits, "POSTGRES", "log_connections", &["on"], true)),
        ),
        row(
            "gcp-sql-public",
            "GCP-0017",
            High,
            "A database can be reached from the Internet",
            "Its password is then all that stands between it and everybody.",
            "Close it: `ip_configuration { ipv4_enabled = false private_network = … }`.",
            Look::Each(SQL, public),
        ),
        row(
            "gcp-sql-errors",
            "GCP-0018",
            Low,
            "A PostgreSQL database does not log errors",
            "Failed attempts are not seen.",
            "Log them: `database_flags { name = \"log_min_messages\" value = \"WARNING\" }`.",
            Look::Each(SQL, errors),
        ),
        row(
            "gcp-sql-ownership",
            "GCP-0019",
            Medium,
            "Databases of a SQL Server share ownership",
            "Who owns something in one database reaches into the others.",
            "Turn it off: `database_flags { name = \"cross db ownership chaining\" value = \"off\" }`.",
            Look::Each(SQL, |db, hits| {
                flag(db, hits, "SQLSERVER", "cross db ownership chaining", &["off"], true);
            }),
        ),
        row(
            "gcp-sql-lock-waits",
            "GCP-0020",
            Medium,
            "A PostgreSQL database does not log waits for locks",
            "What stops the database, also by intent, is not seen.",
            "Log them: `database_flags { name = \"log_lock_waits\" value = \"on\" }`.",
            Look::Each(SQL, |db, hits| flag(db, hits, "POSTGRES", "log_lock_waits", &["on"], true)),
        ),
        row(
            "gcp-sql-statements",
            "GCP-0021",
            Low,
            "A PostgreSQL database logs slow statements with their values",
            "Personal data and passwords end up in logs.",
            "Leave it off: `database_flags { name = \"log_min_duration_statement\" value = \"-1\" }`.",
            Look::Each(SQL, |db, hits| {
                flag(db, hits, "POSTGRES", "log_min_duration_statement", &["-1"], false);
            }),
        ),
        row(
            "gcp-sql-disconnections",
            "GCP-0022",
            Medium,
            "A PostgreSQL database does not log the end of connections",
            "How long somebody was connected cannot be told afterwards.",
            "Log it: `database_flags { name = \"log_disconnections\" value = \"on\" }`.",
            Look::Each(SQL, |db, hits| flag(db, hits, "POSTGRES", "log_disconnections", &["on"], true)),
        ),
        row(
            "gcp-sql-contained",
            "GCP-0023",
            Medium,
            "A SQL Server takes users that a database defines itself",
            "Such users are not seen, nor limited, by the server.",
            "Turn it off: `database_flags { name = \"contained database authentication\" value = \"off\" }`.",
            Look::Each(SQL, |db, hits| {
                flag(db, hits, "SQLSERVER", "contained database authentication", &["off"], true);
            }),
        ),
        row(
            "gcp-sql-backup",
            "GCP-0024",
            Medium,
            "A database is not backed up",
            "What a fault or an intruder deletes is gone.",
            "Back it up: `backup_configuration { enabled = true }`.",
            Look::Each(SQL, backup),
        ),
        row(
            "gcp-sql-checkpoints",
            "GCP-0025",
            Medium,
            "A PostgreSQL database does not log checkpoints",
            "Unusual writes are not seen.",
            "Log them: `database_flags { name = \"log_checkpoints\" value = \"on\" }`.",
            Look::Each(SQL, |db, hits| flag(db, hits, "POSTGRES", "log_checkpoints", &["on"], true)),
        ),
        row(
            "gcp-sql-local-file",
            "GCP-0026",
            High,
            "A MySQL database loads files of its clients",
            "A client that is made to connect gives its files away.",
            "Turn it off: `database_flags { name = \"local_infile\" value = \"off\" }`.",
            Look::Each(SQL, |db, hits| flag(db, hits, "MYSQL", "local_infile", &["off"], false)),
        ),
        row(
            "gcp-bigquery-public",
            "GCP-0046",
            Critical,
            "A dataset is open to everybody with a Google account",
            "Everybody reads it.",
            "Name a group: `access { role = \"READER\" group_by_email = \"analysts@example.com\" }`.",
            Look::Whole(datasets),
        ),
        row(
            "gcp-bucket-public",
            "GCP-0001",
            High,
            "A bucket is public",
            "Everybody reads its objects.",
            "Name a group or account: `members = [\"group:web@example.com\"]`.",
            Look::Whole(public_buckets),
        ),
        row(
            "gcp-bucket-uniform",
            "GCP-0002",
            Medium,
            "Objects of a bucket have access lists of their own",
            "One careless upload makes an object public, and nobody sees it in the policy.",
            "Turn them off: `uniform_bucket_level_access = true`.",
            Look::Value(BUCKET, "uniform_bucket_level_access", Want::On),
        ),
        row(
            "gcp-bucket-own-key",
            "GCP-0066",
            Low,
            "A bucket is not encrypted with a key of one's own",
            "Google's key cannot be revoked.",
            "Name a key: `encryption { default_kms_key_name = google_kms_crypto_key.objects.id }`.",
            Look::Value(BUCKET, "encryption.default_kms_key_name", Want::Set),
        ),
        row(
            "gcp-bucket-logging",
            "GCP-0077",
            Medium,
            "Access to a bucket is not recorded",
            "Who read or removed what cannot be told afterwards.",
            "Record it: `logging { log_bucket = google_storage_bucket.logs.name }`.",
            Look::Each(BUCKET, logging),
        ),
        row(
            "gcp-bucket-versioning",
            "GCP-0078",
            Medium,
            "A bucket keeps no old versions",
            "What a fault or an intruder overwrites is gone.",
            "Keep them: `versioning { enabled = true }`.",
            Look::Value(BUCKET, "versioning.enabled", Want::On),
        ),
    ],
};

fn is_replica(db: &Resource) -> bool {
    db.get("master_instance_name").is_set()
}

/// A flag of one kind of database. `needed`: it must be written, since the default is the other way.
fn flag(db: &Resource, hits: &mut Hits<'_>, kind: &str, name: &str, wanted: &[&str], needed: bool) {
    if !db.get("database_version").as_str().is_some_and(|version| version.starts_with(kind)) {
        return;
    }
    let flags = db.all("settings.database_flags");
    let found = flags.iter().find(|flag| flag.field("name").equals(name) != Some(false));
    match found.map(|flag| flag.field("value")) {
        Some(value) if wanted.iter().all(|wanted| value.equals(wanted) == Some(false)) => {
            hits.add(db, &value, format!("the flag `{name}` is {}", value.show()));
        }
        None if needed && !db.get("settings").is_unknown() => {
            hits.on(db, format!("the flag `{name}` is not set"));
        }
        Some(_) | None => {}
    }
}

fn errors(db: &Resource, hits: &mut Hits<'_>) {
    let good = ["DEBUG5", "DEBUG4", "DEBUG3", "DEBUG2", "DEBUG1", "INFO", "NOTICE", "WARNING", "ERROR"];
    flag(db, hits, "POSTGRES", "log_min_messages", &good, false);
}

fn ssl(db: &Resource, hits: &mut Hits<'_>) {
    let path = "settings.ip_configuration.ssl_mode";
    let mode = db.get(path);
    if mode.is_null() {
        hits.want(db, "settings.ip_configuration.require_ssl", Want::On);
    } else {
        hits.want_of(db, &mode, path, Want::Is(&["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]));
    }
}

fn public(db: &Resource, hits: &mut Hits<'_>) {
    let open = db.get("settings.ip_configuration.ipv4_enabled");
    hits.want_of(db, &open, "settings.ip_configuration.ipv4_enabled", Want::OffAndSet);
    for network in db.all("settings.ip_configuration.authorized_networks.value") {
        if words::is_anywhere(&network) {
            hits.add(db, &network, format!("`authorized_networks` has {}", network.show()));
        }
    }
}

fn backup(db: &Resource, hits: &mut Hits<'_>) {
    if !is_replica(db) {
        hits.want(db, "settings.backup_configuration.enabled", Want::On);
    }
}

fn is_everybody(value: &Value) -> bool {
    ["allUsers", "allAuthenticatedUsers"].iter().any(|everybody| value.equals(everybody) == Some(true))
}

fn datasets(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let mut values: Vec<(&Resource, Value)> = Vec::new();
    for set in graph.of("google_bigquery_dataset") {
        for name in ["access.special_group", "access.iam_member"] {
            values.extend(set.all(name).into_iter().map(|value| (set, value)));
        }
    }
    for access in graph.of("google_bigquery_dataset_access") {
        values.extend([(access, access.get("special_group")), (access, access.get("iam_member"))]);
    }
    for (resource, value) in values {
        if is_everybody(&value) {
            hits.add(resource, &value, format!("{} may use the dataset", value.show()));
        }
    }
}

fn public_buckets(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for grant in graph.of_any(&["google_storage_bucket_iam_binding", "google_storage_bucket_iam_member"]) {
        for member in grant.all("members").into_iter().chain(grant.all("member")) {
            if is_everybody(&member) {
                hits.add(grant, &member, format!("{} may use the bucket", member.show()));
            }
        }
    }
    for list in graph.of_any(&[
        "google_storage_bucket_acl",
        "google_storage_default_object_acl",
        "google_storage_bucket_access_control",
    ]) {
        let predefined = list.get("predefined_acl");
        if ["publicRead", "publicReadWrite", "authenticatedRead"]
            .iter()
            .any(|public| predefined.equals(public) == Some(true))
        {
            hits.add(list, &predefined, format!("`predefined_acl` is {}", predefined.show()));
        }
        for entry in list.all("role_entity").into_iter().chain(list.all("entity")) {
            if entry
                .as_str()
                .is_some_and(|entry| entry.ends_with("allUsers") || entry.ends_with("allAuthenticatedUsers"))
            {
                hits.add(list, &entry, format!("{} may use the bucket", entry.show()));
            }
        }
    }
}

fn logging(bucket: &Resource, hits: &mut Hits<'_>) {
    // A bucket of logs does not log itself.
    let holds_logs =
        hits.graph.of_any(BUCKET).any(|other| bucket.is_named_by(&other.get("logging.log_bucket")));
    if !holds_logs {
        hits.want(bucket, "logging.log_bucket", Want::Set);
    }
}
