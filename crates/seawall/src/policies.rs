//! Policy files and the keys that they name, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seawall_policy::{Policy, Stage, lint};
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
