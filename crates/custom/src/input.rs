//! What checks are asked about.

use seawall_findings::Position;
use serde_json::{Map, Value, json};

/// What sort of document it is: the `type` of trivy's input selectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One Kubernetes object.
    Kubernetes,
    /// A Dockerfile as trivy gives it to checks: `Stages[].Commands[]`.
    Dockerfile,
    /// Any other YAML document.
    Yaml,
    /// Any other JSON document.
    Json,
    /// A TOML file.
    Toml,
}

impl Kind {
    /// Trivy's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Dockerfile => "dockerfile",
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Toml => "toml",
        }
    }
}

/// One document.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Its file, for findings.
    pub path: &'a str,
    /// Its sort.
    pub kind: Kind,
    /// What checks see as `input` or `object`.
    pub value: &'a Value,
    /// Where the value at a JSON pointer stands; none where that is not known.
    pub position: &'a dyn Fn(&str) -> Option<Position>,
}

impl Input<'_> {
    /// The value with `__defsec_metadata` in every object, as trivy gives it: `result.new(message, part)` takes the
    /// lines of the part from there.
    pub(crate) fn with_lines(&self) -> Value {
        self.annotated(self.value, &mut String::new())
    }

    fn annotated(&self, value: &Value, pointer: &mut String) -> Value {
        let length = pointer.len();
        match value {
            Value::Object(members) => {
                let mut with = Map::new();
                for (name, member) in members {
                    pointer.push('/');
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                    with.insert(name.clone(), self.annotated(member, pointer));
                    pointer.truncate(length);
                }
                let line = (self.position)(pointer).map_or(0, |position| position.line);
                with.insert(
                    "__defsec_metadata".to_owned(),
                    json!({"filepath": self.path, "startline": line, "endline": line, "pointer": pointer}),
                );
                Value::Object(with)
            }
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        pointer.push('/');
                        pointer.push_str(&index.to_string());
                        let item = self.annotated(item, pointer);
                        pointer.truncate(length);
                        item
                    })
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    /// `Deployment shop`, for titles.
    pub(crate) fn title(&self) -> Option<String> {
        let kind = self.value.get("kind")?.as_str()?;
        let name = self.value.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        Some(format!("{kind} {name}").trim_end().to_owned())
    }

    /// Line and column of a pointer, else of the document.
    pub(crate) fn at(&self, pointer: &str) -> Option<Position> {
        (self.position)(pointer)
    }
}
