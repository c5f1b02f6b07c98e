//! Repositories given by URL.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use seawall_gitops::{GitopsError, promote};

use crate::repository::{DEPLOYMENT, DIGEST, Folder, git, promotion, run};

#[test]
fn a_url_is_cloned_changed_and_pushed() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let bare = folder.bare();
    let promoted = promote(&promotion(&format!("file://{}", bare.display()))).unwrap();
    assert_eq!(git(&bare, &["rev-parse", "main"]).trim(), promoted.commit.unwrap());
    assert_eq!(git(&bare, &["diff", "--numstat", "main~1", "main"]), "2\t2\tshop.yaml\n");
    assert_eq!(promoted.branch, "main");
}

/// The remote gets another commit while ours is on its way: its pre-receive hook, asked with our push, makes it.
fn racing_hook(folder: &Folder, times: usize) -> std::path::PathBuf {
    let bare = folder.bare();
    let hook = bare.join("hooks/pre-receive");
    let script = format!(
        "#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n\
         n=$(cat count 2>/dev/null || echo 0)\n[ \"$n\" -ge {times} ] && exit 0\necho $((n+1)) > count\n\
         export GIT_AUTHOR_NAME=Other GIT_AUTHOR_EMAIL=o@example.com GIT_COMMITTER_NAME=Other GIT_COMMITTER_EMAIL=o@example.com\n\
         c=$(git commit-tree -p main -m other main^{{tree}}) && git update-ref refs/heads/main $c\n"
    );
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    bare
}

#[test]
fn a_concurrent_push_is_built_upon() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let bare = racing_hook(&folder, 1);
    let promoted = promote(&promotion(&format!("file://{}", bare.display()))).unwrap();
    assert_eq!(git(&bare, &["rev-parse", "main"]).trim(), promoted.commit.unwrap());
    assert_eq!(git(&bare, &["log", "--format=%s", "main"]), "Promote shop to 1.1\nother\nfirst\n");
    assert!(git(&bare, &["show", "main:shop.yaml"]).contains(DIGEST));
}

#[test]
fn who_loses_twice_is_told() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let bare = racing_hook(&folder, 9);
    let error = promote(&promotion(&format!("file://{}", bare.display()))).unwrap_err();
    assert!(matches!(error, GitopsError::PushRace { .. }), "{error}");
    assert_eq!(git(&bare, &["log", "--format=%s", "main"]), "other\nother\nfirst\n");
}

#[test]
fn what_the_remote_refuses_is_told_in_its_words() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let bare = folder.bare();
    let before = git(&bare, &["rev-parse", "main"]);
    let hook = bare.join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let error = promote(&promotion(&format!("file://{}", bare.display()))).unwrap_err().to_string();
    assert!(error.contains("main is protected"), "{error}");
    assert_eq!(git(&bare, &["rev-parse", "main"]), before);

    let missing = format!("file://{}", folder.beside("missing.git").display());
    let error = promote(&promotion(&missing)).unwrap_err();
    assert!(matches!(error, GitopsError::GitProgram { command: "clone", .. }), "{error}");
    assert!(!run(&folder.beside(""), &["-C", "missing.git", "status"]).status.success());
}
