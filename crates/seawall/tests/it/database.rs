//! The advisory database: missing, damaged, and built from what is none.

use crate::home::Home;
use crate::policies::GOOD;

#[test]
fn a_missing_database() {
    let home = Home::bare();
    home.write("policy.yaml", GOOD);
    let commands: [&[&str]; 4] = [
        &["scan", "image", "registry.invalid/shop:1.0", "-o", "report.txt"],
        &["scan", "fs", "."],
        &["gate", "registry.invalid/shop:1.0", "--policy", "policy.yaml"],
        &["db", "status"],
    ];
    let told = commands.map(|command| home.refused(command));
    insta::assert_snapshot!(told.join("\n"), @r"
    error: there is no advisory database at HOME/data/seawall/advisories.db
    hint: make one with `seawall db build`, or name one with --db
    exit code 3
    error: there is no advisory database at HOME/data/seawall/advisories.db
    hint: make one with `seawall db build`, or name one with --db
    exit code 3
    error: there is no advisory database at HOME/data/seawall/advisories.db
    hint: make one with `seawall db build`, or name one with --db
    exit code 3
    error: there is no advisory database at HOME/data/seawall/advisories.db
    hint: make one with `seawall db build`
    exit code 3
    ");
}

#[test]
fn a_damaged_database() {
    let home = Home::new();
    let whole = home.path("../data/seawall/advisories.db");
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(home.path("cut.db"), &bytes[..bytes.len() / 2]).unwrap();
    home.write("notes.db", "not a database");
    insta::assert_snapshot!(home.refused(&["--db", "cut.db", "scan", "fs", "."]), @r"
    error: cut.db is not an advisory database that this version reads (its length is not what its header says: it was cut short or grew); build it again with `seawall db build`
    hint: make it anew with `seawall db build`
    exit code 3
    ");
    insta::assert_snapshot!(home.refused(&["--db", "notes.db", "scan", "fs", "."]), @r"
    error: notes.db is not an advisory database that this version reads (it is shorter than a header); build it again with `seawall db build`
    hint: make it anew with `seawall db build`
    exit code 3
    ");
}

#[test]
fn dumps_that_are_none() {
    let home = Home::bare();
    insta::assert_snapshot!(home.refused(&["db", "build", "--osv", "nowhere"]), @r"
    error: nowhere is no folder
    hint: --osv takes a folder or an address that holds <Ecosystem>/all.zip, or `built-in`
    exit code 2
    ");
    std::fs::create_dir_all(home.path("osv/npm")).unwrap();
    let build = ["db", "build", "--osv", "osv", "--ecosystem", "Debian,npm"];
    insta::assert_snapshot!(home.refused(&build), @r"
    Debian: no source has Debian/all.zip
    npm: no source has npm/all.zip
    error: folder osv holds no <Ecosystem>/all.zip of Debian, npm
    exit code 2
    ");
    home.write("osv/npm/all.zip", "not a zip");
    insta::assert_snapshot!(home.refused(&build), @r"
    Debian: no source has Debian/all.zip
    error: the archive of npm cannot be read as a zip file
      caused by: invalid Zip archive: Could not find EOCD
    exit code 3
    ");
}
