//! FIRST's exploit prediction scores: `cve,epss,percentile`, a comment line first, usually packed with gzip
//! (<https://www.first.org/epss/data_stats>).

use std::io::Read;

use seawall_findings::Fraction;

use super::{Builder, limit};
use crate::error::AdvisoriesError;

const NAME: &str = "the EPSS file";
/// The largest file, packed. Today's is about two megabytes.
const MAX_PACKED: usize = 64 << 20;
/// The largest file, unpacked.
const MAX_UNPACKED: u64 = 512 << 20;
/// The most lines.
const MAX_LINES: usize = 4_000_000;

/// Adds the scores, and the day that they are of to the words for the source.
pub(super) fn add(builder: &mut Builder, bytes: &[u8]) -> Result<usize, AdvisoriesError> {
    limit(NAME, "its size", bytes.len(), MAX_PACKED)?;
    let text = if bytes.starts_with(&[0x1f, 0x8b]) { unpack(bytes)? } else { bytes.to_vec() };
    let invalid = |line: usize, what: &str| AdvisoriesError::Invalid {
        name: format!("{NAME}, line {line}"),
        what: what.to_owned(),
    };
    let text = std::str::from_utf8(&text).map_err(|_| invalid(1, "it is no text"))?;
    let mut scores = vec![];
    let mut day = None;
    for (at, line) in text.lines().enumerate() {
        limit(NAME, "the number of lines", at, MAX_LINES)?;
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            day = day.or_else(|| comment.split(',').find_map(|part| part.strip_prefix("score_date:")));
            continue;
        }
        let fields: Vec<&str> = line.split(',').collect();
        match fields[..] {
            [""] | ["cve", "epss", "percentile"] => {}
            [cve, epss, percentile] if cve.starts_with("CVE-") && cve.len() <= 32 => {
                let number = |text: &str| text.parse::<f64>().ok().filter(|n| (0.0..=1.0).contains(n));
                let pair = number(epss).zip(number(percentile));
                let (epss, percentile) =
                    pair.ok_or_else(|| invalid(at + 1, "a score is no number between 0 and 1"))?;
                let steps = |number| Fraction::from(number).as_steps();
                scores.push((cve.to_owned(), (steps(epss), steps(percentile))));
            }
            _ => return Err(invalid(at + 1, "expected `cve,epss,percentile`")),
        }
    }
    if let Some(day) = day.and_then(|time| time.get(..10)).filter(|day| day.is_ascii()) {
        builder.source = format!("{}, EPSS of {day}", builder.source);
    }
    let count = scores.len();
    builder.epss.extend(scores);
    Ok(count)
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, AdvisoriesError> {
    let mut text = vec![];
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(MAX_UNPACKED + 1);
    reader.read_to_end(&mut text).map_err(|source| AdvisoriesError::Gzip { name: NAME.into(), source })?;
    limit(NAME, "its unpacked size", text.len(), usize::try_from(MAX_UNPACKED).unwrap_or(usize::MAX))?;
    Ok(text)
}
