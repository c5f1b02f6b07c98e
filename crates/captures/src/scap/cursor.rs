//! Bytes with a place: little-endian numbers and texts, each checked against the end.

/// The end came too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short;

#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    whole: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, whole: bytes.len() }
    }

    /// How much was read.
    pub(super) fn at(&self) -> usize {
        self.whole - self.rest.len()
    }

    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Short> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(Short)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        self.bytes(N)?.try_into().map_err(|_| Short)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Short> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Short> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Short> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Short> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, Short> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) fn ipv4(&mut self) -> Result<std::net::Ipv4Addr, Short> {
        self.array::<4>().map(Into::into)
    }

    pub(super) fn ipv6(&mut self) -> Result<std::net::Ipv6Addr, Short> {
        self.array::<16>().map(Into::into)
    }

    /// Bytes with their length before them, in 16 bits.
    pub(super) fn short_bytes(&mut self) -> Result<&'a [u8], Short> {
        let length = self.u16()?;
        self.bytes(usize::from(length))
    }

    /// A text with its length before it, in 16 bits.
    pub(super) fn short_text(&mut self) -> Result<String, Short> {
        self.short_bytes().map(text)
    }
}

/// Bytes as a text, up to the first NUL; what is not UTF-8 is replaced.
pub(super) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// Texts that each end with a NUL.
pub(super) fn texts(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

/// A number of one to eight bytes; longer ones are no numbers.
pub(super) fn unsigned(bytes: &[u8]) -> Option<u64> {
    match bytes.len() {
        1..=8 => Some(bytes.iter().rev().fold(0, |all, byte| (all << 8) | u64::from(*byte))),
        _ => None,
    }
}

/// The same with a sign.
pub(super) fn signed(bytes: &[u8]) -> Option<i64> {
    let shift = 64 - 8 * u32::try_from(bytes.len()).ok()?.min(8);
    unsigned(bytes).map(|number| (number << shift).cast_signed() >> shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_width() {
        assert_eq!(signed(&[0xfe, 0xff]), Some(-2));
        assert_eq!(signed(&[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Some(-2));
        assert_eq!(unsigned(&[1, 2]), Some(0x201));
        assert_eq!((signed(&[]), unsigned(&[0; 9])), (None, None));
        assert_eq!(texts(b"a\0b\0"), ["a", "b"]);
        assert!(texts(b"\0").is_empty());
    }
}
