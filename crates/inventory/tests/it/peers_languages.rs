//! A peer's expectations of the language formats.

use std::collections::BTreeSet;

use seawall_inventory::{File, read};

use super::peers::judges;

/// From a judge's file to the name that it has in a project.
type Naming = fn(&str) -> &'static str;

/// The judges' folder of a format, and the name under which Seawall selects its files.
const FORMATS: &[(&str, Naming)] = &[
    ("python/packaging", |input| {
        if input.ends_with("METADATA") { "a.dist-info/METADATA" } else { "a.egg-info/PKG-INFO" }
    }),
    ("python/pip", |_| "requirements.txt"),
    ("python/pipenv", |_| "Pipfile.lock"),
    ("python/poetry", |_| "poetry.lock"),
    ("golang/mod", |_| "go.mod"),
    ("rust/cargo", |_| "Cargo.lock"),
    ("ruby/bundler", |_| "Gemfile.lock"),
    ("ruby/gemspec", |_| "specifications/a.gemspec"),
    ("php/composer", |_| "composer.lock"),
    ("nodejs/yarn", |_| "yarn.lock"),
    ("nodejs/pnpm", |_| "pnpm-lock.yaml"),
    ("nodejs/bun", |_| "bun.lock"),
    ("dotnet/core_deps", |_| "a.deps.json"),
    ("nuget/lock", |_| "packages.lock.json"),
    ("nuget/config", |_| "packages.config"),
    ("nuget/packagesprops", |_| "Directory.Packages.props"),
    ("golang/sum", |_| "old/go.sum"),
    ("java/jar", |_| "a.jar"),
    ("hex/mix", |_| "mix.lock"),
    ("swift/cocoapods", |_| "Podfile.lock"),
    ("c/conan", |_| "conan.lock"),
    ("sbt/lockfile", |_| "build.sbt.lock"),
];

/// Packages of theirs that are no package of ours, with the reason.
const DIFFERENT: &[(&str, &str, &str)] = &[
    (COMPATIBLE, "*", "`~=` and `>=` ask for a range: which version is installed the file does not say"),
    ("rust/cargo/testdata/cargo_normal.lock", "normal", "the project itself: it has no source"),
    ("rust/cargo/testdata/cargo_mixed.lock", "normal", "the project itself: it has no source"),
    ("rust/cargo/testdata/cargo_v3.lock", "app", "the project itself: it has no source"),
    ("nodejs/pnpm/testdata/pnpm-lock_v9.yaml", "package1", "a folder of the project, without a version"),
    ("golang/sum/testdata/gomod_many.sum", "gopkg.in/check.v1", ONLY_MOD),
    ("golang/sum/testdata/gomod_many.sum", "gopkg.in/yaml.v2", ONLY_MOD),
];

const ONLY_MOD: &str = "only its go.mod was looked at (`/go.mod` lines): its code is not there";
const COMPATIBLE: &str = "python/pip/testdata/requirements_compatible.txt";

#[test]
fn lockfiles_agree_with_the_peer() {
    let Some(folder) = judges("trivy-parser-inputs") else { return };
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let mut compared = 0;
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for (format, name) in FORMATS {
        for case in expected[format].as_array().unwrap() {
            let input = case["input"].as_str().unwrap();
            let Ok(bytes) = std::fs::read(folder.join(input)) else { continue };
            // A go.sum counts beside a go.mod that does not list everything.
            let found = read(&[File::new(name(input), &bytes), File::new("old/go.mod", b"go 1.16\n")]);
            let ours: BTreeSet<(String, String)> =
                found.packages.into_iter().map(|p| (p.name, p.version)).collect();
            let theirs: BTreeSet<(String, String)> = case["packages"]
                .as_array()
                .unwrap()
                .iter()
                // Left out by intent: what only development needs, and the project itself.
                .filter(|p| {
                    p["dev"] != true && p["relationship"] != "root" && p["relationship"] != "workspace"
                })
                .map(|p| (p["name"].as_str().unwrap().to_owned(), p["version"].as_str().unwrap().to_owned()))
                .filter(|(name, _)| {
                    let listed =
                        DIFFERENT.iter().position(|(file, n, _)| *file == input && (n == name || *n == "*"));
                    met.extend(listed);
                    listed.is_none()
                })
                .collect();
            compared += 1;
            if ours != theirs || !found.problems.is_empty() {
                let missing: Vec<_> = theirs.difference(&ours).collect();
                let more: Vec<_> = ours.difference(&theirs).collect();
                wrong.push(format!(
                    "{input}: missing {missing:?}, more {more:?}, problems {:?}",
                    found.problems
                ));
            }
        }
    }
    assert!(compared > 30, "{compared}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(met.len(), DIFFERENT.len(), "a listed disagreement is none any more");
}
