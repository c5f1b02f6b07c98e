//! The library that trivy's checks for Kubernetes import (`data.lib.kubernetes`), written anew from what its names mean.

use regorus::Engine;

const PACKAGE: &str = "data.lib.kubernetes";

const KUBERNETES: &str = r#"package lib.kubernetes

import rego.v1

default is_gatekeeper := false

is_gatekeeper if input.review.object

object := input.review.object if is_gatekeeper
object := input if not is_gatekeeper

default name := ""
name := object.metadata.name

default namespace := "default"
namespace := object.metadata.namespace

default kind := ""
kind := object.kind

workload_kinds := {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}

default is_pod := false
is_pod if kind == "Pod"

default is_cronjob := false
is_cronjob if kind == "CronJob"

default is_controller := false
is_controller if kind in workload_kinds

pods contains object if is_pod
pods contains object.spec.template if is_controller
pods contains object.spec.jobTemplate.spec.template if is_cronjob

pod_containers(pod) := array.concat(
	array.concat(object_get_list(pod, "containers"), object_get_list(pod, "initContainers")),
	object_get_list(pod, "ephemeralContainers"),
)

object_get_list(pod, field) := value if {
	value := pod.spec[field]
	is_array(value)
} else := []

containers contains container if {
	some pod in pods
	some container in pod_containers(pod)
}

volumes contains volume if {
	some pod in pods
	some volume in pod.spec.volumes
}

annotations contains annotation if {
	some pod in pods
	annotation := pod.metadata.annotations
}

host_networks contains pod.spec.hostNetwork if some pod in pods
host_pids contains pod.spec.hostPID if some pod in pods
host_ipcs contains pod.spec.hostIPC if some pod in pods
host_aliases contains pod.spec if some pod in pods

has_field(obj, field) if obj[field]

split_image(image) := [image, "latest"] if not contains(image, ":")

split_image(image) := [parts[0], parts[1]] if {
	parts := split(image, ":")
	count(parts) == 2
}

dropped_capability(container, capability) if container.securityContext.capabilities.drop[_] == capability
added_capability(container, capability) if container.securityContext.capabilities.add[_] == capability

no_read_only_filesystem(container) if not container.securityContext.readOnlyRootFilesystem

privilege_escalation_allowed(container) if not has_field(container, "securityContext")
privilege_escalation_allowed(container) if {
	has_field(container, "securityContext")
	object.get(container.securityContext, "allowPrivilegeEscalation", true) == true
}
"#;

/// Adds it where no module brings the package along.
pub(super) fn add_missing<'a>(engine: &mut Engine, mut packages: impl Iterator<Item = &'a str>) {
    if packages.all(|package| package != PACKAGE) {
        engine.set_rego_v0(false);
        // The text above is ours: the tests load it.
        let _ = engine.add_policy("lib/kubernetes.rego".to_owned(), KUBERNETES.to_owned());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_library_loads() {
        let mut engine = regorus::Engine::new();
        engine.add_policy("lib.rego".to_owned(), super::KUBERNETES.to_owned()).unwrap();
        let pod = r#"{"kind": "CronJob", "metadata": {"name": "n"}, "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "shop"}]}}}}}}"#;
        engine.set_input_json(pod).unwrap();
        let names = engine
            .eval_query("[c.name | some c in data.lib.kubernetes.containers]".to_owned(), false)
            .unwrap();
        assert_eq!(names.result[0].expressions[0].value.to_string(), r#"["a"]"#);
        assert_eq!(
            engine.eval_rule("data.lib.kubernetes.namespace".to_owned()).unwrap().to_string(),
            "\"default\""
        );
    }
}
