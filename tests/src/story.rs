//! The whole way on one digest, told once for the demo and for the end-to-end test.
//!
//! Each step runs `seawall` as a user would, and fails when what it tells did not happen.

mod admit;
mod build;
mod gate;
mod measure;
mod promote;
mod respond;
mod scan;
mod sign;
mod trail;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::narrator::Narrator;
use crate::parts::chat::Chat;
use crate::parts::container::Container;
use crate::parts::images;
use crate::parts::node::Node;
use crate::parts::peers;
use crate::parts::process::{Background, run_any, stdout};
use crate::parts::registry::Registry;

pub use admit::Admitted;
pub use build::Images;
pub use gate::Gated;
pub use measure::Times;
pub use promote::Promoted;
pub use respond::Responded;
pub use scan::Scanned;
pub use sign::Signed;
pub use trail::Told;

/// What plays the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// AdmissionReviews sent to the real webhook, and a container under runc.
    Embedded,
    /// A real single-node Kubernetes.
    Cluster,
}

/// The story's parts and what it has come to know.
pub struct Story {
    // Fields drop in this order: what uses a part goes before the part.
    server: Option<Background>,
    container: Option<Container>,
    /// The cluster, on that stage.
    pub node: Option<Node>,
    /// Where Slack, Teams and Rocket.Chat would stand.
    pub chat: Chat,
    registry: Registry,
    cosign: Option<PathBuf>,
    seawall: PathBuf,
    stage: Stage,
    narrator: Narrator,
    page: String,
    webhook_port: u16,
    /// Whether a container ran under the real sensor; else its part was played by a capture, which is in no trail.
    live: bool,
    /// Everything that outlives no run.
    folder: TempDir,
    /// Everything that the reader may look at afterwards: ledger, keys, policy, repository.
    pub kept: PathBuf,
}

/// A cosign key's and a Seawall key's passphrase in the story.
const PASSPHRASE: &str = "correct horse battery staple";

impl Story {
    /// Starts a registry and the chat receivers. What the reader may look at afterwards goes into `kept`, which is made
    /// anew. `seawall` is the program that the story is about.
    pub fn begin(stage: Stage, seawall: PathBuf, kept: &Path) -> Result<Self> {
        ensure!(seawall.is_file(), "{} is not there: run `make build`", seawall.display());
        if kept.exists() {
            std::fs::remove_dir_all(kept).with_context(|| format!("clearing {}", kept.display()))?;
        }
        std::fs::create_dir_all(kept)?;
        let kept = kept.canonicalize()?;
        let folder = tempfile::Builder::new().prefix("swl").tempdir()?;
        let registry = Registry::start(folder.path())?;
        let cosign = match stage {
            Stage::Cluster => Some(peers::build("cosign")?),
            Stage::Embedded => crate::parts::process::which("cosign").or_else(|| peers::cached("cosign")),
        };
        let story = Self {
            server: None,
            container: None,
            node: None,
            chat: Chat::start()?,
            registry,
            cosign,
            seawall,
            stage,
            narrator: Narrator::new(),
            page: String::new(),
            webhook_port: 0,
            live: true,
            folder,
            kept,
        };
        Ok(story)
    }

    /// Tells all of it; what each step came to.
    pub fn tell(&mut self) -> Result<Outcome> {
        let images = self.build()?;
        let scanned = self.scan(&images)?;
        let gated = self.gate(&images)?;
        let signed = self.sign(&images)?;
        let promoted = self.promote(&images)?;
        let admitted = self.admit(&images)?;
        let responded = self.respond(&images)?;
        let told = self.trail(&images)?;
        Ok(Outcome { images, scanned, gated, signed, promoted, admitted, responded, told })
    }

    /// Ends the last step; the page's address and the time that the whole story took.
    pub fn end(&mut self) -> (String, std::time::Duration) {
        let took = self.narrator.end_step();
        (self.page.clone(), took)
    }

    fn image(&self, name: &str) -> String {
        format!("{}/{name}", self.registry.host)
    }

    /// A `seawall` command in the story's surroundings.
    fn seawall_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.seawall);
        command
            .args(arguments)
            .current_dir(&self.kept)
            .env("SEAWALL_PASSWORD", PASSPHRASE)
            .env("XDG_DATA_HOME", self.kept.join("data"))
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env_remove("SEAWALL_CONFIG");
        command
    }

    /// Runs `seawall`, however it ends, and shows the command.
    fn seawall_any(&self, arguments: &[&str]) -> Result<Output> {
        let shown: Vec<&str> = std::iter::once("seawall").chain(arguments.iter().copied()).collect();
        let kept = format!("{}/", self.kept.display());
        let shown: Vec<String> = shown.iter().map(|word| word.replace(&kept, "")).collect();
        self.narrator.command(&shown.iter().map(String::as_str).collect::<Vec<_>>());
        run_any(&mut self.seawall_command(arguments))
    }

    /// Runs `seawall`, which must end with exit code `expected`; what it printed to standard output.
    fn seawall(&self, arguments: &[&str], expected: i32) -> Result<String> {
        let output = self.seawall_any(arguments)?;
        ensure!(
            output.status.code() == Some(expected),
            "seawall {} ended with {}, not {expected}:\n{}{}",
            arguments.join(" "),
            output.status,
            stdout(&output),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(stdout(&output))
    }
}

/// What the steps came to.
pub struct Outcome {
    /// Step 1.
    pub images: Images,
    /// Step 2.
    pub scanned: Scanned,
    /// Step 3.
    pub gated: Gated,
    /// Step 4.
    pub signed: Signed,
    /// Step 5.
    pub promoted: Promoted,
    /// Step 6.
    pub admitted: Admitted,
    /// Step 7.
    pub responded: Responded,
    /// Step 8.
    pub told: Told,
}

fn rootfs_layers(image: &images::Rootfs) -> Vec<PathBuf> {
    image.layers.iter().map(|layer| layer.tar.clone()).collect()
}

/// Where a story's ledger is.
pub fn ledger_file(kept: &Path) -> PathBuf {
    kept.join("data/seawall/ledger.db")
}
