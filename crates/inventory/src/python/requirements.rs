//! `requirements.txt` (pip, "Requirements File Format"): only what is pinned with `==` says which version is meant.

use seawall_findings::PackageType;

use crate::File;
use crate::collector::Collector;
use crate::language::Item;

/// Reads the pinned lines.
pub(crate) fn requirements(file: &File<'_>, into: &mut Collector<'_>) {
    for line in decode(file.bytes).lines() {
        if let Some((name, version)) = pinned(line) {
            into.language(file, Item::locked(PackageType::PyPi, name, version));
        }
    }
}

/// Windows' editors write UTF-16 here more often than elsewhere (`pip freeze > requirements.txt` in PowerShell).
fn decode(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => String::from_utf8_lossy(rest).into_owned(),
    }
}

/// `Jinja2[extra] == 3.1.2 ; python_version > "3" --hash=…  # why`.
pub(crate) fn pinned(line: &str) -> Option<(&str, &str)> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    if line.starts_with(['#', '-']) {
        return None;
    }
    let (name, rest) = line.split_once("==")?;
    let rest = rest.trim_start_matches('=').trim_start();
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ';' | '\\' | ',')).unwrap_or(rest.len());
    let (version, after) = rest.split_at(end);
    let name = name.split('[').next().unwrap_or(name).trim();
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    // A second condition makes it a range in disguise; a star is one.
    let is_pin = !after.trim_start().starts_with(',') && !version.contains('*');
    (is_name && is_pin).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::{decode, pinned};

    #[test]
    fn lines() {
        assert_eq!(pinned("Flask==2.0.0"), Some(("Flask", "2.0.0")));
        assert_eq!(
            pinned(" Jinja2[i18n] == 3.1.2 ; python_version > '3' --hash=sha256:0 # why"),
            Some(("Jinja2", "3.1.2"))
        );
        assert_eq!(pinned("a==1.0 \\"), Some(("a", "1.0")));
        assert_eq!(pinned("a===1.0"), Some(("a", "1.0")));
        for line in
            ["", "# a==1", "-r other.txt", "--hash=a==1", "a>=1", "a==1.*", "a==1,<2", "a @ https://x/?v==1"]
        {
            assert_eq!(pinned(line), None, "{line}");
        }
        assert_eq!(decode(b"\xff\xfea\0=\0=\x001\0"), "a==1");
    }
}
