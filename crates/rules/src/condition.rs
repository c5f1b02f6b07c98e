//! The condition language: text to a syntax tree with spans.
//!
//! ```text
//! or      := and ("or" and)*              and     := not ("and" not)*
//! not     := "not" not | primary          primary := "(" or ")" | macro | check
//! check   := operand ("exists" | operator right)
//! operand := field | transformer "(" operand ")" | combiner "(" value ("," value)* ")" ("[" option "]")?
//! value   := operand | text | "(" value ("," value)* ")"
//! right   := word | "(" word ("," word)* ")" | list name | operand (inside `val()` or a transformer)
//! ```
//! What a word is depends on where it stands (`proc.name` is a field on the left and a text on the right), so the
//! lexer is asked for a kind of token by the parser instead of running ahead of it.

mod ast;
mod lexer;
mod parser;
mod print;

pub(crate) use ast::{Check, Combine, Expr, Function, Op, Operand, Right, Span, Word};
pub(crate) use parser::{field_at, parse};
pub(crate) use print::{check_text, expanded};
