//! `seawall attach`: what was made elsewhere, stored beside an image.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_ledger::Kind;
use seawall_signing::{Artifact, Bundle, Envelope, SimpleSigning, Statement, layout};
use serde_json::json;

use super::sign::Resolved;
use crate::cli::{Attach, Layout};
use crate::context::{Context, now};
use crate::failure::{Failure, OrFail as _, Result};
use crate::{files, stored};

/// No document that is attached is larger.
const MAX_DOCUMENT: u64 = 64 << 20;
const MAX_SIGNATURE: u64 = 64 << 10;

/// Nothing of it is verified here; that it is about this image is looked at, since it would never count otherwise.
pub(crate) async fn run(context: &Context, arguments: Attach) -> Result<()> {
    let registry = context.registry();
    let (Attach::Sbom { reference, .. }
    | Attach::Signature { reference, .. }
    | Attach::Attestation { reference, .. }) = &arguments;
    let target = Resolved::find(&registry, reference).await?;
    let digest = target.descriptor.digest.clone();
    let (what, artifact) = match &arguments {
        Attach::Sbom { sbom, .. } => {
            let document = files::read(sbom, MAX_DOCUMENT)?;
            let media_type = sbom_type(&document).ok_or_else(|| {
                refuse(sbom, "neither CycloneDX nor SPDX; other documents are attached with `seawall attest`")
            })?;
            ("SBOM", layout::legacy_sbom(&digest, media_type, document).or_unfinished()?)
        }
        Attach::Signature { payload, signature, .. } => {
            let existing = target.existing(&registry, Layout::Legacy, layout::signature_tag).await?;
            ("signature", signed(&digest, payload, signature, existing.as_deref())?)
        }
        Attach::Attestation { attestation, .. } => {
            let existing = target.existing(&registry, Layout::Legacy, layout::attestation_tag).await?;
            ("attestation", attested(&target, attestation, existing.as_deref())?)
        }
    };
    let stored_at = stored::push(&registry, &target.reference, artifact).await?;
    context
        .record(
            Kind::Attested,
            &digest,
            format!("{what} attached"),
            json!({"reference": target.reference.to_string(), "attached": what, "artifact": stored_at}),
        )
        .await?;
    context.printer.result(&format!("attached {what} to {}@{digest}", target.reference.name()));
    Ok(())
}

fn refuse(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {why}", path.display()))
}

/// The media types that cosign gives them.
fn sbom_type(document: &[u8]) -> Option<&'static str> {
    let text = document.trim_ascii_start();
    if text.starts_with(b"SPDXVersion:") {
        return Some("text/spdx");
    }
    if text.starts_with(b"<") {
        let head = String::from_utf8_lossy(text.get(..512).unwrap_or(text)).into_owned();
        return head.contains("cyclonedx.org").then_some("application/vnd.cyclonedx+xml");
    }
    let value: serde_json::Value = serde_json::from_slice(document).ok()?;
    if value["bomFormat"] == "CycloneDX" {
        return Some("application/vnd.cyclonedx+json");
    }
    value["spdxVersion"].is_string().then_some("text/spdx+json")
}

fn signed(
    digest: &seawall_findings::Digest,
    payload: &Path,
    signature: &Path,
    existing: Option<&[u8]>,
) -> Result<Artifact> {
    let bytes = files::read(payload, MAX_SIGNATURE)?;
    let said = SimpleSigning::parse(&bytes).map_err(|error| refuse(payload, error))?;
    if said.digest() != digest.as_str() {
        return Err(refuse(payload, format!("it is about {}, not {digest}", said.digest())));
    }
    let text = files::read_text(signature, MAX_SIGNATURE)?;
    let signature =
        STANDARD.decode(text.trim()).map_err(|error| refuse(signature, format!("not base64: {error}")))?;
    layout::legacy_signature(existing, digest, bytes, &signature).or_unfinished()
}

fn attested(target: &Resolved, path: &Path, existing: Option<&[u8]>) -> Result<Artifact> {
    let bytes = files::read(path, MAX_DOCUMENT)?;
    let digest = &target.descriptor.digest;
    let statement = |envelope: &Envelope| -> Result<Statement> {
        let payload = envelope.payload().map_err(|error| refuse(path, error))?;
        let statement = Statement::parse(&payload).map_err(|error| refuse(path, error))?;
        if statement.about(digest).is_none() {
            return Err(refuse(path, format!("it is not about {digest}")));
        }
        Ok(statement)
    };
    if let Ok(bundle) = Bundle::parse(&bytes) {
        let envelope = bundle.envelope().ok_or_else(|| refuse(path, "the bundle holds no attestation"))?;
        let kind = statement(envelope)?.predicate_type;
        return layout::bundle(&target.descriptor, &bundle, &kind, &now()).or_unfinished();
    }
    let envelope = Envelope::parse(&bytes).map_err(|error| refuse(path, error))?;
    let kind = statement(&envelope)?.predicate_type;
    layout::legacy_attestation(existing, digest, &envelope, &kind).or_unfinished()
}

#[cfg(test)]
mod tests {
    use super::sbom_type;

    #[test]
    fn sboms_are_known_by_what_they_say() {
        let kinds = [
            (r#"{"bomFormat":"CycloneDX"}"#, Some("application/vnd.cyclonedx+json")),
            (
                r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>"#,
                Some("application/vnd.cyclonedx+xml"),
            ),
            (r#"{"spdxVersion":"SPDX-2.3"}"#, Some("text/spdx+json")),
            ("SPDXVersion: SPDX-2.3", Some("text/spdx")),
            ("<html/>", None),
            ("{}", None),
            ("", None),
        ];
        for (text, kind) in kinds {
            assert_eq!(sbom_type(text.as_bytes()), kind, "{text}");
        }
    }
}
