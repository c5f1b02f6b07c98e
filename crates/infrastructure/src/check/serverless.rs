//! AWS: the Serverless Application Model. Its resources have no type in Terraform, and are called `sam_*` here.

use seawall_findings::Severity::{High, Low, Medium};

use super::{Hits, Look, Table, Want, policy, row};
use crate::Resource;

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html",
    checks: &[
        row(
            "sam-api-cache-encryption",
            "AWS-0110",
            Medium,
            "Cached answers of a SAM API are not encrypted",
            "Answers with personal data lie in plain text in the cache.",
            "Encrypt them: `MethodSettings: {CacheDataEncrypted: true}`.",
            Look::Value(&["sam_api"], "method_settings.cache_data_encrypted", Want::On),
        ),
        row(
            "sam-api-tracing",
            "AWS-0111",
            Low,
            "Requests to a SAM API are not traced",
            "What a request called, and what failed there, cannot be followed.",
            "Trace them: `TracingEnabled: true`.",
            Look::Value(&["sam_api"], "tracing_enabled", Want::On),
        ),
        row(
            "sam-api-tls",
            "AWS-0112",
            High,
            "A domain of a SAM API takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `Domain: {SecurityPolicy: TLS_1_2}`.",
            Look::Value(&["sam_api"], "domain.security_policy", Want::Is(&["TLS_1_2", "TLS_1_3"])),
        ),
        row(
            "sam-api-logging",
            "AWS-0113",
            Medium,
            "Requests to a SAM API are not logged",
            "Who called what cannot be told afterwards.",
            "Log them: `AccessLogSetting: {DestinationArn: !GetAtt Logs.Arn}`.",
            Look::Value(&["sam_api"], "access_log_setting.destination_arn", Want::Set),
        ),
        row(
            "sam-function-policy",
            "AWS-0114",
            High,
            "A SAM function may do more than is needed",
            "Whoever takes over the function can do everything that the wildcard covers.",
            "Name the actions and resources: `Action: [s3:GetObject]`, `Resource: !Sub ${Bucket.Arn}/*`.",
            Look::Each(&["sam_function"], wildcards),
        ),
        row(
            "sam-http-api-logging",
            "AWS-0116",
            Medium,
            "Requests to a SAM HTTP API are not logged",
            "Who called what cannot be told afterwards.",
            "Log them: `AccessLogSettings: {DestinationArn: !GetAtt Logs.Arn}`.",
            Look::Value(&["sam_http_api"], "access_log_settings.destination_arn", Want::Set),
        ),
        row(
            "sam-machine-tracing",
            "AWS-0117",
            Low,
            "A SAM state machine is not traced",
            "What a step called, and what failed there, cannot be followed.",
            "Trace it: `Tracing: {Enabled: true}`.",
            Look::Value(&["sam_state_machine"], "tracing.enabled", Want::On),
        ),
        row(
            "sam-machine-logging",
            "AWS-0119",
            Low,
            "A SAM state machine is not logged",
            "What ran, with what, cannot be told afterwards.",
            "Log it: `Logging: {Level: ALL, Destinations: […]}`.",
            Look::Each(&["sam_state_machine"], machine_logging),
        ),
        row(
            "sam-machine-policy",
            "AWS-0120",
            High,
            "A SAM state machine may do more than is needed",
            "Whoever takes over a step can do everything that the wildcard covers.",
            "Name the actions and resources: `Action: [s3:GetObject]`, `Resource: !Sub ${Bucket.Arn}/*`.",
            Look::Each(&["sam_state_machine"], wildcards),
        ),
        row(
            "sam-table-encryption",
            "AWS-0121",
            High,
            "A SAM table is not encrypted",
            "What is stored can be read by who reaches the storage.",
            "Encrypt it: `SSESpecification: {SSEEnabled: true}`.",
            Look::Value(&["sam_simple_table"], "sse_specification.sse_enabled", Want::On),
        ),
        row(
            "sam-function-tracing",
            "AWS-0125",
            Low,
            "A SAM function is not traced",
            "What a function called, and what failed there, cannot be followed.",
            "Trace it: `Tracing: Active`.",
            Look::Value(&["sam_function"], "tracing", Want::Is(&["Active"])),
        ),
    ],
};

fn wildcards(resource: &Resource, hits: &mut Hits<'_>) {
    for policies in resource.all("policies") {
        for statement in policy::statements(&policies) {
            if let Some((value, message)) = policy::wildcard(&statement) {
                hits.add(resource, &value, message);
            }
        }
    }
}

fn machine_logging(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "logging.level", Want::SetNot(&["OFF"]));
    hits.want(resource, "logging.destinations", Want::Set);
}
