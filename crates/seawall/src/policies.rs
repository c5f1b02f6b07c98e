//! Policy files and the keys that they name, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seawall_policy::{Policy, Requirement, SignatureRule, Stage, lint};
use seawall_signing::PublicKey;

use crate::commands::key;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// No policy file is larger.
const MAX_BYTES: u64 = 4 << 20;

/// The policies that are asked, and their keys by the names that the policies use.
pub(crate) struct PolicySet {
    pub(crate) policies: Vec<Policy>,
    pub(crate) keys: BTreeMap<String, PublicKey>,
}

impl PolicySet {
    /// Reads them all, and keeps those that are asked at `stage`; the first thing wrong ends it. The keys of the others
    /// are not needed, and may not exist yet.
    pub(crate) fn load(context: &Context, files: &[PathBuf], stage: Stage) -> Result<Self> {
        let mut set = Self { policies: Vec::new(), keys: BTreeMap::new() };
        let today = crate::context::today();
        for file in files {
            for policy in read(file)? {
                for lint in lint(&policy, today) {
                    context.printer.warn(&format!("{}:{}: {}", lint.file, lint.position.line, lint.message));
                }
                if policy.is_asked_at(stage) {
                    set.add_keys(file, &policy)?;
                    set.policies.push(policy);
                }
            }
        }
        if set.policies.is_empty() && !files.is_empty() {
            context
                .printer
                .warn("no policy of these files is asked at this stage: everything is let through");
        }
        Ok(set)
    }

    /// Key files stand beside the policy that names them.
    fn add_keys(&mut self, file: &Path, policy: &Policy) -> Result<()> {
        let folder = file.parent().unwrap_or(Path::new(""));
        for name in policy.keys() {
            let key = key::read_public(&folder.join(name)).map_err(|failure| {
                failure.hint(format!("policy `{}` of {} names it", policy.name, file.display()))
            })?;
            let known = self.keys.insert(name.to_owned(), key.clone());
            if known.is_some_and(|known| known.id() != key.id()) {
                return Err(Failure::usage(format!("two policies mean different keys by `{name}`"))
                    .hint("give the key files different names"));
            }
        }
        for requirement in &policy.require {
            if let Requirement::Signature(rule) = requirement {
                self.refuse_one_for_two(policy, rule)?;
            }
        }
        Ok(())
    }

    /// Two files with the same key would let one signer count twice.
    fn refuse_one_for_two(&self, policy: &Policy, rule: &SignatureRule) -> Result<()> {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for name in &rule.keys {
            let Some(key) = self.keys.get(name) else { continue };
            if let Some(other) = seen.insert(key.id(), name)
                && rule.threshold > 1
            {
                return Err(Failure::usage(format!(
                    "policy `{}`: `{other}` and `{name}` are the same key, and would count as two signatures",
                    policy.name
                ))
                .hint("name keys of different signers"));
            }
        }
        Ok(())
    }
}

fn read(file: &Path) -> Result<Vec<Policy>> {
    let fail = |why: String| Failure::usage(format!("{}: {why}", file.display()));
    let length = std::fs::metadata(file).map_err(|error| fail(error.to_string()))?.len();
    if length > MAX_BYTES {
        return Err(fail(format!("{length} bytes; a policy file has at most {MAX_BYTES}")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| fail(error.to_string()))?;
    seawall_policy::parse(&file.display().to_string(), &text).or_usage()
}

#[cfg(test)]
mod tests {
    use seawall_signing::{Algorithm, PrivateKey};

    use super::*;

    #[test]
    fn one_key_in_two_files_is_no_second_signer() {
        let folder = tempfile::tempdir().unwrap();
        let pem = || PrivateKey::generate(Algorithm::EcdsaP256).unwrap().public().to_pem().unwrap();
        let (one, two) = (pem(), pem());
        for (name, pem) in [("a.pub", &one), ("b.pub", &one), ("c.pub", &two)] {
            std::fs::write(folder.path().join(name), pem).unwrap();
        }
        let add = |keys: &str, threshold: usize| {
            let text = format!(
                "apiVersion: seawall.dev/v1alpha1\nkind: Policy\nmetadata: {{name: two}}\nspec:\n  require:\n    - signature: {{keys: [{keys}], threshold: {threshold}}}\n"
            );
            let policy = seawall_policy::parse("policy.yaml", &text).unwrap().remove(0);
            let mut set = PolicySet { policies: Vec::new(), keys: BTreeMap::new() };
            set.add_keys(&folder.path().join("policy.yaml"), &policy)
        };
        assert!(add("a.pub, c.pub", 2).is_ok());
        assert!(add("a.pub, b.pub", 1).is_ok(), "either file will do");
        let refused = add("a.pub, b.pub", 2).unwrap_err();
        assert!(refused.to_string().contains("`a.pub` and `b.pub` are the same key"), "{refused}");
        assert!(add("a.pub, ./a.pub", 2).is_err());
    }
}
