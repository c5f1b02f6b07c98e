//! The Pod Security Standards, version by version, as the API server's own admission decides them.

use seawall_findings::Finding;

use crate::check::{CHECKS, Context, pod_findings};
use crate::{Document, Profile};

/// A version of Kubernetes and of its standards: major, minor.
pub type Version = (u32, u32);

/// Newer than all: the standards as they are today.
pub const LATEST: Version = (u32::MAX, u32::MAX);

/// Which standard a check belongs to, and from which version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standard {
    /// The level that asks for it; what `baseline` asks for, `restricted` does as well.
    pub level: Profile,
    /// The first version that does.
    pub since: Version,
}

impl Standard {
    /// `baseline` from 1.`minor` on; for a check's registration.
    pub(crate) const fn baseline(minor: u32) -> Self {
        Self { level: Profile::Baseline, since: (1, minor) }
    }

    /// `restricted` from 1.`minor` on.
    pub(crate) const fn restricted(minor: u32) -> Self {
        Self { level: Profile::Restricted, since: (1, minor) }
    }

    /// True if a namespace of that level and version asks for it.
    pub fn applies(self, level: Profile, version: Version) -> bool {
        (self.level == level || self.level == Profile::Baseline) && version >= self.since
    }
}

/// What a version is called in `pod-security.kubernetes.io/enforce-version`: `latest` or `v1.31`. None for anything else.
pub fn version_from_name(name: &str) -> Option<Version> {
    if name == "latest" {
        return Some(LATEST);
    }
    let minor = name.strip_prefix("v1.")?;
    let plain = minor.bytes().all(|byte| byte.is_ascii_digit()) && (minor == "0" || !minor.starts_with('0'));
    minor.parse().ok().filter(|_| plain).map(|minor| (1, minor))
}

/// What a namespace with that level and version would refuse this object's pods for; empty if it takes them. Without a
/// version: `latest`.
///
/// A workload is judged by its template, as the API server does it for warnings. The object is taken as the API server
/// sees it after defaulting; what it refuses before (a pod that is not valid) is not looked at.
pub fn pod_security(level: Profile, version: Option<Version>, document: &Document) -> Vec<Finding> {
    let version = version.unwrap_or(LATEST);
    let Some(mut context) = Context::new(document) else { return Vec::new() };
    context.version = version;
    context.level = Some(level);
    let asked =
        |standard: Option<Standard>| standard.is_some_and(|standard| standard.applies(level, version));
    CHECKS
        .iter()
        .filter(|check| asked(check.standard))
        .flat_map(|check| pod_findings(check, &context, document))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_versions() {
        assert_eq!(version_from_name("latest"), Some(LATEST));
        assert_eq!(version_from_name("v1.0"), Some((1, 0)));
        assert_eq!(version_from_name("v1.31"), Some((1, 31)));
        for wrong in ["", "1.31", "v1", "v1.", "v1.031", "v1.+1", "v2.0", "v1.31.2"] {
            assert_eq!(version_from_name(wrong), None, "{wrong}");
        }
    }

    /// Where `restricted` replaces a control of `baseline` by its own, only its own counts.
    #[test]
    fn overridden_controls() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  os: {name: windows}
  securityContext: {runAsNonRoot: true, seccompProfile: {type: Unconfined}}
  containers:
  - name: c
    securityContext: {capabilities: {add: [SYS_ADMIN]}}
  volumes:
  - {name: v, emptyDir: {}, hostPath: {path: /}}
";
        let document = &crate::documents("p.yaml", text).unwrap()[0];
        let ids = |level, minor| {
            let found = pod_security(level, Some((1, minor)), document);
            found.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
        };
        assert_eq!(
            ids(Profile::Baseline, 25),
            ["pod-host-path", "pod-capabilities", "pod-seccomp-unconfined"]
        );
        assert!(ids(Profile::Restricted, 25).is_empty());
        assert_eq!(ids(Profile::Restricted, 18), ["pod-privilege-escalation", "pod-capabilities"]);
    }
}
