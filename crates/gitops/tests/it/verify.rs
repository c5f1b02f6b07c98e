//! Signed commits, verified by us: our own, git's, and forged ones.

use std::fs;
use std::process::Command;

use seawall_gitops::{AllowedSigners, promote, verify_commit};

use crate::repository::{DEPLOYMENT, Folder, promotion};

#[test]
fn only_an_allowed_keys_untouched_commit_is_verified() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let path = folder.path();
    let promotion = promotion(path.to_str().unwrap());
    let commit = promote(&promotion).unwrap().commit.unwrap();
    let allowed =
        AllowedSigners::parse(&promotion.key.allowed_signers_line("seawall@example.com").unwrap()).unwrap();
    let verified = verify_commit(&path, "main", &allowed).unwrap();
    assert_eq!((verified.commit, verified.principals.as_str()), (commit.clone(), "seawall@example.com"));
    assert_eq!(verified.fingerprint, promotion.key.fingerprint());

    let none = AllowedSigners::parse("# nobody\n").unwrap();
    assert!(
        verify_commit(&path, &commit, &none)
            .unwrap_err()
            .to_string()
            .contains("not among the allowed signers")
    );
    assert!(verify_commit(&path, "main~1", &allowed).unwrap_err().to_string().contains("it is not signed"));
    assert!(verify_commit(&path, "nothing", &allowed).unwrap_err().to_string().contains("no such commit"));

    // The same signature on another message.
    let forged = folder.git(&["cat-file", "commit", "main"]).replace("Promote shop", "Promote shop-admin");
    fs::write(folder.beside("forged"), forged).unwrap();
    let id = folder.git(&["hash-object", "-t", "commit", "-w", folder.beside("forged").to_str().unwrap()]);
    let error = verify_commit(&path, id.trim(), &allowed).unwrap_err().to_string();
    assert!(error.contains("does not match its content"), "{error}");
}

#[test]
fn commits_that_git_signed_are_verified() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let key = folder.beside("id");
    assert!(
        Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key)
            .status()
            .unwrap()
            .success()
    );
    let option = format!("user.signingKey={}", key.display());
    folder.git(&[
        "-c",
        "gpg.format=ssh",
        "-c",
        &option,
        "commit",
        "--quiet",
        "--allow-empty",
        "-S",
        "-m",
        "by git",
    ]);
    let public = fs::read_to_string(folder.beside("id.pub")).unwrap();
    let allowed = AllowedSigners::parse(&format!("dev@example.com {public}")).unwrap();
    assert_eq!(verify_commit(&folder.path(), "main", &allowed).unwrap().principals, "dev@example.com");
    // A key that is allowed for other things than commits.
    let files_only = AllowedSigners::parse(&format!("dev@example.com namespaces=\"file\" {public}")).unwrap();
    assert!(verify_commit(&folder.path(), "main", &files_only).is_err());
    assert!(AllowedSigners::parse(&format!("dev@example.com cert-authority {public}")).is_err());
}
