//! Images, examined.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use proptest::prelude::*;
use seawall_findings::FindingKind;
use seawall_hygiene::{FileFact, HistoryStep, Hygiene, ImageFacts, Options, Profile, examine, wants};
use seawall_secrets::Scanner;

fn file(path: &str, mode: u32) -> FileFact {
    FileFact { path: path.into(), mode, size: 4096, ..FileFact::default() }
}

fn steps(lines: &[&str]) -> Vec<HistoryStep> {
    lines.iter().map(|line| HistoryStep { created_by: (*line).into(), base: false }).collect()
}

fn debian() -> ImageFacts {
    ImageFacts {
        reference: "registry.example.com/shop:latest".into(),
        age_days: Some(400),
        env: vec!["PATH=/usr/bin".into(), "DB_PASSWORD=hunter2".into(), "TOKEN_FILE=/run/token".into()],
        entrypoint: vec!["/bin/sh".into(), "-c".into(), "python3 app.py".into()],
        exposed_ports: vec!["22/tcp".into(), "8080/tcp".into()],
        history: steps(&[
            "/bin/sh -c #(nop) ADD file:0123 in / ",
            "RUN /bin/sh -c apt-get update # buildkit",
            "RUN /bin/sh -c apt-get install -y git curl # buildkit",
            "ADD https://get.internal/tool /usr/bin/tool # buildkit",
            "|1 NPM_TOKEN=abcdefgh1 /bin/sh -c npm ci",
        ]),
        files: vec![
            file("usr/bin/apt-get", 0o755),
            file("usr/bin/curl", 0o755),
            file("usr/bin/git", 0o755),
            file("usr/bin/python3.11", 0o755),
            file("usr/bin/dash", 0o755),
            file("usr/bin/passwd", 0o4755),
            file("srv/upload.sh", 0o777),
            FileFact { folder: true, ..file("tmp", 0o1777) },
            FileFact { folder: true, ..file("app/.git", 0o755) },
            file("app/.env", 0o644),
            file("var/lib/apt/lists/deb.internal_Packages", 0o644),
        ],
        texts: [
            ("etc/shadow".to_owned(), "root:*:1::::::\nguest::1::::::\n".to_owned()),
            (
                "etc/passwd".to_owned(),
                "root:x:0:0::/root:/bin/sh\nadmin:x:0:0::/:/bin/sh\na:x:7:7::/:\nb:x:7:7::/:\n".to_owned(),
            ),
        ]
        .into(),
        os_packages: 300,
        ..ImageFacts::default()
    }
}

fn told(hygiene: &Hygiene) -> String {
    let mut out = format!("score {}\n", hygiene.score);
    for finding in &hygiene.findings {
        let evidence = finding.evidence.as_deref().unwrap_or_default();
        let row = format!("{} {} [{}] {evidence}", finding.severity, finding.id, finding.location.path);
        let _ = writeln!(out, "{}", row.trim_end());
    }
    for step in &hygiene.steps {
        let _ = writeln!(out, "step: {} ({} findings, {} points)", step.title, step.findings, step.points);
    }
    out
}

#[test]
fn a_usual_image() {
    let scanner = Scanner::new(seawall_secrets::Options::default()).unwrap();
    let hygiene = examine(&debian(), &Options::default(), Some(&scanner));
    insta::assert_snapshot!(told(&hygiene), @r"
    score 0
    critical empty-password [etc/shadow] account guest
    high build-secret [(image configuration)] step 5, ARG NPM_TOKEN: 9 characters
    high env-file [app/.env] app/.env, 4 KiB
    high env-secret [(image configuration)] ENV DB_PASSWORD: 7 characters
    high extra-root [etc/passwd] account admin has uid 0
    high root-user [(image configuration)] no USER, so it is root
    high vcs-folder [app/.git] app/.git, 4 KiB
    high world-writable [srv/upload.sh] mode 0777
    medium add-from-url [(image configuration)] step 4: ADD https://get.internal/tool
    medium old-image [(image configuration)] built 400 days ago
    medium remote-login-port [(image configuration)] 22/tcp
    medium setuid-file [usr/bin/passwd] setuid, mode 4755, owner 0
    medium tool-apt [usr/bin/apt-get] usr/bin/apt-get, 4 KiB
    medium tool-curl [usr/bin/curl] usr/bin/curl, 4 KiB
    medium tool-git [usr/bin/git] usr/bin/git, 4 KiB
    low apt-cache [var/lib/apt/lists/deb.internal_Packages] var/lib/apt/lists/deb.internal_Packages, 4 KiB
    low latest-tag [(image configuration)] registry.example.com/shop:latest
    low many-packages [(image configuration)] 300 packages of the distribution
    low shared-uid [etc/passwd] a and b have uid 7
    low shell-form [(image configuration)]
    low update-alone [(image configuration)] step 2: update without install
    negligible no-healthcheck [(image configuration)]
    step: build in one stage, and copy the application into a final stage from a distroless Python base (10 findings, 59 points)
    step: take the secrets out of the image and revoke them: whoever has the image has them (3 findings, 36 points)
    step: run as a user without privileges (1 findings, 12 points)
    step: copy only what runs; list the rest in .dockerignore (1 findings, 12 points)
    step: let nobody but the owner write (1 findings, 12 points)
    step: write the instructions another way (4 findings, 10 points)
    step: build it anew on the current base (1 findings, 4 points)
    step: name versions instead of `latest`, and pin the digest (1 findings, 2 points)
    ");
}

#[test]
fn a_minimal_image_has_nothing() {
    let facts = ImageFacts {
        reference: "registry.example.com/shop:1.0".into(),
        user: "65532:65532".into(),
        entrypoint: vec!["/app".into()],
        healthcheck: vec!["CMD".into(), "/app".into(), "health".into()],
        files: vec![file("app", 0o755)],
        ..ImageFacts::default()
    };
    let hygiene = examine(&facts, &Options { profile: Profile::Minimal, ..Options::default() }, None);
    assert_eq!((hygiene.score, hygiene.findings.len(), hygiene.steps.len()), (100, 0, 0), "{hygiene:?}");
}

#[test]
fn the_profile_says_which_tools() {
    let facts = ImageFacts {
        files: vec![
            file("bin/busybox", 0o755),
            file("bin/bash", 0o755),
            file("usr/bin/python3", 0o755),
            file("usr/bin/perl", 0o755),
        ],
        entrypoint: vec!["python3".into(), "app.py".into()],
        ..ImageFacts::default()
    };
    let tools = |profile| {
        let hygiene = examine(&facts, &Options { profile, ..Options::default() }, None);
        hygiene.findings.into_iter().map(|f| f.id).filter(|id| id.starts_with("tool-")).collect::<Vec<_>>()
    };
    assert_eq!(tools(Profile::Standard), ["tool-busybox"]);
    assert_eq!(tools(Profile::Minimal), ["tool-busybox", "tool-bash", "tool-perl"]);
}

#[test]
fn groups_and_dockles_ids_are_aliases() {
    let hygiene = examine(&debian(), &Options::default(), None);
    let has = |id: &str, alias: &str| {
        hygiene
            .findings
            .iter()
            .any(|finding| finding.id == id && finding.aliases.iter().any(|other| other == alias))
    };
    for (id, alias) in [
        ("tool-apt", "tool-package-manager"),
        ("root-user", "CIS-DI-0001"),
        ("update-alone", "CIS-DI-0007"),
        ("setuid-file", "CIS-DI-0008"),
        ("add-from-url", "CIS-DI-0009"),
        ("env-secret", "CIS-DI-0010"),
        ("apt-cache", "DKL-DI-0005"),
        ("latest-tag", "DKL-DI-0006"),
        ("empty-password", "DKL-LI-0001"),
        ("extra-root", "DKL-LI-0002"),
        ("vcs-folder", "DKL-LI-0003"),
    ] {
        assert!(has(id, alias), "{id} {alias}");
    }
    assert!(hygiene.findings.iter().filter(|f| f.id == "env-secret").all(|f| f.kind == FindingKind::Secret));
    assert!(!format!("{hygiene:?}").contains("hunter2"));
}

#[test]
fn few_files_are_wanted() {
    assert!(
        wants(&file("usr/bin/curl", 0o755)) && wants(&file("usr/bin/su", 0o4755)) && wants(&file("a", 0o666))
    );
    assert!(
        !wants(&file("usr/lib/libc.so", 0o755)) && !wants(&FileFact { folder: true, ..file("tmp", 0o1777) })
    );
}

proptest! {
    #[test]
    fn any_text(texts in proptest::collection::vec(".{0,80}", 8), mode in any::<u32>()) {
        let facts = ImageFacts {
            reference: texts[0].clone(),
            user: texts[1].clone(),
            env: vec![texts[2].clone()],
            history: steps(&[&texts[3], &format!("|1 {}", texts[3]), &format!("RUN {}", texts[4])]),
            files: vec![file(&texts[5], mode)],
            texts: [("etc/passwd".to_owned(), texts[6].clone()), ("etc/shadow".to_owned(), texts[7].clone())].into(),
            ..ImageFacts::default()
        };
        let hygiene = examine(&facts, &Options::default(), None);
        prop_assert!(hygiene.score <= 100);
    }
}
