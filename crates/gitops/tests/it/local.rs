//! Repositories on this machine.

use std::fs;

use seawall_gitops::{GitopsError, promote};

use crate::repository::{DEPLOYMENT, DIGEST, Folder, KUSTOMIZATION, diff, git, promotion};

#[test]
fn one_signed_commit_changes_only_the_wanted_lines() {
    let folder = Folder::with(&[
        ("base/deployment.yaml", DEPLOYMENT),
        ("overlays/production/kustomization.yaml", KUSTOMIZATION),
        ("chart/templates/shop.yaml", "kind: Pod\nspec: {{- toYaml .Values.spec }}\n"),
        ("README.md", "image: registry.example.com/shop:1.0\n"),
    ]);
    let promotion = promotion(folder.path().to_str().unwrap());
    let promoted = promote(&promotion).unwrap();

    insta::assert_snapshot!(diff(&folder.path(), "main"), @r#"
    +++ b/base/deployment.yaml
    -        image: 'registry.example.com/shop:1.0'   # same image
    +        image: 'registry.example.com/shop:1.1@DIGEST'   # same image
    -      - image: registry.example.com/shop:1.0
    +      - image: registry.example.com/shop:1.1@DIGEST
    +++ b/overlays/production/kustomization.yaml
    -    newTag: "1.0" # promoted by Seawall
    +    newTag: "1.1" # promoted by Seawall
    +    digest: DIGEST
    "#);
    let commit = promoted.commit.unwrap();
    assert_eq!(folder.git(&["rev-parse", "main"]).trim(), commit);
    let message = folder.git(&["log", "-1", "--format=%an <%ae>%n%B"]).replace(DIGEST, "DIGEST");
    insta::assert_snapshot!(message.trim_end(), @r"
    Seawall <seawall@example.com>
    Promote shop to 1.1

    Image: registry.example.com/shop:1.1@DIGEST
    Policy: allow: production (0 findings above the threshold)
    Changes: base/deployment.yaml
    Changes: overlays/production/kustomization.yaml

    Seawall-Image: registry.example.com/shop:1.1
    Seawall-Digest: DIGEST
    ");
    let trailers = folder.git(&["log", "-1", "--format=%(trailers:key=Seawall-Digest,valueonly)"]);
    assert_eq!(trailers.trim(), DIGEST);
    assert_eq!(promoted.notes, ["chart/templates/shop.yaml: a template, skipped"]);
    assert_eq!(promoted.changed.len(), 4);
    // The working tree and the index follow, and nothing else does.
    assert_eq!(folder.git(&["status", "--porcelain"]), "");
    assert!(
        folder
            .read("base/deployment.yaml")
            .contains(&format!("'registry.example.com/shop:1.1@{DIGEST}'   # same"))
    );
    folder.git(&["fsck", "--strict"]);

    let signers = folder.beside("allowed_signers");
    fs::write(&signers, promotion.key.allowed_signers_line("seawall@example.com").unwrap()).unwrap();
    let option = format!("gpg.ssh.allowedSignersFile={}", signers.display());
    folder.git(&["-c", "gpg.format=ssh", "-c", &option, "verify-commit", "main"]);

    let again = promote(&promotion).unwrap();
    assert_eq!((again.commit, again.changed.len(), again.already.len()), (None, 0, 3));
    assert_eq!(folder.git(&["rev-parse", "main"]).trim(), commit);
}

#[test]
fn line_endings_and_a_byte_order_mark_stay() {
    let text = format!("\u{feff}{}", DEPLOYMENT.replace('\n', "\r\n"));
    let overlay = KUSTOMIZATION.trim_end().replace('\n', "\r\n");
    let folder = Folder::with(&[("shop.yml", &text), ("kustomization.yaml", &overlay)]);
    promote(&promotion(folder.path().to_str().unwrap())).unwrap();
    let new = format!("registry.example.com/shop:1.1@{DIGEST}");
    let expected = text
        .replace("registry.example.com/shop:1.0'", &format!("{new}'"))
        .replace("registry.example.com/shop:1.0\r", &format!("{new}\r"));
    assert_eq!(folder.read("shop.yml"), expected);
    let digest_line = format!("newTag: \"1.1\" # promoted by Seawall\r\n    digest: {DIGEST}\r\n");
    let expected = overlay.replacen("newTag: \"1.0\" # promoted by Seawall\r\n", &digest_line, 1);
    assert_eq!(folder.read("kustomization.yaml"), expected);
    let numbers = folder.git(&["diff", "--numstat", "HEAD~1"]);
    assert_eq!(numbers, "2\t1\tkustomization.yaml\n2\t2\tshop.yml\n");
}

#[test]
fn paths_limit_and_branches_that_are_not_checked_out_work() {
    let folder = Folder::with(&[("staging/shop.yaml", DEPLOYMENT), ("production/shop.yaml", DEPLOYMENT)]);
    folder.git(&["branch", "live"]);
    folder.write("production/shop.yaml", "being edited\n");
    let mut promotion = promotion(folder.path().to_str().unwrap());
    promotion.branch = Some("live".to_owned());
    promotion.paths = vec!["production".to_owned()];
    let promoted = promote(&promotion).unwrap();
    assert!(promoted.changed.iter().all(|change| change.file == "production/shop.yaml"));
    assert_eq!(folder.git(&["diff", "--name-only", "live~1", "live"]), "production/shop.yaml\n");
    assert_eq!(folder.read("production/shop.yaml"), "being edited\n");
    assert_eq!(folder.git(&["status", "--porcelain"]), " M production/shop.yaml\n");
}

#[test]
fn a_bare_repository_works_the_same() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let bare = folder.bare();
    let promoted = promote(&promotion(bare.to_str().unwrap())).unwrap();
    assert_eq!(git(&bare, &["rev-parse", "main"]).trim(), promoted.commit.unwrap());
    assert_eq!(git(&bare, &["diff", "--numstat", "main~1", "main"]), "2\t2\tshop.yaml\n");
}

#[test]
fn uncommitted_changes_of_those_files_are_refused() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT), ("other.yaml", "a: 1\n")]);
    let before = folder.git(&["rev-parse", "main"]);
    let promotion = promotion(folder.path().to_str().unwrap());
    for stage in [false, true] {
        folder.write("shop.yaml", &format!("{DEPLOYMENT}# mine\n"));
        if stage {
            folder.git(&["add", "shop.yaml"]);
        }
        let error = promote(&promotion).unwrap_err();
        assert!(matches!(error, GitopsError::UncommittedChanges { .. }), "{error}");
        assert_eq!(folder.git(&["rev-parse", "main"]), before);
        assert!(folder.read("shop.yaml").ends_with("# mine\n"));
    }
    folder.git(&["reset", "--quiet", "--hard"]);
    // Changes of other files are nobody's business.
    folder.write("other.yaml", "a: 2\n");
    folder.write("untracked.yaml", DEPLOYMENT);
    promote(&promotion).unwrap();
    assert_eq!(folder.git(&["status", "--porcelain"]), " M other.yaml\n?? untracked.yaml\n");
    assert_eq!(folder.read("untracked.yaml"), DEPLOYMENT);
}

#[test]
fn refusals_say_what_was_looked_for_and_change_nothing() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let before = folder.git(&["rev-parse", "main"]);
    let path = folder.path().to_str().unwrap().to_owned();

    let mut other = promotion(&path);
    other.image = "registry.example.com/sho".to_owned();
    other.paths = vec!["*.yaml".to_owned()];
    insta::assert_snapshot!(promote(&other).unwrap_err(), @r"no tracked manifest uses the image `registry.example.com/sho` in *.yaml; images seen: docker.io/library/nginx, registry.example.com/shop, registry.example.com/shop-admin");

    let mut back = promotion(&path);
    back.tag = "0.9".to_owned();
    back.forbid_backwards = true;
    insta::assert_snapshot!(promote(&back).unwrap_err(), @r"shop.yaml:11 is at `1.0`, which is later than `0.9`; allow going backwards to roll back");
    assert_eq!(folder.git(&["rev-parse", "main"]), before);
    back.forbid_backwards = false;
    promote(&back).unwrap();

    let mut nowhere = promotion(&path);
    nowhere.branch = Some("live".to_owned());
    insta::assert_snapshot!(promote(&nowhere).unwrap_err(), @r"the repository has no branch `live`; it has: main");
    nowhere.branch = Some("a..b".to_owned());
    assert!(matches!(promote(&nowhere), Err(GitopsError::Input { what: "branch", .. })));
    assert!(matches!(promote(&promotion("/nonexistent")), Err(GitopsError::Open { .. })));
}

#[test]
fn a_branch_shown_by_another_working_tree_is_refused() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let linked = folder.beside("linked");
    folder.git(&["worktree", "add", "--quiet", "-b", "live", linked.to_str().unwrap()]);
    let mut promotion = promotion(folder.path().to_str().unwrap());
    promotion.branch = Some("live".to_owned());
    assert!(matches!(promote(&promotion), Err(GitopsError::CheckedOutElsewhere { .. })));
    // From the linked tree itself it works; the main tree's branch is refused there.
    promotion.repository = linked.to_str().unwrap().to_owned();
    promote(&promotion).unwrap();
    assert_eq!(git(&linked, &["status", "--porcelain"]), "");
    promotion.branch = Some("main".to_owned());
    assert!(matches!(promote(&promotion), Err(GitopsError::CheckedOutElsewhere { .. })));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let outside = folder.beside("outside.yaml");
    fs::write(&outside, DEPLOYMENT).unwrap();
    symlink(&outside, folder.path().join("link.yaml")).unwrap();
    fs::set_permissions(folder.path().join("shop.yaml"), fs::Permissions::from_mode(0o755)).unwrap();
    folder.git(&["add", "."]);
    folder.git(&["commit", "--quiet", "--message=link"]);
    let promoted = promote(&promotion(folder.path().to_str().unwrap())).unwrap();
    assert!(promoted.changed.iter().all(|change| change.file == "shop.yaml"));
    assert_eq!(fs::read_to_string(outside).unwrap(), DEPLOYMENT);
    assert!(folder.git(&["ls-tree", "main", "shop.yaml"]).starts_with("100755"));
}

#[test]
fn a_branch_that_cannot_be_moved_leaves_everything_as_it_was() {
    let folder = Folder::with(&[("shop.yaml", DEPLOYMENT)]);
    let before = folder.git(&["rev-parse", "main"]);
    let promotion = promotion(folder.path().to_str().unwrap());
    // Another Git process is at it.
    for lock in [".git/refs/heads/main.lock", ".git/index.lock"] {
        fs::write(folder.path().join(lock), "").unwrap();
        let error = promote(&promotion).unwrap_err();
        assert!(matches!(error, GitopsError::Git { .. }), "{error}");
        fs::remove_file(folder.path().join(lock)).unwrap();
        assert_eq!(folder.git(&["rev-parse", "main"]), before);
        assert_eq!(folder.read("shop.yaml"), DEPLOYMENT, "{lock}");
        assert_eq!(folder.git(&["status", "--porcelain"]), "", "{lock}");
    }
    promote(&promotion).unwrap();
}

#[test]
fn kustomize_makes_the_pinned_image() {
    let overlay = "resources: [../../base]\nimages:\n- name: registry.example.com/shop\n  newTag: \"1.0\"\n";
    let folder = Folder::with(&[
        ("base/kustomization.yaml", "resources: [deployment.yaml]\n"),
        ("base/deployment.yaml", DEPLOYMENT),
        ("overlays/live/kustomization.yaml", overlay),
    ]);
    let mut promotion = promotion(folder.path().to_str().unwrap());
    promotion.paths = vec!["overlays/**".to_owned()];
    promote(&promotion).unwrap();
    let built = std::process::Command::new("kubectl")
        .args(["kustomize"])
        .arg(folder.path().join("overlays/live"))
        .output();
    let Ok(built) = built else {
        println!("skipped: kubectl is not installed");
        return;
    };
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let text = String::from_utf8(built.stdout).unwrap();
    assert_eq!(
        text.matches(&format!("image: registry.example.com/shop:1.1@{DIGEST}\n")).count(),
        2,
        "{text}"
    );
    assert_eq!(text.matches("image: registry.example.com/shop-admin:1.0\n").count(), 1);
}
