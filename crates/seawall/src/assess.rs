//! What is known about images, gathered as values, and the policies asked over it: for the gate, promotion and admission.

use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use seawall_advisories::Database;
use seawall_findings::{Digest, Finding, FindingKind, Report};
use seawall_image::{Image, Reference, Registry, Source};
use seawall_inventory::Inventory;
use seawall_ledger::{Kind, Ledger};
use seawall_policy::{
    ImageEvidence, Object, Policy, Question, Stage, Verdict, VerifiedAttestation, VerifiedSignature, evaluate,
};
use seawall_signing::{Expected, Stored, Trust, verify_attestations_by, verify_signature_by};
use serde::de::DeserializeOwned;
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

/// What is known of a manifest besides its images; empty where the question is about an image alone.
#[derive(Default)]
pub(crate) struct Manifest {
    /// What the checks hold against it.
    pub(crate) checks: Vec<Finding>,
    /// Its objects.
    pub(crate) objects: Vec<Object>,
}

/// The verdict with the evidence that it rests on.
pub(crate) struct Assessment {
    pub(crate) verdict: Verdict,
    pub(crate) images: Vec<ImageEvidence>,
    /// Which state of the policies was asked: [`PolicySet::generation`].
    generation: String,
}

/// Gathers evidence and asks the policies.
pub(crate) struct Assessor {
    pub(crate) registry: Registry,
    pub(crate) policies: PolicySet,
    pub(crate) reports: Reports,
    /// What was verified before, for policies that let it stand in while the registry cannot be asked.
    pub(crate) ledger: Option<Arc<dyn Ledger>>,
}

impl Assessor {
    /// Asks about a manifest's images and findings, or about one image alone.
    pub(crate) async fn ask(
        &self,
        stage: Stage,
        namespace: Option<&str>,
        asked: Vec<Asked>,
        manifest: Manifest,
    ) -> Assessment {
        // Side by side: an admission request has little time, and each image is a few round trips.
        // Not all at once: one object may name thousands.
        let gathered = asked.into_iter().map(|asked| self.evidence(asked));
        let images = futures_util::stream::iter(gathered).buffered(AT_ONCE).collect().await;
        let question = Question {
            stage,
            namespace,
            images,
            checks: manifest.checks,
            objects: manifest.objects,
            today: crate::context::today(),
            now: Timestamp::now(),
        };
        let verdict = evaluate(&self.policies.policies, &question);
        Assessment { verdict, images: question.images, generation: self.policies.generation() }
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
        let resolved = self.registry.resolve(&reference).await;
        // A digest in the reference is known whether the registry answers or not.
        let (digest, unreachable) = match (resolved, &reference.digest) {
            (Ok(digest), _) => (digest, None),
            (Err(error), Some(digest)) => (digest.clone(), Some(error)),
            (Err(error), None) => return Err(error.into()),
        };
        evidence.digest = Some(digest.clone());
        let reference = reference.with_digest(digest.clone());

        let (report, stored) = futures_util::future::join(self.report(&reference, &digest), async {
            if let Some(error) = unreachable {
                return Err(error.into());
            }
            if self.policies.asks_for_no_signer() {
                return Ok(Vec::new());
            }
            stored::fetch(&self.registry, &reference, &digest).await
        })
        .await;
        match report {
            Ok(report) => evidence.report = report,
            Err(failure) => evidence.problems.push(format!("not scanned: {:#}", failure.error)),
        }
        match stored {
            Ok(stored) => self.verify(&stored, &digest, evidence),
            Err(failure) => {
                evidence.problems.push(format!("{:#}", failure.error));
                self.recall(&digest, evidence).await;
            }
        }
        Ok(())
    }

    /// Verifies what is stored with each key and identity that a policy names.
    fn verify(&self, stored: &[Stored], digest: &Digest, evidence: &mut ImageEvidence) {
        let keys = self.policies.keys.iter().map(|(name, key)| (name, key.id(), Trust::key(key)));
        let now = Timestamp::now();
        let identities = self.policies.identities.iter();
        let identities = identities.map(|(name, signer)| (name, name.clone(), signer.trust(now)));
        for (name, key_id, trust) in keys.chain(identities) {
            if let Ok(signature) = verify_signature_by(stored, digest, &trust, &Expected::default()) {
                evidence.signatures.push(VerifiedSignature {
                    key: name.clone(),
                    key_id: key_id.clone(),
                    format: signature.format.name().to_owned(),
                    remembered: None,
                });
            }
            for attestation in verify_attestations_by(stored, digest, &trust, None).unwrap_or_default() {
                evidence.attestations.push(VerifiedAttestation {
                    predicate_type: attestation.predicate_type,
                    key: name.clone(),
                    key_id: key_id.clone(),
                    remembered: None,
                    predicate: Some(attestation.predicate),
                    timestamp: attestation.timestamp.and_then(|time| time.parse().ok()),
                });
            }
        }
    }

    /// What was verified about the digest before, with when; the policies say how long that counts. Only what a key of the
    /// same id, or the same identity, verified is recalled.
    async fn recall(&self, digest: &Digest, evidence: &mut ImageEvidence) {
        let Some(ledger) = &self.ledger else { return };
        for kind in [Kind::Gated, Kind::Promoted, Kind::Admitted] {
            let entry = match ledger.latest(digest, kind).await {
                Ok(Some(entry)) => entry.new,
                Ok(None) => continue,
                Err(error) => {
                    evidence
                        .problems
                        .push(format!("the ledger cannot say what was verified before: {error}"));
                    return;
                }
            };
            let is_same = |name: &String, id: &String| match self.policies.keys.get(name) {
                Some(key) => key.id() == *id,
                None => name == id && self.policies.identities.contains_key(name),
            };
            for signature in members::<VerifiedSignature>(&entry.body, "signatures") {
                if is_same(&signature.key, &signature.key_id) {
                    let remembered = Some(signature.remembered.unwrap_or(entry.time));
                    evidence.signatures.push(VerifiedSignature { remembered, ..signature });
                }
            }
            for attestation in members::<VerifiedAttestation>(&entry.body, "attestations") {
                if is_same(&attestation.key, &attestation.key_id) {
                    let remembered = Some(attestation.remembered.unwrap_or(entry.time));
                    evidence.attestations.push(VerifiedAttestation { remembered, ..attestation });
                }
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
                scanning::opened(context, &image, Some(database), &self.policies.looking()).await.map(Some)
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
    again(report, database).map(Some)
}

/// The report with its inventory matched against another database; what else was found stays.
fn again(report: Report, database: &Database) -> Result<Report> {
    let mut others = report.findings;
    others.retain(|finding| finding.kind != FindingKind::Vulnerability);
    let inventory = Inventory {
        distribution: report.distribution,
        packages: report.packages,
        problems: Vec::new(),
        damaged: Vec::new(),
    };
    let mut new = scanning::report(report.subject, inventory, Some(database))?;
    new.findings.append(&mut others);
    new.looked_for = report.looked_for;
    // What the old database did not cover was said as well, mostly in the same words.
    let told: Vec<String> =
        report.problems.into_iter().filter(|problem| !new.problems.contains(problem)).collect();
    new.problems.splice(0..0, told);
    Ok(new)
}

/// The members of a list in an entry's body; those of another shape are left out.
fn members<T: DeserializeOwned>(body: &Value, name: &str) -> Vec<T> {
    let list = body[name].as_array().into_iter().flatten();
    list.filter_map(|one| serde_json::from_value(one.clone()).ok()).collect()
}

impl Assessment {
    /// What the ledger keeps of it about one of its images.
    pub(crate) fn body(&self, image: &ImageEvidence, stage: Stage) -> Value {
        json!({
            "reference": image.reference,
            "stage": stage,
            "policies": self.generation,
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
