//! Which language packages a distribution's package brought, so that they are not reported a second time.
//!
//! A distribution patches what it ships without raising upstream's version, and its own advisories speak of the
//! distribution package: matching the same file again as an npm package gives false findings.
//!
//! - apk lists every file in the database that is read anyway: ownership is exact.
//! - dpkg keeps one list file a package (`var/lib/dpkg/info/*.list`), thousands of them. Selecting them all costs more
//!   than the packages they concern, so the folders decide that Debian's JavaScript policy gives to packages alone:
//!   `usr/share/nodejs`, `usr/share/node_modules` and `usr/lib/nodejs`. `usr/lib/node_modules` is not among them: there
//!   a vendor's own `nodejs` package puts an unpatched npm, of which no distribution's advisories speak.

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
        let in_debian_folder = ["usr/share/nodejs/", "usr/share/node_modules/", "usr/lib/nodejs/"]
            .iter()
            .any(|folder| path.starts_with(folder));
        (self.dpkg && in_debian_folder) || self.apk.contains(path)
    }
}
