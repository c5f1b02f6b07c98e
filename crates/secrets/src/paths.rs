//! Which files are read, and in which ones only the certain counts.

/// Endings of files that hold no text of anybody's own (in lower case).
const ENDINGS: &[&str] = &[
    "7z", "a", "aac", "apk", "avi", "avif", "bin", "bmp", "br", "bz2", "class", "deb", "dll", "doc", "docx",
    "dylib", "ear", "eot", "exe", "flac", "gem", "gif", "gz", "gzip", "heic", "ico", "iso", "jar", "jpeg",
    "jpg", "lz4", "lzma", "mkv", "mo", "mov", "mp3", "mp4", "mpeg", "o", "obj", "ogg", "opus", "otf", "pak",
    "parquet", "pdf", "png", "ppt", "pptx", "psd", "pyo", "rar", "rlib", "rmeta", "rpm", "so", "socket",
    "svg", "tar", "tgz", "tif", "tiff", "ttf", "war", "wasm", "wav", "webm", "webp", "whl", "woff", "woff2",
    "xls", "xlsx", "xz", "zip", "zst",
];

/// Names of files that list hashes.
const NAMES: &[&str] = &[
    "go.mod",
    "go.sum",
    "go.work.sum",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Gemfile.lock",
    "Cargo.lock",
    "composer.lock",
    "packages.lock.json",
    "Podfile.lock",
    "pubspec.lock",
    "mix.lock",
    "flake.lock",
    ".terraform.lock.hcl",
    "gradle.lockfile",
    "MANIFEST.MF",
];

/// Parts of paths below which everything is somebody else's, by the id that switches it off.
const FOLDERS: &[(&str, &[&str])] = &[
    ("git", &["/.git/"]),
    ("node_modules", &["/node_modules/"]),
    ("vendor", &["/vendor/"]),
    ("dist-info", &[".dist-info/"]),
    ("locale-dir", &["/locale/", "/locales/"]),
];

/// Beginnings of paths of a system's own files, by the id that switches it off.
const SYSTEM: &[(&str, &[&str])] = &[
    ("usr-dirs", &["/usr/share/", "/usr/include/", "/usr/lib/"]),
    ("golang", &["/usr/local/go/"]),
    ("python", &["/usr/local/lib/python"]),
    ("node.js", &["/opt/yarn-v"]),
    ("wordpress", &["/usr/src/wordpress/"]),
    ("anaconda-log", &["/var/log/anaconda/"]),
];

/// Which of the built-in lists are switched off, by id.
pub(crate) struct Paths {
    folders: Vec<&'static str>,
    system: Vec<&'static str>,
    tests: bool,
    examples: bool,
    markdown: bool,
    names: bool,
}

impl Paths {
    /// All lists but those. `own` says that the user lists what is skipped, which replaces the endings and names.
    pub(crate) fn without(off: &[String], own: bool) -> Self {
        let on = |id: &str| !off.iter().any(|word| word == id);
        let pick = |lists: &[(&str, &[&'static str])]| {
            lists.iter().filter(|(id, _)| on(id)).flat_map(|(_, parts)| parts.iter().copied()).collect()
        };
        Self {
            folders: pick(FOLDERS),
            system: pick(SYSTEM),
            tests: on("tests"),
            examples: on("examples"),
            markdown: on("markdown"),
            names: !own,
        }
    }

    /// Whether the file is left unread.
    pub(crate) fn skips(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        if self.names {
            if let Some((_, ending)) = name.rsplit_once('.')
                && ending.len() <= 7
                && ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
            {
                return true;
            }
            if NAMES.contains(&name) {
                return true;
            }
        }
        let rest = path.trim_start_matches('/');
        self.folders.iter().any(|part| {
            path.contains(part) || part.strip_prefix('/').is_some_and(|part| rest.starts_with(part))
        }) || self.system.iter().any(|part| part.strip_prefix('/').is_some_and(|part| rest.starts_with(part)))
    }

    /// Whether the file is about tests, examples or documentation: what stands there is an example until its checksum
    /// says otherwise.
    pub(crate) fn quiet(&self, path: &str) -> bool {
        let lower = path.to_ascii_lowercase();
        if self.examples && lower.contains("example") {
            return true;
        }
        if self.markdown && [".md", ".markdown", ".rst", ".adoc"].iter().any(|ending| lower.ends_with(ending))
        {
            return true;
        }
        self.tests
            && lower.split('/').any(|part| {
                part.starts_with("test")
                    || ["-test", "_test", ".test", ".spec."].iter().any(|mark| part.contains(mark))
                    || matches!(part, "spec" | "specs" | "fixtures" | "__tests__" | "mocks" | "__mocks__")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let paths = Paths::without(&[], false);
        for skipped in
            ["a/node_modules/b.js", "node_modules/b.js", "usr/share/x", "/usr/lib/x", "logo.PNG", "go.sum"]
        {
            assert!(paths.skips(skipped), "{skipped}");
        }
        for read in ["src/main.rs", ".env", "my_node_modules/b", "home/usr/share/x", "vendors.txt"] {
            assert!(!paths.skips(read), "{read}");
        }
        for quiet in ["tests/a.py", "src/a_test.go", "README.md", "a/examples/b", "x.spec.ts"] {
            assert!(paths.quiet(quiet), "{quiet}");
        }
        assert!(!paths.quiet("src/latest.rs") && !paths.quiet("contest/a"));
        let off = Paths::without(&["vendor".into(), "tests".into()], true);
        assert!(!off.skips("a/vendor/b") && !off.skips("a.png") && !off.quiet("tests/a"));
    }
}
