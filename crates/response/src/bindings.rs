//! Which response for which rule.

use seawall_rules::{Alert, Priority};
use serde::{Deserialize, Serialize};

/// What can be done besides notifying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Kill the process.
    KillProcess,
    /// Stop the container.
    StopContainer,
    /// Delete the pod.
    DeletePod,
}

impl Action {
    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KillProcess => "kill-process",
            Self::StopContainer => "stop-container",
            Self::DeletePod => "delete-pod",
        }
    }
}

/// Alerts, and what is done about them. Of the criteria, all that are given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Binding {
    /// Names of rules, one of which it must be; none for any.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Tags, one of which the rule must have; none for any.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The least priority.
    #[serde(default)]
    pub min_priority: Option<Priority>,
    /// What is done.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Names of notifiers.
    #[serde(default)]
    pub notify: Vec<String>,
}

impl Binding {
    /// Whether the alert is meant.
    pub fn fits(&self, alert: &Alert) -> bool {
        (self.rules.is_empty() || self.rules.contains(&alert.rule))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| alert.tags.contains(tag)))
            && self.min_priority.is_none_or(|least| alert.priority >= least)
    }
}

/// All bindings. An alert gets what any of them asks for, each thing once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bindings(pub Vec<Binding>);

impl Bindings {
    /// The actions and the notifiers' names for an alert: actions in the order they are taken, names as configured.
    pub fn of(&self, alert: &Alert) -> (Vec<Action>, Vec<&str>) {
        let mut actions = Vec::new();
        let mut notify: Vec<&str> = Vec::new();
        for binding in self.0.iter().filter(|binding| binding.fits(alert)) {
            actions.extend(&binding.actions);
            for name in &binding.notify {
                if !notify.contains(&name.as_str()) {
                    notify.push(name);
                }
            }
        }
        actions.sort_unstable();
        actions.dedup();
        (actions, notify)
    }
}
