//! What keeps a file from being read or judged.

use seawall_findings::Position;

/// Something that could not be read or evaluated. The rest of the scan goes on.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{path}:{}:{}: {kind}", position.line, position.column)]
pub struct Problem {
    /// The file.
    pub path: String,
    /// Where in it.
    pub position: Position,
    /// What is wrong.
    pub kind: ProblemKind,
}

impl Problem {
    /// True where everything was read, and something is only not known: a module that was not fetched, a function that is
    /// not evaluated, a comment that is not understood. Otherwise part of a file was not looked at.
    pub fn is_note(&self) -> bool {
        matches!(
            self.kind,
            ProblemKind::ModuleMissing(..) | ProblemKind::UnknownFunction(_) | ProblemKind::BadComment(..)
        )
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The text is longer than is read.
    #[error("the file has {0} bytes; at most {1} are read: split it")]
    TooLong(usize, usize),
    /// The bytes are no UTF-8.
    #[error("the file is not UTF-8: save it as UTF-8")]
    NotText,
    /// The text is not what the file's name says.
    #[error("{language} cannot be read: {message}")]
    Syntax {
        /// The language, by its name.
        language: &'static str,
        /// What its parser says.
        message: String,
    },
    /// A value refers to itself.
    #[error("`{0}` refers to itself, directly or through others; it counts as unknown")]
    Cycle(String),
    /// A module calls itself, or modules are nested too deeply.
    #[error("module `{0}` is nested more than {1} deep: does it call itself? It is left out")]
    ModuleDepth(String, usize),
    /// Expressions refer to each other too deeply.
    #[error("expressions are nested more than {0} deep; the innermost count as unknown")]
    TooDeep(usize),
    /// The evaluation takes too many steps, or makes too much.
    #[error("the evaluation takes more than {0} {1}; the rest is left out")]
    TooMuch(usize, &'static str),
    /// A module is not among the files.
    #[error("module `{0}` is not here (`{1}`), so it is not looked into: run `terraform init` to fetch it")]
    ModuleMissing(String, String),
    /// A function that Terraform does not have, or that is not evaluated here.
    #[error("the function `{0}` is not evaluated; what it gives counts as unknown")]
    UnknownFunction(String),
    /// A suppression that cannot be understood.
    #[error("the comment `{0}` is not understood: {1}")]
    BadComment(String, &'static str),
}
