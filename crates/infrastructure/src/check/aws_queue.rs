//! AWS: queues, topics, streams, brokers, logs.

use seawall_findings::Severity::{High, Low, Medium};

use super::{Hits, Look, Table, Want, policy, row};
use crate::Resource;

const TOPIC: &[&str] = &["aws_sns_topic"];
const QUEUE: &[&str] = &["aws_sqs_queue"];
const KAFKA: &[&str] = &["aws_msk_cluster"];
const BROKER: &[&str] = &["aws_mq_broker"];

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    checks: &[
        row(
            "sns-encryption",
            "AWS-0095",
            High,
            "A topic is not encrypted",
            "Messages lie in plain text until they are delivered.",
            "Encrypt it: `kms_master_key_id = aws_kms_key.topics.id`.",
            Look::Value(TOPIC, "kms_master_key_id", Want::Set),
        ),
        row(
            "sns-own-key",
            "AWS-0136",
            High,
            "A topic is encrypted with AWS's default key",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `kms_master_key_id = aws_kms_key.topics.id`.",
            Look::Value(TOPIC, "kms_master_key_id", Want::Not(&["alias/aws/sns"])),
        ),
        row(
            "sqs-encryption",
            "AWS-0096",
            High,
            "A queue is not encrypted",
            "Messages lie in plain text until they are fetched.",
            "Encrypt it: `sqs_managed_sse_enabled = true`, or `kms_master_key_id = aws_kms_key.queues.id`.",
            Look::Each(QUEUE, queue_encryption),
        ),
        row(
            "sqs-own-key",
            "AWS-0135",
            High,
            "A queue is encrypted with AWS's default key",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `kms_master_key_id = aws_kms_key.queues.id`.",
            Look::Value(QUEUE, "kms_master_key_id", Want::Not(&["alias/aws/sqs"])),
        ),
        row(
            "sqs-wildcard",
            "AWS-0097",
            High,
            "A policy of a queue allows every action",
            "Who may send may then also read, empty and delete the queue.",
            "Name the action: `\"Action\": \"sqs:SendMessage\"`.",
            Look::Whole(queue_policies),
        ),
        row(
            "kinesis-encryption",
            "AWS-0064",
            High,
            "A stream is not encrypted",
            "Records lie in plain text until they are read.",
            "Encrypt it: `encryption_type = \"KMS\"`, `kms_key_id = aws_kms_key.streams.id`.",
            Look::Value(&["aws_kinesis_stream"], "encryption_type", Want::Is(&["KMS"])),
        ),
        row(
            "msk-rest",
            "AWS-0179",
            High,
            "A Kafka cluster is not encrypted with a key of one's own",
            "AWS's default key cannot be limited to some readers, nor be revoked.",
            "Name a key: `encryption_info { encryption_at_rest_kms_key_arn = aws_kms_key.kafka.arn }`.",
            Look::Value(KAFKA, "encryption_info.encryption_at_rest_kms_key_arn", Want::Set),
        ),
        row(
            "msk-transit",
            "AWS-0073",
            High,
            "A Kafka cluster takes unencrypted connections",
            "Records can be seen on the way.",
            "Encrypt them: `encryption_in_transit { client_broker = \"TLS\" in_cluster = true }`.",
            Look::Each(KAFKA, kafka_transit),
        ),
        row(
            "msk-logging",
            "AWS-0074",
            Medium,
            "A Kafka cluster keeps no logs",
            "What failed and who connected cannot be told afterwards.",
            "Keep them: `logging_info { broker_logs { cloudwatch_logs { enabled = true … } } }`.",
            Look::Each(KAFKA, kafka_logs),
        ),
        row(
            "mq-audit-log",
            "AWS-0070",
            Medium,
            "A broker keeps no audit log",
            "Who changed what cannot be told afterwards.",
            "Keep it: `logs { audit = true }`.",
            Look::Each(BROKER, mq_audit),
        ),
        row(
            "mq-general-log",
            "AWS-0071",
            Low,
            "A broker keeps no general log",
            "What failed and who connected cannot be told afterwards.",
            "Keep it: `logs { general = true }`.",
            Look::Value(BROKER, "logs.general", Want::On),
        ),
        row(
            "mq-public",
            "AWS-0072",
            High,
            "A broker has a public address",
            "Its password is then all that stands between it and everybody.",
            "Take it back: `publicly_accessible = false`.",
            Look::Value(BROKER, "publicly_accessible", Want::Off),
        ),
        row(
            "log-group-own-key",
            "AWS-0017",
            Low,
            "A log group is not encrypted with a key of one's own",
            "Logs hold more than one thinks, and AWS's default key cannot be revoked.",
            "Name a key: `kms_key_id = aws_kms_key.logs.arn`.",
            Look::Value(&["aws_cloudwatch_log_group"], "kms_key_id", Want::Set),
        ),
    ],
};

fn queue_encryption(resource: &Resource, hits: &mut Hits<'_>) {
    let managed = resource.get("sqs_managed_sse_enabled");
    if managed.as_bool() != Some(true) && !managed.is_unknown() {
        hits.want(resource, "kms_master_key_id", Want::Set);
    }
}

fn queue_policies(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for resource in graph.of_any(&["aws_sqs_queue_policy", "aws_sqs_queue"]) {
        for statement in
            policy::statements(&resource.get("policy")).iter().filter(|statement| policy::allows(statement))
        {
            for action in policy::actions(statement) {
                if ["*", "sqs:*"].iter().any(|all| action.equals(all) == Some(true)) {
                    hits.add(resource, &action, format!("the action {} is allowed", action.show()));
                }
            }
        }
    }
}

fn kafka_transit(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "encryption_info.encryption_in_transit.client_broker", Want::IsOrUnset(&["TLS"]));
    hits.want(resource, "encryption_info.encryption_in_transit.in_cluster", Want::OnOrUnset);
}

fn kafka_logs(resource: &Resource, hits: &mut Hits<'_>) {
    let kinds = ["cloudwatch_logs", "firehose", "s3"];
    let on = kinds.iter().any(|kind| {
        let enabled = resource.get(&format!("logging_info.broker_logs.{kind}.enabled"));
        enabled.is_unknown() || enabled.as_bool() == Some(true)
    });
    if !on {
        hits.on(resource, "none of the `broker_logs` is enabled");
    }
}

fn mq_audit(resource: &Resource, hits: &mut Hits<'_>) {
    // RabbitMQ has none.
    if resource.get("engine_type").equals("RabbitMQ") != Some(true) {
        hits.want(resource, "logs.audit", Want::On);
    }
}
