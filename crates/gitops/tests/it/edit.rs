//! One file at a time.

use proptest::prelude::*;
use seawall_gitops::{Rewritten, Target, rewrite};

use crate::repository::{DEPLOYMENT, DIGEST, KUSTOMIZATION};

fn edit(path: &str, text: &str) -> Rewritten {
    let target = Target::new("registry.example.com/shop", "1.1", DIGEST.parse().unwrap()).unwrap();
    rewrite(path, text.as_bytes(), &target)
}

/// The new text, or the notes where nothing changed.
fn new(path: &str, text: &str) -> String {
    let found = edit(path, text);
    match found.bytes {
        Some(bytes) => String::from_utf8(bytes).unwrap().replace(DIGEST, "DIGEST"),
        None => format!("unchanged {:?} {:?}", found.already, found.notes),
    }
}

#[test]
fn every_workload_kind_and_every_kind_of_container() {
    let text = r#"{"apiVersion": "v1", "kind": "List", "items": [
{"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"image": "registry.example.com/shop"}]}}}}}},
{"apiVersion": "v1", "kind": "Pod", "spec": {"ephemeralContainers": [{"image": "registry.example.com/shop@sha256:00"}], "volumes": [{"image": {"reference": "registry.example.com/shop:1.0"}}]}}
]}
"#;
    insta::assert_snapshot!(new("list.json", text), @r#"
    {"apiVersion": "v1", "kind": "List", "items": [
    {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"image": "registry.example.com/shop:1.1@DIGEST"}]}}}}}},
    {"apiVersion": "v1", "kind": "Pod", "spec": {"ephemeralContainers": [{"image": "registry.example.com/shop:1.1@DIGEST"}], "volumes": [{"image": {"reference": "registry.example.com/shop:1.1@DIGEST"}}]}}
    ]}
    "#);
    let rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {labels: {x: &base 'registry.example.com/shop:1.0'}}\nspec:\n  template:\n    spec:\n      containers:\n        - image: >-\n            registry.example.com/shop:1.0\n        - image: &shop registry.example.com/shop:1.0\n        - image: *shop\n        - image: *base\n";
    insta::assert_snapshot!(new("rollout.yaml", rollout), @r"
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {labels: {x: &base 'registry.example.com/shop:1.1@DIGEST'}}
    spec:
      template:
        spec:
          containers:
            - image: >-
                registry.example.com/shop:1.0
            - image: &shop registry.example.com/shop:1.1@DIGEST
            - image: *shop
            - image: *base
    ");
    let several = "---\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: registry.example.com/shop:é}, {image: registry.example.com/shop:0}]}\n...\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  pod.yaml: |\n    image: registry.example.com/shop:1.0\n  image: registry.example.com/shop:1.0\n  ümläut: ok\n---\nkind: Pod\napiVersion: v1\nspec:\n  containers:\n  - image: registry.example.com/shop:2\n";
    insta::assert_snapshot!(new("several.yaml", several), @r"
    ---
    apiVersion: v1
    kind: Pod
    spec: {containers: [{image: registry.example.com/shop:1.1@DIGEST}, {image: registry.example.com/shop:1.1@DIGEST}]}
    ...
    ---
    apiVersion: v1
    kind: ConfigMap
    data:
      pod.yaml: |
        image: registry.example.com/shop:1.0
      image: registry.example.com/shop:1.0
      ümläut: ok
    ---
    kind: Pod
    apiVersion: v1
    spec:
      containers:
      - image: registry.example.com/shop:1.1@DIGEST
    ");
}

#[test]
fn near_names_stay() {
    let pod = |image: &str| format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {image}\n");
    for image in [
        "registry.example.com/shop-admin:1.0",
        "registry.example.com/shop/admin:1.0",
        "registry.example.com/team/shop:1.0",
        "registry.example.com:5000/shop:1.0",
        "registry.example.org/shop:1.0",
        "shop:1.0",
        "my-registry.example.com/shop:1.0",
    ] {
        assert_eq!(edit("pod.yaml", &pod(image)).bytes, None, "{image}");
    }
    let target = Target::new("docker.io/library/nginx", "1.27", DIGEST.parse().unwrap()).unwrap();
    let bytes = rewrite("pod.yaml", pod("nginx:1.25").as_bytes(), &target).bytes.unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), pod(&format!("nginx:1.27@{DIGEST}")));
}

#[test]
fn kustomizations_in_all_their_forms() {
    insta::assert_snapshot!(new("kustomization.yaml", KUSTOMIZATION), @r#"
    resources:
    - ../../base
    images:
      - name: registry.example.com/shop
        newTag: "1.1" # promoted by Seawall
        digest: DIGEST
      - name: registry.example.com/shop-admin
        newTag: "1.0"
    "#);
    let forms = "images:\n- digest: sha256:00\n  name: registry.example.com/shop\n- name: shop\n  newName: registry.example.com/shop # renamed\n- {name: registry.example.com/shop, newTag: 1.0}\n- name: registry.example.com/shop\n  newName: mirror.example.com/shop\n  newTag: '1.0'\n- newTag: v1\n  name: registry.example.com/shop\n  digest: 'sha256:00'\n";
    insta::assert_snapshot!(new("overlay/kustomization.yml", forms), @r#"
    images:
    - digest: DIGEST
      name: registry.example.com/shop
      newTag: "1.1"
    - name: shop
      newName: registry.example.com/shop # renamed
      newTag: "1.1"
      digest: DIGEST
    - {name: registry.example.com/shop, newTag: "1.1", digest: DIGEST}
    - name: registry.example.com/shop
      newName: mirror.example.com/shop
      newTag: '1.0'
    - newTag: "1.1"
      name: registry.example.com/shop
      digest: 'DIGEST'
    "#);
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  images:\n    - name: registry.example.com/shop\n      newTag: \"1.0\"";
    insta::assert_snapshot!(new("clusters/shop.yaml", flux), @r#"
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    spec:
      images:
        - name: registry.example.com/shop
          newTag: "1.1"
          digest: DIGEST
    "#);
    let json = r#"{"images": [{"name": "registry.example.com/shop", "newTag": "1.0"}, {"name": "registry.example.com/shop"}]}"#;
    insta::assert_snapshot!(new("kustomization.yaml", json), @r#"{"images": [{"name": "registry.example.com/shop", "newTag": "1.1", "digest": "DIGEST"}, {"name": "registry.example.com/shop", "newTag": "1.1", "digest": "DIGEST"}]}"#);
    let once = new("kustomization.yaml", KUSTOMIZATION).replace("DIGEST", DIGEST);
    insta::assert_snapshot!(new("kustomization.yaml", &once), @r"unchanged [4] []");
}

#[test]
fn templates_and_broken_files_are_told() {
    for text in [
        "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}}\nspec:\n  containers:\n  - image: registry.example.com/shop:1.0\n",
        "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: registry.example.com/shop:1.0\n{{- end }}\n",
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: \"{{ .Values.image }}\"\n  - image: registry.example.com/shop:1.0\n",
    ] {
        assert_eq!(new("t.yaml", text), "unchanged [] [\"t.yaml: a template, skipped\"]");
    }
    // Braces within content are no template.
    let alert = "# {{ not }} a template\napiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {text: \"{{ $value }} of {{ $labels.pod }}\"} # {{ x }}\nspec:\n  containers:\n  - image: registry.example.com/shop:1.0\n";
    assert!(edit("t.yaml", alert).bytes.is_some());
    let found = edit("t.yaml", "apiVersion: [\nimage: registry.example.com/shop:1.0\n");
    assert!(
        found.bytes.is_none() && found.notes[0].starts_with("t.yaml: not YAML, skipped:"),
        "{:?}",
        found.notes
    );
    assert_eq!(edit("values.yaml", "containers:\n- image: registry.example.com/shop:1.0\n").bytes, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let target = Target::new("registry.example.com/shop", "1.1", DIGEST.parse().unwrap()).unwrap();
        let _ = rewrite("a.yaml", &bytes, &target);
        let _ = rewrite("kustomization.yaml", &bytes, &target);
    }

    /// Whatever is put between, everything but the references stays, byte for byte, and a second time changes nothing.
    #[test]
    fn everything_else_stays(at in 0..DEPLOYMENT.len(), noise in "[ #\\r\\n'\":\\[\\]{},&*|>éa-]{0,6}") {
        for (path, text) in [("a.yaml", DEPLOYMENT), ("kustomization.yaml", KUSTOMIZATION)] {
            let at = at.min(text.len());
            let text = format!("{}{noise}{}", &text[..at], &text[at..]);
            let Some(bytes) = edit(path, &text).bytes else { continue };
            let new = String::from_utf8(bytes).unwrap();
            let (old_lines, new_lines): (Vec<_>, Vec<_>) = (text.split('\n').collect(), new.split('\n').collect());
            if path == "a.yaml" {
                prop_assert_eq!(old_lines.len(), new_lines.len());
                for (old, new) in old_lines.iter().zip(&new_lines).filter(|(old, new)| old != new) {
                    let (head, rest) = new.split_once("registry.example.com/shop:1.1@").unwrap();
                    prop_assert!(old.starts_with(head) && old.ends_with(rest.strip_prefix(DIGEST).unwrap()), "{old} {new}");
                }
            } else {
                let kept = new_lines.iter().filter(|line| old_lines.contains(line)).count();
                prop_assert!(kept + 2 >= old_lines.len(), "{new}");
            }
            prop_assert_eq!(edit(path, &new).changes, vec![]);
        }
    }
}
