//! A syntax tree back to text, with macros filled in.

use std::fmt::Write as _;

use super::ast::{Check, Expr, Operand, Right, Word};

/// Deepest macro that is filled in; the compiler refuses deeper ones and circles.
const MAX_DEPTH: usize = 100;
/// Longest text.
const MAX_LENGTH: usize = 4 << 20;

/// Writes `expr` on lines of its own, indented by what it is part of. `macros` gives a macro's tree by its name.
pub(crate) fn expanded<'a>(expr: &'a Expr, macros: &dyn Fn(&str) -> Option<&'a Expr>) -> String {
    let mut text = String::new();
    write_expr(expr, macros, 0, 0, &mut text);
    text
}

fn line(indent: usize, content: &str, text: &mut String) {
    if text.len() < MAX_LENGTH {
        let _ = writeln!(text, "{}{content}", "  ".repeat(indent));
    }
}

fn write_expr<'a>(
    expr: &'a Expr,
    macros: &dyn Fn(&str) -> Option<&'a Expr>,
    indent: usize,
    depth: usize,
    text: &mut String,
) {
    if depth > MAX_DEPTH || text.len() >= MAX_LENGTH {
        return;
    }
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            line(indent, if matches!(expr, Expr::And(_)) { "all of" } else { "any of" }, text);
            for part in parts {
                write_expr(part, macros, indent + 1, depth + 1, text);
            }
        }
        Expr::Not(part) => match &**part {
            Expr::Check(check) => line(indent, &format!("not {}", check_text(check)), text),
            other => {
                line(indent, "not", text);
                write_expr(other, macros, indent + 1, depth + 1, text);
            }
        },
        Expr::Check(check) => line(indent, &check_text(check), text),
        Expr::Macro(name, _) => match macros(name) {
            Some(inner) => {
                line(indent, &format!("{name}:"), text);
                write_expr(inner, macros, indent + 1, depth + 1, text);
            }
            None => line(indent, name, text),
        },
    }
}

pub(crate) fn check_text(check: &Check) -> String {
    let (left, op) = (operand_text(&check.left), check.op.as_str());
    match &check.right {
        Right::Nothing => format!("{left} {op}"),
        Right::Word(word) => format!("{left} {op} {}", word_text(word)),
        Right::List(words, _) => {
            let words: Vec<String> = words.iter().map(word_text).collect();
            format!("{left} {op} ({})", words.join(", "))
        }
        Right::Operand(operand) => format!("{left} {op} {}", operand_text(operand)),
    }
}

fn word_text(word: &Word) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:*".contains(c);
    if !word.quoted || (!word.text.is_empty() && word.text.chars().all(plain)) {
        return word.text.clone();
    }
    format!("\"{}\"", word.text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn operand_text(operand: &Operand) -> String {
    let list = |items: &[Operand]| items.iter().map(operand_text).collect::<Vec<_>>().join(", ");
    match operand {
        Operand::Field { name, argument: None, .. } => name.clone(),
        Operand::Field { name, argument: Some(argument), .. } => format!("{name}[{argument}]"),
        Operand::Call { function, of, .. } => format!("{}({})", function.as_str(), operand_text(of)),
        Operand::Combine { function, of, selector, .. } => {
            let selector = selector.as_ref().map(|one| format!("[{one}]")).unwrap_or_default();
            format!("{}({}){selector}", function.as_str(), list(of))
        }
        Operand::Text { text, .. } => format!("\"{text}\""),
        Operand::List { items, .. } => format!("({})", list(items)),
    }
}
