//! The upstream engine's own cases: what its rules detect over its captures, rule by rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use seawall_rules::Rules;
use serde_json::Value;

/// Cases whose answer is another one here, and why.
const OTHERWISE: &[(&str, &str)] = &[];

/// Cases about the command line of upstream's program and its drop monitor: no rules are involved.
fn of_the_program(name: &str) -> bool {
    name.starts_with("monitor_syscall_drops") || name == "disabled_and_enabled_rules_1"
}

fn load(folder: &Path, case: &Value) -> Result<Rules, Vec<seawall_rules::Diagnostic>> {
    let mut files = Vec::new();
    for file in case["rules"].as_array().unwrap() {
        let path = folder.join(file.as_str().unwrap());
        let mut paths = vec![path.clone()];
        if path.is_dir() {
            paths = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
            paths.sort();
        }
        for path in paths {
            files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let mut rules = Rules::load(&borrowed)?.0;
    let expect = &case["expect"];
    let texts = |key: &str| -> Vec<String> {
        expect[key].as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let (disabled, run, off) = (texts("disabled_rules"), texts("run_tags"), texts("disable_tags"));
    let tagged = |rule: &seawall_rules::Rule, tags: &[String]| rule.tags.iter().any(|tag| tags.contains(tag));
    rules.switch(|rule| {
        let chosen = if run.is_empty() { rule.enabled } else { tagged(rule, &run) };
        chosen && !tagged(rule, &off) && !disabled.iter().any(|part| rule.name.contains(part.as_str()))
    });
    Ok(rules)
}

/// What is wrong with the answer to a case; nothing when it is as expected.
fn answer(folder: &Path, case: &Value) -> Option<String> {
    let expect = &case["expect"];
    let refused = expect["validate_errors"].as_array().is_some_and(|errors| !errors.is_empty());
    let rules = match load(folder, case) {
        Ok(_) if refused => return Some("loads, but must be refused".into()),
        Ok(rules) => rules,
        Err(_) if refused => return None,
        Err(errors) => return Some(format!("is refused: {}", errors[0])),
    };
    let file = std::fs::File::open(folder.join(case["trace"].as_str().unwrap())).unwrap();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut levels = std::collections::BTreeSet::new();
    let mut outputs = Vec::new();
    for event in seawall_captures::open(file, None).unwrap() {
        for alert in rules.evaluate(&event.unwrap()) {
            *counts.entry(alert.rule.clone()).or_default() += 1;
            levels.insert(alert.priority.as_str().to_uppercase());
            outputs.push(alert.line());
        }
    }
    if let Some(detect) = expect["detect"].as_bool()
        && detect == counts.is_empty()
    {
        return Some(format!("detects {counts:?}"));
    }
    for wanted in expect["detect_counts"].as_array().into_iter().flatten() {
        for (rule, count) in wanted.as_object().unwrap() {
            let found = counts.get(rule).copied().unwrap_or(0);
            if Some(found) != count.as_u64() {
                return Some(format!("{rule}: {found} times instead of {count}"));
            }
        }
    }
    if expect["detect"] == true {
        let wanted = match &expect["detect_level"] {
            Value::Array(levels) => levels.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
            Value::String(level) => vec![level.clone()],
            _ => Vec::new(),
        };
        for level in wanted {
            // Upstream writes INFO for what the alert calls Informational.
            if !levels.iter().any(|found| found.starts_with(&level)) {
                return Some(format!("no {level} among {levels:?}"));
            }
        }
    }
    if let Some(wanted) = expect["stdout_contains"].as_str()
        && !wanted.starts_with('^')
        && !outputs.iter().any(|line| line.contains(wanted))
    {
        return Some(format!("no output has `{wanted}`: {outputs:?}"));
    }
    None
}

#[test]
fn rules_detect_what_upstream_detects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let Ok(text) = std::fs::read_to_string(folder.join("cases.json")) else {
        eprintln!("skipped: {} is not here", folder.display());
        return;
    };
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let (mut wrong, mut passed, mut outside) = (String::new(), 0, 0);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        if of_the_program(name) {
            outside += 1;
            continue;
        }
        let answer = answer(&folder, case);
        let known = OTHERWISE.iter().any(|(known, _)| *known == name);
        match answer {
            None if known => writeln!(wrong, "{name}: is listed, but answers as upstream").unwrap(),
            Some(answer) if !known => writeln!(wrong, "{name}: {answer}").unwrap(),
            None => passed += 1,
            Some(_) => {}
        }
    }
    eprintln!("{passed} of {} cases; {outside} are about upstream's program", cases.len());
    assert_eq!(wrong, "");
}

#[test]
fn rules_of_todays_language_see_a_call_once() {
    let Some(paths) = crate::sysdig::captures() else { return };
    let events = crate::sysdig::events(paths.iter().find(|path| path.ends_with("cat_write.scap")).unwrap());
    let rule =
        "- {rule: r, desc: d, condition: evt.type = open and proc.name = cat, output: o, priority: INFO}\n";
    for (version, count) in
        [("", 8), ("- required_engine_version: 11\n", 8), ("- required_engine_version: 0.57.0\n", 4)]
    {
        let text = format!("{version}{rule}");
        let (rules, _) = Rules::load(&[("t", &text)]).unwrap();
        let found: usize = events.iter().map(|event| rules.evaluate(event).len()).sum();
        assert_eq!(found, count, "{version}");
    }
}

#[test]
fn upstream_rules_over_all_captures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures/falco-rules");
    let Some(paths) = crate::sysdig::captures() else { return };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for name in ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let (rules, _) = Rules::load(&[(name, &text)]).unwrap();
        for path in &paths {
            for event in crate::sysdig::events(path) {
                for alert in rules.evaluate(&event) {
                    *found.entry(alert.rule).or_default() += 1;
                }
            }
        }
    }
    // Ordinary captures: nothing to say about them, but for a rule that is off upstream's mark for unknown processes.
    assert!(found.values().sum::<usize>() < 20, "{found:?}");
}
