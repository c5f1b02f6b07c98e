//! AWS: buckets. Most settings may stand in the bucket, or in a resource of their own that names it.

use seawall_findings::Severity::{High, Low, Medium};

use super::{Hits, Look, Table, Want, row};
use crate::value::Value;
use crate::{Graph, Resource};

const BUCKET: &[&str] = &["aws_s3_bucket"];

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    checks: &[
        row(
            "s3-block-public-acls",
            "AWS-0086",
            High,
            "Public ACLs of a bucket are not refused",
            "One careless upload makes an object public.",
            "Refuse them: `aws_s3_bucket_public_access_block` with `block_public_acls = true`.",
            Look::Each(BUCKET, |bucket, hits| blocked(bucket, "block_public_acls", hits)),
        ),
        row(
            "s3-block-public-policy",
            "AWS-0087",
            High,
            "Public policies of a bucket are not refused",
            "One careless policy makes the bucket public.",
            "Refuse them: `aws_s3_bucket_public_access_block` with `block_public_policy = true`.",
            Look::Each(BUCKET, |bucket, hits| blocked(bucket, "block_public_policy", hits)),
        ),
        row(
            "s3-ignore-public-acls",
            "AWS-0091",
            High,
            "Public ACLs of a bucket are not ignored",
            "Objects that are public already stay so.",
            "Ignore them: `aws_s3_bucket_public_access_block` with `ignore_public_acls = true`.",
            Look::Each(BUCKET, |bucket, hits| blocked(bucket, "ignore_public_acls", hits)),
        ),
        row(
            "s3-restrict-public",
            "AWS-0093",
            High,
            "A public policy of a bucket opens it to strangers",
            "A policy that is public already stays so.",
            "Restrict it: `aws_s3_bucket_public_access_block` with `restrict_public_buckets = true`.",
            Look::Each(BUCKET, |bucket, hits| blocked(bucket, "restrict_public_buckets", hits)),
        ),
        row(
            "s3-public-access-block",
            "AWS-0094",
            Low,
            "A bucket has no public access block",
            "Only the block keeps every way to the public closed.",
            "Add `resource \"aws_s3_bucket_public_access_block\" \"logs\" { bucket = aws_s3_bucket.logs.id … }`.",
            Look::Each(BUCKET, no_block),
        ),
        row(
            "s3-public-acl",
            "AWS-0092",
            High,
            "The ACL of a bucket is public",
            "Everybody lists and reads it.",
            "Make it private: `acl = \"private\"`.",
            Look::Each(BUCKET, acl),
        ),
        row(
            "s3-encryption",
            "AWS-0088",
            High,
            "A bucket does not say how it is encrypted",
            "What AWS does by default can be changed by others, and does not cover old objects.",
            "Say it: `aws_s3_bucket_server_side_encryption_configuration` with `sse_algorithm = \"aws:kms\"`.",
            Look::Each(BUCKET, encryption),
        ),
        row(
            "s3-own-key",
            "AWS-0132",
            High,
            "A bucket is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `sse_algorithm = \"aws:kms\"`, `kms_master_key_id = aws_kms_key.objects.arn`.",
            Look::Each(BUCKET, own_key),
        ),
        row(
            "s3-logging",
            "AWS-0089",
            Low,
            "Access to a bucket is not recorded",
            "Who read or removed what cannot be told afterwards.",
            "Record it: `aws_s3_bucket_logging` with `target_bucket`.",
            Look::Each(BUCKET, logging),
        ),
        row(
            "s3-versioning",
            "AWS-0090",
            Medium,
            "A bucket keeps no old versions",
            "What a fault or an intruder overwrites is gone.",
            "Keep them: `aws_s3_bucket_versioning` with `status = \"Enabled\"`.",
            Look::Each(BUCKET, versioning),
        ),
        row(
            "s3-mfa-delete",
            "AWS-0170",
            Low,
            "Old versions of a bucket are deleted without a second factor",
            "A stolen credential removes the versions, too.",
            "Ask for it: `versioning_configuration { status = \"Enabled\" mfa_delete = \"Enabled\" }`.",
            Look::Each(BUCKET, mfa_delete),
        ),
        row(
            "s3-read-events",
            "AWS-0172",
            Low,
            "Reads of a bucket's objects are not in a trail",
            "Who took what cannot be told afterwards.",
            "Record them: `event_selector { read_write_type = \"All\" data_resource { type = \"AWS::S3::Object\" values = [\"arn:aws:s3\"] } }`.",
            Look::Each(BUCKET, |bucket, hits| events(bucket, "ReadOnly", hits)),
        ),
        row(
            "s3-write-events",
            "AWS-0171",
            Low,
            "Writes of a bucket's objects are not in a trail",
            "Who changed what cannot be told afterwards.",
            "Record them: `event_selector { read_write_type = \"All\" data_resource { type = \"AWS::S3::Object\" values = [\"arn:aws:s3\"] } }`.",
            Look::Each(BUCKET, |bucket, hits| events(bucket, "WriteOnly", hits)),
        ),
        row(
            "s3-name",
            "AWS-0320",
            Medium,
            "The name of an accelerated bucket has a dot",
            "Its certificate does not match such a name, so that clients turn checks off.",
            "Use hyphens: `bucket = \"my-bucket\"`.",
            Look::Each(BUCKET, dotted),
        ),
    ],
};

/// The blocks of a setting: those of the bucket, and resources that name it.
fn settings<'g>(bucket: &'g Resource, own: &str, kind: &str, graph: &'g Graph) -> Vec<(&'g Resource, Value)> {
    let mut found: Vec<(&Resource, Value)> =
        bucket.all(own).into_iter().map(|value| (bucket, value)).collect();
    found.extend(graph.about(kind, "bucket", bucket).map(|resource| (resource, resource.body.clone())));
    found
}

fn blocks<'g>(bucket: &'g Resource, graph: &'g Graph) -> Vec<(&'g Resource, Value)> {
    settings(bucket, "public_access_block", "aws_s3_bucket_public_access_block", graph)
}

fn blocked(bucket: &Resource, name: &str, hits: &mut Hits<'_>) {
    let found = blocks(bucket, hits.graph);
    if found.is_empty() {
        hits.on(bucket, "the bucket has no public access block");
        return;
    }
    let answers: Vec<(&Resource, Value)> =
        found.into_iter().map(|(resource, block)| (resource, block.field(name))).collect();
    if let Some((resource, value)) = answers.first()
        && !answers.iter().any(|(_, value)| value.is_unknown() || value.as_bool() == Some(true))
    {
        let (resource, value) = (*resource, value.clone());
        hits.want_of(resource, &value, name, Want::On);
    }
}

fn no_block(bucket: &Resource, hits: &mut Hits<'_>) {
    if blocks(bucket, hits.graph).is_empty() {
        hits.on(bucket, "no `aws_s3_bucket_public_access_block` names the bucket");
    }
}

fn acls(bucket: &Resource, graph: &Graph) -> Vec<Value> {
    let mut found = vec![bucket.get("acl")];
    found.extend(graph.about("aws_s3_bucket_acl", "bucket", bucket).map(|resource| resource.get("acl")));
    found
}

/// The ACL that makes a bucket public, if one does and nothing keeps it from that.
pub(super) fn public_acl(bucket: &Resource, graph: &Graph) -> Option<Value> {
    let public = ["public-read", "public-read-write", "website", "authenticated-read"];
    acls(bucket, graph).into_iter().find(|acl| public.iter().any(|public| acl.equals(public) == Some(true)))
}

fn acl(bucket: &Resource, hits: &mut Hits<'_>) {
    if let Some(acl) = public_acl(bucket, hits.graph) {
        hits.add(bucket, &acl, format!("the ACL is {}", acl.show()));
    }
}

fn encryptions(bucket: &Resource, graph: &Graph) -> Vec<Value> {
    let kind = "aws_s3_bucket_server_side_encryption_configuration";
    settings(bucket, "server_side_encryption_configuration", kind, graph)
        .iter()
        .flat_map(|(_, value)| value.all("rule.apply_server_side_encryption_by_default"))
        .collect()
}

fn encryption(bucket: &Resource, hits: &mut Hits<'_>) {
    let found = encryptions(bucket, hits.graph);
    if !found.iter().any(|rule| rule.field("sse_algorithm").is_set()) {
        hits.on(bucket, "no `server_side_encryption_configuration` is set for the bucket");
    }
}

fn own_key(bucket: &Resource, hits: &mut Hits<'_>) {
    let found = encryptions(bucket, hits.graph);
    if found.is_empty() {
        hits.on(bucket, "no `server_side_encryption_configuration` is set for the bucket");
    }
    for rule in found {
        hits.want_of(bucket, &rule.field("kms_master_key_id"), "kms_master_key_id", Want::Set);
    }
}

/// True where access to the bucket is recorded.
pub(super) fn is_logged(bucket: &Resource, graph: &Graph) -> bool {
    settings(bucket, "logging", "aws_s3_bucket_logging", graph)
        .iter()
        .any(|(_, value)| value.field("target_bucket").is_set())
}

fn logging(bucket: &Resource, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    // A bucket of logs does not log itself.
    let holds_logs = acls(bucket, graph).iter().any(|acl| acl.equals("log-delivery-write") == Some(true))
        || graph.of("aws_s3_bucket_logging").any(|other| bucket.is_named_by(&other.get("target_bucket")))
        || graph.of("aws_s3_bucket").any(|other| bucket.is_named_by(&other.get("logging.target_bucket")));
    if !holds_logs && !is_logged(bucket, graph) {
        hits.on(bucket, "no `aws_s3_bucket_logging` names the bucket");
    }
}

fn versions(bucket: &Resource, graph: &Graph) -> Vec<Value> {
    let mut found = bucket.all("versioning");
    found.extend(
        graph
            .about("aws_s3_bucket_versioning", "bucket", bucket)
            .flat_map(|other| other.all("versioning_configuration")),
    );
    found
}

fn versioning(bucket: &Resource, hits: &mut Hits<'_>) {
    let on = versions(bucket, hits.graph).iter().any(|version| {
        version.is_unknown()
            || version.field("enabled").as_bool() == Some(true)
            || version.field("enabled").is_unknown()
            || !matches!(version.field("status").equals("Enabled"), Some(false))
    });
    if !on {
        hits.on(bucket, "versioning is not enabled for the bucket");
    }
}

fn mfa_delete(bucket: &Resource, hits: &mut Hits<'_>) {
    let versions = versions(bucket, hits.graph);
    // Without versions there is nothing to protect: that is said by another check.
    if versions.is_empty() {
        return;
    }
    let on = versions.iter().any(|version| {
        let value = version.field("mfa_delete");
        value.is_unknown() || value.as_bool() == Some(true) || value.equals("Enabled") == Some(true)
    });
    if !on {
        hits.on(bucket, "`mfa_delete` is not enabled for the bucket");
    }
}

fn events(bucket: &Resource, half: &str, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let name = bucket.get("bucket");
    let covered = |selector: &Value| {
        let kind = selector.field("read_write_type");
        let right = kind.is_null() || ["All", half].iter().any(|word| kind.equals(word) != Some(false));
        right
            && selector.all("data_resource").iter().any(|data| {
                data.field("type").equals("AWS::S3::Object") != Some(false)
                    && data.all("values").iter().any(|value| match value.as_str() {
                        Some("arn:aws:s3" | "arn:aws:s3:::") => true,
                        Some(text) => {
                            name.as_str().is_some_and(|name| text == format!("arn:aws:s3:::{name}/"))
                        }
                        None => bucket.is_named_by(value) || value.of.is_none(),
                    })
            })
    };
    // Newer trails select by fields.
    let covered_by_fields = |selector: &Value| {
        selector.all("field_selector").iter().any(|field| {
            field.field("field").equals("resources.type") != Some(false)
                && field.all("equals").iter().any(|kind| kind.equals("AWS::S3::Object") != Some(false))
        })
    };
    let told = graph.of("aws_cloudtrail").any(|trail| {
        trail.all("event_selector").iter().any(covered)
            || trail.all("advanced_event_selector").iter().any(covered_by_fields)
    });
    if !told {
        hits.on(bucket, "no trail here records what is done with the bucket's objects");
    }
}

fn dotted(bucket: &Resource, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let accelerated = bucket.get("acceleration_status").equals("Enabled") == Some(true)
        || graph
            .about("aws_s3_bucket_accelerate_configuration", "bucket", bucket)
            .any(|other| other.get("status").equals("Enabled") == Some(true));
    let name = bucket.get("bucket");
    if accelerated && name.as_str().is_some_and(|name| name.contains('.')) {
        hits.add(bucket, &name, format!("the name {} has a dot", name.show()));
    }
}
