//! `seawall gate`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use seawall_ledger::Kind;
use seawall_policy::{Object, Policy, Stage, Verdict};

use crate::assess::{Asked, Assessment, Assessor, Manifest, Reports};
use crate::cli::{Format, Gate};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::policies::PolicySet;

/// No manifest file is larger.
const MAX_MANIFEST: u64 = 32 << 20;

/// Most lines that a group of reasons is shown with.
const LINES: usize = 10;

/// Asks the policies about an image, or about a manifest and the images in it.
pub(crate) async fn run(context: Context, arguments: Gate) -> Result<()> {
    let context = Arc::new(context);
    let assessor = assessor(&context, &arguments.policy, Stage::Gate).await?;
    let path = Path::new(&arguments.subject);
    let (asked, manifest, namespace) = if path.is_file() {
        from_manifest(path)?
    } else {
        (vec![Asked { reference: arguments.subject.clone(), in_manifest: false }], Manifest::default(), None)
    };
    let namespace = arguments.namespace.or(namespace);
    let assessment = assessor.ask(Stage::Gate, namespace.as_deref(), asked, manifest).await;
    record(&context, Kind::Gated, &assessment, Stage::Gate).await?;
    show(&context, &assessment.verdict, arguments.format)?;
    refuse_unless_allowed(&assessment, &arguments.subject)
}

/// An assessor that scans what it is asked about.
pub(crate) async fn assessor(context: &Arc<Context>, files: &[PathBuf], stage: Stage) -> Result<Assessor> {
    let policies = PolicySet::load(context, files, stage)?;
    let database = Arc::new(context.database()?);
    let remembers = policies.policies.iter().any(Policy::remembers);
    let ledger = if remembers { context.ledger().await?.map(Arc::from) } else { None };
    let reports = Reports::Scan(Arc::clone(context), database);
    Ok(Assessor { registry: context.registry(), policies, reports, ledger })
}

/// The verdict becomes evidence about every digest that it is about.
pub(crate) async fn record(
    context: &Context,
    kind: Kind,
    assessment: &Assessment,
    stage: Stage,
) -> Result<()> {
    for (image, digest) in assessment.digests() {
        context.record(kind, digest, assessment.verdict.headline(), assessment.body(image, stage)).await?;
    }
    Ok(())
}

fn show(context: &Context, verdict: &Verdict, format: Format) -> Result<()> {
    let text = match format {
        Format::Text => verdict.render(LINES),
        Format::Json => serde_json::to_string_pretty(verdict).or_unfinished()?,
    };
    context.printer.result(&text);
    Ok(())
}

/// Evidence that could not be had is 3, a plain no is 1: a pipeline can tell "vulnerable" from "broken".
pub(crate) fn refuse_unless_allowed(assessment: &Assessment, subject: &str) -> Result<()> {
    if assessment.verdict.allowed() {
        return Ok(());
    }
    let problems: Vec<&str> =
        assessment.images.iter().flat_map(|image| &image.problems).map(String::as_str).collect();
    if let Some(first) = problems.first() {
        return Err(Failure::unfinished(format!("{subject} could not be judged: {first}"))
            .hint("what cannot be looked at is not let through"));
    }
    Err(Failure::denied(format!("{subject} is refused: {}", assessment.verdict.headline())))
}

fn from_manifest(path: &Path) -> Result<(Vec<Asked>, Manifest, Option<String>)> {
    let name = path.display().to_string();
    let fail = |why: String| Failure::usage(format!("{name}: {why}"));
    let text = crate::files::read_text(path, MAX_MANIFEST)?;
    let documents = seawall_checks::documents(&name, &text).or_usage()?;
    let mut asked: Vec<Asked> = Vec::new();
    let mut manifest = Manifest::default();
    let workloads = || documents.iter().filter(|one| seawall_checks::pod_template(&one.value).is_some());
    // Workloads of several namespaces are asked about as if the namespace were not known: then every policy applies. Else
    // the first document could choose the policies of all others.
    let first = workloads().next().and_then(|one| one.namespace.clone());
    let namespace = first.filter(|first| workloads().all(|one| one.namespace.as_ref() == Some(first)));
    for document in &documents {
        manifest.checks.extend(seawall_checks::check(document));
        let place = match document.position("") {
            Some(at) => format!("{name}:{}:{}", at.line, at.column),
            None => name.clone(),
        };
        manifest.objects.push(Object { place, value: document.value.clone() });
        for image in seawall_checks::images(&document.value) {
            if !asked.iter().any(|known| known.reference == image.image) {
                asked.push(Asked { reference: image.image, in_manifest: true });
            }
        }
    }
    if asked.is_empty() {
        return Err(fail("no workload with a container image is in it".into()));
    }
    Ok((asked, manifest, namespace))
}

#[cfg(test)]
mod tests {
    use super::from_manifest;

    fn namespace(documents: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.yaml");
        let one = |(kind, metadata): &(&str, &str)| {
            let spec =
                if *kind == "Pod" { "spec: {containers: [{name: c, image: shop}]}" } else { "data: {}" };
            format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: shop{metadata}}}\n{spec}\n")
        };
        std::fs::write(&path, documents.iter().map(one).collect::<Vec<_>>().join("---\n")).unwrap();
        from_manifest(&path).unwrap().2
    }

    #[test]
    fn the_first_document_does_not_choose_the_policies_of_the_others() {
        let (dev, prod) = (", namespace: dev", ", namespace: prod");
        assert_eq!(namespace(&[("Pod", prod), ("Pod", prod)]).as_deref(), Some("prod"));
        assert_eq!(namespace(&[("ConfigMap", dev), ("Pod", prod)]).as_deref(), Some("prod"));
        assert_eq!(namespace(&[("Pod", dev), ("Pod", prod)]), None, "every policy applies");
        assert_eq!(namespace(&[("Pod", dev), ("Pod", "")]), None);
        assert_eq!(namespace(&[("Pod", "")]), None);
    }
}
