//! What was verified before stands in while the registry cannot be asked, as long as the policy lets it.

use seawall_ledger::{Kind, Ledger as _, NewEntry, Sqlite};
use seawall_signing::{Algorithm, PrivateKey};
use serde_json::json;

use crate::home::Home;

const DIGEST: &str = "sha256:abababababababababababababababababababababababababababababababab";

async fn remember(home: &Home, key_id: &str, hours_ago: i64) {
    let ledger = Sqlite::open(home.path("ledger.db")).await.unwrap();
    let signature = json!({"key": "team.pub", "key_id": key_id, "format": "bundle"});
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

    remember(&home, "another key of that name", 1).await;
    assert_eq!(gate(&image, ", remember: 24h").code, Some(3));

    remember(&home, &key.public().id(), 2).await;
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
