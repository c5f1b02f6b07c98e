//! Dockerfiles: single instructions.

use std::collections::HashSet;

use seawall_findings::Severity;

use super::environment::{is_placeholder, is_secret_name};
use super::{Check, Hit, Run};
use crate::docker::{Dockerfile, Instruction, pairs};

pub(super) const BEST: &[&str] = &["https://docs.docker.com/build/building/best-practices/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "docker-maintainer",
        aliases: &["DS-0022", "DL4000"],
        severity: Severity::Low,
        title: "`MAINTAINER` is deprecated",
        why: "Newer builders may refuse it.",
        fix: "Use a label:\n  LABEL org.opencontainers.image.authors=\"payments@example.com\"",
        references: &["https://docs.docker.com/reference/dockerfile/#maintainer-deprecated"],
        run: Run::Dockerfile(|file| {
            of(file, "MAINTAINER").map(|one| hit(one, "`MAINTAINER` is deprecated")).collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-expose-ssh",
        aliases: &["DS-0004"],
        severity: Severity::Medium,
        title: "Offers SSH",
        why: "A container with an SSH server is one that people change by hand, with one more password to steal.",
        fix: "Remove it; enter with `kubectl exec` or `docker exec`:\n  EXPOSE 8080",
        references: BEST,
        run: Run::Dockerfile(|file| ports(file, |port| port == Some(22), "offers port 22 (SSH)")),
        ..Check::BLANK
    },
    Check {
        id: "docker-expose-range",
        aliases: &["DS-0008", "DL3011"],
        severity: Severity::Medium,
        title: "No valid port",
        why: "Ports are 1 to 65535: the builder refuses others.",
        fix: "Name a port:\n  EXPOSE 8080/tcp",
        references: BEST,
        run: Run::Dockerfile(|file| {
            ports(
                file,
                |port| port.is_some_and(|port| port == 0 || port > 65_535),
                "offers a port that does not exist",
            )
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-workdir-relative",
        aliases: &["DS-0009", "DL3000"],
        severity: Severity::Medium,
        title: "A relative working folder",
        why: "Where it leads changes with every line before it.",
        fix: "Write the whole path:\n  WORKDIR /app",
        references: BEST,
        run: Run::Dockerfile(|file| workdirs(file, |path| !is_absolute(path), "is relative")),
        ..Check::BLANK
    },
    Check {
        id: "docker-workdir-system",
        aliases: &["DS-0030"],
        severity: Severity::High,
        title: "Works in a folder of the system",
        why: "/proc and /dev lead to the node's processes and devices (CVE-2024-21626 began so).",
        fix: "Work in a folder of the application:\n  WORKDIR /app",
        references: &["https://nvd.nist.gov/vuln/detail/CVE-2024-21626"],
        run: Run::Dockerfile(|file| workdirs(file, is_system, "is the system's")),
        ..Check::BLANK
    },
    Check {
        id: "docker-add",
        aliases: &["DS-0005", "DL3020"],
        severity: Severity::Low,
        title: "`ADD` where `COPY` does",
        why: "`ADD` fetches addresses and unpacks archives by itself: more than is wanted, and more than is seen.",
        fix: "Copy:\n  COPY app /app",
        references: &["https://docs.docker.com/build/building/best-practices/#add-or-copy"],
        run: Run::Dockerfile(add),
        ..Check::BLANK
    },
    Check {
        id: "docker-copy-slash",
        aliases: &["DS-0011", "DL3021"],
        severity: Severity::Medium,
        title: "Copies several files to what is no folder",
        why: "The builder refuses it: the last argument must end with a slash.",
        fix: "End it with a slash:\n  COPY package.json yarn.lock ./",
        references: &["https://docs.docker.com/reference/dockerfile/#copy"],
        run: Run::Dockerfile(copy_slash),
        ..Check::BLANK
    },
    Check {
        id: "docker-copy-relative",
        aliases: &["DL3045"],
        severity: Severity::Low,
        title: "Copies to a relative path without a working folder",
        why: "Where it lands depends on the base image.",
        fix: "Set the folder first:\n  WORKDIR /app\n  COPY app .",
        references: BEST,
        run: Run::Dockerfile(copy_relative),
        ..Check::BLANK
    },
    Check {
        id: "docker-secret",
        aliases: &["DS-0031", "DL3064"],
        severity: Severity::Critical,
        title: "A secret in the image",
        why: "`ENV`, `ARG` and every copied file stay in the image's layers and history, for everybody who may pull it.",
        fix: "Give it to the build alone, and to the container when it starts:\n  RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci",
        references: &["https://docs.docker.com/build/building/secrets/"],
        run: Run::Dockerfile(secrets),
        ..Check::BLANK
    },
    Check {
        id: "docker-on-build",
        aliases: &["DL3043"],
        severity: Severity::Medium,
        title: "`ONBUILD` with what it cannot do",
        why: "The builder refuses `ONBUILD FROM`, `ONBUILD MAINTAINER` and `ONBUILD ONBUILD`.",
        fix: "Remove it:\n  ONBUILD COPY . /app",
        references: &["https://docs.docker.com/reference/dockerfile/#onbuild"],
        run: Run::Dockerfile(|file| {
            let all = file.instructions.iter();
            all.filter(|one| {
                one.on_build && matches!(one.keyword.as_str(), "FROM" | "MAINTAINER" | "ONBUILD")
            })
            .map(|one| hit(one, format!("`ONBUILD {}` is refused", one.keyword)))
            .collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-env-self",
        aliases: &["DL3044"],
        severity: Severity::Medium,
        title: "A variable that uses another of the same `ENV`",
        why: "All values of one `ENV` see what was before it: the other is not set yet.",
        fix: "Take two:\n  ENV HOME=/app\n  ENV PATH=$HOME/bin:$PATH",
        references: &["https://docs.docker.com/reference/dockerfile/#environment-replacement"],
        run: Run::Dockerfile(env_self),
        ..Check::BLANK
    },
    Check {
        id: "docker-json-form",
        aliases: &["DL3025"],
        severity: Severity::Low,
        title: "Starts the program through a shell",
        why: "The shell is process 1 and does not pass signals on: the program is killed instead of asked to end.",
        fix: "Use the JSON form:\n  ENTRYPOINT [\"/app\", \"--port\", \"8080\"]",
        references: &["https://docs.docker.com/reference/dockerfile/#shell-and-exec-form"],
        run: Run::Dockerfile(|file| {
            let all =
                file.instructions.iter().filter(|one| matches!(one.keyword.as_str(), "CMD" | "ENTRYPOINT"));
            all.filter(|one| one.json.is_none())
                .map(|one| hit(one, format!("`{}` in the shell form", one.keyword)))
                .collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-label",
        aliases: &["DL3048", "DL3051", "DL3052", "DL3053", "DL3055"],
        severity: Severity::Low,
        title: "A label that others cannot read",
        why: "Tools find the source, version and owner of an image by its OCI labels.",
        fix: "Write them as the OCI specification says:\n  LABEL org.opencontainers.image.source=\"https://git.example.com/shop\"",
        references: &["https://github.com/opencontainers/image-spec/blob/main/annotations.md"],
        run: Run::Dockerfile(labels),
        ..Check::BLANK
    },
];

pub(super) fn of<'f>(file: &'f Dockerfile, keyword: &'f str) -> impl Iterator<Item = &'f Instruction> {
    file.instructions.iter().filter(move |one| one.keyword == keyword)
}

pub(super) fn hit(instruction: &Instruction, message: impl Into<String>) -> Hit {
    Hit::at(instruction.position, message)
}

fn ports(file: &Dockerfile, wrong: impl Fn(Option<u64>) -> bool, what: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in of(file, "EXPOSE") {
        for word in one.words() {
            let number = word.split('/').next().unwrap_or_default();
            let (low, high) = number.split_once('-').unwrap_or((number, number));
            if wrong(low.parse().ok()) || (low != high && wrong(high.parse().ok())) {
                hits.push(hit(one, format!("`EXPOSE {word}` {what}")));
            }
        }
    }
    hits
}

fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    let windows = bytes.len() > 2
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && matches!(bytes[2], b'\\' | b'/');
    path.starts_with(['/', '$']) || windows
}

fn is_system(path: &str) -> bool {
    const SYSTEM: &[&str] = &[
        "/proc",
        "/dev",
        "/sys",
        "/boot",
        "/bin",
        "/sbin",
        "/lib",
        "/lib64",
        "/etc",
        "/usr/lib",
        "/usr/bin",
        "/usr/sbin",
    ];
    SYSTEM
        .iter()
        .any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        && !path.starts_with("/etc/")
        && !path.starts_with("/usr/lib/")
        && !path.starts_with("/lib/")
}

fn workdirs(file: &Dockerfile, wrong: impl Fn(&str) -> bool, what: &str) -> Vec<Hit> {
    of(file, "WORKDIR")
        .filter_map(|one| {
            let path = one.words().join(" ");
            wrong(&path).then(|| hit(one, format!("`WORKDIR {path}` {what}")))
        })
        .collect()
}

/// Archives that `ADD` unpacks.
const ARCHIVES: &[&str] = &[
    ".tar",
    ".tgz",
    ".tar.gz",
    ".tbz2",
    ".tar.bz2",
    ".txz",
    ".tar.xz",
    ".tar.lzma",
    ".tar.zst",
    ".tar.Z",
    ".gz",
    ".bz2",
    ".xz",
    ".zip",
    ".lzma",
];

fn add(file: &Dockerfile) -> Vec<Hit> {
    let wanted = |source: &str| {
        source.contains("://")
            || source.starts_with("git@")
            || source.starts_with("<<")
            || ARCHIVES.iter().any(|end| source.ends_with(end))
            || source.starts_with('$')
    };
    of(file, "ADD")
        .filter(|one| {
            let words = one.words();
            // `ADD file:<hash> in /` is the history of an image.
            let history =
                words.first().is_some_and(|first| first.starts_with("file:") || first.starts_with("multi:"));
            let sources = words.len().saturating_sub(1);
            !history && words.iter().take(sources).any(|source| !wanted(source))
        })
        .map(|one| hit(one, "`ADD` of a local file: `COPY` does"))
        .collect()
}

fn copy_slash(file: &Dockerfile) -> Vec<Hit> {
    of(file, "COPY")
        .filter(|one| {
            let words = one.words();
            let history =
                words.first().is_some_and(|first| first.starts_with("file:") || first.starts_with("multi:"));
            let target = words.last().map(String::as_str).unwrap_or_default();
            words.len() > 2
                && !history
                && !target.ends_with(['/', '\\'])
                && !matches!(target, "." | "..")
                && !target.starts_with('$')
        })
        .map(|one| hit(one, "copies several files to what does not end with a slash"))
        .collect()
}

fn copy_relative(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    // A stage that continues another has its folder.
    let mut set = Vec::new();
    for (index, stage) in file.stages.iter().enumerate() {
        let mut has_folder = file.base(index).is_some_and(|base| set.get(base).copied().unwrap_or(false));
        for one in file.of(stage) {
            match one.keyword.as_str() {
                "WORKDIR" => has_folder = true,
                "COPY" | "ADD" if !has_folder => {
                    let words = one.words();
                    let target = words.last().map(String::as_str).unwrap_or_default();
                    if !target.is_empty() && !is_absolute(target) {
                        hits.push(hit(one, format!("copies to `{target}` before any `WORKDIR`")));
                    }
                }
                _ => {}
            }
        }
        set.push(has_folder);
    }
    hits
}

/// Files that hold secrets by their names.
const SECRET_FILES: &[&str] = &[
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".npmrc",
    ".pypirc",
    ".netrc",
    ".git-credentials",
    ".env",
    ".dockercfg",
    ".htpasswd",
    ".pgpass",
    "credentials",
    ".docker/config.json",
    ".kube/config",
    ".aws/credentials",
    "gcloud-service-key.json",
];

fn secrets(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in &file.instructions {
        match one.keyword.as_str() {
            "ENV" => {
                for (name, value) in pairs(one) {
                    if is_secret_name(&name) && !is_placeholder(&value) && !value.starts_with('/') {
                        hits.push(hit(one, format!("`ENV {name}` holds a secret")));
                    }
                }
            }
            "ARG" => {
                for (name, value) in pairs(one) {
                    // Also without a value: what is given to the build stays in the image's history.
                    if is_secret_name(&name) && !value.starts_with('/') {
                        hits.push(hit(
                            one,
                            format!("`ARG {name}` is given a secret, which stays in the image's history"),
                        ));
                    }
                }
            }
            "COPY" | "ADD" => {
                let words = one.words();
                let sources = words.get(..words.len().saturating_sub(1)).unwrap_or_default();
                for source in sources {
                    let found = SECRET_FILES
                        .iter()
                        .any(|name| source == name || source.ends_with(&format!("/{name}")));
                    let key =
                        [".pem", ".key", ".p12", ".pfx", ".jks"].iter().any(|end| source.ends_with(end));
                    if found || key {
                        hits.push(hit(one, format!("copies `{source}`, which holds a secret")));
                    }
                }
            }
            _ => {}
        }
    }
    hits
}

fn env_self(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in of(file, "ENV") {
        let pairs = pairs(one);
        let mut set: HashSet<&str> = HashSet::new();
        for (name, value) in &pairs {
            if let Some(other) = variables(value).find(|other| *other != name && set.contains(other)) {
                hits.push(hit(one, format!("`{name}` uses `{other}`, which the same `ENV` sets")));
            }
            set.insert(name);
        }
    }
    hits
}

/// The names behind `$` and `${`.
fn variables(value: &str) -> impl Iterator<Item = &str> {
    value.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    })
}

/// What is wrong with a label, and Hadolint's id for it.
fn label(name: &str, value: &str) -> Option<(&'static str, &'static str)> {
    let part = name.strip_prefix("org.opencontainers.image.");
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let good = edge(name.chars().next())
        && edge(name.chars().next_back())
        && !name.contains("..")
        && !name.contains("--")
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '/'));
    let reserved =
        ["com.docker.", "io.docker.", "org.dockerproject."].iter().any(|space| name.starts_with(space));
    if !good || reserved {
        return Some(("is not a valid name of a label", "DL3048"));
    }
    let value = value.trim();
    let open = value.contains('$');
    match part {
        Some(_) if value.is_empty() => Some(("is empty", "DL3051")),
        Some("url" | "source" | "documentation") if !open && !value.contains("://") => {
            Some(("is not an address", "DL3052"))
        }
        Some("created") if !open && !is_time(value) => Some(("is not a time (RFC 3339)", "DL3053")),
        Some("revision") if !open && !is_commit(value) => Some(("is not a commit's id", "DL3055")),
        _ => None,
    }
}

fn is_commit(text: &str) -> bool {
    text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_time(text: &str) -> bool {
    let shape = |index: usize, byte: u8| match index {
        4 | 7 => byte == b'-',
        10 => matches!(byte, b'T' | b't' | b' '),
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    };
    text.len() >= 20 && text.bytes().take(19).enumerate().all(|(index, byte)| shape(index, byte))
}

fn labels(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in of(file, "LABEL") {
        for (name, value) in pairs(one) {
            if let Some((what, id)) = label(&name, &value) {
                hits.push(hit(one, format!("the label `{name}` {what}")).known_as(&[id]));
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::docker;

    #[test]
    fn single_instructions() {
        let text = "FROM a:1\nMAINTAINER me\nEXPOSE 22 70000\nWORKDIR app\nWORKDIR /proc/self\nADD x /x\nADD y.tar.gz /\nCOPY a b c\nENV A=1 B=$A\nENV API_KEY=abc123\nCOPY id_rsa /root/\nCMD run it\nLABEL Bad=1 org.opencontainers.image.url=x\n";
        for (id, wanted) in [
            ("docker-maintainer", "2:1"),
            ("docker-expose-ssh", "3:1"),
            ("docker-expose-range", "3:1"),
            ("docker-workdir-relative", "4:1"),
            ("docker-workdir-system", "5:1"),
            ("docker-add", "6:1"),
            ("docker-copy-slash", "8:1"),
            ("docker-env-self", "9:1"),
            ("docker-json-form", "12:1"),
        ] {
            let found = docker(id, text);
            assert_eq!(found.len(), 1, "{id}: {found:?}");
            assert!(found[0].starts_with(wanted), "{found:?}");
        }
        assert_eq!(docker("docker-secret", text).len(), 2);
        assert_eq!(docker("docker-label", text).len(), 2);
        assert_eq!(docker("docker-copy-relative", "FROM a\nCOPY a .\nWORKDIR /x\nCOPY b .\n").len(), 1);
    }
}
