//! What Go's linker records in a program: its own version, the main module, every module that is linked in
//! (`runtime/debug.BuildInfo`; the layout is that of Go's `debug/buildinfo`).

use memchr::memmem;
use seawall_findings::{Found, PackageType};

use super::image::Part;
use crate::File;
use crate::collector::Collector;
use crate::language::Item;

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// Go itself looks no further where there is no section of that name.
const SEARCHED: usize = 1 << 20;
/// The largest programs list some thousand modules, a hundred bytes each.
const MAX_INFO: u64 = 8 << 20;

/// Whether the program is Go's; its modules are told.
pub(super) fn read(file: &File<'_>, part: &Part<'_>, into: &mut Collector<'_>) -> bool {
    let Some((version, modules)) = build_info(part) else { return false };
    // `go1.21.3`, `go1.22.1 X:boringcrypto`, `devel go1.23-abc`.
    let version = version.split_whitespace().next().unwrap_or_default();
    if let Some(version) =
        version.strip_prefix("go").filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))
    {
        // Builds with changes of their own say so behind a dash (`1.20.5-bigcorp`, `1.19.6-fips`).
        into.language(file, item("stdlib", version.split('-').next().unwrap_or(version)));
    }
    for (name, version) in listed(&modules) {
        into.language(file, item(&name, &version));
    }
    true
}

fn item<'t>(name: &'t str, version: &'t str) -> Item<'t> {
    Item { found: Found::BuildInfo, ..Item::installed(PackageType::Golang, name, version) }
}

/// The version of Go, and the list of modules as text.
fn build_info(part: &Part<'_>) -> Option<(String, String)> {
    let bytes = match part.section(&[".go.buildinfo", "__go_buildinfo"]) {
        Some(section) => section,
        None => part.data()?,
    };
    let head = bytes.get(..bytes.len().min(SEARCHED))?;
    // It lies at an address that 16 divides, and sections do; without the condition the string in Go's own tools is met.
    let at = memmem::find_iter(head, MAGIC).find(|at| at % 16 == 0)?;
    let info = bytes.get(at..)?;
    let flags = *info.get(15)?;
    let (version, modules) = if flags & 2 != 0 {
        let (version, rest) = counted(info.get(32..)?)?;
        let (modules, _) = counted(rest)?;
        (version, modules)
    } else {
        // Below Go 1.18: two addresses of Go strings (address, length).
        let big = flags & 1 != 0;
        let width = usize::from(*info.get(14)?);
        if width != 4 && width != 8 {
            return None;
        }
        let version = string(part, number(info.get(16..)?, width, big)?, width, big)?;
        let modules = number(info.get(16 + width..)?, width, big).and_then(|at| string(part, at, width, big));
        (version, modules.unwrap_or_default())
    };
    // The list stands between two marks of 16 bytes each.
    let modules = match modules.len() {
        length @ 33.. if modules.get(length - 17) == Some(&b'\n') => modules.get(16..length - 16)?,
        _ => b"",
    };
    Some((String::from_utf8_lossy(version).into_owned(), String::from_utf8_lossy(modules).into_owned()))
}

/// A text with its length before it (`encoding/binary`, Uvarint).
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length: u64 = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let length = usize::try_from(length).ok().filter(|length| *length as u64 <= MAX_INFO)?;
            return bytes.get(index + 1..)?.split_at_checked(length);
        }
    }
    None
}

fn number(bytes: &[u8], width: usize, big: bool) -> Option<u64> {
    let bytes = bytes.get(..width)?;
    let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    Some(if big { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
}

fn string<'a>(part: &Part<'a>, at: u64, width: usize, big: bool) -> Option<&'a [u8]> {
    let header = part.memory(at, 2 * width as u64)?;
    let address = number(header, width, big)?;
    let length = number(header.get(width..)?, width, big).filter(|length| *length <= MAX_INFO)?;
    part.memory(address, length)
}

/// The modules of the list, after their replacements.
fn listed(text: &str) -> Vec<(String, String)> {
    let mut modules: Vec<(String, String)> = Vec::new();
    let mut settings: Vec<(&str, &str)> = Vec::new();
    let mut main = None;
    for line in text.lines() {
        let mut words = line.split('\t');
        match (words.next(), words.next(), words.next()) {
            (Some("mod"), Some(name), version) => {
                main = Some(modules.len());
                modules.push((name.to_owned(), version.unwrap_or_default().to_owned()));
            }
            (Some("dep"), Some(name), version) => {
                modules.push((name.to_owned(), version.unwrap_or_default().to_owned()));
            }
            // Of the module before it. A folder in its place has no version and is left out below.
            (Some("=>"), Some(name), version) => {
                if let Some(last) = modules.last_mut() {
                    *last = (name.to_owned(), version.unwrap_or_default().to_owned());
                }
            }
            (Some("build"), Some(setting), _) => settings.extend(setting.split_once('=')),
            _ => {}
        }
    }
    if let Some((name, version)) = main.and_then(|main| modules.get_mut(main))
        && (version.is_empty() || version == "(devel)")
    {
        *version = own_version(name, &settings).unwrap_or_default();
    }
    modules.retain(|(_, version)| !version.is_empty() && version != "(devel)");
    modules
}

/// The main module's version where Go calls it `(devel)`: what the build set by the linker's `-X`, else a
/// pseudo-version of the commit.
fn own_version(module: &str, settings: &[(&str, &str)]) -> Option<String> {
    let setting = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    if let Some(flags) = setting("-ldflags") {
        let flags = flags.trim_matches('"').replace("\\\"", "\"");
        for word in flags.split(|c: char| c.is_whitespace() || c == '\'' || c == '"') {
            let Some((variable, value)) = word.split_once('=') else { continue };
            let variable = variable.strip_prefix("-X").unwrap_or(variable);
            let is_own = variable.starts_with("main.") || variable.starts_with(module);
            let name = variable.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            let number = value.strip_prefix('v').unwrap_or(value);
            let is_version =
                number.split('.').count() >= 2 && number.starts_with(|c: char| c.is_ascii_digit());
            if is_own
                && ["version", "ver", "buildversion", "appversion", "gitversion"].contains(&name.as_str())
                && is_version
            {
                return Some(format!("v{number}"));
            }
        }
    }
    let revision = setting("vcs.revision")?.get(..12)?;
    let digits: String = setting("vcs.time")?.chars().filter(char::is_ascii_digit).take(14).collect();
    (digits.len() == 14).then(|| format!("v0.0.0-{digits}-{revision}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_the_list() {
        let text = "path\texample.com/shop\nmod\texample.com/shop\t(devel)\t\ndep\tgolang.org/x/net\tv0.1.0\th1:x=\n\
            dep\texample.com/old\tv1.0.0\n=>\texample.com/new\tv1.2.0\th1:y=\ndep\texample.com/local\tv1.0.0\n=>\t./local\t\t\n\
            build\t-compiler=gc\nbuild\tvcs.revision=0123456789abcdef\nbuild\tvcs.time=2024-01-02T03:04:05Z\n";
        let told: Vec<String> =
            listed(text).into_iter().map(|(name, version)| format!("{name}@{version}")).collect();
        assert_eq!(
            told,
            [
                "example.com/shop@v0.0.0-20240102030405-0123456789ab",
                "golang.org/x/net@v0.1.0",
                "example.com/new@v1.2.0"
            ]
        );
        let text = "mod\texample.com/shop\t(devel)\nbuild\t-ldflags=\"-s -w -X 'main.Version=1.4.2' -X main.commit=abc\"\n";
        assert_eq!(listed(text), [("example.com/shop".to_owned(), "v1.4.2".to_owned())]);
        assert!(listed("mod\texample.com/shop\t(devel)\n").is_empty());
    }

    #[test]
    fn counted_texts() {
        assert_eq!(counted(b"\x03abcd"), Some((&b"abc"[..], &b"d"[..])));
        assert_eq!(counted(b"\x09abc"), None);
        assert_eq!(counted(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), None);
    }
}
