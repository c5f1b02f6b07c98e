//! A repository in a temporary folder, and promotions into it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use seawall_gitops::{Author, Promotion, SigningKey};

/// Removed at the end of the test.
pub(crate) struct Folder {
    root: tempfile::TempDir,
}

pub(crate) const DIGEST: &str = "sha256:abababababababababababababababababababababababababababababababab";

impl Folder {
    /// A repository with one commit of these files on `main`.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self { root: tempfile::tempdir().unwrap() };
        std::fs::create_dir(folder.path()).unwrap();
        folder.git(&["init", "--quiet", "--initial-branch=main", "."]);
        for (path, text) in files {
            folder.write(path, text);
        }
        folder.git(&["add", "."]);
        folder.git(&["commit", "--quiet", "--message=first"]);
        folder
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("repository")
    }

    /// A path beside the repository.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Standard output of a git command that must succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.path(), arguments)
    }

    /// A bare clone beside it.
    pub(crate) fn bare(&self) -> PathBuf {
        let bare = self.beside("bare.git");
        self.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
        bare
    }
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=Tester", "-c", "user.email=tester@example.com", "-c", "core.autocrlf=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap()
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Only the added and removed lines of the last commit, with their files.
pub(crate) fn diff(folder: &Path, branch: &str) -> String {
    let text = git(folder, &["diff", "--no-color", "--unified=0", &format!("{branch}~1"), branch]);
    text.lines()
        .filter(|line| line.starts_with(['+', '-']) && !line.starts_with("---"))
        .collect::<Vec<_>>()
        .join("\n")
        .replace(DIGEST, "DIGEST")
}

pub(crate) fn promotion(repository: &str) -> Promotion {
    Promotion {
        repository: repository.to_owned(),
        branch: None,
        image: "registry.example.com/shop".to_owned(),
        tag: "1.1".to_owned(),
        digest: DIGEST.parse().unwrap(),
        paths: Vec::new(),
        forbid_backwards: false,
        verdict: "allow: production (0 findings above the threshold)".to_owned(),
        author: Author { name: "Seawall".to_owned(), email: "seawall@example.com".to_owned() },
        key: SigningKey::generate("seawall@example.com").unwrap(),
    }
}

pub(crate) const DEPLOYMENT: &str = "\
# The shop. Keep two replicas.
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas:   2
  template:
    spec:
      initContainers:
      - name: migrate
        image: 'registry.example.com/shop:1.0'   # same image
      containers:
      - image: registry.example.com/shop:1.0
        name: shop
      - {name: admin, image: \"registry.example.com/shop-admin:1.0\"}
      - {name: proxy, image: nginx:1.25}
";

pub(crate) const KUSTOMIZATION: &str = "\
resources:
- ../../base
images:
  - name: registry.example.com/shop
    newTag: \"1.0\" # promoted by Seawall
  - name: registry.example.com/shop-admin
    newTag: \"1.0\"
";
