//! Folders of installed or downloaded packages: a lockfile there came with a published package, and says what its authors
//! developed it with, not what is installed.

/// Whether a clean folder is inside of such a place.
pub(super) fn holds(folder: &str) -> bool {
    let mut before = "";
    let mut parts = folder.split('/').peekable();
    while let Some(part) = parts.next() {
        let next = parts.peek().copied();
        let is_one = match part {
            // What package managers unpack into, whatever stands beside it.
            "node_modules" | "site-packages" | "dist-packages" | ".cargo" | ".m2" | ".cache" | ".bundle"
            | ".pub-cache" | ".build" | "Pods" | "bower_components" | ".nuget" | ".gradle" => true,
            // `gems/rack-2.0.0`: an installed gem; a project's own folder `gems` holds no versions.
            "gems" => next.is_some_and(is_versioned),
            // `go/pkg/mod`.
            "mod" => before == "pkg",
            // Cargo's home under any name: `registry/src`, `git/checkouts`.
            "src" => before == "registry",
            "checkouts" => before == "git",
            // `vendor/github.com/…` of Go; `vendor/NAME` may be a project's own.
            "vendor" => next.is_some_and(|next| next.contains('.') || next == "bundle"),
            _ => false,
        };
        if is_one {
            return true;
        }
        before = part;
    }
    // Composer puts a package into `vendor/VENDOR/NAME`, its lockfile at the top of it.
    let mut last = folder.rsplit('/');
    matches!((last.next(), last.next(), last.next()), (Some(_), Some(_), Some("vendor")))
}

/// `rack-2.0.0`.
fn is_versioned(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a folder's path looks like that of a Java runtime: `usr/lib/jvm/java-17`, `opt/java/openjdk`, `opt/jdk-21`.
pub(super) fn is_java_home(folder: &str) -> bool {
    folder.split('/').any(|part| {
        ["jdk", "jre", "jvm", "java", "graalvm", "corretto", "zulu", "temurin", "semeru"]
            .iter()
            .any(|word| part.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_hold_packages_and_projects_do_not() {
        for folder in [
            "usr/local/bundle/gems/rack-2.0.0",
            "root/go/pkg/mod/example.com/x@v1.0.0",
            "usr/local/cargo/registry/src/registry.example.com-6f17d22bba15001f/serde-1.0.0",
            "root/.cargo/git/checkouts/x/1234",
            "app/vendor/github.com/x/y",
            "app/vendor/symfony/console",
            "app/vendor/bundle/ruby/3.2.0/gems/x",
            "app/node_modules/x",
            "app/.build/checkouts/swift-nio",
        ] {
            assert!(holds(folder), "{folder}");
        }
        for folder in
            ["", "app/pkg", "pkg/server", "vendor/tool", "src/gems", "gems/mine", "app/mod", "registry/web"]
        {
            assert!(!holds(folder), "{folder}");
        }
        assert!(is_java_home("opt/java/openjdk") && !is_java_home("etc"));
    }
}
