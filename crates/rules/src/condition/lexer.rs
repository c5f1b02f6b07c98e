//! Tokens, one at a time, of the kind that is asked for.

use super::ast::{Op, Span, Word};

/// What is wrong with a condition, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    pub(super) fn at_end(&mut self) -> bool {
        self.blank();
        self.rest().is_empty()
    }

    /// Takes `symbol` if it is next.
    pub(super) fn symbol(&mut self, symbol: char) -> bool {
        self.blank();
        let found = self.rest().starts_with(symbol);
        if found {
            self.at += symbol.len_utf8();
        }
        found
    }

    /// Takes the word `word` if it is next and ends there.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        self.blank();
        let found = self.rest().strip_prefix(word).is_some_and(|after| {
            after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || "()\"'".contains(c))
        });
        if found {
            self.at += word.len();
        }
        found
    }

    /// A name: letters, digits and underscores; with `dots`, several joined by dots, as fields are.
    pub(super) fn name(&mut self, dots: bool) -> Option<(&'a str, Span)> {
        self.blank();
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        // What follows a dot may hold what label keys hold: `k8s.pod.label.app-name`.
        let mut end = 0;
        for (index, c) in rest.char_indices() {
            let dotted = dots && rest[..index].contains(".label.");
            let good = c.is_ascii_alphanumeric()
                || c == '_'
                || (dots
                    && c == '.'
                    && rest[index + 1..].starts_with(|n: char| n.is_ascii_alphanumeric() || n == '_'))
                || (dotted && c == '-');
            if !good {
                break;
            }
            end = index + 1;
        }
        let span = Span { start: self.at, end: self.at + end };
        self.at += end;
        Some((&rest[..end], span))
    }

    pub(super) fn operator(&mut self) -> Option<(Op, Span)> {
        self.blank();
        let start = self.at;
        for op in Op::ALL {
            let word = op.as_str();
            let symbol = !word.starts_with(|c: char| c.is_ascii_alphabetic());
            if (symbol && self.rest().starts_with(word)) || (!symbol && self.keyword(word)) {
                if symbol {
                    self.at += word.len();
                }
                return Some((*op, Span { start, end: start + word.len() }));
            }
        }
        None
    }

    /// A quoted text, or a bare one up to white space, a parenthesis, a comma, a quote or `=`.
    pub(super) fn word(&mut self) -> Result<Option<Word>, SyntaxError> {
        self.blank();
        let start = self.at;
        if let Some(quote @ ('"' | '\'')) = self.rest().chars().next() {
            return self.quoted(quote).map(Some);
        }
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "()\"',=".contains(c)).unwrap_or(rest.len());
        if end == 0 {
            return Ok(None);
        }
        self.at += end;
        Ok(Some(Word { text: rest[..end].to_owned(), quoted: false, span: Span { start, end: self.at } }))
    }

    fn quoted(&mut self, quote: char) -> Result<Word, SyntaxError> {
        let start = self.at;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((index, c)) = characters.next() {
            match c {
                '\\' => match characters.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 'b')) => text.push('\u{8}'),
                    Some((_, 'f')) => text.push('\u{c}'),
                    Some((_, escaped @ ('"' | '\'' | '\\'))) => text.push(escaped),
                    // Any other is kept as written, so that `\.` reaches the regular expression.
                    Some((_, other)) => text.extend(['\\', other]),
                    None => break,
                },
                c if c == quote => {
                    self.at += index + 1;
                    return Ok(Word { text, quoted: true, span: Span { start, end: self.at } });
                }
                other => text.push(other),
            }
        }
        Err(SyntaxError {
            span: Span { start, end: start + 1 },
            message: format!("the text that begins with {quote} here has no end"),
            hint: Some(format!("close it with {quote}; inside, write \\{quote}")),
        })
    }

    /// A field's argument after `[`, up to and with `]`.
    pub(super) fn argument(&mut self) -> Result<String, SyntaxError> {
        let start = self.at;
        self.blank();
        let text = if let Some(quote @ ('"' | '\'')) = self.rest().chars().next() {
            self.quoted(quote)?.text
        } else {
            let rest = self.rest();
            let end = rest.find([']', '[', '"', '\'']).unwrap_or(rest.len());
            self.at += end;
            rest[..end].trim().to_owned()
        };
        if !self.symbol(']') || text.is_empty() {
            return Err(SyntaxError {
                span: Span { start: start.saturating_sub(1), end: self.at.max(start) },
                message: "a field's argument is written `field[argument]`".to_owned(),
                hint: Some("for example `proc.aname[2]`".to_owned()),
            });
        }
        Ok(text)
    }
}
