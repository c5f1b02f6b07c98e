//! Kubernetes' own Pod Security cases: every one must be judged as the API server judges it.

use std::path::{Path, PathBuf};

use seawall_checks::{Profile, check, documents, pod_security, version_from_name};

/// A case we answer otherwise, and why: none.
const DISAGREEMENTS: &[(&str, &str)] = &[];

/// One file, and what the API server says of it.
struct Case {
    path: PathBuf,
    level: Profile,
    version: String,
    passes: bool,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/judges/pod-security-admission");
    let mut found = Vec::new();
    for level in Profile::ALL {
        let Ok(versions) = std::fs::read_dir(root.join(level.as_str())) else { continue };
        for version in versions.flatten() {
            for (folder, passes) in [("pass", true), ("fail", false)] {
                let Ok(files) = std::fs::read_dir(version.path().join(folder)) else { continue };
                for file in files.flatten() {
                    let version = version.file_name().to_string_lossy().into_owned();
                    found.push(Case { path: file.path(), level, version, passes });
                }
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[test]
fn every_case_agrees_with_the_api_server() {
    let cases = cases();
    if cases.is_empty() {
        eprintln!("skipped: ../shared/judges/pod-security-admission is not there");
        return;
    }
    let latest = cases.iter().filter_map(|case| version_from_name(&case.version)).max();
    let mut wrong = Vec::new();
    for case in &cases {
        let text = std::fs::read_to_string(&case.path).unwrap();
        let name = case.path.display().to_string();
        let version = version_from_name(&case.version).unwrap();
        for document in documents(&name, &text).unwrap() {
            let found = pod_security(case.level, Some(version), &document);
            if found.is_empty() != case.passes
                && !DISAGREEMENTS.iter().any(|(excused, _)| name.ends_with(excused))
            {
                let ids: Vec<_> = found.iter().map(|finding| finding.id.as_str()).collect();
                wrong.push(format!("{name}: {ids:?}"));
            }
            assert!(found.iter().all(|finding| finding.position.is_some()), "{name}");
            if Some(version) == latest {
                let ids = case.level.checks();
                let by_profile = check(&document).iter().any(|found| ids.contains(&found.id.as_str()));
                assert_eq!(by_profile, !found.is_empty(), "the profile's checks say otherwise: {name}");
            }
        }
    }
    eprintln!("{} of {} cases agree", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
