//! What one reader found in one layer, and its written form.

use bytes::Bytes;

use super::structure::{put_field, put_number, take_number};

/// Records by the number of their step, ascending, and what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    pub(crate) items: Vec<(u32, Bytes)>,
    pub(crate) problems: Vec<String>,
}

impl Records {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_number(&mut out, self.problems.len() as u64);
        for problem in &self.problems {
            put_field(&mut out, problem.as_bytes());
        }
        for (number, bytes) in &self.items {
            put_number(&mut out, u64::from(*number));
            put_field(&mut out, bytes);
        }
        out
    }

    /// The reverse; none where the bytes are not of that form. Records stay parts of the one allocation.
    pub(crate) fn decode(bytes: &Bytes) -> Option<Self> {
        let mut rest = bytes.clone();
        let mut problems = Vec::new();
        for _ in 0..number(&mut rest)? {
            problems.push(String::from_utf8(field(&mut rest)?.to_vec()).ok()?);
        }
        let mut items = Vec::new();
        while !rest.is_empty() {
            let step = u32::try_from(number(&mut rest)?).ok()?;
            items.push((step, field(&mut rest)?));
        }
        Some(Self { items, problems })
    }
}

pub(crate) fn number(rest: &mut Bytes) -> Option<u64> {
    let mut slice = rest.as_ref();
    let number = take_number(&mut slice)?;
    let used = rest.len() - slice.len();
    let _ = rest.split_to(used);
    Some(number)
}

pub(crate) fn field(rest: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(number(rest)?).ok()?;
    (length <= rest.len()).then(|| rest.split_to(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_written_form_comes_back() {
        let records = Records {
            items: vec![(0, Bytes::from_static(b"\0\xff")), (70_000, Bytes::new())],
            problems: vec!["a: too large".to_owned()],
        };
        let bytes = Bytes::from(records.encode());
        assert_eq!(Records::decode(&bytes), Some(records));
        assert_eq!(Records::decode(&bytes.slice(..bytes.len() - 1)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_do_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Records::decode(&bytes.into());
        }
    }
}
