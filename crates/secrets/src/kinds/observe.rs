//! Monitoring, logs and incidents.

use seawall_findings::Severity::{High, Medium};

use crate::check::grafana_crc;
use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    token("grafana-api-token", "Grafana API key", Medium, &["eyJrIjoi"], r"eyJrIjoi[a-zA-Z0-9_=-]{72,92}").open_right(),
    token("grafana-service-account-token", "Grafana service account token", High, &["glsa_"], r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}").check(grafana_crc),
    token("grafana-cloud-token", "Grafana Cloud token", High, &["glc_"], r"glc_[A-Za-z0-9+/]{32,400}={0,2}").entropy(350),
    token("dynatrace-api-token", "Dynatrace token", Medium, &["dt0c01.", "dt0s01.", "dt0s02.", "dt0s16."], r"dt0[cs]\d{2}\.[a-zA-Z0-9]{8,24}\.[a-zA-Z0-9]{64}"),
    token("new-relic-user-api-key", "New Relic user API key", Medium, &["NRAK-"], r"NRAK-[A-Z0-9]{27}"),
    assigned("new-relic-user-api-id", "New Relic user API id", Medium, &["newrelic", "new_relic", "new-relic"], r"[A-Z0-9]{64}"),
    token("new-relic-browser-api-token", "New Relic browser API token", Medium, &["NRJS-"], r"NRJS-[a-f0-9]{19}"),
    token("new-relic-insert-key", "New Relic insert key", Medium, &["NRII-", "NRRA-"], r"NR(?:II|RA)-[A-Za-z0-9_-]{32,42}"),
    token("new-relic-license-key", "New Relic licence key", Medium, &["FFFFNRAL", "NRAL"], r"[a-f0-9]{32}(?:FFFF)?NRAL").around(36),
    token("sentry-org-token", "Sentry organisation token", High, &["sntrys_"], r"sntrys_eyJpYXQiO[A-Za-z0-9+/]{10,400}={0,2}_[A-Za-z0-9+/]{43}").longest(600),
    token("sentry-user-token", "Sentry user token", High, &["sntryu_", "sntrya_"], r"sntry[ua]_[a-f0-9]{64}"),
    assigned("datadog-key", "Datadog API or application key", High, &["datadog", "dd_api", "dd_app", "dd-api"], r"(?:[a-f0-9]{40}|[a-f0-9]{32})").bare(),
    token("elastic-cloud-key", "Elastic Cloud API key", High, &["essu_"], r"essu_[A-Za-z0-9+/=]{60,200}"),
    token("honeycomb-key", "Honeycomb key", Medium, &["hcaik_", "hcxik_", "hcamk_", "hcxlk_", "hcalk_"], r"hc[ax](?:i|m|l)k_[A-Za-z0-9]{26,80}"),
    token("lightstep-token", "Lightstep token", Medium, &["lightstep"], r#"(?i)lightstep[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[A-Za-z0-9+/]{60,100}={0,2})"#)
        .any_case()
        .open_left(),
    assigned("sumologic-access-key", "Sumo Logic access key", Medium, &["sumologic", "sumo_"], r"[a-zA-Z0-9]{64}").bare(),
    token("pagerduty-key", "PagerDuty API key", High, &["pagerduty", "pd_token"], r#"(?i)(?:pagerduty|pd)[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>(?:u\+|[yur]\+)[A-Za-z0-9_-]{18})"#)
        .any_case()
        .open_left(),
    token("opsgenie-key", "Opsgenie API key", Medium, &["opsgenie"], r#"(?i)opsgenie[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})"#)
        .any_case()
        .open_left(),
    token("splunk-hec-token", "Splunk HEC token", High, &["Authorization: Splunk "], r"Authorization: Splunk (?P<secret>[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12})"),
    token("rollbar-token", "Rollbar access token", Medium, &["rollbar"], r#"(?i)rollbar[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{32})"#)
        .any_case()
        .open_left(),
    token("logfire-token", "Logfire write token", Medium, &["pylf_v"], r"pylf_v\d_[a-z]{2}_[A-Za-z0-9]{40,60}"),
    token("posthog-key", "PostHog personal API key", Medium, &["phx_"], r"phx_[A-Za-z0-9]{43,50}"),
];
