//! What a module says of itself: OPA's `# METADATA` annotations with trivy's `custom` members, and the older rules
//! `__rego_metadata__` and `__rego_input__`.

use regorus::Engine;
use seawall_findings::Severity;
use serde_json::Value;

use crate::{Input, Kind};

/// As far as findings and the choice of documents need it.
#[derive(Clone, Debug, Default)]
pub(super) struct Metadata {
    /// Whether there is any.
    pub(super) found: bool,
    pub(super) id: Option<String>,
    pub(super) aliases: Vec<String>,
    pub(super) severity: Option<Severity>,
    pub(super) remedy: String,
    pub(super) references: Vec<String>,
    selectors: Vec<Value>,
}

impl Metadata {
    /// The annotation block before `package`.
    pub(super) fn of_comments(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().skip_while(|line| line.trim() != "# METADATA").skip(1).peekable();
        if lines.peek().is_none() {
            return Ok(Self::default());
        }
        let mut yaml = String::new();
        for line in lines {
            let Some(line) = line.strip_prefix('#') else {
                // Annotations of rules come later and are not the package's.
                if line.starts_with("package ") {
                    break;
                }
                return Ok(Self::default());
            };
            yaml.push_str(line.strip_prefix(' ').unwrap_or(line));
            yaml.push('\n');
        }
        let value: Value = serde_saphyr::from_str(&yaml).map_err(|error| format!("# METADATA: {error}"))?;
        let mut metadata = Self::default();
        let references = value["related_resources"].as_array().into_iter().flatten();
        metadata.references = references
            .filter_map(|one| one.as_str().or_else(|| one["ref"].as_str()).map(str::to_owned))
            .collect();
        metadata.take(&value["custom"], &value["custom"]["input"]);
        metadata.found = true;
        Ok(metadata)
    }

    /// The older form, which is Rego itself.
    pub(super) fn read_rules(&mut self, engine: &mut Engine, package: &str) -> Result<(), String> {
        if self.found {
            return Ok(());
        }
        let mut rule = |name: &str| -> Result<Value, String> {
            match engine.eval_rule(format!("{package}.{name}")) {
                Ok(value) => serde_json::to_value(value).map_err(|error| error.to_string()),
                // There is none.
                Err(error) if error.to_string().contains("not a valid rule path") => Ok(Value::Null),
                Err(error) => Err(error.to_string().trim().to_owned()),
            }
        };
        let (metadata, input) = (rule("__rego_metadata__")?, rule("__rego_input__")?);
        self.found = metadata.is_object() || input.is_object();
        self.take(&metadata, &input);
        Ok(())
    }

    fn take(&mut self, value: &Value, input: &Value) {
        let text = |name: &str| value[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let ids: Vec<String> =
            ["id", "avd_id", "long_id", "short_code"].iter().filter_map(|name| text(name)).collect();
        self.id = ids.first().cloned();
        self.aliases = ids.into_iter().skip(1).collect();
        self.severity = text("severity").and_then(|word| word.to_lowercase().parse().ok());
        self.remedy = text("recommended_actions").or_else(|| text("recommended_action")).unwrap_or_default();
        self.references.extend(text("url"));
        self.selectors = input["selector"].as_array().cloned().unwrap_or_default();
    }

    /// Whether the module is meant for such documents; without selectors it is meant for all.
    pub(super) fn means(&self, input: &Input<'_>) -> bool {
        self.selectors.is_empty() || self.selectors.iter().any(|selector| selects(selector, input))
    }
}

/// `{type: kubernetes, subtypes: [{group, version, kind}]}`. `rbac` and `defsec` are older words of trivy.
fn selects(selector: &Value, input: &Input<'_>) -> bool {
    let kind = match selector["type"].as_str().unwrap_or_default() {
        "kubernetes" | "rbac" => input.kind == Kind::Kubernetes,
        // A Kubernetes object is YAML as well.
        "yaml" => matches!(input.kind, Kind::Yaml | Kind::Kubernetes),
        "json" => input.kind == Kind::Json,
        word => word == input.kind.as_str(),
    };
    let subtypes = selector["subtypes"].as_array().map_or(&[][..], Vec::as_slice);
    kind && (subtypes.is_empty()
        || input.kind != Kind::Kubernetes
        || subtypes.iter().any(|one| is_of(one, input.value)))
}

fn is_of(subtype: &Value, object: &Value) -> bool {
    let api = object["apiVersion"].as_str().unwrap_or_default();
    let (group, version) = api.split_once('/').unwrap_or(("", api));
    let fits =
        |name: &str, is: &str| subtype[name].as_str().is_none_or(|wanted| wanted == is || wanted == "*");
    let group = if subtype["group"] == "core" && group.is_empty() { "core" } else { group };
    fits("kind", object["kind"].as_str().unwrap_or_default())
        && fits("group", group)
        && fits("version", version)
}
