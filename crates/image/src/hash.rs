//! SHA-256 as [`Digest`].

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use seawall_findings::Digest;
use sha2::{Digest as _, Sha256};

/// The digest of bytes in memory.
pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_sha256(Sha256::digest(bytes).into())
}

/// A running sum with a count of the bytes.
#[derive(Default)]
pub(crate) struct Sum {
    hash: Sha256,
    length: u64,
}

impl Sum {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn finish(self) -> Digest {
        Digest::from_sha256(self.hash.finalize().into())
    }
}

/// From here on a sum is worth a thread of its own.
const WORTH_A_THREAD: u64 = 4 * 1024 * 1024;
/// Chunks on their way to the thread.
const CHUNKS: usize = 8;

/// A running sum that moves to a thread of its own once there is much to sum up: hashing a layer takes half as long as
/// unpacking it, and most large images have one layer that is larger than all others together.
#[derive(Default)]
pub(crate) struct SideSum {
    length: u64,
    state: State,
}

enum State {
    Here(Sum),
    Aside {
        to: SyncSender<Vec<u8>>,
        spare: Receiver<Vec<u8>>,
        thread: JoinHandle<Sum>,
    },
    /// The thread is gone: there is no sum any more, and nothing may be taken for one.
    Lost,
}

impl Default for State {
    fn default() -> Self {
        Self::Here(Sum::default())
    }
}

impl SideSum {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let before = self.length;
        self.length += bytes.len() as u64;
        if before < WORTH_A_THREAD && self.length >= WORTH_A_THREAD {
            self.state = match std::mem::replace(&mut self.state, State::Lost) {
                State::Here(sum) => aside(sum),
                other => other,
            };
        }
        let lost = match &mut self.state {
            State::Here(sum) => {
                sum.update(bytes);
                false
            }
            State::Aside { to, spare, .. } => {
                let mut chunk = spare.try_recv().unwrap_or_default();
                chunk.clear();
                chunk.extend_from_slice(bytes);
                to.send(chunk).is_err()
            }
            State::Lost => true,
        };
        if lost {
            self.state = State::Lost;
        }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// None: the thread failed.
    pub(crate) fn finish(self) -> Option<Digest> {
        match self.state {
            State::Here(sum) => Some(sum.finish()),
            State::Aside { to, thread, .. } => {
                drop(to);
                thread.join().ok().map(Sum::finish)
            }
            State::Lost => None,
        }
    }
}

fn aside(mut sum: Sum) -> State {
    let (to, chunks) = sync_channel::<Vec<u8>>(CHUNKS);
    let (back, spare) = sync_channel(CHUNKS);
    let work = move || {
        for chunk in chunks {
            sum.update(&chunk);
            // Used again, where there is room.
            let _ = back.try_send(chunk);
        }
        sum
    };
    match std::thread::Builder::new().name("layer-sum".to_owned()).spawn(work) {
        Ok(thread) => State::Aside { to, spare, thread },
        Err(_) => State::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_the_same_aside() {
        let bytes = vec![7; 10 * 1024 * 1024 + 3];
        let mut sum = SideSum::default();
        for chunk in bytes.chunks(1_000_001) {
            sum.update(chunk);
        }
        assert_eq!(sum.length(), bytes.len() as u64);
        assert_eq!(sum.finish(), Some(digest_of(&bytes)));
        assert_eq!(SideSum::default().finish(), Some(digest_of(b"")));
    }
}
