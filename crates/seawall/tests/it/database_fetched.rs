//! The advisory database over the network: dumps from servers that stumble, artifacts out of a registry, deltas, its age.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use serde_json::json;

use crate::home::{Home, Ran};
use crate::parts::{PASSPHRASE, Registry};
use crate::server::{Server, cut, status};

const PASSWORD: [(&str, &str); 1] = [("SEAWALL_PASSWORD", PASSPHRASE)];

/// A dump of one advisory, with enough beside it that half of it is worth keeping.
fn dump(fixed: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("notes.txt", options).unwrap();
    zip.write_all(&vec![b'x'; 100_000]).unwrap();
    zip.start_file("GHSA-x.json", options).unwrap();
    let record = json!({
        "id": "GHSA-xxxx-xxxx-xxxx",
        "modified": "2026-11-24T00:00:00Z",
        "aliases": ["CVE-2026-1"],
        "affected": [{"package": {"ecosystem": "npm", "name": "left-pad"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}],
    });
    zip.write_all(record.to_string().as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

fn ok(ran: &Ran) -> String {
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    ran.stdout.clone() + &ran.stderr
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Cut in the middle, taken up there, and not fetched again while it stays the same.
#[test]
fn a_dump_is_taken_up_where_it_was_cut() {
    let (bytes, asked) = (dump("1.0.1"), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&asked);
    let server = Server::start(move |request| {
        if !request.uri().path().ends_with("/npm/all.zip") {
            return status(404);
        }
        counter.fetch_add(1, Ordering::Relaxed);
        if header(request, "if-none-match") == Some("\"one\"") {
            return status(304);
        }
        let tagged = |mut response: Response| {
            response.headers_mut().insert("etag", "\"one\"".parse().unwrap());
            response
        };
        let Some(range) = header(request, "range") else { return tagged(cut(&bytes)) };
        assert_eq!(header(request, "if-range"), Some("\"one\""));
        let from: usize = range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap();
        assert!(from > 0);
        let rest = bytes[from..].to_vec();
        let place = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
        let response = Response::builder().status(206).header("content-range", place);
        tagged(response.body(Body::from(rest)).unwrap())
    });
    let home = Home::bare();
    let url = format!("http://{}", server.host);
    let build = ["db", "build", "--osv", &url, "--ecosystem", "npm"];
    assert!(ok(&home.run(&build)).contains("npm: 1 advisories"));
    assert_eq!(asked.load(Ordering::Relaxed), 2, "one whole that was cut, one part");
    assert!(ok(&home.run(&build)).contains("npm: 1 advisories"));
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[test]
fn the_next_source_answers_and_a_failure_keeps_the_old_file() {
    let bytes = dump("1.0.1");
    let good = Server::start(move |request| match request.uri().path() {
        "/npm/all.zip" => Response::new(Body::from(bytes.clone())),
        "/kev.json" => Response::new(Body::from(r#"{"vulnerabilities":[{"cveID":"CVE-2026-1"}]}"#)),
        _ => status(404),
    });
    let bad = Server::start(|_| status(403));
    let [good, bad] = [&good, &bad].map(|server| format!("http://{}", server.host));
    let home = Home::new();
    let database = home.path("../data/seawall/advisories.db");
    let old = std::fs::read(&database).unwrap();
    let failed = home.run(&["db", "build", "--osv", &bad, "--ecosystem", "npm"]);
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    assert!(failed.stderr.contains("403") && failed.stderr.contains("stays as it was"), "{}", failed.stderr);
    assert!(std::fs::read(&database).unwrap() == old);
    let kev = format!("{good}/kev.json");
    let second = ["db", "build", "--osv", &bad, "--osv", &good, "--ecosystem", "npm", "--kev", &kev];
    let told = ok(&home.run(&second));
    assert!(told.contains("npm: 1 advisories") && told.contains("1 vulnerabilities are known"), "{told}");
}

#[test]
fn predictions_and_the_catalogue_are_named() {
    let home = Home::bare();
    std::fs::create_dir_all(home.path("osv/npm")).unwrap();
    std::fs::write(home.path("osv/npm/all.zip"), dump("1.0.1")).unwrap();
    home.write(
        "epss.csv",
        "#model_version:v1,score_date:2026-11-24T00:00:00Z\ncve,epss,percentile\nCVE-2026-1,0.5,0.9\n",
    );
    home.write("kev.json", r#"{"vulnerabilities":[{"cveID":"CVE-2026-1"}]}"#);
    home.write(
        "package-lock.json",
        r#"{"name":"x","lockfileVersion":3,"packages":{"node_modules/left-pad":{"version":"1.0.0"}}}"#,
    );
    let build =
        ["db", "build", "--osv", "osv", "--ecosystem", "npm", "--epss", "epss.csv", "--kev", "kev.json"];
    assert!(ok(&home.run(&build)).contains("1 vulnerabilities have an exploit prediction"));
    let report = home.run(&["--no-ledger", "scan", "fs", ".", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report.stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["id"], "CVE-2026-1", "{report}");
    assert_eq!(
        (finding["epss"]["probability"].as_f64(), finding["exploited"].as_bool()),
        (Some(0.5), Some(true))
    );
    assert!(finding["risk"].as_u64() >= Some(90));
}

#[test]
fn deltas_and_age() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("osv/npm")).unwrap();
    std::fs::write(home.path("osv/npm/all.zip"), dump("1.0.1")).unwrap();
    ok(&home.run(&["db", "build", "--osv", "osv", "--ecosystem", "npm", "--out", "new.db"]));
    let old = home.path("../data/seawall/advisories.db");
    ok(&home.run(&["db", "diff", old.to_str().unwrap(), "new.db", "--out", "delta"]));
    ok(&home.run(&["db", "apply", "delta"]));
    assert!(std::fs::read(&old).unwrap() == std::fs::read(home.path("new.db")).unwrap());
    let again = home.run(&["db", "apply", "delta"]);
    assert_eq!(again.code, Some(3), "{}", again.stderr);
    assert!(again.stderr.contains("another database"), "{}", again.stderr);
    ok(&home.run(&["--no-ledger", "--max-db-age", "1d", "scan", "fs", "."]));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let stale = home.run(&["--no-ledger", "--max-db-age", "1s", "scan", "fs", "."]);
    assert_eq!(stale.code, Some(3), "{}", stale.stderr);
    assert!(stale.stderr.contains("longer ago than the 1s"), "{}", stale.stderr);
}

#[test]
fn pushed_signed_and_pulled() {
    let Some(registry) = Registry::start() else { return };
    let home = Home::new();
    let run = |arguments: &[&str]| home.run_with(arguments, &PASSWORD);
    for name in ["team", "other"] {
        ok(&run(&["key", "generate", "--out", name]));
    }
    let database = home.path("../data/seawall/advisories.db");
    let whole = std::fs::read(&database).unwrap();
    let reference = format!("{}/seawall/advisories:v2", registry.host);
    ok(&run(&["db", "push", &reference, "--key", "team.key"]));
    ok(&run(&["db", "pull", &reference, "--key", "other.pub", "--key", "team.pub", "--out", "pulled.db"]));
    assert!(std::fs::read(home.path("pulled.db")).unwrap() == whole);
    // Somebody else's key, and an older one than the present: what is there stays.
    let nowhere = "127.0.0.1:1/seawall/advisories:v2";
    for (arguments, told) in [
        (["db", "pull", &reference, "--key", "other.pub"], "no signature by the given key"),
        (["db", "pull", &reference, "--key", "other.pub"], "stays as it was"),
    ] {
        let refused = run(&arguments);
        assert_eq!(refused.code, Some(3), "{}", refused.stderr);
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        assert!(std::fs::read(&database).unwrap() == whole);
    }
    ok(&run(&["db", "pull", nowhere, &reference, "--key", "team.pub"]));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    ok(&run(&["db", "build", "--osv", "built-in"]));
    let older = run(&["db", "pull", &reference, "--key", "team.pub"]);
    assert_eq!(older.code, Some(3), "{}", older.stderr);
    assert!(older.stderr.contains("the newer one stays"), "{}", older.stderr);
}
