//! The formats of smaller languages, and runtimes that are unpacked from an archive.

use seawall_inventory::{File, read};

use super::{inventory, lines};

pub(crate) const SAMPLES: &[(&str, &str)] = &[
    (
        "elixir/mix.lock",
        "%{\n  \"jason\": {:hex, :jason, \"1.4.0\", \"aa\", [:mix], [{:decimal, \"~> 1.0\", [hex: :decimal]}], \"hexpm\", \"bb\"},\n  \"own\": {:git, \"https://example.com/own.git\", \"abc\", []},\n}\n",
    ),
    (
        "dart/pubspec.lock",
        "packages:\n  http:\n    dependency: \"direct main\"\n    description:\n      name: http\n      url: \"https://registry.example.com\"\n    source: hosted\n    version: \"0.13.5\"\n  test:\n    dependency: \"direct dev\"\n    source: hosted\n    version: \"1.24.0\"\n  flutter:\n    dependency: \"direct main\"\n    source: sdk\n    version: \"0.0.0\"\nsdks:\n  dart: \">=2.18.0 <3.0.0\"\n",
    ),
    (
        "swift-1/Package.resolved",
        r#"{"object": {"pins": [{"package": "swift-nio", "repositoryURL": "https://github.com/apple/swift-nio.git", "state": {"branch": null, "revision": "e", "version": "2.41.0"}}]}, "version": 1}"#,
    ),
    (
        "swift-2/Package.resolved",
        r#"{"pins": [{"identity": "alamofire", "kind": "remoteSourceControl", "location": "https://github.com/Alamofire/Alamofire", "state": {"revision": "7", "version": "5.6.1"}}, {"identity": "own", "kind": "localSourceControl", "location": "../own", "state": {"revision": "7", "version": "1.0"}}, {"identity": "b", "location": "https://github.com/a/b", "state": {"branch": "main", "revision": "7"}}], "version": 3}"#,
    ),
    (
        "ios/Podfile.lock",
        "PODS:\n  - AppCenter (4.2.0):\n    - AppCenter/Core (= 4.2.0)\n  - AppCenter/Core (4.2.0)\n  - \"GoogleUtilities/NSData+zlib (7.5.2)\"\n\nDEPENDENCIES:\n  - AppCenter (~> 4)\n\nCOCOAPODS: 1.11.2\n",
    ),
    (
        "conan-1/conan.lock",
        r#"{"graph_lock": {"nodes": {"0": {"requires": ["1"], "context": "host"}, "1": {"ref": "zlib/1.2.12@user/testing#rev", "context": "host"}, "2": {"ref": "cmake/3.20", "context": "build"}}}, "version": "0.4"}"#,
    ),
    (
        "conan-2/conan.lock",
        r#"{"version": "0.5", "requires": ["openssl/3.0.3#83d4%1675278904.07"], "build_requires": ["automake/1.16.5#0%1"], "python_requires": []}"#,
    ),
    (
        "opt/conda/conda-meta/pip-22.2.2-py38_0.json",
        r#"{"name": "pip", "version": "22.2.2", "license": "MIT", "files": []}"#,
    ),
    (
        "conda/environment.yml",
        "name: x\nchannels:\n  - defaults\ndependencies:\n  - bzip2=1.0.8=h998d150_5\n  - python>=3.8\n  - pip:\n      - requests==2.25.0\n      - other\n",
    ),
    (
        "julia/Manifest.toml",
        "julia_version = \"1.9.0\"\nmanifest_format = \"2.0\"\n\n[[deps.JSON]]\nuuid = \"682c06a0-de6a-54ab-a142-c8b1cf79cde6\"\nversion = \"0.21.4\"\n\n[[deps.Dates]]\nuuid = \"ade2ca70-3891-5945-98fb-dc099432e06a\"\n",
    ),
    (
        "julia-1/Manifest.toml",
        "[[JSON]]\nuuid = \"682c06a0-de6a-54ab-a142-c8b1cf79cde6\"\nversion = \"0.20.0\"\n\n[[Dates]]\nuuid = \"ade2ca70-3891-5945-98fb-dc099432e06a\"\n",
    ),
    (
        "scala/build.sbt.lock",
        r#"{"lockVersion": 1, "dependencies": [{"org": "org.typelevel", "name": "cats-core_2.12", "version": "2.9.0", "configurations": ["compile", "test"]}, {"org": "org.scalatest", "name": "scalatest_2.13", "version": "3.2.15", "configurations": ["test"]}]}"#,
    ),
    ("opt/java/openjdk/release", "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"17.0.9\"\n"),
    ("usr/local/go/VERSION", "go1.21.5\ntime 2023-11-29T21:21:46Z\n"),
    (
        "usr/local/include/python3.12/patchlevel.h",
        "/* x */\n#define PY_MAJOR_VERSION 3\n#define PY_VERSION      \"3.12.1\"\n",
    ),
    (
        "var/lib/rpmmanifest/container-manifest-2",
        "bash\t5.1.8-2.azl3\t1\t2\tMicrosoft Corporation\t(none)\t9\tx86_64\t0\tbash-5.1.8-2.azl3.src.rpm\nlibcrypt\t3.1-1\t1\t2\tMicrosoft Corporation\t1\t9\tx86_64\t1\topenssl-3.1-1.src.rpm\n",
    ),
    (
        "usr/share/bottlerocket/application-inventory.json",
        r#"{"Content": [{"Name": "glibc", "Version": "2.43", "Release": "1.br1", "Epoch": "1", "Architecture": "x86_64"}]}"#,
    ),
];

#[test]
fn each_format_gives_its_packages() {
    let found = inventory(SAMPLES);
    insta::assert_snapshot!(lines(&found), @r"
    requests 2.25.0 conda/environment.yml
    toolchain 1.21.5 usr/local/go/VERSION
    org.typelevel:cats-core_2.12 2.9.0 scala/build.sbt.lock
    bash 5.1.8-2.azl3 var/lib/rpmmanifest/container-manifest-2
    glibc 1:2.43-1.br1 usr/share/bottlerocket/application-inventory.json
    libcrypt 1:3.1-1 var/lib/rpmmanifest/container-manifest-2
    jason 1.4.0 elixir/mix.lock
    http 0.13.5 dart/pubspec.lock
    github.com/Alamofire/Alamofire 5.6.1 swift-2/Package.resolved
    github.com/apple/swift-nio 2.41.0 swift-1/Package.resolved
    AppCenter 4.2.0 ios/Podfile.lock
    AppCenter/Core 4.2.0 ios/Podfile.lock
    GoogleUtilities/NSData+zlib 7.5.2 ios/Podfile.lock
    openssl 3.0.3 conan-2/conan.lock
    zlib 1.2.12 conan-1/conan.lock
    bzip2 1.0.8 conda/environment.yml
    pip 22.2.2 opt/conda/conda-meta/pip-22.2.2-py38_0.json
    Dates 1.9.0 julia/Manifest.toml
    JSON 0.20.0 julia-1/Manifest.toml
    JSON 0.21.4 julia/Manifest.toml
    openjdk 17.0.9 opt/java/openjdk/release
    python 3.12.1 usr/local/include/python3.12/patchlevel.h
    ");
    let purls: Vec<&str> = found.packages.iter().map(|package| package.purl.as_str()).collect();
    insta::assert_snapshot!(purls.join("\n"), @r"
    pkg:pypi/requests@2.25.0
    pkg:golang/toolchain@1.21.5
    pkg:maven/org.typelevel/cats-core_2.12@2.9.0
    pkg:rpm/bash@5.1.8-2.azl3?arch=x86_64&upstream=bash-5.1.8-2.azl3.src.rpm
    pkg:rpm/glibc@2.43-1.br1?arch=x86_64&epoch=1
    pkg:rpm/libcrypt@3.1-1?arch=x86_64&epoch=1&upstream=openssl-3.1-1.src.rpm
    pkg:hex/jason@1.4.0
    pkg:pub/http@0.13.5
    pkg:swift/github.com/Alamofire/Alamofire@5.6.1
    pkg:swift/github.com/apple/swift-nio@2.41.0
    pkg:cocoapods/AppCenter@4.2.0
    pkg:cocoapods/AppCenter@4.2.0#Core
    pkg:cocoapods/GoogleUtilities@7.5.2#NSData%2Bzlib
    pkg:conan/openssl@3.0.3
    pkg:conan/zlib@1.2.12
    pkg:conda/bzip2@1.0.8
    pkg:conda/pip@22.2.2
    pkg:julia/Dates@1.9.0?uuid=ade2ca70-3891-5945-98fb-dc099432e06a
    pkg:julia/JSON@0.20.0?uuid=682c06a0-de6a-54ab-a142-c8b1cf79cde6
    pkg:julia/JSON@0.21.4?uuid=682c06a0-de6a-54ab-a142-c8b1cf79cde6
    pkg:generic/openjdk@17.0.9
    pkg:generic/python@3.12.1
    ");
}

#[test]
fn other_files_of_those_names_say_nothing() {
    for (path, text) in [
        ("app/Manifest.toml", "name = \"x\"\nbroken ="),
        ("app/environment.yml", "region: eu\nother: [1, 2"),
        ("opt/java/release", "nothing here"),
        ("src/go/VERSION", "1.2.3"),
        ("usr/include/python3/patchlevel.h", "#define PY_VERSION_HEX 0x0"),
    ] {
        let found = inventory(&[(path, text)]);
        assert!(found.packages.is_empty() && found.problems.is_empty(), "{path}: {found:?}");
    }
}

#[test]
fn damaged_files_are_findings_with_their_place() {
    let found = inventory(&[
        ("a/conan.lock", "{\n  \"version\": }"),
        ("b/pubspec.lock", "packages:\n  a: [1"),
        ("c/mix.lock", "%{\n  \"a\": {:hex, nonsense},\n}"),
        ("d/Podfile.lock", "PODS:\n  - broken\n"),
        ("var/lib/rpm/rpmdb.sqlite", "SQLite format 3\0 and nothing more"),
        ("var/lib/rpm/Packages", "nothing"),
        ("usr/lib/sysimage/rpm/Packages.db", "RpmP"),
    ]);
    let told: Vec<String> = found
        .damaged
        .iter()
        .map(|finding| {
            let place = finding.position.map_or(String::new(), |at| format!(":{}:{}", at.line, at.column));
            format!("{}{place} {}", finding.location.path, finding.evidence.as_deref().unwrap_or_default())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    a/conan.lock:2:14 not the JSON of a conan.lock: expected value at line 2 column 14
    b/pubspec.lock:2:6 not the YAML of a pubspec.lock: error: line 2 column 6: expected mapping start
    c/mix.lock:2:1 the line is no dependency of a mix.lock; it is skipped
    d/Podfile.lock:2:1 the line is no pod with its version; it is skipped
    usr/lib/sysimage/rpm/Packages.db a damaged rpm database: its header is cut off; 0 packages could be read
    var/lib/rpm/Packages a damaged rpm database: it does not start as a Berkeley DB hash table does; 0 packages could be read
    var/lib/rpm/rpmdb.sqlite a damaged rpm database: its page size of 8289 bytes is none of SQLite's; 0 packages could be read
    ");
    assert_eq!(found.damaged.len(), found.problems.len());
}

#[test]
fn deep_nesting_is_refused() {
    for (path, open, close) in [
        ("app/package-lock.json", "{\"a\":", ""),
        ("app/conan.lock", "[", "]"),
        ("app/pubspec.lock", "[", "]"),
        ("app/pom.xml", "<a>", "</a>"),
        ("app/Cargo.lock", "a = [", "]"),
    ] {
        let text = open.repeat(20_000) + &close.repeat(20_000);
        let found = read(&[File::new(path, text.as_bytes())]);
        assert_eq!(found.packages, [], "{path}");
    }
    let text = format!(
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">{}",
        "<components><component>".repeat(20_000)
    );
    assert!(seawall_inventory::sbom::read(text.as_bytes()).is_err());
    let closed = text + &"</component></components>".repeat(20_000) + "</bom>";
    assert!(seawall_inventory::sbom::read(closed.as_bytes()).is_err());
    assert!(seawall_inventory::sbom::read("{\"bomFormat\":".repeat(20_000).as_bytes()).is_err());
}
