//! A whole Kubernetes node: etcd, API server, controller manager, scheduler, containerd and kubelet.

mod config;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::peers;
use super::process::{Background, free_port, listening, run, run_any, stdout, which};

/// What the node is called in its cluster.
pub const NODE_NAME: &str = "seawall-node";

/// A running cluster of one node; dropped, its pods and programs stop.
pub struct Node {
    folder: PathBuf,
    programs: PathBuf,
    /// Cluster administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    bridge: String,
    /// The node's own: kubelets accept no loopback address, so it is one of another range on the loopback device.
    address: String,
    /// In the order in which they are stopped.
    processes: Vec<Background>,
}

struct Ports {
    etcd: u16,
    etcd_peer: u16,
    api: u16,
    kubelet: u16,
    kubelet_health: u16,
}

impl Node {
    /// Starts everything below `folder` (a short path: Unix sockets are in it) and waits until the node is ready.
    /// Images come from `registry` (`127.0.0.1:PORT`); `pause` is the sandbox image there.
    pub fn start(folder: &Path, registry: &str, pause: &str) -> Result<Self> {
        let programs = peers::build("kubernetes")?;
        let etcd_program = peers::build("etcd")?;
        let ports = Ports {
            etcd: free_port()?,
            etcd_peer: free_port()?,
            api: free_port()?,
            kubelet: free_port()?,
            kubelet_health: free_port()?,
        };
        let folder = folder.join("node");
        std::fs::create_dir_all(&folder)?;
        let kubeconfig = config::write(&folder, &ports, registry, pause)?;
        let (bridge, address) = (config::bridge(&ports), config::address(&ports));
        let mut node = Self { folder, programs, kubeconfig, bridge, address, processes: Vec::new() };
        run(Command::new("ip").args(["address", "add", &format!("{}/32", node.address), "dev", "lo"]))?;

        let etcd = node.start_etcd(&etcd_program, &ports)?;
        let api = node.start_api_server(&ports)?;
        let mut others = vec![
            node.start_with_kubeconfig("kube-controller-manager", |command| {
                command
                    .arg("--leader-elect=false")
                    .arg("--use-service-account-credentials=true")
                    .arg("--secure-port=0")
                    .arg(format!("--service-account-private-key-file={}", node.path("sa.key")));
            })?,
            node.start_with_kubeconfig("kube-scheduler", |command| {
                command.arg("--leader-elect=false").arg("--secure-port=0");
            })?,
        ];
        let containerd = node.start_containerd()?;
        let kubelet = node.start_kubelet()?;
        node.processes.push(kubelet);
        node.processes.append(&mut others);
        node.processes.extend([containerd, api, etcd]);
        node.wait_ready()?;
        Ok(node)
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn start_etcd(&self, program: &Path, ports: &Ports) -> Result<Background> {
        let (client, peer) =
            (format!("http://127.0.0.1:{}", ports.etcd), format!("http://127.0.0.1:{}", ports.etcd_peer));
        let mut command = Command::new(program);
        command
            .arg("--data-dir")
            .arg(self.path("etcd"))
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args([
                "--initial-cluster",
                &format!("default={peer}"),
                "--unsafe-no-fsync",
                "--log-level",
                "warn",
            ]);
        let mut etcd = Background::start("etcd", &self.folder, &mut command)?;
        etcd.wait_until(Duration::from_secs(20), || listening(ports.etcd))?;
        Ok(etcd)
    }

    fn start_api_server(&self, ports: &Ports) -> Result<Background> {
        let mut command = Command::new(self.programs.join("kube-apiserver"));
        command.args([
            format!("--etcd-servers=http://127.0.0.1:{}", ports.etcd),
            format!("--secure-port={}", ports.api),
            "--bind-address=127.0.0.1".into(),
            "--advertise-address=127.0.0.1".into(),
            format!("--cert-dir={}", self.path("api-certificates")),
            "--service-cluster-ip-range=10.96.0.0/16".into(),
            format!("--service-account-key-file={}", self.path("sa.pub")),
            format!("--service-account-signing-key-file={}", self.path("sa.key")),
            "--service-account-issuer=https://kubernetes.default.svc".into(),
            format!("--token-auth-file={}", self.path("tokens.csv")),
            "--authorization-mode=Node,RBAC".into(),
            "--allow-privileged=true".into(),
            "--endpoint-reconciler-type=none".into(),
            "--kubelet-preferred-address-types=InternalIP,Hostname".into(),
        ]);
        let mut api = Background::start("kube-apiserver", &self.folder, &mut command)?;
        api.wait_until(Duration::from_mins(1), || {
            self.kubectl(&["get", "--raw", "/readyz"]).is_ok_and(|output| output.status.success())
        })?;
        Ok(api)
    }

    fn start_with_kubeconfig(&self, name: &str, more: impl FnOnce(&mut Command)) -> Result<Background> {
        let mut command = Command::new(self.programs.join(name));
        command.arg(format!("--kubeconfig={}", self.kubeconfig.display()));
        more(&mut command);
        Background::start(name, &self.folder, &mut command)
    }

    fn start_containerd(&self) -> Result<Background> {
        let program = which("containerd").context("containerd is not installed: run `make tools-cluster`")?;
        let mut command = Command::new(program);
        command.arg("--config").arg(self.path("containerd.toml"));
        let mut containerd = Background::start("containerd", &self.folder, &mut command)?;
        let socket = self.folder.join("containerd.sock");
        containerd.wait_until(Duration::from_secs(20), || {
            std::os::unix::net::UnixStream::connect(&socket).is_ok()
        })?;
        Ok(containerd)
    }

    fn start_kubelet(&self) -> Result<Background> {
        self.start_with_kubeconfig("kubelet", |command| {
            command.args([
                format!("--config={}", self.path("kubelet.yaml")),
                format!("--root-dir={}", self.path("kubelet")),
                format!("--cert-dir={}", self.path("kubelet-certificates")),
                format!("--hostname-override={NODE_NAME}"),
                format!("--node-ip={}", self.address),
            ]);
        })
    }

    fn wait_ready(&self) -> Result<()> {
        self.wait_for(Duration::from_secs(90), "the node to be ready", || {
            let nodes = self.kubectl(&["get", "nodes", "--no-headers"])?;
            let account = self.kubectl(&["get", "serviceaccount", "default"])?;
            Ok(stdout(&nodes).contains(" Ready ") && account.status.success())
        })
    }

    /// Asks `ready` until it says so; past `limit` an error with the logs' last lines.
    pub fn wait_for(
        &self,
        limit: Duration,
        what: &str,
        mut ready: impl FnMut() -> Result<bool>,
    ) -> Result<()> {
        let start = Instant::now();
        while !ready()? {
            if start.elapsed() > limit {
                let logs: Vec<String> = self.processes.iter().map(Background::log_tail).collect();
                bail!("waited {limit:?} for {what}; the logs' last lines:\n{}", logs.join("\n---\n"));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// A kubectl command with this cluster's kubeconfig, to be run.
    pub fn kubectl_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join("kubectl"));
        command.arg("--kubeconfig").arg(&self.kubeconfig).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs kubectl, however it ends.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<Output> {
        run_any(&mut self.kubectl_command(arguments))
    }

    /// Runs kubectl, which must succeed; what it printed.
    pub fn kubectl_ok(&self, arguments: &[&str]) -> Result<String> {
        Ok(stdout(&run(&mut self.kubectl_command(arguments))?))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ =
            self.kubectl(&["delete", "pods", "--all", "-A", "--grace-period=0", "--force", "--wait=false"]);
        // The runtime takes its networks, cgroups and state away by itself when it is given a moment; what is left
        // after that is ended by process id: the kubelet first, so that nothing is started again.
        config::wait_for_containers(&self.folder, Duration::from_secs(8));
        if !self.processes.is_empty() {
            drop(self.processes.remove(0));
        }
        config::stop_containers(&self.folder);
        for process in &mut self.processes {
            process.stop();
        }
        config::unmount_below(&self.folder);
        let _ = run_any(Command::new("ip").args(["link", "delete", &self.bridge]));
        let address = format!("{}/32", self.address);
        let _ = run_any(Command::new("ip").args(["address", "delete", &address, "dev", "lo"]));
    }
}
