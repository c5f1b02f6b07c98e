//! Named sets of checks.

use crate::{CHECKS, LATEST};

/// A named set of checks, after the Pod Security Standards
/// (<https://kubernetes.io/docs/concepts/security/pod-security-standards/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing that is a known way to the node.
    Baseline,
    /// Baseline, and hardened: not root, no way to gain privileges.
    Restricted,
}

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

    /// The ids of its checks, in the latest version of the standard. That [`check`](crate::check) finds none of them says
    /// the same as [`pod_security`](crate::pod_security), for every pod that the API server takes as valid.
    pub fn checks(self) -> Vec<&'static str> {
        CHECKS
            .iter()
            .filter(|check| check.standard.is_some_and(|standard| standard.applies(self, LATEST)))
            .map(|check| check.id)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_checks() {
        for profile in Profile::ALL {
            assert_eq!(Profile::from_name(profile.as_str()), Some(profile));
        }
        assert_eq!(Profile::Baseline.checks().len(), 11);
        assert!(Profile::Baseline.checks().iter().all(|id| Profile::Restricted.checks().contains(id)));
        assert!(Profile::Restricted.checks().contains(&"pod-run-as-root"));
    }
}
