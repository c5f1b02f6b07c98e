//! Step 5: the new tag and digest in the configuration repository.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{Images, Story};
use crate::parts::process::{run, stdout};

/// What the promotion changed.
pub struct Promoted {
    /// The commit.
    pub commit: String,
    /// `git show` of it, without context.
    pub diff: String,
}

const PLAIN: &str = include_str!("../../config/plain/shop.yaml");
const BASE: &str = include_str!("../../config/kustomize/base/worker.yaml");
const BASE_LIST: &str = include_str!("../../config/kustomize/base/kustomization.yaml");
const OVERLAY: &str = include_str!("../../config/kustomize/overlays/production/kustomization.yaml");

impl Story {
    /// Makes a repository of plain and kustomize manifests with `shop:1.0`, and promotes `shop:1.1` there.
    pub fn promote(&mut self, images: &Images) -> Result<Promoted> {
        self.narrator.step("Promote shop:1.1 in the configuration repository");
        let repository = self.kept.join("config");
        self.make_repository(&repository)?;
        let printed = self.seawall(
            &[
                "promote",
                &images.new.reference,
                "--repo",
                "config",
                "--commit-key",
                "commit-key",
                "--policy",
                "policy.yaml",
            ],
            0,
        )?;
        self.narrator.excerpt(&printed, 8);
        let commit = stdout(&run(git(&repository).args(["rev-parse", "HEAD"]))?).trim().to_owned();
        let diff = stdout(&run(git(&repository).args(["show", "--format=", "-U0", "HEAD"]))?);
        let changed: String = diff
            .lines()
            .filter(|line| line.starts_with(['+', '-']))
            .fold(String::new(), |all, line| all + line + "\n");
        self.narrator.excerpt(&changed, 14);
        self.check_commit_signature(&repository)?;
        self.narrator.say("git verified the commit's signature");
        Ok(Promoted { commit, diff })
    }

    fn make_repository(&self, repository: &Path) -> Result<()> {
        let files = [
            ("plain/shop.yaml", PLAIN),
            ("kustomize/base/worker.yaml", BASE),
            ("kustomize/base/kustomization.yaml", BASE_LIST),
            ("kustomize/overlays/production/kustomization.yaml", OVERLAY),
        ];
        for (name, text) in files {
            let path = repository.join(name);
            std::fs::create_dir_all(path.parent().context("a file has a folder")?)?;
            std::fs::write(path, text.replace("registry.example.com", &self.registry.host))?;
        }
        run(git(repository).args(["init", "--quiet", "--initial-branch=main"]))?;
        run(git(repository).args(["add", "."]))?;
        run(git(repository).args(["commit", "--quiet", "--message", "The shop, at 1.0"]))?;
        Ok(())
    }

    fn check_commit_signature(&self, repository: &Path) -> Result<()> {
        let public = std::fs::read_to_string(self.kept.join("commit-key.pub"))?;
        let signers = self.kept.join("allowed_signers");
        std::fs::write(&signers, format!("seawall@localhost namespaces=\"git\" {public}"))?;
        let checked = run(git(repository)
            .args(["-c", "gpg.format=ssh", "-c"])
            .arg(format!("gpg.ssh.allowedSignersFile={}", signers.display()))
            .args(["verify-commit", "HEAD"]))?;
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        ensure!(said.contains("Good"), "git verify-commit said: {said}");
        Ok(())
    }
}

/// `git` in that repository, with an author of its own and none of the user's configuration.
fn git(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(repository)
        .args(["-c", "user.name=A Developer", "-c", "user.email=developer@example.com"])
        .args(["-c", "commit.gpgsign=false"])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}
