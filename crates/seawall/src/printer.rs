//! The one place that writes to the terminal: results to standard output, everything else to standard error.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the one printer")]
#![allow(clippy::unused_self, reason = "one way to say things, whether or not it depends on flags")]

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use clap::ValueEnum;

use crate::failure::{Failure, Result};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Writes results and messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    quiet: bool,
    colour: bool,
}

impl Printer {
    pub(crate) fn new(quiet: bool, colour: Colour) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let colour = match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                !set("NO_COLOR")
                    && (set("FORCE_COLOR")
                        || (std::io::stdout().is_terminal()
                            && std::env::var("TERM").is_ok_and(|term| term != "dumb")))
            }
        };
        Self { quiet, colour }
    }

    /// Whether results may be coloured.
    pub(crate) fn colours(self) -> bool {
        self.colour
    }

    /// A result. A reader that has gone (`| head`) ends the output quietly.
    pub(crate) fn result(self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        if !text.ends_with('\n') {
            let _ = out.write_all(b"\n");
        }
        let _ = out.flush();
    }

    /// A result to a file, whole or not at all; or to standard output.
    pub(crate) fn result_to(self, file: Option<&Path>, text: &str) -> Result<()> {
        let Some(path) = file else {
            self.result(text);
            return Ok(());
        };
        write_whole(path, text.as_bytes())
    }

    /// What is going on, for people.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Something that needs attention, shown even when quiet.
    pub(crate) fn warn(self, text: &str) {
        eprintln!("warning: {text}");
    }

    /// Why a command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        eprintln!("{failure}");
    }
}

/// Writes a file beside its place and renames it there: a reader sees the old content or the new, never half.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| Failure::usage(format!("{} could not be written: {error}", path.display())))
}
