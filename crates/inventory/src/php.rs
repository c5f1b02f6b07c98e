//! PHP: `composer.lock`, and `vendor/composer/installed.json`.

use seawall_findings::{Found, PackageType};
use serde::Deserialize;
use serde_json::Value;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Packages {
    #[serde(default)]
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    license: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Installed {
    /// Composer 2.
    Object(Packages),
    /// Composer 1.
    List(Vec<Entry>),
}

/// `composer.lock`; `packages-dev` is what only development needs.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::json::<Packages>(file, "a composer.lock", into) else { return };
    add(file, lock.packages, Found::Lockfile, into);
}

/// `installed.json`, of Composer 1 and 2.
pub(crate) fn installed(file: &File<'_>, into: &mut Collector<'_>) {
    let what = "Composer's list of installed packages";
    let Some(installed) = language::json::<Installed>(file, what, into) else { return };
    let (Installed::Object(Packages { packages }) | Installed::List(packages)) = installed;
    add(file, packages, Found::Installed, into);
}

fn add(file: &File<'_>, packages: Vec<Entry>, found: Found, into: &mut Collector<'_>) {
    for Entry { name, version, license } in packages {
        let licences: Vec<&str> = match &license {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => vec![],
        };
        let item = Item { found, ..Item::locked(PackageType::Composer, &name, &version) };
        into.language(file, item.licences(licences));
    }
}
