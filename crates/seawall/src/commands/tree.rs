//! `seawall tree`: what is stored beside an image.

use seawall_image::{Index, Reference};
use serde_json::{Value, json};

use crate::cli::{Format, Tree};
use crate::context::Context;
use crate::failure::{OrFail as _, Result};
use crate::stored::{self, Attached};

/// Images of an index that are looked at.
const MOST: usize = 64;

/// An index shows what is stored beside each of its images as well.
pub(crate) async fn run(context: &Context, arguments: Tree) -> Result<()> {
    let registry = context.registry();
    let reference: Reference = arguments.reference.parse()?;
    let (bytes, media_type, digest) = registry.manifest(&reference).await?;
    let mut images = vec![(digest.clone(), None)];
    if stored::is_index(&media_type) {
        let index = Index::parse(&reference.to_string(), &bytes)?;
        if index.manifests.len() > MOST {
            context.printer.warn(&format!("only the first {MOST} images of the index are looked at"));
        }
        let platform = |one: seawall_image::Descriptor| (one.digest, one.platform.map(|p| p.to_string()));
        images.extend(index.manifests.into_iter().take(MOST).map(platform));
    }
    let mut found = Vec::new();
    for (digest, platform) in images {
        let attached = stored::attached(&registry, &reference, &digest).await?;
        found.push((digest, platform, attached));
    }
    let text = match arguments.format {
        Format::Json => {
            let images: Vec<Value> = found
                .iter()
                .map(|(digest, platform, attached)| {
                    json!({"digest": digest, "platform": platform, "attached": attached})
                })
                .collect();
            serde_json::to_string_pretty(&json!({"reference": reference.to_string(), "images": images}))
                .or_unfinished()?
        }
        Format::Text => {
            let mut lines = Vec::new();
            for (digest, platform, attached) in &found {
                let platform = platform.as_ref().map(|p| format!(" ({p})")).unwrap_or_default();
                lines.push(format!("{}@{digest}{platform}", reference.name()));
                lines.extend(branches(attached));
            }
            lines.join("\n")
        }
    };
    context.printer.result(&text);
    Ok(())
}

fn branches(attached: &[Attached]) -> Vec<String> {
    if attached.is_empty() {
        return vec!["  nothing is stored beside it".to_owned()];
    }
    let mut lines = Vec::new();
    for (n, one) in attached.iter().enumerate() {
        let (branch, below) =
            if n + 1 == attached.len() { ("└── ", "    ") } else { ("├── ", "│   ") };
        let place = one.tag.as_ref().map_or_else(|| one.digest.to_string(), |tag| format!("tag {tag}"));
        lines.push(format!("{branch}{}: {place}", one.what()));
        for (k, layer) in one.layers.iter().enumerate() {
            let leaf = if k + 1 == one.layers.len() { "└── " } else { "├── " };
            lines.push(format!("{below}{leaf}{} {} ({} bytes)", layer.media_type, layer.digest, layer.size));
        }
    }
    lines
}
