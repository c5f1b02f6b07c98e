//! How a command ends when it does not end well: the exit code, what went wrong, and what to do.

use std::fmt;

/// The exit code's meaning. A pipeline can tell "vulnerable" from "broken".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 1: the policy or threshold said no.
    Denied = 1,
    /// 2: wrong usage or configuration.
    Usage = 2,
    /// 3: could not finish: registry unreachable, database missing, damaged input.
    Unfinished = 3,
}

/// An error with its exit code and hints.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: anyhow::Error,
    pub(crate) hints: Vec<String>,
}

/// What commands return.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: error.into(), hints: Vec::new() }
    }

    pub(crate) fn denied(message: impl fmt::Display) -> Self {
        Self::new(Exit::Denied, anyhow::anyhow!("{message}"))
    }

    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, anyhow::anyhow!("{message}"))
    }

    pub(crate) fn unfinished(message: impl fmt::Display) -> Self {
        Self::new(Exit::Unfinished, anyhow::anyhow!("{message}"))
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// A reference that names nothing is the user's to mend; everything else could not be finished.
impl From<seawall_image::ImageError> for Failure {
    fn from(error: seawall_image::ImageError) -> Self {
        let exit = if error.is_input() { Exit::Usage } else { Exit::Unfinished };
        let bomb = matches!(error, seawall_image::ImageError::Bomb { .. });
        let failure = Self::new(exit, error);
        if bomb { failure.hint("--max-unpacked-size lets a larger image through") } else { failure }
    }
}

/// `error: …`, each cause that adds something, and the hints.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.error.to_string();
        write!(f, "error: {said}")?;
        for cause in self.error.chain().skip(1) {
            let cause = cause.to_string();
            // Many libraries repeat their cause in their own message.
            if !said.contains(&cause) {
                write!(f, "\n  caused by: {cause}")?;
                said.push_str(&cause);
            }
        }
        for hint in &self.hints {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

/// Puts an exit code on a library's error.
pub(crate) trait OrFail<T> {
    /// Wrong usage or configuration.
    fn or_usage(self) -> Result<T>;
    /// Could not finish.
    fn or_unfinished(self) -> Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrFail<T> for std::result::Result<T, E> {
    fn or_usage(self) -> Result<T> {
        self.map_err(|error| Failure::new(Exit::Usage, error))
    }

    fn or_unfinished(self) -> Result<T> {
        self.map_err(|error| Failure::new(Exit::Unfinished, error))
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn causes_and_hints_are_shown_once() {
        let inner: anyhow::Result<()> = Err(anyhow::anyhow!("connection refused"));
        let error = inner.context("asking registry.example.com").unwrap_err();
        let failure = Failure::new(Exit::Unfinished, error).hint("is it running?");
        insta::assert_snapshot!(failure.to_string(), @r"
        error: asking registry.example.com
          caused by: connection refused
        hint: is it running?
        ");
    }
}
