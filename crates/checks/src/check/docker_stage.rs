//! Dockerfiles: each stage as a whole, and the last one, which becomes the image.

use seawall_findings::Severity;

use super::docker::{BEST, hit};
use super::{Check, Hit, Run};
use crate::docker::{Dockerfile, Instruction};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "docker-user-root",
        aliases: &["DS-0002", "DL3002"],
        severity: Severity::High,
        title: "Runs as root",
        why: "Root in the container is root on the node as soon as one wall fails.",
        fix: "Take a user by number, so that `runAsNonRoot` can be checked:\n  USER 10001:10001",
        references: BEST,
        run: Run::Dockerfile(user),
        ..Check::BLANK
    },
    Check {
        id: "docker-user-name",
        aliases: &["DL3066"],
        severity: Severity::Low,
        title: "A user by name",
        why: "Kubernetes cannot tell whether a name is root: with `runAsNonRoot` the container does not start.",
        fix: "Take the number:\n  USER 10001:10001",
        references: BEST,
        run: Run::Dockerfile(user_name),
        ..Check::BLANK
    },
    Check {
        id: "docker-healthcheck-none",
        aliases: &["DS-0026", "DL3057"],
        severity: Severity::Low,
        title: "No health check",
        why: "Outside of Kubernetes, which has its own probes, nobody notices that the program hangs.",
        fix: "Ask the program:\n  HEALTHCHECK CMD [\"/app\", \"health\"]",
        references: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
        run: Run::Dockerfile(no_healthcheck),
        ..Check::BLANK
    },
    Check {
        id: "docker-healthcheck-many",
        aliases: &["DS-0023", "DL3012"],
        severity: Severity::Medium,
        title: "Several health checks in one stage",
        why: "The last one counts; the others mislead.",
        fix: "Keep one:\n  HEALTHCHECK CMD [\"/app\", \"health\"]",
        references: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
        run: Run::Dockerfile(|file| many(file, "HEALTHCHECK")),
        ..Check::BLANK
    },
    Check {
        id: "docker-cmd-many",
        aliases: &["DS-0016", "DL4003"],
        severity: Severity::Medium,
        title: "Several `CMD`s in one stage",
        why: "The last one counts; the others mislead.",
        fix: "Keep one:\n  CMD [\"--port\", \"8080\"]",
        references: &["https://docs.docker.com/reference/dockerfile/#cmd"],
        run: Run::Dockerfile(|file| many(file, "CMD")),
        ..Check::BLANK
    },
    Check {
        id: "docker-entrypoint-many",
        aliases: &["DS-0007", "DL4004"],
        severity: Severity::Medium,
        title: "Several `ENTRYPOINT`s in one stage",
        why: "The last one counts; the others mislead.",
        fix: "Keep one:\n  ENTRYPOINT [\"/app\"]",
        references: &["https://docs.docker.com/reference/dockerfile/#entrypoint"],
        run: Run::Dockerfile(|file| many(file, "ENTRYPOINT")),
        ..Check::BLANK
    },
    Check {
        id: "docker-stage-unused",
        aliases: &[],
        severity: Severity::Low,
        title: "A stage that nothing uses",
        why: "The builder leaves it out: what it was meant to do (a test, a check) does not happen.",
        fix: "Take something from it, or build it by name:\n  COPY --from=test /report /report",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(unused),
        ..Check::BLANK
    },
    Check {
        id: "docker-final-tools",
        aliases: &[],
        severity: Severity::Low,
        title: "Tools in the final image",
        why: "Compilers, downloaders and version control help whoever takes the container over, and bring vulnerabilities of their own.",
        fix: "Build in a stage of its own and copy the result:\n  FROM golang:1.24 AS build\n  FROM gcr.io/distroless/static:nonroot\n  COPY --from=build /app /app",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(final_tools),
        ..Check::BLANK
    },
    Check {
        id: "docker-final-sdk",
        aliases: &[],
        severity: Severity::Medium,
        title: "The final image is a tool box",
        why: "An image made for building has compilers, package managers and hundreds of packages that the program never uses.",
        fix: "Copy the result into a small image:\n  FROM gcr.io/distroless/static:nonroot\n  COPY --from=build /app /app",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(final_sdk),
        ..Check::BLANK
    },
];

/// The last instruction of a kind in the final image: in its last stage, else in those that it continues.
fn last_in_final<'f>(file: &'f Dockerfile, keyword: &str) -> Option<&'f Instruction> {
    file.final_stages().into_iter().find_map(|index| {
        let stage = file.stages.get(index)?;
        file.of(stage).filter(|one| one.keyword == keyword).last()
    })
}

fn user(file: &Dockerfile) -> Vec<Hit> {
    let Some(user) = last_in_final(file, "USER") else {
        let from = file.final_stages().last().and_then(|index| file.stages.get(*index));
        let Some(from) = from.and_then(|stage| file.instructions.get(stage.range.start)) else {
            return Vec::new();
        };
        // Images that are made to run as somebody else.
        let image = from.words().into_iter().next().unwrap_or_default();
        if image.contains("nonroot") || image.contains("rootless") || image.contains("unprivileged") {
            return Vec::new();
        }
        let last =
            file.stages.last().and_then(|stage| file.instructions.get(stage.range.start)).unwrap_or(from);
        return vec![
            hit(last, "no `USER`: the image runs as its base does, mostly root").known_as(&["DS-0002"]),
        ];
    };
    let name = user.words().into_iter().next().unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    let root = matches!(name, "root" | "0" | "");
    root.then(|| hit(user, "the last `USER` is root")).into_iter().collect()
}

fn user_name(file: &Dockerfile) -> Vec<Hit> {
    let Some(user) = last_in_final(file, "USER") else { return Vec::new() };
    let words = user.words();
    let name = words.first().and_then(|word| word.split(':').next()).unwrap_or_default();
    // Root by name is `docker-user-root`'s to say.
    let is_name = !matches!(name, "" | "root")
        && !name.contains('$')
        && !name.bytes().all(|byte| byte.is_ascii_digit());
    is_name.then(|| hit(user, format!("the user `{name}` is named, not numbered"))).into_iter().collect()
}

fn no_healthcheck(file: &Dockerfile) -> Vec<Hit> {
    if last_in_final(file, "HEALTHCHECK").is_some() {
        return Vec::new();
    }
    let from = file.stages.last().and_then(|stage| file.instructions.get(stage.range.start));
    from.map(|from| hit(from, "the image has no `HEALTHCHECK`")).into_iter().collect()
}

fn many(file: &Dockerfile, keyword: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for stage in &file.stages {
        let all: Vec<_> = file.of(stage).filter(|one| one.keyword == keyword).collect();
        // Each before the last is in vain: one finding for the stage, at the last.
        if let [_, .., last] = all.as_slice() {
            hits.push(hit(last, format!("`{keyword}` is there {} times; this one counts", all.len())));
        }
    }
    hits
}

fn unused(file: &Dockerfile) -> Vec<Hit> {
    let count = file.stages.len();
    let mut used = vec![false; count];
    if let Some(last) = used.last_mut() {
        *last = true;
    }
    // Uses go backwards only, so one pass from the end sees all.
    for index in (0..count).rev() {
        if !used.get(index).copied().unwrap_or(false) {
            continue;
        }
        let mut needed: Vec<usize> = file.base(index).into_iter().collect();
        for one in file.stages.get(index).into_iter().flat_map(|stage| file.of(stage)) {
            let mounts = one.flags.iter().filter(|(name, _)| name == "mount");
            let mounted =
                mounts.filter_map(|(_, value)| value.split(',').find_map(|part| part.strip_prefix("from=")));
            needed.extend(
                one.flag("from").into_iter().chain(mounted).filter_map(|name| file.stage_before(name, index)),
            );
        }
        for other in needed {
            if let Some(used) = used.get_mut(other) {
                *used = true;
            }
        }
    }
    file.stages
        .iter()
        .zip(used)
        // A stage with a name may be built by it (`--target`).
        .filter(|(stage, used)| !used && stage.name.is_none())
        .filter_map(|(stage, _)| file.instructions.get(stage.range.start))
        .map(|from| hit(from, "nothing uses this stage"))
        .collect()
}

/// Packages that help an attacker more than a service.
const TOOLS: &[&str] = &[
    "curl",
    "wget",
    "git",
    "make",
    "cmake",
    "gcc",
    "g++",
    "clang",
    "build-essential",
    "build-base",
    "vim",
    "nano",
    "ssh",
    "openssh-client",
    "openssh-server",
    "openssh",
    "netcat",
    "netcat-openbsd",
    "nmap",
    "nmap-ncat",
    "socat",
    "tcpdump",
    "telnet",
    "strace",
    "gdb",
    "sudo",
    "svn",
    "subversion",
    "golang",
    "cargo",
    "rustc",
    "python3-dev",
    "python3-pip",
];

fn final_tools(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for index in file.final_stages() {
        let Some(stage) = file.stages.get(index) else { continue };
        let mut removed: Vec<String> = Vec::new();
        let runs: Vec<_> = file.of(stage).filter(|one| one.keyword == "RUN").collect();
        for command in runs.iter().flat_map(|one| &one.commands) {
            let managers = ["apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper"];
            if managers
                .iter()
                .any(|program| command.does(program, &["remove", "purge", "del", "erase", "autoremove"]))
            {
                removed.extend(command.operands().skip(1).map(str::to_owned));
            }
        }
        for command in runs.iter().flat_map(|one| &one.commands) {
            let installs = ["apt-get", "apt", "yum", "dnf", "microdnf", "zypper"];
            let is_install = command.does("apk", &["add"])
                || installs.iter().any(|program| command.does(program, &["install", "in"]));
            if !is_install {
                continue;
            }
            let names = command
                .operands()
                .skip(1)
                .map(|name| name.split(['=', '~', '<', '>']).next().unwrap_or(name));
            let tools: Vec<_> =
                names.filter(|name| TOOLS.contains(name) && !removed.iter().any(|one| one == name)).collect();
            if !tools.is_empty() {
                hits.push(Hit::at(command.position, format!("the final image gets {}", tools.join(", "))));
            }
        }
    }
    hits
}

/// Images that are made for building.
const SDKS: &[&str] = &[
    "golang",
    "rust",
    "maven",
    "gradle",
    "gcc",
    "sdk",
    "buildpack-deps",
    "haskell",
    "swift",
    "elixir",
    "node-builder",
    "ubi-builder",
];

fn final_sdk(file: &Dockerfile) -> Vec<Hit> {
    let Some(index) = file.final_stages().pop() else { return Vec::new() };
    let Some(stage) = file.stages.get(index) else { return Vec::new() };
    let image = stage.image.split(['@', ':']).next().unwrap_or_default();
    let name = image.rsplit('/').next().unwrap_or(image);
    let starts = file.instructions.get(stage.range.start);
    // Without a program to start it is a tool box on purpose.
    let runs = last_in_final(file, "CMD").is_some() || last_in_final(file, "ENTRYPOINT").is_some();
    match starts {
        Some(from) if SDKS.contains(&name) && runs => {
            vec![hit(from, format!("the final image is made from `{name}`, an image for building"))]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::docker;

    #[test]
    fn the_user_of_the_final_image() {
        for (text, wanted) in [
            ("FROM a:1", 1),
            ("FROM a:1\nUSER 0", 1),
            ("FROM a:1\nUSER root:x", 1),
            ("FROM a:1\nUSER app", 0),
            ("FROM a:1 AS b\nUSER app\nFROM b", 0),
            ("FROM a:1 AS b\nUSER app\nFROM c:1", 1),
            ("FROM gcr.io/distroless/static:nonroot", 0),
        ] {
            assert_eq!(docker("docker-user-root", text).len(), wanted, "{text}");
        }
    }

    #[test]
    fn users_by_name() {
        for (text, wanted) in [("USER app", 1), ("USER 1:1", 0), ("USER root", 0), ("USER $UID", 0)] {
            assert_eq!(docker("docker-user-name", &format!("FROM a:1\n{text}\n")).len(), wanted, "{text}");
        }
    }

    #[test]
    fn what_the_final_image_has() {
        let text = "FROM golang:1 AS build\nRUN apt-get install -y git\nFROM debian:12\nFROM debian:12\nRUN apt-get update && apt-get install -y curl=7 ca-certificates wget && apt-get purge -y wget\nCOPY --from=build /a /a\nCMD [\"a\"]\nCMD [\"b\"]\n";
        assert_eq!(docker("docker-final-tools", text), ["5:23 low the final image gets curl"]);
        assert_eq!(docker("docker-stage-unused", text), ["3:1 low nothing uses this stage"]);
        assert_eq!(docker("docker-cmd-many", text), ["8:1 medium `CMD` is there 2 times; this one counts"]);
        assert!(docker("docker-final-sdk", text).is_empty());
        assert_eq!(docker("docker-final-sdk", "FROM golang:1\nCMD [\"a\"]\n").len(), 1);
    }
}
