//! The policy as values.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use jiff::SignedDuration;
use jiff::civil::Date;
use seawall_expressions::Expression;
use seawall_findings::{FindingKind, Position, Severity};

use crate::{LicenceRule, Stage};

/// One policy document.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `metadata.name`.
    pub name: String,
    /// The file it is from.
    pub file: String,
    /// Where it applies.
    pub matching: Matching,
    /// What an image must have; missing evidence is a denial.
    pub require: Vec<Requirement>,
    /// What is refused.
    pub deny: Vec<Rule>,
    /// What is let through with a warning.
    pub warn: Vec<Rule>,
    /// What is let through although a rule says no.
    pub exceptions: Vec<Exception>,
}

impl Policy {
    /// Every key file that a signature or attestation requirement names, without repetition, in the order of the text.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = Vec::new();
        for requirement in &self.require {
            let named = match requirement {
                Requirement::Signature(rule) => &rule.keys,
                Requirement::Attestation(rule) => &rule.keys,
                Requirement::DigestPinned => continue,
            };
            for key in named {
                if !keys.contains(&key.as_str()) {
                    keys.push(key);
                }
            }
        }
        keys
    }

    /// Whether a requirement of it lets an earlier verification stand in.
    pub fn remembers(&self) -> bool {
        self.require.iter().any(|requirement| match requirement {
            Requirement::Signature(rule) => rule.remember.is_some(),
            Requirement::Attestation(rule) => rule.remember.is_some(),
            Requirement::DigestPinned => false,
        })
    }

    /// Every identity that a requirement names, without repetition.
    pub fn identities(&self) -> Vec<&Identity> {
        let mut identities: Vec<&Identity> = Vec::new();
        for requirement in &self.require {
            let named = match requirement {
                Requirement::Signature(rule) => &rule.identities,
                Requirement::Attestation(rule) => &rule.identities,
                Requirement::DigestPinned => continue,
            };
            for identity in named {
                if !identities.contains(&identity) {
                    identities.push(identity);
                }
            }
        }
        identities
    }

    /// Whether it is asked at that stage.
    pub fn is_asked_at(&self, stage: Stage) -> bool {
        self.matching.stages.is_empty() || self.matching.stages.contains(&stage)
    }

    /// Whether a rule of it looks into images, so that a report is needed.
    pub fn needs_report(&self) -> bool {
        self.looks_for().next().is_some()
    }

    /// What its rules look for in the report of an image, not without repetition.
    pub fn looks_for(&self) -> impl Iterator<Item = FindingKind> {
        self.deny.iter().chain(&self.warn).filter_map(|rule| match &rule.kind {
            RuleKind::Vulnerability(_) => Some(FindingKind::Vulnerability),
            RuleKind::Finding(rule) => Some(rule.kind),
            RuleKind::Licence(_) => Some(FindingKind::Licence),
            RuleKind::Check(_) | RuleKind::Expression(_) => None,
        })
    }
}

/// Where a policy applies; empty sets match everything.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    /// Globs over `registry/repository`: `*` within one part, `**` across.
    pub images: Globs,
    /// Globs over the namespace.
    pub namespaces: Globs,
    /// Where on the way it is asked; empty: everywhere. A signature, say, is asked for from promotion on, because the
    /// pipeline's gate comes before signing.
    pub stages: Vec<Stage>,
}

/// A set of globs that remembers how it was written.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    /// As written.
    pub patterns: Vec<String>,
    set: GlobSet,
}

impl Globs {
    /// Compiles the patterns. The error is in words.
    pub fn new(patterns: Vec<String>) -> Result<Self, String> {
        let mut set = GlobSetBuilder::new();
        for pattern in &patterns {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            set.add(glob.map_err(|error| format!("`{pattern}` is no glob: {}", error.kind()))?);
        }
        let set = set.build().map_err(|error| error.to_string())?;
        Ok(Self { patterns, set })
    }

    /// No pattern at all.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether one pattern matches the text.
    pub fn matches(&self, text: &str) -> bool {
        self.set.is_match(text)
    }
}

/// What an image must have.
#[derive(Clone, Debug)]
pub enum Requirement {
    /// Valid signatures.
    Signature(SignatureRule),
    /// A valid attestation.
    Attestation(AttestationRule),
    /// The reference names a digest.
    DigestPinned,
}

impl Requirement {
    /// Its key in the document.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Signature(_) => "signature",
            Self::Attestation(_) => "attestation",
            Self::DigestPinned => "digest",
        }
    }
}

/// Who may have signed, by a certificate: `{subject, issuer}`, each exact or as `…RegExp`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The certificate's subject alternative name: a mail address, or the workflow's URI.
    pub subject: Pattern,
    /// Who vouched for it: the OIDC issuer.
    pub issuer: Pattern,
    /// A Sigstore trusted root, beside the policy.
    pub trusted_root: String,
    /// The authority keeps no transparency log.
    pub private: bool,
}

/// A text, or a regular expression over one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// Exactly this.
    Is(String),
    /// This matches all of it.
    Matches(String),
}

impl Pattern {
    /// As written.
    pub fn text(&self) -> &str {
        match self {
            Self::Is(text) | Self::Matches(text) => text,
        }
    }
}

impl Identity {
    /// What evidence and reasons call it, as they call a key by its file.
    pub fn name(&self) -> String {
        format!("{} by {}", self.subject.text(), self.issuer.text())
    }
}

/// `signature: {keys, identities, threshold}`.
#[derive(Clone, Debug)]
pub struct SignatureRule {
    /// Key files as written.
    pub keys: Vec<String>,
    /// Identities as written; there is a key or an identity.
    pub identities: Vec<Identity>,
    /// How many of them must have signed.
    pub threshold: usize,
    /// How long a verification that the ledger keeps stands in where the registry cannot be asked.
    pub remember: Option<SignedDuration>,
}

/// The names of keys and identities together, as evidence calls them.
pub(crate) fn signers(keys: &[String], identities: &[Identity]) -> Vec<String> {
    keys.iter().cloned().chain(identities.iter().map(Identity::name)).collect()
}

/// `attestation: {type, maxAge, keys, identities}`.
#[derive(Clone, Debug)]
pub struct AttestationRule {
    /// As written: a short name of cosign (`vuln`, `cyclonedx`, …) or a predicate type URI.
    pub kind: String,
    /// The predicate type that the short name stands for.
    pub predicate_type: String,
    /// How old it may be.
    pub max_age: Option<SignedDuration>,
    /// How long a verification that the ledger keeps stands in where the registry cannot be asked.
    pub remember: Option<SignedDuration>,
    /// Key files as written.
    pub keys: Vec<String>,
    /// Identities as written; there is a key or an identity.
    pub identities: Vec<Identity>,
    /// Must hold for its `predicate`.
    pub condition: Option<Expression>,
}

/// One rule of `deny` or `warn`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it looks for.
    pub kind: RuleKind,
    /// Where it is written.
    pub position: Position,
}

/// What a rule looks for.
#[derive(Clone, Debug)]
pub enum RuleKind {
    /// Vulnerabilities of packages.
    Vulnerability(VulnerabilityRule),
    /// Checks of a manifest.
    Check(CheckRule),
    /// Secrets, hygiene and damaged files of an image.
    Finding(FindingRule),
    /// Licences of packages.
    Licence(LicenceRule),
    /// A condition of the user's own over the objects of a manifest.
    Expression(ExpressionRule),
}

impl RuleKind {
    /// Its key in the document.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Vulnerability(_) => "vulnerability",
            Self::Check(_) => "check",
            Self::Finding(rule) => match rule.kind {
                FindingKind::Secret => "secret",
                FindingKind::Hygiene => "hygiene",
                _ => "damaged",
            },
            Self::Licence(_) => "licence",
            Self::Expression(_) => "rule",
        }
    }
}

/// `vulnerability: {severity, fixable, graceDays, exploited}`: everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct VulnerabilityRule {
    /// This severity or worse.
    pub severity: Option<Severity>,
    /// Only those with (true) or without (false) a fixed version.
    pub fixable: Option<bool>,
    /// Only those published longer ago; one without a date has no grace.
    pub grace_days: Option<u32>,
    /// Only those known (true) or not known (false) to be exploited.
    pub exploited: Option<bool>,
}

/// `check: {profile, ids, severity}`: everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct CheckRule {
    /// Ids of the checks, from `profile` and `ids`; none: all of them.
    pub ids: Option<Vec<String>>,
    /// The profile as written, for messages.
    pub profile: Option<String>,
    /// This severity or worse.
    pub severity: Option<Severity>,
}

/// `secret: {…}`, `hygiene: {…}`, `damaged: {}`: everything given must hold.
#[derive(Clone, Debug)]
pub struct FindingRule {
    /// Secret, hygiene or damaged.
    pub kind: FindingKind,
    /// Globs over ids and aliases (`tool-curl`, `aws-*`); empty: all of them.
    pub ids: Globs,
    /// This severity or worse.
    pub severity: Option<Severity>,
}

/// `rule: {name, cel, message, remedy, kinds}`.
#[derive(Clone, Debug)]
pub struct ExpressionRule {
    /// What reasons call it.
    pub name: String,
    /// Must hold for every `object` of the manifest.
    pub expression: Expression,
    /// What is said where it does not hold.
    pub message: Option<String>,
    /// What to do then.
    pub remedy: Option<String>,
    /// Only objects of these kinds; empty: all.
    pub kinds: Vec<String>,
}

/// One exception.
#[derive(Clone, Debug)]
pub struct Exception {
    /// The finding's id or one of its aliases.
    pub id: String,
    /// Only in these packages (binary or source name); empty: in all.
    pub packages: Vec<String>,
    /// Only in these images; empty: in all.
    pub images: Globs,
    /// Only in files with such a path; empty: everywhere.
    pub paths: Globs,
    /// Only in packages with these purls, with or without their version and qualifiers; empty: in all.
    pub purls: Vec<String>,
    /// Why it is acceptable.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds.
    pub until: Date,
    /// Where it is written.
    pub position: Position,
}

impl Exception {
    /// Whether it still holds.
    pub fn active(&self, today: Date) -> bool {
        today <= self.until
    }
}
