//! AWS: trails of what is done in the account, and the alarms that the CIS benchmark asks for on them.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row};
use crate::Resource;
use crate::value::Value;

const TRAIL: &[&str] = &["aws_cloudtrail"];

/// One alarm: a row, and words that the pattern of its filter has.
macro_rules! alarm {
    ($id:literal, $peer:literal, $what:literal, $words:expr) => {
        row(
            $id,
            $peer,
            Low,
            concat!("Nobody is told about ", $what),
            concat!("What nobody notices goes on: ", $what, " is what intruders do or cause."),
            "Add an `aws_cloudwatch_log_metric_filter` on the trail's log group, and an `aws_cloudwatch_metric_alarm` on its metric.",
            Look::Whole(|hits| missing(hits, $words)),
        )
    };
}

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    checks: &[
        row(
            "trail-all-regions",
            "AWS-0014",
            Medium,
            "A trail does not record all regions",
            "Intruders work in regions that nobody uses, and there nothing is recorded.",
            "Record all: `is_multi_region_trail = true`.",
            Look::Value(TRAIL, "is_multi_region_trail", Want::On),
        ),
        row(
            "trail-own-key",
            "AWS-0015",
            High,
            "A trail is not encrypted with a key of one's own",
            "Who may read the bucket reads the trail; a key of one's own is a second lock.",
            "Name a key: `kms_key_id = aws_kms_key.trail.arn`.",
            Look::Value(TRAIL, "kms_key_id", Want::Set),
        ),
        row(
            "trail-validation",
            "AWS-0016",
            High,
            "Changes of a trail's files go unnoticed",
            "Intruders remove what shows them.",
            "Sign the files: `enable_log_file_validation = true`.",
            Look::Value(TRAIL, "enable_log_file_validation", Want::On),
        ),
        row(
            "trail-log-group",
            "AWS-0162",
            Low,
            "A trail is not sent to CloudWatch",
            "Files in a bucket are read after the fact; alarms need the log group.",
            "Send it: `cloud_watch_logs_group_arn = \"${aws_cloudwatch_log_group.trail.arn}:*\"`.",
            Look::Value(TRAIL, "cloud_watch_logs_group_arn", Want::Set),
        ),
        row(
            "trail-bucket-public",
            "AWS-0161",
            Critical,
            "The bucket of a trail is public",
            "The trail tells strangers who works when and with what.",
            "Make it private: `acl = \"private\"` and an `aws_s3_bucket_public_access_block`.",
            Look::Each(TRAIL, public_bucket),
        ),
        row(
            "trail-bucket-logging",
            "AWS-0163",
            Low,
            "Access to the bucket of a trail is not recorded",
            "Who read or removed the trail's files cannot be told afterwards.",
            "Record it: `aws_s3_bucket_logging` for the bucket.",
            Look::Each(TRAIL, unlogged_bucket),
        ),
        row(
            "config-aggregator-regions",
            "AWS-0019",
            High,
            "An aggregator of AWS Config leaves regions out",
            "What is created in a region that is left out is never judged.",
            "Take all: `all_regions = true` in the source.",
            Look::Each(&["aws_config_configuration_aggregator"], aggregator),
        ),
        alarm!(
            "alarm-unauthorised",
            "AWS-0147",
            "refused API calls",
            &["AccessDenied", "UnauthorizedOperation"]
        ),
        alarm!(
            "alarm-login-without-mfa",
            "AWS-0148",
            "sign-ins without a second factor",
            &["ConsoleLogin", "MFAUsed"]
        ),
        alarm!("alarm-root-use", "AWS-0149", "use of the root user", &["userIdentity.type", "Root"]),
        alarm!(
            "alarm-iam-change",
            "AWS-0150",
            "changes of IAM policies",
            &["PutRolePolicy", "AttachRolePolicy"]
        ),
        alarm!("alarm-trail-change", "AWS-0151", "changes of trails", &["StopLogging", "DeleteTrail"]),
        alarm!(
            "alarm-login-failure",
            "AWS-0152",
            "failed sign-ins",
            &["ConsoleLogin", "Failed authentication"]
        ),
        alarm!(
            "alarm-key-removal",
            "AWS-0153",
            "disabled or deleted keys",
            &["DisableKey", "ScheduleKeyDeletion"]
        ),
        alarm!(
            "alarm-bucket-policy-change",
            "AWS-0154",
            "changes of bucket policies",
            &["PutBucketPolicy", "DeleteBucketPolicy"]
        ),
        alarm!(
            "alarm-config-change",
            "AWS-0155",
            "changes of AWS Config",
            &["StopConfigurationRecorder", "PutDeliveryChannel"]
        ),
        alarm!(
            "alarm-security-group-change",
            "AWS-0156",
            "changes of security groups",
            &["AuthorizeSecurityGroupIngress", "CreateSecurityGroup"]
        ),
        alarm!(
            "alarm-acl-change",
            "AWS-0157",
            "changes of network ACLs",
            &["CreateNetworkAcl", "ReplaceNetworkAclEntry"]
        ),
        alarm!(
            "alarm-gateway-change",
            "AWS-0158",
            "changes of gateways",
            &["CreateCustomerGateway", "AttachInternetGateway"]
        ),
        alarm!("alarm-route-change", "AWS-0159", "changes of routes", &["CreateRoute", "ReplaceRoute"]),
        alarm!("alarm-vpc-change", "AWS-0160", "changes of networks", &["CreateVpc", "DeleteVpc"]),
        alarm!(
            "alarm-organisation-change",
            "AWS-0174",
            "changes of the organisation",
            &["organizations.amazonaws.com"]
        ),
    ],
};

fn bucket<'g>(trail: &Resource, hits: &Hits<'g>) -> Option<&'g Resource> {
    hits.graph.named("aws_s3_bucket", &trail.get("s3_bucket_name"))
}

fn public_bucket(trail: &Resource, hits: &mut Hits<'_>) {
    let Some(bucket) = bucket(trail, hits) else { return };
    if let Some(acl) = super::aws_storage::public_acl(bucket, hits.graph) {
        hits.add(
            bucket,
            &acl,
            format!("the ACL is {}, and the bucket holds the trail `{}`", acl.show(), trail.address),
        );
    }
}

fn unlogged_bucket(trail: &Resource, hits: &mut Hits<'_>) {
    let Some(bucket) = bucket(trail, hits) else { return };
    if !super::aws_storage::is_logged(bucket, hits.graph) {
        hits.on(
            bucket,
            format!("the bucket holds the trail `{}`, and its access is not recorded", trail.address),
        );
    }
}

fn aggregator(resource: &Resource, hits: &mut Hits<'_>) {
    let sources =
        ["account_aggregation_source", "organization_aggregation_source"].map(|name| resource.get(name));
    let all: Vec<Value> =
        sources.iter().filter(|source| !source.is_null()).map(|source| source.field("all_regions")).collect();
    match all.as_slice() {
        [] => hits.on(resource, "there is no source with `all_regions`"),
        all => {
            for value in all {
                hits.want_of(resource, value, "all_regions", Want::On);
            }
        }
    }
}

/// Trails of all regions whose log group is here, and that have no filter with these words and an alarm on its metric.
fn missing(hits: &mut Hits<'_>, words: &[&str]) {
    let graph = hits.graph;
    for trail in graph.of("aws_cloudtrail") {
        if trail.get("is_multi_region_trail").as_bool() != Some(true) {
            continue;
        }
        let Some(group) = graph.named("aws_cloudwatch_log_group", &trail.get("cloud_watch_logs_group_arn"))
        else {
            continue;
        };
        let filters: Vec<&Resource> =
            graph.about("aws_cloudwatch_log_metric_filter", "log_group_name", group).collect();
        if filters.iter().any(|filter| filter.get("pattern").has_unknown()) {
            continue;
        }
        let matching = filters.iter().filter(|filter| {
            filter
                .get("pattern")
                .as_str()
                .is_some_and(|pattern| words.iter().all(|word| pattern.contains(word)))
        });
        let mut filter_found = false;
        let told = matching.into_iter().any(|filter| {
            filter_found = true;
            let name = filter.get("metric_transformation.name");
            graph.of("aws_cloudwatch_metric_alarm").any(|alarm| {
                let metric = alarm.get("metric_name");
                filter.is_named_by(&metric)
                    || metric.as_str().is_some_and(|metric| name.equals(metric) != Some(false))
            })
        });
        if !told {
            let lacks = if filter_found {
                "the metric has no alarm"
            } else {
                "its log group has no metric filter for it"
            };
            hits.on(trail, lacks);
        }
    }
}
