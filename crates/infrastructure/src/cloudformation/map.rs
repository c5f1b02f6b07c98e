//! Types and properties of CloudFormation in Terraform's words.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::snake;
use crate::Resource;
use crate::value::{Kind, Map, Value};

/// A type: its name, Terraform's, and the properties that are called otherwise (after [`snake`]), as dotted paths.
struct Type {
    from: &'static str,
    to: &'static str,
    moves: &'static [(&'static str, &'static str)],
}

const fn plain(from: &'static str, to: &'static str) -> Type {
    Type { from, to, moves: &[] }
}

const fn moved(from: &'static str, to: &'static str, moves: &'static [(&'static str, &'static str)]) -> Type {
    Type { from, to, moves }
}

const DATABASE: &[(&str, &str)] = &[
    ("enable_performance_insights", "performance_insights_enabled"),
    ("performance_insights_kms_key_id", "performance_insights_kms_key_id"),
    ("enable_iam_database_authentication", "iam_database_authentication_enabled"),
    ("source_db_instance_identifier", "replicate_source_db"),
    ("replication_source_identifier", "replication_source_identifier"),
];

const SEARCH: &[(&str, &str)] = &[
    ("encryption_at_rest_options", "encrypt_at_rest"),
    ("node_to_node_encryption_options", "node_to_node_encryption"),
];

static TYPES: &[Type] = &[
    plain("AWS::ApiGatewayV2::Stage", "aws_apigatewayv2_stage"),
    moved(
        "AWS::ApiGateway::Stage",
        "aws_api_gateway_stage",
        &[("access_log_setting", "access_log_settings"), ("tracing_enabled", "xray_tracing_enabled")],
    ),
    plain("AWS::ApiGateway::DomainName", "aws_api_gateway_domain_name"),
    moved(
        "AWS::ApiGatewayV2::DomainName",
        "aws_apigatewayv2_domain_name",
        &[("domain_name_configurations", "domain_name_configuration")],
    ),
    moved("AWS::ApiGateway::Method", "aws_api_gateway_method", &[("authorization_type", "authorization")]),
    moved(
        "AWS::Athena::WorkGroup",
        "aws_athena_workgroup",
        &[
            ("work_group_configuration", "configuration"),
            (
                "configuration.enforce_work_group_configuration",
                "configuration.enforce_workgroup_configuration",
            ),
        ],
    ),
    plain("AWS::AutoScaling::LaunchConfiguration", "aws_launch_configuration"),
    moved("AWS::EC2::LaunchTemplate", "aws_launch_template", &[("launch_template_data", "")]),
    plain("AWS::EC2::Instance", "aws_instance"),
    plain("AWS::EC2::Volume", "aws_ebs_volume"),
    plain("AWS::EC2::Subnet", "aws_subnet"),
    plain("AWS::EC2::VPC", "aws_vpc"),
    moved("AWS::EC2::FlowLog", "aws_flow_log", &[("resource_id", "vpc_id")]),
    plain("AWS::EC2::SecurityGroup", "aws_security_group"),
    plain("AWS::EC2::SecurityGroupIngress", "aws_security_group_rule"),
    plain("AWS::EC2::SecurityGroupEgress", "aws_security_group_rule"),
    plain("AWS::EC2::NetworkAcl", "aws_network_acl"),
    moved(
        "AWS::EC2::NetworkAclEntry",
        "aws_network_acl_rule",
        &[("port_range.from", "from_port"), ("port_range.to", "to_port")],
    ),
    moved(
        "AWS::CloudFront::Distribution",
        "aws_cloudfront_distribution",
        &[
            ("distribution_config", ""),
            ("logging", "logging_config"),
            ("cache_behaviors", "ordered_cache_behavior"),
            (
                "viewer_certificate.cloud_front_default_certificate",
                "viewer_certificate.cloudfront_default_certificate",
            ),
        ],
    ),
    moved(
        "AWS::CloudTrail::Trail",
        "aws_cloudtrail",
        &[
            ("cloud_watch_logs_log_group_arn", "cloud_watch_logs_group_arn"),
            ("event_selectors", "event_selector"),
            ("trail_name", "name"),
        ],
    ),
    moved("AWS::Logs::LogGroup", "aws_cloudwatch_log_group", &[("log_group_name", "name")]),
    plain("AWS::CodeBuild::Project", "aws_codebuild_project"),
    moved(
        "AWS::Config::ConfigurationAggregator",
        "aws_config_configuration_aggregator",
        &[
            ("account_aggregation_sources", "account_aggregation_source"),
            (
                "organization_aggregation_source.all_aws_regions",
                "organization_aggregation_source.all_regions",
            ),
        ],
    ),
    moved(
        "AWS::DocDB::DBCluster",
        "aws_docdb_cluster",
        &[("enable_cloudwatch_logs_exports", "enabled_cloudwatch_logs_exports")],
    ),
    moved(
        "AWS::DAX::Cluster",
        "aws_dax_cluster",
        &[("sse_specification.sse_enabled", "server_side_encryption.enabled")],
    ),
    moved(
        "AWS::DynamoDB::Table",
        "aws_dynamodb_table",
        &[
            ("sse_specification.sse_enabled", "server_side_encryption.enabled"),
            ("sse_specification.kms_master_key_id", "server_side_encryption.kms_key_arn"),
            (
                "point_in_time_recovery_specification.point_in_time_recovery_enabled",
                "point_in_time_recovery.enabled",
            ),
        ],
    ),
    moved(
        "AWS::ECR::Repository",
        "aws_ecr_repository",
        &[("repository_policy_text", "policy"), ("repository_name", "name")],
    ),
    moved("AWS::ECS::Cluster", "aws_ecs_cluster", &[("cluster_settings", "setting")]),
    moved("AWS::ECS::TaskDefinition", "aws_ecs_task_definition", &[("volumes", "volume")]),
    plain("AWS::EFS::FileSystem", "aws_efs_file_system"),
    moved("AWS::EKS::Cluster", "aws_eks_cluster", &[("resources_vpc_config", "vpc_config")]),
    plain("AWS::ElastiCache::SecurityGroup", "aws_elasticache_security_group"),
    plain("AWS::ElastiCache::ReplicationGroup", "aws_elasticache_replication_group"),
    moved("AWS::ElastiCache::CacheCluster", "aws_elasticache_cluster", &[("cache_node_type", "node_type")]),
    moved("AWS::OpenSearchService::Domain", "aws_opensearch_domain", SEARCH),
    moved("AWS::Elasticsearch::Domain", "aws_elasticsearch_domain", SEARCH),
    moved("AWS::ElasticLoadBalancingV2::LoadBalancer", "aws_lb", &[("type", "load_balancer_type")]),
    moved(
        "AWS::ElasticLoadBalancingV2::Listener",
        "aws_lb_listener",
        &[("default_actions", "default_action")],
    ),
    plain("AWS::KMS::Key", "aws_kms_key"),
    moved(
        "AWS::Kinesis::Stream",
        "aws_kinesis_stream",
        &[
            ("stream_encryption.encryption_type", "encryption_type"),
            ("stream_encryption.key_id", "kms_key_id"),
        ],
    ),
    plain("AWS::Lambda::Function", "aws_lambda_function"),
    plain("AWS::Lambda::Permission", "aws_lambda_permission"),
    plain("AWS::AmazonMQ::Broker", "aws_mq_broker"),
    moved(
        "AWS::MSK::Cluster",
        "aws_msk_cluster",
        &[
            (
                "encryption_info.encryption_at_rest.data_volume_kms_key_id",
                "encryption_info.encryption_at_rest_kms_key_arn",
            ),
            ("logging_info.broker_logs.cloud_watch_logs", "logging_info.broker_logs.cloudwatch_logs"),
        ],
    ),
    moved("AWS::Neptune::DBCluster", "aws_neptune_cluster", &[("kms_key_id", "kms_key_arn")]),
    moved("AWS::RDS::DBInstance", "aws_db_instance", DATABASE),
    moved("AWS::RDS::DBCluster", "aws_rds_cluster", DATABASE),
    plain("AWS::RDS::DBSecurityGroup", "aws_db_security_group"),
    plain("AWS::Redshift::Cluster", "aws_redshift_cluster"),
    plain("AWS::Redshift::ClusterSecurityGroup", "aws_redshift_security_group"),
    moved(
        "AWS::S3::Bucket",
        "aws_s3_bucket",
        &[
            ("access_control", "acl"),
            ("bucket_name", "bucket"),
            ("public_access_block_configuration", "public_access_block"),
            ("versioning_configuration", "versioning"),
            ("accelerate_configuration.acceleration_status", "acceleration_status"),
        ],
    ),
    plain("AWS::SNS::Topic", "aws_sns_topic"),
    plain("AWS::SQS::Queue", "aws_sqs_queue"),
    moved("AWS::SQS::QueuePolicy", "aws_sqs_queue_policy", &[("policy_document", "policy")]),
    plain("AWS::SecretsManager::Secret", "aws_secretsmanager_secret"),
    plain("AWS::SSM::Parameter", "aws_ssm_parameter"),
    plain("AWS::WorkSpaces::Workspace", "aws_workspaces_workspace"),
    moved("AWS::IAM::Policy", "aws_iam_policy", &[("policy_document", "policy")]),
    moved("AWS::IAM::ManagedPolicy", "aws_iam_policy", &[("policy_document", "policy")]),
    plain("AWS::Serverless::Api", "sam_api"),
    plain("AWS::Serverless::HttpApi", "sam_http_api"),
    plain("AWS::Serverless::Function", "sam_function"),
    plain("AWS::Serverless::StateMachine", "sam_state_machine"),
    plain("AWS::Serverless::SimpleTable", "sam_simple_table"),
];

/// What keeps its letters: policies, and code of the user.
const KEPT: [&str; 5] =
    ["PolicyDocument", "RepositoryPolicyText", "KeyPolicy", "AssumeRolePolicyDocument", "Definition"];

/// A resource of a template, as one or more resources; none where no check knows its type.
pub(super) fn resources(kind: &str, name: &str, properties: &Value) -> Vec<Resource> {
    if let Some(owner) = match kind {
        "AWS::IAM::Role" => Some("role"),
        "AWS::IAM::User" => Some("user"),
        "AWS::IAM::Group" => Some("group"),
        _ => None,
    } {
        return inline_policies(owner, name, properties);
    }
    let Some(known) = TYPES.iter().find(|known| known.from == kind) else { return Vec::new() };
    let sam = known.to.starts_with("sam_");
    let mut kept = KEPT.to_vec();
    if sam {
        kept.push("Policies");
    }
    let mut body = snake(properties, &kept);
    for (from, to) in known.moves {
        body = relocate(body, from, to);
    }
    body = match known.to {
        "aws_s3_bucket" => bucket(body),
        "aws_security_group" => security_group(body),
        "aws_security_group_rule" => {
            let direction = if kind.ends_with("Ingress") { "ingress" } else { "egress" };
            let rule = rule(&body);
            with(rule, "type", Value::text(direction, properties.at))
        }
        "aws_lb" => balancer(body),
        "aws_lb_listener" => listener(body),
        "aws_eks_cluster" => cluster(body),
        "aws_network_acl_rule" => acl_rule(body),
        "aws_opensearch_domain" | "aws_elasticsearch_domain" => search(body),
        "aws_cloudtrail" => {
            each(body, "event_selector", |selector| relocate(selector, "data_resources", "data_resource"))
        }
        "aws_config_configuration_aggregator" => each(body, "account_aggregation_source", |source| {
            relocate(source, "all_aws_regions", "all_regions")
        }),
        _ => body,
    };
    let mut found = Resource::new(known.to, name, name, body);
    name.clone_into(&mut found.base);
    vec![found]
}

fn inline_policies(owner: &str, name: &str, properties: &Value) -> Vec<Resource> {
    let mut found = Vec::new();
    for policy in properties.field("Policies").items() {
        let mut entries = BTreeMap::from([(Arc::from("policy"), policy.field("PolicyDocument"))]);
        entries.insert(Arc::from(owner), Value { of: Some(Arc::from(name)), ..Value::unknown(policy.at) });
        let body = Value::map(entries, policy.at);
        found.push(Resource::new(&format!("aws_iam_{owner}_policy"), name, name, body));
    }
    if owner == "group" {
        let entries = BTreeMap::from([(Arc::from("name"), properties.field("GroupName"))]);
        found.push(Resource::new("aws_iam_group", name, name, Value::map(entries, properties.at)));
    }
    found
}

/// A map with one more entry.
fn with(value: Value, name: &str, entry: Value) -> Value {
    let mut map = value.as_map().cloned().unwrap_or_default();
    map.entries.insert(Arc::from(name), entry);
    Value { kind: Kind::Map(Arc::new(map)), ..value }
}

/// Changes every item of a list.
fn each(value: Value, name: &str, change: impl Fn(Value) -> Value) -> Value {
    let held = value.field(name);
    if held.is_null() || held.is_unknown() {
        return value;
    }
    let items = held.items().iter().cloned().map(change).collect();
    let at = held.at;
    with(value, name, Value::list(items, at))
}

/// Moves the value at a path to another one; to the empty path: its entries to the top.
fn relocate(value: Value, from: &str, to: &str) -> Value {
    let (value, taken) = take(value, from);
    let Some(taken) = taken else { return value };
    if to.is_empty() {
        let mut map = value.as_map().cloned().unwrap_or_default();
        match &taken.kind {
            Kind::Map(inner) => map.entries.extend(inner.entries.clone()),
            // Not known: nothing of it is.
            _ => map.open = taken.is_unknown(),
        }
        return Value { kind: Kind::Map(Arc::new(map)), ..value };
    }
    put(value, to, taken)
}

fn take(value: Value, path: &str) -> (Value, Option<Value>) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(map) = value.as_map() else { return (value, None) };
    let mut map: Map = map.clone();
    let Some(inner) = map.entries.remove(first) else { return (value, None) };
    let (left, taken) = match rest {
        None => (None, Some(inner)),
        Some(rest) => {
            let (left, taken) = take(inner, rest);
            (Some(left), taken)
        }
    };
    if let Some(left) = left {
        map.entries.insert(Arc::from(first), left);
    }
    (Value { kind: Kind::Map(Arc::new(map)), ..value }, taken)
}

fn put(value: Value, path: &str, taken: Value) -> Value {
    match path.split_once('.') {
        None => with(value, path, taken),
        Some((first, rest)) => {
            let inner = value.field(first);
            let inner = if inner.as_map().is_some() { inner } else { Value::map(BTreeMap::new(), taken.at) };
            with(value, first, put(inner, rest, taken))
        }
    }
}

/// `AuthenticatedRead` as `authenticated-read`.
fn canned(acl: &Value) -> Value {
    match acl.as_str() {
        Some(text) => Value::text(super::snake_case(text).replace('_', "-"), acl.at),
        None => acl.clone(),
    }
}

fn bucket(mut body: Value) -> Value {
    let acl = body.field("acl");
    if !acl.is_null() {
        body = with(body, "acl", canned(&acl));
    }
    let encryption = body.field("bucket_encryption");
    if !encryption.is_null() {
        let configuration = encryption.field("server_side_encryption_configuration");
        let rules = configuration.items().iter().map(|rule| {
            relocate(
                rule.clone(),
                "server_side_encryption_by_default",
                "apply_server_side_encryption_by_default",
            )
        });
        let at = encryption.at;
        let rules = Value::list(rules.collect(), at);
        body = with(
            body,
            "server_side_encryption_configuration",
            Value::map(BTreeMap::from([(Arc::from("rule"), rules)]), at),
        );
    }
    let logging = body.field("logging_configuration");
    if !logging.is_null() {
        let target = logging.field("destination_bucket_name");
        // Without a destination, the bucket logs into itself.
        let target = if target.is_null() { Value::text("self", logging.at) } else { target };
        body = with(
            body,
            "logging",
            Value::map(BTreeMap::from([(Arc::from("target_bucket"), target)]), logging.at),
        );
    }
    body
}

/// A rule of a security group.
fn rule(value: &Value) -> Value {
    let mut rule = relocate(value.clone(), "ip_protocol", "protocol");
    for (from, to) in [("cidr_ip", "cidr_blocks"), ("cidr_ipv6", "ipv6_cidr_blocks")] {
        let address = rule.field(from);
        if !address.is_null() {
            let list = Value::list(vec![address.clone()], address.at);
            rule = with(take(rule, from).0, to, list);
        }
    }
    rule
}

fn security_group(body: Value) -> Value {
    let mut body = relocate(body, "group_description", "description");
    for (from, to) in [("security_group_ingress", "ingress"), ("security_group_egress", "egress")] {
        body = relocate(body, from, to);
        body = each(body, to, |item| if item.is_unknown() { item } else { rule(&item) });
    }
    body
}

fn balancer(mut body: Value) -> Value {
    let at = body.at;
    let scheme = body.field("scheme");
    let internal = match scheme.equals("internal") {
        Some(internal) => Value::new(Kind::Bool(internal), if scheme.is_null() { at } else { scheme.at }),
        None => Value::unknown(scheme.at),
    };
    body = with(body, "internal", internal);
    for attribute in body.field("load_balancer_attributes").items().to_vec() {
        if attribute.field("key").equals("routing.http.drop_invalid_header_fields.enabled") == Some(true) {
            body = with(body, "drop_invalid_header_fields", attribute.field("value"));
        }
    }
    body
}

fn listener(body: Value) -> Value {
    each(body, "default_action", |action| relocate(action, "redirect_config", "redirect"))
}

fn cluster(body: Value) -> Value {
    let types = body.all("logging.cluster_logging.enabled_types.type");
    if types.is_empty() {
        return body;
    }
    let at = body.field("logging").at;
    with(body, "enabled_cluster_log_types", Value::list(types, at))
}

fn acl_rule(body: Value) -> Value {
    // Without an address there is no rule to speak of.
    let protocol = body.field("protocol");
    match protocol.as_number() {
        Some(-1.0) => with(body, "protocol", Value::text("-1", protocol.at)),
        _ => body,
    }
}

fn search(body: Value) -> Value {
    let options = body.field("log_publishing_options");
    let Some(map) = options.as_map() else { return body };
    let logs = map.entries.iter().map(|(name, log)| {
        // The kinds of logs are keys: `AUDIT_LOGS`.
        with(log.clone(), "log_type", Value::text(name.to_uppercase(), log.at))
    });
    let at = options.at;
    let logs = Value::list(logs.collect(), at);
    with(body, "log_publishing_options", logs)
}
