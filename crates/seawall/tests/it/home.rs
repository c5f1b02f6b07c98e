//! A user's home of its own for one test, and the program run in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A home with nothing in it.
pub(crate) struct Home {
    folder: TempDir,
}

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// Without an advisory database.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::Builder::new().prefix("swcli").tempdir().unwrap();
        for name in ["data/seawall", "cache", "tmp", "work"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    /// With the project's own small table as the advisory database.
    pub(crate) fn new() -> Self {
        let home = Self::bare();
        let ran = home.run(&["db", "build", "--osv", "built-in"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        home
    }

    /// A file or folder where commands are run.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    /// Runs the program with variables of its environment.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let output = self.command(arguments).envs(variables.iter().copied()).output().unwrap();
        let root = self.folder.path();
        let text =
            |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&format!("{}/", root.display()), "HOME/");
        Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The program in this home, to be started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let root = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
        command
            .args(arguments)
            .current_dir(root.join("work"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", root)
            .env("TMPDIR", root.join("tmp"))
            .env("DOCKER_CONFIG", root)
            .env("XDG_DATA_HOME", root.join("data"))
            .env("XDG_CACHE_HOME", root.join("cache"))
            .stdin(Stdio::null());
        command
    }

    /// Runs what must be refused: nothing is left of it, neither a file nor evidence. Its exit code and its error.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        self.refused_with(arguments, &[])
    }

    pub(crate) fn refused_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let before = self.files();
        let ran = self.run_with(arguments, variables);
        assert_eq!(self.files(), before, "something was left behind");
        Self::told(&ran)
    }

    /// Like [`Home::refused`], where a verdict comes out and the ledger may have been opened; no evidence is in it.
    pub(crate) fn refused_without_evidence(&self, arguments: &[&str]) -> Ran {
        let mut before = self.files();
        let ran = self.run(arguments);
        let mut after = self.files();
        for files in [&mut before, &mut after] {
            files.retain(|path, _| !path.starts_with("data/seawall/ledger.db"));
        }
        assert_eq!(after, before, "something was left behind");
        let verified = self.run(&["trail", "--verify"]);
        assert!(verified.stdout.starts_with("0 entries"), "evidence was written: {}", verified.stdout);
        ran
    }

    fn told(ran: &Ran) -> String {
        assert!(ran.stdout.is_empty(), "a result came out: {}", ran.stdout);
        // The line about the database tells its age.
        let lines = ran.stderr.lines().filter(|line| !line.starts_with("advisory database:"));
        let lines: Vec<&str> = lines.collect();
        format!("{}\nexit code {}", lines.join("\n"), ran.code.map_or("none".into(), |code| code.to_string()))
    }

    /// Every file with its size.
    fn files(&self) -> BTreeMap<PathBuf, u64> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), self.folder.path(), &mut files);
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, u64>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_owned(), entry.metadata().unwrap().len());
        }
    }
}
