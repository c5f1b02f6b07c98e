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
    let red_hat =
        RED_HAT_FILES.iter().find_map(|path| red_hat(first_line(&text(Format::RedHatRelease, path)?)));
    if let Some(mut release) = release {
        if release.version.is_empty() {
            let from_file = match release.id.as_str() {
                "debian" => debian.as_deref().map(debian_major),
                "alpine" => alpine.as_deref(),
                id => red_hat.as_ref().filter(|found| found.id == id).map(|found| found.version.as_str()),
            };
            from_file.unwrap_or_default().clone_into(&mut release.version);
        }
        return Some(release);
    }
    if red_hat.is_some() {
        return red_hat;
    }
    if let Some(ubuntu) = text(Format::LsbRelease, "etc/lsb-release").and_then(|text| lsb(&text)) {
        return Some(ubuntu);
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

/// The relatives' own files come before the one that all of them have for compatibility.
const RED_HAT_FILES: [&str; 7] = [
    "etc/almalinux-release",
    "etc/rocky-release",
    "etc/oracle-release",
    "etc/centos-release",
    "etc/fedora-release",
    "etc/redhat-release",
    "etc/system-release",
];

/// `CentOS Linux release 7.6.1810 (Core)`, as older releases say it instead of os-release.
fn red_hat(line: &str) -> Option<Distribution> {
    let (name, rest) = line.split_once(" release ")?;
    let version = rest.split_whitespace().next()?;
    let known = [
        ("AlmaLinux", "almalinux"),
        ("Rocky", "rocky"),
        ("Oracle", "ol"),
        ("CentOS", "centos"),
        ("Fedora", "fedora"),
        ("Red Hat", "rhel"),
        ("Amazon", "amzn"),
        ("Scientific", "scientific"),
        ("VMware Photon", "photon"),
    ];
    let (_, id) = known.into_iter().find(|(start, _)| name.starts_with(start))?;
    let plausible = version.len() <= 64 && version.starts_with(|c: char| c.is_ascii_digit());
    plausible.then(|| Distribution {
        id: id.to_owned(),
        version: version.to_owned(),
        pretty_name: line.chars().take(256).collect(),
    })
}

/// `lsb-release` of Ubuntu, which derivatives keep from it: only Ubuntu's own counts.
fn lsb(text: &str) -> Option<Distribution> {
    let field = |name: &str| {
        text.lines().find_map(|line| Some(unquote(line.trim().strip_prefix(name)?.strip_prefix('=')?)))
    };
    let version = field("DISTRIB_RELEASE").filter(|version| !version.is_empty() && version.len() <= 64)?;
    (field("DISTRIB_ID")? == "Ubuntu").then(|| Distribution {
        id: "ubuntu".to_owned(),
        pretty_name: field("DISTRIB_DESCRIPTION").unwrap_or_else(|| format!("Ubuntu {version}")),
        version,
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
        for (path, text, expected) in [
            ("etc/centos-release", "CentOS Linux release 7.6.1810 (Core) \n", Some(("centos", "7.6.1810"))),
            (
                "etc/redhat-release",
                "Red Hat Enterprise Linux Server release 6.10 (Santiago)",
                Some(("rhel", "6.10")),
            ),
            ("etc/oracle-release", "Oracle Linux Server release 7.6", Some(("ol", "7.6"))),
            ("etc/system-release", "Amazon Linux release 2 (Karoo)", Some(("amzn", "2"))),
            ("etc/redhat-release", "nothing", None),
            ("etc/redhat-release", "CentOS release x", None),
            ("etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\n", Some(("ubuntu", "18.04"))),
            ("etc/lsb-release", "DISTRIB_ID=Mint\nDISTRIB_RELEASE=18\n", None),
        ] {
            let expected = expected.map(|(id, version)| (id.to_owned(), version.to_owned()));
            assert_eq!(of(&[(path, text)]), expected, "{path} {text}");
        }
        assert_eq!(
            parse("ID='Fedora'\nPRETTY_NAME=\"a \\\"b\\\"\"").map(|d| d.id + &d.pretty_name),
            Some("fedoraa \"b\"".into())
        );
        assert_eq!(parse("ID=\"\nPRETTY_NAME=\\").map(|d| d.id), None);
    }
}
