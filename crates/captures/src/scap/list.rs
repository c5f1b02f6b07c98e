//! The tables at the beginning of a file: processes, their descriptors, users and groups.

use std::net::{IpAddr, SocketAddr};

use seawall_events::{Capabilities, Executable, Fd, FdKind, Process, Resources, Socket};

use super::cursor::{Cursor, Short, text, texts};

/// A thread of the process list.
pub(super) struct Listed {
    pub(super) tid: i64,
    pub(super) ptid: i64,
    /// libscap's clone flags.
    pub(super) flags: u32,
    pub(super) cgroups: Vec<u8>,
    pub(super) process: Process,
}

/// A number of the file as an id: what is negative or too large is unknown.
pub(super) fn id(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// What the fields after the root directory took before tty and start times were put between them.
const OLD_TAIL: usize = 29;

/// Reads the threads of a process list of `version`, from 1 to 9.
pub(super) fn processes(body: &[u8], version: u8) -> Result<Vec<Listed>, String> {
    let mut cursor = Cursor::new(body);
    let mut all = Vec::new();
    while cursor.left() >= 4 {
        let place = all.len();
        let short = |Short| format!("entry {place} of the process list is cut off");
        let size = if version >= 9 { Some(cursor.u32().map_err(short)? as usize) } else { None };
        let listed = match size {
            Some(size) => {
                let size = size.checked_sub(4).ok_or(Short).map_err(short)?;
                let mut entry = Cursor::new(cursor.bytes(size).map_err(short)?);
                process(&mut entry, version).map_err(short)?
            }
            None => process(&mut cursor, version).map_err(short)?,
        };
        all.push(listed);
    }
    Ok(all)
}

fn process(cursor: &mut Cursor<'_>, version: u8) -> Result<Listed, Short> {
    let (tid, pid, above) = (cursor.i64()?, cursor.i64()?, cursor.i64()?);
    let mut process = Process { pid: id(pid), ppid: id(above), tid: id(tid), ..Process::default() };
    if version >= 6 {
        process.sid = id(cursor.i64()?);
    }
    if version >= 8 {
        process.vpgid = id(cursor.i64()?);
    }
    process.name = cursor.short_text()?;
    let exe = cursor.short_text()?;
    if version >= 7 {
        process.exe_path = cursor.short_text()?;
    }
    process.args = std::iter::once(exe).chain(texts(cursor.short_bytes()?)).collect();
    process.cwd = Some(cursor.short_text()?);
    let mut resources = Resources { fd_limit: cursor.i64()?, ..Resources::default() };
    let flags = cursor.u32()?;
    (process.uid, process.gid) = (cursor.u32()?, cursor.u32()?);
    if version >= 2 {
        (resources.vm_size, resources.vm_rss, resources.vm_swap) =
            (cursor.u32()?, cursor.u32()?, cursor.u32()?);
        (resources.major_faults, resources.minor_faults) = (cursor.u64()?, cursor.u64()?);
    }
    process.resources = Some(resources);
    if version >= 3 {
        process.env = texts(cursor.short_bytes()?);
    }
    let mut cgroups = Vec::new();
    process.vpid = process.pid;
    process.vtid = process.tid;
    if version >= 4 {
        (process.vtid, process.vpid) = (id(cursor.i64()?), id(cursor.i64()?));
        cgroups = cursor.short_bytes()?.to_vec();
    }
    if version >= 5 {
        cursor.short_bytes()?; // the root directory
    }
    if version >= 9 {
        tail(cursor, &mut process)?;
    }
    Ok(Listed { tid, ptid: above, flags, cgroups, process })
}

/// What later versions appended: each field is there if the entry is long enough.
fn tail(cursor: &mut Cursor<'_>, process: &mut Process) -> Result<(), Short> {
    let truth = |cursor: &mut Cursor<'_>| cursor.u8().map(|byte| Some(byte != 0));
    if cursor.left() > OLD_TAIL {
        process.namespace_started = cursor.u64()?;
        process.tty = cursor.u32()?;
    }
    if cursor.left() < 4 {
        return Ok(());
    }
    process.login_uid = Some(cursor.u32()?).filter(|uid| *uid != u32::MAX);
    let mut executable = Executable::default();
    if cursor.left() >= 1 {
        executable.writable = truth(cursor)?;
    }
    if cursor.left() >= 24 {
        let (inheritable, permitted, effective) = (cursor.u64()?, cursor.u64()?, cursor.u64()?);
        process.capabilities = Some(Capabilities { effective, permitted, inheritable });
    }
    if cursor.left() >= 25 {
        executable.upper_layer = truth(cursor)?;
        (executable.ino, executable.ctime, executable.mtime) = (cursor.u64()?, cursor.u64()?, cursor.u64()?);
    }
    if cursor.left() >= 1 {
        executable.from_memory = truth(cursor)?;
    }
    if cursor.left() >= 1 {
        executable.lower_layer = truth(cursor)?;
    }
    process.executable = executable;
    if cursor.left() >= 8 {
        process.pgid = id(cursor.i64()?);
    }
    Ok(())
}

/// Reads the descriptors of one process: the thread they belong to, and each by number.
pub(super) fn descriptors(body: &[u8], sized: bool) -> Result<(i64, Vec<(i64, Fd)>), String> {
    let mut cursor = Cursor::new(body);
    let tid = cursor.i64().map_err(|Short| "a list of descriptors has no thread".to_owned())?;
    let mut all = Vec::new();
    while cursor.left() >= 4 {
        let place = all.len();
        let short = |Short| format!("entry {place} of the descriptors of thread {tid} is cut off");
        let found = if sized {
            let size =
                cursor.u32().and_then(|size| (size as usize).checked_sub(4).ok_or(Short)).map_err(short)?;
            descriptor(&mut Cursor::new(cursor.bytes(size).map_err(short)?), true).map_err(short)?
        } else {
            descriptor(&mut cursor, false).map_err(short)?
        };
        match found {
            Some(found) => all.push(found),
            // A kind of a later version: without lengths, what follows cannot be found.
            None if !sized => break,
            None => {}
        }
    }
    Ok((tid, all))
}

fn descriptor(cursor: &mut Cursor<'_>, sized: bool) -> Result<Option<(i64, Fd)>, Short> {
    let (number, ino, kind) = (cursor.i64()?, cursor.u64()?, cursor.u8()?);
    let mut fd = Fd { ino, ..Fd::default() };
    match kind {
        3 | 4 => {
            let (client, server): (IpAddr, IpAddr) = if kind == 3 {
                (cursor.ipv4()?.into(), cursor.ipv4()?.into())
            } else {
                (cursor.ipv6()?.into(), cursor.ipv6()?.into())
            };
            let (from, to) = (cursor.u16()?, cursor.u16()?);
            let (from, to) = (SocketAddr::from((client, from)), SocketAddr::from((server, to)));
            connection(&mut fd, from, to, cursor.u8()?);
        }
        5 => {
            let server = SocketAddr::from((cursor.ipv4()?, cursor.u16()?));
            listener(&mut fd, server, cursor.u8()?);
        }
        6 => {
            let server = SocketAddr::from((cursor.ipv6()?, cursor.u16()?));
            listener(&mut fd, server, cursor.u8()?);
        }
        8 => {
            cursor.bytes(16)?; // the kernel's addresses of both ends
            fd.kind = FdKind::Unix;
            fd.name = cursor.short_text()?;
        }
        16 => {
            fd.kind = FdKind::File;
            fd.flags = cursor.u32()?;
            fd.name = cursor.short_text()?;
            if sized && cursor.left() >= 4 {
                fd.dev = cursor.u32()?;
            }
        }
        _ => {
            let Some(kind) = named(kind) else { return Ok(None) };
            fd.kind = kind;
            fd.name = cursor.short_text()?;
        }
    }
    Ok(Some((number, fd)))
}

fn named(kind: u8) -> Option<FdKind> {
    Some(match kind {
        1 => FdKind::File,
        2 => FdKind::Directory,
        7 => FdKind::Pipe,
        9 => FdKind::Event,
        10 => FdKind::Other,
        11 => FdKind::Signal,
        12 => FdKind::Poll,
        13 => FdKind::Inotify,
        14 => FdKind::Timer,
        15 => FdKind::Netlink,
        17 => FdKind::Bpf,
        18 => FdKind::UserFault,
        19 => FdKind::IoUring,
        20 => FdKind::Memory,
        21 => FdKind::Process,
        _ => return None,
    })
}

pub(super) fn protocol(number: u8) -> &'static str {
    match number {
        2 => "tcp",
        3 => "udp",
        4 => "icmp",
        5 => "raw",
        _ => "",
    }
}

fn connection(fd: &mut Fd, client: SocketAddr, server: SocketAddr, transport: u8) {
    fd.kind = if server.is_ipv4() { FdKind::Ipv4 } else { FdKind::Ipv6 };
    fd.name = format!("{}->{}", address(client), address(server));
    fd.socket = Some(Socket {
        client: Some(client),
        server: Some(server),
        protocol: protocol(transport).to_owned(),
        is_server: None,
        connected: transport == 2,
    });
}

fn listener(fd: &mut Fd, server: SocketAddr, transport: u8) {
    fd.kind = if server.is_ipv4() { FdKind::Ipv4 } else { FdKind::Ipv6 };
    fd.name = address(server);
    fd.socket = Some(Socket {
        server: Some(server),
        protocol: protocol(transport).to_owned(),
        is_server: Some(true),
        ..Socket::default()
    });
}

/// `10.0.0.1:80`, and as Falco writes it without brackets `::1:80`.
pub(super) fn address(address: SocketAddr) -> String {
    format!("{}:{}", address.ip(), address.port())
}

/// A user or a group.
pub(super) enum Account {
    User { uid: u32, name: String, home: String, shell: String },
    Group { gid: u32, name: String },
}

/// Reads users and groups.
pub(super) fn accounts(body: &[u8], sized: bool) -> Result<Vec<Account>, String> {
    let mut cursor = Cursor::new(body);
    let mut all = Vec::new();
    while cursor.left() >= 4 {
        let place = all.len();
        let short = |Short| format!("entry {place} of the list of users is cut off");
        if sized {
            let size =
                cursor.u32().and_then(|size| (size as usize).checked_sub(4).ok_or(Short)).map_err(short)?;
            all.push(account(&mut Cursor::new(cursor.bytes(size).map_err(short)?)).map_err(short)?);
        } else {
            all.push(account(&mut cursor).map_err(short)?);
        }
    }
    Ok(all)
}

fn account(cursor: &mut Cursor<'_>) -> Result<Account, Short> {
    Ok(if cursor.u8()? == 0 {
        let (uid, _gid) = (cursor.u32()?, cursor.u32()?);
        let name = text(cursor.short_bytes()?);
        Account::User { uid, name, home: cursor.short_text()?, shell: cursor.short_text()? }
    } else {
        Account::Group { gid: cursor.u32()?, name: cursor.short_text()? }
    })
}
