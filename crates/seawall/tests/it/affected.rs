//! New advisories reach stored inventories.

use seawall_ledger::{Kind, Ledger as _, NewEntry, Sqlite};
use serde_json::json;

use crate::home::Home;
use crate::server::vulnerable;

#[tokio::test]
async fn an_advisory_names_the_digests_that_it_reaches_and_where_they_ran() {
    let home = Home::new();
    let shop = vulnerable();
    shop.write_layout(&home.path("layout")).unwrap();
    let scan = ["scan", "image", "--input", "layout", "--ledger", "ledger.db", "--format", "json"];
    assert_eq!(home.run(&scan).code, Some(0));
    let affected = |arguments: &[&str]| {
        let ran = home.run(&[&["affected", "--ledger", "ledger.db"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout
    };
    let digest = shop.digest.to_string();
    let told = affected(&["CVE-2020-8203"]);
    assert!(told.contains(&digest) && told.contains("1 digest is affected, 0 seen running"), "{told}");
    let unknown = home.run(&["affected", "CVE-2099-0001", "--ledger", "ledger.db"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stdout);
    assert!(unknown.stderr.contains("holds nothing called CVE-2099-0001"), "{}", unknown.stderr);

    let ledger = Sqlite::open(home.path("ledger.db")).await.unwrap();
    ledger
        .append(NewEntry {
            time: "2026-11-24T10:00:00Z".parse().unwrap(),
            digest: shop.digest.clone(),
            kind: Kind::Running,
            actor: "sensor on node-1".into(),
            summary: "runs in pod shop/web-1".into(),
            body: json!({}),
        })
        .await
        .unwrap();
    ledger.close().await;
    let told: serde_json::Value =
        serde_json::from_str(&affected(&["cve-2020-8203", "--format", "json"])).unwrap();
    assert_eq!(told[0]["digest"], digest);
    assert_eq!(told[0]["running"], json!([{"place": "pod shop/web-1", "time": "2026-11-24T10:00:00Z"}]));
    assert_eq!(told[0]["findings"][0]["package"]["name"], "lodash");

    // A database that knew it already makes nothing new of it; one that did not, does.
    let known = home.path("../data/seawall/advisories.db");
    let known = known.to_str().unwrap();
    assert!(affected(&["--since", known]).contains("no digest is affected"));
    std::fs::create_dir_all(home.path("osv/npm")).unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(home.path("osv/npm/all.zip")).unwrap());
    zip.start_file("GHSA-x.json", zip::write::SimpleFileOptions::default()).unwrap();
    let new = json!({
        "id": "GHSA-xxxx-xxxx-xxxx",
        "modified": "2026-11-24T00:00:00Z",
        "affected": [{"package": {"ecosystem": "npm", "name": "lodash"}, "versions": ["4.17.15"]}],
    });
    std::io::Write::write_all(&mut zip, new.to_string().as_bytes()).unwrap();
    zip.finish().unwrap();
    let built = home.run(&["db", "build", "--osv", "osv", "--out", "new.db", "--ecosystem", "npm"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let told = affected(&["--db", "new.db", "--since", known]);
    assert!(told.contains("GHSA-xxxx-xxxx-xxxx") && !told.contains("CVE-2020-8203"), "{told}");
}
