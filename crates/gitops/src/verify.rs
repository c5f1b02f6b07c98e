//! Whether a commit was signed by an allowed SSH key.

use std::path::Path;

use git2::{Oid, Repository};
use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::GitopsError;

/// The keys that may sign, each with its principals.
#[derive(Clone, Debug, Default)]
pub struct AllowedSigners {
    entries: Vec<(String, PublicKey)>,
}

/// A commit with a good signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCommit {
    /// Its full id.
    pub commit: String,
    /// The principals (mail addresses) that the allowed key stands for.
    pub principals: String,
    /// `SHA256:…` of the key.
    pub fingerprint: String,
}

impl AllowedSigners {
    /// Reads an allowed_signers file (ssh-keygen(1), "ALLOWED SIGNERS"). The option `namespaces` is honoured; a line
    /// with another option (certificate authorities, validity) is refused rather than read as if it were not there.
    pub fn parse(text: &str) -> Result<Self, GitopsError> {
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |why: &str| {
                GitopsError::input("allowed signers line", &format!("{}: {line}", index + 1), why)
            };
            let (principals, mut rest) = line
                .split_once(char::is_whitespace)
                .ok_or_else(|| wrong("expected principals and a public key"))?;
            rest = rest.trim_start();
            let mut for_git = true;
            if let Some(after) = rest.strip_prefix("namespaces=\"") {
                let (names, after) = after.split_once('"').ok_or_else(|| wrong("a quote is missing"))?;
                for_git = names.split(',').any(|name| name == "git" || name == "*");
                rest = after.trim_start();
            }
            let key = PublicKey::from_openssh(rest)
                .map_err(|_| wrong("expected a public key; of the options only `namespaces` is supported"))?;
            if for_git {
                entries.push((principals.to_owned(), key));
            }
        }
        Ok(Self { entries })
    }
}

/// Verifies the SSH signature of one commit (a full id, or anything that `git rev-parse` takes) against the allowed
/// keys. Every doubt is an error.
pub fn verify_commit(
    repository: &Path,
    commit: &str,
    allowed: &AllowedSigners,
) -> Result<VerifiedCommit, GitopsError> {
    let opened = Repository::open(repository)
        .map_err(|source| GitopsError::Open { path: repository.to_owned(), source })?;
    let wrong = |why: String| GitopsError::NotVerified { commit: commit.chars().take(100).collect(), why };
    let id: Oid = opened
        .revparse_single(commit)
        .and_then(|object| object.peel_to_commit())
        .map_err(|error| wrong(format!("there is no such commit ({})", error.message())))?
        .id();
    let (signature, content) = opened
        .extract_signature(&id, None)
        .map_err(|_| wrong("it is not signed; promote with a signing key".to_owned()))?;
    let signature = SshSig::from_pem(&*signature)
        .map_err(|error| wrong(format!("its signature is not an SSH signature ({error})")))?;
    let key = allowed.entries.iter().find(|(_, key)| key.key_data() == signature.public_key());
    let fingerprint = signature.public_key().fingerprint(HashAlg::Sha256).to_string();
    let Some((principals, key)) = key else {
        return Err(wrong(format!("it is signed by {fingerprint}, which is not among the allowed signers")));
    };
    key.verify("git", &content, &signature).map_err(|error| {
        wrong(format!("its signature by {fingerprint} does not match its content ({error})"))
    })?;
    Ok(VerifiedCommit { commit: id.to_string(), principals: principals.clone(), fingerprint })
}
