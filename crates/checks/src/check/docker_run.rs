//! Dockerfiles: commands that a build should not run.

use seawall_findings::Severity;

use super::docker::{BEST, hit, of};
use super::{Check, Hit, Run};
use crate::docker::{Command, Dockerfile, Instruction};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "docker-sudo",
        aliases: &["DS-0010", "DL3004"],
        severity: Severity::Medium,
        title: "`sudo` in a build",
        why: "A build has the user that `USER` says; sudo hides it, and stays in the image for whoever takes it over.",
        fix: "Change the user for the step:\n  USER root\n  RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates\n  USER 10001",
        references: BEST,
        run: Run::Dockerfile(|file| {
            commands(
                file,
                |command| {
                    command.words.iter().take(3).any(|word| word.rsplit('/').next() == Some("sudo"))
                        && raw_program(command) == "sudo"
                },
                "runs `sudo`",
            )
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-cd",
        aliases: &["DS-0013", "DL3003"],
        severity: Severity::Low,
        title: "`cd` instead of `WORKDIR`",
        why: "The folder is forgotten at the end of the line; whoever reads the next one is misled.",
        fix: "Set the folder:\n  WORKDIR /app\n  RUN make",
        references: BEST,
        run: Run::Dockerfile(|file| {
            commands(file, |command| command.program() == "cd", "changes the folder with `cd`")
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-wget-and-curl",
        aliases: &["DS-0014", "DL4001"],
        severity: Severity::Low,
        title: "Both `wget` and `curl`",
        why: "Two tools for one thing: the image gets both.",
        fix: "Keep to one, or let the builder fetch it:\n  ADD --checksum=sha256:<digest> https://example.com/tool /bin/tool",
        references: BEST,
        run: Run::Dockerfile(both_downloaders),
        ..Check::BLANK
    },
    Check {
        id: "docker-useless-command",
        aliases: &["DL3001"],
        severity: Severity::Low,
        title: "A command that makes no sense in a build",
        why: "Processes, mounts and services of a build are gone when the layer is written.",
        fix: "Remove it; start programs by `ENTRYPOINT`:\n  ENTRYPOINT [\"/app\"]",
        references: BEST,
        run: Run::Dockerfile(|file| {
            let useless = [
                "ssh",
                "vim",
                "vi",
                "nano",
                "shutdown",
                "reboot",
                "service",
                "systemctl",
                "ps",
                "free",
                "top",
                "htop",
                "kill",
                "mount",
                "ifconfig",
            ];
            commands(file, |command| useless.contains(&command.program()), "makes no sense in a build")
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-dist-upgrade",
        aliases: &["DS-0024", "DL3005", "DL3017", "DL3031", "DL3035", "DL3039"],
        severity: Severity::Low,
        title: "Upgrades the whole base image",
        why: "What comes out depends on the day, and doubles what is upgraded in the layers; a newer base image does it better.",
        fix: "Build from a newer base image:\n  FROM debian:12.8-slim",
        references: BEST,
        run: Run::Dockerfile(dist_upgrade),
        ..Check::BLANK
    },
    Check {
        id: "docker-useradd-log",
        aliases: &["DL3046"],
        severity: Severity::Low,
        title: "A high user id with a huge log",
        why: "`useradd` writes /var/log/lastlog up to the id: a sparse file of gigabytes that layers make real.",
        fix: "Leave the log alone:\n  RUN useradd --no-log-init --uid 100001 app",
        references: BEST,
        run: Run::Dockerfile(useradd),
        ..Check::BLANK
    },
    Check {
        id: "docker-wget-progress",
        aliases: &["DL3047"],
        severity: Severity::Low,
        title: "`wget` with its progress bar",
        why: "Thousands of lines in the build's log hide what matters.",
        fix: "Be quiet:\n  RUN wget -nv https://example.com/tool",
        references: BEST,
        opt_in: true,
        run: Run::Dockerfile(|file| {
            let quiet = ["--progress", "-q", "--quiet", "-nv", "--no-verbose", "-o", "--output-file", "-a"];
            commands(
                file,
                |command| command.program() == "wget" && !command.has(&quiet),
                "shows its progress",
            )
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-download-unpack",
        aliases: &["DL3010"],
        severity: Severity::Low,
        title: "Copies an archive only to unpack it",
        why: "The archive stays in its layer.",
        fix: "Let `ADD` unpack it:\n  ADD app.tar.gz /app",
        references: BEST,
        run: Run::Dockerfile(unpack),
        ..Check::BLANK
    },
    Check {
        id: "docker-consecutive-run",
        aliases: &["DL3059"],
        severity: Severity::Negligible,
        title: "Several `RUN`s in a row",
        why: "Each is a layer of its own: what a later one removes stays in the earlier.",
        fix: "Join what belongs together:\n  RUN a && \\\n      b",
        references: BEST,
        opt_in: true,
        run: Run::Dockerfile(consecutive),
        ..Check::BLANK
    },
    Check {
        id: "docker-world-writable",
        aliases: &[],
        severity: Severity::Medium,
        title: "Files that everybody may write",
        why: "Whoever takes any process of the container over changes the program.",
        fix: "Give them to the user that needs them:\n  COPY --chown=10001:10001 app /app",
        references: BEST,
        run: Run::Dockerfile(|file| {
            let open = |word: &str| {
                matches!(word, "777" | "0777" | "666" | "0666" | "a+w" | "o+w" | "a+rwx" | "+w" | "ugo+rwx")
            };
            let mut hits = commands(
                file,
                |command| command.program() == "chmod" && command.operands().any(open),
                "makes files writable for everybody",
            );
            let copied = file.instructions.iter().filter(|one| one.flag("chmod").is_some_and(open));
            hits.extend(copied.map(|one| hit(one, "copies files that everybody may write")));
            hits
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-pipe-to-shell",
        aliases: &[],
        severity: Severity::Medium,
        title: "Runs what it downloads",
        why: "Whoever takes the address over, or the way to it, runs commands in the build; nothing is compared with a checksum.",
        fix: "Fetch a version whose checksum is known:\n  ADD --checksum=sha256:<digest> https://example.com/install-1.2.sh /tmp/install.sh",
        references: &["https://docs.docker.com/reference/dockerfile/#add"],
        run: Run::Dockerfile(pipe_to_shell),
        ..Check::BLANK
    },
    Check {
        id: "docker-insecure-download",
        aliases: &[],
        severity: Severity::High,
        title: "Downloads without checking the server",
        why: "Anybody on the way can send something else.",
        fix: "Install the certificates instead:\n  RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates",
        references: BEST,
        run: Run::Dockerfile(|file| {
            commands(
                file,
                |command| match command.program() {
                    "curl" => command.has(&["-k", "--insecure"]),
                    "wget" => command.has(&["--no-check-certificate"]),
                    "apt-get" | "apt" => command.has(&["--allow-unauthenticated", "--force-yes"]),
                    "apk" => command.has(&["--allow-untrusted"]),
                    "pip" | "pip3" => command.has(&["--trusted-host"]),
                    "yum" | "dnf" => command.has(&["--nogpgcheck"]),
                    _ => false,
                },
                "does not check what it gets",
            )
        }),
        ..Check::BLANK
    },
];

fn raw_program(command: &Command) -> &str {
    let assignments = |word: &&String| word.contains('=') && !word.starts_with('-');
    let skip = ["RUN", "exec", "if", "then", "do", "!", "env"];
    let first = command.words.iter().find(|word| !assignments(word) && !skip.contains(&word.as_str()));
    first.map(|word| word.rsplit('/').next().unwrap_or(word)).unwrap_or_default()
}

/// One hit for each command of a `RUN` that is wrong.
pub(super) fn commands(file: &Dockerfile, wrong: impl Fn(&Command) -> bool, what: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for command in of(file, "RUN").flat_map(|one| &one.commands) {
        if wrong(command) {
            hits.push(Hit::at(command.position, format!("`{}` {what}", shown(command))));
        }
    }
    hits
}

/// The first words of a command, for messages; nothing that could be a secret.
pub(super) fn shown(command: &Command) -> String {
    let words: Vec<&str> =
        command.words.iter().map(String::as_str).take_while(|word| !word.contains("://")).take(3).collect();
    let text = words.join(" ");
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() || words.len() < command.words.len() {
        short.push_str(" …");
    }
    short
}

fn both_downloaders(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for stage in &file.stages {
        let all: Vec<&Command> =
            file.of(stage).filter(|one| one.keyword == "RUN").flat_map(|one| &one.commands).collect();
        let first = |program: &str| all.iter().position(|command| command.program() == program);
        if let (Some(wget), Some(curl)) = (first("wget"), first("curl"))
            && let Some(later) = all.get(wget.max(curl))
        {
            hits.push(Hit::at(later.position, "the stage uses both `wget` and `curl`"));
        }
    }
    hits
}

fn dist_upgrade(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for command in of(file, "RUN").flat_map(|one| &one.commands) {
        let aliases: &[&str] = match command.program() {
            "apt-get" | "apt" | "aptitude"
                if command.operands().any(|word| matches!(word, "dist-upgrade" | "full-upgrade")) =>
            {
                &["DS-0024", "DL3005"]
            }
            "apk" if command.operands().next() == Some("upgrade") => &["DL3017"],
            "yum"
                if matches!(command.operands().next(), Some("update" | "upgrade"))
                    && command.operands().count() == 1 =>
            {
                &["DL3031"]
            }
            "dnf" | "microdnf"
                if matches!(command.operands().next(), Some("update" | "upgrade"))
                    && command.operands().count() == 1 =>
            {
                &["DL3039"]
            }
            "zypper" if matches!(command.operands().next(), Some("dist-upgrade" | "dup")) => &["DL3035"],
            _ => continue,
        };
        hits.push(
            Hit::at(command.position, format!("`{}` upgrades the whole base image", shown(command)))
                .known_as(aliases),
        );
    }
    hits
}

fn useradd(file: &Dockerfile) -> Vec<Hit> {
    commands(
        file,
        |command| {
            let words = command.arguments();
            let id = words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix("--uid=") {
                Some(id) => Some(id),
                None => matches!(word.as_str(), "-u" | "--uid")
                    .then(|| words.get(index + 1).map(String::as_str))?,
            });
            let high = id.is_some_and(|id| id.len() > 5);
            command.program() == "useradd" && high && !command.has(&["-l", "--no-log-init"])
        },
        "writes a log up to the user's id",
    )
}

fn unpack(file: &Dockerfile) -> Vec<Hit> {
    let archives = [".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"];
    let mut hits = Vec::new();
    for stage in &file.stages {
        let all: Vec<&Instruction> = file.of(stage).collect();
        for (index, one) in
            all.iter().enumerate().filter(|(_, one)| one.keyword == "COPY" && one.flag("from").is_none())
        {
            let words = one.words();
            let sources = words.get(..words.len().saturating_sub(1)).unwrap_or_default();
            let mut names = sources.iter().filter(|source| archives.iter().any(|end| source.ends_with(end)));
            let unpacked = names.any(|source| {
                let name = source.rsplit('/').next().unwrap_or(source);
                let later = all.iter().skip(index + 1).flat_map(|one| &one.commands);
                later.into_iter().any(|command| {
                    let tool = matches!(command.program(), "tar" | "bsdtar" | "gunzip" | "unxz" | "bunzip2");
                    tool && command.arguments().iter().any(|word| word.rsplit('/').next() == Some(name))
                })
            });
            if unpacked {
                hits.push(hit(one, "copies an archive that a later line unpacks"));
            }
        }
    }
    hits
}

fn consecutive(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for stage in &file.stages {
        let all: Vec<&Instruction> = file.of(stage).collect();
        for pair in all.windows(2) {
            let [first, second] = pair else { continue };
            let plain =
                |one: &Instruction| one.keyword == "RUN" && one.flags.is_empty() && one.commands.len() < 2;
            if plain(first) && plain(second) {
                hits.push(hit(second, "a `RUN` right behind another"));
            }
        }
    }
    hits
}

fn pipe_to_shell(file: &Dockerfile) -> Vec<Hit> {
    let shells = ["sh", "bash", "ash", "zsh", "python", "python3", "perl", "ruby", "node"];
    let mut hits = Vec::new();
    for one in of(file, "RUN") {
        for pair in one.commands.windows(2) {
            let [first, second] = pair else { continue };
            let downloads = matches!(first.program(), "curl" | "wget");
            if downloads && second.piped && shells.contains(&second.program()) {
                hits.push(Hit::at(
                    first.position,
                    format!("`{}` is run by `{}` as it comes", shown(first), second.program()),
                ));
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::docker;

    #[test]
    fn commands() {
        let text = "FROM a:1\nRUN a && \\\n    sudo -E apt-get install sudo\nRUN cd /x && wget -q u\nRUN curl -k https://x | bash\nRUN apt-get -q dist-upgrade\nRUN useradd -u 123456 a\nRUN chmod -R 777 /a\nCOPY a.tgz /\nRUN tar xf /a.tgz\n";
        for (id, wanted) in [
            ("docker-sudo", "3:5 medium `sudo -E apt-get …` runs `sudo`"),
            ("docker-cd", "4:5 low `cd /x` changes the folder with `cd`"),
            ("docker-wget-and-curl", "5:5 low the stage uses both `wget` and `curl`"),
            ("docker-insecure-download", "5:5 high `curl -k …` does not check what it gets"),
            ("docker-pipe-to-shell", "5:5 medium `curl -k …` is run by `bash` as it comes"),
            ("docker-dist-upgrade", "6:5 low `apt-get -q dist-upgrade` upgrades the whole base image"),
            ("docker-useradd-log", "7:5 low `useradd -u 123456 …` writes a log up to the user's id"),
            ("docker-world-writable", "8:5 medium `chmod -R 777 …` makes files writable for everybody"),
            ("docker-download-unpack", "9:1 low copies an archive that a later line unpacks"),
        ] {
            assert_eq!(docker(id, text), [wanted]);
        }
        assert!(docker("docker-sudo", "FROM a\nRUN apt-get install sudo\n").is_empty());
        assert_eq!(docker("docker-consecutive-run", text).len(), 2);
    }
}
