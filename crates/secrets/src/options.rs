//! What a user may say: custom rules, allow lists, disabled kinds. Trivy's secret configuration is read by meaning.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::{Regex, RegexBuilder};
use seawall_findings::Severity;
use serde::Deserialize;

use crate::SecretsError;
use crate::allow::Allow;

/// Longest configuration that is read.
const MAX_CONFIG: usize = 1 << 20;
/// Most custom rules.
const MAX_RULES: usize = 1000;
/// Largest compiled pattern of a user.
const MAX_PATTERN: usize = 4 << 20;

/// How the scanner works. [`Options::default`] has every built-in kind and nothing of anybody's own.
#[derive(Clone, Default)]
pub struct Options {
    /// Files that are larger are not wanted; none: [`DEFAULT_MAX_BYTES`](crate::DEFAULT_MAX_BYTES).
    pub max_bytes: Option<u64>,
    /// The current day as `YYYY-MM-DD`: suppressions with `until=` end by it. Without it they do not end.
    pub today: Option<String>,
    /// Leave out what only its name gives away (`generic-…`, `url-credentials`, …).
    pub known_formats_only: bool,
    /// What a configuration says besides.
    pub own: Own,
}

/// The compiled part of a configuration: rules, allow lists and what is switched off.
#[derive(Clone, Default)]
pub struct Own {
    pub(crate) enabled: Vec<String>,
    pub(crate) disabled: Vec<String>,
    pub(crate) disabled_allow: Vec<String>,
    pub(crate) rules: Vec<Custom>,
    pub(crate) allow: Vec<Allow>,
    pub(crate) exclude: Vec<Regex>,
    pub(crate) skip: Option<GlobSet>,
}

/// The configuration as it is written: `secrets:` of `seawall.yaml`, or Trivy's `trivy-secret.yaml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Written {
    /// Only these of the built-in kinds.
    #[serde(alias = "enable-builtin-rules")]
    pub enable: Vec<String>,
    /// Kinds and custom rules that are switched off.
    #[serde(alias = "disable-rules")]
    pub disable: Vec<String>,
    /// Built-in allow lists that are switched off: `tests`, `examples`, `markdown`, `vendor`, `usr-dirs` …
    #[serde(alias = "disable-allow-rules")]
    pub disable_allow: Vec<String>,
    /// Custom rules.
    pub rules: Vec<WrittenRule>,
    /// What is let through.
    #[serde(alias = "allow-rules")]
    pub allow: Vec<WrittenAllow>,
    /// Blocks of text that are left out.
    #[serde(alias = "exclude-block")]
    pub exclude_block: WrittenBlock,
    /// Globs of paths that are not read; given, they replace the built-in endings and names.
    #[serde(alias = "skip-patterns")]
    pub skip: Option<Vec<String>>,
    /// Leave out what only its name gives away.
    pub known_formats_only: bool,
}

/// A custom rule.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WrittenRule {
    /// Its id in findings.
    pub id: String,
    /// Not read further.
    pub category: Option<String>,
    /// One line for people.
    pub title: Option<String>,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: Option<String>,
    /// What is looked for.
    pub regex: String,
    /// One of these must be in the file, in any case; empty: every file is searched.
    pub keywords: Vec<String>,
    /// Only files whose path matches.
    pub path: Option<String>,
    /// What this rule lets through.
    #[serde(alias = "allow-rules")]
    pub allow: Vec<WrittenAllow>,
    /// Blocks of text that this rule leaves out.
    #[serde(alias = "exclude-block")]
    pub exclude_block: WrittenBlock,
    /// The group of the pattern that is the secret; none: the whole match.
    #[serde(alias = "secret-group-name")]
    pub secret_group: Option<String>,
}

/// A path or text that is let through.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WrittenAllow {
    /// Its id in messages.
    pub id: String,
    /// Why.
    pub description: Option<String>,
    /// Tried against what a rule matched.
    pub regex: Option<String>,
    /// Tried against the file's path.
    pub path: Option<String>,
}

/// Blocks of text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WrittenBlock {
    /// Why.
    pub description: Option<String>,
    /// What they look like.
    pub regexes: Vec<String>,
}

/// A custom rule, compiled.
#[derive(Clone)]
pub(crate) struct Custom {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) severity: Severity,
    pub(crate) regex: Regex,
    pub(crate) keywords: Vec<String>,
    pub(crate) path: Option<Regex>,
    pub(crate) allow: Vec<Allow>,
    pub(crate) exclude: Vec<Regex>,
    pub(crate) group: Option<String>,
}

impl Options {
    /// With the current day (`YYYY-MM-DD`), by which suppressions end.
    #[must_use]
    pub fn on(self, today: impl Into<String>) -> Self {
        Self { today: Some(today.into()), ..self }
    }

    /// Reads a configuration file in either form. An empty one changes nothing.
    pub fn parse(text: &str) -> Result<Self, SecretsError> {
        if text.len() > MAX_CONFIG {
            return Err(SecretsError::TooLong(text.len(), MAX_CONFIG));
        }
        let written: Option<Written> =
            serde_saphyr::from_str(text).map_err(|error| SecretsError::Shape(Box::new(error)))?;
        Self::from_written(written.unwrap_or_default())
    }

    /// Compiles what is written.
    pub fn from_written(written: Written) -> Result<Self, SecretsError> {
        if written.rules.len() > MAX_RULES {
            return Err(SecretsError::TooMany(written.rules.len(), MAX_RULES));
        }
        let mut rules: Vec<Custom> = Vec::new();
        for (index, rule) in written.rules.into_iter().enumerate() {
            if rule.id.is_empty() || rules.iter().any(|other| other.id == rule.id) {
                return Err(SecretsError::Id(index + 1));
            }
            rules.push(custom(rule)?);
        }
        let own = Own {
            enabled: written.enable,
            disabled: written.disable,
            disabled_allow: written.disable_allow,
            rules,
            allow: allow("allow", written.allow)?,
            exclude: patterns("excludeBlock", &written.exclude_block.regexes)?,
            skip: written.skip.map(|globs| skip(&globs)).transpose()?,
        };
        let known_formats_only = written.known_formats_only;
        Ok(Self { max_bytes: None, today: None, known_formats_only, own })
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("max_bytes", &self.max_bytes)
            .field("today", &self.today)
            .field("known_formats_only", &self.known_formats_only)
            .field("own", &self.own)
            .finish()
    }
}

impl std::fmt::Debug for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Own")
            .field("rules", &self.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>())
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

fn custom(rule: WrittenRule) -> Result<Custom, SecretsError> {
    let regex = pattern(&rule.id, &rule.regex)?;
    if let Some(group) = &rule.secret_group
        && !regex.capture_names().flatten().any(|name| name == group)
    {
        return Err(SecretsError::Group { rule: rule.id, group: group.clone() });
    }
    Ok(Custom {
        title: rule.title.unwrap_or_else(|| rule.id.clone()),
        severity: rule.severity.and_then(|word| word.parse().ok()).unwrap_or_default(),
        regex,
        keywords: rule.keywords,
        path: rule.path.map(|path| pattern(&rule.id, &path)).transpose()?,
        allow: allow(&rule.id, rule.allow)?,
        exclude: patterns(&rule.id, &rule.exclude_block.regexes)?,
        group: rule.secret_group,
        id: rule.id,
    })
}

fn allow(rule: &str, written: Vec<WrittenAllow>) -> Result<Vec<Allow>, SecretsError> {
    let one = |allow: WrittenAllow| {
        let name = if allow.id.is_empty() { rule.to_owned() } else { allow.id };
        Ok(Allow {
            path: allow.path.map(|path| pattern(&name, &path)).transpose()?,
            text: allow.regex.map(|text| pattern(&name, &text)).transpose()?,
        })
    };
    written.into_iter().map(one).collect()
}

fn patterns(rule: &str, written: &[String]) -> Result<Vec<Regex>, SecretsError> {
    written.iter().map(|text| pattern(rule, text)).collect()
}

fn pattern(rule: &str, text: &str) -> Result<Regex, SecretsError> {
    RegexBuilder::new(text)
        .size_limit(MAX_PATTERN)
        .dfa_size_limit(MAX_PATTERN)
        .build()
        .map_err(|source| SecretsError::Pattern { rule: rule.to_owned(), source: Box::new(source) })
}

fn skip(globs: &[String]) -> Result<GlobSet, SecretsError> {
    let fail = |glob: &str, source| SecretsError::Glob { glob: glob.to_owned(), source: Box::new(source) };
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| fail(glob, error))?);
    }
    set.build().map_err(|error| fail("skip", error))
}
