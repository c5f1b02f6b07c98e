//! Conda: what is installed (`conda-meta/*.json`), and what an `environment.yml` pins.

use seawall_findings::PackageType;
use serde::Deserialize;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};
use crate::python;

#[derive(Deserialize)]
struct Meta {
    name: String,
    version: String,
    #[serde(default)]
    license: Option<String>,
}

/// One installed package.
pub(crate) fn meta(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(meta) = language::json::<Meta>(file, "an installed Conda package", into) else { return };
    let item = Item::installed(PackageType::Conda, &meta.name, &meta.version);
    into.language(file, item.licences(meta.license));
}

#[derive(Deserialize)]
struct Environment {
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Dependency {
    Conda(String),
    Pip {
        #[serde(default)]
        pip: Vec<String>,
    },
    Other(serde::de::IgnoredAny),
}

/// The pinned packages of an environment, and those that pip adds to it. Other tools call their files `environment.yml`
/// too: what has no list of dependencies is not Conda's.
pub(crate) fn environment(file: &File<'_>, into: &mut Collector<'_>) {
    if memchr::memmem::find(file.bytes, b"dependencies:").is_none() {
        return;
    }
    let Some(environment) = language::yaml::<Environment>(file, "a Conda environment", into) else { return };
    for dependency in &environment.dependencies {
        match dependency {
            Dependency::Conda(line) => {
                if let Some((name, version)) = pinned(line) {
                    into.language(file, Item::locked(PackageType::Conda, name, version));
                }
            }
            Dependency::Pip { pip } => {
                for (name, version) in pip.iter().filter_map(|line| python::pinned(line)) {
                    into.language(file, Item::locked(PackageType::PyPi, name, version));
                }
            }
            Dependency::Other(_) => {}
        }
    }
}

/// `channel::bzip2=1.0.8=h998d150_5` → `bzip2`, `1.0.8`; ranges say nothing.
fn pinned(line: &str) -> Option<(&str, &str)> {
    let line = line.rsplit("::").next().unwrap_or(line).trim();
    if line.contains(['<', '>', '!', '*', '|', ',', ' ', '~']) {
        return None;
    }
    let (name, rest) = line.split_once('=')?;
    let version = rest.trim_start_matches('=').split('=').next()?;
    (!version.is_empty()).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::pinned;

    #[test]
    fn lines() {
        assert_eq!(pinned("bzip2=1.0.8=h998d150_5"), Some(("bzip2", "1.0.8")));
        assert_eq!(pinned("conda-forge::numpy==1.26.0"), Some(("numpy", "1.26.0")));
        for line in ["python", "a>=1", "a=1.*", "a="] {
            assert_eq!(pinned(line), None, "{line}");
        }
    }
}
