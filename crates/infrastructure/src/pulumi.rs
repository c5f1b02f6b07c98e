//! Pulumi: programs in YAML, and stacks and previews as JSON. Its types and names are those of Terraform's providers in
//! other letters.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use crate::check;
use crate::scan::{body, written_in};
use crate::value::{HOLE, Kind, Value};
use crate::{Language, Resource};

/// Types whose names do not follow from Terraform's.
const TYPES: [(&str, &str); 12] = [
    ("aws:ec2:defaultvpc", "aws_default_vpc"),
    ("aws:rds:instance", "aws_db_instance"),
    ("aws:s3:bucketv2", "aws_s3_bucket"),
    ("aws:ebs:volume", "aws_ebs_volume"),
    ("aws:cloudtrail:trail", "aws_cloudtrail"),
    ("azure:containerservice:kubernetescluster", "azurerm_kubernetes_cluster"),
    ("azure:storage:account", "azurerm_storage_account"),
    ("azure:keyvault:keyvault", "azurerm_key_vault"),
    ("azure:network:networksecuritygroup", "azurerm_network_security_group"),
    ("gcp:sql:databaseinstance", "google_sql_database_instance"),
    ("gcp:projects:iammember", "google_project_iam_member"),
    ("gcp:projects:iambinding", "google_project_iam_binding"),
];

/// All types that a check looks at.
static KINDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| check::kinds().collect());

/// True for a program, a stack or a preview.
pub(crate) fn is_pulumi(document: &Value) -> bool {
    let Some(map) = document.as_map() else { return false };
    let has = |name: &str| map.entries.contains_key(name);
    (has("runtime") && has("resources"))
        || document.get("deployment.resources").as_list().is_some()
        || (has("steps") && document.all("steps.urn").iter().any(is_urn))
}

fn is_urn(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("urn:pulumi:"))
}

/// The resources of it.
pub(crate) fn resources(document: &Value) -> Vec<Resource> {
    let mut found = Vec::new();
    if let Some(program) = document.field("resources").as_map() {
        for (name, resource) in &program.entries {
            let properties = interpolated(&resource.field("properties"));
            found.extend(one(&resource.field("type"), name, &properties, resource));
        }
        return found;
    }
    let stack = document.get("deployment.resources");
    let preview: Vec<Value> = document.all("steps.newState");
    for resource in stack.items().iter().chain(&preview) {
        let urn = resource.field("urn");
        let name = urn.as_str().and_then(|urn| urn.rsplit("::").next()).unwrap_or("resource").to_owned();
        found.extend(one(&resource.field("type"), &name, &resource.field("inputs"), resource));
    }
    found
}

fn one(kind: &Value, name: &str, properties: &Value, declared: &Value) -> Option<Resource> {
    let kind = terraform_type(kind.as_str()?)?;
    let mut resource = Resource::new(&kind, name, name, crate::cloudformation::snake(&body(properties), &[]));
    resource.at = declared.at;
    Some(written_in(Language::Pulumi, resource))
}

/// `aws:s3/bucket:Bucket` and `aws:s3:Bucket` as `aws_s3_bucket`.
fn terraform_type(token: &str) -> Option<String> {
    let mut parts = token.split(':');
    let (provider, module, name) = (parts.next()?, parts.next()?, parts.next()?);
    let module = module.split('/').next().unwrap_or(module);
    let token = format!("{provider}:{module}:{name}").to_ascii_lowercase();
    if let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == token) {
        return Some((*kind).to_owned());
    }
    let provider = match provider {
        "azure" => "azurerm",
        "gcp" => "google",
        other => other,
    };
    let module = crate::cloudformation::snake_case(module);
    let name = crate::cloudformation::snake_case(name);
    [format!("{provider}_{module}_{name}"), format!("{provider}_{name}")]
        .into_iter()
        .find(|kind| KINDS.contains(kind.as_str()))
}

/// `${bucket.id}` is known after the update, and read from `bucket`.
fn interpolated(value: &Value) -> Value {
    match &value.kind {
        Kind::Text(text) if text.contains("${") => {
            let mut known = String::new();
            let mut of = None;
            let mut rest: &str = text;
            while let Some((before, after)) = rest.split_once("${") {
                known.push_str(before);
                known.push(HOLE);
                let (inner, after) = after.split_once('}').unwrap_or((after, ""));
                of = inner.split(['.', '[']).next().map(Arc::from);
                rest = after;
            }
            known.push_str(rest);
            Value { of, ..Value::text(known, value.at) }
        }
        Kind::List(items) => Value::list(items.iter().map(interpolated).collect(), value.at),
        // Calls of functions are not evaluated.
        Kind::Map(map) if map.entries.keys().any(|key| key.starts_with("fn::")) => Value::unknown(value.at),
        Kind::Map(map) => Value::map(
            map.entries.iter().map(|(name, value)| (name.clone(), interpolated(value))).collect(),
            value.at,
        ),
        _ => value.clone(),
    }
}
