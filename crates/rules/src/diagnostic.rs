//! What is wrong in a rule file, and where.

use std::fmt;

use serde::Serialize;

/// Whether the rules can be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The files are refused.
    Error,
    /// The rules are used; what the message names is not, or is slow.
    Warning,
}

/// One thing that is wrong in a rule file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Level,
    /// Falco's name for this class, as its `-V --json` output has it: `LOAD_ERR_COMPILE_CONDITION` …
    pub code: &'static str,
    /// The file's name as it was handed over.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// How many characters of the line it concerns; at least 1.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// The line of the file; empty when there is none.
    pub excerpt: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Longest part of a line that is shown.
const MAX_EXCERPT: usize = 160;

impl fmt::Display for Diagnostic {
    /// As rustc writes it: message, place, the line with a mark below it, hint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.severity {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        write!(f, "{level}[{}]: {}", self.code, self.message)?;
        write!(f, "\n{margin}--> {}:{}:{}", self.file, self.line, self.column)?;
        if !self.excerpt.is_empty() {
            let characters: Vec<char> =
                self.excerpt.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            // A long line is shown from a little before the place on.
            let first = if characters.len() > MAX_EXCERPT { self.column.saturating_sub(60) } else { 0 };
            let shown: String = characters.iter().skip(first).take(MAX_EXCERPT).collect();
            let before = (self.column - 1).saturating_sub(first);
            let room = shown.chars().count().saturating_sub(before).max(1);
            let marks = "^".repeat(self.length.clamp(1, room));
            write!(f, "\n{margin} |\n{number} | {}", shown.trim_end())?;
            write!(f, "\n{margin} | {}{marks}", " ".repeat(before))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n{margin} = help: {hint}")?;
        }
        Ok(())
    }
}

/// ` (did you mean …)`: the nearest of the known words, when it is near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(word.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?", for hints.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}
