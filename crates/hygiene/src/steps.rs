//! The shortest way to a smaller image.

use seawall_findings::Finding;
use serde::{Deserialize, Serialize};

use crate::{ImageFacts, score};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do, in one line.
    pub title: String,
    /// How, as lines of a Dockerfile where there are any.
    pub how: String,
    /// How many findings it removes that no step before it removes.
    pub findings: usize,
    /// How many points of the score it gives back, rounded.
    pub points: u8,
}

/// A step, and which findings it removes.
struct Offer {
    title: String,
    how: String,
    removes: fn(&str) -> bool,
}

/// Ever the step that removes most of what is left.
pub(crate) fn steps(facts: &ImageFacts, findings: &[Finding]) -> Vec<Step> {
    let mut offers = offers(facts, findings);
    let mut left: Vec<&Finding> = findings.iter().filter(|finding| finding.suppressed.is_none()).collect();
    let mut steps = Vec::new();
    while !left.is_empty() && !offers.is_empty() {
        let gain =
            |offer: &Offer| score::lost(left.iter().copied().filter(|finding| (offer.removes)(&finding.id)));
        let Some(best) = (0..offers.len()).max_by_key(|index| {
            // Of equal ones the earlier, which is the more general.
            (offers.get(*index).map_or(0, gain), std::cmp::Reverse(*index))
        }) else {
            break;
        };
        let offer = offers.swap_remove(best);
        let gained = gain(&offer);
        let before = left.len();
        left.retain(|finding| !(offer.removes)(&finding.id));
        if before == left.len() {
            break;
        }
        steps.push(Step {
            title: offer.title,
            how: offer.how,
            findings: before - left.len(),
            points: u8::try_from((gained + 5) / 10).unwrap_or(100).min(100),
        });
    }
    steps
}

fn offers(facts: &ImageFacts, findings: &[Finding]) -> Vec<Offer> {
    let offer = |title: &str, how: &str, removes: fn(&str) -> bool| Offer {
        title: title.into(),
        how: how.into(),
        removes,
    };
    let mut all = Vec::new();
    // With one tool that does not belong there, it is removed; with several, so is the base that brings them.
    if findings.iter().filter(|finding| of_base(&finding.id)).count() > 2 {
        let (base, how) = base(facts);
        all.push(offer(
            &format!("build in one stage, and copy the application into a final stage from {base}"),
            how,
            of_base,
        ));
    }
    all.extend([
        offer("run as a user without privileges", "USER 65532:65532", |id| id == "root-user"),
        offer(
            "take the secrets out of the image and revoke them: whoever has the image has them",
            "RUN --mount=type=secret,id=token …      # at build time; at run time a mounted Secret",
            |id| matches!(id, "env-secret" | "build-secret" | "credential-file" | "env-file") || is_secret(id),
        ),
        offer("remove the tools in the stage that installs them", "RUN apt-get purge -y … && apt-get autoremove -y", |id| id.starts_with("tool-")),
        offer("take setuid and setgid bits and file capabilities away", "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +", |id| matches!(id, "setuid-file" | "file-capability")),
        offer("leave caches out of the layer", "RUN apt-get update && apt-get install -y --no-install-recommends … && rm -rf /var/lib/apt/lists/*", |id| matches!(id, "apt-cache" | "package-cache" | "update-alone")),
        offer("copy only what runs; list the rest in .dockerignore", ".git\n.env*\nDockerfile*", |id| matches!(id, "vcs-folder" | "build-file" | "shell-history" | "env-file")),
        offer("let nobody but the owner write", "RUN chmod -R o-w …", |id| id == "world-writable"),
        offer("repair the accounts", "RUN passwd -l NAME", |id| matches!(id, "empty-password" | "extra-root" | "shared-uid")),
        offer("build it anew on the current base", "docker build --pull --no-cache …", |id| matches!(id, "old-image" | "many-packages")),
        offer("name versions instead of `latest`, and pin the digest", "FROM debian:12.8-slim@sha256:…", |id| id == "latest-tag"),
        offer("write the instructions another way", "COPY instead of ADD, ENTRYPOINT [\"/app\"], no sudo, no dist-upgrade; probes for health", |id| matches!(id, "add-from-url" | "add-instruction" | "sudo-instruction" | "dist-upgrade" | "apk-cache" | "sensitive-volume" | "remote-login-port" | "shell-form" | "no-healthcheck")),
    ]);
    all
}

/// What a minimal base does not have.
fn of_base(id: &str) -> bool {
    id.starts_with("tool-")
        || matches!(
            id,
            "setuid-file"
                | "file-capability"
                | "apt-cache"
                | "package-cache"
                | "many-packages"
                | "empty-password"
                | "update-alone"
                | "shared-uid"
                | "extra-root"
        )
}

fn is_secret(id: &str) -> bool {
    seawall_secrets::known().any(|kind| kind.id == id)
}

/// The smallest base on which what the image starts can run.
fn base(facts: &ImageFacts) -> (&'static str, &'static str) {
    let started = facts.entrypoint.iter().chain(&facts.cmd).find(|word| {
        !matches!(
            word.rsplit('/').next(),
            Some("sh" | "bash" | "ash" | "-c" | "env" | "exec" | "tini" | "--")
        )
    });
    let name = started
        .and_then(|word| word.split_whitespace().next())
        .and_then(|word| word.rsplit('/').next())
        .unwrap_or_default();
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    match plain {
        "node" | "nodejs" | "npm" | "yarn" => {
            ("a distroless Node.js base", "FROM gcr.io/distroless/nodejs22-debian12:nonroot")
        }
        "python" | "gunicorn" | "uvicorn" | "flask" | "celery" => {
            ("a distroless Python base", "FROM gcr.io/distroless/python3-debian12:nonroot")
        }
        "java" => ("a distroless Java base", "FROM gcr.io/distroless/java21-debian12:nonroot"),
        "ruby" | "bundle" | "php" | "php-fpm" | "perl" | "dotnet" => {
            ("the slim variant of its runtime, without a package manager", "FROM … AS final")
        }
        _ => (
            "scratch, or a distroless base where it is linked against libc",
            "FROM scratch\nCOPY --from=build /app /app\nUSER 65532:65532\nENTRYPOINT [\"/app\"]",
        ),
    }
}
