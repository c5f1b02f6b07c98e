//! A system call, or another event of the kernel, as a capture recorded it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Fd;

/// Whether a call began or ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The process asked the kernel [`>`].
    Enter,
    /// The kernel answered [`<`].
    #[default]
    Exit,
}

/// A system call, or another event of the kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Falco's name for it: `openat`, `procexit`, `container` …
    pub name: Cow<'static, str>,
    /// Falco's category: `file`, `net`, `process` …
    pub category: Cow<'static, str>,
    /// Begin or end.
    pub direction: Direction,
    /// The arguments in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// What the call returned: a descriptor, a count, zero, or a negative errno; only of calls that ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<i64>,
    /// The number of the file descriptor that the call is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd_number: Option<i64>,
    /// What that descriptor stands for, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<Arc<Fd>>,
    /// Nanoseconds from the beginning of the call to its end; only of calls that ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<u64>,
}

/// One argument of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// Falco's name for it.
    pub name: Cow<'static, str>,
    /// As the capture has it.
    pub value: ArgumentValue,
    /// As people read it, where that differs: the names of flags, of an error, of a descriptor's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArgumentValue {
    /// A whole number.
    Number(i64),
    /// A whole number without sign.
    Unsigned(u64),
    /// A number that is written in hexadecimal digits: an address.
    Hex(u64),
    /// A number that is written in octal digits: permissions.
    Octal(u32),
    /// A text.
    Text(String),
    /// Bytes that were read or written.
    Bytes(Vec<u8>),
}

impl ArgumentValue {
    /// The number, if it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Unsigned(number) | Self::Hex(number) => Some(i64::try_from(*number).unwrap_or(i64::MAX)),
            Self::Octal(number) => Some(i64::from(*number)),
            Self::Text(_) | Self::Bytes(_) => None,
        }
    }

    /// As Falco writes it: numbers in their base, bytes with dots for what is not printable.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Number(number) => number.to_string().into(),
            Self::Unsigned(number) => number.to_string().into(),
            Self::Hex(number) => format!("{number:X}").into(),
            Self::Octal(number) => format!("{number:o}").into(),
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => printable(bytes).into(),
        }
    }
}

/// Bytes as text, with a dot for each that is not printable ASCII.
fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '.' }).collect()
}

impl Argument {
    /// As Falco's `evt.arg` gives it: what people read where there is such a form, else the value.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.shown {
            Some(shown) => shown.into(),
            None => self.value.text(),
        }
    }
}

impl Call {
    /// An argument by name.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_falco_writes_them() {
        assert_eq!(ArgumentValue::Hex(0xbeef).text(), "BEEF");
        assert_eq!(ArgumentValue::Octal(0o644).text(), "644");
        assert_eq!(ArgumentValue::Bytes(b"a\x00\xffz".to_vec()).text(), "a..z");
        assert_eq!(ArgumentValue::Text("x".into()).number(), None);
    }
}
