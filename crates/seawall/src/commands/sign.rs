//! `seawall sign`.

use std::collections::BTreeMap;

use seawall_image::{Index, Reference, Registry};
use seawall_ledger::Kind;
use seawall_signing::{Descriptor, Form, Signer, Target, layout, sign_image};
use serde_json::json;

use super::key;
use crate::cli::{Layout, Sign};
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::stored;

/// Images of one index that are signed.
const MOST: usize = 256;

/// Resolves the tag once; only digests are signed and handed on.
pub(crate) async fn run(context: &Context, arguments: Sign) -> Result<()> {
    let mut signers = Vec::new();
    for name in &arguments.key {
        signers.push(key::signer(name).await?);
    }
    let registry = context.registry();
    let first = Resolved::find(&registry, &arguments.reference).await?;
    let annotations: BTreeMap<String, String> = arguments.annotation.iter().cloned().collect();
    let mut targets = Vec::new();
    if arguments.recursive && stored::is_index(&first.descriptor.media_type) {
        targets = first.platforms(&registry).await?;
    }
    targets.push(first);
    for target in &targets {
        for signer in &signers {
            one(context, &registry, target, signer.as_ref(), arguments.layout, &annotations).await?;
        }
    }
    Ok(())
}

async fn one(
    context: &Context,
    registry: &Registry,
    target: &Resolved,
    signer: &dyn Signer,
    layout: Layout,
    annotations: &BTreeMap<String, String>,
) -> Result<()> {
    let existing = target.existing(registry, layout, layout::signature_tag).await?;
    let created = now();
    let artifact =
        sign_image(signer, &target.as_target(existing.as_deref(), &created), form(layout), annotations)
            .or_unfinished()?;
    let stored_at = stored::push(registry, &target.reference, artifact).await?;
    let (digest, key) = (&target.descriptor.digest, signer.public().id());
    context
        .record(
            Kind::Signed,
            digest,
            format!("signed by key {} ({})", &key[..12], form_name(layout)),
            json!({
                "reference": target.reference.to_string(),
                "key": key,
                "layout": form_name(layout),
                "annotations": annotations,
                "artifact": stored_at,
            }),
        )
        .await?;
    context.printer.result(&format!(
        "signed {}@{digest} with key {} ({})",
        target.reference.name(),
        &key[..12],
        form_name(layout)
    ));
    Ok(())
}

/// An image whose tag was resolved.
pub(crate) struct Resolved {
    pub(crate) reference: Reference,
    pub(crate) descriptor: Descriptor,
    repository: String,
    manifest: Vec<u8>,
}

impl Resolved {
    pub(crate) async fn find(registry: &Registry, reference: &str) -> Result<Self> {
        Self::at(registry, reference.parse()?).await
    }

    async fn at(registry: &Registry, reference: Reference) -> Result<Self> {
        let (bytes, media_type, digest) = registry.manifest(&reference).await?;
        let descriptor = Descriptor::new(&media_type, digest, bytes.len() as u64);
        let repository = reference.name();
        Ok(Self { reference, descriptor, repository, manifest: bytes.to_vec() })
    }

    /// The images that the index names, each by its digest.
    async fn platforms(&self, registry: &Registry) -> Result<Vec<Self>> {
        let index = Index::parse(&self.reference.to_string(), &self.manifest)?;
        if index.manifests.len() > MOST {
            let count = index.manifests.len();
            return Err(Failure::unfinished(format!("the index names {count} images, more than {MOST}")));
        }
        let mut found = Vec::new();
        for one in index.manifests {
            found.push(Self::at(registry, self.reference.with_digest(one.digest)).await?);
        }
        Ok(found)
    }

    pub(crate) async fn existing(
        &self,
        registry: &Registry,
        layout: Layout,
        tag: impl Fn(&seawall_findings::Digest) -> String,
    ) -> Result<Option<Vec<u8>>> {
        match layout {
            Layout::Bundle => Ok(None),
            Layout::Legacy => {
                stored::existing(registry, &self.reference, &tag(&self.descriptor.digest)).await
            }
        }
    }

    pub(crate) fn as_target<'a>(&'a self, existing: Option<&'a [u8]>, created: &'a str) -> Target<'a> {
        Target { repository: &self.repository, image: &self.descriptor, existing, created }
    }
}

pub(crate) fn form(layout: Layout) -> Form {
    match layout {
        Layout::Bundle => Form::Bundle,
        Layout::Legacy => Form::Legacy,
    }
}

pub(crate) fn form_name(layout: Layout) -> &'static str {
    match layout {
        Layout::Bundle => "bundle",
        Layout::Legacy => "legacy",
    }
}
