//! Which distribution it is: os-release(5), with the older one-line files for what it leaves out.

use seawall_findings::Distribution;

use crate::File;
use crate::select::{self, Format};

/// The distribution, from whichever of the files are there. `etc/os-release` comes before `usr/lib/os-release`
/// (os-release(5)).
pub(crate) fn find(files: &[File<'_>]) -> Option<Distribution> {
    let text = |format: Format, path: &str| {
        files
            .iter()
            .find(|file| {
                let clean = select::clean(file.path);
                select::format(clean) == Some(format) && clean == path
            })
            .map(|file| String::from_utf8_lossy(file.bytes))
    };
    let debian = text(Format::DebianVersion, "etc/debian_version").map(|text| first_line(&text).to_owned());
    let alpine = text(Format::AlpineRelease, "etc/alpine-release").map(|text| first_line(&text).to_owned());

    let release = ["etc/os-release", "usr/lib/os-release"]
        .into_iter()
        .filter_map(|path| text(Format::OsRelease, path))
        .find_map(|text| parse(&text));
    if let Some(mut release) = release {
        if release.version.is_empty() {
            let from_file = match release.id.as_str() {
                "debian" => debian.as_deref().map(debian_major),
                "alpine" => alpine.as_deref(),
                _ => None,
            };
            from_file.unwrap_or_default().clone_into(&mut release.version);
        }
        return Some(release);
    }
    if let Some(version) = alpine.filter(|version| !version.is_empty()) {
        let pretty_name = format!("Alpine Linux {version}");
        return Some(Distribution { id: "alpine".to_owned(), version, pretty_name });
    }
    let version = debian.filter(|version| !version.is_empty())?;
    Some(Distribution {
        id: "debian".to_owned(),
        version: debian_major(&version).to_owned(),
        pretty_name: format!("Debian GNU/Linux {version}"),
    })
}

/// `12.5` → `12`, as `VERSION_ID` writes it; `trixie/sid` has no number.
fn debian_major(text: &str) -> &str {
    let major = text.split('.').next().unwrap_or_default();
    if !major.is_empty() && major.bytes().all(|byte| byte.is_ascii_digit()) { major } else { "" }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}

/// None where there is no `ID`: without it no advisory can be chosen.
pub(crate) fn parse(text: &str) -> Option<Distribution> {
    let mut id = String::new();
    let mut version = String::new();
    let mut pretty_name = String::new();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        match key {
            "ID" => id = unquote(value).to_lowercase(),
            "VERSION_ID" => version = unquote(value),
            "PRETTY_NAME" => pretty_name = unquote(value),
            _ => {}
        }
    }
    if id.is_empty() || id.len() > 64 || version.len() > 64 {
        return None;
    }
    if pretty_name.is_empty() {
        format!("{id} {version}").trim_end().clone_into(&mut pretty_name);
    }
    Some(Distribution { id, version, pretty_name })
}

/// Shell-style quoting as os-release(5) allows it: one pair of quotes, backslash before special characters.
fn unquote(value: &str) -> String {
    let value = value.trim();
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return value.to_owned();
    };
    let inner = value[1..].strip_suffix(quote).unwrap_or(&value[1..]);
    if quote == '\'' {
        return inner.to_owned();
    }
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Option<(String, String)> {
        let files: Vec<File<'_>> =
            files.iter().map(|(path, text)| File::new(path, text.as_bytes())).collect();
        find(&files).map(|d| (d.id, d.version))
    }

    #[test]
    fn os_release_comes_first_and_older_files_fill_in() {
        let bookworm = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!(of(&[("etc/os-release", bookworm)]), Some(("debian".into(), "12".into())));
        assert_eq!(
            of(&[("usr/lib/os-release", bookworm), ("etc/os-release", "garbage")]),
            Some(("debian".into(), "12".into()))
        );
        assert_eq!(of(&[("etc/debian_version", "9.8\n")]), Some(("debian".into(), "9".into())));
        assert_eq!(of(&[("etc/debian_version", "buster/sid\n")]), Some(("debian".into(), String::new())));
        assert_eq!(of(&[("etc/alpine-release", "3.19.1\n")]), Some(("alpine".into(), "3.19.1".into())));
        assert_eq!(
            of(&[("etc/os-release", "ID=debian\n"), ("etc/debian_version", "13.1\n")]),
            Some(("debian".into(), "13".into()))
        );
        assert_eq!(of(&[("etc/os-release", "NAME='x'\n")]), None);
        assert_eq!(
            parse("ID='Fedora'\nPRETTY_NAME=\"a \\\"b\\\"\"").map(|d| d.id + &d.pretty_name),
            Some("fedoraa \"b\"".into())
        );
        assert_eq!(parse("ID=\"\nPRETTY_NAME=\\").map(|d| d.id), None);
    }
}
