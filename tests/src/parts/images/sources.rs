//! Where the distribution's packages come from: this machine's own apt configuration.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// One suite of one archive.
struct Source {
    uri: String,
    suite: String,
    signed_by: Option<String>,
}

/// Writes an apt source list for `release` below `folder`: the archives of this machine's own release, with the
/// security and update suites or without.
pub(in crate::parts) fn write(folder: &Path, release: &str, updates: bool) -> Result<PathBuf> {
    let own = own_release()?;
    let mut list = String::new();
    for source in configured()? {
        let Some(suffix) = source.suite.strip_prefix(own.as_str()) else { continue };
        let wanted = suffix.is_empty() || updates && matches!(suffix, "-security" | "-updates");
        if !wanted {
            continue;
        }
        let option = source.signed_by.map(|key| format!("[signed-by={key}] ")).unwrap_or_default();
        let _ = writeln!(list, "deb {option}{} {release}{suffix} main", source.uri);
    }
    ensure!(!list.is_empty(), "no archive of `{own}` in /etc/apt: the images need Debian's packages");
    let path = folder.join(if updates { "updated.list" } else { "released.list" });
    std::fs::write(&path, list)?;
    Ok(path)
}

fn own_release() -> Result<String> {
    let text = std::fs::read_to_string("/etc/os-release")?;
    let value = |key: &str| {
        text.lines().find_map(|line| line.strip_prefix(key)).map(|value| value.trim_matches('"').to_owned())
    };
    ensure!(
        value("ID=").as_deref() == Some("debian"),
        "this machine is not Debian: the images need its packages"
    );
    value("VERSION_CODENAME=").context("/etc/os-release names no VERSION_CODENAME")
}

/// Both forms of apt's configuration: `sources.list(5)`, one-line and deb822.
fn configured() -> Result<Vec<Source>> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    files.extend(std::fs::read_dir("/etc/apt/sources.list.d")?.flatten().map(|entry| entry.path()));
    files.sort();
    let mut sources = Vec::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => sources.extend(text.lines().filter_map(one_line)),
            Some("sources") => text.split("\n\n").for_each(|stanza| deb822(stanza, &mut sources)),
            _ => {}
        }
    }
    Ok(sources)
}

fn one_line(line: &str) -> Option<Source> {
    let rest = line.trim().strip_prefix("deb ")?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let signed_by = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
    let mut words = rest.split_whitespace();
    Some(Source {
        uri: words.next()?.to_owned(),
        suite: words.next()?.to_owned(),
        signed_by: signed_by.map(str::to_owned),
    })
}

fn deb822(stanza: &str, sources: &mut Vec<Source>) {
    let field = |name: &str| {
        stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    };
    let (Some(uris), Some(suites)) = (field("URIs"), field("Suites")) else { return };
    let signed_by = field("Signed-By").filter(|key| key.starts_with('/'));
    for uri in uris.split_whitespace() {
        for suite in suites.split_whitespace() {
            sources.push(Source {
                uri: uri.to_owned(),
                suite: suite.to_owned(),
                signed_by: signed_by.map(str::to_owned),
            });
        }
    }
}
