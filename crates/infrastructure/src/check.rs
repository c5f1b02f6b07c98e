//! The checks, and how they run.
//!
//! A check is one row of a table in `check/`: the id, other tools' id of the same thing (all its spellings are in
//! `names.txt`), the texts, and what it looks at. Most name a type, a path and what is wanted there; the rest have a small
//! function beside the table.

mod aws_access;
mod aws_alarms;
mod aws_compute;
mod aws_data;
mod aws_edge;
mod aws_network;
mod aws_queue;
mod aws_storage;
mod azure_app;
mod azure_data;
mod azure_platform;
mod google_access;
mod google_cluster;
mod google_compute;
mod google_data;
mod nifcloud;
mod others;
mod policy;
mod serverless;
mod want;
mod words;

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use seawall_findings::Severity;

pub(crate) use want::Want;

use crate::value::Value;
use crate::{At, Graph, Resource};

/// One thing that is looked for, and what people need to know about it.
#[derive(Debug)]
pub struct Check {
    /// Stable id, as policies and exceptions name it.
    pub id: &'static str,
    /// Trivy's ids of the same thing, separated by spaces: `AWS-0040`.
    peers: &'static str,
    /// How bad.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What an attacker gains by it, or what is lost.
    pub why: &'static str,
    /// How to fix it, with an example.
    pub fix: &'static str,
    look: Look,
}

/// What a check looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    /// One attribute of every resource of some types.
    Value(&'static [&'static str], &'static str, Want),
    /// Every resource of some types.
    Each(&'static [&'static str], fn(&Resource, &mut Hits<'_>)),
    /// All resources of a root together.
    Whole(fn(&mut Hits<'_>)),
}

/// A table of checks of one subject.
pub(crate) struct Table {
    checks: &'static [Check],
    /// Where its provider says more.
    reference: &'static str,
}

/// A row of a table.
pub(crate) const fn row(
    id: &'static str,
    peers: &'static str,
    severity: Severity,
    title: &'static str,
    why: &'static str,
    fix: &'static str,
    look: Look,
) -> Check {
    Check { id, peers, severity, title, why, fix, look }
}

static TABLES: &[&Table] = &[
    &aws_access::TABLE,
    &aws_alarms::TABLE,
    &aws_compute::TABLE,
    &aws_data::TABLE,
    &aws_edge::TABLE,
    &aws_network::TABLE,
    &aws_queue::TABLE,
    &aws_storage::TABLE,
    &serverless::TABLE,
    &azure_app::TABLE,
    &azure_data::TABLE,
    &azure_platform::TABLE,
    &google_access::TABLE,
    &google_cluster::TABLE,
    &google_compute::TABLE,
    &google_data::TABLE,
    &nifcloud::TABLE,
    &others::TABLE,
];

/// Other tools' names, by Trivy's id.
static NAMES: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    include_str!("check/names.txt")
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.collect()))
        })
        .collect()
});

impl Check {
    /// Every name that other tools have for it: `AWS-0040`, `AVD-AWS-0040`, `aws-eks-no-public-cluster-access`,
    /// `CKV_AWS_39`.
    pub fn aliases(&self) -> Vec<String> {
        let mut found = Vec::new();
        for peer in self.peers.split(' ').filter(|peer| !peer.is_empty()) {
            found.push(peer.to_owned());
            found.push(format!("AVD-{peer}"));
            found.extend(NAMES.get(peer).into_iter().flatten().map(|name| (*name).to_owned()));
        }
        found
    }

    /// True for its id and for every name of [`Check::aliases`], letter case aside.
    pub fn is(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name)
            || self.aliases().iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// All checks, in the order of the tables.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    TABLES.iter().flat_map(|table| table.checks)
}

/// The types of resources that a check of one type of its own looks at.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    checks()
        .filter_map(|check| match check.look {
            Look::Value(kinds, ..) | Look::Each(kinds, _) => Some(kinds),
            Look::Whole(_) => None,
        })
        .flatten()
        .copied()
        .chain(WHOLE)
}

/// Types that only checks of whole graphs look at.
const WHOLE: [&str; 21] = [
    "aws_security_group",
    "aws_security_group_rule",
    "aws_network_acl",
    "aws_network_acl_rule",
    "aws_ecr_repository_policy",
    "aws_sqs_queue_policy",
    "aws_athena_database",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_acl",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_flow_log",
    "aws_api_gateway_domain_name",
    "azurerm_network_security_group",
    "azurerm_network_security_rule",
    "azurerm_mssql_server",
    "google_bigquery_dataset",
    "google_storage_bucket_iam_member",
    "google_storage_bucket_iam_binding",
    "google_compute_disk",
];

/// The check of an id, or of another tool's name for it.
pub fn find(name: &str) -> Option<&'static Check> {
    checks().find(|check| check.is(name))
}

/// One place where a check holds.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) check: &'static Check,
    pub(crate) reference: &'static str,
    pub(crate) at: At,
    /// The address and place of the resource.
    pub(crate) resource: Option<(String, At)>,
    pub(crate) message: String,
}

/// Where a check puts what it finds, with all there is to look at.
pub(crate) struct Hits<'a> {
    pub(crate) graph: &'a Graph,
    /// For certificates: the day of the scan.
    pub(crate) today: Option<Date>,
    found: Vec<Hit>,
    check: &'static Check,
    reference: &'static str,
}

impl Hits<'_> {
    /// Something wrong with a value of a resource.
    pub(crate) fn add(&mut self, resource: &Resource, value: &Value, message: impl Into<String>) {
        self.found.push(Hit {
            check: self.check,
            reference: self.reference,
            at: value.at,
            resource: Some((resource.address.clone(), resource.at)),
            message: message.into(),
        });
    }

    /// Something wrong with a resource as a whole.
    pub(crate) fn on(&mut self, resource: &Resource, message: impl Into<String>) {
        self.add(resource, &resource.body, message);
    }

    /// What is wanted of the value at a path.
    pub(crate) fn want(&mut self, resource: &Resource, path: &str, want: Want) {
        self.want_of(resource, &resource.get(path), path, want);
    }

    /// What is wanted of a value.
    pub(crate) fn want_of(&mut self, resource: &Resource, value: &Value, path: &str, want: Want) {
        if let Some(message) = want.complaint(value, path) {
            self.add(resource, value, message);
        }
    }
}

/// Runs all checks over one root.
pub(crate) fn run(graph: &Graph, today: Option<Date>) -> Vec<Hit> {
    let mut found = Vec::new();
    for table in TABLES {
        for check in table.checks {
            let mut hits = Hits { graph, today, found, check, reference: table.reference };
            match check.look {
                Look::Value(kinds, path, want) => {
                    for resource in graph.of_any(kinds) {
                        hits.want(resource, path, want);
                    }
                }
                Look::Each(kinds, look) => {
                    for resource in graph.of_any(kinds) {
                        look(resource, &mut hits);
                    }
                }
                Look::Whole(look) => look(&mut hits),
            }
            found = hits.found;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_texts_are_complete() {
        let mut ids: Vec<&str> = checks().map(|check| check.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "an id is used twice");
        for check in checks() {
            assert!(!check.title.is_empty() && !check.why.is_empty() && check.fix.len() > 10, "{}", check.id);
            assert!(!check.title.ends_with('.'), "{}", check.id);
            for peer in check.peers.split(' ').filter(|peer| !peer.is_empty()) {
                assert!(NAMES.contains_key(peer), "{}: {peer} has no names", check.id);
            }
        }
    }

    #[test]
    fn other_tools_names_are_understood() {
        for name in [
            "eks-public-endpoint",
            "AWS-0040",
            "avd-aws-0040",
            "aws-eks-no-public-cluster-access",
            "CKV_AWS_39",
        ] {
            assert_eq!(find(name).map(|check| check.id), Some("eks-public-endpoint"), "{name}");
        }
    }
}
