//! Real requests of every workload kind (`../shared/judges/admission-requests`): each is read, and the images found are
//! those of its container lists.

use std::path::Path;

use seawall_admission::review::{answer, parse};
use seawall_admission::{Decision, Endpoint};
use serde_json::Value;

use super::pin_all;

#[test]
fn all_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/judges/admission-requests");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: ../shared/judges/admission-requests is not there");
        return;
    };
    let mut lines = Vec::new();
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let body = std::fs::read(file.path()).unwrap();
        let request = parse(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut images: Vec<_> = request.images.iter().map(|image| image.image.clone()).collect();
        let mut expected = Vec::new();
        let review: Value = serde_json::from_slice(&body).unwrap();
        collect(&review["request"]["object"], &mut expected);
        images.sort();
        expected.sort();
        assert_eq!(images, expected, "{name}");
        let judged = matches!(request.decision, Decision::Judge);
        let judgement = judged.then(|| pin_all(&request));
        let answer = answer(&request, judgement.as_ref(), Endpoint::Mutate);
        assert_eq!(answer["response"]["allowed"], true, "{name}");
        assert_eq!(answer["apiVersion"], review["apiVersion"], "{name}");
        let decision = if judged { "judged" } else { "allowed" };
        lines.push(format!("{name}: {decision}, {} images, {}", images.len(), request.kind));
    }
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    02_pod.json: judged, 1 images, Pod
    03_replicaset.json: judged, 1 images, ReplicaSet
    04_cronjob.json: judged, 1 images, CronJob
    05_replication_controller.json: judged, 1 images, ReplicationController
    06_daemonset.json: judged, 1 images, DaemonSet
    07_statefulset.json: judged, 1 images, StatefulSet
    09_dply_multi_image.json: judged, 3 images, Deployment
    11_role.json: allowed, 0 images, Role
    13_unknown_parent.json: judged, 1 images, Pod
    17_deny_me_pod.json: judged, 1 images, Pod
    18_allow_me_pod.json: judged, 1 images, Pod
    20_pod_ephemeralcontainer.json: judged, 2 images, Pod
    23_alice_digest_dpl.json: judged, 1 images, Deployment
    28_deleted_deployment_updated.json: allowed, 1 images, Deployment
    29_deleted_deployment_update_for_delete.json: allowed, 1 images, Deployment
    "#);
}

/// Every `image` of every list whose name ends in `ontainers`.
fn collect(value: &Value, images: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "status" {
                    continue;
                }
                if let (true, Some(list)) = (key.ends_with("ontainers"), value.as_array()) {
                    images.extend(
                        list.iter().filter_map(|container| container["image"].as_str().map(str::to_owned)),
                    );
                }
                collect(value, images);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, images)),
        _ => {}
    }
}
