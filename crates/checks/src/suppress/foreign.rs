//! Ids of Checkov's, which people have in their files already.

/// Our ids (or aliases of one place) for an id of Checkov's; empty where there is none.
pub(super) fn checkov(id: &str) -> &'static [&'static str] {
    TABLE.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map_or(&[], |(_, ours)| *ours)
}

const TABLE: &[(&str, &[&str])] = &[
    ("CKV_K8S_8", &["probe-liveness"]),
    ("CKV_K8S_9", &["probe-readiness"]),
    ("CKV_K8S_10", &["resources-cpu-request"]),
    ("CKV_K8S_11", &["resources-cpu-limit"]),
    ("CKV_K8S_12", &["resources-memory-request"]),
    ("CKV_K8S_13", &["resources-memory-limit"]),
    ("CKV_K8S_14", &["image-tag-latest"]),
    ("CKV_K8S_16", &["pod-privileged"]),
    ("CKV_K8S_17", &["KSV-0010"]),
    ("CKV_K8S_18", &["KSV-0008"]),
    ("CKV_K8S_19", &["KSV-0009"]),
    ("CKV_K8S_20", &["pod-privilege-escalation"]),
    ("CKV_K8S_21", &["metadata-default-namespace"]),
    ("CKV_K8S_22", &["container-writable-root"]),
    ("CKV_K8S_23", &["pod-run-as-root", "pod-root-user"]),
    ("CKV_K8S_25", &["pod-capabilities"]),
    ("CKV_K8S_26", &["pod-host-port"]),
    ("CKV_K8S_27", &["KSV-0006"]),
    ("CKV_K8S_28", &["pod-capabilities-drop"]),
    ("CKV_K8S_29", &["container-default-security"]),
    ("CKV_K8S_30", &["container-default-security"]),
    ("CKV_K8S_31", &["pod-seccomp-profile"]),
    ("CKV_K8S_35", &["env-from-secret"]),
    ("CKV_K8S_37", &["pod-capabilities-drop"]),
    ("CKV_K8S_38", &["pod-service-account-token"]),
    ("CKV_K8S_40", &["identity-low-user"]),
    ("CKV_K8S_43", &["image-digest"]),
    ("CKV_K8S_49", &["rbac-wildcard"]),
    ("CKV_DOCKER_1", &["docker-expose-ssh"]),
    ("CKV_DOCKER_2", &["docker-healthcheck-none"]),
    ("CKV_DOCKER_3", &["docker-user-root"]),
    ("CKV_DOCKER_4", &["docker-add"]),
    ("CKV_DOCKER_5", &["docker-update-alone"]),
    ("CKV_DOCKER_6", &["docker-maintainer"]),
    ("CKV_DOCKER_7", &["docker-base-tag"]),
    ("CKV_DOCKER_8", &["docker-user-root"]),
    ("CKV_DOCKER_9", &["docker-apt"]),
    ("CKV_DOCKER_10", &["docker-workdir-relative"]),
    ("CKV_DOCKER_11", &["docker-stage-twice"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_check() {
        for (id, ours) in TABLE {
            assert!(ours.iter().all(|ours| crate::find(ours).is_some()), "{id}");
            assert_eq!(checkov(id), *ours);
        }
    }
}
