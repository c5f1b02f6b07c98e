//! Files that are opened, descriptors that are copied.

use seawall_events::{Fd, FdKind};

use super::State;
use super::apply::Ended;

/// libscap's number of O_DIRECTORY.
const O_DIRECTORY: u32 = 1024;

impl State {
    pub(super) fn opened(&mut self, ended: &Ended<'_>, number: i64) {
        let raw = ended.raw;
        let Some(given) = ended.text("name").or_else(|| ended.text("path")) else { return };
        let directory = ended.number("dirfd");
        let name = self
            .absolute(raw.tid, directory, &given)
            .unwrap_or_else(|| if given.is_empty() { "<NA>".to_owned() } else { given.clone() });
        let flags = ended.number("flags").map_or(0, bits);
        let fd = Fd {
            kind: if flags & O_DIRECTORY == 0 { FdKind::File } else { FdKind::Directory },
            name,
            raw_name: Some(given),
            flags,
            dev: ended.number("dev").map_or(0, bits),
            ino: raw.unsigned("ino").unwrap_or(0),
            socket: None,
        };
        self.set_fd(raw.tid, number, fd);
    }

    pub(super) fn duplicated(&mut self, ended: &Ended<'_>, result: Option<i64>) {
        const F_DUPFD: i64 = 1;
        const F_DUPFD_CLOEXEC: i64 = 26;
        let raw = ended.raw;
        if raw.info.name == "fcntl" && !matches!(ended.number("cmd"), Some(F_DUPFD | F_DUPFD_CLOEXEC)) {
            return;
        }
        let copy = ended.fd.and_then(|number| self.fd(raw.tid, number)).map(|fd| (**fd).clone());
        if let (Some(copy), Some(number)) = (copy, result) {
            self.set_fd(raw.tid, number, copy);
        }
    }

    pub(super) fn pipe_made(&mut self, ended: &Ended<'_>) {
        let raw = ended.raw;
        let ino = raw.unsigned("ino").unwrap_or(0);
        for name in ["fd1", "fd2"] {
            let fd = Fd { kind: FdKind::Pipe, ino, ..Fd::default() };
            self.set_fd(raw.tid, raw.number(name).unwrap_or(-1), fd);
        }
    }
}

/// The lower 32 bits of a number: flags are no quantities, their sign means nothing.
fn bits(number: i64) -> u32 {
    number.cast_unsigned() as u32
}
