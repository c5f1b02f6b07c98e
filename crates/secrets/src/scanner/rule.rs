//! A built-in kind with its pattern, compiled when it is first needed.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::kind::{Kind, Place, Quotes, Way};

/// Largest compiled pattern.
const MAX_PATTERN: usize = 4 << 20;

/// A built-in kind.
pub(super) struct Rule {
    pub(super) kind: &'static Kind,
    regex: OnceLock<Option<Regex>>,
}

impl Rule {
    pub(super) fn new(kind: &'static Kind) -> Self {
        Self { kind, regex: OnceLock::new() }
    }

    /// The whole match and the secret in it.
    pub(super) fn search(&self, window: &[u8]) -> Option<((usize, usize), (usize, usize))> {
        let regex = self.regex.get_or_init(|| compile(self.kind)).as_ref()?;
        if !regex.is_match(window) {
            return None;
        }
        let captures = regex.captures(window)?;
        let whole = captures.get(0)?;
        let secret = captures.name("secret").unwrap_or(whole);
        Some(((whole.start(), whole.end()), (secret.start(), secret.end())))
    }
}

/// Compiles a kind's pattern. A test compiles all of them.
fn compile(kind: &Kind) -> Option<Regex> {
    let pattern = match kind.way {
        Way::Own(_) => return None,
        Way::Pattern(pattern, Place::Start) => format!("^(?:{pattern})"),
        Way::Pattern(pattern, Place::Around(_)) => pattern.to_owned(),
        Way::Assigned(value, quotes) => {
            let (open, close) = match quotes {
                Quotes::Needed => (r#"["']"#, r#"["']"#),
                Quotes::Optional => (r#"["']?"#, r#"(?:["'\s,;)}\]<]|$)"#),
            };
            // The name goes on, perhaps ends in quotation marks or brackets, and something assigns.
            format!(
                r#"(?i)^[\w .,-]{{0,25}}["'\]]{{0,2}}[ \t]{{0,3}}(?:=|:|>|\|\|).{{0,5}}?{open}(?P<secret>{value}){close}"#
            )
        }
    };
    match RegexBuilder::new(&pattern)
        .unicode(false)
        .size_limit(MAX_PATTERN)
        .dfa_size_limit(MAX_PATTERN)
        .build()
    {
        Ok(regex) => Some(regex),
        Err(error) => {
            tracing::error!(kind = kind.id, %error, "the pattern of a kind of secret does not compile");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for kind in crate::kinds::TABLES.iter().flat_map(|table| table.iter()) {
            assert!(matches!(kind.way, Way::Own(_)) || compile(kind).is_some(), "{}", kind.id);
        }
    }
}
