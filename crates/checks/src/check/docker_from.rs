//! Dockerfiles: images and stages.

use seawall_findings::Severity;

use super::docker::{BEST, hit};
use super::{Check, Hit, Run};
use crate::docker::{Dockerfile, Instruction, Stage, expand};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "docker-base-tag",
        aliases: &["DS-0001", "DL3006", "DL3007"],
        severity: Severity::Medium,
        title: "A base image without a fixed version",
        why: "`latest`, or no tag, is whatever was pushed last: the same Dockerfile builds another image tomorrow.",
        fix: "Name a version, best with its digest:\n  FROM debian:12.8-slim@sha256:<digest>",
        references: BEST,
        run: Run::Dockerfile(base_tag),
        ..Check::BLANK
    },
    Check {
        id: "docker-base-digest",
        aliases: &[],
        severity: Severity::Low,
        title: "A base image without its digest",
        why: "A tag can be moved to another image; a digest cannot.",
        fix: "Add the digest:\n  FROM debian:12.8-slim@sha256:<digest>",
        references: BEST,
        opt_in: true,
        run: Run::Dockerfile(base_digest),
        ..Check::BLANK
    },
    Check {
        id: "docker-platform",
        aliases: &["DL3029"],
        severity: Severity::Low,
        title: "A platform written into `FROM`",
        why: "The image cannot be built for other machines any more.",
        fix: "Leave it to the build:\n  FROM --platform=$BUILDPLATFORM golang:1.24 AS build",
        references: &["https://docs.docker.com/build/building/multi-platform/"],
        run: Run::Dockerfile(platform),
        ..Check::BLANK
    },
    Check {
        id: "docker-stage-twice",
        aliases: &["DS-0012", "DL3024"],
        severity: Severity::Medium,
        title: "Two stages of the same name",
        why: "`COPY --from` takes the last one before it, which may not be the one that is meant.",
        fix: "Give each its own:\n  FROM golang:1.24 AS build\n  FROM golang:1.24 AS test",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(stage_twice),
        ..Check::BLANK
    },
    Check {
        id: "docker-stage-name",
        aliases: &["DL3063"],
        severity: Severity::Low,
        title: "A stage with a name that means something else",
        why: "`scratch` is the empty image: a stage of that name is taken for it, or the other way round.",
        fix: "Give it another name:\n  FROM golang:1.24 AS build",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(|file| {
            let reserved = |stage: &&Stage| {
                stage.name.as_deref().is_some_and(|name| matches!(name, "scratch" | "context"))
            };
            let all = file.stages.iter().filter(reserved);
            all.filter_map(|stage| file.instructions.get(stage.range.start))
                .map(|from| hit(from, "the stage has a reserved name"))
                .collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-copy-all",
        aliases: &["DL3067"],
        severity: Severity::Low,
        title: "Copies a whole file system from another stage",
        why: "Everything that the build needed comes along: compilers, caches, and what was only mounted or fetched.",
        fix: "Copy the result:\n  COPY --from=build /app /app",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(|file| {
            copies(file)
                .filter(|(_, one, _)| {
                    let words = one.words();
                    let sources = words.get(..words.len().saturating_sub(1)).unwrap_or_default();
                    sources.iter().any(|source| source == "/" || source == "/.")
                })
                .map(|(_, one, from)| hit(one, format!("copies everything from `{from}`")))
                .collect()
        }),
        ..Check::BLANK
    },
    Check {
        id: "docker-copy-self",
        aliases: &["DS-0006", "DL3023"],
        severity: Severity::High,
        title: "Copies from its own stage",
        why: "The builder refuses it: a stage is not finished while it is built.",
        fix: "Copy from a stage before it:\n  COPY --from=build /app /app",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(copy_self),
        ..Check::BLANK
    },
    Check {
        id: "docker-copy-from-unknown",
        aliases: &["DL3022"],
        severity: Severity::Low,
        title: "Copies from what is no stage",
        why: "A name that no stage before it has is taken as an image of that name, pulled from a registry.",
        fix: "Name a stage, or the whole image:\n  COPY --from=registry.example.com/tools:1.2 /bin/tool /bin/",
        references: &["https://docs.docker.com/build/building/multi-stage/"],
        run: Run::Dockerfile(copy_unknown),
        ..Check::BLANK
    },
];

/// The image of a `FROM` with its variables replaced; what is not known is empty.
fn image(file: &Dockerfile, stage: &Stage) -> String {
    expand(&stage.image, &|name| file.global(name))
}

/// The `FROM`s of images, not of other stages: the instruction, the image, whether it is known whole.
fn images(file: &Dockerfile) -> impl Iterator<Item = (&Instruction, String)> {
    file.stages.iter().enumerate().filter_map(|(index, stage)| {
        let from = file.instructions.get(stage.range.start)?;
        let image = image(file, stage);
        let other_stage = file.base(index).is_some() || image.eq_ignore_ascii_case("scratch");
        (!other_stage && !image.is_empty()).then_some((from, image))
    })
}

fn base_tag(file: &Dockerfile) -> Vec<Hit> {
    images(file)
        .filter_map(|(from, image)| {
            if image.contains('@') {
                return None;
            }
            let last = image.rsplit('/').next().unwrap_or(&image);
            match last.split_once(':') {
                None => Some(
                    hit(from, format!("`{image}` has no tag, which means `latest`"))
                        .known_as(&["DS-0001", "DL3006"]),
                ),
                Some((_, "latest")) => Some(
                    hit(from, format!("`{image}` has the tag `latest`")).known_as(&["DS-0001", "DL3007"]),
                ),
                // An empty tag is one that only the build knows.
                Some(_) => None,
            }
        })
        .collect()
}

fn base_digest(file: &Dockerfile) -> Vec<Hit> {
    images(file)
        .filter(|(_, image)| !image.contains('@'))
        .map(|(from, image)| hit(from, format!("`{image}` has no digest")))
        .collect()
}

fn platform(file: &Dockerfile) -> Vec<Hit> {
    file.stages
        .iter()
        .filter_map(|stage| file.instructions.get(stage.range.start))
        .filter(|from| from.flag("platform").is_some_and(|platform| !platform.contains('$')))
        .map(|from| hit(from, "`FROM` names a platform"))
        .collect()
}

fn stage_twice(file: &Dockerfile) -> Vec<Hit> {
    let mut seen = std::collections::HashSet::new();
    let mut hits = Vec::new();
    for stage in &file.stages {
        let (Some(name), Some(from)) = (&stage.name, file.instructions.get(stage.range.start)) else {
            continue;
        };
        if !seen.insert(name) {
            hits.push(hit(from, format!("a stage before has the name `{name}` as well")));
        }
    }
    hits
}

/// Each `COPY --from` with its stage's place and what it names.
fn copies(file: &Dockerfile) -> impl Iterator<Item = (usize, &Instruction, &str)> {
    file.stages.iter().enumerate().flat_map(move |(index, stage)| {
        file.of(stage)
            .filter(|one| one.keyword == "COPY")
            .filter_map(move |one| Some((index, one, one.flag("from")?)))
    })
}

fn copy_self(file: &Dockerfile) -> Vec<Hit> {
    copies(file)
        .filter(|(index, _, from)| {
            let own = file.stages.get(*index).and_then(|stage| stage.name.as_deref());
            own.is_some_and(|own| own.eq_ignore_ascii_case(from)) || from.parse() == Ok(*index)
        })
        .map(|(_, one, from)| hit(one, format!("`--from={from}` is this stage itself")))
        .collect()
}

fn copy_unknown(file: &Dockerfile) -> Vec<Hit> {
    copies(file)
        .filter(|(index, _, from)| {
            let own = file.stages.get(*index).and_then(|stage| stage.name.as_deref());
            let itself = own.is_some_and(|own| own.eq_ignore_ascii_case(from)) || from.parse() == Ok(*index);
            file.stage_before(from, *index).is_none() && !itself && !from.contains(['/', ':', '$', '@'])
        })
        .map(|(_, one, from)| hit(one, format!("no stage before has the name or number `{from}`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::docker;

    #[test]
    fn tags_with_variables() {
        for (text, wanted) in [
            ("FROM a", 1),
            ("FROM a:latest", 1),
            ("FROM a:1", 0),
            ("FROM r:5000/a", 1),
            ("FROM a@sha256:0", 0),
            ("FROM scratch", 0),
            ("ARG T=latest\nFROM a:$T", 1),
            ("ARG T\nFROM a:$T", 0),
            ("ARG I\nFROM $I", 0),
            ("FROM a:1 AS b\nFROM b", 0),
            ("ARG V=1\nFROM a:${V}-slim", 0),
        ] {
            assert_eq!(docker("docker-base-tag", text).len(), wanted, "{text}");
        }
    }

    #[test]
    fn names_and_whole_file_systems() {
        let text = "FROM a:1 AS scratch\nFROM a:1\nCOPY --from=scratch / /\n";
        assert_eq!(docker("docker-stage-name", text), ["1:1 low the stage has a reserved name"]);
        assert_eq!(docker("docker-copy-all", text), ["3:1 low copies everything from `scratch`"]);
    }

    #[test]
    fn stages() {
        let text = "FROM --platform=linux/amd64 a:1 AS b\nCOPY --from=b x y\nFROM a:1 AS B\nCOPY --from=0 x y\nCOPY --from=c x y\nCOPY --from=r.example.com/c:1 x y\n";
        for (id, wanted) in [
            ("docker-platform", "1:1"),
            ("docker-copy-self", "2:1"),
            ("docker-stage-twice", "3:1"),
            ("docker-copy-from-unknown", "5:1"),
        ] {
            let found = docker(id, text);
            assert_eq!(found.len(), 1, "{id}: {found:?}");
            assert!(found[0].starts_with(wanted), "{found:?}");
        }
    }
}
