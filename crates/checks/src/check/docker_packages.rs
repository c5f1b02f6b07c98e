//! Dockerfiles: package managers.

use seawall_findings::Severity;

use super::docker::{BEST, of};
use super::docker_run::{commands, shown};
use super::{Check, Hit, Run};
use crate::docker::{Command, Dockerfile, Instruction};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "docker-update-alone",
        aliases: &["DS-0017"],
        severity: Severity::Medium,
        title: "Updates the package lists in a layer of its own",
        why: "The layer is kept: later installs take old lists, and old versions with known vulnerabilities.",
        fix: "Update and install in one step:\n  RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*",
        references: BEST,
        run: Run::Dockerfile(update_alone),
        ..Check::BLANK
    },
    Check {
        id: "docker-assume-yes",
        aliases: &["DS-0021", "DL3014", "DL3030", "DL3034", "DL3038"],
        severity: Severity::Low,
        title: "Waits for an answer",
        why: "A build has nobody to answer: it fails.",
        fix: "Answer beforehand:\n  RUN apt-get install -y --no-install-recommends ca-certificates",
        references: BEST,
        run: Run::Dockerfile(assume_yes),
        ..Check::BLANK
    },
    Check {
        id: "docker-recommends",
        aliases: &["DS-0029", "DL3015"],
        severity: Severity::Low,
        title: "Installs what is only recommended",
        why: "Every package more is size, and vulnerabilities to come.",
        fix: "Leave them out:\n  RUN apt-get install -y --no-install-recommends ca-certificates",
        references: BEST,
        run: Run::Dockerfile(|file| {
            commands(
                file,
                |command| {
                    command.does("apt-get", &["install"])
                        && !command.has(&["--no-install-recommends"])
                        && !command.arguments().iter().any(|word| word.contains("Install-Recommends="))
                },
                "installs what is only recommended",
            )
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-package-cache",
        aliases: &[
            "DS-0015", "DS-0019", "DS-0020", "DS-0025", "DS-0027", "DL3009", "DL3019", "DL3032", "DL3036",
            "DL3040",
        ],
        severity: Severity::Low,
        title: "Leaves the package manager's cache in the image",
        why: "Lists and packages stay in the layer, also when a later line removes them.",
        fix: "Clean up in the same step, or keep the cache out of the image:\n  RUN apk add --no-cache ca-certificates\n  RUN dnf install -y ca-certificates && dnf clean all",
        references: BEST,
        run: Run::Dockerfile(cache),
        ..Check::BLANK
    },
    Check {
        id: "docker-apt",
        aliases: &["DL3027"],
        severity: Severity::Low,
        title: "`apt` in a script",
        why: "`apt` is made for people: its options and output change.",
        fix: "Use apt-get or apt-cache:\n  RUN apt-get update",
        references: BEST,
        run: Run::Dockerfile(|file| {
            commands(file, |command| command.program() == "apt", "is made for people")
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-pip-cache",
        aliases: &["DL3042"],
        severity: Severity::Low,
        title: "Leaves pip's cache in the image",
        why: "Downloaded packages stay in the layer.",
        fix: "Keep none:\n  RUN pip install --no-cache-dir -r requirements.txt",
        references: BEST,
        run: Run::Dockerfile(pip_cache),
        ..Check::BLANK
    },
    Check {
        id: "docker-yarn-cache",
        aliases: &["DL3060"],
        severity: Severity::Low,
        title: "Leaves yarn's cache in the image",
        why: "Downloaded packages stay in the layer.",
        fix: "Remove it in the same step:\n  RUN yarn install --frozen-lockfile && yarn cache clean",
        references: BEST,
        run: Run::Dockerfile(yarn_cache),
        ..Check::BLANK
    },
    Check {
        id: "docker-unpinned",
        aliases: &["DL3008", "DL3013", "DL3016", "DL3018", "DL3028", "DL3033", "DL3037", "DL3041", "DL3062"],
        severity: Severity::Low,
        title: "Installs whatever version is newest",
        why: "The same Dockerfile builds another image tomorrow.",
        fix: "Name versions, or use a lockfile:\n  RUN pip install --no-cache-dir flask==3.0.3\n  RUN npm ci",
        references: BEST,
        opt_in: true,
        run: Run::Dockerfile(unpinned),
        ..Check::BLANK
    },
];

fn runs(file: &Dockerfile) -> impl Iterator<Item = &Instruction> {
    of(file, "RUN").filter(|one| !one.commands.is_empty())
}

/// A cache that is not part of the image.
fn has_cache_mount(instruction: &Instruction) -> bool {
    instruction.flags.iter().any(|(name, value)| name == "mount" && value.contains("type=cache"))
}

/// Package managers, the verbs that update their lists (or packages), and those that use them.
const UPDATES: &[(&[&str], &[&str], &[&str])] = &[
    (
        &["apt-get", "apt", "aptitude"],
        &["update"],
        &[
            "install",
            "upgrade",
            "dist-upgrade",
            "full-upgrade",
            "build-dep",
            "source",
            "download",
            "satisfy",
            "reinstall",
        ],
    ),
    (&["apk"], &["update"], &["add", "upgrade", "fix", "fetch"]),
    (&["yum"], &["update", "upgrade"], &["install", "groupinstall", "reinstall", "localinstall", "module"]),
    (
        &["dnf", "microdnf"],
        &["update", "upgrade"],
        &["install", "group", "groupinstall", "reinstall", "module"],
    ),
    (&["zypper"], &["update", "up", "refresh", "ref"], &["install", "in", "patch", "dist-upgrade", "dup"]),
];

fn update_alone(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in runs(file).filter(|one| !has_cache_mount(one)) {
        for (programs, updates, uses) in UPDATES {
            let does = |command: &Command, verbs: &[&str]| {
                programs.iter().any(|program| command.does(program, verbs))
            };
            let Some(at) = one.commands.iter().position(|command| does(command, updates)) else { continue };
            let used = one.commands.iter().skip(at + 1).any(|command| does(command, uses));
            // `yum update openssl` is an install.
            let named = one.commands.get(at).is_some_and(|command| command.operands().count() > 1);
            if !used
                && !named
                && let Some(command) = one.commands.get(at)
            {
                hits.push(Hit::at(
                    command.position,
                    format!("`{}` is not followed by an install", shown(command)),
                ));
            }
        }
    }
    hits
}

fn assume_yes(file: &Dockerfile) -> Vec<Hit> {
    /// Programs, verbs, options that answer, ids.
    const ROWS: &[[&[&str]; 4]] = &[
        [
            &["apt-get"],
            &["install"],
            &["-y", "--yes", "--assume-yes", "-qq", "--force-yes"],
            &["DS-0021", "DL3014"],
        ],
        [
            &["yum"],
            &["install", "groupinstall", "localinstall", "reinstall"],
            &["-y", "--assumeyes"],
            &["DL3030"],
        ],
        [
            &["zypper"],
            &["install", "in", "remove", "rm", "patch"],
            &["-n", "--non-interactive", "-y", "--no-confirm"],
            &["DL3034"],
        ],
        [
            &["dnf", "microdnf"],
            &["install", "groupinstall", "localinstall"],
            &["-y", "--assumeyes"],
            &["DL3038"],
        ],
    ];
    let mut hits = Vec::new();
    for command in runs(file).flat_map(|one| &one.commands) {
        for [programs, verbs, options, aliases] in ROWS {
            let does = programs.iter().any(|program| command.does(program, verbs));
            let quiet =
                command.arguments().iter().any(|word| word == "-q=2" || word.contains("Assume-Yes=true"));
            let piped = command.piped;
            if does && !command.has(options) && !quiet && !piped {
                hits.push(
                    Hit::at(command.position, format!("`{}` waits for an answer", shown(command)))
                        .known_as(aliases),
                );
            }
        }
    }
    hits
}

/// Program, verbs that fill its cache, verbs (with what follows) that clean it, ids.
type Cache =
    (&'static [&'static str], &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const CACHES: &[Cache] = &[
    (
        &["yum"],
        &["install", "groupinstall", "localinstall", "reinstall", "update", "upgrade"],
        &["clean all"],
        &["DS-0015", "DL3032"],
    ),
    (
        &["dnf"],
        &["install", "groupinstall", "localinstall", "reinstall", "update", "upgrade"],
        &["clean all"],
        &["DS-0019", "DL3040"],
    ),
    (&["microdnf"], &["install", "reinstall", "update", "upgrade"], &["clean all"], &["DS-0027", "DL3040"]),
    (
        &["zypper"],
        &["install", "in", "remove", "rm", "source-install", "si", "patch"],
        &["clean", "cc"],
        &["DS-0020", "DL3036"],
    ),
];

fn cache(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in runs(file).filter(|one| !has_cache_mount(one)) {
        for (programs, fills, cleans, aliases) in CACHES {
            let does = |command: &Command| programs.iter().any(|program| command.does(program, fills));
            let Some(at) = one.commands.iter().rposition(does) else { continue };
            let cleaned = one.commands.iter().skip(at + 1).any(|command| {
                let words: Vec<&str> = command.operands().take(2).collect();
                let said = words.join(" ");
                let by_verb = programs.contains(&command.program())
                    && cleans.iter().any(|clean| {
                        said == *clean || (!clean.contains(' ') && words.first() == Some(clean))
                    });
                by_verb
                    || removes(
                        command,
                        &["/var/cache/yum", "/var/cache/dnf", "/var/cache/zypp", "/var/cache/libdnf5"],
                    )
            });
            if !cleaned && let Some(command) = one.commands.get(at) {
                hits.push(
                    Hit::at(command.position, format!("`{}` leaves its cache", shown(command)))
                        .known_as(aliases),
                );
            }
        }
        for (index, command) in one.commands.iter().enumerate() {
            let later = || one.commands.iter().skip(index + 1);
            if command.does("apk", &["add"]) && !command.has(&["--no-cache"]) {
                let virtual_only = later().any(|next| removes(next, &["/var/cache/apk"]));
                if !virtual_only {
                    hits.push(
                        Hit::at(
                            command.position,
                            format!("`{}` leaves its cache: --no-cache is missing", shown(command)),
                        )
                        .known_as(&["DS-0025", "DL3019"]),
                    );
                }
            }
            if (command.does("apt-get", &["install"]) || command.does("apt", &["install"]))
                && !later().any(|next| command_repeats(command, next))
            {
                let updated = one
                    .commands
                    .iter()
                    .any(|other| other.does("apt-get", &["update"]) || other.does("apt", &["update"]));
                if updated && !later().any(|next| removes(next, &["/var/lib/apt"])) {
                    hits.push(
                        Hit::at(command.position, format!("`{}` leaves the package lists", shown(command)))
                            .known_as(&["DL3009"]),
                    );
                }
            }
        }
    }
    hits
}

/// The last install of a step is the one to clean up behind.
fn command_repeats(command: &Command, next: &Command) -> bool {
    next.does(command.program(), &["install"])
}

fn removes(command: &Command, folders: &[&str]) -> bool {
    let all = || command.operands().any(|word| folders.iter().any(|folder| word.starts_with(folder)));
    match command.program() {
        "rm" => all(),
        "find" => all() && command.has(&["-delete"]),
        _ => false,
    }
}

fn is_pip(command: &Command) -> bool {
    let words = command.arguments();
    match command.program() {
        "pip" | "pip2" | "pip3" => command.operands().next() == Some("install"),
        "python" | "python3" => words.iter().map(String::as_str).take(3).eq(["-m", "pip", "install"]),
        _ => false,
    }
}

fn pip_cache(file: &Dockerfile) -> Vec<Hit> {
    let off = file.instructions.iter().any(|one| {
        one.keyword == "ENV"
            && crate::docker::pairs(one).iter().any(|(name, value)| {
                name == "PIP_NO_CACHE_DIR"
                    && !matches!(value.to_ascii_lowercase().as_str(), "0" | "off" | "no" | "false" | "")
            })
    });
    if off {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for one in runs(file).filter(|one| !has_cache_mount(one)) {
        for command in
            one.commands.iter().filter(|command| is_pip(command) && !command.has(&["--no-cache-dir"]))
        {
            let inline = command.words.iter().any(|word| word.starts_with("PIP_NO_CACHE_DIR="));
            if !inline {
                hits.push(Hit::at(command.position, format!("`{}` leaves its cache", shown(command))));
            }
        }
    }
    hits
}

fn yarn_cache(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in runs(file).filter(|one| !has_cache_mount(one)) {
        let install = one.commands.iter().find(|command| command.does("yarn", &["install"]));
        let Some(install) = install else { continue };
        let cleaned = one
            .commands
            .iter()
            .any(|command| command.program() == "yarn" && command.operands().take(2).eq(["cache", "clean"]));
        if !cleaned {
            hits.push(Hit::at(install.position, format!("`{}` leaves its cache", shown(install))));
        }
    }
    hits
}

/// What is left after options and their values.
fn packages(command: &Command) -> impl Iterator<Item = &str> {
    command.operands().skip(1).filter(|word| !word.starts_with(['.', '/', '$']) && !word.contains("://"))
}

fn unpinned(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for command in runs(file).flat_map(|one| &one.commands) {
        let (separators, alias): (&[&str], &'static str) = match command.program() {
            "apt-get" | "apt" if command.operands().next() == Some("install") => (&["=", "/"], "DL3008"),
            "apk" if command.operands().next() == Some("add") => (&["=", "~", "<", ">", "@"], "DL3018"),
            "yum" if command.operands().next() == Some("install") => (&["-"], "DL3033"),
            "zypper" if matches!(command.operands().next(), Some("install" | "in")) => {
                (&["=", "<", ">", "-"], "DL3037")
            }
            "dnf" | "microdnf" if command.operands().next() == Some("install") => (&["-"], "DL3041"),
            "npm" if matches!(command.operands().next(), Some("install" | "i" | "add")) => (&["@"], "DL3016"),
            "gem" if command.operands().next() == Some("install") && !command.has(&["-v", "--version"]) => {
                (&[":"], "DL3028")
            }
            "go" if matches!(command.operands().next(), Some("install" | "get")) => (&["@v"], "DL3062"),
            _ if is_pip(command) && !command.has(&["-r", "--requirement", "-c", "--constraint"]) => {
                (&["==", ">=", "<=", "~=", "@", "[", "."], "DL3013")
            }
            _ => continue,
        };
        // npm's own packages begin with the separator.
        let pinned = |name: &str| {
            separators.iter().any(|separator| name.get(1..).is_some_and(|rest| rest.contains(separator)))
        };
        let skip = usize::from(matches!(command.program(), "python" | "python3"));
        let open: Vec<&str> = packages(command).skip(skip).filter(|name| !pinned(name)).collect();
        if !open.is_empty() {
            hits.push(
                Hit::at(command.position, format!("no version is named for {}", open.join(", ")))
                    .known_as(&[alias]),
            );
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::docker;

    fn count(id: &str, run: &str) -> usize {
        docker(id, &format!("FROM a:1\nRUN {run}\n")).len()
    }

    #[test]
    fn updates() {
        for (run, wanted) in [
            ("apt-get update", 1),
            ("apt-get update && apt-get install -y a", 0),
            ("apt-get update; apt upgrade -y", 0),
            ("yum update -y", 1),
            ("yum update -y openssl", 0),
            ("zypper up -y && zypper install -y a", 0),
            ("sbt update", 0),
            ("apk --update add a", 0),
            ("apk update", 1),
        ] {
            assert_eq!(count("docker-update-alone", run), wanted, "{run}");
        }
    }

    #[test]
    fn caches() {
        for (run, wanted) in [
            ("yum install -y a && yum clean all", 0),
            ("yum clean all && yum install -y a", 1),
            ("yum install -y a && yum clean metadata", 1),
            ("yum -y install a && yum clean -y all", 0),
            ("apk add a", 1),
            ("apk add --no-cache a", 0),
            ("apk add a && rm -rf /var/cache/apk/*", 0),
            ("zypper install -y a && zypper cc", 0),
            ("apt-get update && apt-get install -y a", 1),
            ("apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*", 0),
            ("--mount=type=cache,target=/var/cache/apk apk add a", 0),
            ("microdnf install a", 1),
        ] {
            assert_eq!(count("docker-package-cache", run), wanted, "{run}");
        }
        assert_eq!(count("docker-pip-cache", "pip install a"), 1);
        assert_eq!(count("docker-pip-cache", "python3 -m pip install --no-cache-dir a"), 0);
        assert_eq!(count("docker-yarn-cache", "yarn install && yarn cache clean"), 0);
    }

    #[test]
    fn answers_and_versions() {
        assert_eq!(count("docker-assume-yes", "apt-get install a"), 1);
        assert_eq!(count("docker-assume-yes", "apt-get install -qqy a"), 0);
        assert_eq!(count("docker-recommends", "apt-get install -y a"), 1);
        for (run, wanted) in [
            ("pip install flask", 1),
            ("pip install flask==3", 0),
            ("pip install -r r.txt", 0),
            ("npm install -g a", 1),
            ("npm install @a/b@1", 0),
            ("npm install @a/b", 1),
            ("npm ci", 0),
            ("go install example.com/a@v1", 0),
            ("go install example.com/a@latest", 1),
            ("apk add a=1", 0),
            ("gem install a -v 1", 0),
        ] {
            assert_eq!(count("docker-unpinned", run), wanted, "{run}");
        }
    }
}
