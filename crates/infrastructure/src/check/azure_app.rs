//! Azure: applications and functions.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use super::{Hits, Look, Table, Want, row};
use crate::Resource;

const APP: &[&str] = &["azurerm_app_service", "azurerm_linux_web_app", "azurerm_windows_web_app"];
const FUNCTION: &[&str] =
    &["azurerm_function_app", "azurerm_linux_function_app", "azurerm_windows_function_app"];

pub(super) static TABLE: Table = Table {
    reference: "https://learn.microsoft.com/azure/app-service/overview-security",
    checks: &[
        row(
            "azure-app-client-cert",
            "AZU-0001",
            Low,
            "An application does not ask clients for a certificate",
            "Strangers may talk to it as well as its clients.",
            "Ask for it: `client_certificate_enabled = true` (`client_cert_enabled` of `azurerm_app_service`).",
            Look::Each(APP, client_certificate),
        ),
        row(
            "azure-app-identity",
            "AZU-0002",
            Low,
            "An application has no identity of its own",
            "It then needs secrets to reach other services.",
            "Give it one: `identity { type = \"SystemAssigned\" }`.",
            Look::Value(APP, "identity.type", Want::Set),
        ),
        row(
            "azure-app-authentication",
            "AZU-0003",
            Medium,
            "An application does not let Azure check who calls",
            "Strangers reach the application's own code.",
            "Let it: `auth_settings { enabled = true }`.",
            Look::Each(APP, authentication),
        ),
        row(
            "azure-function-https",
            "AZU-0004",
            Critical,
            "A function app takes plain HTTP",
            "Requests and keys can be seen and changed on the way.",
            "Redirect it: `https_only = true`.",
            Look::Value(FUNCTION, "https_only", Want::On),
        ),
        row(
            "azure-app-http2",
            "AZU-0005",
            Low,
            "An application does not speak HTTP/2",
            "Older versions are slower, and have weaknesses that the newer one has not.",
            "Enable it: `site_config { http2_enabled = true }`.",
            Look::Value(APP, "site_config.http2_enabled", Want::On),
        ),
        row(
            "azure-app-tls",
            "AZU-0006",
            High,
            "An application takes old versions of TLS",
            "TLS 1.0 and 1.1 can be broken.",
            "Ask for more: `site_config { minimum_tls_version = \"1.2\" }`.",
            Look::Each(APP, app_tls),
        ),
        row(
            "azure-app-php",
            "AZU-0069",
            Medium,
            "An application runs on a PHP that gets no fixes",
            "Its flaws are known and stay.",
            "Use a newer one: `php_version = \"8.3\"`.",
            Look::Each(APP, |app, hits| version(app, "php_version", (8, 1), hits)),
        ),
        row(
            "azure-app-python",
            "AZU-0070",
            Medium,
            "An application runs on a Python that gets no fixes",
            "Its flaws are known and stay.",
            "Use a newer one: `python_version = \"3.13\"`.",
            Look::Each(APP, |app, hits| version(app, "python_version", (3, 9), hits)),
        ),
        row(
            "azure-app-ftps",
            "AZU-0071",
            Medium,
            "An application takes deployments over plain FTP",
            "Passwords and code can be seen and changed on the way.",
            "Refuse them: `site_config { ftps_state = \"Disabled\" }`.",
            Look::Each(APP, ftps),
        ),
        row(
            "azure-app-https",
            "AZU-0072",
            Medium,
            "An application takes plain HTTP",
            "Requests and cookies can be seen and changed on the way.",
            "Redirect it: `https_only = true`.",
            Look::Value(APP, "https_only", Want::On),
        ),
    ],
};

fn client_certificate(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(
        resource,
        if resource.kind == "azurerm_app_service" {
            "client_cert_enabled"
        } else {
            "client_certificate_enabled"
        },
        Want::On,
    );
}

fn authentication(resource: &Resource, hits: &mut Hits<'_>) {
    let newer = resource.get("auth_settings_v2.auth_enabled");
    if newer.as_bool() != Some(true) && !newer.is_unknown() {
        hits.want(resource, "auth_settings.enabled", Want::On);
    }
}

fn app_tls(resource: &Resource, hits: &mut Hits<'_>) {
    for name in ["site_config.min_tls_version", "site_config.minimum_tls_version"] {
        hits.want(resource, name, Want::IsOrUnset(&["1.2", "1.3"]));
    }
}

fn version(resource: &Resource, name: &str, least: (u32, u32), hits: &mut Hits<'_>) {
    for path in [format!("site_config.{name}"), format!("site_config.application_stack.{name}")] {
        let value = resource.get(&path);
        let text =
            value.as_number().map(crate::value::number_text).or_else(|| value.as_str().map(str::to_owned));
        let Some(text) = value.as_str().map(str::to_owned).or(text) else { continue };
        let mut parts = text.split('.').map(str::parse::<u32>);
        let (Some(Ok(major)), minor) = (parts.next(), parts.next().and_then(Result::ok)) else { continue };
        if (major, minor.unwrap_or(u32::MAX)) < least {
            hits.add(resource, &value, format!("`{name}` is `{text}`, which gets no fixes any more"));
        }
    }
}

fn ftps(resource: &Resource, hits: &mut Hits<'_>) {
    if !resource.get("site_config").is_null() {
        // Newer kinds are off by default.
        let want = if resource.kind == "azurerm_app_service" {
            Want::Is(&["FtpsOnly", "Disabled"])
        } else {
            Want::IsOrUnset(&["FtpsOnly", "Disabled"])
        };
        hits.want(resource, "site_config.ftps_state", want);
    }
}
