//! Admission's judge: the policies, asked over the images and checks of what somebody wants to run.

use std::sync::Arc;

use jiff::Timestamp;
use seawall_admission::review::{answer, parse};
use seawall_admission::{AdmissionError, Decision, Endpoint, Judge, Judgement, Request};
use seawall_ledger::{Kind, Ledger, NewEntry};
use seawall_policy::{Object, Stage};

use crate::assess::{Asked, Assessment, Assessor, Manifest};

/// Asks the policies; what it said becomes evidence where there is a ledger.
pub(crate) struct PolicyJudge {
    assessor: Assessor,
    ledger: Option<Arc<dyn Ledger>>,
}

impl PolicyJudge {
    pub(crate) fn new(assessor: Assessor, ledger: Option<Arc<dyn Ledger>>) -> Self {
        Self { assessor, ledger }
    }

    /// The answer to the bytes of a review, and whether it is allowed.
    pub(crate) async fn answer(&self, bytes: &[u8]) -> Result<(serde_json::Value, bool), AdmissionError> {
        let request = parse(bytes)?;
        let judgement = match request.decision {
            Decision::Judge => Some(self.judge(&request).await),
            Decision::Allow(_) | Decision::Deny(_) => None,
        };
        let answer = answer(&request, judgement.as_ref(), Endpoint::Mutate);
        let allowed = answer["response"]["allowed"] == true;
        Ok((answer, allowed))
    }

    async fn record(&self, request: &Request, assessment: &Assessment) {
        let Some(ledger) = &self.ledger else { return };
        for (image, digest) in assessment.digests() {
            let mut body = assessment.body(image, Stage::Admit);
            body["request"] = serde_json::json!({
                "uid": request.uid,
                "object": request.title(),
                "user": request.user,
            });
            let outcome = if assessment.verdict.allowed() { "admitted" } else { "refused" };
            let entry = NewEntry {
                time: Timestamp::now(),
                digest: digest.clone(),
                kind: Kind::Admitted,
                actor: "webhook".into(),
                summary: format!("{outcome}: {}; {}", request.title(), assessment.verdict.headline()),
                body,
            };
            if let Err(error) = ledger.append(entry).await {
                tracing::error!(%error, "evidence of an admission could not be written");
            }
        }
    }
}

#[async_trait::async_trait]
impl Judge for PolicyJudge {
    async fn judge(&self, request: &Request) -> Judgement {
        let asked = request
            .images
            .iter()
            .map(|image| Asked { reference: image.image.clone(), in_manifest: true })
            .collect();
        let manifest = Manifest {
            checks: seawall_checks::check(&request.document),
            objects: vec![Object { place: request.title(), value: request.document.value.clone() }],
        };
        let assessment = self.assessor.ask(Stage::Admit, request.namespace.as_deref(), asked, manifest).await;
        // The API server asks both endpoints: the second sees what is stored. A refusal ends at the first.
        let last = request.endpoint == Endpoint::Validate || !assessment.verdict.allowed();
        if last && !request.dry_run {
            self.record(request, &assessment).await;
        }
        let pins = request
            .images
            .iter()
            .zip(&assessment.images)
            .filter_map(|(asked, found)| Some((asked.image.clone(), found.digest.clone()?)))
            .collect();
        Judgement { verdict: assessment.verdict, pins }
    }
}
