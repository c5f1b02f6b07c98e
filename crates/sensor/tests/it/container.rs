//! Containers of the real runc.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use seawall_events::EventKind;
use seawall_sensor::Options;
use seawall_sensor::containers::Roots;

use crate::watch::{Watch, is_exec};

const DIGEST: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// A bundle with busybox as its only program; deleted with its container at the end.
pub(crate) struct Bundle {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) id: String,
}

impl Bundle {
    pub(crate) fn new(id: &str, script: &str) -> Option<Self> {
        if !Path::new("/bin/busybox").exists() || Command::new("runc").arg("--version").output().is_err() {
            eprintln!("skipped: needs runc and a static busybox");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("rootfs/bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::fs::create_dir_all(folder.path().join("rootfs/etc")).unwrap();
        std::fs::write(folder.path().join("rootfs/etc/shadow"), "root:*::").unwrap();
        std::fs::copy("/bin/busybox", bin.join("busybox")).unwrap();
        for name in ["sh", "sleep", "cat", "true"] {
            std::os::unix::fs::symlink("busybox", bin.join(name)).unwrap();
        }
        assert!(Command::new("runc").arg("spec").current_dir(folder.path()).status().unwrap().success());
        let path = folder.path().join("config.json");
        let mut config: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        config["process"]["terminal"] = false.into();
        config["process"]["args"] = serde_json::json!(["/bin/sh", "-c", script]);
        config["annotations"] = serde_json::json!({
            "org.opencontainers.image.ref.name": format!("registry.example.com/shop@{DIGEST}"),
        });
        std::fs::write(&path, config.to_string()).unwrap();
        Some(Self { folder, id: format!("{id}-{}", std::process::id()) })
    }

    pub(crate) fn runc(&self) -> Command {
        let mut command = Command::new("runc");
        command.arg("--root").arg(self.root()).stdin(Stdio::null());
        command
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn options(&self) -> Options {
        let roots = Roots { states: vec![self.root()], ..Roots::default() };
        Options { exit: true, queue: 1 << 18, roots, ..Options::default() }
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        let _ = self.runc().args(["delete", "--force", &self.id]).stderr(Stdio::null()).status();
    }
}

#[tokio::test]
async fn a_shell_in_a_container_is_told_with_its_image() {
    let Some(bundle) = Bundle::new("seawall-it", "sleep 60 & wait") else { return };
    let Some(mut watch) = Watch::start(bundle.options()) else { return };
    let status = bundle
        .runc()
        .args(["run", "--detach", "--bundle"])
        .arg(bundle.folder.path())
        .arg(&bundle.id)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let event = watch.find(|event| is_exec(event, "sleep 60 & wait")).await;
    let container = event.container.as_deref().expect("told with its container");
    assert_eq!(container.id, bundle.id);
    assert_eq!(container.digest.as_ref().unwrap().as_str(), DIGEST);
    assert_eq!(container.image.as_deref(), Some(format!("registry.example.com/shop@{DIGEST}").as_str()));
    assert_eq!(container.runtime.as_deref(), Some("runc"));
    assert!(!container.privileged);
    assert_eq!(event.process.vpid, 1);
    assert_eq!(event.process.exe_path, "/bin/busybox");
    assert_eq!(event.process.name, "sh");
    assert!(
        event.process.ancestors().any(|ancestor| ancestor.name.starts_with("runc")),
        "{:?}",
        event.process
    );

    // A short-lived shell: gone before anyone could look at /proc.
    let status = bundle
        .runc()
        .args(["exec", &bundle.id, "sh", "-c", "cat /etc/shadow; exit 7"])
        .stdout(Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(7));
    let event =
        watch.find(|event| is_exec(event, "cat /etc/shadow; exit 7") && event.process.name == "sh").await;
    assert_eq!(event.container.as_deref().map(|container| container.id.as_str()), Some(bundle.id.as_str()));
    assert_ne!(event.process.vpid, event.process.pid);
    let shell = event.process.pid;
    let event = watch
        .find(
            |event| matches!(&event.kind, EventKind::Open { path, result: 0.., .. } if path == "/etc/shadow"),
        )
        .await;
    assert_eq!(event.container.as_ref().unwrap().digest.as_ref().unwrap().as_str(), DIGEST);
    let end =
        watch.find(|event| matches!(event.kind, EventKind::Exit { .. }) && event.process.pid == shell).await;
    assert_eq!(end.kind, EventKind::Exit { status: 7 << 8 });
    assert!(end.container.is_some());
    eprintln!("{:?}", watch.sensor.stats());
    assert_eq!(watch.sensor.stats().containers_without_state, 0);
}

#[tokio::test]
async fn the_host_is_not_told_of_when_only_containers_are_asked_for() {
    let Some(bundle) = Bundle::new("seawall-only", "sleep 1") else { return };
    let Some(mut watch) = Watch::start(bundle.options()) else { return };
    Command::new("/bin/busybox").args(["true", "on-the-host"]).status().unwrap();
    // Files of its own, but no container.
    Command::new("unshare").args(["--mount", "/bin/busybox", "true", "no-container"]).status().unwrap();
    let status = bundle
        .runc()
        .args(["run", "--bundle"])
        .arg(bundle.folder.path())
        .arg(&bundle.id)
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success());
    let mut last = watch.find(|event| matches!(event.kind, EventKind::Exec)).await;
    loop {
        assert!(last.container.is_some(), "{last:?}");
        assert!(!last.process.args.iter().any(|text| text == "on-the-host" || text == "no-container"));
        match tokio::time::timeout(std::time::Duration::from_millis(500), watch.sensor.next()).await {
            Ok(Some(event)) => last = event,
            _ => break,
        }
    }
}
