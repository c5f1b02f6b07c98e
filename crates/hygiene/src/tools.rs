//! Tools that help an attacker once inside. One line a tool: its name is `tool-NAME` in findings and policies.

use seawall_findings::Severity::{self, Low, Medium};

use crate::Profile;

/// A tool.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its name, and other names of its executables.
    pub(crate) names: &'static [&'static str],
    pub(crate) group: Group,
}

/// What tools do for an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Shell,
    Interpreter,
    Download,
    Network,
    Versions,
    Compiler,
    Packages,
    Privilege,
    Remote,
    Debug,
    Cloud,
    Everything,
}

impl Group {
    /// `tool-package-manager` …: the name of the whole group in policies.
    pub(crate) fn alias(self) -> &'static str {
        match self {
            Self::Shell => "tool-shell",
            Self::Interpreter => "tool-interpreter",
            Self::Download => "tool-downloader",
            Self::Network => "tool-network",
            Self::Versions => "tool-version-control",
            Self::Compiler => "tool-compiler",
            Self::Packages => "tool-package-manager",
            Self::Privilege => "tool-privilege",
            Self::Remote => "tool-remote",
            Self::Debug => "tool-debugger",
            Self::Cloud => "tool-cloud",
            Self::Everything => "tool-busybox",
        }
    }

    /// Why it does not belong into a final image.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Shell => "a shell runs whatever an injected command says",
            Self::Interpreter => "an interpreter runs an attacker's program without a compiler",
            Self::Download => "it fetches an attacker's next stage",
            Self::Network => "it scans, tunnels and opens connections back",
            Self::Versions => "it fetches code, and its configuration runs commands",
            Self::Compiler => "it builds exploits for this very system",
            Self::Packages => "it installs every other tool",
            Self::Privilege => "it is the usual way to become root",
            Self::Remote => "it connects to and from other machines",
            Self::Debug => "it reads the memory of other processes, secrets included",
            Self::Cloud => "it speaks with the cluster or cloud in the workload's name",
            Self::Everything => "it is a shell, a downloader and network tools in one file",
        }
    }

    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Shell | Self::Interpreter => Low,
            _ => Medium,
        }
    }

    /// Whether a profile minds.
    pub(crate) fn unwanted(self, profile: Profile) -> bool {
        profile == Profile::Minimal || !matches!(self, Self::Shell | Self::Interpreter)
    }
}

const fn tool(group: Group, names: &'static [&'static str]) -> Tool {
    Tool { names, group }
}

/// All of them.
pub(crate) const TOOLS: &[Tool] = &[
    tool(Group::Everything, &["busybox", "toybox"]),
    tool(Group::Shell, &["bash"]),
    tool(Group::Shell, &["dash", "sh", "ash"]),
    tool(Group::Shell, &["zsh", "fish", "ksh", "mksh", "tcsh", "csh"]),
    tool(Group::Interpreter, &["perl"]),
    tool(Group::Interpreter, &["python"]),
    tool(Group::Interpreter, &["ruby"]),
    tool(Group::Interpreter, &["node", "nodejs"]),
    tool(Group::Interpreter, &["php"]),
    tool(Group::Interpreter, &["lua", "luajit"]),
    tool(Group::Interpreter, &["tclsh", "expect"]),
    tool(Group::Download, &["curl"]),
    tool(Group::Download, &["wget", "wget2"]),
    tool(Group::Download, &["aria2c", "axel", "lftp", "ftp", "tftp"]),
    tool(Group::Download, &["rsync"]),
    tool(Group::Network, &["nc", "ncat", "netcat", "nc.openbsd", "nc.traditional"]),
    tool(Group::Network, &["socat"]),
    tool(Group::Network, &["telnet"]),
    tool(Group::Network, &["nmap", "masscan", "zmap"]),
    tool(Group::Network, &["tcpdump", "tshark", "ngrep"]),
    tool(Group::Network, &["dig", "nslookup", "host"]),
    tool(Group::Network, &["iptables", "nft", "xtables-nft-multi", "xtables-legacy-multi"]),
    tool(Group::Versions, &["git"]),
    tool(Group::Versions, &["svn", "hg", "cvs"]),
    tool(Group::Compiler, &["gcc", "g++", "cc", "c++", "cc1", "cpp"]),
    tool(Group::Compiler, &["clang", "clang++"]),
    tool(Group::Compiler, &["make", "gmake"]),
    tool(Group::Compiler, &["cmake", "ninja", "meson"]),
    tool(Group::Compiler, &["go"]),
    tool(Group::Compiler, &["rustc", "cargo"]),
    tool(Group::Compiler, &["javac", "jshell"]),
    tool(Group::Compiler, &["ld", "ld.bfd", "ld.gold", "as"]),
    tool(Group::Packages, &["apt", "apt-get", "aptitude"]),
    tool(Group::Packages, &["dpkg"]),
    tool(Group::Packages, &["apk"]),
    tool(Group::Packages, &["yum"]),
    tool(Group::Packages, &["dnf", "microdnf", "tdnf", "dnf5"]),
    tool(Group::Packages, &["rpm"]),
    tool(Group::Packages, &["zypper", "pacman"]),
    tool(Group::Packages, &["pip", "pipx", "uv", "poetry", "conda"]),
    tool(Group::Packages, &["npm", "npx", "yarn", "pnpm", "corepack", "bun"]),
    tool(Group::Packages, &["gem", "bundle", "bundler"]),
    tool(Group::Packages, &["composer"]),
    tool(Group::Packages, &["mvn", "gradle"]),
    tool(Group::Privilege, &["sudo"]),
    tool(Group::Privilege, &["doas", "pkexec", "gosu", "su-exec"]),
    tool(Group::Remote, &["ssh", "scp", "sftp"]),
    tool(Group::Remote, &["sshd", "dropbear"]),
    tool(Group::Debug, &["gdb", "lldb"]),
    tool(Group::Debug, &["strace", "ltrace"]),
    tool(Group::Debug, &["bpftool", "bpftrace", "perf"]),
    tool(Group::Cloud, &["kubectl", "helm", "crictl", "ctr", "nerdctl"]),
    tool(Group::Cloud, &["docker", "podman", "buildah", "skopeo"]),
    tool(Group::Cloud, &["aws", "gcloud", "az"]),
];

/// The tool that an executable is.
pub(crate) fn of(path: &str, mode: u32) -> Option<&'static Tool> {
    let (folder, name) = path.rsplit_once('/')?;
    let place = folder.rsplit('/').next().unwrap_or(folder);
    if mode & 0o111 == 0 || !matches!(place, "bin" | "sbin" | "libexec") {
        return None;
    }
    let find = |name: &str| TOOLS.iter().find(|tool| tool.names.contains(&name));
    find(name).or_else(|| {
        // `python3.11`, `gcc-12`, `pip3`, `x86_64-linux-gnu-gcc-12`.
        let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').trim_end_matches('-');
        let plain = plain
            .rsplit_once("-gnu-")
            .or_else(|| plain.rsplit_once("-musl-"))
            .map_or(plain, |(_, rest)| rest);
        (plain != name && plain.len() > 1).then(|| find(plain)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_are_known_by_their_names() {
        let named = |path: &str| of(path, 0o755).map(|tool| tool.names[0]);
        assert_eq!(named("usr/bin/python3.11"), Some("python"));
        assert_eq!(named("usr/bin/x86_64-linux-gnu-gcc-12"), Some("gcc"));
        assert_eq!(named("usr/local/bin/pip3"), Some("pip"));
        assert_eq!(named("usr/bin/nc.openbsd"), Some("nc"));
        assert_eq!(named("usr/local/go/bin/go"), Some("go"));
        for none in ["usr/lib/curl", "usr/bin/curly", "usr/share/doc/git", "curl"] {
            assert_eq!(named(none), None, "{none}");
        }
        assert!(of("usr/bin/curl", 0o644).is_none());
    }
}
