//! How random a text looks.

/// Shannon entropy over its bytes, in bits per byte.
pub(crate) fn entropy(text: &[u8]) -> f64 {
    if text.is_empty() {
        return 0.0;
    }
    let mut counts = [0_u32; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let length = text.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / length;
            -share * share.log2()
        })
        .sum()
}

/// How often the class of character (lower case, upper case, digit, other) changes; a capital before small letters is a
/// word's beginning and counts as no change.
pub(crate) fn changes(text: &[u8]) -> usize {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    text.windows(2)
        .filter(|pair| match pair {
            [a, b] => {
                let (a, b) = (class(*a), class(*b));
                a != b && a != 3 && b != 3 && !(a == 1 && b == 0)
            }
            _ => false,
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures() {
        assert!(entropy(b"") == 0.0 && entropy(b"aaaa") == 0.0);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert_eq!(changes(b"getPasswordFromEnv"), 3);
        assert!(changes(b"x7Kq2mZ9vB4t") > 6);
    }
}
