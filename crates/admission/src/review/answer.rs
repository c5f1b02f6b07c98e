//! AdmissionReview out.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_findings::Digest;
use seawall_policy::{Outcome, Reason, Verdict};
use serde_json::{Value, json};

use super::{Decision, Endpoint, Judgement, Request};

/// Longest warning; the API server cuts longer ones.
const MAX_WARNING: usize = 256;
/// Most warnings; the API server drops what is beyond 4096 characters altogether.
const MAX_WARNINGS: usize = 15;
/// Most reasons in the message.
const MAX_REASONS: usize = 8;
/// Longest message, in characters.
const MAX_MESSAGE: usize = 4096;

/// The answer to a request. `judgement` is what the judge said where [`Request::decision`] is [`Decision::Judge`];
/// without one such a request is refused.
///
/// At [`Endpoint::Mutate`] images are pinned. At [`Endpoint::Validate`], which sees the object as it will be stored, an
/// image that should be pinned and is not is refused: the tag could be another image by the time it is pulled.
pub fn answer(request: &Request, judgement: Option<&Judgement>, endpoint: Endpoint) -> Value {
    let fallback;
    let judgement = match (request.decision, judgement) {
        (Decision::Allow(why), _) => {
            return review(
                request,
                json!({"allowed": true, "auditAnnotations": {"verdict": "allow", "because": why}}),
            );
        }
        (Decision::Judge, Some(judgement)) => judgement,
        (Decision::Deny(why), _) => {
            fallback = Judgement::new(Verdict::denied(
                "admission",
                &request.title(),
                why,
                "see the request and the webhook's rules",
            ));
            &fallback
        }
        (Decision::Judge, None) => {
            fallback = Judgement::new(Verdict::denied(
                "admission",
                &request.title(),
                "there is no judgement",
                "ask again",
            ));
            &fallback
        }
    };
    let verdict = &judgement.verdict;
    if !verdict.allowed() {
        return refuse(request, verdict);
    }
    let pinned: Vec<(&str, &str, String)> = request
        .images
        .iter()
        .filter_map(|image| {
            let text = pin(&image.image, judgement.pins.get(&image.image)?)?;
            Some((image.pointer.as_str(), image.image.as_str(), text))
        })
        .collect();
    if endpoint == Endpoint::Validate
        && let Some((_, image, text)) = pinned.first()
    {
        let remedy = format!("write `{text}`, or see why the mutating webhook of Seawall did not pin it");
        let verdict = Verdict::denied(
            "admission",
            image,
            "is a tag, which can be pushed again before it is pulled",
            &remedy,
        );
        return refuse(request, &verdict);
    }
    let mut response = json!({"allowed": true, "auditAnnotations": audit(verdict)});
    let warnings = warnings(verdict);
    if !warnings.is_empty() {
        response["warnings"] = warnings.into();
    }
    if !pinned.is_empty() {
        let patch: Vec<Value> = pinned
            .iter()
            .map(|(pointer, _, text)| json!({"op": "replace", "path": pointer, "value": text}))
            .collect();
        response["patchType"] = "JSONPatch".into();
        response["patch"] = STANDARD.encode(Value::from(patch).to_string()).into();
        let texts: Vec<_> = pinned.iter().map(|(_, _, text)| text.as_str()).collect();
        response["auditAnnotations"]["pinned"] = texts.join(",").into();
    }
    review(request, response)
}

/// `shop:1.1` and its digest → `shop:1.1@sha256:…`; none where the image already names a digest.
pub fn pin(image: &str, digest: &Digest) -> Option<String> {
    (!image.contains('@')).then(|| format!("{image}@{digest}"))
}

fn review(request: &Request, mut response: Value) -> Value {
    response["uid"] = request.uid.as_str().into();
    let mut review = json!({"apiVersion": request.api_version, "kind": "AdmissionReview"});
    review["response"] = response;
    review
}

fn refuse(request: &Request, verdict: &Verdict) -> Value {
    let mut response = json!({
        "allowed": false,
        "status": {"status": "Failure", "code": 403, "reason": "Forbidden", "message": message(request, verdict)},
        "auditAnnotations": audit(verdict),
    });
    let warnings = warnings(verdict);
    if !warnings.is_empty() {
        response["warnings"] = warnings.into();
    }
    review(request, response)
}

/// What the user of kubectl reads, after "admission webhook … denied the request: ".
fn message(request: &Request, verdict: &Verdict) -> String {
    let mut text = format!("Seawall refuses {}:", request.title());
    let mut remedy_before = "";
    let denials: Vec<&Reason> = verdict.of(Outcome::Deny).collect();
    for reason in denials.iter().take(MAX_REASONS) {
        text.push_str("\n- ");
        text.push_str(&line(reason));
        if !reason.remedy.is_empty() && reason.remedy != remedy_before {
            text.push_str("\n  remedy: ");
            text.push_str(&reason.remedy.replace('\n', "\n    "));
            remedy_before = &reason.remedy;
        }
    }
    if denials.len() > MAX_REASONS {
        let _ = write!(text, "\n- and {} more reasons", denials.len() - MAX_REASONS);
    }
    cut(&text, MAX_MESSAGE)
}

fn line(reason: &Reason) -> String {
    let by = if reason.policy.is_empty() {
        reason.rule.clone()
    } else {
        format!("policy `{}` ({})", reason.policy, reason.rule)
    };
    format!("{by}: {}: {}", reason.subject, reason.message)
}

fn warnings(verdict: &Verdict) -> Vec<Value> {
    let all: Vec<_> = verdict.of(Outcome::Warn).collect();
    let mut texts: Vec<Value> = all
        .iter()
        .take(MAX_WARNINGS - 1)
        .map(|reason| cut(&format!("Seawall, {}", line(reason)), MAX_WARNING).into())
        .collect();
    if all.len() > texts.len() {
        texts.push(format!("Seawall: and {} more warnings", all.len() - texts.len()).into());
    }
    texts
}

/// For the API server's audit log: the verdict, the policies that were asked, the exceptions that let something through.
fn audit(verdict: &Verdict) -> Value {
    let unique = |mut names: Vec<String>| {
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        cut(&names.join(","), MAX_MESSAGE)
    };
    let mut audit = json!({
        "verdict": verdict.outcome.as_str(),
        "policies": unique(verdict.reasons.iter().map(|reason| reason.policy.clone()).collect()),
    });
    let exceptions = verdict.reasons.iter().filter_map(|reason| {
        let exception = reason.exception.as_ref()?;
        Some(format!("{} by {}", reason.finding.as_deref().unwrap_or(&reason.rule), exception.owner))
    });
    let exceptions = unique(exceptions.collect());
    if !exceptions.is_empty() {
        audit["exceptions"] = exceptions.into();
    }
    audit
}

/// At most so many bytes, at a character's border.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most - '…'.len_utf8();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}
