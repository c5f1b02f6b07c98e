//! What is known about images, gathered as values, and the policies asked over it: for the gate, promotion and admission.

use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use seawall_advisories::Database;
use seawall_findings::{Digest, Finding, Report};
use seawall_image::{Image, Reference, Registry, Source};
use seawall_inventory::Inventory;
use seawall_ledger::{Kind, Ledger};
use seawall_policy::{
    ImageEvidence, Policy, Question, Stage, Verdict, VerifiedAttestation, VerifiedSignature, evaluate,
};
use seawall_signing::{Expected, Stored, verify_attestations, verify_signature};
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::policies::PolicySet;
use crate::{scanning, stored};

/// Images of one question whose evidence is gathered at the same time.
const AT_ONCE: usize = 16;

/// Where the report of an image comes from.
pub(crate) enum Reports {
    /// It is scanned now.
    Scan(Arc<Context>, Arc<Database>),
    /// The newest one that the ledger holds, matched again against the database where there is one.
    Ledger(Arc<dyn Ledger>, Option<Arc<Database>>),
}

/// An image that is asked about.
pub(crate) struct Asked {
    pub(crate) reference: String,
    /// It stands in a manifest, which is deployed as it is.
    pub(crate) in_manifest: bool,
}

/// The verdict with the evidence that it rests on.
pub(crate) struct Assessment {
    pub(crate) verdict: Verdict,
    pub(crate) images: Vec<ImageEvidence>,
}

/// Gathers evidence and asks the policies.
pub(crate) struct Assessor {
    pub(crate) registry: Registry,
    pub(crate) policies: PolicySet,
    pub(crate) reports: Reports,
}

impl Assessor {
    /// Asks about a manifest's images and findings, or about one image alone.
    pub(crate) async fn ask(
        &self,
        stage: Stage,
        namespace: Option<&str>,
        asked: Vec<Asked>,
        checks: Vec<Finding>,
    ) -> Assessment {
        // Side by side: an admission request has little time, and each image is a few round trips.
        // Not all at once: one object may name thousands.
        let gathered = asked.into_iter().map(|asked| self.evidence(asked));
        let images = futures_util::stream::iter(gathered).buffered(AT_ONCE).collect().await;
        let question = Question {
            stage,
            namespace,
            images,
            checks,
            today: crate::context::today(),
            now: Timestamp::now(),
        };
        let verdict = evaluate(&self.policies.policies, &question);
        Assessment { verdict, images: question.images }
    }

    /// What is known about one image. What cannot be had is a problem in words, which policies take for a no.
    async fn evidence(&self, asked: Asked) -> ImageEvidence {
        let mut evidence = ImageEvidence {
            // Until it is read it is any text: nothing of it may make lines of its own in what people are shown.
            reference: crate::commands::trail::visible(&asked.reference),
            in_manifest: asked.in_manifest,
            ..Default::default()
        };
        if let Err(failure) = self.gather(&asked.reference, &mut evidence).await {
            evidence.problems.push(format!("{:#}", failure.error));
        }
        evidence
    }

    async fn gather(&self, text: &str, evidence: &mut ImageEvidence) -> Result<()> {
        let reference: Reference = text.parse()?;
        evidence.reference = reference.to_string();
        evidence.repository = reference.name();
        evidence.pinned = reference.digest.is_some();
        let digest = self.registry.resolve(&reference).await?;
        evidence.digest = Some(digest.clone());
        let reference = reference.with_digest(digest.clone());

        let (report, stored) = futures_util::future::join(self.report(&reference, &digest), async {
            if self.policies.keys.is_empty() {
                return Ok(Vec::new());
            }
            stored::fetch(&self.registry, &reference, &digest).await
        })
        .await;
        match report {
            Ok(report) => evidence.report = report,
            Err(failure) => evidence.problems.push(format!("not scanned: {:#}", failure.error)),
        }
        self.verify(&stored?, &digest, evidence);
        Ok(())
    }

    /// Verifies what is stored with each key that a policy names.
    fn verify(&self, stored: &[Stored], digest: &Digest, evidence: &mut ImageEvidence) {
        for (name, key) in &self.policies.keys {
            if let Ok(signature) = verify_signature(stored, digest, key, &Expected::default()) {
                let format = signature.format.name().to_owned();
                evidence.signatures.push(VerifiedSignature { key: name.clone(), format });
            }
            for attestation in verify_attestations(stored, digest, key, None).unwrap_or_default() {
                evidence.attestations.push(VerifiedAttestation {
                    predicate_type: attestation.predicate_type,
                    key: name.clone(),
                    timestamp: attestation.timestamp.and_then(|time| time.parse().ok()),
                });
            }
        }
    }

    async fn report(&self, reference: &Reference, digest: &Digest) -> Result<Option<Report>> {
        if !self.policies.policies.iter().any(Policy::needs_report) {
            return Ok(None);
        }
        match &self.reports {
            Reports::Scan(context, database) => {
                let source = Source::Registry(reference.clone());
                let image = Image::open(&source, &self.registry, None).await?;
                scanning::opened(context, &image, database).await.map(Some)
            }
            Reports::Ledger(ledger, database) => {
                kept_report(ledger.as_ref(), database.as_deref(), digest).await
            }
        }
    }
}

/// The newest report about the digest. With a database its inventory is matched again: an image that was clean when it
/// was scanned is not clean for ever.
async fn kept_report(
    ledger: &dyn Ledger,
    database: Option<&Database>,
    digest: &Digest,
) -> Result<Option<Report>> {
    let Some(entry) = ledger.latest(digest, Kind::Scanned).await.or_unfinished()? else { return Ok(None) };
    let report: Report = serde_json::from_value(entry.new.body["report"].clone()).map_err(|error| {
        Failure::unfinished(format!("the report in entry {} is no report: {error}", entry.seq))
    })?;
    let Some(database) = database else { return Ok(Some(report)) };
    let inventory =
        Inventory { distribution: report.distribution, packages: report.packages, problems: report.problems };
    scanning::report(report.subject, inventory, database).map(Some)
}

impl Assessment {
    /// What the ledger keeps of it about one of its images.
    pub(crate) fn body(&self, image: &ImageEvidence, stage: Stage) -> Value {
        json!({
            "reference": image.reference,
            "stage": stage,
            "verdict": self.verdict,
            "signatures": image.signatures,
            "attestations": image.attestations,
            "problems": image.problems,
        })
    }

    /// The digests that it is about.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (&ImageEvidence, &Digest)> {
        self.images.iter().filter_map(|image| Some((image, image.digest.as_ref()?)))
    }
}
