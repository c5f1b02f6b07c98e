//! How many notifications are let through.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde::Deserialize;

/// How many notifications are let through; each for one notifier.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// Of one rule within [`Limits::window_seconds`].
    pub per_rule: u32,
    /// The length of a window.
    pub window_seconds: u64,
    /// The same alert (rule, container, command) again within so many seconds is suppressed.
    pub repeat_seconds: u64,
    /// Notifications on their way or waiting; what comes on top is dropped and counted.
    pub queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_rule: 20, window_seconds: 60, repeat_seconds: 30, queue: 256 }
    }
}

/// Most groups and identities that are remembered; the oldest are forgotten first.
const MAX_REMEMBERED: usize = 10_000;

struct Window {
    begun: Instant,
    sent: u32,
}

/// Remembers what was let through to one notifier.
pub(crate) struct Limiter {
    limits: Limits,
    windows: HashMap<String, Window>,
    last: HashMap<String, Instant>,
    suppressed: HashMap<String, u64>,
    total: u64,
}

impl Limiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, windows: HashMap::new(), last: HashMap::new(), suppressed: HashMap::new(), total: 0 }
    }

    /// Lets a notification through, with how many of its group were suppressed since the last; or not.
    pub(crate) fn admit(&mut self, group: &str, identity: &str, now: Instant) -> Result<u64, &'static str> {
        let window = Duration::from_secs(self.limits.window_seconds);
        let repeat = Duration::from_secs(self.limits.repeat_seconds);
        if self.windows.len() + self.last.len() > MAX_REMEMBERED {
            self.windows.retain(|_, entry| now.duration_since(entry.begun) < window);
            self.last.retain(|_, at| now.duration_since(*at) < repeat);
            if self.windows.len() + self.last.len() > MAX_REMEMBERED {
                self.windows.clear();
                self.last.clear();
            }
        }
        if self.last.get(identity).is_some_and(|at| now.duration_since(*at) < repeat) {
            self.count(group);
            return Err("the same was sent just before");
        }
        let entry = self.windows.entry(group.to_owned()).or_insert(Window { begun: now, sent: 0 });
        if now.duration_since(entry.begun) >= window {
            *entry = Window { begun: now, sent: 0 };
        }
        if entry.sent >= self.limits.per_rule {
            self.count(group);
            return Err("too many of this rule");
        }
        entry.sent += 1;
        self.last.insert(identity.to_owned(), now);
        Ok(self.suppressed.remove(group).unwrap_or(0))
    }

    fn count(&mut self, group: &str) {
        self.total += 1;
        if self.suppressed.len() < MAX_REMEMBERED || self.suppressed.contains_key(group) {
            *self.suppressed.entry(group.to_owned()).or_insert(0) += 1;
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_and_floods_are_counted() {
        let limits = Limits { per_rule: 2, window_seconds: 60, repeat_seconds: 30, queue: 1 };
        let mut limiter = Limiter::new(limits);
        let start = Instant::now();
        assert_eq!(limiter.admit("r", "a", start), Ok(0));
        assert!(limiter.admit("r", "a", start).is_err());
        assert_eq!(limiter.admit("r", "b", start), Ok(1));
        assert!(limiter.admit("r", "c", start).is_err());
        assert_eq!(limiter.admit("other", "a2", start), Ok(0));
        assert_eq!(limiter.admit("r", "a", start + Duration::from_secs(61)), Ok(1));
        assert_eq!(limiter.total(), 2);
    }
}
