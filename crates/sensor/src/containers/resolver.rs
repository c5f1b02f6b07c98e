//! Remembers containers, so that their state is read once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seawall_events::{Container, Pod};

use super::{Identity, Roots, identify, names};
use crate::record::{Group, Kind, Record};

/// Containers remembered at once; a node runs a few hundred.
const MAX_KNOWN: usize = 8192;
/// How long a container without state, or a name that is no container, is believed to be so.
const RECHECK: Duration = Duration::from_secs(2);
/// The same for plain names, which need no waiting: runc writes its state before the container's first program starts.
const RECHECK_PLAIN: Duration = Duration::from_millis(50);
/// Between two looks at a state that is not there yet.
const STEP: Duration = Duration::from_millis(2);

/// Cgroup ids are never used twice, so a new container of an old name has another key.
type Key = u64;

struct Known {
    container: Option<Arc<Container>>,
    /// Looked at again after this.
    until: Option<Instant>,
    used: Instant,
}

/// How a container is looked for.
struct Look {
    /// Wait for its state the first time.
    wait: bool,
    /// Look again, though a short while ago nothing was found.
    again: bool,
    /// How long it is believed that there is nothing.
    recheck: Duration,
}

/// What is known of a record's container.
pub(crate) struct Answer {
    pub(crate) container: Option<Arc<Container>>,
    /// The state was waited for.
    pub(crate) waited: bool,
    /// Waited in vain: the id is all that is known.
    pub(crate) stateless: bool,
}

/// Resolves cgroups to containers.
pub(crate) struct Resolver {
    roots: Roots,
    wait: Duration,
    host_mnt_ns: u32,
    known: HashMap<Key, Known>,
}

impl Resolver {
    pub(crate) fn new(roots: Roots, wait: Duration, host_mnt_ns: u32) -> Self {
        Self { roots, wait, host_mnt_ns, known: HashMap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.known.values().filter(|known| known.container.is_some()).count()
    }

    /// The container of a record. Waits a bounded time for the state of one that is new.
    pub(crate) fn resolve(&mut self, record: &Record<'_>) -> Answer {
        let nothing = Answer { container: None, waited: false, stateless: false };
        // A process that still shares the host's files is the runtime at work, not the container.
        let own_files = self.host_mnt_ns == 0 || record.mnt_ns != self.host_mnt_ns;
        for groups in &record.groups {
            let Some(identity) = identify(groups.iter().map(|group| group.name.as_str())) else { continue };
            let Some(group) = groups.get(identity.level) else { continue };
            let look = Look { wait: own_files, again: false, recheck: RECHECK };
            return self.of(
                group.id,
                &look,
                |roots| roots.read(&identity),
                || own_files.then(|| bare(&identity)),
            );
        }
        let candidates: Vec<&Group> =
            record.groups.iter().flatten().filter(|group| names::plausible(&group.name)).collect();
        let Some(first) = candidates.first() else { return nothing };
        if !own_files {
            // A process that entered the host's namespace out of a known container still belongs to it.
            let container = self.known.get(&first.id).and_then(|known| known.container.clone());
            return Answer { container, ..nothing };
        }
        let find = |roots: &Roots| {
            let group = candidates.iter().find(|group| roots.has(&group.name))?;
            roots.read(&Identity { id: group.name.clone(), runtime: None, pod_uid: None, level: 0 })
        };
        let look = Look { wait: false, again: record.kind == Kind::Exec, recheck: RECHECK_PLAIN };
        self.of(first.id, &look, find, || None)
    }

    fn of(
        &mut self,
        key: Key,
        look: &Look,
        find: impl Fn(&Roots) -> Option<Container>,
        without: impl Fn() -> Option<Container>,
    ) -> Answer {
        let now = Instant::now();
        let seen = self.known.get_mut(&key);
        let first_time = seen.is_none();
        if let Some(known) = seen {
            known.used = now;
            if known.until.is_none_or(|until| now < until && !look.again) {
                return Answer { container: known.container.clone(), waited: false, stateless: false };
            }
        }
        let mut found = find(&self.roots);
        let mut waited = false;
        while found.is_none() && first_time && look.wait && now.elapsed() < self.wait {
            waited = true;
            std::thread::sleep(STEP);
            found = find(&self.roots);
        }
        let until = if found.is_some() { None } else { Some(Instant::now() + look.recheck) };
        let container = found.or_else(&without).map(Arc::new);
        let stateless = until.is_some() && container.is_some() && first_time;
        self.make_room();
        // The runtime's own processes do not wait; the next record of the container still may.
        if look.wait || look.recheck == RECHECK_PLAIN || until.is_none() {
            self.known.insert(key, Known { container: container.clone(), until, used: now });
        }
        Answer { container, waited, stateless }
    }

    fn make_room(&mut self) {
        if self.known.len() < MAX_KNOWN {
            return;
        }
        let mut times: Vec<Instant> = self.known.values().map(|known| known.used).collect();
        times.sort_unstable();
        if let Some(middle) = times.get(times.len() / 2).copied() {
            self.known.retain(|_, known| known.used > middle);
        }
    }

    /// Forgets containers that have not been heard of for a while; a living one is read again.
    pub(crate) fn sweep(&mut self, idle: Duration) {
        self.known.retain(|_, known| known.used.elapsed() < idle);
    }
}

/// A container of which only the cgroup's name is known.
fn bare(identity: &Identity) -> Container {
    Container {
        id: identity.id.clone(),
        runtime: identity.runtime.map(str::to_owned),
        pod: identity.pod_uid.clone().map(|uid| Arc::new(Pod { uid, ..Pod::default() })),
        ..Container::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Group;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const HOST: u32 = 1;

    fn record(kind: Kind, mnt_ns: u32, cgroup: u64, name: &str) -> Record<'static> {
        Record {
            time: 0,
            started: 0,
            value: 0,
            kind,
            cpu: 0,
            pid: 7,
            ppid: 1,
            vpid: 1,
            uid: 0,
            gid: 0,
            tty: 0,
            mnt_ns,
            flags: 0,
            call: 0,
            address: [0; 16],
            comm: "sh".to_owned(),
            groups: [vec![Group { id: cgroup, name: name.to_owned() }], Vec::new()],
            parts: [&[]; 6],
        }
    }

    fn resolver(folder: &std::path::Path, wait: Duration) -> Resolver {
        let roots = Roots {
            states: vec![folder.to_owned()],
            namespaced_states: Vec::new(),
            storages: Vec::new(),
            dockers: Vec::new(),
        };
        Resolver::new(roots, wait, HOST)
    }

    fn write(folder: &std::path::Path, id: &str, image: &str) {
        std::fs::create_dir_all(folder.join(id)).unwrap();
        let label = format!("org.opencontainers.image.ref.name={image}");
        let state = serde_json::json!({"config": {"labels": [label]}});
        std::fs::write(folder.join(id).join("state.json"), state.to_string()).unwrap();
    }

    #[test]
    fn a_state_that_comes_milliseconds_later_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let late = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(60));
            write(&path, ID, "shop:1");
        });
        let mut resolver = resolver(folder.path(), Duration::from_secs(5));
        let answer = resolver.resolve(&record(Kind::Exec, 2, 10, ID));
        late.join().unwrap();
        assert!(answer.waited && !answer.stateless);
        assert_eq!(answer.container.unwrap().image.as_deref(), Some("shop:1"));
        assert_eq!(resolver.len(), 1);
    }

    #[test]
    fn a_wait_in_vain_is_bounded_and_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let mut resolver = resolver(folder.path(), Duration::from_millis(20));
        let answer = resolver.resolve(&record(Kind::Exec, 2, 10, ID));
        assert!(answer.waited && answer.stateless);
        assert_eq!(answer.container.unwrap().id, ID);
        let answer = resolver.resolve(&record(Kind::Open, 2, 10, ID));
        assert!(!answer.waited && answer.container.is_some());
    }

    #[test]
    fn plain_names_count_only_with_a_state_and_follow_their_cgroup() {
        let folder = tempfile::tempdir().unwrap();
        let mut resolver = resolver(folder.path(), Duration::from_secs(5));
        assert!(resolver.resolve(&record(Kind::Open, 2, 10, "shop")).container.is_none());
        write(folder.path(), "shop", "shop:1");
        let image = |answer: Answer| answer.container.and_then(|container| container.image.clone());
        assert_eq!(image(resolver.resolve(&record(Kind::Exec, 2, 10, "shop"))).as_deref(), Some("shop:1"));
        // Out of the container into the host's files.
        assert_eq!(image(resolver.resolve(&record(Kind::Open, HOST, 10, "shop"))).as_deref(), Some("shop:1"));
        assert!(
            resolver.resolve(&record(Kind::Open, HOST, 11, "shop")).container.is_none(),
            "a process of the host"
        );
        // A new container of the old name has another cgroup.
        write(folder.path(), "shop", "shop:2");
        assert_eq!(image(resolver.resolve(&record(Kind::Exec, 2, 12, "shop"))).as_deref(), Some("shop:2"));
    }
}
