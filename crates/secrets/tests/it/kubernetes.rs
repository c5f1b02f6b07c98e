//! Secret manifests in a repository.

use base64::Engine as _;
use seawall_secrets::{Options, Scanner};

use crate::corpus::{Dice, checked};

fn found(text: &str) -> Vec<(String, usize, String)> {
    let scanner = Scanner::new(Options::default()).unwrap();
    let findings = scanner.scan("apps/shop.yaml", text.as_bytes());
    findings.into_iter().map(|f| (f.id, f.position.unwrap().line, f.evidence.unwrap())).collect()
}

fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn values_are_decoded() {
    let token = checked(&mut Dice::new(1), "ghp_", 30);
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\ndata: {{a: b}}\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  user: {}\n  token: {}\n",
        encode("shop"),
        encode(&token),
    );
    insta::assert_debug_snapshot!(found(&text), @r#"
    [
        (
            "kubernetes-secret",
            6,
            "Secret shop: user, token",
        ),
        (
            "github-pat",
            11,
            "token: ghp_**** (its checksum holds)",
        ),
    ]
    "#);
}

#[test]
fn in_the_open_is_in_the_open() {
    for text in [
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: hunter2\n",
        "kind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: a\n  data:\n    p: aHVudGVyMg==\n",
        "kind: \"Secret\"\nstringData:\n  config.ini: |\n    [db]\n    password = hunter2\n",
        "{\"kind\": \"Secret\", \"metadata\": {\"name\": \"a\"}, \"data\": {\"p\": \"aHVudGVyMg==\"}}",
        "{\"kind\":\"List\",\"items\":[{\"kind\":\"Secret\",\"stringData\":{\"p\":\"hunter2\"}}]}",
    ] {
        let found = found(text);
        assert_eq!(
            found.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(),
            ["kubernetes-secret"],
            "{text}"
        );
    }
}

#[test]
fn what_is_encrypted_or_elsewhere_is_none() {
    // What kubeseal writes is longer than any password: an RSA-encrypted key comes first.
    let sealed = format!(
        "kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgBy3i4OJSWK{}\n",
        "x7Kq2mZ9vB4t".repeat(60)
    );
    for text in [
        sealed.as_str(),
        "kind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/service-account-token\n",
        "kind: Secret\nstringData:\n  password: {{ .Values.password | quote }}\n",
        "kind: Secret\nstringData:\n  password: ${PASSWORD}\n",
        "kind: Secret\ndata:\n  password: {{ .Values.password | b64enc }}\n",
        "kind: Secret\ndata:\n  p: ENC[AES256_GCM,data:x7Kq2mZ9vB4=,iv:q==,tag:q==,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:a]\n",
        "kind: ExternalSecret\nspec:\n  data:\n  - secretKey: password\n",
        "kind: Secret\ndata: {}\n",
        "# kind: Secret\ndata:\n  p: aHVudGVyMg==\n",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}
