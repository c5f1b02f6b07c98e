//! The fixed part of a call's record (`struct block` in `bpf/sensor.bpf.c`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub(super) const AF_UNIX: u16 = 1;
pub(super) const AF_INET: u16 = 2;
pub(super) const AF_INET6: u16 = 10;

/// Six arguments, the result, and what the descriptor stands for.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) args: [u64; 7],
    /// Of the descriptor's file; zero without one.
    pub(super) mode: u32,
    pub(super) family: u16,
    pub(super) sock_type: u16,
    pub(super) protocol: u16,
    pub(super) state: u16,
    pub(super) local: Option<SocketAddr>,
    pub(super) remote: Option<SocketAddr>,
    pub(super) peek: [u8; 28],
}

impl Block {
    /// None where the bytes are not a block of this version.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let short = |at: usize| bytes.get(at..)?.first_chunk().copied().map(u16::from_ne_bytes);
        let mut args = [0; 7];
        for (index, value) in args.iter_mut().enumerate() {
            *value = u64::from_ne_bytes(*bytes.get(8 * index..)?.first_chunk()?);
        }
        let family = short(68)?;
        let end = |port: u16, at: usize| {
            let bytes: [u8; 16] = *bytes.get(at..)?.first_chunk()?;
            (port != 0).then(|| SocketAddr::new(address(family, bytes)?, port).into())?
        };
        Some(Self {
            args,
            mode: u32::from_ne_bytes(*bytes.get(64..)?.first_chunk()?),
            family,
            sock_type: short(70)?,
            protocol: short(72)?,
            state: short(74)?,
            local: end(short(76)?, 80),
            remote: end(short(78)?, 96),
            peek: *bytes.get(112..)?.first_chunk()?,
        })
    }

    /// Four bytes of the structure.
    pub(super) fn word(&self, at: usize) -> u32 {
        self.peek.get(at..).and_then(|rest| rest.first_chunk()).copied().map_or(0, u32::from_ne_bytes)
    }

    /// The structure as a socket address.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        let family = u16::from_ne_bytes(*self.peek.first_chunk()?);
        let port = u16::from_be_bytes(*self.peek.get(2..)?.first_chunk()?);
        let from = if family == AF_INET { 4 } else { 8 };
        Some(SocketAddr::new(address(family, *self.peek.get(from..)?.first_chunk()?)?, port))
    }
}

/// IPv4 in IPv6 clothes is IPv4.
fn address(family: u16, bytes: [u8; 16]) -> Option<IpAddr> {
    let [a, b, c, d, ..] = bytes;
    match family {
        AF_INET => Some(Ipv4Addr::new(a, b, c, d).into()),
        AF_INET6 => Some(IpAddr::from(Ipv6Addr::from(bytes)).to_canonical()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_families() {
        let mut bytes = [0; 144];
        bytes[68] = 2;
        bytes[78..80].copy_from_slice(&443_u16.to_ne_bytes());
        bytes[96..100].copy_from_slice(&[192, 0, 2, 1]);
        bytes[112] = 10;
        bytes[114..116].copy_from_slice(&80_u16.to_be_bytes());
        bytes[135] = 1;
        let block = Block::parse(&bytes).unwrap();
        assert_eq!(block.remote, Some("192.0.2.1:443".parse().unwrap()));
        assert_eq!((block.local, block.address()), (None, Some("[::1]:80".parse().unwrap())));
        assert!(Block::parse(&bytes[..130]).is_none());
    }
}
