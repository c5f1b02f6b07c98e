//! How long what people and clusters wait for takes: the gate, admission, and the end of a shell.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::admit::{pod, review};
use super::respond::SHELL;
use super::{Images, Story, rootfs_layers};
use crate::parts::container::{self, Container};
use crate::parts::process::run;

/// How often each is measured.
const GATES: usize = 20;
const REVIEWS: usize = 200;
const SHELLS: usize = 20;

/// The story's rules with the signature asked for in the pipeline already.
const POLICY: &str = "\
apiVersion: seawall.dev/v1alpha1
kind: Policy
metadata: {name: everything}
spec:
  deny:
    - vulnerability: {severity: high, fixable: true}
    - check: {profile: baseline}
  require:
    - signature: {keys: [team.pub], threshold: 1}
    - digest: pinned
";

/// Times of the same thing, shortest first.
#[derive(Clone, Debug)]
pub struct Times {
    /// What was measured.
    pub what: &'static str,
    sorted: Vec<Duration>,
}

impl Times {
    fn new(what: &'static str, mut times: Vec<Duration>) -> Result<Self> {
        ensure!(!times.is_empty(), "{what}: nothing was measured");
        times.sort_unstable();
        Ok(Self { what, sorted: times })
    }

    /// The time that `percent` of them do not exceed (nearest rank).
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted[rank - 1]
    }
}

/// A row of a table in milliseconds: p50, p95, p99, the longest, how many.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} |", self.what)?;
        for percent in [50, 95, 99, 100] {
            write!(f, " {:.1} |", self.percentile(percent).as_secs_f64() * 1e3)?;
        }
        write!(f, " {} |", self.sorted.len())
    }
}

impl Story {
    /// Tells the story as far as the promotion and measures from there.
    pub fn measure(&mut self) -> Result<Vec<Times>> {
        let images = self.build()?;
        self.scan(&images)?;
        self.gate(&images)?;
        self.sign(&images)?;
        self.promote(&images)?;
        self.narrator.step("Measure");
        let mut all = vec![self.measure_gate(&images)?];
        // Shells only: the container must live on.
        self.start_server(
            "bindings:\n  - {tags: [mitre_execution], minPriority: notice, actions: [kill-process]}\n",
        )?;
        let signed = pod("shop", &images.new.by_digest(), &json!({}));
        all.push(self.measure_admission("admission, a signed pod admitted", &signed, true)?);
        let privileged = pod("shop", &images.new.by_digest(), &json!({"privileged": true}));
        all.push(self.measure_admission("admission, a privileged pod refused", &privileged, false)?);
        match container::possible() {
            Ok(()) => all.extend(self.measure_shells(&images)?),
            Err(why) => {
                self.narrator.say(&format!("no container here ({why}): shell to kill is not measured"));
            }
        }
        Ok(all)
    }

    /// The whole command on a signed image whose layers were read before.
    fn measure_gate(&self, images: &Images) -> Result<Times> {
        std::fs::write(self.kept.join("measured.yaml"), POLICY)?;
        let image = images.new.by_digest();
        let arguments = ["gate", &image, "--policy", "measured.yaml"];
        self.seawall(&arguments, 0)?;
        let once = || -> Result<Duration> {
            let start = Instant::now();
            run(&mut self.seawall_command(&arguments))?;
            Ok(start.elapsed())
        };
        Times::new("gate, a signed image, layers known", (0..GATES).map(|_| once()).collect::<Result<_>>()?)
    }

    /// From the request to the end of the answer, over one TLS connection as the API server keeps one.
    fn measure_admission(&self, what: &'static str, pod: &Value, allowed: bool) -> Result<Times> {
        let folder = self.folder.path();
        let file = folder.join("measured.json");
        std::fs::write(&file, review("", "v1", "Pod", "pods", "shop", pod).to_string())?;
        let output = run(Command::new("curl")
            .args([
                "--silent",
                "--show-error",
                "--fail",
                "--max-time",
                "15",
                "--write-out",
                "%{time_total}\n",
            ])
            .arg("--cacert")
            .arg(self.kept.join("data/seawall/webhook/ca.crt"))
            .args(["--header", "Content-Type: application/json", "--data-binary"])
            .arg(format!("@{}", file.display()))
            .arg("--output")
            .arg(folder.join("answer-#1.json"))
            .arg(format!("https://127.0.0.1:{}/validate?n=[1-{}]", self.webhook_port, REVIEWS)))?;
        for n in 1..=REVIEWS {
            let answer: Value =
                serde_json::from_slice(&std::fs::read(folder.join(format!("answer-{n}.json")))?)?;
            ensure!(answer["response"]["allowed"] == allowed, "{what}: the webhook answered {answer}");
        }
        let times = String::from_utf8(output.stdout)?;
        let times: Vec<Duration> = times
            .lines()
            .map(|line| Ok(Duration::from_secs_f64(line.trim().parse().context("curl printed no time")?)))
            .collect::<Result<_>>()?;
        Times::new(what, times)
    }

    /// A shell in a container, from `runc exec` to its end; the same with a program that no rule is about, which is
    /// what runc itself takes; and from the exec that the kernel saw to the end of the process, as the ledger has it.
    fn measure_shells(&mut self, images: &Images) -> Result<Vec<Times>> {
        let layers = rootfs_layers(&images.new.rootfs);
        let entrypoint: Vec<&str> = images.new.rootfs.entrypoint.iter().map(String::as_str).collect();
        let name = format!("shop-{}", std::process::id());
        let container =
            Container::start(self.folder.path(), &name, &layers, &images.new.by_digest(), &entrypoint)?;
        container.wait_for_output("shop listens", Duration::from_secs(15))?;
        let (mut shells, mut others) = (Vec::new(), Vec::new());
        for _ in 0..SHELLS {
            let (took, lived_on) = time(container.exec(&SHELL))?;
            ensure!(!lived_on, "nobody stopped the shell");
            shells.push(took);
            others.push(time(container.exec(&["/bin/busybox", "true"]))?.0);
        }
        ensure!(container.running()?, "the container did not live on");
        self.container = Some(container);
        // The last kill's evidence may still be on its way.
        std::thread::sleep(Duration::from_millis(500));
        let kills = self.kills(images)?;
        Ok(vec![
            Times::new("shell to kill, with `runc exec` around it", shells)?,
            Times::new("`runc exec` of a harmless program", others)?,
            Times::new("shell to kill, from exec to the end of the process", kills)?,
        ])
    }

    /// From each alert that a shell raised to the response about it, which is written when the process has ended.
    fn kills(&self, images: &Images) -> Result<Vec<Duration>> {
        let subject = images.new.digest.to_string();
        let output = run(&mut self.seawall_command(&["trail", &subject, "--format", "json"]))?;
        let entries: Vec<Value> = serde_json::from_slice(&output.stdout)?;
        let parsed = |value: &Value| -> Result<jiff::Timestamp> {
            Ok(value.as_str().context("an entry without a time")?.parse()?)
        };
        let mut kills = Vec::new();
        let mut seen = None;
        for entry in &entries {
            if entry["kind"] == "alerted" {
                seen = Some((&entry["body"]["alert"]["rule"], parsed(&entry["body"]["alert"]["time"])?));
            } else if entry["kind"] == "responded" {
                let (rule, at) = seen.take().context("a response before its alert")?;
                ensure!(
                    *rule == entry["body"]["rule"],
                    "the response is not about the alert before it: {entry}"
                );
                ensure!(entry["body"]["outcome"] == "done", "a kill did not work: {entry}");
                kills.push(Duration::try_from(parsed(&entry["time"])?.duration_since(at))?);
            }
        }
        Ok(kills)
    }
}

/// How long a command took, and whether it ended well. Its output goes nowhere: a child that the shell left behind would
/// hold a pipe open.
fn time(mut command: Command) -> Result<(Duration, bool)> {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    Ok((start.elapsed(), status.success()))
}
