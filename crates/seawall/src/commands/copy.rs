//! `seawall copy`: an image with everything that is stored beside it, from one repository to another.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use seawall_findings::Digest;
use seawall_image::{Descriptor, Index, Manifest, Reference, Registry};

use crate::cli::Copy;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::stored::{self, Attached};

/// Blobs in flight: each is held in memory.
const AT_ONCE: usize = 2;
/// Manifests below one reference.
const MOST: usize = 1024;

/// Copies by digest: the tag is resolved once, and moved at the destination last, when everything is there.
pub(crate) async fn run(context: &Context, arguments: Copy) -> Result<()> {
    let source: Reference = arguments.source.parse()?;
    let mut destination: Reference = arguments.destination.parse()?;
    let named = arguments.destination.rsplit('/').next().unwrap_or_default().contains([':', '@']);
    if destination.digest.is_some() {
        return Err(Failure::usage(
            "the destination is a repository or a tag; the digest is the image's own",
        ));
    }
    if !named {
        destination.tag.clone_from(&source.tag);
    }
    let registry = context.registry();
    let digest = registry.resolve(&source).await?;
    let mut copier = Copier { context, registry, source, destination, seen: BTreeSet::new(), blobs: 0 };
    let images = copier.image(&digest).await?;
    let mut attachments = 0;
    if !arguments.image_only {
        for image in &images {
            attachments += copier.beside(image).await?;
        }
    }
    copier.name(&digest).await?;
    context.printer.result(&format!(
        "copied {}@{digest} to {}: {} manifests, {} blobs, {attachments} attachments",
        copier.source.name(),
        copier.destination,
        copier.seen.len(),
        copier.blobs
    ));
    Ok(())
}

struct Copier<'a> {
    context: &'a Context,
    registry: Registry,
    source: Reference,
    destination: Reference,
    seen: BTreeSet<Digest>,
    blobs: usize,
}

impl Copier<'_> {
    fn there(&self, digest: &Digest) -> Reference {
        Reference { tag: None, ..self.destination.with_digest(digest.clone()) }
    }

    /// An image or index with all below it, by digest. The digests of all its manifests, the parents after their children.
    async fn image(&mut self, digest: &Digest) -> Result<Vec<Digest>> {
        let place = self.source.with_digest(digest.clone());
        let (bytes, media_type, _) = self.registry.manifest(&place).await?;
        let mut all = Vec::new();
        if stored::is_index(&media_type) {
            for one in Index::parse(&place.to_string(), &bytes)?.manifests {
                if self.seen.contains(&one.digest) {
                    continue;
                }
                self.manifest(&one.digest).await?;
                all.push(one.digest);
            }
        }
        self.manifest(digest).await?;
        all.push(digest.clone());
        Ok(all)
    }

    /// One manifest by its digest, its blobs first. One that is there has its blobs there as well.
    async fn manifest(&mut self, digest: &Digest) -> Result<()> {
        if self.seen.len() >= MOST {
            return Err(Failure::unfinished(format!("more than {MOST} manifests belong to {}", self.source)));
        }
        if !self.seen.insert(digest.clone()) {
            return Ok(());
        }
        let there = self.there(digest);
        let place = self.source.with_digest(digest.clone());
        let (bytes, media_type, _) = self.registry.manifest(&place).await?;
        if stored::is_index(&media_type) {
            let nested = Index::parse(&place.to_string(), &bytes)?;
            if let Some(deep) = nested.manifests.iter().find(|one| !self.seen.contains(&one.digest)) {
                return Err(Failure::unfinished(format!(
                    "{place} names {} that is not copied: an index within an index is not followed",
                    deep.digest
                )));
            }
        } else if self.registry.find_manifest(&there).await?.is_none() {
            let manifest = Manifest::parse(&place.to_string(), &bytes)?;
            self.blobs(manifest).await?;
        }
        self.registry.push_manifest(&there, &media_type, bytes).await?;
        Ok(())
    }

    async fn blobs(&mut self, manifest: Manifest) -> Result<()> {
        let mut wanted: Vec<Descriptor> = std::iter::once(manifest.config).chain(manifest.layers).collect();
        wanted.sort_by(|a, b| a.digest.cmp(&b.digest));
        wanted.dedup_by(|a, b| a.digest == b.digest);
        self.blobs += wanted.len();
        let (registry, source, destination) = (&self.registry, &self.source, &self.destination);
        futures_util::stream::iter(wanted.into_iter().map(Ok::<_, Failure>))
            .try_for_each_concurrent(AT_ONCE, |blob| async move {
                let bytes = registry.blob(source, &blob.digest, blob.size).await?;
                registry.push_blob(destination, bytes).await?;
                Ok(())
            })
            .await
    }

    /// What is stored beside one manifest. How many that are.
    async fn beside(&mut self, digest: &Digest) -> Result<usize> {
        let attached = stored::attached(&self.registry, &self.source, digest).await?;
        let count = attached.len();
        for one in attached {
            self.attachment(one).await?;
        }
        Ok(count)
    }

    async fn attachment(&mut self, one: Attached) -> Result<()> {
        let place = self.source.with_digest(one.digest.clone());
        let (bytes, media_type, _) = self.registry.manifest(&place).await?;
        self.blobs(Manifest::parse(&place.to_string(), &bytes)?).await?;
        match one.tag {
            Some(tag) => {
                let place = self.destination.with_tag(&tag)?;
                // Signatures that were made at the destination would be lost under the tag.
                if let Some((_, _, other)) = self.registry.find_manifest(&place).await?
                    && other != one.digest
                {
                    self.context.printer.warn(&format!("{place} is replaced; it was {other}"));
                }
                self.registry.push_manifest(&place, &media_type, bytes).await?;
            }
            None => {
                self.registry.push_referrer(&self.destination, bytes).await?;
            }
        }
        Ok(())
    }

    /// The tag at the destination, last.
    async fn name(&self, digest: &Digest) -> Result<()> {
        if self.destination.tag.is_none() {
            return Ok(());
        }
        let (bytes, media_type, _) = self.registry.manifest(&self.source.with_digest(digest.clone())).await?;
        self.registry.push_manifest(&self.destination, &media_type, bytes).await?;
        Ok(())
    }
}
