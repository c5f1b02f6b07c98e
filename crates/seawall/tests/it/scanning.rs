//! What is looked for in images, folders and repositories, and where they come from.

use seawall_image::Platform;
use seawall_image::assemble::{Config, Layer, assemble};
use serde_json::Value;

use crate::home::Home;
use crate::server::{Server, vulnerable};

const KEY: &str = "aws_secret_access_key = \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYzR4qT8vWm2\"\n";

fn tar(items: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in items {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn layer(line: &str, items: &[(&str, &[u8])]) -> Layer {
    Layer::from_tar(line, &tar(items)).unwrap()
}

/// The report of a scan that goes well.
fn report(home: &Home, arguments: &[&str]) -> Value {
    let ran = home.run(&[&["scan"], arguments, &["--format", "json", "--no-ledger"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn ids<'a>(report: &'a Value, kind: &str) -> Vec<&'a str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().filter(|f| f["kind"] == kind).map(|f| f["id"].as_str().unwrap()).collect()
}

#[test]
fn a_secret_is_found_in_the_layer_that_a_later_one_cleans_up() {
    let home = Home::new();
    let lockfile = br#"{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.15"}}}"#;
    let layers = vec![
        layer("COPY . .", &[("app/settings.ini", KEY.as_bytes()), ("app/package-lock.json", lockfile)]),
        layer("RUN rm settings.ini", &[("app/.wh.settings.ini", b"")]),
    ];
    assemble(&Config::default(), layers).unwrap().write_layout(&home.path("layout")).unwrap();
    let first = report(&home, &["image", "--input", "layout"]);
    assert_eq!(ids(&first, "secret").len(), 1);
    assert!(ids(&first, "vulnerability").contains(&"CVE-2020-8203"));
    let secret = first["findings"].as_array().unwrap().iter().find(|f| f["kind"] == "secret").unwrap();
    assert_eq!(secret["location"]["layer"]["created_by"], "COPY . .");
    assert!(secret["title"].as_str().unwrap().contains("deleted in a later layer"), "{secret}");
    assert!(!first.to_string().contains("wJalrXUtnFEMI"), "the secret itself is shown");

    // Again, of the cache; then other things are looked for.
    let mut again = report(&home, &["image", "--input", "layout"]);
    again["scanned_at"] = first["scanned_at"].clone();
    assert_eq!(again, first);
    let vuln = report(&home, &["image", "--input", "layout", "--scanners", "vuln"]);
    assert!(ids(&vuln, "secret").is_empty() && !ids(&vuln, "vulnerability").is_empty());
    let secret = report(&home, &["image", "--input", "layout", "--scanners", "secret"]);
    assert!(!ids(&secret, "secret").is_empty() && ids(&secret, "vulnerability").is_empty());
}

#[test]
fn folders_and_commits_are_looked_into_alike() {
    let home = Home::new();
    std::fs::create_dir(home.path("app")).unwrap();
    home.write("app/settings.ini", KEY);
    home.write("app/yarn.lock", "# yarn lockfile v1\n\nlodash@^4.17.0:\n  version \"4.17.15\"\n");
    let folder = report(&home, &["fs", "app"]);
    assert_eq!(ids(&folder, "secret").len(), 1);
    assert!(ids(&folder, "vulnerability").contains(&"CVE-2020-8203"));

    let git = |arguments: &[&str]| {
        let status = std::process::Command::new("git")
            .arg("-C")
            .arg(home.path("app"))
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(arguments)
            .status();
        assert!(status.unwrap().success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=one"]);
    git(&["tag", "v1"]);
    git(&["rm", "--quiet", "settings.ini", "yarn.lock"]);
    git(&["commit", "--quiet", "--allow-empty", "--message=two"]);
    let old = report(&home, &["repo", "app", "--ref", "v1"]);
    assert_eq!(old["subject"]["type"], "repository");
    assert!(ids(&old, "vulnerability").contains(&"CVE-2020-8203"));
    let new = report(&home, &["repo", "app"]);
    assert!(ids(&new, "vulnerability").is_empty());
    assert_eq!(home.run(&["scan", "repo", "app", "--ref", "v2"]).code, Some(2));
}

#[test]
fn a_bomb_is_refused_with_the_flag_that_lets_it_through() {
    let home = Home::new();
    let zeros = vec![0; 100 << 20];
    let layers = vec![layer("RUN make", &[("zeros", &zeros)])];
    assemble(&Config::default(), layers).unwrap().write_layout(&home.path("layout")).unwrap();
    let told = home.run(&["scan", "image", "--input", "layout", "--no-ledger"]);
    assert_eq!(told.code, Some(3));
    assert!(
        told.stderr.contains("times its size") && told.stderr.contains("--max-unpacked-size"),
        "{}",
        told.stderr
    );
    report(&home, &["image", "--input", "layout", "--max-unpacked-size", "200MiB"]);
    let told =
        home.run(&["scan", "image", "--input", "layout", "--no-ledger", "--max-unpacked-size", "much"]);
    assert_eq!(told.code, Some(2));
}

#[test]
fn every_platform_has_a_report_of_its_own() {
    let home = Home::new();
    let mut manifests = Vec::new();
    for architecture in ["amd64", "arm64"] {
        let platform: Platform = format!("linux/{architecture}").parse().unwrap();
        let config = Config { platform, ..Config::default() };
        let image = assemble(&config, vec![layer("COPY", &[("a", architecture.as_bytes())])]).unwrap();
        image.write_layout(&home.path("layout")).unwrap();
        let index = std::fs::read(home.path("layout/index.json")).unwrap();
        let mut index: Value = serde_json::from_slice(&index).unwrap();
        let mut manifest = index["manifests"][0].take();
        manifest["platform"] = serde_json::json!({"os": "linux", "architecture": architecture});
        manifests.push(manifest);
    }
    let index = serde_json::json!({"schemaVersion": 2, "manifests": manifests});
    home.write("layout/index.json", &index.to_string());
    let all = ["scan", "image", "--input", "layout", "--no-ledger", "--platform", "all", "--format", "json"];
    assert_eq!(home.run(&all).code, Some(2), "they would write over one another");
    let ran = home.run(&[&all[..], &["-o", "report-{platform}.json"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for architecture in ["amd64", "arm64"] {
        let report = std::fs::read(home.path(&format!("report-linux-{architecture}.json"))).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["subject"]["platform"], format!("linux/{architecture}"));
    }
}

#[test]
fn what_the_base_image_brought_is_told() {
    let home = Home::new();
    let package = |name: &str, version: &str| {
        format!(r#"{{"lockfileVersion":3,"packages":{{"node_modules/{name}":{{"version":"{version}"}}}}}}"#)
    };
    let below = || layer("COPY base", &[("base/package-lock.json", package("lodash", "4.17.15").as_bytes())]);
    let above = layer("COPY app", &[("app/package-lock.json", package("minimist", "1.2.0").as_bytes())]);
    let server = Server::of(&assemble(&Config::default(), vec![below()]).unwrap(), |_| None);
    assemble(&Config::default(), vec![below(), above]).unwrap().write_layout(&home.path("layout")).unwrap();
    let told = report(&home, &["image", "--input", "layout", "--base", &server.image()]);
    let base = |name: &str| {
        let packages = told["packages"].as_array().unwrap();
        let found = packages.iter().find(|package| package["name"] == name).unwrap();
        found["location"]["layer"]["base"] == true
    };
    assert!(base("lodash") && !base("minimist"));

    vulnerable().write_layout(&home.path("other")).unwrap();
    let other = report(&home, &["image", "--input", "other", "--base", &server.image()]);
    let problems = other["problems"].to_string();
    assert!(problems.contains("is not built on"), "{problems}");
}

#[test]
fn an_image_is_taken_from_this_host() {
    let home = Home::new();
    vulnerable().write_layout(&home.path("layout")).unwrap();
    let at = home.path("storage");
    let at = at.display();
    let copied = std::process::Command::new("skopeo")
        .args(["copy", "--quiet", "--insecure-policy"])
        .arg(format!("oci:{}", home.path("layout").display()))
        .arg(format!("containers-storage:[vfs@{at}/root+{at}/run]localhost/shop:1.0"))
        .output();
    if !copied.is_ok_and(|output| output.status.success()) {
        return; // skopeo is not here, or stores nothing here
    }
    let told = report(&home, &["image", "shop:1.0", "--from", &format!("podman:{at}/root")]);
    assert!(ids(&told, "vulnerability").contains(&"CVE-2020-8203"));
    let told =
        home.run(&["scan", "image", "shop:2.0", "--from", &format!("podman:{at}/root"), "--no-ledger"]);
    assert_eq!(told.code, Some(2), "{}", told.stderr);
    assert!(told.stderr.contains("it has localhost/shop:1.0"), "{}", told.stderr);
    assert_eq!(home.run(&["scan", "image", "shop", "--from", "runc"]).code, Some(2));
}

#[test]
fn eight_scans_at_once_share_the_cache() {
    let home = Home::new();
    vulnerable().write_layout(&home.path("layout")).unwrap();
    let arguments = ["scan", "image", "--input", "layout", "--no-ledger", "--format", "json"];
    let started: Vec<_> = (0..8)
        .map(|_| {
            home.command(&arguments)
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for scan in started {
        let output = scan.wait_with_output().unwrap();
        assert!(output.status.success());
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(ids(&told, "vulnerability").contains(&"CVE-2020-8203"));
    }
}

#[test]
fn hygiene_is_looked_for_where_it_is_asked_for() {
    let home = Home::new();
    let layers = vec![layer(
        "RUN make",
        &[
            ("usr/bin/curl", b"\x7fELF"),
            ("etc/passwd", b"root::0:0:root:/root:/bin/sh\n"),
            ("app/.env", b"A=b\n"),
        ],
    )];
    assemble(&Config::default(), layers).unwrap().write_layout(&home.path("layout")).unwrap();
    assert!(ids(&report(&home, &["image", "--input", "layout"]), "hygiene").is_empty());
    let asked = ["image", "--input", "layout", "--scanners", "vuln,secret,hygiene"];
    let first = report(&home, &asked);
    let found = ids(&first, "hygiene");
    assert!(found.len() >= 3, "{found:?}");
    let placed = |path: &str| {
        let findings = first["findings"].as_array().unwrap();
        findings
            .iter()
            .any(|f| f["location"]["path"] == path && f["location"]["layer"]["created_by"] == "RUN make")
    };
    assert!(placed("app/.env"), "{first}");
    assert!(first["looked_for"].as_array().unwrap().contains(&"hygiene".into()));
    assert_eq!(ids(&report(&home, &asked), "hygiene"), found, "of the cache");
}
