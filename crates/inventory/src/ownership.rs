//! Which files a distribution's package brought, so that the language packages in them are not reported a second time.
//!
//! A distribution patches what it ships without raising upstream's version, and its own advisories speak of the
//! distribution package: matching the same file again as an npm package gives false findings.
//!
//! apk and rpm list every file in the database that is read anyway, dpkg in `var/lib/dpkg/info/*.list` (distroless:
//! `status.d/*.md5sums`): of them only the lines are looked at that name a selected file. Debian's policies also give
//! folders to packages alone, which decides where the lists were removed to save space.
//!
//! A program of Go or Rust is a distribution's only where its package says so: packages made at home have any maintainer.
//!
//! A package that the distribution did not make (Docker's, NodeSource's) owns nothing in this sense: no distribution's
//! advisories speak of what is in it.

use std::collections::{HashMap, HashSet};

use memchr::memchr_iter;

use crate::select;

/// What is known of the distribution's files.
#[derive(Debug, Default)]
pub(crate) struct Ownership<'a> {
    /// Whether a dpkg database with packages was read.
    pub(crate) dpkg: bool,
    /// The selected files' paths: of what packages list, nothing else matters.
    candidates: HashSet<&'a str>,
    /// Of those, the ones that a package lists; true: what a compiler linked into it is the package's own, too.
    owned: HashMap<&'a str, bool>,
    /// dpkg packages that say what was linked into their programs.
    linked: HashSet<String>,
    /// dpkg packages of others than the distribution.
    foreign: HashSet<String>,
}

impl<'a> Ownership<'a> {
    /// Of the files that are read.
    pub(crate) fn new(paths: impl Iterator<Item = &'a str>) -> Self {
        Self { candidates: paths.map(canonical).collect(), ..Self::default() }
    }

    /// A distribution's package lists that path.
    pub(crate) fn own(&mut self, path: &str) {
        self.own_as(path, true);
    }

    fn own_as(&mut self, path: &str, linked: bool) {
        if let Some(path) = self.candidates.get(canonical(path)) {
            *self.owned.entry(path).or_default() |= linked;
        }
    }

    /// The dpkg package says what its programs were built of (`Built-Using`, `Static-Built-Using`): Debian asks that of
    /// every package of a Go or Rust program, others' tools do not write it.
    pub(crate) fn is_linked(&mut self, package: &str) {
        self.linked.insert(package.to_owned());
    }

    /// Whether the modules in a program are those of a distribution's package.
    pub(crate) fn owns_linked(&self, path: &str) -> bool {
        self.owned.get(canonical(path)).is_some_and(|linked| *linked)
    }

    /// The dpkg package is not the distribution's: its list does not count.
    pub(crate) fn is_foreign(&mut self, package: &str) {
        self.foreign.insert(package.to_owned());
    }

    /// dpkg's list of a package's files: one path a line.
    pub(crate) fn dpkg_list(&mut self, path: &str, bytes: &[u8]) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(".list").or_else(|| name.strip_suffix(".md5sums")).unwrap_or(name);
        let name = name.split(':').next().unwrap_or(name);
        if self.foreign.contains(name) {
            return;
        }
        let linked = self.linked.contains(name);
        let is_sums = path.ends_with(".md5sums");
        for line in lines(bytes) {
            let Ok(mut line) = std::str::from_utf8(line) else { continue };
            if is_sums {
                line = line.split_once("  ").map_or("", |(_, path)| path);
            }
            self.own_as(line, linked);
        }
    }

    /// Whether a distribution package put the file there.
    pub(crate) fn owns(&self, path: &str) -> bool {
        if (self.dpkg && in_debian_folder(path)) || self.owned.contains_key(canonical(path)) {
            return true;
        }
        // What lies in an archive belongs to whom the archive does.
        !self.owned.is_empty()
            && path.match_indices('/').any(|(at, _)| {
                let archive = path.get(..at).unwrap_or_default();
                archive.len() > 4
                    && archive.as_bytes().get(archive.len() - 4) == Some(&b'.')
                    && self.owned.contains_key(canonical(archive))
            })
    }
}

/// `bin`, `sbin` and `lib` are links into `usr` nearly everywhere: lists name either.
fn canonical(path: &str) -> &str {
    let path = select::clean(path);
    match path.strip_prefix("usr/") {
        Some(rest) if ["bin/", "sbin/", "lib"].iter().any(|start| rest.starts_with(start)) => rest,
        _ => path,
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len())).filter_map(move |end| {
        let line = bytes.get(start..end);
        start = end + 1;
        line.filter(|line| !line.is_empty())
    })
}

/// A dpkg list without the lines that can name no selected file: documentation, translations, headers.
pub(crate) fn shorten(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    for line in lines(bytes) {
        let Ok(text) = std::str::from_utf8(line) else { continue };
        let path = select::clean(text);
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_program = !name.contains('.') || path.contains("bin/") || name.contains(".so");
        let is_read = is_program && !path.starts_with("usr/share/doc") && !path.starts_with("usr/share/man");
        if is_read || select::format(path).is_some() {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    }
    kept
}

/// Whether a dpkg package is somebody else's than the distribution's, by its `Maintainer`: vendors who publish packages
/// of their own. Debian's maintainers write from any address, so it is theirs that are listed.
pub(crate) fn is_vendor(maintainer: &str) -> bool {
    let maintainer = maintainer.to_ascii_lowercase();
    if maintainer.contains("debian") || maintainer.contains("ubuntu") || maintainer.contains("canonical") {
        return false;
    }
    [
        "nodesource",
        "docker",
        "microsoft",
        "@google",
        "hashicorp",
        "elastic",
        "grafana",
        "mongodb",
        "oracle.com",
        "nginx",
        "cloudflare",
        "datadog",
        "github",
        "gitlab",
        "influx",
        "kubernetes",
        "nvidia",
        "amazon",
        "confluent",
        "percona",
        "timescale",
        "redis",
        "clickhouse",
        "newrelic",
        "splunk",
        "jenkins",
        "apache.org",
        "tailscale",
        "azul",
        "adoptium",
        "bellsoft",
        "rabbitmq",
        "vmware",
        "broadcom",
        "pivotal",
        "cockroach",
        "mariadb.com",
        "mariadb.org",
        "postgresql.org",
        "aquasec",
        "anchore",
        "snyk",
        "yarnpkg",
        "teleport",
        "gravitational",
    ]
    .iter()
    .any(|vendor| maintainer.contains(vendor))
}

/// Folders that Debian's policies give to packages alone. `usr/local` is never among them: pip and gem install there;
/// nor is `usr/lib/node_modules`, where a vendor's own `nodejs` package puts an unpatched npm.
fn in_debian_folder(path: &str) -> bool {
    let Some(path) = path.strip_prefix("usr/") else { return false };
    let owned = [
        "share/nodejs/",
        "share/node_modules/",
        "lib/nodejs/",
        "lib/python3/dist-packages/",
        "lib/python2.7/dist-packages/",
        "share/python-wheels/",
        "share/rubygems-integration/",
        "lib/ruby/",
        "share/java/",
        "share/maven-repo/",
        "share/php/",
        "share/doc/",
    ];
    if owned.iter().any(|folder| path.starts_with(folder)) {
        return true;
    }
    // `lib/python3.11/…`: the interpreter's own.
    let Some(rest) = path.strip_prefix("lib/python3.") else { return false };
    let inner = rest.split_once('/').map_or("", |(_, inner)| inner);
    !inner.starts_with("site-packages/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_archives() {
        let paths = ["bin/docker", "usr/lib/a/x.jar", "usr/bin/mine", "usr/local/bin/node"];
        let mut ownership = Ownership::new(paths.into_iter());
        ownership
            .dpkg_list("var/lib/dpkg/info/docker.io.list", b"/.\n/usr\n/usr/bin/docker\n/usr/lib/a/x.jar\n");
        ownership.is_foreign("mine");
        ownership.dpkg_list("var/lib/dpkg/info/mine:amd64.list", b"/usr/bin/mine\n");
        assert!(ownership.owns("bin/docker") && ownership.owns("usr/bin/docker"));
        assert!(ownership.owns("usr/lib/a/x.jar/META-INF/lib/y.jar"));
        assert!(!ownership.owns("usr/bin/mine") && !ownership.owns("usr/local/bin/node"));
        ownership.dpkg_list("var/lib/dpkg/status.d/x.md5sums", b"0123  usr/local/bin/node\n\xff\n");
        assert!(ownership.owns("usr/local/bin/node"));
    }

    #[test]
    fn shortened_lists_keep_what_is_looked_up() {
        let list = b"/.\n/usr/bin/docker\n/usr/share/doc/docker/changelog.gz\n/usr/share/java/a.jar\n/usr/share/locale/de/x.mo\n";
        let kept = shorten(list);
        assert_eq!(String::from_utf8_lossy(&kept), "/usr/bin/docker\n/usr/share/java/a.jar\n");
        assert_eq!(shorten(b""), b"");
    }

    #[test]
    fn vendors() {
        assert!(is_vendor("Docker <support@docker.com>"));
        assert!(is_vendor("Ivan Iguaran <ivan@nodesource.com>"));
        assert!(!is_vendor("Debian Nginx Maintainers <pkg-nginx-maintainers@alioth-lists.debian.net>"));
        assert!(!is_vendor("Someone <someone@example.org>"));
    }
}
