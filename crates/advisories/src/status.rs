//! What a publisher says of a fix, in the words that each of them uses.

use seawall_findings::Status;
use serde_json::Value;

/// Where OSV's publishers put it: `database_specific` and `ecosystem_specific`.
const KEYS: [&str; 6] = ["status", "fix_state", "fix_status", "state", "resolution", "urgency"];

/// The words of Red Hat (CSAF `remediations`, security data `fix_state`), Debian (tracker `urgency` and the notes of
/// `data/CVE/list`), Ubuntu (CVE tracker), Alpine and trivy's data, in small letters with hyphens.
const WORDS: &[(&str, Status)] = &[
    ("fixed", Status::Fixed),
    ("released", Status::Fixed),
    ("resolved", Status::Fixed),
    ("affected", Status::Affected),
    ("needed", Status::Affected),
    ("open", Status::Affected),
    ("no-dsa", Status::Affected),
    ("under-investigation", Status::UnderInvestigation),
    ("needs-triage", Status::UnderInvestigation),
    ("undetermined", Status::UnderInvestigation),
    ("in-triage", Status::UnderInvestigation),
    ("will-not-fix", Status::WillNotFix),
    ("wont-fix", Status::WillNotFix),
    ("no-fix-planned", Status::WillNotFix),
    ("ignored", Status::WillNotFix),
    ("fix-deferred", Status::FixDeferred),
    ("deferred", Status::FixDeferred),
    ("postponed", Status::FixDeferred),
    ("pending", Status::FixDeferred),
    ("end-of-life", Status::EndOfLife),
    ("end-of-support", Status::EndOfLife),
    ("out-of-support-scope", Status::EndOfLife),
    ("out-of-standard-support", Status::EndOfLife),
];

/// All in the order of their bytes in the file: 0 stands for none.
const ALL: [Status; 6] = [
    Status::Affected,
    Status::Fixed,
    Status::UnderInvestigation,
    Status::WillNotFix,
    Status::FixDeferred,
    Status::EndOfLife,
];

/// The status that the given objects state; the first of them that states one.
pub(crate) fn of(specific: &[Option<&Value>]) -> Option<Status> {
    let mut said =
        specific.iter().flatten().flat_map(|value| KEYS.iter().filter_map(|key| value.get(key)?.as_str()));
    said.find_map(word)
}

/// One word of a publisher.
pub(crate) fn word(text: &str) -> Option<Status> {
    let word: String = text
        .trim()
        .chars()
        .filter(|c| *c != '\'')
        .map(|c| if c == ' ' || c == '_' { '-' } else { c.to_ascii_lowercase() })
        .collect();
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, status)| *status)
}

/// As it stands in the file.
pub(crate) fn byte(status: Option<Status>) -> u8 {
    let at = status.and_then(|status| ALL.iter().position(|known| *known == status));
    at.map_or(0, |at| at as u8 + 1)
}

/// What a byte of the file stands for; an unknown one is an error of the file.
pub(crate) fn from_byte(byte: u8) -> Result<Option<Status>, ()> {
    match byte {
        0 => Ok(None),
        at => ALL.get(usize::from(at) - 1).copied().map(Some).ok_or(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_publishers() {
        assert_eq!(word("Will not fix"), Some(Status::WillNotFix));
        assert_eq!(word("Out of support scope"), Some(Status::EndOfLife));
        assert_eq!(word("fix_deferred"), Some(Status::FixDeferred));
        assert_eq!(word("Won't fix"), Some(Status::WillNotFix));
        assert_eq!(word("not yet assigned"), None);
        let urgency = serde_json::json!({"urgency": "end-of-life"});
        assert_eq!(of(&[None, Some(&urgency)]), Some(Status::EndOfLife));
    }

    #[test]
    fn bytes_come_back() {
        for status in ALL.map(Some).into_iter().chain([None]) {
            assert_eq!(from_byte(byte(status)), Ok(status));
        }
        assert!(from_byte(7).is_err());
    }
}
