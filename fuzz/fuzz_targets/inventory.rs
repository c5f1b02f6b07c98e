//! Package databases and lockfiles, as an image brings them; the first byte says which.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_inventory::{File, read};

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let paths = [
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/base",
        "var/lib/dpkg/info/libc6:amd64.list",
        "lib/apk/db/installed",
        "etc/os-release",
        "app/package-lock.json",
        "app/node_modules/.package-lock.json",
        "app/node_modules/left-pad/package.json",
        "app/mix.lock",
        "app/pubspec.lock",
        "app/Package.resolved",
        "app/Podfile.lock",
        "app/conan.lock",
        "app/conda-meta/a.json",
        "app/environment.yml",
        "app/Manifest.toml",
        "app/build.sbt.lock",
        "usr/share/bottlerocket/application-inventory.json",
        "var/lib/rpmmanifest/container-manifest-2",
        "etc/redhat-release",
        "app/yarn.lock",
        "app/pnpm-lock.yaml",
        "app/bun.lock",
        "app/poetry.lock",
        "app/requirements.txt",
        "app/go.mod",
        "app/Cargo.lock",
        "app/Gemfile.lock",
        "app/pom.xml",
        "app/a.deps.json",
        "app/packages.lock.json",
    ];
    let path = paths[usize::from(*which) % paths.len()];
    let release = b"ID=debian\nVERSION_ID=\"13\"\n";
    let files = [File::new("usr/lib/os-release", release), File::new(path, bytes)];
    let _ = read(&files);
});
