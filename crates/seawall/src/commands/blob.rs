//! `seawall sign-blob` and `seawall verify-blob`: signatures over files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use seawall_image::digest_of;
use seawall_ledger::Kind;
use seawall_signing::{Bundle, MessageSignature, SigningError, VerifiedBlob, verify_blob};
use serde_json::json;

use super::key;
use super::trusting::{Signers, explain};
use crate::cli::{Format, SignBlob, VerifyBlob};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::files;

/// No file that is signed is larger: it is hashed and signed in memory.
const MAX_FILE: u64 = 4 << 30;
/// No bundle or signature is larger.
const MAX_SIGNATURE: u64 = 64 << 20;

/// `seawall sign-blob`.
pub(crate) async fn sign(context: &Context, arguments: SignBlob) -> Result<()> {
    let signer = key::signer(&arguments.key).await?;
    let bytes = files::read(&arguments.file, MAX_FILE)?;
    let message = MessageSignature::sign(signer.as_ref(), &bytes).or_unfinished()?;
    let bare = STANDARD.encode(message.signature().or_unfinished()?);
    if let Some(path) = &arguments.output_signature {
        files::write_whole(path, 0o666, bare.as_bytes())?;
    }
    if let Some(path) = &arguments.bundle {
        let bundle = Bundle::of_message(signer.public(), message).to_bytes().or_unfinished()?;
        files::write_whole(path, 0o666, &bundle)?;
    }
    let key = signer.public().id();
    context
        .record(
            Kind::Signed,
            &digest_of(&bytes),
            format!("file {} signed by key {}", arguments.file.display(), &key[..12]),
            json!({"file": arguments.file.display().to_string(), "key": key}),
        )
        .await?;
    if arguments.bundle.is_none() && arguments.output_signature.is_none() {
        context.printer.result(&bare);
    } else {
        context.printer.result(&format!("signed {} with key {}", arguments.file.display(), &key[..12]));
    }
    Ok(())
}

/// `seawall verify-blob`. Any of the signers will do.
pub(crate) async fn verify(context: &Context, arguments: VerifyBlob) -> Result<()> {
    if arguments.trusting.notation_trust_store.is_some() {
        return Err(Failure::usage("Notation signatures of files are not supported; those of images are"));
    }
    let signers = Signers::read(&arguments.trusting).await?;
    let bytes = files::read(&arguments.file, MAX_FILE)?;
    let mut refusals = Vec::new();
    for (name, trust) in signers.all(Timestamp::now()) {
        match verify_blob(&bundle(&arguments, &signers, &bytes)?, &bytes, &trust) {
            Ok(verified) => return held(context, &arguments, name, &verified, &bytes).await,
            Err(error) => refusals.push((name.to_owned(), error)),
        }
    }
    let mut failure = Failure::denied(format!("{} is not signed as asked for", arguments.file.display()));
    for (name, error) in refusals {
        if let (true, SigningError::NoBlobSignature { rejection, .. }) = (arguments.explain, &error) {
            context.printer.result(&explain(&format!("for {name}"), &rejection.steps));
        }
        failure = failure.hint(error.to_string());
    }
    Err(failure)
}

/// The bundle that is given, or one around the bare signature, which then says nothing but that.
fn bundle(arguments: &VerifyBlob, signers: &Signers, bytes: &[u8]) -> Result<Bundle> {
    let fail = |path: &std::path::Path, why: String| Failure::denied(format!("{}: {why}", path.display()));
    if let Some(path) = &arguments.bundle {
        return Bundle::parse(&files::read(path, MAX_SIGNATURE)?)
            .map_err(|error| fail(path, error.to_string()));
    }
    let Some(path) = &arguments.signature else {
        return Err(Failure::usage("neither bundle nor signature is given"));
    };
    let text = files::read_text(path, MAX_SIGNATURE)?;
    let signature =
        STANDARD.decode(text.trim()).map_err(|error| fail(path, format!("not base64: {error}")))?;
    let key = signers.first_key().ok_or_else(|| {
        Failure::usage("a bare signature carries no certificate: it is verified with a key")
            .hint("give --key, or the bundle with --bundle")
    })?;
    Ok(Bundle::of_message(key, MessageSignature::new(key.algorithm(), bytes, &signature)))
}

async fn held(
    context: &Context,
    arguments: &VerifyBlob,
    name: &str,
    verified: &VerifiedBlob,
    bytes: &[u8],
) -> Result<()> {
    let file = arguments.file.display();
    let digest = digest_of(bytes);
    context
        .record(
            Kind::Verified,
            &digest,
            format!("file {file} verified with {name}"),
            json!({"file": file.to_string(), "verified": verified, "signer": name}),
        )
        .await?;
    let text = match arguments.format {
        Format::Json => {
            let mut document =
                json!({"file": file.to_string(), "digest": digest, "verified": verified, "signer": name});
            if arguments.explain {
                document["steps"] = json!(verified.steps);
            }
            serde_json::to_string_pretty(&document).or_unfinished()?
        }
        Format::Text if arguments.explain => explain(&format!("{file}: signed by {name}"), &verified.steps),
        Format::Text => format!("{file}: signed by {name}"),
    };
    context.printer.result(&text);
    Ok(())
}
