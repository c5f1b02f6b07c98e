//! `seawall attest`.

use seawall_findings::Report;
use seawall_image::{Reference, Source};
use seawall_ledger::Kind;
use seawall_signing::{Provenance, layout, predicate, sign_attestation};
use serde_json::{Value, json};

use super::{key, sign};
use crate::cli::{Attest, Looking, PredicateType};
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::{files, scanning, stored};

/// No document that is attested is larger.
const MAX_DOCUMENT: u64 = 64 << 20;

/// Attests a file, or what a scan of the digest finds now.
pub(crate) async fn run(context: &Context, arguments: Attest) -> Result<()> {
    let signer = key::signer(&arguments.key).await?;
    let registry = context.registry();
    let target = sign::Resolved::find(&registry, &arguments.reference).await?;
    let digest = target.descriptor.digest.clone();
    let PredicateType { name, uri } = &arguments.predicate_type;
    let predicate = if let Some(path) = &arguments.predicate {
        let bytes = files::read(path, MAX_DOCUMENT)?;
        predicate::of_file(uri, &bytes, &now())
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?
    } else {
        let pinned = target.reference.with_digest(digest.clone());
        made(context, &arguments.predicate_type, pinned).await?
    };
    let existing = target.existing(&registry, arguments.layout, layout::attestation_tag).await?;
    let created = now();
    let artifact = sign_attestation(
        signer.as_ref(),
        &target.as_target(existing.as_deref(), &created),
        sign::form(arguments.layout),
        uri,
        predicate,
    )
    .or_unfinished()?;
    let stored_at = stored::push(&registry, &target.reference, artifact).await?;
    let key = signer.public().id();
    context
        .record(
            Kind::Attested,
            &digest,
            format!("{name} attested by key {}", &key[..12]),
            json!({
                "reference": target.reference.to_string(),
                "predicateType": uri,
                "key": key,
                "layout": sign::form_name(arguments.layout),
                "artifact": stored_at,
            }),
        )
        .await?;
    context.printer.result(&format!("attested {name} of {}@{digest}", target.reference.name()));
    Ok(())
}

/// What is attested where no document is given: what a scan finds now, or what the pipeline says of itself.
async fn made(context: &Context, kind: &PredicateType, image: Reference) -> Result<Value> {
    match kind.uri.as_str() {
        predicate::CYCLONEDX => {
            predicate::cyclonedx(crate::sboms::cyclonedx_value(&scanned(context, image).await?))
                .or_unfinished()
        }
        predicate::VULN => {
            let started = now();
            let report = scanned(context, image).await?;
            let result = serde_json::to_value(&report).or_unfinished()?;
            let scan = predicate::Scan {
                scanner: "pkg:generic/seawall",
                version: env!("CARGO_PKG_VERSION"),
                database: report.database.as_ref(),
                started: &started,
                finished: &report.scanned_at,
                ..predicate::Scan::default()
            };
            Ok(predicate::vuln(&scan, &result))
        }
        predicate::SLSA_V1 | predicate::SLSA_V0_2 => {
            let pipeline = Provenance::of_pipeline(|name| std::env::var(name).ok(), &now()).ok_or_else(|| {
                Failure::usage("this is no pipeline of GitHub Actions, GitLab or Azure DevOps that says what it builds")
                    .hint("give the provenance with --predicate")
            })?;
            Ok(if kind.uri == predicate::SLSA_V1 { pipeline.v1() } else { pipeline.v0_2() })
        }
        _ => Err(Failure::usage(format!("a document of type {} is not made by a scan", kind.name))
            .hint("give it with --predicate")),
    }
}

async fn scanned(context: &Context, image: Reference) -> Result<Report> {
    scanning::image(context, Source::Registry(image), None, None, &Looking::default()).await
}
