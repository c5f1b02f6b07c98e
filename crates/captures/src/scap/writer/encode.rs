//! Parameters and events as bytes.

use std::net::{IpAddr, SocketAddr};

use seawall_events::Event;

use super::block;

/// What libscap takes at most: of a path, of arguments and environments.
const MAX_TEXT: usize = 1_023;
const MAX_TEXTS: usize = 4_095;
const MAX_LONG: usize = 60_000;
/// The block with flags, and the flag of events that only change the state.
const WITH_FLAGS: u32 = 0x217;
const STATE_ONLY: u32 = 1;

/// The parameters of one event.
#[derive(Default)]
pub(super) struct Parameters {
    lengths: Vec<u16>,
    data: Vec<u8>,
}

impl Parameters {
    fn push(&mut self, bytes: &[u8]) -> &mut Self {
        self.lengths.push(u16::try_from(bytes.len()).unwrap_or(u16::MAX));
        self.data.extend_from_slice(bytes);
        self
    }

    pub(super) fn u8(&mut self, number: u8) -> &mut Self {
        self.push(&[number])
    }

    pub(super) fn u32(&mut self, number: u32) -> &mut Self {
        self.push(&number.to_le_bytes())
    }

    pub(super) fn u64(&mut self, number: u64) -> &mut Self {
        self.push(&number.to_le_bytes())
    }

    pub(super) fn i64(&mut self, number: i64) -> &mut Self {
        self.push(&number.to_le_bytes())
    }

    /// A text with the NUL that ends it.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.limited(text, MAX_TEXT)
    }

    /// A document.
    pub(super) fn long_text(&mut self, text: &str) -> &mut Self {
        self.limited(text, MAX_LONG)
    }

    fn limited(&mut self, text: &str, most: usize) -> &mut Self {
        let mut bytes = cut(text, most).as_bytes().to_vec();
        bytes.retain(|byte| *byte != 0);
        bytes.push(0);
        self.push(&bytes)
    }

    /// Texts that each end with a NUL.
    pub(super) fn texts(&mut self, texts: &[String]) -> &mut Self {
        let mut bytes = Vec::new();
        for text in texts {
            let left = MAX_TEXTS.saturating_sub(bytes.len() + 1);
            bytes.extend(cut(text, left).bytes().filter(|byte| *byte != 0));
            if bytes.len() < MAX_TEXTS {
                bytes.push(0);
            }
        }
        self.push(&bytes)
    }

    pub(super) fn address(&mut self, address: SocketAddr) -> &mut Self {
        let mut bytes = Vec::with_capacity(19);
        family(address, &mut bytes);
        end(address, &mut bytes);
        self.push(&bytes)
    }

    /// The near side, of which nothing is known, and the far side.
    pub(super) fn tuple(&mut self, server: SocketAddr) -> &mut Self {
        let mut bytes = Vec::with_capacity(37);
        family(server, &mut bytes);
        let nothing = match server.ip() {
            IpAddr::V4(_) => IpAddr::from([0_u8; 4]),
            IpAddr::V6(_) => IpAddr::from([0_u8; 16]),
        };
        end(SocketAddr::new(nothing, 0), &mut bytes);
        end(server, &mut bytes);
        self.push(&bytes)
    }

    pub(super) fn append(&mut self, other: &Self) -> &mut Self {
        self.lengths.extend_from_slice(&other.lengths);
        self.data.extend_from_slice(&other.data);
        self
    }

    /// The block of an event; `hidden` ones only change the state.
    pub(super) fn event(&self, number: u16, event: &Event, tid: u32, hidden: bool) -> Vec<u8> {
        let mut inner = Vec::with_capacity(26 + self.lengths.len() * 2 + self.data.len());
        let length = 26 + self.lengths.len() * 2 + self.data.len();
        inner.extend(event.time.to_le_bytes());
        inner.extend(u64::from(tid).to_le_bytes());
        inner.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        inner.extend(number.to_le_bytes());
        inner.extend(u32::try_from(self.lengths.len()).unwrap_or(0).to_le_bytes());
        for length in &self.lengths {
            inner.extend(length.to_le_bytes());
        }
        inner.extend_from_slice(&self.data);
        let mut body = u16::try_from(event.cpu).unwrap_or(0).to_le_bytes().to_vec();
        if hidden {
            body.extend(STATE_ONLY.to_le_bytes());
        }
        body.extend(inner);
        framed(if hidden { WITH_FLAGS } else { block::EVENT }, &body)
    }
}

/// A block around a body, filled up to four bytes.
pub(super) fn framed(kind: u32, body: &[u8]) -> Vec<u8> {
    let filled = body.len().next_multiple_of(4);
    let length = u32::try_from(filled + 12).unwrap_or(u32::MAX);
    let mut block = Vec::with_capacity(filled + 12);
    block.extend(kind.to_le_bytes());
    block.extend(length.to_le_bytes());
    block.extend_from_slice(body);
    block.resize(8 + filled, 0);
    block.extend(length.to_le_bytes());
    block
}

/// The beginning of a text, at most so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

fn family(address: SocketAddr, bytes: &mut Vec<u8>) {
    bytes.push(if address.is_ipv4() { 2 } else { 10 });
}

fn end(address: SocketAddr, bytes: &mut Vec<u8>) {
    match address.ip() {
        IpAddr::V4(ip) => bytes.extend(ip.octets()),
        IpAddr::V6(ip) => bytes.extend(ip.octets()),
    }
    bytes.extend(address.port().to_le_bytes());
}

/// The kernel's flags of open(2) (the numbers of x86_64 and arm64 where they agree) in libscap's numbering.
pub(super) fn open_flags(flags: u32) -> u32 {
    const PAIRS: [(u32, u32); 12] = [
        (0o100, 4),           // O_CREAT
        (0o2_000, 8),         // O_APPEND
        (0o10_000, 16),       // O_DSYNC
        (0o200, 32),          // O_EXCL
        (0o4_000, 64),        // O_NONBLOCK
        (0o4_000_000, 128),   // O_SYNC
        (0o1_000, 256),       // O_TRUNC
        (0o40_000, 512),      // O_DIRECT
        (0o200_000, 1024),    // O_DIRECTORY
        (0o100_000, 2048),    // O_LARGEFILE
        (0o2_000_000, 4096),  // O_CLOEXEC
        (0o20_000_000, 8192), // O_TMPFILE
    ];
    let access = match flags & 3 {
        0 => 1,
        1 => 2,
        _ => 3,
    };
    PAIRS.iter().filter(|(kernel, _)| flags & kernel != 0).fold(access, |all, (_, scap)| all | scap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_libscap_ends_them() {
        assert_eq!(cut("aé", 2), "a");
        let mut parameters = Parameters::default();
        parameters.texts(&["x".repeat(5_000), "y".into()]).text(&"z".repeat(2_000));
        assert_eq!(parameters.lengths, [4_095, 1_024]);
        assert_eq!(open_flags(0o2_000_101), 4096 | 4 | 2);
    }
}
