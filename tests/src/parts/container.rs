//! A container under runc, without Kubernetes.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::process::{Background, run, run_any, stdout, which};

/// A running container; dropped, it is killed and deleted.
pub struct Container {
    runc: PathBuf,
    /// Its name, which is its id for runc.
    pub name: String,
    process: Background,
}

/// Whether this machine lets us run one: root, and runc installed.
pub fn possible() -> Result<(), &'static str> {
    if !is_root() {
        return Err("not root");
    }
    if which("runc").is_none() {
        return Err("runc is not installed");
    }
    Ok(())
}

/// Whether we are root.
pub fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status")
        .is_ok_and(|status| status.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

impl Container {
    /// Unpacks the layers (uncompressed tars) below `folder` and runs `args` in them; the image's reference goes
    /// into the annotation that runc keeps.
    pub fn start(folder: &Path, name: &str, layers: &[PathBuf], image: &str, args: &[&str]) -> Result<Self> {
        let runc = which("runc").context("runc is not installed: run `make tools`")?;
        let bundle = folder.join(name);
        let rootfs = bundle.join("rootfs");
        std::fs::create_dir_all(&rootfs)?;
        for layer in layers {
            run(Command::new("tar").arg("-C").arg(&rootfs).arg("-xf").arg(layer))?;
        }
        for file in ["etc/resolv.conf", "etc/hosts"] {
            let path = rootfs.join(file);
            if path.symlink_metadata().is_err() && path.parent().is_some_and(Path::is_dir) {
                symlink("/dev/null", path)?;
            }
        }
        let namespaces = ["pid", "ipc", "uts", "mount", "network"];
        let config = json!({
            "ociVersion": "1.0.2",
            "process": {
                "user": {"uid": 65532, "gid": 65532},
                "args": args,
                "env": ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/"],
                "cwd": "/",
                "noNewPrivileges": true,
                "capabilities": {}
            },
            "root": {"path": "rootfs", "readonly": true},
            "hostname": "shop",
            "annotations": {"org.opencontainers.image.ref.name": image},
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=64k"]},
                {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"]}
            ],
            "linux": {"namespaces": namespaces.map(|kind| json!({"type": kind}))}
        });
        std::fs::write(bundle.join("config.json"), serde_json::to_vec_pretty(&config)?)?;
        let mut command = Command::new(&runc);
        command.arg("run").arg("--bundle").arg(&bundle).arg(name);
        let process = Background::start(name, folder, &mut command)?;
        let mut container = Self { runc, name: name.to_owned(), process };
        let mut state = Command::new(&container.runc);
        state.args(["state", name]);
        container.process.wait_until(Duration::from_secs(10), || {
            run_any(&mut state).is_ok_and(|output| stdout(&output).contains("\"running\""))
        })?;
        Ok(container)
    }

    /// A command that runs inside the container, to be started.
    pub fn exec(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.runc);
        command.arg("exec").arg(&self.name).args(args).stdin(Stdio::null());
        command
    }

    /// Whether its first process is alive.
    pub fn running(&self) -> Result<bool> {
        let output = run_any(Command::new(&self.runc).args(["state", &self.name]))?;
        Ok(output.status.success() && stdout(&output).contains("\"running\""))
    }

    /// Whether the container printed `text` within `limit`.
    pub fn wait_for_output(&self, text: &str, limit: Duration) -> Result<()> {
        let start = std::time::Instant::now();
        loop {
            let log = std::fs::read_to_string(&self.process.log)?;
            if log.contains(text) {
                return Ok(());
            }
            ensure!(start.elapsed() < limit, "the container did not print {text:?}, but: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = run_any(Command::new(&self.runc).args(["delete", "--force", &self.name]));
    }
}
