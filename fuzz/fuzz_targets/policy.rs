//! Policy documents, and a question to what was read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_policy::{ImageEvidence, Question, Stage, evaluate, parse};

fuzz_target!(|text: &str| {
    if let Ok(policies) = parse("fuzz.yaml", text) {
        let question = Question {
            stage: Stage::Admit,
            namespace: Some("shop"),
            images: vec![ImageEvidence {
                reference: "r.example.com/a:1".into(),
                repository: "r.example.com/a".into(),
                ..Default::default()
            }],
            checks: Vec::new(),
            objects: vec![],
            today: jiff::civil::date(2026, 1, 1),
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        for policy in &policies {
            let _ = seawall_policy::lint(policy, question.today);
        }
        let _ = evaluate(&policies, &question);
    }
});
