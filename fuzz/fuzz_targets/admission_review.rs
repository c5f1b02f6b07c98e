//! AdmissionReviews, and the answers to them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_admission::review::{answer, parse};
use seawall_admission::{Endpoint, Judgement};
use seawall_findings::Digest;
use seawall_policy::{Question, Stage};

fn question() -> Question<'static> {
    Question {
        stage: Stage::Admit,
        namespace: None,
        images: Vec::new(),
        checks: Vec::new(),
        objects: Vec::new(),
        today: jiff::civil::date(2026, 1, 1),
        now: jiff::Timestamp::UNIX_EPOCH,
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(request) = parse(data) else { return };
    let digest = Digest::from_sha256([7; 32]);
    let pins = request.images.iter().map(|image| (image.image.clone(), digest.clone())).collect();
    let judgement = Judgement { verdict: seawall_policy::evaluate(&[], &question()), pins };
    for endpoint in [Endpoint::Mutate, Endpoint::Validate] {
        let _ = answer(&request, Some(&judgement), endpoint);
        let _ = answer(&request, None, endpoint);
    }
});
