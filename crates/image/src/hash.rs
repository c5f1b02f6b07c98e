//! SHA-256 as [`Digest`].

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use seawall_findings::Digest;
use sha2::{Digest as _, Sha256};

/// The digest of bytes in memory.
pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_sha256(Sha256::digest(bytes).into())
}

/// A running sum.
#[derive(Default)]
pub(crate) struct Sum {
    hash: Sha256,
}

impl Sum {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    pub(crate) fn finish(self) -> Digest {
        Digest::from_sha256(self.hash.finalize().into())
    }
}

/// From here on a sum is worth a thread of its own.
const WORTH_A_THREAD: u64 = 4 * 1024 * 1024;
/// Chunks on their way to the thread.
const CHUNKS: usize = 8;

/// Bytes that several threads look at; their room is used again when the last is through with them.
pub(crate) struct Chunk {
    room: Vec<u8>,
    length: usize,
    spare: Spare,
}

/// Room that is used again.
#[derive(Clone, Default)]
pub(crate) struct Spare(Arc<Mutex<Vec<Vec<u8>>>>);

impl Spare {
    /// A chunk of `size` bytes at most; `fill` says how many it wrote.
    pub(crate) fn chunk<E>(
        &self,
        size: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Chunk, E> {
        let room = self.0.lock().ok().and_then(|mut spare| spare.pop());
        let mut room = room.unwrap_or_default();
        room.resize(size, 0);
        let length = fill(&mut room)?.min(size);
        Ok(Chunk { room, length, spare: self.clone() })
    }
}

impl Chunk {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.room.get(..self.length).unwrap_or_default()
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        if let Ok(mut spare) = self.spare.0.lock()
            && spare.len() < CHUNKS
        {
            spare.push(std::mem::take(&mut self.room));
        }
    }
}

/// The sums of a layer's packed and unpacked bytes. They move to a thread of their own once there is much to sum up:
/// hashing a layer takes half as long as unpacking it, and most large images have one layer that is larger than all others
/// together.
#[derive(Default)]
pub(crate) struct LayerSums {
    length: u64,
    state: State,
}

/// Which bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Packed,
    Unpacked,
}

#[derive(Default)]
struct Both {
    packed: Sum,
    unpacked: Sum,
}

impl Both {
    fn update(&mut self, side: Side, bytes: &[u8]) {
        match side {
            Side::Packed => self.packed.update(bytes),
            Side::Unpacked => self.unpacked.update(bytes),
        }
    }
}

enum State {
    Here(Box<Both>),
    Aside {
        to: SyncSender<(Side, Arc<Chunk>)>,
        thread: JoinHandle<Both>,
    },
    /// The thread is gone: there is no sum any more, and nothing may be taken for one.
    Lost,
}

impl Default for State {
    fn default() -> Self {
        Self::Here(Box::default())
    }
}

impl LayerSums {
    pub(crate) fn update(&mut self, side: Side, chunk: &Arc<Chunk>) {
        let before = self.length;
        self.length += chunk.bytes().len() as u64;
        if before < WORTH_A_THREAD && self.length >= WORTH_A_THREAD {
            self.state = match std::mem::replace(&mut self.state, State::Lost) {
                State::Here(sums) => aside(*sums),
                other => other,
            };
        }
        let lost = match &mut self.state {
            State::Here(sums) => {
                sums.update(side, chunk.bytes());
                false
            }
            State::Aside { to, .. } => to.send((side, chunk.clone())).is_err(),
            State::Lost => true,
        };
        if lost {
            self.state = State::Lost;
        }
    }

    /// Packed, then unpacked. None: the thread failed.
    pub(crate) fn finish(self) -> Option<(Digest, Digest)> {
        let both = match self.state {
            State::Here(sums) => *sums,
            State::Aside { to, thread } => {
                drop(to);
                thread.join().ok()?
            }
            State::Lost => return None,
        };
        Some((both.packed.finish(), both.unpacked.finish()))
    }
}

fn aside(mut sums: Both) -> State {
    let (to, chunks) = sync_channel::<(Side, Arc<Chunk>)>(CHUNKS);
    let work = move || {
        for (side, chunk) in chunks {
            sums.update(side, chunk.bytes());
        }
        sums
    };
    match std::thread::Builder::new().name("layer-sum".to_owned()).spawn(work) {
        Ok(thread) => State::Aside { to, thread },
        Err(_) => State::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_same_aside() {
        let bytes = vec![7; 10 * 1024 * 1024 + 3];
        let mut sums = LayerSums::default();
        let spare = Spare::default();
        let put = |sums: &mut LayerSums, side, bytes: &[u8]| {
            let chunk = spare.chunk(bytes.len(), |room| {
                room.copy_from_slice(bytes);
                Ok::<_, ()>(bytes.len())
            });
            sums.update(side, &Arc::new(chunk.unwrap()));
        };
        for chunk in bytes.chunks(1_000_001) {
            put(&mut sums, Side::Unpacked, chunk);
            put(&mut sums, Side::Packed, &chunk[..10]);
        }
        let packed = vec![7; 10 * 11];
        assert_eq!(sums.finish(), Some((digest_of(&packed), digest_of(&bytes))));
        assert_eq!(LayerSums::default().finish(), Some((digest_of(b""), digest_of(b""))));
    }
}
