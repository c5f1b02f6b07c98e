//! `seawall db push` and `seawall db pull`: the database as a signed artifact in a registry.

use std::collections::BTreeMap;
use std::path::Path;

use seawall_advisories::{Database, artifact};
use seawall_image::Reference;
use seawall_signing::{Descriptor, Expected, Form, PublicKey, Target, sign_image, verify_signature};

use crate::cli::{DbPull, DbPush};
use crate::commands::key;
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::files::{read, write_whole};
use crate::stored;

/// No compiled database comes near it.
const MAX_DATABASE: u64 = 4 << 30;

pub(super) async fn push(context: &Context, arguments: DbPush) -> Result<()> {
    let key = key::read_private(&arguments.key)?;
    let reference: Reference = arguments.reference.parse()?;
    let path = context.database_path()?;
    let package = artifact::pack(&read(&path, MAX_DATABASE)?).or_unfinished()?;
    let registry = context.registry();
    for blob in package.blobs {
        registry.push_blob(&reference, blob).await?;
    }
    let size = package.manifest.len() as u64;
    let digest = registry.push_manifest(&reference, artifact::MANIFEST_TYPE, package.manifest).await?;
    let image = Descriptor::new(artifact::MANIFEST_TYPE, digest.clone(), size);
    let (repository, created) = (reference.name(), now());
    let target = Target { repository: &repository, image: &image, existing: None, created: &created };
    let signature = sign_image(&key, &target, Form::Bundle, &BTreeMap::new()).or_unfinished()?;
    stored::push(&registry, &reference, signature).await?;
    context.printer.result(&format!(
        "pushed {} to {repository}@{digest}, signed by key {}",
        path.display(),
        key.id().get(..12).unwrap_or_default()
    ));
    Ok(())
}

pub(super) async fn pull(context: &Context, arguments: DbPull) -> Result<()> {
    let keys = arguments.key.iter().map(|path| key::read_public(path)).collect::<Result<Vec<_>>>()?;
    let out = match arguments.out {
        Some(path) => path,
        None => context.database_path()?,
    };
    let mut last = None;
    for reference in &arguments.references {
        match fetch(context, reference, &keys).await {
            Ok(bytes) => return place(context, reference, &out, &bytes),
            Err(failure) => {
                context.printer.warn(&format!("{reference}: {:#}", failure.error));
                last = Some(failure);
            }
        }
    }
    let failure = last.unwrap_or_else(|| Failure::usage("name a reference to pull"));
    if out.is_file() {
        return Err(failure.hint(format!("{} stays as it was", out.display())));
    }
    Err(failure)
}

/// The database, verified: the signature is over the manifest's digest, the manifest names the layer's, and the layer's
/// content has a checksum of its own.
async fn fetch(context: &Context, reference: &str, keys: &[PublicKey]) -> Result<Vec<u8>> {
    let reference: Reference = reference.parse()?;
    let registry = context.registry();
    let (manifest, _, digest) = registry.manifest(&reference).await?;
    let stored = stored::fetch(&registry, &reference, &digest).await?;
    let mut refusals = Vec::new();
    for key in keys {
        match verify_signature(&stored, &digest, key, &Expected::default()) {
            Ok(_) => refusals.clear(),
            Err(refusal) => {
                refusals.push(refusal.to_string());
                continue;
            }
        }
        let layer = artifact::layer(&manifest).or_unfinished()?;
        let bytes = registry.blob(&reference, &layer.digest, layer.size).await?;
        return artifact::unpack(&bytes).or_unfinished();
    }
    let mut failure =
        Failure::unfinished(format!("{}@{digest}: no signature by the given key", reference.name()));
    for refusal in refusals {
        failure = failure.hint(refusal);
    }
    Err(failure)
}

/// Puts it into place in one step. An older one than the present is not: a registry that was set back, or somebody who
/// serves an old signature, must not hide what became known since.
fn place(context: &Context, reference: &str, out: &Path, bytes: &[u8]) -> Result<()> {
    let new = Database::from_bytes(bytes.to_vec(), reference).or_unfinished()?.info();
    if let Ok(present) = Database::open(out) {
        let present = present.info();
        if present.built_at > new.built_at {
            return Err(Failure::unfinished(format!(
                "{reference} was compiled {}, the present database {}: the newer one stays",
                new.built_at, present.built_at
            ))
            .hint(format!("remove {} to go back to the older one", out.display())));
        }
    }
    write_whole(out, 0o644, bytes)?;
    context.printer.result(&format!(
        "{}: {} advisories, compiled {}, from {reference}",
        out.display(),
        new.advisories,
        new.built_at
    ));
    Ok(())
}
