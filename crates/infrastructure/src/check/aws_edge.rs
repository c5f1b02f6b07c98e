//! AWS: API gateways, CloudFront, load balancers.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row};
use crate::Resource;
use crate::value::Value;

const STAGES: &[&str] = &["aws_api_gateway_stage", "aws_apigatewayv2_stage"];
const SETTINGS: &[&str] = &["aws_api_gateway_method_settings"];
const DISTRIBUTION: &[&str] = &["aws_cloudfront_distribution"];
const BALANCERS: &[&str] = &["aws_lb", "aws_alb"];
const LISTENERS: &[&str] = &["aws_lb_listener", "aws_alb_listener"];

/// Policies of listeners that take TLS 1.0 or 1.1.
const OLD_POLICIES: &[&str] = &[
    "ELBSecurityPolicy-2015-05",
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-FS-1-1-2019-08",
    "ELBSecurityPolicy-TLS-1-0-2015-04",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-TLS13-1-0-2021-06",
    "ELBSecurityPolicy-TLS13-1-1-2021-06",
];

pub(super) static TABLE: Table = Table {
    reference: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
    checks: &[
        row(
            "apigateway-logging",
            "AWS-0001",
            Medium,
            "Requests to an API stage are not logged",
            "Who called what cannot be told afterwards.",
            "Log them: `access_log_settings { destination_arn = aws_cloudwatch_log_group.api.arn … }`.",
            Look::Value(STAGES, "access_log_settings.destination_arn", Want::Set),
        ),
        row(
            "apigateway-cache",
            "AWS-0190",
            Low,
            "Answers of an API are not cached",
            "Every request reaches the backend, also those of a flood.",
            "Cache them: `settings { caching_enabled = true cache_data_encrypted = true }`.",
            Look::Value(SETTINGS, "settings.caching_enabled", Want::On),
        ),
        row(
            "apigateway-cache-encryption",
            "AWS-0002",
            Medium,
            "Cached answers of an API are not encrypted",
            "Answers with personal data lie in plain text in the cache.",
            "Encrypt them: `settings { cache_data_encrypted = true }`.",
            Look::Each(SETTINGS, cache_encryption),
        ),
        row(
            "apigateway-tracing",
            "AWS-0003",
            Low,
            "Requests to an API stage are not traced",
            "What a request called, and what failed there, cannot be followed.",
            "Trace them: `xray_tracing_enabled = true`.",
            Look::Value(&["aws_api_gateway_stage"], "xray_tracing_enabled", Want::On),
        ),
        row(
            "apigateway-public",
            "AWS-0004",
            Low,
            "A method of an API takes requests of anybody",
            "Without authorisation everybody calls it, as often as they like.",
            "Ask for it: `authorization = \"AWS_IAM\"`, or at least `api_key_required = true`.",
            Look::Each(&["aws_api_gateway_method"], public_method),
        ),
        row(
            "apigateway-tls",
            "AWS-0005",
            High,
            "A domain of an API takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `security_policy = \"TLS_1_2\"`.",
            Look::Whole(domain_tls),
        ),
        row(
            "cloudfront-logging",
            "AWS-0010",
            Medium,
            "Requests to a distribution are not logged",
            "Who called what cannot be told afterwards.",
            "Log them: `logging_config { bucket = aws_s3_bucket.logs.bucket_domain_name }`.",
            Look::Each(DISTRIBUTION, distribution_logging),
        ),
        row(
            "cloudfront-waf",
            "AWS-0011",
            High,
            "A distribution has no web application firewall",
            "Floods and known attacks reach the origin.",
            "Add one: `web_acl_id = aws_wafv2_web_acl.main.arn`.",
            Look::Value(DISTRIBUTION, "web_acl_id", Want::Set),
        ),
        row(
            "cloudfront-https",
            "AWS-0012",
            Critical,
            "A distribution takes plain HTTP",
            "Requests and cookies can be seen and changed on the way.",
            "Redirect it: `viewer_protocol_policy = \"redirect-to-https\"`.",
            Look::Each(DISTRIBUTION, distribution_https),
        ),
        row(
            "cloudfront-tls",
            "AWS-0013",
            High,
            "A distribution takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `viewer_certificate { minimum_protocol_version = \"TLSv1.2_2021\" }`.",
            Look::Each(DISTRIBUTION, distribution_tls),
        ),
        row(
            "lb-old-tls",
            "AWS-0047",
            Critical,
            "A listener takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `ssl_policy = \"ELBSecurityPolicy-TLS13-1-2-2021-06\"`.",
            Look::Value(LISTENERS, "ssl_policy", Want::Not(OLD_POLICIES)),
        ),
        row(
            "lb-invalid-headers",
            "AWS-0052",
            High,
            "A load balancer passes invalid headers on",
            "Headers that two programs read differently smuggle requests past checks.",
            "Drop them: `drop_invalid_header_fields = true`.",
            Look::Each(BALANCERS, invalid_headers),
        ),
        row(
            "lb-public",
            "AWS-0053",
            High,
            "A load balancer is open to the Internet",
            "What is behind it can be reached by everybody: is that meant?",
            "Make it internal: `internal = true`; or say that it is meant: `# seawall:ignore lb-public the shop`.",
            Look::Each(&["aws_lb", "aws_alb", "aws_elb"], public_balancer),
        ),
        row(
            "lb-http",
            "AWS-0054",
            Critical,
            "A listener takes plain HTTP",
            "Requests and cookies can be seen and changed on the way.",
            "Use `protocol = \"HTTPS\"`, or redirect: `default_action { type = \"redirect\" redirect { protocol = \"HTTPS\" … } }`.",
            Look::Each(LISTENERS, plain_listener),
        ),
    ],
};

fn cache_encryption(resource: &Resource, hits: &mut Hits<'_>) {
    if resource.get("settings.caching_enabled").as_bool() == Some(true) {
        hits.want(resource, "settings.cache_data_encrypted", Want::On);
    }
}

fn public_method(resource: &Resource, hits: &mut Hits<'_>) {
    let open = resource.get("authorization");
    let preflight = resource.get("http_method").equals("OPTIONS") != Some(false);
    let key = resource.get("api_key_required");
    if open.equals("NONE") == Some(true) && !preflight && !key.is_unknown() && key.as_bool() != Some(true) {
        hits.add(resource, &open, "`authorization` is `NONE`, and no API key is asked for");
    }
}

fn domain_tls(hits: &mut Hits<'_>) {
    let graph = hits.graph;
    for (kind, path) in [
        ("aws_api_gateway_domain_name", "security_policy"),
        ("aws_apigatewayv2_domain_name", "domain_name_configuration.security_policy"),
    ] {
        for resource in graph.of(kind) {
            let value = resource.get(path);
            // Newer policies are named after their version: `SecurityPolicy_TLS13_1_2_2021_06`.
            if !value.as_str().is_some_and(|policy| policy.starts_with("SecurityPolicy_TLS1")) {
                hits.want_of(resource, &value, path, Want::Is(&["TLS_1_2", "TLS_1_3"]));
            }
        }
    }
}

fn distribution_logging(resource: &Resource, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let sources: Vec<&Resource> = graph
        .about("aws_cloudwatch_log_delivery_source", "resource_arn", resource)
        .filter(|source| source.get("log_type").equals("ACCESS_LOGS") != Some(false))
        .collect();
    let delivered = sources.iter().any(|source| {
        graph.about("aws_cloudwatch_log_delivery", "delivery_source_name", source).next().is_some()
    });
    if !delivered {
        hits.want(resource, "logging_config.bucket", Want::Set);
    }
}

fn distribution_https(resource: &Resource, hits: &mut Hits<'_>) {
    if resource.get("default_cache_behavior").is_set() {
        let default = "default_cache_behavior.viewer_protocol_policy";
        hits.want(resource, default, Want::SetNot(&["allow-all"]));
    }
    for behaviour in resource.all("ordered_cache_behavior") {
        let value = behaviour.field("viewer_protocol_policy");
        hits.want_of(
            resource,
            &value,
            "ordered_cache_behavior.viewer_protocol_policy",
            Want::SetNot(&["allow-all"]),
        );
    }
}

fn distribution_tls(resource: &Resource, hits: &mut Hits<'_>) {
    // With CloudFront's own certificate the version cannot be chosen.
    let own = resource.get("viewer_certificate.cloudfront_default_certificate");
    if own.is_unknown() || own.as_bool() == Some(true) {
        return;
    }
    let good = &["TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"];
    hits.want(resource, "viewer_certificate.minimum_protocol_version", Want::Is(good));
}

fn is_kind(resource: &Resource, kind: &str) -> bool {
    resource.get("load_balancer_type").equals(kind) == Some(true)
}

fn invalid_headers(resource: &Resource, hits: &mut Hits<'_>) {
    let kind = resource.get("load_balancer_type");
    if kind.is_null() || is_kind(resource, "application") {
        hits.want(resource, "drop_invalid_header_fields", Want::On);
    }
}

fn public_balancer(resource: &Resource, hits: &mut Hits<'_>) {
    if !is_kind(resource, "gateway") && !resource.get("load_balancer_type").is_unknown() {
        hits.want(resource, "internal", Want::On);
    }
}

fn plain_listener(resource: &Resource, hits: &mut Hits<'_>) {
    let graph = hits.graph;
    let protocol = resource.get("protocol");
    let balancer = resource.get("load_balancer_arn");
    let port = resource.get("port");
    // Without a protocol, an application load balancer takes it from the port.
    let http = protocol.equals("HTTP") == Some(true)
        || (protocol.is_null()
            && !port.has_unknown()
            && port.as_number() != Some(443.0)
            && ["aws_lb", "aws_alb"].iter().any(|kind| {
                graph.named(kind, &balancer).is_some_and(|lb| {
                    let kind = lb.get("load_balancer_type");
                    kind.is_null() || is_kind(lb, "application")
                })
            }));
    if !http {
        return;
    }
    let redirects = resource.all("default_action").iter().any(|action| {
        action.is_unknown()
            || (action.field("type").equals("redirect") != Some(false)
                && action.get("redirect.protocol").equals("HTTPS") != Some(false))
    });
    if !redirects {
        let shown: &Value = if protocol.is_null() { &resource.body } else { &protocol };
        hits.add(resource, shown, "the listener takes HTTP, and does not redirect to HTTPS");
    }
}
