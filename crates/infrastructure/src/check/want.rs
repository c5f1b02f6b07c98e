//! What is wanted of one value.

use crate::value::{Kind, Value};

/// What is wanted. Of an unknown value nothing is said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want {
    /// True; not written counts as false.
    On,
    /// True, or not written.
    OnOrUnset,
    /// Not true.
    Off,
    /// False, and written so.
    OffAndSet,
    /// Written, and not empty.
    Set,
    /// One of these texts.
    Is(&'static [&'static str]),
    /// One of these texts, or not written.
    IsOrUnset(&'static [&'static str]),
    /// Not one of these texts; may be missing.
    Not(&'static [&'static str]),
    /// Written, not empty, and not one of these texts.
    SetNot(&'static [&'static str]),
    /// A number of at least so much.
    AtLeast(f64),
    /// A list that has all of these.
    Has(&'static [&'static str]),
    /// A list that has one of these.
    HasOne(&'static [&'static str]),
}

impl Want {
    /// What is wrong with a value, in one line; nothing where it is as wanted, or where that cannot be known.
    pub(crate) fn complaint(self, value: &Value, path: &str) -> Option<String> {
        if value.is_unknown() {
            return None;
        }
        let say = |what: String| Some(format!("`{path}` {what}"));
        let is = || format!("is {}", value.show());
        match self {
            Self::On => match value.as_bool() {
                Some(true) => None,
                Some(false) => say(is()),
                None if value.pattern().is_some_and(|text| !text.is_empty()) => None,
                None => say("is not set, and off without that".into()),
            },
            Self::OnOrUnset => (value.as_bool() == Some(false)).then(is).and_then(say),
            Self::Off => (value.as_bool() == Some(true)).then(is).and_then(say),
            Self::OffAndSet => match value.as_bool() {
                Some(true) => say(is()),
                None if value.is_null() => say("is not set, and on without that".into()),
                Some(false) | None => None,
            },
            Self::Set => (!value.is_set()).then(|| "is not set".to_owned()).and_then(say),
            Self::Is(wanted) => match among(value, wanted) {
                Some(false) if value.is_set() => say(format!("{}, not {}", is(), either(wanted))),
                Some(false) => say(format!("is not set; {} is wanted", either(wanted))),
                _ => None,
            },
            Self::IsOrUnset(wanted) => {
                (value.is_set() && among(value, wanted) == Some(false)).then(is).and_then(say)
            }
            Self::Not(unwanted) => (among(value, unwanted) == Some(true)).then(is).and_then(say),
            Self::SetNot(unwanted) => {
                if !value.is_set() {
                    return say("is not set".into());
                }
                (among(value, unwanted) == Some(true)).then(is).and_then(say)
            }
            Self::AtLeast(least) => match value.as_number() {
                Some(number) if number >= least => None,
                Some(_) => say(format!("{}; at least {least} is wanted", is())),
                None if value.is_null() => say(format!("is not set; at least {least} is wanted")),
                None => None,
            },
            Self::Has(wanted) => {
                if value.has_unknown() {
                    return None;
                }
                let missing: Vec<&str> =
                    wanted.iter().copied().filter(|wanted| !holds(value, wanted)).collect();
                (!missing.is_empty()).then(|| format!("lacks {}", missing.join(", "))).and_then(say)
            }
            Self::HasOne(wanted) => {
                if value.has_unknown() {
                    return None;
                }
                (!wanted.iter().any(|wanted| holds(value, wanted)))
                    .then(|| format!("has neither of {}", wanted.join(", ")))
                    .and_then(say)
            }
        }
    }
}

fn holds(value: &Value, wanted: &str) -> bool {
    value.items().iter().any(|item| item.equals(wanted) == Some(true))
}

fn among(value: &Value, texts: &[&str]) -> Option<bool> {
    if matches!(value.kind, Kind::List(_) | Kind::Map(_)) {
        return None;
    }
    let answers: Vec<Option<bool>> = texts.iter().map(|text| value.equals(text)).collect();
    if answers.contains(&Some(true)) {
        return Some(true);
    }
    (!answers.contains(&None)).then_some(false)
}

fn either(wanted: &[&str]) -> String {
    match wanted {
        [only] => format!("`{only}`"),
        many => format!("one of `{}`", many.join("`, `")),
    }
}
