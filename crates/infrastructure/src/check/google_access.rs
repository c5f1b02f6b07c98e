//! Google: who may do what.

use seawall_findings::Severity::{High, Low, Medium};

use super::{Hits, Look, Table, Want, row};
use crate::Resource;
use crate::value::Value;

const FOLDER: &[&str] = &["google_folder_iam_member", "google_folder_iam_binding"];
const ORGANISATION: &[&str] = &["google_organization_iam_member", "google_organization_iam_binding"];
const PROJECT: &[&str] = &["google_project_iam_member", "google_project_iam_binding"];
const ALL: &[&str] = &[
    "google_folder_iam_member",
    "google_folder_iam_binding",
    "google_organization_iam_member",
    "google_organization_iam_binding",
    "google_project_iam_member",
    "google_project_iam_binding",
];

pub(super) static TABLE: Table = Table {
    reference: "https://cloud.google.com/iam/docs/using-iam-securely",
    checks: &[
        row(
            "gcp-iam-user",
            "GCP-0003",
            Medium,
            "A role is granted to a person instead of a group",
            "Permissions of single people are forgotten when they change teams.",
            "Grant it to a group: `member = \"group:developers@example.com\"`.",
            Look::Each(ALL, |resource, hits| {
                member(resource, hits, "a person", |text| text.starts_with("user:"));
            }),
        ),
        row(
            "gcp-iam-folder-default-account",
            "GCP-0004",
            Medium,
            "A default service account has a role in a folder",
            "Everything that runs without an account of its own has it.",
            "Make an account for the purpose: `google_service_account`.",
            Look::Each(FOLDER, default_account),
        ),
        row(
            "gcp-iam-project-default-account",
            "GCP-0006",
            Medium,
            "A default service account has a role in a project",
            "Everything that runs without an account of its own has it.",
            "Make an account for the purpose: `google_service_account`.",
            Look::Each(PROJECT, default_account),
        ),
        row(
            "gcp-iam-organisation-default-account",
            "GCP-0008",
            Medium,
            "A default service account has a role in the organisation",
            "Everything that runs without an account of its own has it.",
            "Make an account for the purpose: `google_service_account`.",
            Look::Each(ORGANISATION, default_account),
        ),
        row(
            "gcp-iam-folder-impersonation",
            "GCP-0005",
            Medium,
            "Every service account of a folder can be used",
            "Its holders become the strongest account there is.",
            "Grant it on one account: `google_service_account_iam_member`.",
            Look::Each(FOLDER, impersonation),
        ),
        row(
            "gcp-iam-organisation-impersonation",
            "GCP-0009",
            Medium,
            "Every service account of the organisation can be used",
            "Its holders become the strongest account there is.",
            "Grant it on one account: `google_service_account_iam_member`.",
            Look::Each(ORGANISATION, impersonation),
        ),
        row(
            "gcp-iam-project-impersonation",
            "GCP-0011",
            Medium,
            "Every service account of a project can be used",
            "Its holders become the strongest account there is.",
            "Grant it on one account: `google_service_account_iam_member`.",
            Look::Each(PROJECT, impersonation),
        ),
        row(
            "gcp-iam-privileged-account",
            "GCP-0007",
            High,
            "A service account may do nearly everything",
            "Whoever takes over what runs as it has the project.",
            "Grant what is needed: `role = \"roles/logging.logWriter\"`.",
            Look::Each(ALL, privileged),
        ),
        row(
            "gcp-iam-private-mail",
            "GCP-0069",
            Low,
            "A role is granted to a private mail account",
            "The organisation cannot lock it, nor ask it for a second factor.",
            "Use accounts of the organisation: `group:developers@example.com`.",
            Look::Each(ALL, |resource, hits| {
                member(resource, hits, "a private mail account", |text| {
                    [
                        "@gmail.com",
                        "@googlemail.com",
                        "@hotmail.com",
                        "@outlook.com",
                        "@yahoo.com",
                        "@icloud.com",
                        "@aol.com",
                        "@gmx.com",
                        "@live.com",
                    ]
                    .iter()
                    .any(|domain| text.ends_with(domain))
                });
            }),
        ),
        row(
            "gcp-iam-audit",
            "GCP-0079",
            Low,
            "Use of a project's data is not fully audited",
            "Who read what cannot be told afterwards.",
            "Audit all: `google_project_iam_audit_config` with `service = \"allServices\"` and all three log types.",
            Look::Each(&["google_project_iam_audit_config"], audit),
        ),
        row(
            "gcp-iam-pool-condition",
            "GCP-0068",
            High,
            "A workload identity provider takes every identity of its issuer",
            "With GitHub as the issuer, every repository of the world may ask.",
            "Limit it: `attribute_condition = \"assertion.repository_owner == 'my-org'\"`.",
            Look::Value(&["google_iam_workload_identity_pool_provider"], "attribute_condition", Want::Set),
        ),
        row(
            "gcp-project-default-network",
            "GCP-0010",
            High,
            "A project gets a default network",
            "It is open inside, and lets SSH and RDP in from everywhere.",
            "Do without: `auto_create_network = false`.",
            Look::Value(&["google_project"], "auto_create_network", Want::OffAndSet),
        ),
        row(
            "gcp-kms-rotation",
            "GCP-0065",
            High,
            "A key is not rotated every 90 days",
            "The more is encrypted with one key, the more is lost with it.",
            "Rotate it: `rotation_period = \"7776000s\"`.",
            Look::Each(&["google_kms_crypto_key"], rotation),
        ),
    ],
};

fn members(resource: &Resource) -> Vec<Value> {
    let mut found = resource.all("member");
    found.extend(resource.all("members"));
    found
}

fn member(resource: &Resource, hits: &mut Hits<'_>, what: &str, is: impl Fn(&str) -> bool) {
    for member in members(resource) {
        if member.as_str().is_some_and(&is) {
            hits.add(resource, &member, format!("{} is {what}", member.show()));
        }
    }
}

fn is_default(member: &Value) -> bool {
    member.of.as_deref().is_some_and(|of| {
        of.contains("data.google_compute_default_service_account.")
            || of.contains("data.google_app_engine_default_service_account.")
    }) || member.pattern().is_some_and(|text| {
        text.ends_with("-compute@developer.gserviceaccount.com")
            || text.ends_with("@appspot.gserviceaccount.com")
    })
}

fn default_account(resource: &Resource, hits: &mut Hits<'_>) {
    for member in members(resource) {
        if is_default(&member) {
            hits.add(resource, &member, "the member is a default service account");
        }
    }
    let switched = resource.get("default_service_account");
    if switched.as_bool() == Some(true) {
        hits.add(resource, &switched, "the member is a default service account");
    }
}

fn impersonation(resource: &Resource, hits: &mut Hits<'_>) {
    let role = resource.get("role");
    if ["roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"]
        .iter()
        .any(|wanted| role.equals(wanted) == Some(true))
    {
        hits.add(resource, &role, format!("the role is {}", role.show()));
    }
}

fn privileged(resource: &Resource, hits: &mut Hits<'_>) {
    let role = resource.get("role");
    let strong = role.as_str().is_some_and(|role| {
        matches!(role, "roles/owner" | "roles/editor") || role.to_ascii_lowercase().ends_with("admin")
    });
    let account = members(resource)
        .iter()
        .any(|member| member.pattern().is_some_and(|text| text.starts_with("serviceAccount:")));
    if strong && account {
        hits.add(resource, &role, format!("the role is {}", role.show()));
    }
}

fn audit(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "service", Want::Is(&["allServices"]));
    let blocks = resource.all("audit_log_config");
    if blocks.iter().any(Value::has_unknown) {
        return;
    }
    for kind in ["ADMIN_READ", "DATA_READ", "DATA_WRITE"] {
        if !blocks.iter().any(|block| block.field("log_type").equals(kind) == Some(true)) {
            hits.on(resource, format!("`audit_log_config` lacks `{kind}`"));
        }
    }
    for block in &blocks {
        let exempt = block.field("exempted_members");
        if exempt.is_set() {
            hits.add(resource, &exempt, format!("`exempted_members` has {}", exempt.show()));
        }
    }
}

fn rotation(resource: &Resource, hits: &mut Hits<'_>) {
    let purpose = resource.get("purpose");
    if !purpose.is_null() && purpose.equals("ENCRYPT_DECRYPT") != Some(true) {
        return;
    }
    let period = resource.get("rotation_period");
    let seconds = period.as_str().and_then(|text| text.strip_suffix('s')?.parse::<f64>().ok());
    match seconds {
        Some(seconds) if seconds <= 7_776_000.0 => {}
        None if period.has_unknown() => {}
        _ => hits.add(
            resource,
            &period,
            format!("`rotation_period` is {}; at most `7776000s` is wanted", period.show()),
        ),
    }
}
