//! Step 7: a shell is started in the running container, and what is done about it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{Images, Stage, Story, rootfs_layers};
use crate::parts::container::{self, Container};
use crate::parts::process::stdout;

/// What came of the shell.
pub struct Responded {
    /// From starting the shell to its end by the response; none where the sensor could not run.
    pub shell_lived: Option<Duration>,
    /// What arrived at Slack, Teams and Rocket.Chat.
    pub messages: Vec<(String, Value)>,
}

const CHANNELS: [&str; 3] = ["slack", "teams", "rocketchat"];

/// A shell that would go on for a minute if nobody stopped it.
pub(super) const SHELL: [&str; 3] =
    ["/bin/sh", "-c", "echo in; for i in 1 2 3 4 5 6; do /bin/busybox sleep 10; done; echo unharmed"];

impl Story {
    /// What is done about an alert, and who is told.
    pub(super) fn responses(&self) -> String {
        let end = match self.stage {
            Stage::Embedded => "stop-container",
            Stage::Cluster => "delete-pod",
        };
        let url = |name| self.chat.url(name);
        format!(
            "notifiers:
  - {{name: slack, type: slack, url: '{}'}}
  - {{name: teams, type: teams, url: '{}'}}
  - {{name: rocketchat, type: rocketchat, url: '{}'}}
bindings:
  - tags: [mitre_execution]
    minPriority: notice
    actions: [kill-process, {end}]
    notify: [slack, teams, rocketchat]
",
            url("slack"),
            url("teams"),
            url("rocketchat")
        )
    }

    /// Starts the shell and waits for what is done about it.
    pub fn respond(&mut self, images: &Images) -> Result<Responded> {
        self.narrator.step("A shell is started in the running container");
        let shell_lived = match self.stage {
            Stage::Cluster => Some(self.shell_in_pod()?),
            Stage::Embedded => match container::possible() {
                Ok(()) => Some(self.shell_under_runc(images)?),
                Err(why) => {
                    self.narrator
                        .say(&format!("no container here ({why}): the same rules over a recorded capture"));
                    self.live = false;
                    self.replay()?;
                    None
                }
            },
        };
        if let Some(lived) = shell_lived {
            self.narrator.say(&format!(
                "the shell was killed {:.0} ms after it was started",
                lived.as_secs_f64() * 1e3
            ));
        }
        self.chat.wait(&CHANNELS, Duration::from_secs(15))?;
        let mut messages = Vec::new();
        for channel in CHANNELS {
            let received = self.chat.received(channel);
            let message = received.first().context("waited for")?;
            self.narrator.say(&format!("{channel} received:"));
            self.narrator.excerpt(&message.to_string(), 1);
            messages.push((channel.to_owned(), message.clone()));
        }
        Ok(Responded { shell_lived, messages })
    }

    fn shell_under_runc(&mut self, images: &Images) -> Result<Duration> {
        let layers = rootfs_layers(&images.new.rootfs);
        let entrypoint: Vec<&str> = images.new.rootfs.entrypoint.iter().map(String::as_str).collect();
        let name = format!("shop-{}", std::process::id());
        let container =
            Container::start(self.folder.path(), &name, &layers, &images.new.by_digest(), &entrypoint)?;
        container.wait_for_output("shop listens", Duration::from_secs(15))?;
        self.narrator.say(&format!("the shop runs under runc as {name}"));
        self.narrator.command(&["runc", "exec", &name, "/bin/sh"]);
        let lived = time_shell(&mut container.exec(&SHELL))?;
        let start = Instant::now();
        while container.running()? {
            ensure!(start.elapsed() < Duration::from_secs(15), "the container was not stopped");
            std::thread::sleep(Duration::from_millis(50));
        }
        self.narrator.say("the container was stopped");
        self.container = Some(container);
        Ok(lived)
    }

    fn shell_in_pod(&mut self) -> Result<Duration> {
        let node = self.node.as_ref().context("the cluster runs")?;
        let find = ["get", "pods", "-n", "shop", "-l", "app=shop", "-o", "jsonpath={.items[0].metadata.uid}"];
        let pod = node.kubectl_ok(&find)?;
        let exec = [&["exec", "-n", "shop", "deployment/shop", "--"], &SHELL[..]].concat();
        self.narrator.command(&["kubectl", "exec", "-n", "shop", "deployment/shop", "--", "/bin/sh"]);
        let lived = time_shell(&mut node.kubectl_command(&exec))?;
        node.wait_for(Duration::from_mins(1), "the pod to be terminated and replaced", || {
            let now = stdout(&node.kubectl(&find)?);
            Ok(!now.is_empty() && now != pod)
        })?;
        self.narrator.say("the pod was terminated; its Deployment started a new one");
        Ok(lived)
    }

    fn replay(&self) -> Result<()> {
        let capture = crate::parts::peers::root().join("tests/captures/shell.jsonl");
        let alerts = self.seawall(&["replay", &capture.display().to_string(), "--notify"], 0)?;
        self.narrator.excerpt(&alerts, 4);
        Ok(())
    }
}

/// Runs the shell to its end, which must be a violent one; how long it lived.
fn time_shell(command: &mut std::process::Command) -> Result<Duration> {
    let start = Instant::now();
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
    let lived = start.elapsed();
    // 128 + SIGKILL, as runc and kubectl hand it on.
    ensure!(
        output.status.code() == Some(137),
        "the shell was not killed; it ended after {lived:?} with {}: {}{}",
        output.status,
        stdout(&output),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(lived)
}
