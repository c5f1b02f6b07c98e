//! Server software that no package manager installed, recognised by the version text in its own program.
//!
//! One row of [`TABLE`] is one kind of software; [`read`] looks for the rows that fit the file's name, each by a literal
//! that stands right before the version.

mod table;

use memchr::{memchr_iter, memmem};
use seawall_findings::{Found, PackageType};

use self::table::{Chars, Known, Name, TABLE, Text};
use crate::File;
use crate::collector::Collector;
use crate::language::Item;

/// Places of one literal that are looked at in one file.
const MAX_HITS: usize = 1000;
const LONGEST_VERSION: usize = 40;

/// Whether a file of that name is looked at for its version.
pub(super) fn is_known(name: &str) -> bool {
    TABLE.iter().any(|known| known.names.iter().any(|pattern| matches(*pattern, name)))
}

/// Tells what the program is, where its name and content say so.
pub(super) fn read(file: &File<'_>, path: &str, into: &mut Collector<'_>) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut told: Vec<&str> = Vec::new();
    for known in TABLE.iter().filter(|known| known.names.iter().any(|pattern| matches(*pattern, name))) {
        if told.contains(&known.package) {
            continue;
        }
        if let Some(version) = version(known, name, file.bytes) {
            told.push(known.package);
            let item = Item::installed(PackageType::Generic, known.package, &version);
            into.language(file, Item { found: Found::VersionString, ..item });
        }
    }
}

/// Windows' ending does not matter.
fn matches(pattern: Name, name: &str) -> bool {
    let name = name.strip_suffix(".exe").unwrap_or(name);
    match pattern {
        Name::Is(text) => name == text,
        Name::Numbered(text) => name.strip_prefix(text).is_some_and(|rest| {
            let rest = rest.strip_prefix('-').unwrap_or(rest);
            rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        }),
        Name::Library(text) => name
            .strip_prefix(text)
            .is_some_and(|rest| [".so", ".dylib", ".dll"].iter().any(|ending| rest.contains(ending))),
    }
}

fn version(known: &Known, name: &str, bytes: &[u8]) -> Option<String> {
    match known.text {
        Text::Between { before, end, chars } => {
            memmem::find_iter(bytes, before).take(MAX_HITS).find_map(|at| {
                let text = bytes.get(at + before.len()..)?;
                let version = number(text, chars)?;
                let rest = text.get(version.len()..)?;
                rest.starts_with(end).then(|| version.to_owned())
            })
        }
        Text::Before(end) => memmem::find_iter(bytes, end).take(MAX_HITS).find_map(|at| {
            let text = bytes.get(at.saturating_sub(LONGEST_VERSION)..at)?;
            let is_part = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
            let length = text.iter().rev().take_while(is_part).count();
            number(text.get(text.len() - length..)?, Chars::Digits).map(str::to_owned)
        }),
        Text::NamesakeNul => {
            // `python3.11` or `libpython3.11.so.1.0` → `3.11`.
            let start = name.find(|c: char| c.is_ascii_digit())?;
            let minor: String =
                name.get(start..)?.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            let minor = minor.trim_end_matches('.');
            minor.contains('.').then_some(())?;
            let before = format!("\0{minor}.");
            memmem::find_iter(bytes, before.as_bytes()).take(MAX_HITS).find_map(|at| {
                let text = bytes.get(at + 1..)?;
                let version = number(text, Chars::Letters)?;
                (text.get(version.len()) == Some(&0)).then(|| version.to_owned())
            })
        }
        Text::RedisBuild => redis(bytes),
    }
}

/// The version at the start of a text: digits and dots, at least one dot, then what the software adds to it.
fn number(text: &[u8], chars: Chars) -> Option<&str> {
    let text = text.get(..text.len().min(LONGEST_VERSION)).unwrap_or_default();
    let is_part = |byte: &u8| match chars {
        Chars::Digits => byte.is_ascii_digit() || *byte == b'.',
        Chars::Letters => byte.is_ascii_alphanumeric() || *byte == b'.',
        Chars::Full => byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'~'),
    };
    let length = text.iter().take_while(|byte| is_part(byte)).count();
    let version = std::str::from_utf8(text.get(..length)?).ok()?.trim_end_matches(['.', '-', '+', '~']);
    let plausible = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
    plausible.then_some(version)
}

/// Redis joins its version, build host and time, and commit into one text: `7.0.15buildhost-1704822888` + `0` +
/// `00000000`.
fn redis(bytes: &[u8]) -> Option<String> {
    memchr_iter(0, bytes).find_map(|end| {
        let start = end.saturating_sub(96);
        let text = bytes.get(start..end)?;
        let (head, tail) = text.split_at_checked(text.len().checked_sub(19)?)?;
        let is_build = tail.get(..11)?.iter().all(u8::is_ascii_digit)
            && tail.get(11..)?.iter().all(u8::is_ascii_hexdigit);
        if !is_build {
            return None;
        }
        let is_text = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let length = head.iter().rev().take_while(|byte| is_text(byte)).count();
        let mut head = head.get(head.len() - length..)?;
        // Code before the text can look like a letter.
        while head.first().is_some_and(|byte| !byte.is_ascii_digit()) {
            head = &head[1..];
        }
        let version = number(head, Chars::Digits)?;
        (version.split('.').count() == 3).then(|| version.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &[u8]) -> Vec<String> {
        let mut into = Collector::new(None, crate::ownership::Ownership::default());
        read(&File::new(path, text), path, &mut into);
        let found = into.finish();
        found.packages.into_iter().map(|package| format!("{}@{}", package.name, package.version)).collect()
    }

    #[test]
    fn versions_in_programs() {
        for (path, text, expected) in [
            ("usr/bin/node", &b"\0node.js/v20.10.0\0"[..], "node@20.10.0"),
            ("usr/sbin/nginx", b"\0nginx version: nginx/1.25.3\n", "nginx@1.25.3"),
            ("usr/local/nginx/sbin/nginx", b"\0nginx version: openresty/1.25.3.1\n", "openresty@1.25.3.1"),
            ("usr/local/bin/redis-server", b"\xc0A7.2.4buildkitsandbox-1704822888000000000\0", "redis@7.2.4"),
            ("usr/bin/redis-check-rdb", b"\xdfA7.0.151790282056000000000\0", "redis@7.0.15"),
            ("usr/local/apache2/bin/httpd", b"\0Apache/2.4.58 (Unix)\0", "httpd@2.4.58"),
            (
                "usr/lib/postgresql/15/bin/postgres",
                b"to PostgreSQL 9.1.\0PostgreSQL 15.5 on x86",
                "postgresql@15.5",
            ),
            ("usr/sbin/mariadbd", b"\x0010.11.6-MariaDB\0", "mariadb@10.11.6"),
            (
                "usr/local/bin/haproxy",
                b" version 2.9.1-f72603c, released 2023/12/15\0",
                "haproxy@2.9.1-f72603c",
            ),
            ("usr/bin/memcached", b"\0memcached 1.6.22\0", "memcached@1.6.22"),
            ("bin/busybox", b"\0BusyBox v1.36.1 (2023)\0", "busybox@1.36.1"),
            ("usr/local/bin/php", b"\0X-Powered-By: PHP/8.3.0RC1\0", "php@8.3.0RC1"),
            ("usr/local/lib/libruby.so.3.2.2", b"\0ruby 3.2.2p53 (2023\0", "ruby@3.2.2"),
            ("usr/local/bin/python3.12", b"x\x003.11.1\0\x003.12.1\0", "python@3.12.1"),
            ("usr/local/lib/libpython3.12.so.1.0", b"\x003.12.0rc1\0", "python@3.12.0rc1"),
            ("opt/bin/openssl", b"\0OpenSSL 1.1.1k  25 Mar 2021\0", "openssl@1.1.1k"),
            ("bin/bash", b"@(#)Bash version 5.2.15(1) release GNU\0", "bash@5.2.15"),
            ("usr/bin/perl", b"/usr/local/lib/perl5/5.38.2\0", "perl@5.38.2"),
            ("usr/local/bin/envoy", b"\0/1.28.0/Clean/RELEASE/BoringSSL\0", "envoy@1.28.0"),
        ] {
            assert_eq!(of(path, text), [expected], "{path}");
        }
        for (path, text) in [
            ("usr/bin/node", &b"\0node.js/vX\0"[..]),
            ("usr/bin/nodes", b"\0node.js/v20.10.0\0"),
            ("usr/bin/python3", b"\x003.12.1\0"),
            ("usr/bin/redis-server", b"000000000\0"),
            ("usr/bin/postgres", b"PostgreSQL"),
        ] {
            assert_eq!(of(path, text), [""; 0], "{path}");
        }
    }
}
