//! The configuration files of the node's programs, and what is left to clean behind them.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::Ports;
use crate::parts::process::run;

/// Writes all of them below `folder`; the administrator's kubeconfig.
pub(super) fn write(folder: &Path, ports: &Ports, registry: &str, pause: &str) -> Result<PathBuf> {
    run(Command::new("openssl").args(["genrsa", "-out"]).arg(folder.join("sa.key")).arg("2048"))?;
    run(Command::new("openssl")
        .args(["rsa", "-in"])
        .arg(folder.join("sa.key"))
        .args(["-pubout", "-out"])
        .arg(folder.join("sa.pub")))?;
    let mut random = [0_u8; 24];
    std::io::Read::read_exact(&mut File::open("/dev/urandom")?, &mut random)?;
    let token = random.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let tokens = folder.join("tokens.csv");
    fs::write(&tokens, format!("{token},admin,admin,\"system:masters\"\n"))?;
    fs::set_permissions(&tokens, Permissions::from_mode(0o600))?;

    let kubeconfig = folder.join("admin.kubeconfig");
    fs::write(
        &kubeconfig,
        format!(
            "apiVersion: v1
kind: Config
clusters: [{{name: node, cluster: {{server: 'https://127.0.0.1:{}', insecure-skip-tls-verify: true}}}}]
users: [{{name: admin, user: {{token: '{token}'}}}}]
contexts: [{{name: node, context: {{cluster: node, user: admin}}}}]
current-context: node
",
            ports.api
        ),
    )?;
    fs::set_permissions(&kubeconfig, Permissions::from_mode(0o600))?;

    let at = folder.display();
    fs::write(
        folder.join("containerd.toml"),
        format!(
            r#"version = 2
root = "{at}/containerd"
state = "{at}/containerd-state"
[grpc]
  address = "{at}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{at}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{at}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."{registry}"]
    endpoint = ["http://{registry}"]
"#
        ),
    )?;
    fs::create_dir_all(folder.join("cni"))?;
    let (number, bridge) = (subnet(ports), bridge(ports));
    fs::write(
        folder.join("cni/10-bridge.conflist"),
        format!(
            r#"{{"cniVersion": "1.0.0", "name": "seawall{number}", "plugins": [
  {{"type": "bridge", "bridge": "{bridge}", "isGateway": true, "ipMasq": false,
   "ipam": {{"type": "host-local", "dataDir": "{at}/cni-addresses", "ranges": [[{{"subnet": "10.89.{number}.0/24"}}]],
            "routes": [{{"dst": "0.0.0.0/0"}}]}}}}]}}
"#
        ),
    )?;
    fs::write(
        folder.join("kubelet.yaml"),
        format!(
            "apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: {}
port: {}
healthzPort: {}
readOnlyPort: 0
containerRuntimeEndpoint: unix://{at}/containerd.sock
authentication: {{anonymous: {{enabled: true}}, webhook: {{enabled: false}}}}
authorization: {{mode: AlwaysAllow}}
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
maxOpenFiles: 20000
enforceNodeAllocatable: []
evictionHard: {{memory.available: 50Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}}
imageGCHighThresholdPercent: 100
volumePluginDir: {at}/volume-plugins
podLogsDir: {at}/pod-logs
",
            address(ports),
            ports.kubelet,
            ports.kubelet_health
        ),
    )?;
    Ok(kubeconfig)
}

/// The third byte of the pods' addresses: one a run, so that two runs at the same time do not share addresses.
fn subnet(ports: &Ports) -> u16 {
    ports.api % 250
}

/// The node's address.
pub(super) fn address(ports: &Ports) -> String {
    format!("10.88.{}.1", subnet(ports))
}

/// The name of the pods' bridge.
pub(super) fn bridge(ports: &Ports) -> String {
    format!("swl{}", subnet(ports))
}

/// Waits, at most `limit`, until this node's containerd holds no container.
pub(super) fn wait_for_containers(folder: &Path, limit: Duration) {
    let start = Instant::now();
    while !shims(folder).is_empty() && start.elapsed() < limit {
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Ends the shims of this node's containerd, and with them their containers.
pub(super) fn stop_containers(folder: &Path) {
    for shim in shims(folder) {
        for pid in pids().filter(|child| parent(*child) == Some(shim)).chain([shim]) {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
    }
}

fn shims(folder: &Path) -> Vec<u32> {
    let ours = folder.display().to_string();
    pids()
        .filter(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            line.contains("containerd-shim") && line.contains(&ours)
        })
        .collect()
}

/// Takes away what is still mounted below `folder`, deepest first, so that it can be removed.
pub(super) fn unmount_below(folder: &Path) {
    let ours = format!("{}/", folder.display());
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    for line in mounts.lines().rev() {
        if let Some(target) = line.split(' ').nth(1).filter(|target| target.starts_with(&ours)) {
            let _ = Command::new("umount").args(["-l", target]).status();
        }
    }
}

fn pids() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
