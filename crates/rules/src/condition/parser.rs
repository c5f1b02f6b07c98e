//! Recursive descent over the grammar in the parent module.

use super::ast::{Check, Combine, Expr, Function, Op, Operand, Right, Span};
use super::lexer::{Lexer, SyntaxError};
use crate::diagnostic::did_you_mean;

/// Deepest nesting of parentheses, `not` and transformers.
const MAX_DEPTH: usize = 100;
/// Longest condition.
const MAX_LENGTH: usize = 1 << 20;

/// Parses a whole condition.
pub(crate) fn parse(text: &str) -> Result<Expr, SyntaxError> {
    let mut parser = Parser { lexer: Lexer::new(text), depth: 0 };
    if text.len() > MAX_LENGTH {
        return parser.fail("the condition is longer than 1 MiB", None);
    }
    if parser.lexer.at_end() {
        return parser.fail(
            "the condition is empty",
            Some("write a condition, or `evt.num=0` for one that never holds"),
        );
    }
    let expr = parser.or()?;
    if !parser.lexer.at_end() {
        let hint = match parser.lexer.rest().chars().next() {
            Some(')') => "there is a `)` without a `(` before it",
            _ => "join two checks with `and` or `or`; put a value with blanks into quotes",
        };
        return parser.fail("the condition should end here, or go on with `and` or `or`", Some(hint));
    }
    Ok(expr)
}

/// A field or a transformer of one at the beginning of `text`, and how long it is: for output formats.
pub(crate) fn field_at(text: &str) -> Result<Option<(Operand, usize)>, SyntaxError> {
    let mut parser = Parser { lexer: Lexer::new(text), depth: 0 };
    let operand = parser.operand()?;
    Ok(operand.map(|operand| (operand, parser.lexer.at)))
}

/// The names of all transformers.
fn transformers() -> impl Iterator<Item = &'static str> {
    Function::ALL.iter().map(|f| f.as_str()).chain(Combine::ALL.iter().map(|c| c.as_str()))
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    depth: usize,
}

impl Parser<'_> {
    fn here(&self) -> Span {
        let rest = self.lexer.rest();
        let length = rest.find(|c: char| c.is_whitespace() || "()".contains(c)).unwrap_or(rest.len());
        let length = length.max(rest.chars().next().map_or(0, char::len_utf8));
        Span { start: self.lexer.at, end: self.lexer.at + length }
    }

    fn fail<T>(&mut self, message: &str, hint: Option<&str>) -> Result<T, SyntaxError> {
        self.lexer.blank();
        Err(SyntaxError { span: self.here(), message: message.to_owned(), hint: hint.map(ToOwned::to_owned) })
    }

    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth >= MAX_DEPTH {
            return self.fail("nested deeper than 100 levels", Some("move a part into a macro"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Result<Expr, SyntaxError> {
        let mut parts = vec![self.and()?];
        while self.lexer.keyword("or") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Or(parts) })
    }

    fn and(&mut self) -> Result<Expr, SyntaxError> {
        let mut parts = vec![self.not()?];
        while self.lexer.keyword("and") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::And(parts) })
    }

    fn not(&mut self) -> Result<Expr, SyntaxError> {
        if self.lexer.keyword("not") {
            let inner = self.deeper(Self::not)?;
            return Ok(Expr::Not(Box::new(inner)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expr, SyntaxError> {
        if self.lexer.symbol('(') {
            let inner = self.deeper(Self::or)?;
            if !self.lexer.symbol(')') {
                return self.fail("a `)` is missing here, or `and` or `or`", None);
            }
            return Ok(inner);
        }
        let before = self.lexer.at;
        if let Some((name, span)) = self.lexer.name(true) {
            let is_call = self.lexer.symbol('(');
            if !is_call && !name.contains('.') {
                if matches!(name, "and" | "or" | "not") {
                    self.lexer.at = span.start;
                    let message = format!("a check or a macro is missing before `{name}`");
                    return self.fail(&message, None);
                }
                return Ok(Expr::Macro(name.to_owned(), span));
            }
            self.lexer.at = before;
        }
        let Some(left) = self.operand()? else {
            return self.fail("a check like `proc.name = sh`, a macro's name or `(` should stand here", None);
        };
        self.check(left)
    }

    fn operand(&mut self) -> Result<Option<Operand>, SyntaxError> {
        let Some((name, mut span)) = self.lexer.name(true) else { return Ok(None) };
        let after_name = self.lexer.at;
        if name.contains('.') {
            let mut argument = None;
            if self.lexer.rest().starts_with('[') {
                self.lexer.at += 1;
                argument = Some(self.lexer.argument()?);
                span.end = self.lexer.at;
            }
            return Ok(Some(Operand::Field { name: name.to_owned(), argument, span }));
        }
        if !self.lexer.symbol('(') {
            self.lexer.at = span.start;
            return Ok(None);
        }
        if let Some(combine) = Combine::ALL.iter().find(|combine| combine.as_str() == name) {
            return self.combine(*combine, span).map(Some);
        }
        let Some(function) = Function::ALL.iter().find(|function| function.as_str() == name) else {
            self.lexer.at = after_name;
            return Err(SyntaxError {
                span,
                message: format!("`{name}` is no transformer"),
                hint: did_you_mean(name, transformers()).or_else(|| {
                    let all: Vec<&str> = transformers().collect();
                    Some(format!("there are {}", all.join(", ")))
                }),
            });
        };
        let Some(of) = self.deeper(Self::operand)? else {
            return self.fail("a field should stand inside a transformer", None);
        };
        if !self.lexer.symbol(')') {
            return self.fail("a `)` is missing after the transformer's field", None);
        }
        span.end = self.lexer.at;
        Ok(Some(Operand::Call { function: *function, of: Box::new(of), span }))
    }

    /// The values of a transformer of several, from behind its parenthesis on.
    fn combine(&mut self, function: Combine, mut span: Span) -> Result<Operand, SyntaxError> {
        let of = self.deeper(Self::values)?;
        let mut selector = None;
        if self.lexer.rest().starts_with('[') {
            self.lexer.at += 1;
            selector = Some(self.lexer.argument()?);
        }
        span.end = self.lexer.at;
        Ok(Operand::Combine { function, of, selector, span })
    }

    /// Values with commas between them, up to and with the closing parenthesis.
    fn values(&mut self) -> Result<Vec<Operand>, SyntaxError> {
        let mut values = Vec::new();
        loop {
            let start = self.lexer.at;
            if self.lexer.symbol('(') {
                let items = self.deeper(Self::values)?;
                values.push(Operand::List { items, span: Span { start, end: self.lexer.at } });
            } else if let Some(operand) = self.operand()? {
                values.push(operand);
            } else if let Some(word) = self.lexer.word()? {
                values.push(Operand::Text { text: word.text, span: word.span });
            } else {
                return self.fail("a field, a text or a list should stand here", None);
            }
            if self.lexer.symbol(')') {
                return Ok(values);
            }
            if !self.lexer.symbol(',') {
                return self.fail("a `,` or `)` should stand here", None);
            }
        }
    }

    fn check(&mut self, left: Operand) -> Result<Expr, SyntaxError> {
        let Some((op, op_span)) = self.lexer.operator() else {
            self.lexer.blank();
            let rest = self.lexer.rest();
            let word = &rest[..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())];
            let hint = did_you_mean(word, Op::ALL.iter().map(|op| op.as_str()));
            return self.fail("an operator like `=`, `in` or `contains` should stand here", hint.as_deref());
        };
        let right = if op == Op::Exists { Right::Nothing } else { self.right(op)? };
        Ok(Expr::Check(Check { left, op, op_span, right }))
    }

    fn right(&mut self, op: Op) -> Result<Right, SyntaxError> {
        self.lexer.blank();
        let start = self.lexer.at;
        if self.lexer.symbol('(') {
            if !op.takes_list() {
                self.lexer.at = start;
                let message = format!("`{}` takes one value, not a list", op.as_str());
                return self.fail(&message, Some("use `in`, or write a check for each value"));
            }
            return self.list(start);
        }
        // A transformer, and so `val(field)`: a known name right before a parenthesis.
        if let Some((name, _)) = self.lexer.name(false) {
            let call = self.lexer.rest().starts_with('(') && transformers().any(|known| known == name);
            self.lexer.at = start;
            if call {
                let operand = self.operand()?;
                return operand
                    .map_or_else(|| self.fail("a value is missing", None), |o| Ok(Right::Operand(o)));
            }
        }
        match self.lexer.word()? {
            Some(word) => Ok(Right::Word(word)),
            None => self.fail(&format!("a value is missing after `{}`", op.as_str()), None),
        }
    }

    fn list(&mut self, start: usize) -> Result<Right, SyntaxError> {
        let mut words = Vec::new();
        while !self.lexer.symbol(')') {
            if !words.is_empty() && !self.lexer.symbol(',') {
                return self
                    .fail("a `,` or `)` should stand here", Some("put a value with blanks into quotes"));
            }
            match self.lexer.word()? {
                Some(word) => words.push(word),
                // A comma before the end is fine, as generated lists have it.
                None if self.lexer.rest().starts_with(')') => {}
                None => return self.fail("a value is missing in this list", None),
            }
        }
        Ok(Right::List(words, Span { start, end: self.lexer.at }))
    }
}
