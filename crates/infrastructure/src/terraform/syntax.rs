//! HCL and its JSON form, as blocks and expressions.

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::Body as HclBody;

use super::expression::{self, Scope};
use super::template;
use crate::value::{Kind, Map, Value};
use crate::{At, ProblemKind, Source};

/// A file that was read.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// HCL.
    Hcl(HclBody),
    /// The JSON form.
    Json(Value),
}

/// Reads a file: JSON where its name ends so.
pub(crate) fn parse(index: u32, source: &Source) -> Result<Parsed, (At, ProblemKind)> {
    if crate::files::has_extension(&source.path, "json") {
        let documents = crate::document::load(index, &source.text, "Terraform's JSON")?;
        return Ok(Parsed::Json(
            documents.into_iter().next().unwrap_or_else(|| Value::null(At::byte(index, 0))),
        ));
    }
    // A byte-order mark keeps its three bytes, so that places stay true.
    let text = source.text.replacen('\u{feff}', "   ", usize::from(source.text.starts_with('\u{feff}')));
    hcl_edit::parser::parse_body(&text).map(Parsed::Hcl).map_err(|error| {
        let location = error.location();
        (
            At::line(index, location.line(), location.column()),
            ProblemKind::Syntax { language: "HCL", message: error.message().to_owned() },
        )
    })
}

/// The content of a block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body<'a> {
    Hcl(&'a HclBody),
    Json(&'a Map),
}

/// An expression.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expr<'a> {
    Hcl(&'a Expression),
    Json(&'a Value),
}

/// A block with its labels.
#[derive(Clone, Debug)]
pub(super) struct Block<'a> {
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    pub(super) body: Body<'a>,
    pub(super) file: u32,
    pub(super) at: At,
}

impl<'a> Body<'a> {
    /// An attribute.
    pub(super) fn attribute(self, name: &str) -> Option<Expr<'a>> {
        match self {
            Self::Hcl(body) => body.get_attribute(name).map(|attribute| Expr::Hcl(&attribute.value)),
            Self::Json(map) => map.entries.get(name).map(Expr::Json),
        }
    }

    /// All attributes, with their places.
    pub(super) fn attributes(self, file: u32) -> Vec<(&'a str, Expr<'a>, At)> {
        match self {
            Self::Hcl(body) => body
                .attributes()
                .map(|attribute| {
                    let start = attribute.span().map_or(0, |span| span.start);
                    (attribute.key.as_str(), Expr::Hcl(&attribute.value), At::byte(file, start))
                })
                .collect(),
            Self::Json(map) => {
                map.entries.iter().map(|(name, value)| (name.as_ref(), Expr::Json(value), value.at)).collect()
            }
        }
    }
}

/// The top-level blocks of a file.
pub(super) fn blocks(parsed: &Parsed, file: u32) -> Vec<Block<'_>> {
    match parsed {
        Parsed::Hcl(body) => body
            .blocks()
            .map(|block| Block {
                kind: block.ident.as_str().to_owned(),
                labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
                body: Body::Hcl(&block.body),
                file,
                at: At::byte(file, block.ident.span().map_or(0, |span| span.start)),
            })
            .collect(),
        Parsed::Json(value) => {
            let mut found = Vec::new();
            for (kind, value) in value.as_map().into_iter().flat_map(|map| &map.entries) {
                let labels = match kind.as_ref() {
                    "resource" | "data" => 2,
                    "variable" | "output" | "module" | "provider" => 1,
                    _ => 0,
                };
                json_blocks(kind, value, labels, &mut Vec::new(), file, &mut found);
            }
            found
        }
    }
}

fn json_blocks<'a>(
    kind: &str,
    value: &'a Value,
    labels: usize,
    path: &mut Vec<String>,
    file: u32,
    found: &mut Vec<Block<'a>>,
) {
    match &value.kind {
        Kind::List(items) => items.iter().for_each(|item| json_blocks(kind, item, labels, path, file, found)),
        Kind::Map(map) if labels == 0 => found.push(Block {
            kind: kind.to_owned(),
            labels: path.clone(),
            body: Body::Json(map),
            file,
            at: value.at,
        }),
        Kind::Map(map) => {
            for (name, value) in &map.entries {
                path.push(name.to_string());
                json_blocks(kind, value, labels - 1, path, file, found);
                path.pop();
            }
        }
        _ => {}
    }
}

impl Expr<'_> {
    /// Its value.
    pub(super) fn evaluate(self, scope: Scope<'_, '_>) -> Value {
        match self {
            Self::Hcl(expression) => expression::evaluate(expression, scope),
            Self::Json(value) => json(value, scope),
        }
    }
}

/// Texts of the JSON form are templates.
fn json(value: &Value, scope: Scope<'_, '_>) -> Value {
    match &value.kind {
        Kind::Text(text) if text.contains("${") || text.contains("%{") => {
            match hcl_edit::parser::parse_template(text) {
                // Every part of the template stands where the text does.
                Ok(template) => Value { at: value.at, ..template::parsed(&template, scope, value.at) },
                Err(error) => {
                    let message = error.message().to_owned();
                    scope.problem(value.at, ProblemKind::Syntax { language: "a template", message });
                    Value::unknown(value.at)
                }
            }
        }
        Kind::List(items) => Value::list(items.iter().map(|item| json(item, scope)).collect(), value.at),
        Kind::Map(map) => Value::map(
            map.entries.iter().map(|(name, value)| (name.clone(), json(value, scope))).collect(),
            value.at,
        ),
        _ => value.clone(),
    }
}
