//! One check: the field, the operator's types, and the values.

use std::collections::HashSet;
use std::net::IpAddr;

use globset::GlobBuilder;
use ipnet::IpNet;
use regex::RegexBuilder;

use super::{Compiler, Findings, Node, Problem};
use crate::condition::{Check, Combine, Function, Op, Operand, Right, Span, Word};
use crate::diagnostic::{Level, did_you_mean, nearest};
use crate::event_types::{NAMES, Reach};
use crate::fields::{self, Argument, Type, Unknown};
use crate::matcher::{Base, Matcher, Source, TextMatcher};
use crate::source::Text;

/// Largest compiled regular expression, in bytes: the engine is linear in the text, this bounds its memory.
const MAX_REGEX: usize = 1 << 20;

/// A message and a hint.
type Wrong = (String, Option<String>);

/// What is wrong with an operand: where, message and hint, and whether a name is unknown.
type Problematic = (Span, Wrong, bool);

/// The type of an operand, and the operand.
pub(crate) fn source(operand: &Operand) -> Result<(Source, Type), Problematic> {
    let mut functions = Vec::new();
    let mut inner = operand;
    while let Operand::Call { function, of, .. } = inner {
        functions.push(*function);
        inner = of;
    }
    functions.reverse();
    let (base, mut value) = match inner {
        Operand::Field { name, argument, span } => field(name, argument.as_deref(), *span)?,
        Operand::Text { text, .. } => (Base::Text(text.clone()), Type::Text),
        Operand::List { items, .. } => {
            let items: Result<Vec<_>, _> = items.iter().map(|item| Ok(source(item)?.0)).collect();
            (Base::List(items?), Type::List)
        }
        Operand::Combine { function, of, selector, span } => {
            combine(*function, of, selector.as_deref(), *span)?
        }
        Operand::Call { span, .. } => {
            return Err((*span, ("a field is missing here".to_owned(), None), false));
        }
    };
    for function in &functions {
        value = match function {
            Function::Len => Type::Number,
            Function::Storage | Function::Val => value,
            _ if matches!(value, Type::Texts | Type::List) => value,
            _ => Type::Text,
        };
    }
    Ok((Source { base, functions }, value))
}

fn field(name: &str, argument: Option<&str>, span: Span) -> Result<(Base, Type), Problematic> {
    let (field, argument) = match fields::find(name, argument) {
        Ok(found) => found,
        Err(Unknown::Name) => {
            let hint = did_you_mean(name, fields::all().map(|field| field.name)).or_else(|| {
                let class = name.split('.').next().unwrap_or_default();
                let known = fields::all().any(|field| field.name.split('.').next() == Some(class));
                if known { None } else { Some(format!("there are no fields that begin with `{class}.`")) }
            });
            return Err((span, (format!("there is no field `{name}`"), hint), true));
        }
        Err(Unknown::NeedsArgument(field)) => {
            let message = format!("`{}` needs an argument: `{}[…]`", field.name, field.name);
            return Err((span, (message, None), false));
        }
        Err(Unknown::NoArgument(field)) => {
            return Err((span, (format!("`{}` takes no argument", field.name), None), false));
        }
        Err(Unknown::NotANumber(field)) => {
            let message = format!("`{}` takes a number: `{}[2]`", field.name, field.name);
            return Err((span, (message, None), false));
        }
    };
    let mut value = field.value;
    if matches!(value, Type::Texts | Type::List) && argument != Argument::None {
        value = Type::Text;
    }
    Ok((Base::Field(field, argument), value))
}

fn combine(
    function: Combine,
    of: &[Operand],
    selector: Option<&str>,
    span: Span,
) -> Result<(Base, Type), Problematic> {
    let wrong = |message: &str, hint: &str| Err((span, (message.to_owned(), Some(hint.to_owned())), false));
    let mut sources = Vec::with_capacity(of.len());
    let mut lists = Vec::with_capacity(of.len());
    for operand in of {
        let (source, value) = source(operand)?;
        lists.push(matches!(value, Type::List | Type::Texts));
        sources.push(source);
    }
    let selector = match (function, selector) {
        (_, None) => None,
        (Combine::GetOpt, Some(text)) if text.chars().count() == 1 => text.chars().next(),
        (Combine::GetOpt, Some(_)) => return wrong("`getopt` selects one option", "write `getopt(…)[t]`"),
        _ => return wrong("only `getopt` takes an argument in brackets", "remove it"),
    };
    match (function, &lists[..]) {
        (Combine::Join, [false, true]) | (Combine::GetOpt, [true, false]) => {}
        (Combine::Concat, all) if all.len() >= 2 && !all.contains(&true) => {}
        (Combine::Join, _) => {
            return wrong("`join` takes a separator and a list", "for example `join(\",\", proc.args)`");
        }
        (Combine::Concat, _) => {
            return wrong(
                "`concat` takes two texts or more, and no list",
                "for example `concat(proc.name, \":\", fd.name)`",
            );
        }
        (Combine::GetOpt, _) => {
            return wrong(
                "`getopt` takes a list of arguments and the options",
                "for example `getopt(proc.args, \"nt:\")`",
            );
        }
    }
    let value = if function == Combine::GetOpt && selector.is_none() { Type::List } else { Type::Text };
    Ok((Base::Combine(function, sources, selector), value))
}

impl<'a> Compiler<'a> {
    pub(super) fn check(&mut self, check: &'a Check, text: &Text, findings: &mut Findings) -> (Node, Reach) {
        let never = (Node::Or(Vec::new()), Reach::any());
        let (source, value) = match source(&check.left) {
            Ok(found) => found,
            Err((span, (message, hint), unknown_filter)) => {
                let mut problem = self.problem(text, span, message, hint);
                problem.unknown_filter = unknown_filter;
                findings.problems.push(problem);
                return never;
            }
        };
        self.note_fields(&source, text, check.left.span(), findings);
        let Some(words) = self.words(check, text, findings) else { return never };
        let reach = self.reach(&source, check, &words, text, findings);
        match matcher(check, value, &words) {
            Ok(matcher) => {
                if let (Matcher::Field(_, other), Right::Operand(operand)) = (&matcher, &check.right) {
                    self.note_fields(other, text, operand.span(), findings);
                }
                (Node::Check(source, matcher), reach)
            }
            Err((span, (message, hint), unknown_filter)) => {
                let mut problem = self.problem(text, span, message, hint);
                problem.unknown_filter = unknown_filter;
                findings.problems.push(problem);
                never
            }
        }
    }

    /// Remembers which fields no event carries, and which belong to one source only.
    fn note_fields(&self, source: &Source, text: &Text, span: Span, findings: &mut Findings) {
        source.fields(&mut |field| {
            if !field.live && field.source() != Some("k8s_audit") {
                findings.absent.insert(field.name);
            }
            findings.fields.insert(field.name);
            if let Some(of) = field.source() {
                findings.sources.entry(of).or_insert_with(|| {
                    let message = format!("the field `{}` is one of the source `{of}`", field.name);
                    let hint = Some(format!("rules that use it need `source: {of}`"));
                    self.problem(text, span, message, hint).diagnostic
                });
            }
        });
    }

    /// The words on the right with lists filled in; none where there was a problem.
    fn words(&mut self, check: &Check, text: &Text, findings: &mut Findings) -> Option<Vec<Word>> {
        let given: &[Word] = match &check.right {
            Right::Word(word) => std::slice::from_ref(word),
            Right::List(words, _) => words,
            Right::Nothing | Right::Operand(_) => return Some(Vec::new()),
        };
        let mut words = Vec::with_capacity(given.len());
        for word in given {
            let list = if word.quoted {
                None
            } else {
                match self.lists.resolve(&word.text, &mut findings.used_lists) {
                    Ok(list) => list,
                    Err(message) => {
                        findings.problems.push(self.problem(text, word.span, message, None));
                        return None;
                    }
                }
            };
            match list {
                Some(items) => words.extend(items.iter().map(|item| Word {
                    text: item.clone(),
                    quoted: true,
                    span: word.span,
                })),
                None => {
                    if !word.quoted && fields::all().any(|field| field.name == word.text) {
                        findings.warnings.push(self.diagnostic(
                            Level::Warning,
                            "LOAD_COMPILE_CONDITION",
                            text,
                            word.span,
                            format!("`{}` is compared as a text here, not as a field", word.text),
                            Some(format!("write `val({})` to compare with the field", word.text)),
                        ));
                    }
                    words.push(word.clone());
                }
            }
        }
        // `in name` without parentheses names a list.
        if let (Right::Word(word), true) = (&check.right, check.op.takes_list())
            && !word.quoted
            && !self.lists.contains(&word.text)
        {
            let message = format!("there is no list `{}`", word.text);
            let hint = Some(format!("for the text itself write `{} ({})`", check.op.as_str(), word.text));
            findings.problems.push(self.problem(text, word.span, message, hint));
            return None;
        }
        Some(words)
    }

    /// Which event types a check leaves, and problems with names that no event type has.
    fn reach(
        &self,
        source: &Source,
        check: &Check,
        words: &[Word],
        text: &Text,
        findings: &mut Findings,
    ) -> Reach {
        let on_type = source.plain().is_some_and(|field| matches!(field.name, "evt.type" | "syscall.type"));
        if !on_type || !matches!(check.op, Op::Eq | Op::Same | Op::Ne | Op::In) {
            return Reach::any();
        }
        for word in words {
            if !NAMES.contains(&word.text.as_str()) {
                let mut problem: Problem = self.problem(
                    text,
                    word.span,
                    format!("there is no event type `{}`", word.text),
                    did_you_mean(&word.text, NAMES.iter().copied()),
                );
                problem.unknown_filter = true;
                findings.problems.push(problem);
            }
        }
        let reach = Reach::types(words.iter().map(|word| word.text.clone()));
        if check.op == Op::Ne { reach.not() } else { reach }
    }
}

fn matcher(check: &Check, value: Type, words: &[Word]) -> Result<Matcher, Problematic> {
    let wrong = |span: Span, message: String, hint: Option<String>| (span, (message, hint), false);
    if let Right::Operand(operand) = &check.right {
        let (other, _) = source(operand)?;
        if !matches!(
            check.op,
            Op::Eq
                | Op::Same
                | Op::Ne
                | Op::Lt
                | Op::Le
                | Op::Gt
                | Op::Ge
                | Op::In
                | Op::Intersects
                | Op::Contains
                | Op::IContains
                | Op::StartsWith
                | Op::EndsWith
        ) {
            let message = format!("`{}` does not compare a field with a field", check.op.as_str());
            return Err(wrong(check.op_span, message, None));
        }
        return Ok(Matcher::Field(check.op, other));
    }
    if check.op == Op::Exists {
        return Ok(Matcher::Exists);
    }
    if words.len() > 1 && !matches!(check.op, Op::In | Op::Intersects | Op::Pmatch | Op::Eq | Op::Same) {
        let span = words.first().map_or(check.op_span, |word| word.span);
        return Err(wrong(span, format!("`{}` takes one value, this is a list", check.op.as_str()), None));
    }
    let negated = check.op == Op::Ne;
    let equality = matches!(check.op, Op::Eq | Op::Same | Op::Ne | Op::In | Op::Intersects);
    let unfit = || {
        let kind = match value {
            Type::Number => "numbers",
            Type::Bool => "true and false",
            Type::Address => "addresses",
            Type::Text | Type::Texts | Type::List => "texts",
        };
        wrong(check.op_span, format!("`{}` does not work on {kind}", check.op.as_str()), None)
    };
    match value {
        Type::List if check.op == Op::In => {
            Ok(Matcher::AllIn(words.iter().map(|word| word.text.clone()).collect()))
        }
        Type::Text | Type::Texts | Type::List => texts(check, words).map(Matcher::Text),
        Type::Number => {
            let mut numbers = HashSet::new();
            for word in words {
                numbers.insert(number(&word.text).ok_or_else(|| {
                    wrong(word.span, format!("a number should stand here, not `{}`", word.text), None)
                })?);
            }
            match check.op {
                Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                    numbers.into_iter().next().map(|limit| Matcher::Order(check.op, limit)).ok_or_else(unfit)
                }
                _ if equality => Ok(Matcher::Numbers { set: numbers, negated }),
                _ => Err(unfit()),
            }
        }
        Type::Bool => match (words, equality) {
            ([word], true) => match word.text.to_ascii_lowercase().as_str() {
                "true" | "1" => Ok(Matcher::Bool(!negated)),
                "false" | "0" => Ok(Matcher::Bool(negated)),
                _ => Err(wrong(
                    word.span,
                    format!("`true` or `false` should stand here, not `{}`", word.text),
                    None,
                )),
            },
            _ => Err(unfit()),
        },
        Type::Address if !equality => Err(unfit()),
        Type::Address => {
            let mut networks = Vec::with_capacity(words.len());
            for word in words {
                networks.push(network(&word.text).ok_or_else(|| {
                    let hint = Some("for example \"169.254.169.254\" or \"10.0.0.0/8\"".to_owned());
                    wrong(
                        word.span,
                        format!("an address or a network should stand here, not `{}`", word.text),
                        hint,
                    )
                })?);
            }
            Ok(Matcher::Networks { networks, negated })
        }
    }
}

fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

fn texts(check: &Check, words: &[Word]) -> Result<TextMatcher, Problematic> {
    let set = || words.iter().map(|word| word.text.clone()).collect::<HashSet<_>>();
    let first = || words.first().map(|word| word.text.clone()).unwrap_or_default();
    let span = words.first().map_or(check.op_span, |word| word.span);
    let wrong = |message: String, hint: Option<String>| (span, (message, hint), false);
    Ok(match check.op {
        Op::Eq | Op::Same if words.len() == 1 => TextMatcher::Is(first()),
        Op::Eq | Op::Same | Op::In | Op::Intersects => TextMatcher::In(set()),
        Op::Ne => TextMatcher::IsNot(first()),
        Op::Contains => TextMatcher::Contains(first()),
        Op::IContains => TextMatcher::IContains(first().to_lowercase()),
        Op::StartsWith => TextMatcher::StartsWith(first()),
        Op::EndsWith => TextMatcher::EndsWith(first()),
        Op::BContains | Op::BStartsWith => {
            let Some(bytes) = hex(&first()) else {
                let message = format!("bytes in hex should stand here, like `cafebabe`, not `{}`", first());
                return Err(wrong(message, None));
            };
            if check.op == Op::BContains {
                TextMatcher::BContains(bytes)
            } else {
                TextMatcher::BStartsWith(bytes)
            }
        }
        Op::Glob | Op::IGlob => {
            TextMatcher::Glob(glob(&first(), check.op == Op::IGlob).map_err(|m| wrong(m, None))?)
        }
        Op::Regex => {
            // The whole text must match, as in Falco.
            let whole = RegexBuilder::new(&format!(r"\A(?:{})\z", first())).size_limit(MAX_REGEX).build();
            let hint = "the syntax is that of RE2; an expression may compile to 1 MiB at most";
            TextMatcher::Regex(whole.map_err(|error| {
                let detail = error.to_string();
                let last = detail.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                wrong(format!("not a regular expression: {last}"), Some(hint.to_owned()))
            })?)
        }
        Op::Pmatch => {
            let (mut paths, mut globs) = (HashSet::new(), Vec::new());
            for word in words {
                let path = word.text.trim_end_matches('/');
                if path.contains(['*', '?', '[']) {
                    globs.push(glob(path, false).map_err(|message| wrong(message, None))?);
                } else {
                    paths.insert(if path.is_empty() { "/".to_owned() } else { path.to_owned() });
                }
            }
            TextMatcher::Prefixes(paths, globs)
        }
        Op::Lt | Op::Le | Op::Gt | Op::Ge => TextMatcher::Order(check.op, first()),
        Op::Exists => TextMatcher::IsNot(String::new()),
    })
}

/// A shell pattern as fnmatch(3) takes it: `*` goes over slashes too, and braces are themselves.
pub(crate) fn glob(pattern: &str, ignore_case: bool) -> Result<globset::GlobMatcher, String> {
    let pattern = pattern.replace('{', "[{]").replace('}', "[}]");
    GlobBuilder::new(&pattern)
        .literal_separator(false)
        .case_insensitive(ignore_case)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| format!("not a pattern: {}", error.kind()))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The nearest operator to a word, for exceptions' `comps`.
pub(crate) fn nearest_operator(word: &str) -> Option<&'static str> {
    nearest(word, Op::ALL.iter().map(|op| op.as_str()))
}
