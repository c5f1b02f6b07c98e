//! CEL checks: Seawall's own small document, and Kubernetes' ValidatingAdmissionPolicy unmodified.
//!
//! ```yaml
//! apiVersion: seawall.dev/v1alpha1
//! kind: Check
//! metadata: {name: replicas}
//! spec:
//!   title: Deployments run at least two replicas
//!   severity: medium
//!   kinds: [Deployment]
//!   validations:
//!     - {cel: "object.spec.replicas >= 2", message: one replica is an outage, pointer: /spec/replicas}
//!   fix: set spec.replicas to 2 or more
//!   references: [https://example.com/runbook]
//!   tests:
//!     - {name: two are enough, pass: true, object: {kind: Deployment, spec: {replicas: 2}}}
//! ```

use seawall_expressions::Expression;
use seawall_findings::{Finding, FindingKind, Location, Severity};
use serde_json::{Value, json};

use crate::{Input, Kind, Tested};

/// The one version of the document.
pub const API_VERSION: &str = "seawall.dev/v1alpha1";

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    path: String,
    id: String,
    title: String,
    severity: Severity,
    kinds: Vec<String>,
    conditions: Vec<Expression>,
    validations: Vec<Validation>,
    fix: String,
    references: Vec<String>,
    tests: Vec<Value>,
}

#[derive(Clone, Debug)]
struct Validation {
    expression: Expression,
    message: Option<String>,
    pointer: String,
}

/// What an admission policy may name: those that make sense without a cluster, with nothing in the others.
const ADMISSION: &[&str] = &["object", "oldObject", "request", "params", "namespaceObject"];

impl Check {
    /// From a `kind: Check` document.
    pub(crate) fn read(path: &str, document: &Value) -> Result<Self, String> {
        let spec = &document["spec"];
        let id = required(document, "/metadata/name")?;
        let mut validations = Vec::new();
        for (index, item) in list(spec, "validations").iter().enumerate() {
            let text =
                item["cel"].as_str().ok_or_else(|| format!("spec.validations[{index}] has no `cel`"))?;
            validations.push(Validation {
                expression: Expression::new(text, &["object"])
                    .map_err(|error| format!("spec.validations[{index}].cel {error}"))?,
                message: item["message"].as_str().map(str::to_owned),
                pointer: item["pointer"].as_str().unwrap_or_default().to_owned(),
            });
        }
        if validations.is_empty() {
            return Err("spec.validations is empty: the check says nothing".to_owned());
        }
        let severity = match spec["severity"].as_str() {
            Some(word) => word.parse().map_err(|_| format!("spec.severity: `{word}` is no severity"))?,
            None => Severity::Medium,
        };
        Ok(Self {
            path: path.to_owned(),
            title: spec["title"].as_str().unwrap_or(&id).to_owned(),
            id,
            severity,
            kinds: texts(spec, "kinds"),
            conditions: Vec::new(),
            validations,
            fix: spec["fix"].as_str().unwrap_or_default().to_owned(),
            references: texts(spec, "references"),
            tests: list(spec, "tests").to_vec(),
        })
    }

    /// From `admissionregistration.k8s.io/v1`. `matchConstraints` select by kind as far as resources name kinds;
    /// `paramKind` and `auditAnnotations` have no meaning outside of a cluster.
    pub(crate) fn read_admission_policy(path: &str, document: &Value) -> Result<Self, String> {
        let spec = &document["spec"];
        let id = required(document, "/metadata/name")?;
        if !list(spec, "variables").is_empty() {
            return Err("spec.variables are not supported: write them into the expressions".to_owned());
        }
        let compile = |item: &Value, place: &str| {
            let text = item["expression"].as_str().ok_or_else(|| format!("{place} has no `expression`"))?;
            Expression::new(text, ADMISSION).map_err(|error| format!("{place}.expression {error}"))
        };
        let mut validations = Vec::new();
        for (index, item) in list(spec, "validations").iter().enumerate() {
            validations.push(Validation {
                expression: compile(item, &format!("spec.validations[{index}]"))?,
                message: item["message"].as_str().map(str::to_owned),
                pointer: String::new(),
            });
        }
        let conditions = list(spec, "matchConditions")
            .iter()
            .enumerate()
            .map(|(index, item)| compile(item, &format!("spec.matchConditions[{index}]")))
            .collect::<Result<_, _>>()?;
        let resources = list(&spec["matchConstraints"], "resourceRules");
        let resources = resources.iter().flat_map(|rule| texts(rule, "resources"));
        Ok(Self {
            path: path.to_owned(),
            title: format!("ValidatingAdmissionPolicy {id}"),
            id,
            severity: Severity::High,
            kinds: resources.collect(),
            conditions,
            validations,
            fix: "change the object so that the policy allows it".to_owned(),
            references: Vec::new(),
            tests: Vec::new(),
        })
    }

    pub(crate) fn run(&self, input: &Input<'_>) -> Vec<Finding> {
        if input.kind != Kind::Kubernetes || !self.means(input.value) {
            return Vec::new();
        }
        self.complaints(input.value)
            .into_iter()
            .map(|(message, pointer)| Finding {
                location: Location { path: input.path.to_owned(), layer: None },
                position: input.at(pointer),
                remedy: self.fix.clone(),
                references: self.references.clone(),
                sources: vec![self.path.clone()],
                ..Finding::new(
                    FindingKind::Misconfiguration,
                    self.id.clone(),
                    self.severity,
                    match input.title() {
                        Some(title) => format!("{title}: {message}"),
                        None => message,
                    },
                )
            })
            .collect()
    }

    /// `Deployment` and `deployments` both mean Deployments; `*` everything.
    fn means(&self, object: &Value) -> bool {
        let kind = object["kind"].as_str().unwrap_or_default();
        self.kinds.is_empty()
            || self.kinds.iter().any(|one| one == "*" || one == kind || plural(kind) == *one)
    }

    /// What does not hold, with where.
    fn complaints(&self, object: &Value) -> Vec<(String, &str)> {
        let request = json!({"operation": "CREATE", "object": object, "namespace": object.pointer("/metadata/namespace")});
        let nothing = Value::Null;
        let variables = [
            ("object", object),
            ("oldObject", &nothing),
            ("request", &request),
            ("params", &nothing),
            ("namespaceObject", &nothing),
        ];
        for condition in &self.conditions {
            match condition.holds(&variables) {
                Ok(true) => {}
                Ok(false) => return Vec::new(),
                Err(error) => {
                    return vec![(format!("`{}` cannot be evaluated: {error}", condition.text()), "")];
                }
            }
        }
        let mut complaints = Vec::new();
        for validation in &self.validations {
            let text = validation.expression.text();
            let message = match validation.expression.holds(&variables) {
                Ok(true) => continue,
                Ok(false) => match &validation.message {
                    Some(message) => message.clone(),
                    None if self.title == self.id => format!("`{text}` does not hold"),
                    None => self.title.clone(),
                },
                Err(error) => format!("`{text}` cannot be evaluated: {error}"),
            };
            complaints.push((message, validation.pointer.as_str()));
        }
        complaints
    }

    pub(crate) fn test(&self) -> Vec<Tested> {
        let mut tested = Vec::new();
        for (index, test) in self.tests.iter().enumerate() {
            let name = test["name"].as_str().map_or_else(|| format!("tests[{index}]"), str::to_owned);
            let object = &test["object"];
            let complaints = if self.means(object) { self.complaints(object) } else { Vec::new() };
            let failure = match (test["pass"].as_bool(), complaints.first()) {
                (None, _) => Some("`pass` must be true or false".to_owned()),
                (Some(true), Some((message, _))) => Some(format!("it should pass, but: {message}")),
                (Some(false), None) => Some("it should not pass, but does".to_owned()),
                _ => None,
            };
            tested.push(Tested { name: format!("{}: {name}", self.id), path: self.path.clone(), failure });
        }
        tested
    }
}

/// The resource of a kind, as the API names it (English plurals as Kubernetes' code generator makes them).
fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.as_bytes() {
        [.., b's' | b'x'] | [.., b'c' | b's', b'h'] => format!("{lower}es"),
        [.., before, b'y'] if !b"aeiou".contains(before) => {
            format!("{}ies", lower.get(..lower.len() - 1).unwrap_or_default())
        }
        _ => format!("{lower}s"),
    }
}

fn required(document: &Value, pointer: &str) -> Result<String, String> {
    let text = document.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    if text.is_empty() {
        return Err(format!("{} is missing", pointer.trim_start_matches('/').replace('/', ".")));
    }
    Ok(text.to_owned())
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    list(value, key).iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn resources_are_plurals_of_kinds() {
        for (kind, resource) in [
            ("Deployment", "deployments"),
            ("Ingress", "ingresses"),
            ("NetworkPolicy", "networkpolicies"),
            ("Gateway", "gateways"),
        ] {
            assert_eq!(super::plural(kind), resource);
        }
    }
}
