//! Which packages and findings the base image brought.

use seawall_findings::{Digest, Finding, Package};
use seawall_image::{Cache, Image, Reference, Registry, Source};

use crate::failure::Result;

/// Marks the layers of the base image: the one that the flag names, else the one that the image itself names. What stands in
/// the way of the latter is nothing to fail for. Returns what is to be said of it.
pub(super) async fn mark(
    image: &mut Image,
    source: &Source,
    flag: Option<&str>,
    registry: &Registry,
    cache: Option<&Cache>,
) -> Result<Option<String>> {
    if let Some(text) = flag {
        let base: Reference = text.parse()?;
        let layers = layers(&base, image, registry, cache).await?;
        let problem = || format!("the image is not built on {base}: its lowest layers are others");
        return Ok((!image.mark_base(&layers)).then(problem));
    }
    // An archive is read without the network.
    if let (Source::Registry(_), Some(base)) = (source, image.named_base()) {
        match layers(&base, image, registry, cache).await {
            Ok(layers) => {
                if !image.mark_base(&layers) {
                    tracing::debug!(%base, "the image names a base that its layers do not show");
                }
            }
            Err(failure) => tracing::debug!(%base, %failure, "the base that the image names cannot be read"),
        }
    }
    Ok(None)
}

/// The digests of the base's layers. Those of a digest never change, and are kept.
async fn layers(
    base: &Reference,
    image: &Image,
    registry: &Registry,
    cache: Option<&Cache>,
) -> Result<Vec<Digest>> {
    let key = base.digest.as_ref().map(|digest| format!("base\n{digest}\n{}", image.platform));
    let known = key.as_ref().and_then(|key| cache?.get(key));
    if let Some(layers) = known.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        return Ok(layers);
    }
    let opened = Image::open(&Source::Registry(base.clone()), registry, Some(&image.platform)).await?;
    let layers = opened.config.diff_ids;
    if let (Some(key), Some(cache), Ok(bytes)) = (&key, cache, serde_json::to_vec(&layers)) {
        cache.put(key, &bytes);
    }
    Ok(layers)
}

/// Writes what is known of the layers now into what was found in them, perhaps long ago.
pub(super) fn tell(image: &Image, packages: &mut [Package], findings: &mut [Finding]) {
    let packages = packages.iter_mut().map(|package| &mut package.location);
    for location in packages.chain(findings.iter_mut().map(|finding| &mut finding.location)) {
        if let Some(layer) = &mut location.layer {
            let known = image.layers.get(layer.index);
            layer.base = known.is_some_and(|known| known.layer.base && known.layer.diff_id == layer.diff_id);
        }
    }
}
