//! How other tools spell the ids of their checks.

/// The parts of an id of Trivy's: `AVD-KSV-0017`, `KSV-0017` and `KSV017` are `(KSV, 17)`. None for other ids.
fn parts(id: &str) -> Option<(&str, u32)> {
    let id = id.strip_prefix("AVD-").or_else(|| id.strip_prefix("avd-")).unwrap_or(id);
    let digits = id.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = id.split_at(digits);
    let letters = letters.strip_suffix('-').unwrap_or(letters);
    let known = ["KSV", "KCV", "DS", "KUBE"].iter().any(|known| known.eq_ignore_ascii_case(letters));
    if !known || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((letters, number.parse().ok()?))
}

/// True if both name the same check.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || match (parts(one), parts(other)) {
            (Some(one), Some(other)) => one.1 == other.1 && one.0.eq_ignore_ascii_case(other.0),
            _ => false,
        }
}

/// The id and its other spellings, as reports and exceptions of Trivy's name it.
pub(crate) fn spellings(id: &str) -> Vec<String> {
    let mut all = vec![id.to_owned()];
    if let Some((letters, number)) = parts(id) {
        all.push(format!("AVD-{id}"));
        // Trivy's short form has three digits for these and four for its KCV ones.
        match letters {
            "KSV" | "DS" => all.push(format!("{letters}{number:03}")),
            _ => all.push(format!("{letters}{number:04}")),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_id() {
        for id in ["KSV-0017", "AVD-KSV-0017", "KSV017", "ksv-17"] {
            assert!(same("KSV-0017", id), "{id}");
        }
        for id in ["KSV-0018", "KCV-0017", "DS-0017", "KSV", "KSV-", "KSV-0017x", "K\u{e9}SV-0017"] {
            assert!(!same("KSV-0017", id), "{id}");
        }
        assert!(same("DL3006", "dl3006"));
        assert_eq!(spellings("KCV-0001"), ["KCV-0001", "AVD-KCV-0001", "KCV0001"]);
        assert_eq!(spellings("latest-tag"), ["latest-tag"]);
    }
}
