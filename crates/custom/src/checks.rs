//! All checks of a folder together.

use seawall_findings::Finding;
use serde_json::Value;

use crate::{CustomError, Input, Problem, cel, rego, schema};

/// No file of checks is larger.
const MAX_BYTES: usize = 4 << 20;

/// Loaded checks.
#[derive(Clone)]
pub struct Checks {
    rego: rego::Policies,
    cel: Vec<cel::Check>,
    schemas: Vec<schema::Rule>,
}

/// What one test of the checks says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// `data.main.test_no_latest`, or `replicas: two are enough`.
    pub name: String,
    /// The file.
    pub path: String,
    /// None where it passed, else why not.
    pub failure: Option<String>,
}

impl Checks {
    /// Loads files by their ending: `.rego`; `.yaml`, `.yml` and `.json` that hold a `Check`, a
    /// ValidatingAdmissionPolicy or Datree's `customRules`, other YAML and JSON being left alone. `data` is what Rego sees
    /// as `data` beside the packages.
    ///
    /// # Errors
    /// Everything that is wrong in any file, together.
    pub fn load(files: &[(String, String)], data: Option<&Value>) -> Result<Self, CustomError> {
        let mut problems = Vec::new();
        let mut checks = Self { rego: rego::Policies::new(data), cel: Vec::new(), schemas: Vec::new() };
        for (path, text) in files {
            if text.len() > MAX_BYTES {
                return Err(CustomError::Size { path: path.clone(), size: text.len(), limit: MAX_BYTES });
            }
            let loaded = match path.rsplit('.').next() {
                Some("rego") => checks.rego.add(path, text),
                Some("yaml" | "yml" | "json") => checks.add_yaml(path, text),
                _ => Ok(()),
            };
            if let Err(what) = loaded {
                problems.push(Problem { path: path.clone(), what });
            }
        }
        if let Err(mut unready) = checks.rego.prepare() {
            problems.append(&mut unready);
        }
        if problems.is_empty() { Ok(checks) } else { Err(CustomError::Files(problems)) }
    }

    fn add_yaml(&mut self, path: &str, text: &str) -> Result<(), String> {
        let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| error.to_string())?;
        for document in &documents {
            match document["kind"].as_str() {
                Some("Check") if document["apiVersion"] == cel::API_VERSION => {
                    self.cel.push(cel::Check::read(path, document)?);
                }
                Some("ValidatingAdmissionPolicy") => {
                    self.cel.push(cel::Check::read_admission_policy(path, document)?);
                }
                _ if document.get("customRules").is_some() => {
                    self.schemas.extend(schema::read(path, document)?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rego.len() + self.cel.len() + self.schemas.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everything that the checks hold against one document.
    pub fn run(&self, input: &Input<'_>) -> Vec<Finding> {
        let mut findings = self.rego.run(input);
        findings.extend(self.cel.iter().flat_map(|check| check.run(input)));
        findings.extend(self.schemas.iter().filter_map(|rule| rule.run(input)));
        findings
    }

    /// Runs the checks' own tests: Rego's `test_…` rules, and the `tests` of CEL checks.
    pub fn test(&self) -> Vec<Tested> {
        let mut tested = self.rego.test();
        tested.extend(self.cel.iter().flat_map(cel::Check::test));
        tested
    }
}
