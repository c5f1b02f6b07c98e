//! The scanner: keywords in one pass, patterns only around them.

mod custom;
mod raw;
mod report;
mod rule;

use std::hash::RandomState;

use seawall_findings::Finding;

use crate::check::{Outcome, Seen};
use crate::find::{self, Look};
use crate::keywords::{Keywords, Use};
use crate::kind::{Place, Way};
use crate::kinds::TABLES;
use crate::options::Options;
use crate::paths::Paths;
use crate::text::{Content, content};
use crate::{SecretsError, allow, entropy, kubernetes, placeholder};

use self::raw::Raw;
use self::rule::Rule;

/// Files that are larger are not wanted unless [`Options::max_bytes`] says otherwise.
pub const DEFAULT_MAX_BYTES: u64 = 128 << 20;

/// The smallest file that can hold a secret.
const MIN_BYTES: u64 = 10;
/// Most matches of one file that are looked at further; a file with more is made of them.
const MAX_MATCHES: usize = 5000;

/// Finds secrets in files. It may be shared between threads; a file without keywords costs no allocation.
pub struct Scanner {
    keywords: Keywords,
    rules: Vec<Rule>,
    paths: Paths,
    options: Options,
    max_bytes: u64,
    kubernetes: bool,
    /// The key of this scanner's marks.
    marks: RandomState,
}

impl Scanner {
    /// Prepares it. Patterns of built-in kinds are compiled when their keyword is first met.
    pub fn new(options: Options) -> Result<Self, SecretsError> {
        let on = |id: &str| {
            (options.own.enabled.is_empty() || options.own.enabled.iter().any(|word| word == id))
                && !options.own.disabled.iter().any(|word| word == id)
        };
        let kinds = TABLES.iter().flat_map(|table| table.iter());
        let rules: Vec<Rule> = kinds
            .filter(|kind| on(kind.id) && !(options.known_formats_only && kind.generic))
            .map(Rule::new)
            .collect();
        let kubernetes = on(kubernetes::KIND.id);
        let mut words: Vec<(&str, Use)> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            words.extend(
                rule.kind.keywords.iter().map(|word| (*word, Use { rule: index, exact: rule.kind.exact })),
            );
        }
        let manifest = rules.len();
        if kubernetes {
            words.extend(
                kubernetes::KEYWORDS.iter().map(|word| (*word, Use { rule: manifest, exact: false })),
            );
        }
        for (index, rule) in options.own.rules.iter().enumerate() {
            let uses = Use { rule: manifest + 1 + index, exact: false };
            words.extend(
                rule.keywords.iter().filter(|word| !word.is_empty()).map(|word| (word.as_str(), uses)),
            );
        }
        let keywords = Keywords::new(&words).map_err(|error| SecretsError::Keywords(Box::new(error)))?;
        Ok(Self {
            keywords,
            paths: Paths::without(&options.own.disabled_allow, options.own.skip.is_some()),
            max_bytes: options.max_bytes.unwrap_or(DEFAULT_MAX_BYTES),
            kubernetes,
            marks: RandomState::new(),
            rules,
            options,
        })
    }

    /// Whether a file is worth reading: not too small or large, not a picture, an archive, a lock file, somebody
    /// else's code or a system's own files (`docs/secrets.md` lists them), and not allowed by path.
    pub fn wants(&self, path: &str, size: u64) -> bool {
        (MIN_BYTES..=self.max_bytes).contains(&size)
            && !self.paths.skips(path)
            && !self.options.own.skip.as_ref().is_some_and(|skip| skip.is_match(path.trim_start_matches('/')))
            && !allow::path(&self.options.own.allow, path)
    }

    /// The secrets of a file, in the order of their places, each once however often it is there. Findings that a
    /// comment lets stand are marked as suppressed.
    pub fn scan(&self, path: &str, bytes: &[u8]) -> Vec<Finding> {
        self.scan_marked(path, bytes).into_iter().map(|(finding, _)| finding).collect()
    }

    /// Like [`Scanner::scan`], each finding with a mark that is the same for the same secret, and says nothing of it:
    /// it is good for this scanner alone, and must not be stored.
    pub fn scan_marked(&self, path: &str, bytes: &[u8]) -> Vec<(Finding, u64)> {
        match content(bytes) {
            Content::Text(text) => self.text(path, &text, true),
            Content::Binary(bytes) => self.program(path, bytes),
        }
    }

    /// Key blocks in a program.
    fn program(&self, path: &str, bytes: &[u8]) -> Vec<(Finding, u64)> {
        let Some(rule) = self.rules.iter().position(|rule| rule.kind.id == "private-key") else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for hit in find::in_program(bytes) {
            self.judge(rule, bytes, hit.span, &hit, path, &mut found);
        }
        report::findings(self, path, bytes, found)
    }

    fn text(&self, path: &str, text: &[u8], outer: bool) -> Vec<(Finding, u64)> {
        let mut found: Vec<Raw> = Vec::new();
        // By rule with a pattern around its keyword: where the last search ended.
        let mut searched: Vec<usize> = Vec::new();
        let mut manifest = false;
        let mut wanted: Vec<usize> = Vec::new();
        self.keywords.each(text, |to, start, end| {
            if let Some(rule) = self.rules.get(to.rule) {
                if found.len() < MAX_MATCHES {
                    self.meet(to.rule, rule, text, (start, end), path, &mut searched, &mut found);
                }
            } else if to.rule == self.rules.len() {
                manifest = true;
            } else if !wanted.contains(&to.rule) {
                wanted.push(to.rule);
            }
        });
        custom::find(self, path, text, &wanted, &mut found);
        let mut findings = Vec::new();
        if manifest && self.kubernetes && outer && kubernetes::here(path) && !self.paths.quiet(path) {
            for secret in kubernetes::manifests(text) {
                found.retain(|raw| {
                    !raw.generic || !secret.entries.iter().any(|entry| raw::overlap(entry.span, raw.span))
                });
                findings.push(report::manifest(self, path, text, &secret));
                for entry in &secret.entries {
                    let inner = self.text(path, &entry.value, false);
                    findings.extend(
                        inner.into_iter().map(|(finding, mark)| (report::inside(text, entry, finding), mark)),
                    );
                }
            }
        }
        if found.is_empty() && findings.is_empty() {
            return findings;
        }
        findings.extend(report::findings(self, path, text, found));
        report::once(findings)
    }

    /// A keyword of a rule in the text.
    #[allow(clippy::too_many_arguments, reason = "the state of one pass over a text")]
    fn meet(
        &self,
        index: usize,
        rule: &Rule,
        text: &[u8],
        keyword: (usize, usize),
        path: &str,
        searched: &mut Vec<usize>,
        found: &mut Vec<Raw>,
    ) {
        let kind = rule.kind;
        if !kind.files.is_empty() && !kind.files.iter().any(|end| path.to_ascii_lowercase().ends_with(end)) {
            return;
        }
        let (start, end) = keyword;
        match kind.way {
            Way::Own(finder) => {
                if let Some(hit) = finder(&Look { text, start, end, path }) {
                    self.judge(index, text, hit.span, &hit, path, found);
                }
            }
            Way::Pattern(_, Place::Start) | Way::Assigned(..) => {
                if kind.bounded_left && joined(text, start) {
                    return;
                }
                let from = if matches!(kind.way, Way::Assigned(..)) { end } else { start };
                let window = text.get(from..(start + kind.longest).min(text.len())).unwrap_or_default();
                if let Some((whole, secret)) = rule.search(window) {
                    let at = |span: (usize, usize)| (from + span.0, from + span.1);
                    self.judge(index, text, at(whole), &at(secret).into(), path, found);
                }
            }
            Way::Pattern(_, Place::Around(before)) => {
                let done = searched.get(index).copied().unwrap_or(0);
                let mut from = start.saturating_sub(before).max(done);
                let to = (start + kind.longest).min(text.len());
                while let Some((whole, secret)) = rule.search(text.get(from..to).unwrap_or_default()) {
                    let at = |span: (usize, usize)| (from + span.0, from + span.1);
                    if whole.0 + from > start {
                        break;
                    }
                    if !(kind.bounded_left && joined(text, from + whole.0)) {
                        self.judge(index, text, at(whole), &at(secret).into(), path, found);
                    }
                    from += whole.1.max(1);
                    if searched.len() <= index {
                        searched.resize(self.rules.len(), 0);
                    }
                    if let Some(place) = searched.get_mut(index) {
                        *place = from;
                    }
                }
            }
        }
    }

    /// Decides whether a match is a secret, and keeps it.
    fn judge(
        &self,
        index: usize,
        text: &[u8],
        whole: (usize, usize),
        hit: &find::Hit,
        path: &str,
        found: &mut Vec<Raw>,
    ) {
        let Some(kind) = self.rules.get(index).map(|rule| rule.kind) else { return };
        let span = hit.span;
        let secret = text.get(span.0..span.1).unwrap_or_default();
        let matched = text.get(whole.0..whole.1).unwrap_or_default();
        if kind.bounded_right && text.get(whole.1).is_some_and(u8::is_ascii_alphanumeric)
            || kind.entropy > 0 && entropy::entropy(secret) * 100.0 < f64::from(kind.entropy)
            || kind.entropy > 0 && placeholder::certainly(matched)
        {
            return;
        }
        let mut note = hit.note.map(str::to_owned);
        let mut severity = hit.severity.unwrap_or(kind.severity);
        let mut proven = false;
        match (kind.check)(&Seen { text, span }) {
            Outcome::No => return,
            Outcome::Plausible => {}
            Outcome::Verified(learned) => note = Some(learned),
            Outcome::Proven => {
                note = Some("its checksum holds".into());
                proven = true;
            }
            Outcome::Doubtful(why) => {
                note = Some(why.into());
                severity = severity.min(seawall_findings::Severity::Low);
            }
            Outcome::Rated(rated, why) => {
                note = Some(why.into());
                severity = rated;
            }
        }
        if !proven && self.paths.quiet(path)
            || allow::text(&self.options.own.allow, matched)
            || allow::blocks(&self.options.own.exclude, text, span)
        {
            return;
        }
        found.push(Raw {
            order: index,
            id: kind.id.into(),
            title: kind.title.into(),
            severity,
            span,
            note,
            generic: kind.generic,
        });
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner")
            .field("kinds", &self.rules.len())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Whether a letter, digit or underscore runs into the place.
fn joined(text: &[u8], start: usize) -> bool {
    // An escape in a text of a program is not part of a word: `\nAKIA…`.
    match text.get(start.saturating_sub(2)..start) {
        Some([b'\\', b'n' | b't' | b'r']) => false,
        Some([.., before]) => before.is_ascii_alphanumeric() || *before == b'_',
        _ => false,
    }
}
