//! `seawall sign`.

use std::collections::BTreeMap;

use seawall_image::{Reference, Registry};
use seawall_ledger::Kind;
use seawall_signing::{Descriptor, Form, Target, layout, sign_image};
use serde_json::json;

use super::key;
use crate::cli::{Layout, Sign};
use crate::context::{Context, now};
use crate::failure::{OrFail as _, Result};
use crate::stored;

/// Resolves the tag once; only the digest is signed and handed on.
pub(crate) async fn run(context: &Context, arguments: Sign) -> Result<()> {
    let key = key::read_private(&arguments.key)?;
    let registry = context.registry();
    let target = Resolved::find(&registry, &arguments.reference).await?;
    let existing = target.existing(&registry, arguments.layout, layout::signature_tag).await?;
    let created = now();
    let artifact = sign_image(
        &key,
        &target.as_target(existing.as_deref(), &created),
        form(arguments.layout),
        &BTreeMap::new(),
    )
    .or_unfinished()?;
    let stored_at = stored::push(&registry, &target.reference, artifact).await?;
    let digest = &target.descriptor.digest;
    context
        .record(
            Kind::Signed,
            digest,
            format!("signed by key {} ({})", &key.id()[..12], form_name(arguments.layout)),
            json!({
                "reference": target.reference.to_string(),
                "key": key.id(),
                "layout": form_name(arguments.layout),
                "artifact": stored_at,
            }),
        )
        .await?;
    context.printer.result(&format!(
        "signed {}@{digest} with key {} ({})",
        target.reference.name(),
        &key.id()[..12],
        form_name(arguments.layout)
    ));
    Ok(())
}

/// An image whose tag was resolved.
pub(crate) struct Resolved {
    pub(crate) reference: Reference,
    pub(crate) descriptor: Descriptor,
    repository: String,
}

impl Resolved {
    pub(crate) async fn find(registry: &Registry, reference: &str) -> Result<Self> {
        let reference: Reference = reference.parse()?;
        let (bytes, media_type, digest) = registry.manifest(&reference).await?;
        let descriptor = Descriptor::new(&media_type, digest, bytes.len() as u64);
        let repository = reference.name();
        Ok(Self { reference, descriptor, repository })
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
