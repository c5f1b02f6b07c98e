//! `seawall rules test`: events or captures, and the alerts that must follow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seawall_events::Event;
use seawall_rules::Rules;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::{Format, RulesTest};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::runtime;

/// No file of tests is larger.
const MAX_BYTES: u64 = 8 << 20;

/// A file of tests.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tests {
    /// Rule files, beside the file of tests; Seawall's own rules where there are none.
    #[serde(default)]
    rules: Vec<PathBuf>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    name: String,
    /// A capture beside the file of tests.
    capture: Option<PathBuf>,
    /// Events as `watch --record` writes them; what is left out has a usual value.
    #[serde(default)]
    events: Vec<Value>,
    /// Entries of the Kubernetes audit log.
    #[serde(default)]
    audit: Vec<Value>,
    expect: Expect,
}

/// The rules that must match, each at least once or as often as is said; no other may.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expect {
    Names(Vec<String>),
    Counts(BTreeMap<String, u64>),
}

pub(crate) fn run(context: &Context, arguments: &RulesTest) -> Result<()> {
    let (mut results, mut failed) = (Vec::new(), 0);
    for file in &arguments.files {
        let text = crate::files::read_text(file, MAX_BYTES)?;
        let tests: Tests = serde_saphyr::from_str(&text)
            .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let named: Vec<PathBuf> = if arguments.rules.is_empty() {
            tests.rules.iter().map(|path| folder.join(path)).collect()
        } else {
            arguments.rules.clone()
        };
        let files = runtime::rule_texts(&named)?;
        let (rules, _) = Rules::load(&runtime::borrowed(&files)).map_err(runtime::not_loaded)?;
        for test in &tests.tests {
            let problem = check(&rules, folder, test).map_err(|failure| {
                failure.hint(format!("in the test `{}` of {}", test.name, file.display()))
            })?;
            failed += usize::from(problem.is_some());
            results.push((file.display().to_string(), test.name.clone(), problem));
        }
    }
    let text = match arguments.format {
        Format::Json => {
            let all: Vec<Value> = results
                .iter()
                .map(|(file, name, wrong)| json!({"file": file, "test": name, "passed": wrong.is_none(), "wrong": wrong}))
                .collect();
            serde_json::to_string_pretty(&all).or_unfinished()?
        }
        Format::Text => {
            let lines = results.iter().map(|(_, name, wrong)| match wrong {
                None => format!("ok    {name}"),
                Some(wrong) => format!("FAIL  {name}: {wrong}"),
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    context.printer.result(&text);
    context.printer.note(&format!("{} tests, {failed} failed", results.len()));
    if failed > 0 {
        return Err(Failure::denied(format!("{failed} tests of rules failed")));
    }
    Ok(())
}

/// What is wrong with the alerts of a test; none when they are as expected.
fn check(rules: &Rules, folder: &Path, test: &Test) -> Result<Option<String>> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut count = |event: &Event| {
        for alert in rules.evaluate(event) {
            *counts.entry(alert.rule).or_default() += 1;
        }
    };
    if let Some(capture) = &test.capture {
        let path = folder.join(capture);
        let file = std::fs::File::open(&path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let wanted = rules.captured_types();
        for event in seawall_captures::open(file, wanted.as_deref()).or_unfinished()? {
            count(&event.or_unfinished()?);
        }
    }
    for (index, given) in test.events.iter().enumerate() {
        let whole = filled(usual(index), given.clone());
        let event: Event = serde_json::from_value(whole)
            .map_err(|error| Failure::usage(format!("event {}: {error}", index + 1)))?;
        count(&event);
    }
    let entries: Vec<String> = test.audit.iter().map(Value::to_string).collect();
    for event in seawall_captures::open(entries.join("\n").as_bytes(), None).or_unfinished()? {
        count(&event.or_unfinished()?);
    }
    let missed = |name: &str, wanted: Option<u64>| match (counts.get(name).copied().unwrap_or(0), wanted) {
        (0, None) => Some(format!("`{name}` did not match")),
        (found, Some(wanted)) if found != wanted => {
            Some(format!("`{name}` matched {found} times instead of {wanted}"))
        }
        _ => None,
    };
    let (mut wrong, names): (Vec<String>, Vec<&String>) = match &test.expect {
        Expect::Names(names) => {
            (names.iter().filter_map(|name| missed(name, None)).collect(), names.iter().collect())
        }
        Expect::Counts(wanted) => (
            wanted.iter().filter_map(|(name, count)| missed(name, Some(*count))).collect(),
            wanted.keys().collect(),
        ),
    };
    let others = counts.keys().filter(|name| !names.contains(name));
    wrong.extend(others.map(|name| format!("`{name}` matched as well")));
    Ok(if wrong.is_empty() { None } else { Some(wrong.join("; ")) })
}

/// An event of which nothing is said: a process of root's on the host.
fn usual(index: usize) -> Value {
    json!({
        "number": index + 1,
        "time": 1_767_366_000_000_000_000_u64,
        "process": {
            "pid": 4321, "vpid": 4321, "ppid": 1, "name": "", "exe_path": "", "args": [], "uid": 0, "gid": 0,
        },
    })
}

/// `given` with what it leaves out taken from `usual`; a parent process has what its child has.
fn filled(usual: Value, given: Value) -> Value {
    match (usual, given) {
        (Value::Object(mut usual), Value::Object(given)) => {
            let person = usual.contains_key("vpid").then(|| Value::Object(usual.clone()));
            for (key, value) in given {
                let below = match (&person, key.as_str()) {
                    (Some(person), "parent") => person.clone(),
                    _ => usual.remove(&key).unwrap_or(Value::Null),
                };
                usual.insert(key, filled(below, value));
            }
            Value::Object(usual)
        }
        (_, given) => given,
    }
}
