//! `seawall attest`.

use seawall_findings::Report;
use seawall_image::Source;
use seawall_ledger::Kind;
use seawall_signing::{layout, predicate, sign_attestation};
use serde_json::{Value, json};

use super::{key, scan, sign};
use crate::cli::{Attest, PredicateType};
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::{scanning, stored};

/// No document that is attested is larger.
const MAX_DOCUMENT: u64 = 64 << 20;

/// Attests a file, or what a scan of the digest finds now.
pub(crate) async fn run(context: &Context, arguments: Attest) -> Result<()> {
    let key = key::read_private(&arguments.key)?;
    let registry = context.registry();
    let target = sign::Resolved::find(&registry, &arguments.reference).await?;
    let digest = target.descriptor.digest.clone();
    let predicate = if let Some(path) = &arguments.predicate {
        read(path, arguments.predicate_type)?
    } else {
        let started = now();
        let pinned = target.reference.with_digest(digest.clone());
        let report = scanning::image(context, Source::Registry(pinned), None).await?;
        made(arguments.predicate_type, &report, &started)?
    };
    let (name, uri) = type_of(arguments.predicate_type);
    let existing = target.existing(&registry, arguments.layout, layout::attestation_tag).await?;
    let created = now();
    let artifact = sign_attestation(
        &key,
        &target.as_target(existing.as_deref(), &created),
        sign::form(arguments.layout),
        uri,
        predicate,
    )
    .or_unfinished()?;
    let stored_at = stored::push(&registry, &target.reference, artifact).await?;
    context
        .record(
            Kind::Attested,
            &digest,
            format!("{name} attested by key {}", &key.id()[..12]),
            json!({
                "reference": target.reference.to_string(),
                "predicateType": uri,
                "key": key.id(),
                "layout": sign::form_name(arguments.layout),
                "artifact": stored_at,
            }),
        )
        .await?;
    context.printer.result(&format!("attested {name} of {}@{digest}", target.reference.name()));
    Ok(())
}

/// Short name and URI.
pub(crate) fn type_of(kind: PredicateType) -> (&'static str, &'static str) {
    match kind {
        PredicateType::Cyclonedx => ("cyclonedx", predicate::CYCLONEDX),
        PredicateType::Vuln => ("vuln", predicate::VULN),
    }
}

fn made(kind: PredicateType, report: &Report, started: &str) -> Result<Value> {
    match kind {
        PredicateType::Cyclonedx => predicate::cyclonedx(scan::sbom(report)).or_unfinished(),
        PredicateType::Vuln => {
            let result = serde_json::to_value(report).or_unfinished()?;
            let scan = predicate::Scan {
                scanner: "pkg:generic/seawall",
                version: env!("CARGO_PKG_VERSION"),
                database: report.database.as_ref(),
                started,
                finished: &report.scanned_at,
                ..predicate::Scan::default()
            };
            Ok(predicate::vuln(&scan, &result))
        }
    }
}

fn read(path: &std::path::Path, kind: PredicateType) -> Result<Value> {
    let fail = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?.len();
    if length > MAX_DOCUMENT {
        return Err(fail(format!("{length} bytes; a document has at most {MAX_DOCUMENT}")));
    }
    let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| fail(format!("no JSON: {error}")))?;
    match kind {
        PredicateType::Cyclonedx => predicate::cyclonedx(value).map_err(|error| fail(error.to_string())),
        PredicateType::Vuln => Ok(value),
    }
}
