//! Which licences a package may be used under.

use spdx::expression::ExprNode;
use spdx::{Expression, LicenseItem, ParseMode};

use crate::Globs;

/// `licence: {deny, allow, unknown}`.
#[derive(Clone, Debug, Default)]
pub struct LicenceRule {
    /// Globs over SPDX ids that are not wanted.
    pub deny: Globs,
    /// Globs over SPDX ids that are; with any, everything else is not.
    pub allow: Globs,
    /// Whether packages without a known licence are held against the image.
    pub unknown: bool,
}

impl LicenceRule {
    /// What is wrong with the licences that a package's metadata gives; none where they are fine. Several entries all
    /// hold at once; in an expression (SPDX 2.3, annex D) `OR` leaves the choice to the user, and one fine side will do.
    pub(crate) fn wrong(&self, licences: &[String]) -> Option<String> {
        let known: Vec<&str> =
            licences.iter().map(|licence| licence.trim()).filter(|licence| is_known(licence)).collect();
        if known.is_empty() {
            return self.unknown.then(|| "its licence is not known".to_owned());
        }
        known
            .into_iter()
            .find_map(|licence| (!self.accepts(licence)).then(|| format!("its licence is {licence}")))
    }

    fn accepts(&self, licence: &str) -> bool {
        // What is no expression is a name, and matched as it is written.
        let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
            return self.accepts_one(licence);
        };
        let mut stack = Vec::new();
        for node in expression.iter() {
            match node {
                ExprNode::Req(requirement) => stack.push(match &requirement.req.license {
                    LicenseItem::Spdx { id, or_later } => {
                        self.accepts_one(id.name) && (!or_later || self.accepts_one(&format!("{}+", id.name)))
                    }
                    LicenseItem::Other(_) => self.accepts_one(&requirement.req.to_string()),
                }),
                ExprNode::Op(operator) => {
                    let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else { return false };
                    stack.push(match operator {
                        spdx::expression::Operator::And => left && right,
                        spdx::expression::Operator::Or => left || right,
                    });
                }
            }
        }
        stack.pop().unwrap_or(false)
    }

    fn accepts_one(&self, id: &str) -> bool {
        !self.deny.matches(id)
            && (self.allow.is_empty() || self.allow.matches(id) || {
                // `GPL-2.0+` is what `GPL-2.0` allows, and more.
                id.strip_suffix('+').is_some_and(|base| self.allow.matches(base))
            })
    }
}

fn is_known(licence: &str) -> bool {
    !licence.is_empty()
        && !["NOASSERTION", "NONE", "UNKNOWN", "UNLICENSED"]
            .iter()
            .any(|word| licence.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(deny: &[&str], allow: &[&str]) -> LicenceRule {
        let globs = |list: &[&str]| Globs::new(list.iter().map(ToString::to_string).collect()).unwrap();
        LicenceRule { deny: globs(deny), allow: globs(allow), unknown: true }
    }

    fn wrong(rule: &LicenceRule, licences: &[&str]) -> bool {
        rule.wrong(&licences.iter().map(ToString::to_string).collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn a_choice_is_fine_where_one_side_is() {
        let rule = rule(&["AGPL-*", "GPL-3.0*"], &[]);
        for fine in
            ["MIT", "MIT OR GPL-3.0-only", "(MIT AND BSD-3-Clause) OR AGPL-3.0-only", "Some licence of ours"]
        {
            assert!(!wrong(&rule, &[fine]), "{fine}");
        }
        for bad in ["AGPL-3.0-only", "GPL-3.0-or-later", "MIT AND GPL-3.0-only", "AGPL-3.0 OR GPL-3.0"] {
            assert!(wrong(&rule, &[bad]), "{bad}");
        }
        assert!(wrong(&rule, &["MIT", "AGPL-3.0-only"]), "several entries hold at once");
        assert!(wrong(&rule, &[]) && wrong(&rule, &["NOASSERTION"]));
    }

    #[test]
    fn with_a_list_of_what_is_allowed_everything_else_is_not() {
        let rule = rule(&[], &["MIT", "Apache-2.0", "BSD-*"]);
        assert!(!wrong(&rule, &["BSD-3-Clause"]) && !wrong(&rule, &["GPL-2.0-only OR MIT"]));
        assert!(wrong(&rule, &["ISC"]) && wrong(&rule, &["Ours"]));
    }
}
