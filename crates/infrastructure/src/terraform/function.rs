//! Terraform's functions, those that depend on nothing but their arguments.

mod collection;
mod encoding;
mod network;
mod number;
mod words;

use hcl_edit::expr::FuncCall;

use super::expression::{Scope, evaluate};
use super::template;
use crate::value::{Kind, Value};
use crate::{At, ProblemKind};

/// Functions that exist, and whose result is only known when they run: files, hashes, randomness, the clock.
const OPAQUE: [&str; 31] = [
    "abspath",
    "bcrypt",
    "base64sha256",
    "base64sha512",
    "cidrcontains",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "md5",
    "pathexpand",
    "plantimestamp",
    "rsadecrypt",
    "sha1",
    "sha256",
    "sha512",
    "timestamp",
    "uuid",
    "uuidv5",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "base64gzip",
    "ephemeralasnull",
    "issensitive",
    "type",
];

/// A call.
pub(super) fn call(call: &FuncCall, scope: Scope<'_, '_>, at: At) -> Value {
    let name = call.name.name.as_str();
    if call.name.is_namespaced() && call.name.namespace.first().map(|space| space.as_str()) != Some("core") {
        return Value::unknown(at);
    }
    let mut arguments: Vec<Value> = call.args.iter().map(|argument| evaluate(argument, scope)).collect();
    if call.args.expand_final()
        && let Some(last) = arguments.pop()
    {
        match &last.kind {
            Kind::List(items) => arguments.extend(items.iter().cloned()),
            _ => return Value::unknown(at),
        }
    }
    let weight = arguments.iter().map(|argument| argument.as_list().map_or(1, <[Value]>::len)).sum();
    if !scope.module.world.spend(weight, at) {
        return Value::unknown(at);
    }
    if let Some(value) = file(name, &arguments, scope, at) {
        return value;
    }
    let given = Given { arguments: &arguments, at };
    let found = collection::call(name, &given)
        .or_else(|| words::call(name, &given))
        .or_else(|| number::call(name, &given))
        .or_else(|| encoding::call(name, &given))
        .or_else(|| network::call(name, &given));
    found.unwrap_or_else(|| {
        if !OPAQUE.contains(&name) {
            scope.problem(at, ProblemKind::UnknownFunction(name.to_owned()));
        }
        Value::unknown(at)
    })
}

/// `file` and `templatefile`, of files that are part of the scan.
fn file(name: &str, arguments: &[Value], scope: Scope<'_, '_>, at: At) -> Option<Value> {
    if !matches!(name, "file" | "templatefile") {
        return None;
    }
    let unknown = Value::unknown(at);
    let world = scope.module.world;
    let source = arguments
        .first()
        .and_then(Value::as_str)
        .and_then(|path| crate::files::join(&scope.module.folder.path, path))
        .and_then(|path| world.by_path.get(path.as_str()))
        .and_then(|index| Some((*index, world.sources.get(*index)?)));
    let Some((index, source)) = source else { return Some(unknown) };
    if name == "file" {
        return Some(Value::text(&source.text, at));
    }
    let Ok(parsed) = hcl_edit::parser::parse_template(&source.text) else { return Some(unknown) };
    let variables = arguments.get(1).and_then(Value::as_map).cloned().unwrap_or_default();
    let depth = world.depth.get();
    if depth + 100 > super::expression::MAX_DEPTH {
        world.problem(at, ProblemKind::TooDeep(super::expression::MAX_DEPTH));
        return Some(unknown);
    }
    // A template that renders itself is bounded like any nested expression.
    world.depth.set(depth + 50);
    let value = with_names(&variables.entries.into_iter().collect::<Vec<_>>(), None, &mut |frame| {
        let file = u32::try_from(index).unwrap_or(u32::MAX);
        template::parsed(&parsed, Scope { frame, file, ..scope }, at)
    });
    world.depth.set(depth);
    Some(value)
}

fn with_names(
    names: &[(std::sync::Arc<str>, Value)],
    up: Option<&super::expression::Frame<'_>>,
    then: &mut dyn FnMut(Option<&super::expression::Frame<'_>>) -> Value,
) -> Value {
    // A map of more names than a template has is cut: each is one level of this recursion.
    match names.split_first().filter(|_| names.len() <= 64) {
        None => then(up),
        Some(((name, value), rest)) => {
            let frame = super::expression::Frame { name, value: value.clone(), up };
            with_names(rest, Some(&frame), then)
        }
    }
}

/// The arguments of a call.
struct Given<'a> {
    arguments: &'a [Value],
    at: At,
}

impl Given<'_> {
    fn get(&self, index: usize) -> Option<&Value> {
        self.arguments.get(index)
    }

    fn text(&self, index: usize) -> Option<String> {
        let value = self.get(index)?;
        crate::value::template_text(value).filter(|_| !value.has_unknown() && !value.is_null())
    }

    fn number(&self, index: usize) -> Option<f64> {
        self.get(index)?.as_number()
    }

    fn list(&self, index: usize) -> Option<&[Value]> {
        self.get(index)?.as_list()
    }

    fn unknown(&self) -> Value {
        Value::unknown(self.at)
    }

    fn make(&self, kind: Kind) -> Value {
        Value::new(kind, self.at)
    }

    fn say(&self, text: impl AsRef<str>) -> Value {
        Value::text(text, self.at)
    }

    fn flag(&self, value: bool) -> Value {
        self.make(Kind::Bool(value))
    }
}
