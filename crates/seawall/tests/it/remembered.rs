//! What was verified before stands in while the registry cannot be asked, as long as the policy lets it.

use seawall_ledger::{Kind, Ledger as _, NewEntry, Sqlite};
use seawall_signing::{Algorithm, PrivateKey};
use serde_json::json;

use crate::home::Home;

const DIGEST: &str = "sha256:abababababababababababababababababababababababababababababababab";

async fn remember(home: &Home, key: &str, key_id: &str, hours_ago: i64) {
    let ledger = Sqlite::open(home.path("ledger.db")).await.unwrap();
    let signature = json!({"key": key, "key_id": key_id, "format": "bundle"});
    ledger
        .append(NewEntry {
            time: jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours_ago),
            digest: DIGEST.parse().unwrap(),
            kind: Kind::Admitted,
            actor: "webhook".into(),
            summary: "admitted".into(),
            body: json!({"signatures": [signature, "no signature"]}),
        })
        .await
        .unwrap();
    ledger.close().await;
}

#[tokio::test]
async fn a_registry_that_is_down_does_not_stop_what_was_verified() {
    let home = Home::new();
    let key = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
    std::fs::write(home.path("team.pub"), key.public().to_pem().unwrap()).unwrap();
    // Nothing listens there: it was bound and let go.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let image = format!("127.0.0.1:{port}/shop@{DIGEST}");
    let gate = |reference: &str, remember: &str| {
        home.write(
            "policy.yaml",
            &format!(
                "apiVersion: seawall.dev/v1alpha1\nkind: Policy\nmetadata: {{name: signed}}\nspec:\n  require:\n    - signature: {{keys: [team.pub]{remember}}}\n"
            ),
        );
        home.run(&["gate", reference, "--policy", "policy.yaml", "--ledger", "ledger.db"])
    };
    let refused = gate(&image, ", remember: 24h");
    assert_eq!(refused.code, Some(3), "nothing is remembered yet: {}", refused.stdout);

    remember(&home, "team.pub", "another key of that name", 1).await;
    assert_eq!(gate(&image, ", remember: 24h").code, Some(3));

    remember(&home, "team.pub", &key.public().id(), 2).await;
    let allowed = gate(&image, ", remember: 24h");
    assert_eq!(allowed.code, Some(0), "{}{}", allowed.stdout, allowed.stderr);
    assert!(allowed.stdout.contains("as the ledger remembers of"), "{}", allowed.stdout);
    assert_eq!(gate(&image, "").code, Some(3), "a policy that lets nothing be remembered");
    assert_eq!(gate(&image, ", remember: 1h").code, Some(3), "too long ago");
    // What was let through by memory does not renew the memory.
    assert_eq!(gate(&image, ", remember: 1h").code, Some(3));
    assert_eq!(
        gate(&format!("127.0.0.1:{port}/shop:1.0"), ", remember: 24h").code,
        Some(3),
        "a tag may move"
    );
}

#[tokio::test]
async fn an_identity_is_remembered_as_a_key_is() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/judges/sigstore-bundles/public-good-trusted_root.json");
    let Ok(root) = std::fs::read(&path) else {
        crate::rules::skipped(&path);
        return;
    };
    let home = Home::new();
    std::fs::write(home.path("root.json"), root).unwrap();
    home.write(
        "policy.yaml",
        "apiVersion: seawall.dev/v1alpha1\nkind: Policy\nmetadata: {name: signed}\nspec:\n  require:\n    - signature: {identities: [{subject: 'https://ci.example.com/shop', issuer: 'https://token.example.com', trustedRoot: root.json}], remember: 24h}\n",
    );
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let image = format!("127.0.0.1:{port}/shop@{DIGEST}");
    let gate = || home.run(&["gate", &image, "--policy", "policy.yaml", "--ledger", "ledger.db"]).code;
    let name = "https://ci.example.com/shop by https://token.example.com";
    remember(&home, name, "somebody else", 1).await;
    assert_eq!(gate(), Some(3));
    remember(&home, name, name, 1).await;
    assert_eq!(gate(), Some(0));
}
