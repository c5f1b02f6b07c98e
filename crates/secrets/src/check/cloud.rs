//! Keys whose text says to whom they belong.

use seawall_findings::Severity;

use super::{Outcome, Seen};

/// The sixteen characters after an AWS key's prefix are base32; its first bytes hold the account's number.
pub(crate) fn aws_key_id(seen: &Seen<'_>) -> Outcome {
    let mut bits: u64 = 0;
    let Some(body) = seen.secret().get(4..20) else { return Outcome::No };
    for (at, byte) in body.iter().enumerate() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => {
                return Outcome::Doubtful("its characters are not those of AWS keys: an example, or damaged");
            }
        };
        // The first six bytes are in the first ten characters.
        if at < 10 {
            bits = bits << 5 | u64::from(value);
        }
    }
    let account = (bits >> 2 & 0x7fff_ffff_ff80) >> 7;
    // Keys from before 2019 say nothing of their account.
    let old = matches!(body.first(), Some(b'I' | b'J'));
    if old || account > 999_999_999_999 {
        Outcome::Plausible
    } else {
        Outcome::Verified(format!("of account {account:012}"))
    }
}

/// Keys of the test mode move no money.
pub(crate) fn stripe(seen: &Seen<'_>) -> Outcome {
    let secret = seen.secret();
    if secret.windows(6).any(|part| part.eq_ignore_ascii_case(b"_test_")) {
        Outcome::Rated(Severity::Medium, "of the test mode")
    } else {
        Outcome::Plausible
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::on;

    #[test]
    fn an_aws_key_names_its_account() {
        // The worked example of Aidan Steele's "AWS access key ID formats", in pieces.
        let key = ["AS", "IAQNZGKIQY56JQ7WML"].concat();
        assert_eq!(on(aws_key_id, &key), Outcome::Verified("of account 029608264753".into()));
        assert!(matches!(on(aws_key_id, &["AK", "IA0123456789ABCDEF"].concat()), Outcome::Doubtful(_)));
    }
}
