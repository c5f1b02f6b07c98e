//! Policy files and the keys that they name, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use seawall_findings::FindingKind;
use seawall_policy::{Pattern, Policy, Requirement, SignatureRule, Stage, lint};
use seawall_signing::{CertificateIdentity, PublicKey, Trust, TrustedRoot};
use sha2::{Digest as _, Sha256};

use crate::cli::{Looking, Scanner};
use crate::commands::key;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// No policy file is larger.
const MAX_BYTES: u64 = 4 << 20;

/// The policies that are asked, and their keys by the names that the policies use.
pub(crate) struct PolicySet {
    pub(crate) policies: Vec<Policy>,
    pub(crate) keys: BTreeMap<String, PublicKey>,
    /// Who may have signed by a certificate, by the names that reasons use.
    pub(crate) identities: BTreeMap<String, Signer>,
    /// Over the texts of the files, in order.
    hash: Sha256,
}

/// An identity with what its certificates are verified against.
pub(crate) struct Signer {
    identity: CertificateIdentity,
    root: Arc<TrustedRoot>,
    private: bool,
}

impl Signer {
    /// What verification asks for.
    pub(crate) fn trust(&self, now: Timestamp) -> Trust<'_> {
        let trust = Trust::identity(&self.identity, &self.root);
        if self.private { trust.without_log(now).without_transparency() } else { trust }
    }
}

impl PolicySet {
    /// What a scan has to look for, so that every rule can be answered.
    pub(crate) fn looking(&self) -> Looking {
        let wanted = |kind| self.policies.iter().flat_map(Policy::looks_for).any(|one| one == kind);
        let mut scanners = vec![Scanner::Vuln];
        scanners.extend(wanted(FindingKind::Secret).then_some(Scanner::Secret));
        scanners.extend(wanted(FindingKind::Hygiene).then_some(Scanner::Hygiene));
        Looking { scanners, ..Looking::default() }
    }

    /// Whether nobody has to have signed anything.
    pub(crate) fn asks_for_no_signer(&self) -> bool {
        self.keys.is_empty() && self.identities.is_empty()
    }

    /// Reads them all, and keeps those that are asked at `stage`; the first thing wrong ends it. The keys of the others
    /// are not needed, and may not exist yet.
    pub(crate) fn load(context: &Context, files: &[PathBuf], stage: Stage) -> Result<Self> {
        let mut set = Self {
            policies: Vec::new(),
            keys: BTreeMap::new(),
            identities: BTreeMap::new(),
            hash: Sha256::new(),
        };
        let today = crate::context::today();
        for file in files {
            let text = read(file)?;
            set.hash.update((text.len() as u64).to_be_bytes());
            set.hash.update(&text);
            for policy in seawall_policy::parse(&file.display().to_string(), &text).or_usage()? {
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

    /// Names this state of the policies in evidence: other texts, another word.
    pub(crate) fn generation(&self) -> String {
        let hash = self.hash.clone().finalize();
        hash.iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
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
        self.add_identities(folder, policy)?;
        for requirement in &policy.require {
            if let Requirement::Signature(rule) = requirement {
                self.refuse_one_for_two(policy, rule)?;
            }
        }
        Ok(())
    }

    /// Trusted roots stand beside the policy as well.
    fn add_identities(&mut self, folder: &Path, policy: &Policy) -> Result<()> {
        let mut roots: BTreeMap<&str, Arc<TrustedRoot>> = BTreeMap::new();
        for identity in policy.identities() {
            let root = if let Some(root) = roots.get(identity.trusted_root.as_str()) {
                Arc::clone(root)
            } else {
                let path = folder.join(&identity.trusted_root);
                let root = TrustedRoot::parse(&crate::files::read(&path, MAX_BYTES)?)
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
                let root = Arc::new(root);
                roots.insert(&identity.trusted_root, Arc::clone(&root));
                root
            };
            let (subject, subject_pattern) = halves(&identity.subject);
            let (issuer, issuer_pattern) = halves(&identity.issuer);
            let known = CertificateIdentity::new(subject, subject_pattern, issuer, issuer_pattern)
                .or_usage()
                .map_err(|failure| failure.hint(format!("policy `{}` names it", policy.name)))?;
            let signer = Signer { identity: known, root, private: identity.private };
            self.identities.insert(identity.name(), signer);
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

fn halves(pattern: &Pattern) -> (Option<&str>, Option<&str>) {
    match pattern {
        Pattern::Is(text) => (Some(text), None),
        Pattern::Matches(text) => (None, Some(text)),
    }
}

/// The policies of a file.
pub(crate) fn parse(file: &Path) -> Result<Vec<Policy>> {
    seawall_policy::parse(&file.display().to_string(), &read(file)?).or_usage()
}

fn read(file: &Path) -> Result<String> {
    crate::files::read_text(file, MAX_BYTES)
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
            let mut set = PolicySet {
                policies: Vec::new(),
                keys: BTreeMap::new(),
                identities: BTreeMap::new(),
                hash: Sha256::new(),
            };
            set.add_keys(&folder.path().join("policy.yaml"), &policy)
        };
        assert!(add("a.pub, c.pub", 2).is_ok());
        assert!(add("a.pub, b.pub", 1).is_ok(), "either file will do");
        let refused = add("a.pub, b.pub", 2).unwrap_err();
        assert!(refused.to_string().contains("`a.pub` and `b.pub` are the same key"), "{refused}");
        assert!(add("a.pub, ./a.pub", 2).is_err());
    }
}
