//! `seawall promote`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use seawall_gitops::{Author, GitopsError, Promotion, SigningKey};
use seawall_image::Reference;
use seawall_ledger::Kind;
use seawall_policy::Stage;
use serde_json::json;

use super::gate;
use crate::assess::{Asked, Manifest};
use crate::cli::{Format, Promote};
use crate::context::Context;
use crate::failure::{Exit, Failure, OrFail as _, Result};

/// Asks the policies, resolves the tag once, and commits tag and digest.
pub(crate) async fn run(context: Context, arguments: Promote) -> Result<()> {
    let context = Arc::new(context);
    let reference: Reference = arguments.reference.parse()?;
    let Some(tag) = reference.tag.clone() else {
        return Err(Failure::usage(format!("{reference} names no tag"))
            .hint("promotion writes a tag and its digest: name the image with its new tag"));
    };
    let files = context.policy_files(&arguments.policy);
    let (digest, verdict) = if files.is_empty() {
        context.printer.warn("no policy was asked: name one with --policy");
        (context.registry().resolve(&reference).await?, "no policy was asked".to_owned())
    } else {
        let assessor = gate::assessor(&context, &files, Stage::Promote).await?;
        let asked = vec![Asked { reference: arguments.reference.clone(), in_manifest: false }];
        let assessment = assessor.ask(Stage::Promote, None, asked, Manifest::default()).await;
        let digest = assessment.images.first().and_then(|image| image.digest.clone());
        if !assessment.verdict.allowed() {
            context.printer.result(&assessment.verdict.render(10));
        }
        gate::refuse_unless_allowed(&assessment, &arguments.reference)?;
        let digest = digest.ok_or_else(|| Failure::unfinished(format!("{reference} was not resolved")))?;
        (digest, assessment.verdict.headline())
    };

    let key = commit_key(&context, &arguments.commit_key)?;
    let promotion = Promotion {
        repository: arguments.repo.clone(),
        branch: arguments.branch,
        image: reference.name(),
        tag: tag.clone(),
        digest: digest.clone(),
        paths: arguments.path,
        forbid_backwards: arguments.forbid_backwards,
        verdict,
        author: author(&arguments.author)?,
        key,
    };
    let promoted = tokio::task::spawn_blocking(move || seawall_gitops::promote(&promotion))
        .await
        .or_unfinished()?
        .map_err(failure)?;
    for note in &promoted.notes {
        context.printer.note(&format!("left alone: {note}"));
    }
    let summary = match &promoted.commit {
        Some(commit) => {
            format!("{tag} promoted in {} by commit {}", arguments.repo, &commit[..12.min(commit.len())])
        }
        None => format!("{tag} is already in {}", arguments.repo),
    };
    if promoted.commit.is_some() {
        let body =
            json!({"reference": reference.to_string(), "repository": arguments.repo, "promoted": promoted});
        context.record(Kind::Promoted, &digest, summary.clone(), body).await?;
    }
    let text = match arguments.format {
        Format::Json => serde_json::to_string_pretty(&promoted).or_unfinished()?,
        Format::Text => {
            let mut text = summary;
            for change in &promoted.changed {
                let _ = write!(text, "\n  {}:{}", change.file, change.line);
            }
            text
        }
    };
    context.printer.result(&text);
    Ok(())
}

/// The key that signs commits; one is made where there is none, with its public half beside it.
fn commit_key(context: &Context, path: &Path) -> Result<SigningKey> {
    if path.exists() {
        let passphrase = std::env::var("SEAWALL_COMMIT_PASSWORD").ok();
        return SigningKey::load(path, passphrase.as_deref()).or_usage();
    }
    let key = SigningKey::generate("seawall").or_unfinished()?;
    key.write(path).or_usage()?;
    context.printer.note(&format!("made the commit key {} ({})", path.display(), key.fingerprint()));
    Ok(key)
}

/// `Name <email>`.
fn author(text: &str) -> Result<Author> {
    let parts = text.strip_suffix('>').and_then(|text| text.split_once('<'));
    match parts {
        Some((name, email)) if !name.trim().is_empty() && email.contains('@') => {
            Ok(Author { name: name.trim().to_owned(), email: email.trim().to_owned() })
        }
        _ => Err(Failure::usage(format!("`{text}` is no author: expected `Name <email>`"))),
    }
}

fn failure(error: GitopsError) -> Failure {
    let exit = match error {
        GitopsError::Git { .. }
        | GitopsError::GitProgram { .. }
        | GitopsError::Io { .. }
        | GitopsError::Moved { .. }
        | GitopsError::PushRace { .. } => Exit::Unfinished,
        _ => Exit::Usage,
    };
    Failure::new(exit, error)
}
