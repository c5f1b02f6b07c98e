//! The one place that writes to the terminal: results to standard output, everything else to standard error.

#![allow(clippy::unused_self, reason = "one way to say things, whether or not it depends on flags")]

use std::borrow::Cow;
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
        let text = harmless(text, self.colour);
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
        crate::files::write_whole(path, 0o666, text.as_bytes())
    }

    /// What is going on, for people.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            say(&harmless(text, false));
        }
    }

    /// Something that needs attention, shown even when quiet.
    pub(crate) fn warn(self, text: &str) {
        say(&format!("warning: {}", harmless(text, false)));
    }

    /// Why a command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        say(&harmless(&failure.to_string(), false));
    }
}

/// One line to standard error. Nobody may be reading it any more, and a server goes on all the same.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Names of images, packages and policies come from outside. None of them moves the cursor, sets the title or writes to the
/// clipboard of whoever reads them: control characters become the replacement character, but for newlines, tabs and, where
/// results are coloured, colours.
fn harmless(text: &str, colours: bool) -> Cow<'_, str> {
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if colours { colour(rest) } else { 0 };
        if length > 0 {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        out.push(if plain(c) { c } else { '\u{fffd}' });
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(out)
}

/// The length of the colour sequence (`ESC [ … m`) at the beginning of a text, else 0.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
    if rest.as_bytes().get(digits) == Some(&b'm') { 2 + digits + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_moves_the_cursor() {
        let text = "\u{1b}[31mshop\u{1b}[0m\u{1b}]0;title\u{7}\r\u{9b}2J\tü\n\u{1b}[2J";
        let shown = harmless(text, false);
        assert_eq!(
            shown,
            "\u{fffd}[31mshop\u{fffd}[0m\u{fffd}]0;title\u{fffd}\u{fffd}\u{fffd}2J\tü\n\u{fffd}[2J"
        );
        let shown = harmless(text, true);
        assert_eq!(
            shown,
            "\u{1b}[31mshop\u{1b}[0m\u{fffd}]0;title\u{fffd}\u{fffd}\u{fffd}2J\tü\n\u{fffd}[2J"
        );
        assert_eq!(harmless("\u{1b}[38;5;1", true), "\u{fffd}[38;5;1");
    }
}
