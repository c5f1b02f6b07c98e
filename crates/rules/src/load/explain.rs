//! What a rule comes to: its condition with macros filled in, and what of it could be decided in the kernel.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Collection;
use crate::condition::{self, Expr, Op, Operand, Right, check_text};
use crate::rules::Rules;
use crate::{Diagnostic, Rule};

/// What a rule comes to.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The rule.
    pub rule: Rule,
    /// The condition with macros filled in: one check a line, indented by `all of`, `any of` and `not`.
    pub condition: String,
    /// The conditions of its exceptions' values.
    pub exceptions: usize,
    /// The checks that every matching event must pass and that compare a fact the kernel has at hand (the call, the
    /// program, the path, container or host) with constants: what a sensor could decide before an event leaves the kernel.
    pub kernel: Vec<String>,
}

/// Fields whose values the kernel side knows when the call happens.
const IN_KERNEL: [&str; 14] = [
    "evt.type",
    "evt.dir",
    "evt.res",
    "evt.rawres",
    "evt.failed",
    "evt.is_open_read",
    "evt.is_open_write",
    "proc.name",
    "proc.exepath",
    "proc.pname",
    "fd.name",
    "fd.sip",
    "fd.sport",
    "user.uid",
];

/// Explains one rule; none where there is no rule of this name.
pub(crate) fn explain(files: &[(&str, &str)], name: &str) -> Result<Option<Explanation>, Vec<Diagnostic>> {
    let (rules, _) = Rules::load(files)?;
    let Some(rule) = rules.iter().find(|rule| rule.name == name).cloned() else { return Ok(None) };
    let held = crate::source::Files(files);
    let collection = Collection::read(&held);
    let macros: BTreeMap<&str, Expr> = collection
        .macros
        .iter()
        .filter_map(|(name, def)| Some((name.as_str(), condition::parse(&def.condition.joined()).ok()?)))
        .collect();
    let Ok(expr) = condition::parse(&rule.condition) else { return Ok(None) };
    let macro_of = |name: &str| macros.get(name);
    let mut kernel = Vec::new();
    needed(&expr, &macro_of, 0, &mut kernel);
    kernel.dedup();
    let exceptions = collection
        .rules
        .get(name)
        .map_or(0, |def| def.exceptions.iter().map(|exception| exception.values.len()).sum());
    Ok(Some(Explanation { condition: condition::expanded(&expr, &macro_of), rule, exceptions, kernel }))
}

/// The checks that must hold whatever else does.
fn needed<'a>(
    expr: &'a Expr,
    macros: &dyn Fn(&str) -> Option<&'a Expr>,
    depth: usize,
    found: &mut Vec<String>,
) {
    if depth > 100 {
        return;
    }
    match expr {
        Expr::And(parts) => {
            for part in parts {
                needed(part, macros, depth + 1, found);
            }
        }
        Expr::Macro(name, _) => {
            if let Some(inner) = macros(name) {
                needed(inner, macros, depth + 1, found);
            }
        }
        Expr::Check(check) if in_kernel(&check.left) && constant(&check.right) => {
            found.push(check_text(check));
        }
        Expr::Not(part) => match &**part {
            Expr::Check(check) if in_kernel(&check.left) && constant(&check.right) => {
                found.push(format!("not {}", check_text(check)));
            }
            _ => {}
        },
        // Container or host is all that the kernel asks of a container.
        Expr::Check(check) if is_host(check) => found.push(check_text(check)),
        _ => {}
    }
}

fn in_kernel(left: &Operand) -> bool {
    matches!(left, Operand::Field { name, argument: None, .. } if IN_KERNEL.contains(&name.as_str()))
}

fn constant(right: &Right) -> bool {
    !matches!(right, Right::Operand(_))
}

fn is_host(check: &condition::Check) -> bool {
    let on_id = matches!(&check.left, Operand::Field { name, .. } if name == "container.id");
    let host = matches!(&check.right, Right::Word(word) if word.text == "host");
    on_id && host && matches!(check.op, Op::Eq | Op::Ne | Op::Same)
}
