//! The verdict as text for people.

use std::fmt::Write as _;

use super::{Outcome, Reason, Verdict};

/// Reasons with the same policy, rule, outcome and subject, in the order of the verdict.
struct Group<'a> {
    head: &'a Reason,
    reasons: Vec<&'a Reason>,
}

impl Verdict {
    /// The verdict for people: one block for each policy, rule and subject, with at most `most` lines and how many
    /// more there are; the remedies of the block follow, each once. What is fine is one line each, at the end.
    pub fn render(&self, most: usize) -> String {
        let mut out = match self.outcome {
            Outcome::Deny => "DENIED\n".to_owned(),
            Outcome::Warn => "ALLOWED WITH WARNINGS\n".to_owned(),
            Outcome::Allow => "ALLOWED\n".to_owned(),
        };
        let mut fine = String::new();
        for group in self.groups() {
            let head = group.head;
            let by = if head.policy.is_empty() {
                format!("Seawall, {}", head.rule)
            } else {
                format!("policy `{}`, {}", head.policy, head.rule)
            };
            if head.outcome == Outcome::Allow && head.exception.is_none() {
                let _ = write!(fine, "\nok: {by}: {}", head.message);
                continue;
            }
            let _ = writeln!(out, "\n{}: {by}\n  {}", head.outcome, head.subject);
            for reason in group.reasons.iter().take(most) {
                let _ = writeln!(out, "    - {}", reason.message);
            }
            if group.reasons.len() > most {
                let _ = writeln!(out, "    … and {} more", group.reasons.len() - most);
            }
            if head.outcome > Outcome::Allow {
                remedies(&mut out, &group.reasons, most);
            }
        }
        if !fine.is_empty() {
            out.push_str(&fine);
            out.push('\n');
        }
        out
    }

    /// One line: outcome and the first reasons' messages, for places that show no more.
    pub fn headline(&self) -> String {
        let Some(first) = self.reasons.first().filter(|reason| reason.outcome > Outcome::Allow) else {
            return "allowed".to_owned();
        };
        let more = self.of(self.outcome).count() - 1;
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        format!("{} by policy `{}`: {}: {}{more}", first.outcome, first.policy, first.subject, first.message)
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for reason in &self.reasons {
            let same = groups.iter_mut().find(|group| {
                let head = group.head;
                (&head.policy, &head.rule, head.outcome, &head.subject)
                    == (&reason.policy, &reason.rule, reason.outcome, &reason.subject)
            });
            match same {
                Some(group) => group.reasons.push(reason),
                None => groups.push(Group { head: reason, reasons: vec![reason] }),
            }
        }
        groups
    }
}

/// The remedies of a group without repetition: several of the same package say the same.
fn remedies(out: &mut String, reasons: &[&Reason], most: usize) {
    let mut seen: Vec<&str> = Vec::new();
    for reason in reasons {
        if !reason.remedy.is_empty() && !seen.contains(&reason.remedy.as_str()) {
            seen.push(&reason.remedy);
        }
    }
    for remedy in seen.iter().take(most) {
        let _ = writeln!(out, "    remedy: {}", remedy.replace('\n', "\n      "));
    }
    if seen.len() > most {
        let _ = writeln!(out, "    … and {} more remedies", seen.len() - most);
    }
}
