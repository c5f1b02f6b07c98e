//! The language formats, each by a sample of our own.

use std::io::Write as _;

use seawall_findings::{PackageType, Subject};
use seawall_inventory::{File, Inventory, cyclonedx, read};

use super::{STATUS, inventory, lines};

/// A file of each format.
pub(crate) const SAMPLES: &[(&str, &str)] = &[
    (
        "opt/venv/lib/python3.12/site-packages/jinja2-3.1.2.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: Jinja2\nVersion: 3.1.2\nLicense: BSD-3-Clause\nClassifier: License :: OSI Approved :: BSD License\n\nVersion: 9 is text\n",
    ),
    (
        "usr/local/lib/python3.12/site-packages/six.egg-info",
        "Metadata-Version: 1.1\nName: six\nVersion: 1.16.0\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n",
    ),
    (
        "poetry/poetry.lock",
        "[[package]]\nname = \"flask-login\"\nversion = \"0.6.2\"\noptional = false\ngroups = [\"main\"]\n\n[[package]]\nname = \"pytest\"\nversion = \"8.0.0\"\ngroups = [\"dev\"]\n\n[[package]]\nname = \"old\"\nversion = \"1.0\"\ncategory = \"dev\"\n",
    ),
    (
        "pipenv/Pipfile.lock",
        r#"{"_meta": {}, "default": {"urllib3": {"version": "==1.24.2"}, "own": {"path": "."}}, "develop": {"pytest": {"version": "==8.0.0"}}}"#,
    ),
    (
        "uv/uv.lock",
        "version = 1\n[[package]]\nname = \"shop\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"idna\" }]\n[package.dev-dependencies]\ndev = [{ name = \"ruff\" }]\n[[package]]\nname = \"idna\"\nversion = \"3.6\"\nsource = { registry = \"https://registry.example.com/simple\" }\n[[package]]\nname = \"ruff\"\nversion = \"0.1.0\"\nsource = { registry = \"https://registry.example.com/simple\" }\n",
    ),
    ("pylock/pylock.toml", "lock-version = \"1.0\"\n[[packages]]\nname = \"attrs\"\nversion = \"25.1.0\"\n"),
    ("pip/requirements.txt", "# pinned\nWerkzeug==2.0.0 ; python_version > '3'\nother>=1\n"),
    (
        "go/go.mod",
        "module example.com/shop\n\ngo 1.21\n\nrequire golang.org/x/net v0.7.0\nrequire (\n\tgithub.com/a/b v1.2.3 // indirect\n\tgithub.com/c/d/v2 v2.0.0+incompatible\n\texample.com/local v1.0.0\n)\nreplace github.com/a/b => github.com/fork/b v1.2.4\nreplace example.com/local => ../local\n",
    ),
    (
        "old-go/go.sum",
        "github.com/pkg/errors v0.8.0 h1:x=\ngithub.com/pkg/errors v0.8.1 h1:x=\ngithub.com/pkg/errors v0.8.1/go.mod h1:x=\n",
    ),
    (
        "rust/Cargo.lock",
        "version = 4\n[[package]]\nname = \"time\"\nversion = \"0.2.22\"\nsource = \"registry+https://registry.example.com/index\"\n[[package]]\nname = \"shop\"\nversion = \"0.1.0\"\n",
    ),
    (
        "ruby/Gemfile.lock",
        "GIT\n  remote: https://example.com/x.git\n  specs:\n    forked (0.1)\n\nPATH\n  remote: .\n  specs:\n    own (1.0)\n\nGEM\n  remote: https://registry.example.com/\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    rack (2.2.3)\n\nDEPENDENCIES\n  rack\n",
    ),
    (
        "usr/local/lib/ruby/gems/3.2.0/specifications/puma-5.6.4.gemspec",
        "# -*- encoding: utf-8 -*-\n# stub: puma 5.6.4 ruby lib\n\nGem::Specification.new do |s|\n  s.name = \"puma\".freeze\n  s.version = \"5.6.4\"\n  s.licenses = [\"BSD-3-Clause\".freeze]\nend\n",
    ),
    (
        "php/composer.lock",
        r#"{"packages": [{"name": "guzzlehttp/psr7", "version": "v1.8.3", "license": ["MIT"]}], "packages-dev": [{"name": "phpunit/phpunit", "version": "9.0.0"}]}"#,
    ),
    (
        "srv/vendor/composer/installed.json",
        r#"{"packages": [{"name": "twig/twig", "version": "3.4.2", "license": ["BSD-3-Clause"]}], "dev": false}"#,
    ),
    (
        "maven/pom.xml",
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><groupId>com.example</groupId><artifactId>shop</artifactId><version>1.0</version>\n<properties><jackson>2.9.1</jackson></properties>\n<dependencyManagement><dependencies><dependency><groupId>a.b</groupId><artifactId>c</artifactId><version>7</version></dependency></dependencies></dependencyManagement>\n<dependencies>\n<dependency><groupId>com.fasterxml.jackson.core</groupId><artifactId>jackson-databind</artifactId><version>${jackson}</version></dependency>\n<dependency><groupId>a.b</groupId><artifactId>c</artifactId></dependency>\n<dependency><groupId>${project.groupId}</groupId><artifactId>lib</artifactId><version>${project.version}</version></dependency>\n<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.12</version><scope>test</scope></dependency>\n<dependency><groupId>x</groupId><artifactId>y</artifactId><version>${unknown}</version></dependency>\n</dependencies></project>",
    ),
    (
        "gradle/gradle.lockfile",
        "# generated\ncom.google.guava:guava:29.0-jre=compileClasspath,runtimeClasspath\njunit:junit:4.12=testCompileClasspath\nempty=annotationProcessor\n",
    ),
    (
        "net/shop.deps.json",
        r#"{"libraries": {"Shop/1.0.0": {"type": "project"}, "Newtonsoft.Json/12.0.1": {"type": "package"}, "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.0": {"type": "runtimepack"}}}"#,
    ),
    (
        "net-lock/packages.lock.json",
        r#"{"version": 1, "dependencies": {"net8.0": {"Serilog": {"type": "Direct", "resolved": "3.1.1"}, "own": {"type": "Project"}}}}"#,
    ),
    (
        "net-old/packages.config",
        "<packages><package id=\"NLog\" version=\"4.5.0\" /><package id=\"Tool\" version=\"1.0\" developmentDependency=\"true\" /></packages>",
    ),
    (
        "net-props/Directory.Packages.props",
        "<Project><ItemGroup><PackageVersion Include=\"Dapper\" Version=\"2.0.0\" /><PackageVersion Include=\"X\" Version=\"$(V)\" /></ItemGroup></Project>",
    ),
    (
        "yarn/yarn.lock",
        "# yarn lockfile v1\n\n\"@babel/core@^7.0.0\", \"@babel/core@^7.1.0\":\n  version \"7.4.4\"\n  dependencies:\n    version \"1\"\n\nlocal@file:x:\n  version \"1.0.0\"\n\n\"wide@npm:string-width@^4.0.0\":\n  version \"4.2.0\"\n",
    ),
    (
        "berry/yarn.lock",
        "__metadata:\n  version: 8\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n\n\"debug@npm:4.3.4, debug@npm:^4.3.0\":\n  version: 4.3.4\n  resolution: \"debug@npm:4.3.4\"\n\n\"wide@npm:string-width@4\":\n  version: 4.2.1\n  resolution: \"string-width@npm:4.2.1\"\n",
    ),
    (
        "pnpm/pnpm-lock.yaml",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      promise:\n        specifier: 8.1.0\n        version: 8.1.0\n    devDependencies:\n      jquery:\n        specifier: 3.6.0\n        version: 3.6.0\npackages:\n  promise@8.1.0:\n    resolution: {integrity: x}\n  asap@2.0.6:\n    resolution: {integrity: x}\n  jquery@3.6.0:\n    resolution: {integrity: x}\nsnapshots:\n  promise@8.1.0:\n    dependencies:\n      asap: 2.0.6\n  asap@2.0.6: {}\n  jquery@3.6.0: {}\n",
    ),
    (
        "bun/bun.lock",
        "{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\"\": {\"dependencies\": {\"ms\": \"2\"}, \"devDependencies\": {\"chalk\": \"5\"},},},\n  \"packages\": {\n    \"ms\": [\"ms@2.1.2\", \"\", {}, \"sha512-x\"], // why\n    \"chalk\": [\"chalk@5.0.1\", \"\", {}, \"sha512-x\"],\n  }\n}\n",
    ),
];

/// An archive of the given entries.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A web archive with a jar of Maven, a shaded jar, and one that only its manifest and name tell of.
pub(crate) fn jar() -> Vec<u8> {
    let log4j = zip(&[
        ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n"),
        (
            "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties",
            b"version=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n",
        ),
    ]);
    let osgi = zip(&[(
        "META-INF/MANIFEST.MF",
        b"Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.commons.io\r\nBundle-Version: 2.6.0\r\n",
    )]);
    zip(&[
        ("WEB-INF/lib/log4j-core-2.14.1.jar", &log4j),
        ("WEB-INF/lib/commons-io-2.6.jar", &osgi),
        ("WEB-INF/lib/broken.jar", b"no zip"),
    ])
}

fn all() -> Inventory {
    inventory(SAMPLES)
}

#[test]
fn each_format_gives_its_packages() {
    insta::assert_snapshot!(lines(&all()), @r"
    @babel/core 7.4.4 yarn/yarn.lock
    asap 2.0.6 pnpm/pnpm-lock.yaml
    debug 4.3.4 berry/yarn.lock
    ms 2.1.2 bun/bun.lock
    promise 8.1.0 pnpm/pnpm-lock.yaml
    string-width 4.2.0 yarn/yarn.lock
    string-width 4.2.1 berry/yarn.lock
    Jinja2 3.1.2 opt/venv/lib/python3.12/site-packages/jinja2-3.1.2.dist-info/METADATA
    Werkzeug 2.0.0 pip/requirements.txt
    attrs 25.1.0 pylock/pylock.toml
    flask-login 0.6.2 poetry/poetry.lock
    idna 3.6 uv/uv.lock
    six 1.16.0 usr/local/lib/python3.12/site-packages/six.egg-info
    urllib3 1.24.2 pipenv/Pipfile.lock
    github.com/c/d/v2 v2.0.0+incompatible go/go.mod
    github.com/fork/b v1.2.4 go/go.mod
    golang.org/x/net v0.7.0 go/go.mod
    time 0.2.22 rust/Cargo.lock
    forked 0.1 ruby/Gemfile.lock
    nokogiri 1.15.4 ruby/Gemfile.lock
    puma 5.6.4 usr/local/lib/ruby/gems/3.2.0/specifications/puma-5.6.4.gemspec
    rack 2.2.3 ruby/Gemfile.lock
    guzzlehttp/psr7 v1.8.3 php/composer.lock
    twig/twig 3.4.2 srv/vendor/composer/installed.json
    a.b:c 7 maven/pom.xml
    com.example:lib 1.0 maven/pom.xml
    com.fasterxml.jackson.core:jackson-databind 2.9.1 maven/pom.xml
    com.google.guava:guava 29.0-jre gradle/gradle.lockfile
    Dapper 2.0.0 net-props/Directory.Packages.props
    Microsoft.NETCore.App.Runtime.linux-x64 8.0.0 net/shop.deps.json
    NLog 4.5.0 net-old/packages.config
    Newtonsoft.Json 12.0.1 net/shop.deps.json
    Serilog 3.1.1 net-lock/packages.lock.json
    ");
}

#[test]
fn archives_in_archives() {
    let bytes = jar();
    insta::assert_snapshot!(lines(&read(&[File::new("app/shop.war", &bytes)])), @r"
    org.apache.commons:commons-io 2.6 app/shop.war/WEB-INF/lib/commons-io-2.6.jar
    org.apache.logging.log4j:log4j-core 2.14.1 app/shop.war/WEB-INF/lib/log4j-core-2.14.1.jar
    ! app/shop.war/WEB-INF/lib/broken.jar: not a Java archive: invalid Zip archive: Could not find EOCD
    ");
    let mut nested = zip(&[("x", b"")]);
    for depth in 0..7 {
        nested = zip(&[(&format!("{depth}.jar"), &nested)]);
    }
    let found = read(&[File::new("deep.jar", &nested)]);
    assert!(found.problems[0].contains("too many archives in archives"), "{:?}", found.problems);
    let bomb = zip(&[("META-INF/MANIFEST.MF", &vec![b' '; 4 << 20])]);
    let found = read(&[File::new("bomb.jar", &bomb)]);
    assert!(found.problems[0].contains("unpacks to more than"), "{:?}", found.problems);
}

#[test]
fn the_written_form_gives_the_same_back() {
    let mut found = all();
    found.packages.extend(read(&[File::new("app/shop.war", &jar())]).packages);
    let subject = Subject::Directory { path: "shop".into() };
    let document = cyclonedx::write(&subject, &found, "").to_string();
    assert_eq!(cyclonedx::read(document.as_bytes()).unwrap(), found);
}

#[test]
fn what_is_installed_hides_what_is_locked() {
    let metadata = SAMPLES[0].1;
    let found = inventory(&[
        ("opt/venv/lib/python3.12/site-packages/jinja2-3.1.2.dist-info/METADATA", metadata),
        ("srv/requirements.txt", "jinja2==3.1.2\nidna==3.6\n"),
        ("srv/pylock.toml", "[[packages]]\nname = \"idna\"\nversion = \"3.6\"\n"),
    ]);
    insta::assert_snapshot!(lines(&found), @r"
    Jinja2 3.1.2 opt/venv/lib/python3.12/site-packages/jinja2-3.1.2.dist-info/METADATA
    idna 3.6 srv/requirements.txt
    ");
}

#[test]
fn what_a_distribution_brings_is_not_told_twice() {
    let metadata = SAMPLES[0].1;
    let own = "usr/lib/python3/dist-packages/jinja2-3.1.2.dist-info/METADATA";
    let local = "usr/local/lib/python3.11/dist-packages/jinja2-3.1.2.dist-info/METADATA";
    let on_debian = inventory(&[("var/lib/dpkg/status", STATUS), (own, metadata), (local, metadata)]);
    let python: Vec<&str> = on_debian
        .packages
        .iter()
        .filter(|package| package.kind == PackageType::PyPi)
        .map(|package| package.location.path.as_str())
        .collect();
    assert_eq!(python, [local]);
    let apk = "P:py3-jinja2\nV:3.1.2-r0\nA:x86_64\nF:usr/lib/python3.11/site-packages/jinja2-3.1.2.dist-info\nR:METADATA\n";
    let on_alpine = inventory(&[
        ("lib/apk/db/installed", apk),
        ("usr/lib/python3.11/site-packages/jinja2-3.1.2.dist-info/METADATA", metadata),
    ]);
    assert_eq!(on_alpine.packages.len(), 1);
}
