//! Dockerfiles: the shell that runs the commands.

use seawall_findings::Severity;

use super::docker_run::commands;
use super::{Check, Hit, Run};
use crate::docker::Dockerfile;

const REFERENCES: &[&str] = &["https://docs.docker.com/reference/dockerfile/#shell"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "docker-shell-link",
        aliases: &["DL4005"],
        severity: Severity::Low,
        title: "Replaces /bin/sh by a link",
        why: "Scripts of the distribution rely on their own shell.",
        fix: "Say which shell runs the commands:\n  SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
        references: REFERENCES,
        run: Run::Dockerfile(|file| {
            commands(
                file,
                |command| command.program() == "ln" && command.operands().any(|word| word == "/bin/sh"),
                "replaces /bin/sh",
            )
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-pipe-fail",
        aliases: &["DL4006"],
        severity: Severity::Low,
        title: "A pipe whose first command may fail unseen",
        why: "Only the last command counts: a download that fails builds an image without what it should have.",
        fix: "Let every command count:\n  SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
        references: &["https://docs.docker.com/build/building/best-practices/#using-pipes"],
        run: Run::Dockerfile(pipe_fail),
        ..Check::BLANK
    },
];

fn pipe_fail(file: &Dockerfile) -> Vec<Hit> {
    let mut hits = Vec::new();
    for stage in &file.stages {
        let mut safe = false;
        for one in file.of(stage) {
            match one.keyword.as_str() {
                "SHELL" => {
                    let words = one.words();
                    let other = words.first().is_some_and(|shell| {
                        shell.contains("powershell") || shell.contains("pwsh") || shell.contains("cmd")
                    });
                    safe = other || words.iter().any(|word| word.contains("pipefail"));
                }
                "RUN" if !safe && one.json.is_none() => {
                    let sets = one.commands.iter().any(|command| {
                        command.program() == "set"
                            && command.arguments().iter().any(|word| word == "pipefail")
                    });
                    let piped = one.commands.iter().find(|command| command.piped);
                    if let Some(command) = piped.filter(|_| !sets) {
                        hits.push(Hit::at(command.position, "a failure before this pipe is not seen"));
                    }
                }
                _ => {}
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::docker;

    #[test]
    fn shells() {
        assert_eq!(docker("docker-shell-link", "FROM a\nRUN ln -sf /bin/bash /bin/sh\n").len(), 1);
        assert_eq!(
            docker("docker-pipe-fail", "FROM a\nRUN a | b\n"),
            ["2:9 low a failure before this pipe is not seen"]
        );
        assert!(
            docker(
                "docker-pipe-fail",
                "FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\nRUN [\"a\", \"|\"]\n"
            )
            .is_empty()
        );
        assert!(docker("docker-pipe-fail", "FROM a\nRUN set -o pipefail && a | b || c\n").is_empty());
    }
}
