//! Sockets: their addresses, who is the client, and what connections are called.

use std::net::SocketAddr;

use seawall_events::{Fd, FdKind, Socket};

use super::State;
use super::apply::Ended;
use crate::scap::cursor::{Cursor, Short, text};
use crate::scap::list::address;

const AF_UNIX: u8 = 1;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const AF_NETLINK: i64 = 16;
const SOCK_STREAM: i64 = 1;
const SOCK_DGRAM: i64 = 2;
const SOCK_RAW: i64 = 3;
const IPPROTO_ICMP: i64 = 1;
const EINPROGRESS: i64 = -115;

/// What a tuple or an address of an event says.
pub(super) enum Ends {
    Internet { source: SocketAddr, destination: SocketAddr },
    Unix { source: u64, destination: u64, path: String },
}

fn tuple(bytes: &[u8]) -> Result<Ends, Short> {
    let mut cursor = Cursor::new(bytes);
    match cursor.u8()? {
        AF_INET => {
            let source = SocketAddr::from((cursor.ipv4()?, cursor.u16()?));
            Ok(Ends::Internet { source, destination: SocketAddr::from((cursor.ipv4()?, cursor.u16()?)) })
        }
        AF_INET6 => {
            let source = SocketAddr::from((cursor.ipv6()?, cursor.u16()?));
            Ok(Ends::Internet { source, destination: SocketAddr::from((cursor.ipv6()?, cursor.u16()?)) })
        }
        AF_UNIX => {
            let (source, destination) = (cursor.u64()?, cursor.u64()?);
            Ok(Ends::Unix { source, destination, path: text(cursor.bytes(cursor.left())?) })
        }
        _ => Err(Short),
    }
}

fn single(bytes: &[u8]) -> Result<SocketAddr, Short> {
    let mut cursor = Cursor::new(bytes);
    match cursor.u8()? {
        AF_INET => Ok(SocketAddr::from((cursor.ipv4()?, cursor.u16()?))),
        AF_INET6 => Ok(SocketAddr::from((cursor.ipv6()?, cursor.u16()?))),
        _ => Err(Short),
    }
}

/// IPv4 in IPv6 clothes is IPv4.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// A tuple as people read it.
pub(in crate::scap) fn tuple_text(bytes: &[u8]) -> Option<String> {
    Some(match tuple(bytes).ok()? {
        Ends::Internet { source, destination } => {
            format!("{}->{}", address(plain(source)), address(plain(destination)))
        }
        Ends::Unix { source, destination, path } => format!("{source:x}->{destination:x} {path}"),
    })
}

/// An address as people read it.
pub(in crate::scap) fn address_text(bytes: &[u8]) -> Option<String> {
    if bytes.first() == Some(&AF_UNIX) {
        return Some(text(bytes.get(1..)?));
    }
    single(bytes).ok().map(|one| address(plain(one)))
}

fn kind_of(address: SocketAddr) -> FdKind {
    if address.is_ipv4() { FdKind::Ipv4 } else { FdKind::Ipv6 }
}

impl State {
    pub(super) fn socket_made(&mut self, ended: &Ended<'_>, number: i64) {
        let (domain, kind) = (ended.number("domain").unwrap_or(0), ended.number("type").unwrap_or(0) & 0xf);
        let protocol = match kind {
            SOCK_STREAM => "tcp",
            SOCK_DGRAM if ended.number("proto") == Some(IPPROTO_ICMP) => "icmp",
            SOCK_DGRAM => "udp",
            SOCK_RAW => "raw",
            _ => "",
        };
        let (kind, socket) = match domain {
            1 => (FdKind::Unix, None),
            2 | 10 => {
                let socket = Socket { protocol: protocol.to_owned(), ..Socket::default() };
                (if domain == 2 { FdKind::Ipv4 } else { FdKind::Ipv6 }, Some(socket))
            }
            AF_NETLINK => (FdKind::Netlink, None),
            _ => (FdKind::Unknown, None),
        };
        self.set_fd(ended.raw.tid, number, Fd { kind, socket, ..Fd::default() });
    }

    pub(super) fn connected(&mut self, ended: &Ended<'_>, result: Option<i64>) {
        let Some(number) = ended.fd else { return };
        let Some(result) = result else { return };
        // A connection of a socket that does not block is on its way; a refused one has no tuple worth keeping.
        let bytes = ended.raw.get("tuple").unwrap_or_default();
        let Ok(ends) = tuple(bytes) else { return };
        let stands = result == 0;
        if !stands && result != EINPROGRESS {
            return;
        }
        self.set_ends(ended.raw.tid, number, ends, Some(false), stands);
    }

    pub(super) fn accepted(&mut self, ended: &Ended<'_>, result: Option<i64>) {
        let raw = ended.raw;
        let Some(number) = result else { return };
        let Ok(ends) = tuple(raw.get("tuple").unwrap_or_default()) else {
            self.set_fd(raw.tid, number, Fd::default());
            return;
        };
        self.set_fd(raw.tid, number, Fd { socket: Some(stream()), ..Fd::default() });
        self.set_ends(raw.tid, number, ends, Some(true), true);
    }

    /// A datagram tells the ends of a socket that is not connected: the sender's side first.
    pub(super) fn transferred(&mut self, ended: &Ended<'_>) {
        let raw = ended.raw;
        let Some(number) = ended.fd else { return };
        let Some(Ok(ends)) = ended.bytes("tuple").map(tuple) else { return };
        // Of a socket that no one told of, the protocol is not known.
        if self.fd(raw.tid, number).is_none_or(|fd| fd.kind == FdKind::Unknown) {
            return;
        }
        let sends = raw.info.name.starts_with("send");
        let known =
            self.fd(raw.tid, number).is_some_and(|fd| fd.socket.as_ref().is_some_and(|s| s.connected));
        if known {
            return;
        }
        let role = self.fd(raw.tid, number).and_then(|fd| fd.socket.as_ref()?.is_server);
        match (ends, role) {
            // Who answers a datagram that came in is the server, and the client stays the one who asked first.
            (Ends::Internet { source, destination }, Some(true)) if sends => {
                let turned = Ends::Internet { source: destination, destination: source };
                self.set_ends(raw.tid, number, turned, Some(true), false);
            }
            (ends, Some(role)) => self.set_ends(raw.tid, number, ends, Some(role), false),
            (ends, None) => self.set_ends(raw.tid, number, ends, Some(!sends), false),
        }
    }

    pub(super) fn bound(&mut self, ended: &Ended<'_>) {
        let Some(number) = ended.fd else { return };
        let bytes = ended.raw.get("addr").unwrap_or_default();
        if bytes.first() == Some(&AF_UNIX) {
            let path = text(bytes.get(1..).unwrap_or_default());
            self.change_fd(ended.raw.tid, number, |fd| fd.name = path);
            return;
        }
        let Ok(server) = single(bytes).map(plain) else { return };
        self.change_fd(ended.raw.tid, number, |fd| {
            fd.kind = kind_of(server);
            fd.name = address(server);
            let socket = fd.socket.get_or_insert_default();
            socket.server = Some(server);
            socket.is_server = Some(true);
        });
    }

    fn set_ends(&mut self, tid: i64, number: i64, ends: Ends, is_server: Option<bool>, connected: bool) {
        if self.fd(tid, number).is_none() {
            self.set_fd(tid, number, Fd::default());
        }
        self.change_fd(tid, number, |fd| match ends {
            Ends::Internet { source, destination } => {
                let (client, server) = (plain(source), plain(destination));
                fd.kind = kind_of(server);
                fd.name = format!("{}->{}", address(client), address(server));
                let socket = fd.socket.get_or_insert_with(stream);
                (socket.client, socket.server) = (Some(client), Some(server));
                socket.is_server = is_server;
                socket.connected = connected;
            }
            Ends::Unix { path, .. } => {
                fd.kind = FdKind::Unix;
                fd.name = path;
            }
        });
    }
}

fn stream() -> Socket {
    Socket { protocol: "tcp".to_owned(), ..Socket::default() }
}
