//! Policies and evidence in, verdict out.

mod exceptions;
mod objects;
mod requirements;
mod rules;

use crate::{ImageEvidence, Outcome, Policy, Question, Reason, Verdict};

/// Evaluates every policy that applies. Where none applies to an image, the verdict allows and says so.
pub fn evaluate(policies: &[Policy], question: &Question<'_>) -> Verdict {
    let mut reasons = Vec::new();
    for image in &question.images {
        let mut applies = false;
        for policy in policies.iter().filter(|policy| is_asked(policy, question) && covers(policy, image)) {
            applies = true;
            let asked = Asked { policy, question };
            requirements::evaluate(asked, image, &mut reasons);
            rules::images(asked, image, &mut reasons);
        }
        if !applies {
            reasons.push(Reason {
                policy: String::new(),
                rule: "match".into(),
                outcome: Outcome::Allow,
                subject: image.reference.clone(),
                message: "no policy applies to this image".into(),
                remedy: String::new(),
                finding: None,
                exception: None,
            });
        }
    }
    for policy in policies.iter().filter(|policy| is_asked(policy, question)) {
        // A policy for some images applies to the manifest that runs one of them.
        if policy.matching.images.is_empty() || question.images.iter().any(|image| covers(policy, image)) {
            rules::checks(Asked { policy, question }, &mut reasons);
            objects::objects(Asked { policy, question }, &mut reasons);
        }
    }
    Verdict::new(reasons)
}

/// One policy on one question.
#[derive(Clone, Copy)]
struct Asked<'a> {
    policy: &'a Policy,
    question: &'a Question<'a>,
}

impl Asked<'_> {
    fn reason(&self, rule: String, outcome: Outcome, subject: &str, message: String, remedy: &str) -> Reason {
        Reason {
            policy: self.policy.name.clone(),
            rule,
            outcome,
            subject: subject.to_owned(),
            message,
            remedy: remedy.to_owned(),
            finding: None,
            exception: None,
        }
    }
}

/// Whether the policy is asked at this stage and in this namespace. A namespace that is not known yet may be any.
fn is_asked(policy: &Policy, question: &Question<'_>) -> bool {
    let globs = &policy.matching.namespaces;
    policy.is_asked_at(question.stage)
        && (globs.is_empty() || question.namespace.is_none_or(|namespace| globs.matches(namespace)))
}

/// Globs match the repository; one that ends in a tag or digest matches the whole reference. An image whose repository is
/// not known (a reference that cannot be read) may be any: the policy applies. So it does under the registry's other
/// spelling: `registry.example.com:443` is `registry.example.com`, and nobody passes a policy by with it.
fn covers(policy: &Policy, image: &ImageEvidence) -> bool {
    let globs = &policy.matching.images;
    let matches =
        |name: &str| globs.matches(name) || respelt(name).is_some_and(|other| globs.matches(&other));
    globs.is_empty() || image.repository.is_empty() || matches(&image.repository) || matches(&image.reference)
}

/// The same name with the default port of HTTPS left out, or written.
fn respelt(name: &str) -> Option<String> {
    let (registry, rest) = name.split_once('/')?;
    match registry.strip_suffix(":443") {
        Some(host) => Some(format!("{host}/{rest}")),
        None if registry.ends_with(']') || !registry.contains(':') => Some(format!("{registry}:443/{rest}")),
        None => None,
    }
}

/// The image with its digest, as reasons name it.
fn subject(image: &ImageEvidence) -> String {
    match &image.digest {
        Some(digest) if !image.reference.contains(digest.as_str()) => format!("{}@{digest}", image.reference),
        _ => image.reference.clone(),
    }
}
