//! What a call's descriptor stands for.

use std::net::SocketAddr;

use seawall_events::{Fd, FdKind, Socket};

use super::block::{AF_INET, AF_INET6, AF_UNIX, Block};

const AF_NETLINK: u16 = 16;
const SOCK_RAW: u16 = 3;
const TCP_ESTABLISHED: u16 = 1;
const TCP_LISTEN: u16 = 10;
const S_IFMT: u32 = 0o170_000;

/// The descriptor of the call `name`; `path` is that of its file. None where there is no such descriptor.
pub(super) fn describe(name: &str, block: &Block, path: Option<String>) -> Option<Fd> {
    let kind = match block.mode & S_IFMT {
        0o140_000 => return Some(socket(name, block)),
        0o100_000 if name == "memfd_create" => FdKind::Memory,
        0o100_000 | 0o20_000 | 0o60_000 => FdKind::File,
        0o40_000 => FdKind::Directory,
        0o10_000 => FdKind::Pipe,
        _ => match name {
            "bpf" => FdKind::Bpf,
            "userfaultfd" => FdKind::UserFault,
            "io_uring_setup" => FdKind::IoUring,
            _ if block.mode == 0 => return None,
            _ => FdKind::Other,
        },
    };
    Some(Fd { kind, name: path.unwrap_or_default(), ..Fd::default() })
}

fn socket(name: &str, block: &Block) -> Fd {
    let (local, remote) = (block.local, block.remote);
    // The address that the call names, where the socket has no far end.
    let named = block.address();
    let ends = match name {
        "accept" | "accept4" => (remote, local, Some(true)),
        "bind" => (None, named.or(local), Some(true)),
        _ if block.state == TCP_LISTEN => (None, local, Some(true)),
        "sendto" | "sendmsg" => (local, named.or(remote), Some(false)),
        _ => (local, remote, None),
    };
    let (client, server, is_server) = ends;
    let shown = client.or(server);
    let kind = match block.family {
        AF_INET => FdKind::Ipv4,
        AF_INET6 if shown.is_some_and(|address| address.is_ipv4()) => FdKind::Ipv4,
        AF_INET6 => FdKind::Ipv6,
        AF_UNIX => FdKind::Unix,
        AF_NETLINK => FdKind::Netlink,
        _ => FdKind::Other,
    };
    let protocol = match block.protocol {
        6 | 262 => "tcp",
        17 | 136 => "udp",
        1 | 58 => "icmp",
        _ if block.sock_type == SOCK_RAW => "raw",
        _ => "",
    };
    let socket = kind.is_internet().then(|| Socket {
        client,
        server,
        protocol: protocol.to_owned(),
        is_server,
        connected: block.state == TCP_ESTABLISHED,
    });
    Fd { kind, name: ends_text(client, server), socket, ..Fd::default() }
}

/// `client->server` as libscap writes it; one end alone where the other is not known.
pub(super) fn ends_text(client: Option<SocketAddr>, server: Option<SocketAddr>) -> String {
    match (client, server) {
        (Some(client), Some(server)) => format!("{}->{}", text(client), text(server)),
        (Some(one), None) | (None, Some(one)) => text(one),
        (None, None) => String::new(),
    }
}

/// Without brackets, as libscap writes it.
pub(super) fn text(address: SocketAddr) -> String {
    format!("{}:{}", address.ip(), address.port())
}
