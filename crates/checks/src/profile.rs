//! Named sets of checks.

/// A named set of checks, after the Pod Security Standards
/// (<https://kubernetes.io/docs/concepts/security/pod-security-standards/>).
///
/// They are close to the standard but not exactly it yet: controls that have no check here (seccomp, AppArmor, SELinux,
/// procMount, sysctls, volume types, dropping all capabilities) are not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing that is a known way to the node.
    Baseline,
    /// Baseline, and hardened: not root, no way to gain privileges.
    Restricted,
}

const BASELINE: &[&str] =
    &["pod-privileged", "pod-host-namespaces", "pod-host-path", "pod-capabilities", "pod-host-port"];
const RESTRICTED: &[&str] = &[
    "pod-privileged",
    "pod-host-namespaces",
    "pod-host-path",
    "pod-capabilities",
    "pod-host-port",
    "pod-privilege-escalation",
    "pod-run-as-root",
];

impl Profile {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Baseline, Self::Restricted];

    /// Its name in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }

    /// By its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name)
    }

    /// The ids of its checks.
    pub fn checks(self) -> &'static [&'static str] {
        match self {
            Self::Baseline => BASELINE,
            Self::Restricted => RESTRICTED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_name_checks_that_exist() {
        for profile in Profile::ALL {
            assert_eq!(Profile::from_name(profile.as_str()), Some(profile));
            for id in profile.checks() {
                assert!(crate::find(id).is_some(), "{id}");
            }
        }
    }
}
