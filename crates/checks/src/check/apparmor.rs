//! `pod-apparmor`: the AppArmor profile switched off or swapped.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, text};

pub(super) const CHECK: Check = Check {
    id: "pod-apparmor",
    aliases: &["KSV-0002"],
    severity: Severity::Medium,
    title: "AppArmor switched off",
    why: "On AppArmor systems the runtime's profile keeps a container from the node's /proc and /sys and from mounting; `Unconfined` gives that up.",
    fix: "Use the runtime's profile, or one of your own on the node:\n  securityContext:\n    appArmorProfile: {type: RuntimeDefault}",
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
        "https://kubernetes.io/docs/tutorials/security/apparmor/",
    ],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// The annotation (until 1.29 the only way, still read), a container's name behind.
const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for setting in context.settings("appArmorProfile") {
        let kind = text(setting.value.get("type"));
        if !matches!(kind, "RuntimeDefault" | "Localhost") {
            hits.push(Hit::new(
                format!("{}/type", setting.pointer),
                format!("{} has the AppArmor profile `{kind}`", setting.who),
            ));
        }
    }
    for annotation in context.annotations() {
        let value = annotation.value;
        let allowed = matches!(value, "" | "runtime/default") || value.starts_with("localhost/");
        if annotation.name.starts_with(PREFIX) && !allowed {
            let message = format!("annotation `{}` is `{value}`", annotation.name);
            hits.push(Hit::new(annotation.pointer, message));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn field_and_annotation() {
        let text = "kind: Pod
metadata:
  name: p
  annotations:
    container.apparmor.security.beta.kubernetes.io/c: unconfined
    container.apparmor.security.beta.kubernetes.io/d: localhost/shop
spec:
  securityContext: {appArmorProfile: {type: Unconfined}}
  containers:
  - name: c
    securityContext: {appArmorProfile: {type: RuntimeDefault}}
";
        assert_eq!(
            super::super::tests::run("pod-apparmor", text),
            [
                "8:39 medium Pod p: the pod has the AppArmor profile `Unconfined`",
                "5:5 medium Pod p: annotation `container.apparmor.security.beta.kubernetes.io/c` is `unconfined`",
            ]
        );
    }
}
