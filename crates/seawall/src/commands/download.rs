//! `seawall download`: what is stored beside an image, as it stands there. Nothing of it is verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_image::{Reference, Registry};
use seawall_signing::{Bundle, Statement, layout, limits, predicate};
use serde_json::json;

use crate::cli::{Attachment, Download};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::files;
use crate::stored::{self, Attached};

/// One document a line; an SBOM is the document itself.
pub(crate) async fn run(context: &Context, arguments: Download) -> Result<()> {
    let registry = context.registry();
    let reference: Reference = arguments.reference.parse()?;
    let digest = registry.resolve(&reference).await?;
    let attached = stored::attached(&registry, &reference, &digest).await?;
    let (tag, word) = match arguments.what {
        Attachment::Sbom => (layout::sbom_tag(&digest), "SBOM"),
        Attachment::Signature => (layout::signature_tag(&digest), "signature"),
        Attachment::Attestation => (layout::attestation_tag(&digest), "attestation"),
    };
    let mut found: Vec<Vec<u8>> = Vec::new();
    for one in &attached {
        if one.tag.as_ref() == Some(&tag) || (one.tag.is_none() && arguments.what != Attachment::Sbom) {
            found.extend(documents(&registry, &reference, one, arguments.what).await?);
        }
    }
    if found.is_empty() {
        return Err(Failure::denied(format!("{}@{digest} has no {word}", reference.name()))
            .hint("`seawall tree` shows what is stored beside it"));
    }
    let bytes = found.join(&b'\n');
    if let Some(path) = &arguments.output {
        return files::write_whole(path, 0o666, &bytes);
    }
    context.printer.result(&String::from_utf8_lossy(&bytes));
    Ok(())
}

async fn documents(
    registry: &Registry,
    reference: &Reference,
    attached: &Attached,
    what: Attachment,
) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for layer in &attached.layers {
        if layer.size > limits::ENVELOPE_BYTES {
            return Err(Failure::unfinished(format!("{} has {} bytes", layer.digest, layer.size)));
        }
        let bytes = registry.blob(reference, &layer.digest, layer.size).await?;
        match (what, layer.media_type.as_str()) {
            (Attachment::Signature, layout::SIMPLE_SIGNING) => {
                let signature = layer.annotations.get("dev.cosignproject.cosign/signature");
                let document = json!({"Base64Signature": signature, "Payload": STANDARD.encode(&bytes)});
                found.push(document.to_string().into_bytes());
            }
            (Attachment::Attestation, layout::DSSE) | (Attachment::Sbom, _) => found.push(bytes.to_vec()),
            (_, kind)
                if kind.starts_with("application/vnd.dev.sigstore.bundle")
                    && is_signature(&bytes) == (what == Attachment::Signature) =>
            {
                found.push(bytes.to_vec());
            }
            _ => {}
        }
    }
    Ok(found)
}

/// What the bundle itself says, and not its manifest's annotations. What cannot be read is no signature.
fn is_signature(bundle: &[u8]) -> bool {
    let kind = || {
        let payload = Bundle::parse(bundle).ok()?.envelope()?.payload().ok()?;
        Some(Statement::parse(&payload).ok()?.predicate_type)
    };
    kind().is_some_and(|kind| kind == predicate::SIGN)
}
