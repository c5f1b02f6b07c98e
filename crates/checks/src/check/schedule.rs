//! `CronJob`s: when they start and how many at once.

use seawall_findings::Severity;

use super::{Check, Hit, Run, Subject, present, text_at};

const REFERENCES: &[&str] = &["https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "cron-schedule",
        aliases: &["CRONJOB_INVALID_SCHEDULE_VALUE", "schemavalidation-cronjob"],
        severity: Severity::Medium,
        title: "A schedule that cannot be read",
        why: "The API server refuses the object, or the job never starts.",
        fix: "Five fields (minute, hour, day, month, weekday), or a word:\n  schedule: \"30 2 * * 1-5\"\n  schedule: \"@daily\"",
        references: REFERENCES,
        run: Run::Object(schedule),
        ..Check::BLANK
    },
    Check {
        id: "cron-deadline",
        aliases: &["CRONJOB_MISSING_STARTINGDEADLINESECOND_KEY"],
        severity: Severity::Low,
        title: "No deadline for a late start",
        why: "After 100 missed starts (a controller that was down) a job without a deadline is never started again.",
        fix: "Say how late is too late:\n  spec: {startingDeadlineSeconds: 300}",
        references: REFERENCES,
        run: Run::Object(|subject| {
            unset(subject, "startingDeadlineSeconds", "has no deadline for a late start")
        }),
        ..Check::BLANK
    },
    Check {
        id: "cron-concurrency",
        aliases: &["CRONJOB_MISSING_CONCURRENCYPOLICY_KEY"],
        severity: Severity::Low,
        title: "Nothing said about runs at the same time",
        why: "The default starts another run while the last one still works: slow runs pile up, on the same data.",
        fix: "Say what is wanted:\n  spec: {concurrencyPolicy: Forbid}",
        references: REFERENCES,
        run: Run::Object(|subject| {
            unset(subject, "concurrencyPolicy", "does not say whether two runs may overlap")
        }),
        ..Check::BLANK
    },
];

fn unset(subject: &Subject<'_>, field: &str, what: &str) -> Vec<Hit> {
    let document = subject.document;
    let there = present(document.value.pointer(&format!("/spec/{field}"))).is_some();
    if document.kind != "CronJob" || there {
        return Vec::new();
    }
    vec![Hit::new(format!("/spec/{field}"), what)]
}

fn schedule(subject: &Subject<'_>) -> Vec<Hit> {
    let document = subject.document;
    let text = text_at(&document.value, "/spec/schedule");
    if document.kind != "CronJob" {
        return Vec::new();
    }
    match wrong(text) {
        None => Vec::new(),
        Some(why) => vec![Hit::new("/spec/schedule", format!("the schedule `{text}` {why}"))],
    }
}

/// What is wrong with a schedule (the syntax of `robfig/cron`'s standard parser, which Kubernetes reads with).
fn wrong(text: &str) -> Option<String> {
    const NAMED: &[&str] = &["yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly"];
    const MONTHS: &[&str] =
        &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    const FIELDS: &[(&str, u32, u32, &[&str])] = &[
        ("minute", 0, 59, &[]),
        ("hour", 0, 23, &[]),
        ("day", 1, 31, &[]),
        ("month", 1, 12, MONTHS),
        ("weekday", 0, 6, DAYS),
    ];
    let text = text.trim();
    if let Some(word) = text.strip_prefix('@') {
        let known = NAMED.contains(&word) || word.starts_with("every ");
        return (!known).then(|| "is not a word that Kubernetes knows".to_owned());
    }
    let text = match text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) {
        Some(rest) => rest.split_once(' ').map_or("", |(_, rest)| rest),
        None => text,
    };
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Some(format!("has {} fields instead of 5", parts.len()));
    }
    for (part, (name, low, high, names)) in parts.iter().zip(FIELDS) {
        if !part.split(',').all(|one| range(one, *low, *high, names)) {
            return Some(format!("has a {name} `{part}` that is not within {low}-{high}"));
        }
    }
    None
}

fn range(text: &str, low: u32, high: u32, names: &[&str]) -> bool {
    let (range, step) = text.split_once('/').map_or((text, None), |(range, step)| (range, Some(step)));
    if step.is_some_and(|step| step.parse::<u32>().map_or(true, |step| step == 0)) {
        return false;
    }
    let number = |text: &str| {
        let place = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let index = place.and_then(|index| u32::try_from(index).ok()).map(|index| index + low);
        index.or_else(|| text.parse().ok()).filter(|number| (low..=high).contains(number))
    };
    match range {
        "*" | "?" => true,
        _ => match range.split_once('-') {
            Some((from, to)) => matches!((number(from), number(to)), (Some(from), Some(to)) if from <= to),
            None => number(range).is_some(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;
    use super::*;

    #[test]
    fn schedules() {
        for good in
            ["* * * * *", "*/5 0-6 1,15 jan-mar MON", "@daily", "@every 5m", "TZ=UTC 0 2 * * *", "0 0 ? * 6"]
        {
            assert_eq!(wrong(good), None, "{good}");
        }
        for bad in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "*/0 * * * *",
            "5-1 * * * *",
            "@now",
            "a * * * *",
        ] {
            assert!(wrong(bad).is_some(), "{bad}");
        }
        let text = "kind: CronJob\nmetadata: {name: c}\nspec: {schedule: '61 * * * *'}\n";
        assert_eq!(
            run("cron-schedule", text),
            ["3:8 medium CronJob c: the schedule `61 * * * *` has a minute `61` that is not within 0-59"]
        );
        assert_eq!(run("cron-deadline", text).len() + run("cron-concurrency", text).len(), 2);
    }
}
