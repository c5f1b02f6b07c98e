//! Functions of numbers and dates.

use super::Given;
use crate::value::{Kind, Value};

pub(super) fn call(name: &str, given: &Given<'_>) -> Option<Value> {
    let number = |number: Option<f64>| {
        number.filter(|n| n.is_finite()).map_or_else(|| given.unknown(), |n| given.make(Kind::Number(n)))
    };
    let all = || -> Option<Vec<f64>> { given.arguments.iter().map(Value::as_number).collect() };
    Some(match name {
        "abs" => number(given.number(0).map(f64::abs)),
        "ceil" => number(given.number(0).map(f64::ceil)),
        "floor" => number(given.number(0).map(f64::floor)),
        "signum" => number(given.number(0).map(|n| if n == 0.0 { 0.0 } else { n.signum() })),
        "pow" => number(given.number(0).zip(given.number(1)).map(|(base, power)| base.powf(power))),
        "log" => number(given.number(0).zip(given.number(1)).map(|(n, base)| n.log(base))),
        "max" => number(all().and_then(|all| all.into_iter().reduce(f64::max))),
        "min" => number(all().and_then(|all| all.into_iter().reduce(f64::min))),
        "sum" => number(given.list(0).and_then(|items| items.iter().map(Value::as_number).sum())),
        "parseint" => number(given.text(0).zip(given.number(1)).and_then(|(text, base)| {
            let base = if (2.0..=36.0).contains(&base) { base as u32 } else { return None };
            i64::from_str_radix(&text, base).ok().map(|n| n as f64)
        })),
        "timeadd" | "timecmp" | "formatdate" => dates(name, given).unwrap_or_else(|| given.unknown()),
        _ => return None,
    })
}

fn dates(name: &str, given: &Given<'_>) -> Option<Value> {
    let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
    Some(match name {
        "timeadd" => {
            let start = time(&given.text(0)?)?;
            given.say(start.checked_add(duration(&given.text(1)?)?).ok()?.to_string())
        }
        "timecmp" => {
            let order = time(&given.text(0)?)?.cmp(&time(&given.text(1)?)?);
            given.make(Kind::Number(f64::from(order as i8)))
        }
        _ => {
            let moment = time(&given.text(1)?)?.to_zoned_datetime(jiff::tz::TimeZone::UTC);
            // The longest words first, as they contain the shorter ones.
            let mut out = given.text(0)?;
            for (from, to) in [
                ("YYYY", "%Y"),
                ("MMMM", "%B"),
                ("MMM", "%b"),
                ("MM", "%m"),
                ("DD", "%d"),
                ("hh", "%H"),
                ("mm", "%M"),
                ("ss", "%S"),
                ("YY", "%y"),
            ] {
                out = out.replace(from, to);
            }
            given.say(jiff::fmt::strtime::format(out, &moment).ok()?)
        }
    })
}

/// `10m`, `1h30m`, `-24h` (Go's durations).
fn duration(text: &str) -> Option<jiff::SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = rest.split_at_checked(end)?;
        let number: f64 = number.parse().ok()?;
        let length = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        let (unit, after) = unit.split_at_checked(length)?;
        seconds += number
            * match unit {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = after;
    }
    jiff::SignedDuration::try_from_secs_f64(if negative { -seconds } else { seconds }).ok()
}
