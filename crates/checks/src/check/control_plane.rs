//! Flags of the control plane's own pods (static pods, hosted control planes), after the CIS benchmark.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, list};

/// One check for each program; each flag is a row of [`FLAGS`] with its id in other tools.
pub(super) const CHECKS: &[Check] = &[
    program(
        "control-plane-api-server",
        "The API server is not set up as it should be",
        &[
            "KCV-0001", "KCV-0002", "KCV-0004", "KCV-0005", "KCV-0006", "KCV-0007", "KCV-0008", "KCV-0009",
            "KCV-0010", "KCV-0011", "KCV-0012", "KCV-0014", "KCV-0015", "KCV-0016", "KCV-0017", "KCV-0018",
            "KCV-0019", "KCV-0020", "KCV-0021", "KCV-0022", "KCV-0024", "KCV-0025", "KCV-0026", "KCV-0027",
            "KCV-0028", "KCV-0029", "KCV-0030",
        ],
        |context| run(context, "kube-apiserver"),
    ),
    program(
        "control-plane-controller-manager",
        "The controller manager is not set up as it should be",
        &["KCV-0033", "KCV-0034", "KCV-0035", "KCV-0036", "KCV-0037", "KCV-0038", "KCV-0039"],
        |context| run(context, "kube-controller-manager"),
    ),
    program(
        "control-plane-scheduler",
        "The scheduler is not set up as it should be",
        &["KCV-0040", "KCV-0041"],
        |context| run(context, "kube-scheduler"),
    ),
    program(
        "control-plane-etcd",
        "etcd is not set up as it should be",
        &["KCV-0042", "KCV-0043", "KCV-0044", "KCV-0045", "KCV-0046", "KCV-0047"],
        |context| run(context, "etcd"),
    ),
];

const fn program(
    id: &'static str,
    title: &'static str,
    aliases: &'static [&'static str],
    run: fn(&Context<'_>) -> Vec<Hit>,
) -> Check {
    Check {
        id,
        aliases,
        severity: Severity::Low,
        title,
        why: "Whoever reaches the control plane has every node and secret: its doors are closed by these flags.",
        fix: "Set the flag that the finding names, in the static pod's manifest:\n  command: [kube-apiserver, --anonymous-auth=false, --profiling=false]",
        references: &["https://www.cisecurity.org/benchmark/kubernetes"],
        run: Run::Pod(run),
        ..Check::BLANK
    }
}

/// What a flag should be.
enum Want {
    Set,
    Unset,
    /// This value, and not the default.
    Is(&'static str),
    /// Anything but this value; the default is fine.
    Not(&'static str),
    /// A list with this word.
    Has(&'static str),
    /// A list without this word.
    Lacks(&'static str),
    AtLeast(u64),
}

use Want::{AtLeast, Has, Is, Lacks, Not, Set, Unset};

/// Program, flag, what it should be, and Trivy's id. KCV-0003 and KCV-0013 are left out on purpose: the one asks for a
/// protection to be off, the other for plugins that Kubernetes 1.25 and 1.30 removed.
const FLAGS: &[(&str, &str, Want, &str)] = &[
    ("kube-apiserver", "anonymous-auth", Is("false"), "KCV-0001"),
    ("kube-apiserver", "token-auth-file", Unset, "KCV-0002"),
    ("kube-apiserver", "kubelet-https", Not("false"), "KCV-0004"),
    ("kube-apiserver", "kubelet-client-certificate", Set, "KCV-0005"),
    ("kube-apiserver", "kubelet-client-key", Set, "KCV-0005"),
    ("kube-apiserver", "kubelet-certificate-authority", Set, "KCV-0006"),
    ("kube-apiserver", "authorization-mode", Lacks("AlwaysAllow"), "KCV-0007"),
    ("kube-apiserver", "authorization-mode", Has("Node"), "KCV-0008"),
    ("kube-apiserver", "authorization-mode", Has("RBAC"), "KCV-0009"),
    ("kube-apiserver", "enable-admission-plugins", Has("EventRateLimit"), "KCV-0010"),
    ("kube-apiserver", "enable-admission-plugins", Lacks("AlwaysAdmit"), "KCV-0011"),
    ("kube-apiserver", "enable-admission-plugins", Has("AlwaysPullImages"), "KCV-0012"),
    ("kube-apiserver", "disable-admission-plugins", Lacks("ServiceAccount"), "KCV-0014"),
    ("kube-apiserver", "disable-admission-plugins", Lacks("NamespaceLifecycle"), "KCV-0015"),
    ("kube-apiserver", "enable-admission-plugins", Has("NodeRestriction"), "KCV-0016"),
    ("kube-apiserver", "secure-port", Not("0"), "KCV-0017"),
    ("kube-apiserver", "profiling", Is("false"), "KCV-0018"),
    ("kube-apiserver", "audit-log-path", Set, "KCV-0019"),
    ("kube-apiserver", "audit-log-maxage", AtLeast(30), "KCV-0020"),
    ("kube-apiserver", "audit-log-maxbackup", AtLeast(10), "KCV-0021"),
    ("kube-apiserver", "audit-log-maxsize", AtLeast(100), "KCV-0022"),
    ("kube-apiserver", "service-account-lookup", Not("false"), "KCV-0024"),
    ("kube-apiserver", "service-account-key-file", Set, "KCV-0025"),
    ("kube-apiserver", "etcd-certfile", Set, "KCV-0026"),
    ("kube-apiserver", "etcd-keyfile", Set, "KCV-0026"),
    ("kube-apiserver", "tls-cert-file", Set, "KCV-0027"),
    ("kube-apiserver", "tls-private-key-file", Set, "KCV-0027"),
    ("kube-apiserver", "client-ca-file", Set, "KCV-0028"),
    ("kube-apiserver", "etcd-cafile", Set, "KCV-0029"),
    ("kube-apiserver", "encryption-provider-config", Set, "KCV-0030"),
    ("kube-controller-manager", "terminated-pod-gc-threshold", Set, "KCV-0033"),
    ("kube-controller-manager", "profiling", Is("false"), "KCV-0034"),
    ("kube-controller-manager", "use-service-account-credentials", Is("true"), "KCV-0035"),
    ("kube-controller-manager", "service-account-private-key-file", Set, "KCV-0036"),
    ("kube-controller-manager", "root-ca-file", Set, "KCV-0037"),
    ("kube-controller-manager", "feature-gates", Lacks("RotateKubeletServerCertificate=false"), "KCV-0038"),
    ("kube-controller-manager", "bind-address", Is("127.0.0.1"), "KCV-0039"),
    ("kube-scheduler", "profiling", Is("false"), "KCV-0040"),
    ("kube-scheduler", "bind-address", Is("127.0.0.1"), "KCV-0041"),
    ("etcd", "cert-file", Set, "KCV-0042"),
    ("etcd", "key-file", Set, "KCV-0042"),
    ("etcd", "client-cert-auth", Is("true"), "KCV-0043"),
    ("etcd", "auto-tls", Not("true"), "KCV-0044"),
    ("etcd", "peer-cert-file", Set, "KCV-0045"),
    ("etcd", "peer-key-file", Set, "KCV-0045"),
    ("etcd", "peer-client-cert-auth", Is("true"), "KCV-0046"),
    ("etcd", "peer-auto-tls", Not("true"), "KCV-0047"),
];

fn run(context: &Context<'_>, program: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in context.main() {
        let words = words(container.value);
        let runs = words.iter().any(|(_, word)| word.rsplit('/').next() == Some(program));
        // Not whoever only mentions it, such as a backup: flags are what such a program has.
        if !runs || !words.iter().any(|(_, word)| word.starts_with("--")) {
            continue;
        }
        for (_, flag, want, id) in FLAGS.iter().filter(|row| row.0 == program) {
            let found = value(&words, flag);
            let Some(problem) = wrong(want, found.map(|(_, value)| value)) else { continue };
            let place = found.map_or("command", |(place, _)| place);
            let what = format!("of {program}: `--{flag}` {problem}");
            hits.push(Context::container_hit(container, place, &what).known_as(&[id]));
        }
    }
    hits
}

/// The words of `command` and `args`, with their places; a shell's text is taken apart.
fn words(container: &Value) -> Vec<(String, &str)> {
    let mut words = Vec::new();
    for list_name in ["command", "args"] {
        for (index, word) in list(container, &format!("/{list_name}")).iter().enumerate() {
            let parts = word.as_str().unwrap_or_default().split_whitespace();
            words.extend(parts.map(|part| (format!("{list_name}/{index}"), part)));
        }
    }
    words
}

/// The value of a flag: `--flag=value`, `--flag value`, or `true` for a bare one. The last one counts.
fn value<'w>(words: &'w [(String, &'w str)], flag: &str) -> Option<(&'w str, &'w str)> {
    words.iter().enumerate().rev().find_map(|(index, (place, word))| {
        let rest = word.strip_prefix("--")?.strip_prefix(flag)?;
        let next = words.get(index + 1).map(|(_, word)| *word).filter(|word| !word.starts_with('-'));
        match rest.strip_prefix('=') {
            Some(value) => Some((place.as_str(), value)),
            None if rest.is_empty() => Some((place.as_str(), next.unwrap_or("true"))),
            None => None,
        }
    })
}

fn wrong(want: &Want, value: Option<&str>) -> Option<String> {
    let has = |word: &str| value.is_some_and(|value| value.split(',').any(|one| one.trim() == word));
    let problem = match want {
        Set if value.is_none_or(str::is_empty) => "is not set".to_owned(),
        Unset if value.is_some() => "is set".to_owned(),
        Is(wanted) if value != Some(wanted) => format!("should be {wanted}"),
        Not(bad) if value == Some(bad) => format!("is {bad}"),
        Has(word) if !has(word) => format!("does not name {word}"),
        Lacks(word) if has(word) => format!("names {word}"),
        AtLeast(least)
            if value.and_then(|value| value.parse().ok()).is_none_or(|value: u64| value < *least) =>
        {
            format!("should be {least} or more")
        }
        _ => return None,
    };
    Some(problem)
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;
    use super::*;

    #[test]
    fn flags_in_every_form() {
        let text = "kind: Pod\nmetadata: {name: s}\nspec:\n  containers:\n  - name: s\n    command: [/bin/sh, -c, 'exec kube-scheduler --profiling=true']\n    args: [--bind-address, 127.0.0.1]\n";
        assert_eq!(
            run("control-plane-scheduler", text),
            ["6:28 low Pod s: container `s` of kube-scheduler: `--profiling` should be false"]
        );
        assert!(run("control-plane-etcd", text).is_empty());
        let rows: std::collections::BTreeSet<_> = FLAGS.iter().map(|row| row.3).collect();
        let named: std::collections::BTreeSet<_> =
            CHECKS.iter().flat_map(|check| check.aliases).copied().collect();
        assert_eq!(rows, named);
    }
}
