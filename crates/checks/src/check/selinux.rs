//! `pod-selinux`: an SELinux label other than a container's.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, text};

pub(super) const CHECK: Check = Check {
    id: "pod-selinux",
    aliases: &[
        "KSV-0025",
        "EKS_INVALID_SELINUXOPTIONS_TYPE_VALUE",
        "EKS_INVALID_SELINUXOPTIONS_USER_VALUE",
        "EKS_INVALID_SELINUXOPTIONS_ROLE_VALUE",
    ],
    severity: Severity::Medium,
    title: "Changes its SELinux label",
    why: "The label is what keeps containers and the node apart on SELinux systems; another type (spc_t), user or role takes that wall down.",
    fix: "Remove `type`, `user` and `role`; a `level` is fine:\n  securityContext:\n    seLinuxOptions: {level: \"s0:c123,c456\"}",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// Each field that may not be set freely, and Datree's id for it.
const FIELDS: &[(&str, &str)] = &[
    ("type", "EKS_INVALID_SELINUXOPTIONS_TYPE_VALUE"),
    ("user", "EKS_INVALID_SELINUXOPTIONS_USER_VALUE"),
    ("role", "EKS_INVALID_SELINUXOPTIONS_ROLE_VALUE"),
];

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for setting in context.settings("seLinuxOptions") {
        for (field, alias) in FIELDS {
            let value = text(setting.value.get(field));
            let allowed = match value {
                "" => true,
                "container_t" | "container_init_t" | "container_kvm_t" => *field == "type",
                "container_engine_t" => *field == "type" && context.since(31),
                _ => false,
            };
            if !allowed {
                hits.push(
                    Hit::new(
                        format!("{}/{field}", setting.pointer),
                        format!("{} sets the SELinux {field} `{value}`", setting.who),
                    )
                    .known_as(&["KSV-0025", alias]),
                );
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn types_users_roles() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  securityContext: {seLinuxOptions: {type: container_engine_t, level: 's0:c1'}}
  containers:
  - name: c
    securityContext: {seLinuxOptions: {type: spc_t, user: container_t, role: ''}}
";
        assert_eq!(
            super::super::tests::run("pod-selinux", text),
            [
                "7:40 medium Pod p: container `c` sets the SELinux type `spc_t`",
                "7:53 medium Pod p: container `c` sets the SELinux user `container_t`",
            ]
        );
        let document = &crate::documents("p.yaml", text).unwrap()[0];
        let found = |minor| crate::pod_security(crate::Profile::Baseline, Some((1, minor)), document).len();
        assert_eq!((found(30), found(31)), (3, 2));
    }
}
