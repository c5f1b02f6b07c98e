//! Checksums at the end of tokens.

use super::{Outcome, Seen};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// GitHub's and npm's tokens: four characters of prefix, thirty random ones, and the CRC-32 of those in six base62
/// digits (<https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/>). Refresh tokens have 76
/// characters with the same end.
pub(crate) fn base62_crc(seen: &Seen<'_>) -> Outcome {
    let token = seen.secret();
    let Some(body) = token.get(4..) else { return Outcome::No };
    let Some(split) = body.len().checked_sub(6) else { return Outcome::No };
    let (random, sum) = body.split_at(split);
    if random.len() != 30 && random.len() != 70 {
        return Outcome::Plausible;
    }
    if sum == digits(crc32fast::hash(random)) {
        Outcome::Proven
    } else {
        Outcome::Doubtful("its checksum does not hold: an example, or damaged")
    }
}

fn digits(mut sum: u32) -> [u8; 6] {
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = DIGITS.get((sum % 62) as usize).copied().unwrap_or(b'0');
        sum /= 62;
    }
    out
}

/// Grafana's service account tokens end in the CRC-32 of what comes before, little-endian in hex
/// (Grafana, `pkg/components/satokengen`).
pub(crate) fn grafana_crc(seen: &Seen<'_>) -> Outcome {
    let token = seen.secret();
    let Some(split) = token.len().checked_sub(9) else { return Outcome::No };
    let (random, sum) = token.split_at(split);
    let expected = format!("{:08x}", crc32fast::hash(random).swap_bytes());
    if sum.get(1..).is_some_and(|sum| sum.eq_ignore_ascii_case(expected.as_bytes())) {
        Outcome::Proven
    } else {
        Outcome::Doubtful("its checksum does not hold: an example, or damaged")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::on;

    #[test]
    fn checksums() {
        // The example of GitHub's own announcement, in pieces.
        let good = ["ghp", "_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"].concat();
        assert!(matches!(on(base62_crc, &good), Outcome::Proven));
        let bad = good.replace("0mLq17", "0mLq18");
        assert!(matches!(on(base62_crc, &bad), Outcome::Doubtful(_)));
        assert_eq!(on(base62_crc, "ghp"), Outcome::No);
        let start = ["gl", "sa_abcdefghijklmnopqrstuvwxyz012345"].concat();
        let sum = format!("{:08x}", crc32fast::hash(start.as_bytes()).swap_bytes());
        assert!(matches!(on(grafana_crc, &format!("{start}_{sum}")), Outcome::Proven));
        assert!(matches!(on(grafana_crc, &format!("{start}_00000000")), Outcome::Doubtful(_)));
    }
}
