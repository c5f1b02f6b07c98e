use super::{STATUS, inventory, lines};

const LOCK_V3: &str = r#"{
  "name": "shop", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": {"name": "shop", "version": "1.0.0"},
    "node_modules/@babel/core": {"version": "7.23.0", "license": "MIT"},
    "node_modules/debug": {"version": "2.6.9"},
    "node_modules/express": {"version": "4.17.1"},
    "node_modules/express/node_modules/debug": {"version": "2.6.8"},
    "node_modules/jest": {"version": "29.0.0", "dev": true},
    "node_modules/local": {"resolved": "packages/local", "link": true},
    "node_modules/wide": {"name": "string-width", "version": "4.2.0"},
    "packages/local": {"name": "local", "version": "0.1.0"}
  }
}"#;

#[test]
fn lockfiles_of_all_versions() {
    let v1 = r#"{"lockfileVersion": 1, "dependencies": {
        "express": {"version": "4.17.1", "dependencies": {"debug": {"version": "2.6.9"}}},
        "jest": {"version": "29.0.0", "dev": true},
        "forked": {"version": "git+ssh://git@example.com/forked.git#4"},
        "wide": {"version": "npm:string-width@4.2.0"}}}"#;
    insta::assert_snapshot!(lines(&inventory(&[("app/package-lock.json", v1)])), @r"
    debug 2.6.9 app/package-lock.json
    express 4.17.1 app/package-lock.json
    string-width 4.2.0 app/package-lock.json
    ");
    insta::assert_snapshot!(lines(&inventory(&[("npm-shrinkwrap.json", LOCK_V3)])), @r"
    @babel/core 7.23.0 npm-shrinkwrap.json
    debug 2.6.8 npm-shrinkwrap.json
    debug 2.6.9 npm-shrinkwrap.json
    express 4.17.1 npm-shrinkwrap.json
    string-width 4.2.0 npm-shrinkwrap.json
    ");
}

#[test]
fn what_is_installed_is_told_once_and_before_the_lockfile() {
    let found = inventory(&[
        ("app/package-lock.json", LOCK_V3),
        (
            "app/node_modules/express/package.json",
            r#"{"name": "express", "version": "4.17.1", "license": "MIT"}"#,
        ),
        (
            "app/node_modules/express/node_modules/debug/package.json",
            r#"{"name": "debug", "version": "2.6.8"}"#,
        ),
        ("app/node_modules/a/node_modules/debug/package.json", r#"{"name": "debug", "version": "2.6.8"}"#),
        ("app/node_modules/express/esm/package.json", r#"{"type": "module"}"#),
        (
            "other/node_modules/debug/package.json",
            r#"{"name": "debug", "version": "2.6.9", "licenses": [{"type": "BSD"}]}"#,
        ),
    ]);
    insta::assert_snapshot!(lines(&found), @r"
    @babel/core 7.23.0 app/package-lock.json
    debug 2.6.8 app/node_modules/a/node_modules/debug/package.json
    debug 2.6.9 app/package-lock.json
    debug 2.6.9 other/node_modules/debug/package.json
    express 4.17.1 app/node_modules/express/package.json
    string-width 4.2.0 app/package-lock.json
    ");
    assert_eq!(found.packages[4].licences, ["MIT"]);
    assert_eq!(found.packages[3].licences, ["BSD"]);
}

#[test]
fn what_is_for_another_system_is_not_told_where_the_others_are_installed() {
    let lock = r#"{"lockfileVersion": 3, "packages": {
        "node_modules/chokidar": {"version": "3.5.1"},
        "node_modules/fsevents": {"version": "2.3.2", "optional": true, "os": ["darwin"]}
    }}"#;
    let installed = ("app/node_modules/chokidar/package.json", r#"{"name": "chokidar", "version": "3.5.1"}"#);
    let found = inventory(&[("app/package-lock.json", lock), installed]);
    insta::assert_snapshot!(lines(&found), @"chokidar 3.5.1 app/node_modules/chokidar/package.json");
    let found = inventory(&[("app/package-lock.json", lock)]);
    insta::assert_snapshot!(lines(&found), @r"
    chokidar 3.5.1 app/package-lock.json
    fsevents 2.3.2 app/package-lock.json
    ");
}

#[test]
fn what_only_development_needs_of_a_yarn_lockfile() {
    let lock = "# yarn lockfile v1\n\n\"@babel/core@^7.0.0\":\n  version \"7.4.4\"\n  dependencies:\n    debug \"^4.0.0\"\n\n\
        debug@^4.0.0:\n  version \"4.3.4\"\n\nmocha@9.0.0:\n  version \"9.0.0\"\n  dependencies:\n    debug \"^4.0.0\"\n    he \"1.2.0\"\n\n\
        he@1.2.0:\n  version \"1.2.0\"\n";
    let manifest = r#"{"dependencies": {"@babel/core": "^7.0.0"}, "devDependencies": {"mocha": "9.0.0"}}"#;
    let found = inventory(&[("app/yarn.lock", lock), ("app/package.json", manifest)]);
    insta::assert_snapshot!(lines(&found), @r"
    @babel/core 7.4.4 app/yarn.lock
    debug 4.3.4 app/yarn.lock
    ");
    let found = inventory(&[("app/yarn.lock", lock), ("other/package.json", manifest)]);
    assert_eq!(found.packages.len(), 4);
}

#[test]
fn a_distributions_own_node_packages_are_not_told_twice() {
    let tar = r#"{"name": "tar", "version": "6.1.13"}"#;
    let npm = "usr/share/nodejs/npm/node_modules/tar/package.json";
    let vendor = "usr/lib/node_modules/npm/node_modules/tar/package.json";
    let on_debian = inventory(&[("var/lib/dpkg/status", STATUS), (npm, tar), (vendor, tar)]);
    let paths: Vec<&str> =
        on_debian.packages.iter().filter(|p| p.name == "tar").map(|p| p.location.path.as_str()).collect();
    assert_eq!(paths, [vendor]);
    // Without a dpkg database nobody else speaks for the folder.
    assert_eq!(inventory(&[(npm, tar)]).packages.len(), 1);

    let apk = "P:npm\nV:9.6.6-r0\nA:x86_64\nF:usr/lib/node_modules/npm/node_modules/tar\nR:package.json\n";
    let on_alpine = inventory(&[
        ("lib/apk/db/installed", apk),
        (vendor, tar),
        ("usr/local/lib/node_modules/tar/package.json", tar),
    ]);
    insta::assert_snapshot!(lines(&on_alpine), @r"
    npm 9.6.6-r0 lib/apk/db/installed
    tar 6.1.13 usr/local/lib/node_modules/tar/package.json
    ");
}
