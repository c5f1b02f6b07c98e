//! Templates: quoted texts and heredocs with interpolations and directives.

use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};

use super::expression::{Frame, Scope, evaluate, pairs};
use crate::At;
use crate::value::{HOLE, MAX_TEXT, Value, template_text};

/// A quoted template. One interpolation alone gives its value as it is.
pub(super) fn string<'e>(
    elements: impl Iterator<Item = &'e Element>,
    scope: Scope<'_, '_>,
    at: At,
    alone: bool,
) -> Value {
    let mut text = Text::default();
    for element in elements {
        if alone && let Element::Interpolation(interpolation) = element {
            return evaluate(&interpolation.expr, scope);
        }
        add(element, scope, &mut text);
    }
    let of = text.of.take();
    Value { of, ..Value::text(text.done(), at) }
}

/// A heredoc, its indentation removed where it is `<<-`.
pub(super) fn heredoc(heredoc: &HeredocTemplate, scope: Scope<'_, '_>, at: At) -> Value {
    let mut text = Text::default();
    whole(&heredoc.template, scope, &mut text);
    let of = text.of.take();
    Value { of, ..Value::text(text.done(), at) }
}

/// A template that is a text of its own (`.tf.json`, `templatefile`).
pub(super) fn parsed(template: &Template, scope: Scope<'_, '_>, at: At) -> Value {
    string(template.iter(), scope, at, template.len() == 1)
}

#[derive(Default)]
struct Text {
    written: String,
    /// `~}` was seen: white space that follows is dropped.
    strip: bool,
    /// The resource that a part was read from.
    of: Option<std::sync::Arc<str>>,
}

impl Text {
    fn literal(&mut self, literal: &str) {
        let literal = if self.strip { literal.trim_start() } else { literal };
        if !literal.is_empty() {
            self.strip = false;
        }
        self.push(literal);
    }

    fn push(&mut self, text: &str) {
        // Kept just above the limit, so that the whole is seen to be too long.
        if self.written.len() <= MAX_TEXT {
            self.written.push_str(text);
        }
    }

    fn before(&mut self, strip: Strip) {
        if strip.strip_start() {
            self.written.truncate(self.written.trim_end().len());
        }
        self.strip = false;
    }

    fn after(&mut self, strip: Strip) {
        self.strip = strip.strip_end();
    }

    fn done(self) -> String {
        self.written
    }
}

fn whole(template: &Template, scope: Scope<'_, '_>, text: &mut Text) {
    for element in template {
        add(element, scope, text);
    }
}

fn add(element: &Element, scope: Scope<'_, '_>, text: &mut Text) {
    match element {
        Element::Literal(literal) => text.literal(literal.value()),
        Element::Interpolation(interpolation) => {
            text.before(interpolation.strip);
            let value = evaluate(&interpolation.expr, scope);
            let part = template_text(&value).unwrap_or_else(|| HOLE.to_string());
            if value.of.is_some() {
                text.of = value.of;
            }
            text.push(&part);
            text.after(interpolation.strip);
        }
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => {
                text.before(directive.if_expr.strip);
                let strips = directive.if_expr.strip;
                match evaluate(&directive.if_expr.cond_expr, scope).as_bool() {
                    Some(true) => {
                        text.after(strips);
                        whole(&directive.if_expr.template, scope, text);
                        text.before(
                            directive.else_expr.as_ref().map_or(directive.endif_expr.strip, |e| e.strip),
                        );
                    }
                    Some(false) => {
                        if let Some(other) = &directive.else_expr {
                            text.after(other.strip);
                            whole(&other.template, scope, text);
                            text.before(directive.endif_expr.strip);
                        }
                    }
                    None => text.push(&HOLE.to_string()),
                }
                text.after(directive.endif_expr.strip);
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                text.before(intro.strip);
                match pairs(&evaluate(&intro.collection_expr, scope)) {
                    None => text.push(&HOLE.to_string()),
                    Some(pairs) => {
                        for (key, value) in pairs {
                            let name = intro.key_var.as_ref().map_or("", |name| name.as_str());
                            let outer = Frame { name, value: key, up: scope.frame };
                            let inner = Frame { name: intro.value_var.as_str(), value, up: Some(&outer) };
                            text.after(intro.strip);
                            whole(&intro.template, Scope { frame: Some(&inner), ..scope }, text);
                            text.before(directive.endfor_expr.strip);
                        }
                    }
                }
                text.after(directive.endfor_expr.strip);
            }
        },
    }
}
