//! `spec.exceptions`.

use jiff::civil::Date;
use seawall_checks::yaml::{Data, Node};

use super::globs;
use super::reader::{Fail, Mapping, list};
use crate::Exception;

pub(super) fn read(spec: &Mapping<'_>) -> Result<Vec<Exception>, Fail> {
    list(spec, "exceptions")?.iter().map(exception).collect()
}

fn exception(item: &Node) -> Result<Exception, Fail> {
    if !matches!(item.data, Data::Mapping(_)) {
        return Err(Fail::kind(item, "exceptions", "a list of mappings"));
    }
    let map = Mapping::new(
        item,
        "the exception",
        &["id", "packages", "purls", "images", "paths", "reason", "owner", "until"],
    )?;
    Ok(Exception {
        id: map.required_text("id", "the CVE, advisory or check that is accepted")?,
        packages: map.texts("packages")?.unwrap_or_default(),
        images: globs(&map, "images")?,
        paths: globs(&map, "paths")?,
        purls: map.texts("purls")?.unwrap_or_default(),
        reason: map.required_text("reason", "why it is acceptable")?,
        owner: map.required_text("owner", "who answers for it")?,
        until: until(&map)?,
        position: item.position,
    })
}

fn until(map: &Mapping<'_>) -> Result<Date, Fail> {
    let text = map
        .required_text("until", "the last day it holds, such as 2027-01-31; nothing is accepted for ever")?;
    let is_day = text.len() == 10;
    match text.parse::<Date>() {
        Ok(date) if is_day => Ok(date),
        _ => {
            let problem = format!("`{text}` is no day; write year-month-day, such as 2027-01-31");
            Err(Fail::at(map.at("until"), crate::Wrong::Value { key: "until".into(), problem }))
        }
    }
}
