//! Ruby: installed `specifications/*.gemspec`, and `Gemfile.lock` of Bundler.

use seawall_findings::PackageType;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

/// `Gemfile.lock` and `gems.locked`: the gems of `GEM` and `GIT`; what `PATH` lists is the project's own.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(text) = language::text(file, "a Gemfile.lock", into) else { return };
    let mut section = "";
    for line in text.lines() {
        if !line.starts_with(' ') {
            section = line.trim();
        }
        // Four blanks: a gem. Six: what it needs.
        let Some(gem) = line.strip_prefix("    ").filter(|gem| !gem.starts_with(' ')) else { continue };
        if !matches!(section, "GEM" | "GIT") {
            continue;
        }
        if let Some((name, version)) = gem.trim().strip_suffix(')').and_then(|gem| gem.split_once(" (")) {
            // `1.15.4-x86_64-linux`: the platform that it is built for.
            let version = version.split('-').next().unwrap_or(version);
            into.language(file, Item::locked(PackageType::Gem, name, version));
        }
    }
}

/// A specification as RubyGems writes it at installation (`Gem::Specification#to_ruby`): a comment
/// `# stub: NAME VERSION PLATFORM …`, and assignments of plain strings.
pub(crate) fn specification(file: &File<'_>, into: &mut Collector<'_>) {
    let text = String::from_utf8_lossy(file.bytes);
    let (mut name, mut version, mut licences) = (String::new(), String::new(), Vec::new());
    for line in text.lines().take(2000).map(str::trim) {
        if let Some(stub) = line.strip_prefix("# stub: ") {
            let mut words = stub.split(' ');
            words.next().unwrap_or_default().clone_into(&mut name);
            words.next().unwrap_or_default().clone_into(&mut version);
            continue;
        }
        let Some((field, value)) = line.split_once('=') else { continue };
        let Some((_, field)) = field.trim().split_once('.') else { continue };
        match field {
            "name" if name.is_empty() => name = strings(value).first().cloned().unwrap_or_default(),
            "version" if version.is_empty() => version = strings(value).first().cloned().unwrap_or_default(),
            "license" | "licenses" => licences = strings(value),
            _ => {}
        }
    }
    if name.is_empty() || version.is_empty() {
        into.problem(file, 0, "no name and version of a gem");
        return;
    }
    into.language(file, Item::installed(PackageType::Gem, &name, &version).licences(licences));
}

/// The quoted strings of a line.
fn strings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = &rest[start..=start];
        let inner = &rest[start + 1..];
        let Some(end) = inner.find(quote) else { break };
        found.push(inner[..end].to_owned());
        rest = &inner[end + 1..];
    }
    found
}
