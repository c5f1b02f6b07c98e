//! `fd.*`: the file or socket that the call is about.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use seawall_events::{Event, EventKind, FdKind, Protocol};

use super::table::{absent, field, recorded, with};
use super::value::{Value, number, text, truth};
use super::{Field, Takes, Type, arguments, container};

use Type::{Address, Bool, Number, Text, Texts};

#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    field("fd.num", Number, |e, _| match view(e) { Some(view) => number(view.number?), None => coming(e).and_then(|_| number(-1)) }, "file descriptor; -1 before there is one, and when the call failed"),
    field("fd.name", Text, |e, _| name(e), "path, or addresses and ports"),
    field("fd.nameraw", Text, |e, _| match view(e) { Some(View { raw: Some(raw), .. }) => text(raw), _ => name(e) }, "path as the process gave it"),
    field("fd.directory", Text, |e, _| directory(&path(e)?), "the file's directory"),
    field("fd.filename", Text, |e, _| file_name(&path(e)?), "the file's name"),
    field("fd.typechar", Text, |e, _| text(view(e).map(|view| view.kind).or_else(|| coming(e))?.character()), "f file, d directory, 4 IPv4, 6 IPv6, u Unix, p pipe …"),
    field("fd.type", Text, |e, _| text(view(e)?.kind.name()?), "file, directory, ipv4, ipv6, unix, pipe …"),
    field("fd.sockfamily", Text, |e, _| match view(e)?.kind { FdKind::Ipv4 | FdKind::Ipv6 => text("ip"), FdKind::Unix => text("unix"), _ => None }, "ip or unix"),
    field("fd.l4proto", Text, |e, _| { let view = view(e)?; if view.kind.is_internet() && !view.protocol.is_empty() { text(view.protocol) } else { None } }, "tcp, udp, icmp or raw"),
    field("fd.ip", Address, |e, _| both(e), "an address of the connection"),
    field("fd.net", Address, |e, _| both(e), "an address, compared with networks"),
    field("fd.sip", Address, |e, _| ip(view(e)?.server), "the server's address"),
    field("fd.snet", Address, |e, _| ip(view(e)?.server), "the server's address, compared with networks"),
    field("fd.rip", Address, |e, _| ip(view(e)?.remote()), "the far address"),
    field("fd.rnet", Address, |e, _| ip(view(e)?.remote()), "the far address, compared with networks"),
    recorded("fd.cip", Address, |e, _| ip(view(e)?.client), "the client's address"),
    recorded("fd.cnet", Address, |e, _| ip(view(e)?.client), "the client's address, compared with networks"),
    recorded("fd.lip", Address, |e, _| ip(view(e)?.local()), "the near address"),
    recorded("fd.lnet", Address, |e, _| ip(view(e)?.local()), "the near address, compared with networks"),
    field("fd.port", Number, |e, _| { let view = view(e)?; let ports: Vec<i64> = [view.client, view.server].iter().flatten().map(|one| one.port().into()).collect(); if ports.is_empty() { None } else { Some(Value::Numbers(ports)) } }, "a port of the connection"),
    field("fd.sport", Number, |e, _| port(view(e)?.server), "the server's port"),
    field("fd.rport", Number, |e, _| port(view(e)?.remote()), "the far port"),
    recorded("fd.cport", Number, |e, _| port(view(e)?.client), "the client's port"),
    recorded("fd.lport", Number, |e, _| port(view(e)?.local()), "the near port"),
    field("fd.proto", Texts, |e, _| { let view = view(e)?; Some(Value::Texts([view.client, view.server].into_iter().flatten().filter_map(service).collect())) }, "the protocol by port"),
    field("fd.sproto", Text, |e, _| text(service(view(e)?.server?)?), "the server's protocol by port"),
    field("fd.rproto", Text, |e, _| text(service(view(e)?.remote()?)?), "the far side's protocol by port"),
    recorded("fd.cproto", Text, |e, _| text(service(view(e)?.client?)?), "the client's protocol by port"),
    recorded("fd.lproto", Text, |e, _| text(service(view(e)?.local()?)?), "the near side's protocol by port"),
    field("fd.connected", Bool, |e, _| { let view = view(e)?; if view.kind.is_internet() { truth(view.connected) } else { None } }, "whether the socket is connected"),
    field("fd.is_server", Bool, |e, _| { let view = view(e)?; if view.kind == FdKind::Unknown { None } else { truth(view.is_server == Some(true)) } }, "whether the near side serves"),
    recorded("fd.uid", Text, |e, _| text(format!("{}{}", e.process.thread_id(), view(e)?.number?)), "thread and descriptor"),
    recorded("fd.containername", Text, |e, _| text(format!("{}:{}", container::id(e), name(e)?.text())), "container and name"),
    recorded("fd.containerdirectory", Text, |e, _| text(format!("{}:{}", container::id(e), directory(&path(e)?)?.text())), "container and directory"),
    recorded("fd.dev", Number, |e, _| nonzero(view(e)?.dev.into()), "device number"),
    recorded("fd.dev.major", Number, |e, _| { let dev = view(e)?.dev; nonzero(u64::from(dev)).and(number(dev >> 20)) }, "major device number"),
    recorded("fd.dev.minor", Number, |e, _| { let dev = view(e)?.dev; nonzero(u64::from(dev)).and(number(dev & 0xf_ffff)) }, "minor device number"),
    recorded("fd.ino", Number, |e, _| nonzero(view(e)?.ino), "inode"),
    with(Takes::OptionalName, recorded("fd.types", Texts, |e, _| Some(Value::Texts(vec![view(e)?.kind.name()?.into()])), "types of the descriptors of a call")),
    absent("fd.l", Text, "the near side"),
    absent("fd.name_changed", Bool, "whether the far side changed"),
    absent("fd.sip.name", Text, "the server's name"),
    absent("fd.cip.name", Text, "the client's name"),
    absent("fd.rip.name", Text, "the far side's name"),
    absent("fd.lip.name", Text, "the near side's name"),
    absent("fd.is_upper_layer", Bool, "whether the file is not of the image"),
    absent("fd.is_lower_layer", Bool, "whether the file is of the image"),
    absent("fd.is_unlinked", Bool, "whether the file is deleted"),
];

/// A descriptor, wherever the event has it from.
struct View<'a> {
    kind: FdKind,
    number: Option<i64>,
    name: Cow<'a, str>,
    raw: Option<&'a str>,
    client: Option<SocketAddr>,
    server: Option<SocketAddr>,
    protocol: &'a str,
    is_server: Option<bool>,
    connected: bool,
    dev: u32,
    ino: u64,
}

impl View<'_> {
    fn local(&self) -> Option<SocketAddr> {
        if self.is_server == Some(true) { self.server } else { self.client }
    }

    fn remote(&self) -> Option<SocketAddr> {
        if self.is_server == Some(true) { self.client } else { self.server }
    }
}

fn view(event: &Event) -> Option<View<'_>> {
    let empty = View {
        kind: FdKind::Unknown,
        number: None,
        name: Cow::Borrowed(""),
        raw: None,
        client: None,
        server: None,
        protocol: "",
        is_server: None,
        connected: false,
        dev: 0,
        ino: 0,
    };
    match &event.kind {
        EventKind::Open { path, result, .. } => {
            Some(View { kind: FdKind::File, number: Some((*result).max(-1)), name: path.into(), ..empty })
        }
        EventKind::Connect { protocol, address, port, result } => {
            let server = SocketAddr::new(address.to_canonical(), *port);
            Some(View {
                kind: if server.is_ipv4() { FdKind::Ipv4 } else { FdKind::Ipv6 },
                name: server.to_string().into(),
                server: Some(server),
                protocol: match protocol {
                    Protocol::Tcp => "tcp",
                    Protocol::Udp => "udp",
                },
                is_server: Some(false),
                connected: *result == 0,
                ..empty
            })
        }
        EventKind::Call(call) => {
            let fd = call.fd.as_deref()?;
            let socket = fd.socket.as_ref();
            Some(View {
                kind: fd.kind,
                number: call.fd_number,
                name: fd.name.as_str().into(),
                raw: fd.raw_name.as_deref(),
                client: socket.and_then(|socket| socket.client),
                server: socket.and_then(|socket| socket.server),
                protocol: socket.map_or("", |socket| &socket.protocol),
                is_server: socket.and_then(|socket| socket.is_server),
                connected: socket.is_some_and(|socket| socket.connected),
                dev: fd.dev,
                ino: fd.ino,
            })
        }
        _ => None,
    }
}

/// The kind of descriptor that a call makes or needs, as Falco tells it where there is none: yet, or because it failed.
fn coming(event: &Event) -> Option<FdKind> {
    let EventKind::Call(call) = &event.kind else { return None };
    Some(match &*call.name {
        "open" | "openat" | "openat2" | "creat" => FdKind::File,
        "socket" | "bind" | "connect" | "listen" | "accept" | "send" | "sendto" | "recv" | "recvfrom"
        | "shutdown" | "getsockname" | "getpeername" | "socketpair" | "setsockopt" | "getsockopt"
        | "sendmsg" | "recvmsg" => FdKind::Ipv4,
        "pipe" => FdKind::Pipe,
        "eventfd" => FdKind::Event,
        "signalfd" => FdKind::Signal,
        "timerfd_create" => FdKind::Timer,
        "inotify_init" => FdKind::Inotify,
        _ => return None,
    })
}

/// The descriptor's name; of an open that failed, the path that was asked for.
fn name(event: &Event) -> Option<Value<'_>> {
    match view(event) {
        Some(view) if view.kind == FdKind::Unknown && view.name.is_empty() => None,
        Some(view) => text(view.name),
        None => text(arguments::failed_open(event)?),
    }
}

/// The path of a file or directory.
fn path(event: &Event) -> Option<Cow<'_, str>> {
    let view = view(event)?;
    if view.kind.is_path() { Some(view.name) } else { None }
}

/// Up to the last slash; `/` for what lies in the root.
pub(super) fn directory(path: &str) -> Option<Value<'static>> {
    match path.rsplit_once('/')? {
        ("", _) => text("/"),
        (directory, _) => text(directory.to_owned()),
    }
}

/// Behind the last slash.
fn file_name(path: &str) -> Option<Value<'static>> {
    text(path.rsplit_once('/').map_or(path, |(_, name)| name).to_owned())
}

fn ip(address: Option<SocketAddr>) -> Option<Value<'static>> {
    address.map(|one| Value::Address(one.ip().to_canonical()))
}

fn port(address: Option<SocketAddr>) -> Option<Value<'static>> {
    number(address?.port())
}

fn both(event: &Event) -> Option<Value<'_>> {
    let view = view(event)?;
    let ends: Vec<IpAddr> =
        [view.client, view.server].iter().flatten().map(|one| one.ip().to_canonical()).collect();
    if ends.is_empty() { None } else { Some(Value::Addresses(ends)) }
}

fn nonzero(value: u64) -> Option<Value<'static>> {
    if value == 0 { None } else { number(value) }
}

/// What usually listens on a port, by its name in services(5).
fn service<'a>(address: SocketAddr) -> Option<Cow<'a, str>> {
    Some(match address.port() {
        0 => return None,
        21 => "ftp".into(),
        22 => "ssh".into(),
        23 => "telnet".into(),
        25 => "smtp".into(),
        53 => "domain".into(),
        67 => "bootps".into(),
        80 => "http".into(),
        110 => "pop3".into(),
        123 => "ntp".into(),
        143 => "imap2".into(),
        161 => "snmp".into(),
        389 => "ldap".into(),
        443 => "https".into(),
        514 => "shell".into(),
        636 => "ldaps".into(),
        993 => "imaps".into(),
        995 => "pop3s".into(),
        3306 => "mysql".into(),
        5432 => "postgresql".into(),
        port => port.to_string().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path() {
        let parts = |path| {
            (directory(path).map(|v| v.text().into_owned()), file_name(path).map(|v| v.text().into_owned()))
        };
        assert_eq!(parts("/etc/shadow"), (Some("/etc".into()), Some("shadow".into())));
        assert_eq!(parts("/x"), (Some("/".into()), Some("x".into())));
        assert_eq!(parts("x"), (None, Some("x".into())));
    }
}
