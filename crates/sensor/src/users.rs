//! User names of the host.

use std::collections::HashMap;
use std::io::Read as _;
use std::time::{Instant, SystemTime};

const FILE: &str = "/etc/passwd";
const MAX_BYTES: u64 = 4 << 20;

/// The host's passwd file, read again when it changes. A container's own file is not read: it belongs to whoever is in
/// the container, and could name its users after the host's.
pub(crate) struct Users {
    names: HashMap<u32, String>,
    modified: Option<SystemTime>,
    checked: Instant,
}

impl Users {
    pub(crate) fn new() -> Self {
        let mut users = Self { names: HashMap::new(), modified: None, checked: Instant::now() };
        users.read();
        users
    }

    /// The name of a user. In a container only `root` is known to be the same as on the host.
    pub(crate) fn name(&mut self, uid: u32, on_host: bool) -> Option<String> {
        if uid == 0 {
            return Some("root".to_owned());
        }
        if !on_host {
            return None;
        }
        if self.checked.elapsed().as_secs() >= 5 {
            self.checked = Instant::now();
            let modified = std::fs::metadata(FILE).and_then(|data| data.modified()).ok();
            if modified != self.modified {
                self.read();
            }
        }
        self.names.get(&uid).cloned()
    }

    fn read(&mut self) {
        let Ok(file) = std::fs::File::open(FILE) else { return };
        self.modified = file.metadata().and_then(|data| data.modified()).ok();
        let mut text = Vec::new();
        if file.take(MAX_BYTES).read_to_end(&mut text).is_err() {
            return;
        }
        self.names.clear();
        for line in String::from_utf8_lossy(&text).lines() {
            let mut fields = line.split(':');
            if let (Some(name), Some(_), Some(Ok(uid))) =
                (fields.next(), fields.next(), fields.next().map(str::parse))
            {
                self.names.entry(uid).or_insert_with(|| name.to_owned());
            }
        }
    }
}
