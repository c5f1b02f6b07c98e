//! What `/proc` tells of a process that was there before the sensor.

use std::io::Read as _;
use std::path::Path;

/// Longest command line that is taken.
const MAX_ARGS: u64 = 4096;

/// A process as `/proc` tells it.
pub(crate) struct Found {
    pub(crate) pid: u32,
    pub(crate) ppid: u32,
    pub(crate) vpid: u32,
    pub(crate) name: String,
    pub(crate) exe: String,
    pub(crate) args: Vec<String>,
    pub(crate) cwd: Option<String>,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) tty: u32,
    /// Start on the boot clock, in hundredths of a second (USER_HZ is 100 on every Linux).
    pub(crate) ticks: u64,
}

/// Reads one process; None when it is gone.
pub(crate) fn read(pid: u32) -> Option<Found> {
    let folder = Path::new("/proc").join(pid.to_string());
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    let (before, after) = stat.rsplit_once(") ")?;
    let name = before.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let status = std::fs::read_to_string(folder.join("status")).ok()?;
    let row = |key: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(key))
            .map(|rest| rest.split_whitespace().collect::<Vec<_>>())
    };
    let effective = |key| row(key).and_then(|values| values.get(1)?.parse().ok()).unwrap_or(u32::MAX);
    let link =
        |what| std::fs::read_link(folder.join(what)).ok().map(|path| path.to_string_lossy().into_owned());
    let mut args = Vec::new();
    if let Ok(file) = std::fs::File::open(folder.join("cmdline")) {
        let _ = file.take(MAX_ARGS).read_to_end(&mut args);
    }
    Some(Found {
        pid,
        ppid: fields.get(1)?.parse().ok()?,
        vpid: row("NSpid:").and_then(|values| values.last()?.parse().ok()).unwrap_or(pid),
        name,
        exe: link("exe").map(|path| path.trim_end_matches(" (deleted)").to_owned()).unwrap_or_default(),
        args: arguments(&args),
        cwd: link("cwd"),
        uid: effective("Uid:"),
        gid: effective("Gid:"),
        tty: fields.get(4)?.parse::<i32>().map_or(0, i32::cast_unsigned),
        ticks: fields.get(19)?.parse().ok()?,
    })
}

/// Every process there is.
pub(crate) fn all() -> Vec<Found> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter_map(read).collect()
}

/// Whether a process of this id is there.
pub(crate) fn alive(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// Arguments as they lie in memory: each ended by NUL; the last may be cut.
pub(crate) fn arguments(bytes: &[u8]) -> Vec<String> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    bytes.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

/// The number of a namespace, such as `mnt` of process 1.
pub(crate) fn namespace(pid: &str, kind: &str) -> Option<u32> {
    let link = std::fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok()?;
    link.to_str()?.split_once('[')?.1.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_itself() {
        let me = read(std::process::id()).unwrap();
        assert!(me.exe.contains("seawall_sensor"), "{}", me.exe);
        assert!(!me.args.is_empty());
        assert!(all().len() > 1);
        assert!(alive(me.pid) && namespace("self", "mnt").is_some());
    }

    #[test]
    fn arguments_keep_empty_ones() {
        assert_eq!(arguments(b"sh\0-c\0\0x\0"), ["sh", "-c", "", "x"]);
        assert!(arguments(b"").is_empty());
    }
}
