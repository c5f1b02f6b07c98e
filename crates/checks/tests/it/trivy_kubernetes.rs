//! Trivy's Kubernetes examples: `good-N` gives no finding of that check, `bad-N` at least one.

use seawall_checks::{check, documents};

use crate::judge;

/// A case we answer otherwise, and why.
const DISAGREEMENTS: &[(&str, &str)] = &[(
    "KSV-0022/bad-0.yaml",
    "adds NET_BIND_SERVICE only, which the Pod Security Standards allow in both levels",
)];

#[test]
fn examples() {
    let Some(root) = judge::folder("trivy-checks/examples/kubernetes") else { return };
    let (mut total, mut wrong) = (0, Vec::new());
    for file in judge::files(&root) {
        let id = judge::parent_name(&file);
        let text = std::fs::read_to_string(&file).unwrap();
        let bad = judge::name(&file).starts_with("bad");
        let found = documents("f.yaml", &text).unwrap().iter().flat_map(check).collect::<Vec<_>>();
        let named = found.iter().any(|finding| finding.aliases.contains(&id));
        total += 1;
        if named != bad {
            wrong.push(format!("{id}/{}", judge::name(&file)));
        }
    }
    judge::compare("Trivy's Kubernetes examples", total, &wrong, DISAGREEMENTS);
}

/// Every check of the catalogue that concerns manifests has one here; those that do not are listed with the reason.
#[test]
fn catalogue() {
    const OTHERS: &[(&str, &str)] = &[
        ("KCV-0003", "asks for a protection (DenyServiceExternalIPs) to be off"),
        ("KCV-0013", "asks for plugins that Kubernetes 1.25 and 1.30 removed"),
    ];
    let Some(file) = judge::folder("trivy-checks/catalogue.json") else { return };
    let catalogue: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let ids = catalogue.as_array().unwrap().iter().filter_map(|one| one["id"].as_str());
    let mut missing = Vec::new();
    let mut total = 0;
    for id in ids {
        let Some((kind, number)) = id.split_once('-') else { continue };
        let number: u32 = number.parse().unwrap_or_default();
        // From 48 to 92 Trivy asks for the permissions of files and the flags of kubelets on a node: its node collector's
        // object, no manifest.
        let on_node = kind == "KCV" && (48..=92).contains(&number);
        if !matches!(kind, "KSV" | "KCV" | "KUBE" | "DS")
            || on_node
            || OTHERS.iter().any(|(other, _)| *other == id)
        {
            continue;
        }
        total += 1;
        if seawall_checks::find(id).is_none() {
            missing.push(id.to_owned());
        }
    }
    judge::compare("Trivy's catalogue for manifests and Dockerfiles", total, &missing, &[]);
}
