//! How container runtimes name the cgroups of their containers.

/// What the names of cgroups tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The container's id.
    pub id: String,
    /// The runtime, where the name tells it.
    pub runtime: Option<&'static str>,
    /// The pod's uid, where an upper cgroup tells it.
    pub pod_uid: Option<String>,
    /// Which of the names it was, from 0.
    pub level: usize,
}

/// Prefixes of systemd scopes, and what they are of.
const SCOPES: [(&str, &str); 6] = [
    ("cri-containerd-", "containerd"),
    ("docker-", "docker"),
    ("crio-", "cri-o"),
    ("libpod-", "podman"),
    ("nerdctl-", "containerd"),
    ("runc-", "runc"),
];

/// Finds the container in the names of a cgroup (first) and the cgroups above it. Only names with a whole id of 64 hex
/// digits, or a runtime's scope, are recognised; a plain name of runc's needs a look at its state (see [`plausible`]).
pub fn identify<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<Identity> {
    let mut above = names.clone();
    for (level, name) in names.enumerate() {
        above.next();
        let Some((id, runtime)) = container(name) else { continue };
        let parent = above.clone().next().unwrap_or_default();
        let runtime = runtime.or(match parent {
            "docker" => Some("docker"),
            "libpod_parent" => Some("podman"),
            _ => None,
        });
        return Some(Identity { id, runtime, pod_uid: above.clone().find_map(pod), level });
    }
    None
}

fn container(name: &str) -> Option<(String, Option<&'static str>)> {
    if is_id(name) {
        return Some((name.to_owned(), None));
    }
    if let Some(scope) = name.strip_suffix(".scope") {
        for (prefix, runtime) in SCOPES {
            if let Some(rest) = scope.strip_prefix(prefix) {
                // `runc --systemd-cgroup` keeps people's names; the others always use whole ids.
                if is_id(rest) || (runtime == "runc" && plausible(rest)) {
                    return Some((rest.to_owned(), Some(runtime)));
                }
            }
        }
        return None;
    }
    // CRI-O and podman with the cgroupfs driver keep the prefix.
    for (prefix, runtime) in &SCOPES[2..4] {
        if let Some(rest) = name.strip_prefix(prefix).filter(|rest| is_id(rest)) {
            return Some((rest.to_owned(), Some(*runtime)));
        }
    }
    None
}

/// `pod<uid>` (cgroupfs) or `kubepods[-<class>]-pod<uid with underscores>.slice` (systemd).
fn pod(name: &str) -> Option<String> {
    let uid = match name.strip_suffix(".slice") {
        Some(slice) => slice.strip_prefix("kubepods")?.rsplit_once("-pod")?.1.replace('_', "-"),
        None => name.strip_prefix("pod")?.to_owned(),
    };
    let good = uid.len() >= 32 && uid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    good.then_some(uid)
}

fn is_id(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Whether a name may be a container id that someone gave runc (its own rule: letters, digits, `_+-.`), and no unit of systemd.
pub(crate) fn plausible(name: &str) -> bool {
    let unit =
        [".service", ".slice", ".scope", ".mount", ".socket"].iter().any(|suffix| name.ends_with(suffix));
    !unit
        && !name.is_empty()
        && name != "."
        && name != ".."
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn found(names: &[&str]) -> Option<(Option<&'static str>, Option<String>, usize)> {
        let identity = identify(names.iter().copied())?;
        assert!(identity.id == ID || identity.id == "shop", "{}", identity.id);
        Some((identity.runtime, identity.pod_uid, identity.level))
    }

    #[test]
    fn names_of_the_runtimes() {
        let uid = "11111111-2222-3333-4444-555555555555";
        let pod = Some(uid.to_owned());
        let slice = format!("kubepods-burstable-pod{}.slice", uid.replace('-', "_"));
        assert_eq!(
            found(&[&format!("cri-containerd-{ID}.scope"), &slice, "kubepods-burstable.slice"]),
            Some((Some("containerd"), pod.clone(), 0))
        );
        assert_eq!(found(&[ID, &format!("pod{uid}"), "besteffort"]), Some((None, pod.clone(), 0)));
        assert_eq!(
            found(&["init.scope", &format!("docker-{ID}.scope"), "system.slice"]),
            Some((Some("docker"), None, 1))
        );
        assert_eq!(found(&[ID, "docker", ""]), Some((Some("docker"), None, 0)));
        assert_eq!(
            found(&["container", &format!("libpod-{ID}.scope"), "machine.slice"]),
            Some((Some("podman"), None, 1))
        );
        assert_eq!(found(&[&format!("crio-{ID}.scope"), &slice]), Some((Some("cri-o"), pod, 0)));
        assert_eq!(found(&["runc-shop.scope", "system.slice"]), Some((Some("runc"), None, 0)));
        assert_eq!(found(&[&format!("crio-conmon-{ID}.scope"), &slice]), None);
        assert_eq!(found(&["nginx.service", "system.slice", ""]), None);
    }

    #[test]
    fn plain_names() {
        assert!(plausible("shop-1"));
        assert!(!plausible("nginx.service") && !plausible("..") && !plausible("a/b") && !plausible(""));
    }
}
