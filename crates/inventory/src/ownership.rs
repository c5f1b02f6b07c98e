//! Which language packages a distribution's package brought, so that they are not reported a second time.
//!
//! A distribution patches what it ships without raising upstream's version, and its own advisories speak of the
//! distribution package: matching the same file again as an npm package gives false findings.
//!
//! - apk lists every file in the database that is read anyway: ownership is exact.
//! - dpkg keeps one list file a package (`var/lib/dpkg/info/*.list`), thousands of them. Selecting them all costs more
//!   than the packages they concern, so the folders decide that Debian's policies for JavaScript, Python, Ruby, Java and
//!   PHP give to packages alone (`usr/share/nodejs`, `usr/lib/python3/dist-packages` …). `usr/lib/node_modules` is not
//!   among them: there a vendor's own `nodejs` package puts an unpatched npm, of which no distribution's advisories
//!   speak.

use std::collections::HashSet;

/// What is known of the distribution's files.
#[derive(Debug, Default)]
pub(crate) struct Ownership {
    /// Whether a dpkg database with packages was read.
    pub(crate) dpkg: bool,
    /// Paths that apk's database lists.
    pub(crate) apk: HashSet<String>,
}

impl Ownership {
    /// Whether a distribution package put the file there.
    pub(crate) fn owns(&self, path: &str) -> bool {
        // What lies in an archive belongs to whom the archive does.
        let archive = path.match_indices(".jar/").next().map(|(at, _)| &path[..at + 4]);
        (self.dpkg && in_debian_folder(path))
            || self.apk.contains(path)
            || archive.is_some_and(|archive| self.apk.contains(archive))
    }
}

/// Folders that Debian's policies give to packages alone. `usr/local` is never among them: pip and gem install there.
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
    ];
    if owned.iter().any(|folder| path.starts_with(folder)) {
        return true;
    }
    // `lib/python3.11/…`: the interpreter's own.
    let Some(rest) = path.strip_prefix("lib/python3.") else { return false };
    let inner = rest.split_once('/').map_or("", |(_, inner)| inner);
    !inner.starts_with("site-packages/")
}
