//! Bounds-checked reading: whatever the bytes are, the answer is a value or an error.

use crate::error::AdvisoriesError;

type Result<T> = std::result::Result<T, AdvisoriesError>;

/// A place in a slice, and the name of its section for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    section: &'static str,
}

impl<'a> Cursor<'a> {
    /// At an offset of the slice.
    pub(crate) fn at(bytes: &'a [u8], offset: u64, section: &'static str) -> Result<Self> {
        let bytes = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
        let bytes = bytes
            .ok_or_else(|| AdvisoriesError::damaged(format!("{section}: offset {offset} is outside")))?;
        Ok(Self { bytes, section })
    }

    /// The next bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(count).ok_or_else(|| self.short())?;
        self.bytes = tail;
        Ok(head)
    }

    /// One byte.
    pub(crate) fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// Four bytes.
    pub(crate) fn u32(&mut self) -> Result<u32> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// Eight bytes.
    pub(crate) fn u64(&mut self) -> Result<u64> {
        let (low, high) = (self.u32()?, self.u32()?);
        Ok(u64::from(low) | (u64::from(high) << 32))
    }

    /// LEB128, at most five bytes: every number of the file fits 32 bits.
    pub(crate) fn varint(&mut self) -> Result<u32> {
        let mut value = 0u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| self.damaged("a number is too large"));
            }
        }
        Err(self.damaged("a number does not end"))
    }

    /// A count of things that take at least one byte each, so that a damaged count cannot ask for more than there is.
    pub(crate) fn count(&mut self) -> Result<usize> {
        let count = self.varint()? as usize;
        if count > self.bytes.len() {
            Err(self.damaged("a count is larger than what follows"))
        } else {
            Ok(count)
        }
    }

    /// A length and that many bytes of UTF-8.
    pub(crate) fn text(&mut self) -> Result<&'a str> {
        let length = self.varint()? as usize;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.damaged("a text is not UTF-8"))
    }

    /// An error at this place.
    pub(crate) fn damaged(&self, what: &str) -> AdvisoriesError {
        AdvisoriesError::damaged(format!("{}: {what}", self.section))
    }

    fn short(&self) -> AdvisoriesError {
        self.damaged("it ends too early")
    }
}

/// Writes LEB128.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes a length and the bytes.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, u32::try_from(text.len()).unwrap_or(u32::MAX));
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for value in [0, 1, 127, 128, 300, 65_535, u32::MAX] {
            let mut bytes = vec![];
            put_varint(&mut bytes, value);
            assert_eq!(Cursor::at(&bytes, 0, "test").unwrap().varint().unwrap(), value);
        }
        assert!(Cursor::at(&[0xff; 8], 0, "test").unwrap().varint().is_err());
        assert!(Cursor::at(&[1], 2, "test").is_err());
        assert!(Cursor::at(&[200, 1, 0], 0, "test").unwrap().count().is_err());
    }
}
